package demo

import (
	"time"

	"github.com/giayto/giayto/catalog"
)

func date(year, month, day int) catalog.Day {
	return catalog.Day(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// plusYears returns the anniversary as the catalogue counts it: that of 29
// February falls on 1 March in a common year.
func plusYears(d catalog.Day, years int) catalog.Day {
	year, month, day := d.Date()
	return date(year+years, month, day)
}

// bornBefore returns the birth date of somebody whose birthday of that age is
// the given day. Nobody has one on 29 February if the year of birth was a
// common year; then it is the day before.
func bornBefore(birthday catalog.Day, age int) catalog.Day {
	year, month, day := birthday.Date()
	if born := date(year-age, month, day); plusYears(born, age) == birthday {
		return born
	}
	return date(year-age, month, day-1)
}

// bornAfter is bornBefore for a birthday that must not have come by the day
// before: in doubt it is the day after.
func bornAfter(birthday catalog.Day, age int) catalog.Day {
	year, month, day := birthday.Date()
	return date(year-age, month, day)
}

// firstOf is 1 January of the day's year.
func firstOf(d catalog.Day) catalog.Day {
	year, _, _ := d.Date()
	return date(year, 1, 1)
}

// lastOf is 31 December of the day's year.
func lastOf(d catalog.Day) catalog.Day {
	year, _, _ := d.Date()
	return date(year, 12, 31)
}
