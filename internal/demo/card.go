package demo

import (
	"fmt"

	"github.com/giayto/giayto/catalog"
)

// Models of the card, as the catalogue names them.
const (
	modelChip  = "cccd_chip_2021"   // TT 06/2021/TT-BCA, issued to those aged 14 or over
	modelNew   = "can_cuoc_2024"    // TT 16/2024/TT-BCA
	modelUnder = "can_cuoc_2024_u6" // the same for children under 6, without portrait
)

// newModel is the day the Luật Căn cước 26/2023/QH15 came into force.
var newModel = date(2024, 7, 1)

// card is what a card says about itself.
type card struct {
	model   string
	issued  catalog.Day
	expires catalog.Day
	endless bool // no expiry
}

// renewalAges are the ages up to which a card runs (Luật Căn cước art. 21).
var renewalAges = []int{14, 25, 40, 60}

// expiry applies art. 21: a card runs to the next of the ages, or beyond it if
// issued within the two years before; after the last it does not expire.
func expiry(born, issued catalog.Day) (day catalog.Day, endless bool) {
	for _, age := range renewalAges {
		if issued < plusYears(born, age-2) {
			return plusYears(born, age), false
		}
	}
	return 0, true
}

// newCard draws the card a person holds today. Most of those who could have
// one hold the model of 2021 still.
func (t *town) newCard(p *person) card {
	span := func(from, to catalog.Day) catalog.Day { return from + catalog.Day(p.r.IntN(max(int(to-from), 1))) }
	first, last := date(2021, 1, 4), date(2025, 12, 20)
	if old := plusYears(p.born, 14) + 20; old < newModel-30 && p.r.IntN(100) < 80 {
		return t.renewed(p, span(max(first, old), newModel))
	}
	from := max(newModel, p.born+14)
	return t.renewed(p, span(from, max(last, from+1)))
}

// renewed is the card of somebody who got one on a day and has renewed it
// since, always shortly before it expired.
func (t *town) renewed(p *person, issued catalog.Day) card {
	c := cardOf(p.born, issued)
	for !c.endless && c.expires < t.today {
		c = cardOf(p.born, c.expires-catalog.Day(10+p.serial%40))
	}
	return c
}

// cardOf is the card issued on a day to somebody born on a day.
func cardOf(born, issued catalog.Day) card {
	c := card{model: modelNew, issued: issued}
	c.expires, c.endless = expiry(born, issued)
	switch {
	case issued < newModel:
		c.model = modelChip
	case issued < plusYears(born, 6):
		c.model = modelUnder
	}
	return c
}

// identityCard writes the register's record of a card.
func (t *town) identityCard(p *person) fields {
	f := fields{
		"personal_administrative_number": p.number, "name": p.name, "birthdate": p.birthdate, "sex": p.sex(),
		"nationalities": []any{"VN"}, "place_of_origin": p.origin, "document_model": p.card.model,
		"date_of_issuance": p.card.issued.String(), "date_of_expiry": p.card.expires.String(),
		"issuing_authority": "Bộ Công an", "issuing_country": "VN",
	}
	if p.card.endless {
		f.set("date_of_expiry", nil)
	}
	p.home.fill(f, "address")
	if p.card.model == modelChip {
		f.set("issuing_authority", "Cục trưởng Cục Cảnh sát quản lý hành chính về trật tự xã hội")
		f.set("identifying_features", fmt.Sprintf(pick(p.r, t.words.features), 1+p.r.IntN(6)))
		if p.r.IntN(4) == 0 {
			f.set("legacy_numbers", []any{formerNumber("cmnd9", fmt.Sprintf("%03d%06d", p.was.code, p.serial))})
		}
	} else {
		f.set("birth_registration_place", t.words.origin(p.r, p.was))
		f.set("place_of_birth.region", p.was.title()).set("place_of_birth.country", "VN")
	}
	if p.card.model != modelUnder && p.r.IntN(10) == 0 {
		f.set("picture", portrait(p.serial))
	}
	return f
}

func formerNumber(kind, value string) map[string]any {
	return map[string]any{"kind": kind, "value": value}
}

func relative(relation string, p *person) map[string]any {
	return map[string]any{"relation": relation, "name": p.name, "number": p.number, "nationality": "VN"}
}
