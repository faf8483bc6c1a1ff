package demo

import (
	"fmt"
	"math/rand/v2"

	"github.com/giayto/giayto/catalog"
)

// citizens is how many ordinary citizens Registers has: ten in each province.
// The edge cases come on top.
const citizens = 340

// Seeds of the two populations. Another seed is another population, and with it
// other files under testdata/registers.
const (
	registerSeed = 2026
	heldOutSeed  = 9285
)

// Where the running numbers of a population begin; the star has number 1, and
// those of the edge cases begin at firstCase.
const (
	firstFamiliar = 100
	firstCase     = 500
	firstUnseen   = 700_000
)

// town is the population under construction.
type town struct {
	today catalog.Day
	words *vocabulary
	seed  uint64
	first int // running number of the first ordinary citizen
	next  int // running number of the next edge case

	cards, licences, vehicles, insurances *book
	// known are the people of the edge cases by their first case, for the
	// registers of changes and refusals.
	known map[string]*person
}

func newTown(today catalog.Day, words *vocabulary, seed uint64) *town {
	t := &town{
		today: today, words: words, seed: seed, first: firstFamiliar, next: firstCase, known: map[string]*person{},
		cards:      &book{agency: agencyIdentity, name: "c06-can-cuoc", document: "can_cuoc"},
		licences:   &book{agency: agencyTraffic, name: "csgt-gplx", document: "gplx"},
		vehicles:   &book{agency: agencyTraffic, name: "csgt-dang-ky-xe", document: "dang_ky_xe"},
		insurances: &book{agency: agencyInsurance, name: "bhxh-bhyt", document: "bhyt"},
	}
	if words == &unseen {
		t.first = firstUnseen
	}
	return t
}

func (t *town) books() []*book { return []*book{t.cards, t.licences, t.vehicles, t.insurances} }

// person is a citizen with the dice that decide everything else about him or
// her, so that people stay who they are when others are added.
type person struct {
	r                           *rand.Rand
	serial                      int // running number, at the end of every number
	name, family, middle, given string
	female                      bool
	born                        catalog.Day
	birthdate                   string // as the registers have it
	province                    *province
	was                         *former // where the birth was registered
	number                      string
	card                        card
	home                        address
	origin                      string
}

// newPerson makes a citizen born on a day.
func (t *town) newPerson(serial int, home *province, born catalog.Day, female bool) *person {
	p := &person{
		r: rand.New(rand.NewPCG(t.seed, uint64(serial))), serial: serial,
		female: female, born: born, birthdate: born.String(), province: home,
	}
	p.was = &home.former[p.r.IntN(len(home.former))]
	p.family, p.middle, p.given = t.words.fullName(p.r, female)
	p.name = p.family + " " + p.middle + " " + p.given
	p.number = p.personalNumber()
	p.card = t.newCard(p)
	p.origin = t.words.origin(p.r, p.was)
	old := p.card.issued < reform && p.r.IntN(3) > 0
	p.home = t.words.home(p.r, home, old)
	return p
}

// reform is the day the districts ended and 63 provinces became 34.
var reform = date(2025, 7, 1)

// personalNumber is PPP G YY RRRRRR: province of birth registration, century
// and sex, year, and here a running number instead of a random one.
func (p *person) personalNumber() string {
	year, _, _ := p.born.Date()
	g := max(year-1900, 0) / 100 * 2
	if p.female {
		g++
	}
	return fmt.Sprintf("%03d%d%02d%06d", p.was.code, g, year%100, p.serial)
}

func (p *person) sex() int {
	if p.female {
		return 2
	}
	return 1
}

// called gives a person a name of one's own choice.
func (p *person) called(name string) *person {
	p.name = name
	return p
}

// settle makes ordinary citizen i with the papers people usually hold. Ten who
// follow each other go through the ages of life, and so do ten of a province.
func (t *town) settle(i int) {
	home := &provinces[i%len(provinces)]
	serial := t.first + i
	dice := rand.New(rand.NewPCG(t.seed^0xA6E, uint64(serial)))
	age := ageOf(dice, (i%len(provinces)+i/len(provinces))%10)
	born := date(2025, 12, 31) - catalog.Day(age*365+age/4+dice.IntN(365))
	p := t.newPerson(serial, home, born, dice.IntN(2) == 0)
	t.cards.add(t.identityCard(p))
	if plusYears(born, 18) <= date(2025, 1, 1) && age < 75 && dice.IntN(100) < 88 {
		t.licences.add(t.licence(p))
	}
	if plusYears(born, 19) <= date(2025, 1, 1) && dice.IntN(100) < 68 {
		t.vehicles.add(t.vehicle(p))
	}
	if dice.IntN(100) < 92 {
		t.insurances.add(t.insurance(p))
	}
}

// ageOf draws an age at the end of 2025 for one of ten places in a province.
func ageOf(r *rand.Rand, place int) int {
	switch place {
	case 0:
		return 1 + r.IntN(4)
	case 1:
		return 6 + r.IntN(6)
	case 2:
		return 18 + r.IntN(5)
	case 8:
		return 60 + r.IntN(14)
	case 9:
		return 75 + r.IntN(15)
	}
	return 23 + r.IntN(36)
}

// star makes the citizen whom demonstrations show.
func (t *town) star() {
	p := t.newPerson(1, provinceByName("Hồ Chí Minh"), date(2005, 2, 28), true)
	p.was = &p.province.former[0]
	p.number = p.personalNumber()
	p.family, p.middle, p.given = "MAI", "THỊ VÍ", "DỤ"
	p.name = "MAI THỊ VÍ DỤ"
	p.card = t.renewed(p, date(2022, 5, 10))
	p.origin = "Xã Tân Thạnh, huyện Bình Điền, tỉnh Bình Dương"
	p.home = address{"Số 12 đường Hoa Sữa", "Phường Tân An", "", "Thành phố Hồ Chí Minh", inSentence}
	card := t.identityCard(p)
	if p.card.model == modelChip {
		card.set("identifying_features", "Nốt ruồi C: 1cm trên trước cung lông mày phải")
	}
	t.cards.add(card.set("picture", portrait(p.serial)).set("email", "vidu@example.com").
		set("ethnicity", "Kinh").set("religion", "Không").set("blood_type", "O+").set("address_kind", "permanent"))
	t.licences.add(t.licenceWith(p,
		right{class: "A1", scheme: scheme2008, passed: date(2023, 6, 12)},
		right{class: "B", scheme: scheme2024, passed: date(2025, 4, 10), years: 10}))
	t.vehicles.add(t.vehicleWith(p, &t.words.vehicles[6]).
		set("registration_number", "51K-000.01").set("date_of_registration", "2024-06-03").
		set("date_of_first_registration", "2024-06-03").set("year_of_manufacturing", 2024))
	t.insurances.add(t.insurance(p).
		set("valid_until", lastOf(t.today).String()).set("social_insurance_number", "7900000001").
		set("primary_care_facility.code", "79-901").set("primary_care_facility.name", "Bệnh viện Đa khoa Hoa Sen Ví Dụ").
		set("health_insurance_code", "DN4797900000001").set("beneficiary_category", "DN").set("benefit_level", 4))
	t.known["star"] = p
}

// someone makes a person for an edge case, remembered by the name of the case.
func (t *town) someone(id string, home string, born catalog.Day, female bool) *person {
	p := t.newPerson(t.next, provinceByName(home), born, female)
	t.next++
	t.known[id] = p
	return p
}
