package demo

import (
	"fmt"
	"strings"

	"github.com/giayto/giayto/catalog"
)

// insurance writes the register's record of a health insurance card. Those who
// work or pay themselves are insured year by year; children, the old and the
// poor fall into other categories (QĐ 1351/QĐ-BHXH).
func (t *town) insurance(p *person) fields {
	category, level := "GD", 4
	switch {
	case plusYears(p.born, 6) > t.today:
		category, level = "TE", 1
	case plusYears(p.born, 18) > t.today:
		category, level = "HS", 4
	case plusYears(p.born, 60) <= t.today:
		category, level = "HT", 3
	case p.r.IntN(3) > 0:
		category, level = "DN", 4
	}
	from := max(firstOf(t.today), p.born)
	number := fmt.Sprintf("%02d%08d", p.was.code, p.serial)
	code, name := t.clinic(p)
	f := fields{
		"personal_administrative_number": p.number, "social_insurance_number": number,
		"name": p.name, "birthdate": p.birthdate, "sex": p.sex(),
		"primary_care_facility.code": code, "primary_care_facility.name": name,
		"valid_from": from.String(), "valid_until": nil, "date_of_issuance": (from - 11).String(),
		"continuous_5y_from": max(date(2016+p.r.IntN(9), 1, 1), plusYears(p.born, 5)).String(),
		"issuing_authority":  "Bảo hiểm xã hội " + office(p.province.title()), "issuing_country": "VN",
		"beneficiary_category": category, "benefit_level": level, "residence_area_code": "none",
	}
	if from == p.born {
		f.set("date_of_issuance", from.String())
	}
	if p.r.IntN(5) < 2 {
		f.set("valid_until", lastOf(t.today).String())
	}
	if p.r.IntN(2) == 0 {
		f.set("health_insurance_code", fmt.Sprintf("%s%d%02d%s", category, level, p.was.code, number))
	}
	// The insurance number is becoming the personal number; both are accepted.
	if from >= date(2025, 8, 1) && p.r.IntN(3) == 0 {
		f.set("social_insurance_number", p.number)
	}
	if category == "TE" {
		f.set("guardian_name", p.family+" "+pick(p.r, t.words.maleMiddles)+" "+pick(p.r, t.words.maleGivens))
	}
	if p.r.IntN(8) == 0 && !p.province.city {
		f.set("residence_area_code", pick(p.r, []string{"K1", "K2", "K3"}))
	}
	return f
}

// clinic invents a place of first treatment. Codes from 900 are not in use.
func (t *town) clinic(p *person) (code, name string) {
	commune := strings.TrimSpace(t.words.commune(p.r))
	return fmt.Sprintf("%02d-9%02d", p.was.code, p.r.IntN(100)), fmt.Sprintf(pick(p.r, t.words.clinics), commune)
}

// period sets from when until when an insurance card is valid.
func (f fields) period(from, until catalog.Day) fields {
	return f.set("valid_from", from.String()).set("valid_until", until.String()).set("date_of_issuance", (from - 7).String())
}
