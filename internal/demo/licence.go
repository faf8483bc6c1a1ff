package demo

import (
	"fmt"

	"github.com/giayto/giayto/catalog"
)

// Class systems: until 2024-12-31 (Luật 23/2008/QH12) and since (Luật
// 36/2024/QH15).
const (
	scheme2008 = "2008"
	scheme2024 = "2024"
)

var (
	newClasses = date(2025, 1, 1)
	// policeLicensing is the day licensing moved from the transport
	// departments to the police (TT 12/2025/TT-BCA).
	policeLicensing = date(2025, 3, 1)
)

// successors are the classes that those of 2008 become on exchange.
var successors = map[string]string{"A2": "A", "A3": "B1", "B1": "B", "B2": "B", "D": "D2", "E": "D", "FB2": "BE", "FC": "CE"}

// carClasses are those for which a licence says whether it is limited to
// automatic cars.
var carClasses = map[string]bool{scheme2008 + "B1": true, scheme2008 + "B2": true, scheme2024 + "B": true}

// right is the right to drive one class.
type right struct {
	class, scheme string
	passed        catalog.Day
	years         int // of validity, 0 = no end
	until         catalog.Day
	automatic     bool
}

// licence draws a licence: nearly everybody rides, half drive a car, some more.
func (t *town) licence(p *person) fields {
	of := func(class2008, class2024 string, from catalog.Day, years int) right {
		passed := from + catalog.Day(p.r.IntN(max(min(int(date(2025, 12, 1)-from), 7000), 1)))
		if passed < newClasses {
			return right{class: class2008, scheme: scheme2008, passed: passed, years: years}
		}
		return right{class: class2024, scheme: scheme2024, passed: passed, years: years}
	}
	adult := max(plusYears(p.born, 18)+30, date(2005, 1, 3))
	var rights []right
	kind := p.r.IntN(20)
	if kind < 15 {
		rights = append(rights, of("A1", "A1", adult, 0))
	}
	if kind >= 9 {
		rights = append(rights, of("B2", "B", adult, 10))
	}
	if kind == 19 && plusYears(p.born, 25) < date(2024, 1, 1) {
		rights = append(rights, of("C", "C", plusYears(p.born, 24), 5))
	}
	return t.licenceWith(p, rights...)
}

// licenceWith writes the register's record of a licence with certain rights.
// Those that have ended were renewed in time, with the classes of the day.
func (t *town) licenceWith(p *person, rights ...right) fields {
	issued := catalog.Day(0)
	for i := range rights {
		issued = max(issued, t.inTime(&rights[i]))
	}
	return t.licenceAsOf(p, issued, rights...)
}

// inTime renews a right until it is in force and returns when the licence was
// last written for it.
func (t *town) inTime(r *right) catalog.Day {
	written := r.passed + 10
	if r.years == 0 {
		return written
	}
	for r.until = plusYears(r.passed, r.years); r.until < t.today; r.until = plusYears(r.until, r.years) {
		written = r.until - 15
		if successor := successors[r.class]; written >= newClasses && r.scheme == scheme2008 {
			r.scheme = scheme2024
			if successor != "" {
				r.class = successor
			}
		}
	}
	return written
}

// licenceAsOf writes a licence as it is, expired or not.
func (t *town) licenceAsOf(p *person, issued catalog.Day, rights ...right) fields {
	var list []any
	last, endless := catalog.Day(0), false
	for _, r := range rights {
		item := map[string]any{"vehicle_category_code": r.class, "class_scheme": r.scheme, "issue_date": r.passed.String(), "expiry_date": nil}
		if r.until != 0 {
			item["expiry_date"] = r.until.String()
		}
		if carClasses[r.scheme+r.class] {
			item["automatic_only"] = r.automatic
		}
		last, endless = max(last, r.until), endless || r.until == 0
		list = append(list, item)
	}
	year, _, _ := rights[0].passed.Date()
	f := fields{
		"document_number": fmt.Sprintf("%02d%c%02d%07d", p.was.code, p.number[3], year%100, p.serial),
		"name":            p.name, "birthdate": p.birthdate, "personal_administrative_number": p.number,
		"nationalities": []any{"VN"}, "driving_privileges": list,
		"date_of_issuance": issued.String(), "date_of_expiry": nil,
		"issuing_authority": "Phòng Cảnh sát giao thông - Công an " + office(p.province.title()),
		"issuing_country":   "VN", "un_distinguishing_sign": "VN",
		"licence_status": "in_force", "licence_points_remaining": 12, "card_serial_number": fmt.Sprintf("VD%06d", p.serial),
	}
	if !endless {
		f.set("date_of_expiry", last.String())
	}
	if issued < policeLicensing {
		f.set("issuing_authority", "Sở Giao thông vận tải "+office(p.was.title()))
	}
	if p.r.IntN(6) == 0 {
		f.set("licence_points_remaining", 6+2*p.r.IntN(3))
	}
	return p.home.fill(f, "address")
}
