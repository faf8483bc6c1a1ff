package demo

import (
	"fmt"

	"github.com/giayto/giayto/catalog"
)

// insured makes the holder of an insurance, who has a card.
func (t *town) insured(id, home string, born catalog.Day) *person {
	p := t.someone(id, home, born, t.next%2 == 0)
	t.cards.add(t.identityCard(p))
	return p
}

// insuranceNumbers are the forms of numbers that cards carry side by side.
func (t *town) insuranceNumbers() {
	p := t.insured("E43 letters", "Hồ Chí Minh", date(1965, 10, 10))
	t.insurances.add(t.insurance(p).set("health_insurance_code", "GD4 79 79KA000012").set("beneficiary_category", "GD").set("benefit_level", 4),
		edge{"E43", "code of 15 characters with letters in the last ten, of before 2017", "issued as GD47979KA000012"})
	p = t.insured("E43 ten", "Đà Nẵng", date(1992, 6, 6))
	t.insurances.add(t.insurance(p).set("social_insurance_number", "4800000543").without("health_insurance_code"),
		edge{"E43", "number of 10 digits", "issued"})
	p = t.insured("E43 twelve", "Đà Nẵng", date(2000, 6, 6))
	t.insurances.add(t.insurance(p).set("social_insurance_number", p.number).without("health_insurance_code"),
		edge{"E43", "number of 12 digits: the personal number", "issued"})
	newborn := t.someone("E43 newborn", "Bắc Ninh", t.today-25, true)
	newborn.card = cardOf(newborn.born, t.today-5)
	t.cards.add(t.identityCard(newborn).without("picture"))
	number := fmt.Sprintf("%02d%08d", newborn.was.code, newborn.serial)
	t.insurances.add(t.insurance(newborn).set("social_insurance_number", number).
		set("health_insurance_code", fmt.Sprintf("TE1%02d%s", newborn.was.code, number)),
		edge{"E43", "newborn with a temporary code TE1", "issued"})

	for i, category := range []string{"HN", "BT", "CA"} {
		p = t.insured("E45 "+category, provinces[20+i].name, date(1973+i, 9, 4))
		number := fmt.Sprintf("%02d%08d", p.was.code, p.serial)
		level := []int{2, 2, 5}[i]
		t.insurances.add(t.insurance(p).set("beneficiary_category", category).set("benefit_level", level).set("social_insurance_number", number).
			set("health_insurance_code", fmt.Sprintf("%s%d%02d%s", category, level, p.was.code, number)),
			edge{"E45", "category " + category + ", which says why somebody is insured", "issued; the category never leaves unless it is chosen"})
	}
}

// insurancePeriods are insurances around today.
func (t *town) insurancePeriods() {
	until := plusYears(t.today, 1)
	periods := []struct {
		from, until, five catalog.Day
		note, must        string
	}{
		{t.today - 200, t.today + 165, plusYears(t.today-200, 5), "insured again after a gap: the five years count from anew, their date lies ahead",
			"issued; five years not yet complete"},
		{t.today - 90, until, t.today, "five years without a gap are complete today", "issued; five years complete"},
		{t.today + 1, until, plusYears(t.today, 5) + 1, "insurance begins tomorrow", "issued; nobody is insured by it today"},
		{plusYears(t.today, -1) + 1, t.today, date(2020, 1, 1), "insurance ends today", "issued; insured to the end of the day"},
		{plusYears(t.today, -1) + 2, t.today + 1, date(2020, 1, 1), "insurance ends tomorrow", "issued; insured today"},
	}
	for i, c := range periods {
		p := t.insured(fmt.Sprintf("E44 %d", i), provinces[3*i].name, date(1984+i, 12, 1))
		t.insurances.add(t.insurance(p).period(c.from, c.until).set("continuous_5y_from", c.five.String()), edge{"E44", c.note, c.must})
	}
}
