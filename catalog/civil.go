package catalog

import (
	"time"
)

// Years outside this range are refused in every date: they are slips of a
// keyboard, and bounding them keeps arithmetic and wire values small.
const (
	MinYear = 1850
	MaxYear = 2200
)

// hanoi is the civil time zone of Viet Nam. It has had no offset change since
// 1975, so no time zone database is needed.
var hanoi = time.FixedZone("ICT", 7*60*60)

// Day is a civil date, counted in days since 1970-01-01. Days compare with <.
type Day int

// Today returns the civil date in Asia/Ho_Chi_Minh at the instant now. At
// 00:00 in Ha Noi UTC is still the day before.
func Today(now time.Time) Day {
	year, month, day := now.In(hanoi).Date()
	return dayOf(year, int(month), day)
}

// Start returns the instant at which the civil day begins in Asia/Ho_Chi_Minh.
func (d Day) Start() time.Time {
	year, month, day := d.Date()
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, hanoi)
}

// ParseDay reads YYYY-MM-DD; false if the text is not a date of the calendar
// within MinYear and MaxYear.
func ParseDay(s string) (Day, bool) {
	p, ok := parsePartial(s)
	if !ok || p.month == 0 || p.day == 0 || !p.sane() {
		return 0, false
	}
	return p.first(), true
}

// String writes YYYY-MM-DD.
func (d Day) String() string {
	year, month, day := d.Date()
	return string(appendISO(make([]byte, 0, len("2006-01-02")), year, month, day))
}

// Date returns year, month 1..12 and day 1..31.
func (d Day) Date() (year, month, day int) {
	y, m, dd := time.Unix(int64(d)*86400, 0).UTC().Date()
	return y, int(m), dd
}

// addYears returns the anniversary. 29 February falls on 1 March in a common
// year: the day that 29 February would have been is not there, so the year is
// complete only when February is.
func (d Day) addYears(n int) Day {
	year, month, day := d.Date()
	return dayOf(year+n, month, day)
}

func dayOf(year, month, day int) Day {
	return Day(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// daysIn returns the number of days in a month.
func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// partial is a date whose month and day may be unknown (0). Birth dates of
// older people are often registered as a year alone.
type partial struct{ year, month, day int }

// parsePartial reads YYYY, YYYY-MM or YYYY-MM-DD and checks the calendar, not
// the range of years.
func parsePartial(s string) (partial, bool) {
	var p partial
	switch len(s) {
	case len("2006-01-02"):
		if s[7] != '-' {
			return p, false
		}
		p.day = twoDigits(s[8:10])
		if p.day < 1 {
			return p, false
		}
		fallthrough
	case len("2006-01"):
		if s[4] != '-' {
			return p, false
		}
		p.month = twoDigits(s[5:7])
		if p.month < 1 || p.month > 12 {
			return p, false
		}
		fallthrough
	case len("2006"):
		high, low := twoDigits(s[0:2]), twoDigits(s[2:4])
		if high < 0 || low < 0 {
			return p, false
		}
		p.year = high*100 + low
	default:
		return p, false
	}
	return p, p.day == 0 || p.day <= daysIn(p.year, p.month)
}

func (p partial) sane() bool { return p.year >= MinYear && p.year <= MaxYear }

// first and last are the earliest and the latest day the date may mean.
func (p partial) first() Day {
	return dayOf(p.year, max(p.month, 1), max(p.day, 1))
}

func (p partial) last() Day {
	month, day := p.month, p.day
	if month == 0 {
		month = 12
	}
	if day == 0 {
		day = daysIn(p.year, month)
	}
	return dayOf(p.year, month, day)
}

// twoDigits returns -1 for anything but two ASCII digits.
func twoDigits(s string) int {
	a, b := s[0]-'0', s[1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int(a)*10 + int(b)
}

func appendISO(b []byte, year, month, day int) []byte {
	b = append(b, byte('0'+year/1000%10), byte('0'+year/100%10), byte('0'+year/10%10), byte('0'+year%10))
	b = append(b, '-', byte('0'+month/10), byte('0'+month%10))
	return append(b, '-', byte('0'+day/10), byte('0'+day%10))
}
