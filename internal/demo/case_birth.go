package demo

import (
	"fmt"

	"github.com/giayto/giayto/catalog"
)

// birthdays are people around the ages that matter, on the day itself and next
// to it.
func (t *town) birthdays() {
	days := []struct {
		offset     int
		word, must string
	}{{-1, "since yesterday", "counts as %d"}, {0, "today", "counts as %d from 00:00 in Viet Nam"}, {1, "tomorrow", "does not count as %d today"}}
	for _, age := range []int{14, 18, 60} {
		for _, d := range days {
			birthday := t.today + catalog.Day(d.offset)
			born := bornBefore(birthday, age)
			if d.offset > 0 {
				born = bornAfter(birthday, age)
			}
			p := t.someone(fmt.Sprintf("E13 %d %d", age, d.offset), provinces[t.next%len(provinces)].name, born, d.offset == 0)
			// Within two years of the age: the card runs to the next one.
			p.card = t.renewed(p, plusYears(born, age-1)-30)
			edges := []edge{{"E13", fmt.Sprintf("exactly %d %s", age, d.word), "issued; " + fmt.Sprintf(d.must, age)}}
			switch {
			case age == 18 && d.offset == 0:
				edges = append(edges, edge{"E12", "18 at 00:00 in Viet Nam, when UTC is still yesterday", "issued; the day is that of Asia/Ho_Chi_Minh"})
			case age == 14 && d.offset == 0:
				mother := t.someone("E27 mother", p.province.name, plusYears(born, -31), true)
				t.cards.add(t.identityCard(mother), edge{"E27", "mother of the child that turns 14 today", "issued; her delegation ends today"})
				t.cards.add(t.identityCard(p).set("relatives", []any{relative("mother", mother)}),
					append(edges, edge{"E27", "child that turns 14 today", "issued; the parent's delegation ends, the child may hold an account"})...)
				continue
			}
			t.cards.add(t.identityCard(p), edges...)
		}
	}
}

// births are birth dates that are not simply a day.
func (t *town) births() {
	year, _, _ := plusYears(t.today, -18).Date()
	p := t.someone("E9", "Thanh Hóa", date(year-year%4, 2, 29), false)
	t.cards.add(t.identityCard(p),
		edge{"E9", "born on 29 February", "issued; 18 from 1 March of a common year"})

	p = t.someone("E10", "Nghệ An", date(1948, 1, 1), false)
	p.birthdate = "1948"
	t.cards.add(t.identityCard(p), edge{"E10", "only the year of birth is known", "issued; an age that the year leaves open is not stated"})
	t.insurances.add(t.insurance(p), edge{"E10", "only the year of birth is known", "issued: same person as on the card"})
	p = t.someone("E10 half", "Cà Mau", date(1951, 7, 15), true)
	t.cards.add(t.identityCard(p))
	t.insurances.add(t.insurance(p).set("birthdate", "1951"),
		edge{"E10", "the insurance knows the year, the card the day of birth", "issued: the dates agree as far as they go"})
	p = t.someone("E11", "Hà Tĩnh", date(1952, 7, 1), true)
	p.birthdate = "1952-07"
	t.cards.add(t.identityCard(p), edge{"E11", "month and year of birth are known", "issued; precision is the month"})
	t.insurances.add(t.insurance(p), edge{"E11", "month and year of birth are known", "issued: same person as on the card"})

	p = t.someone("E14 1899", "Quảng Trị", date(1899, 12, 31), true)
	t.cards.add(t.identityCard(p),
		edge{"E14", "born in 1899, before the first century of the numbers", "issued, with the warning number_disagrees"})
	p = t.someone("E14 1999", "Hưng Yên", date(1999, 12, 31), false)
	t.cards.add(t.identityCard(p), edge{"E14", "born on 1999-12-31, century digit 0", "issued without a warning"})
	p = t.someone("E14 2000", "Hưng Yên", date(2000, 1, 1), false)
	t.cards.add(t.identityCard(p), edge{"E14", "born on 2000-01-01, century digit 2", "issued without a warning"})

	p = t.someone("E15", "Lâm Đồng", date(1996, 6, 3), false)
	p.female = true
	t.cards.add(t.identityCard(p), edge{"E15", "sex corrected, the number keeps its digit", "issued, with the warning number_disagrees"})
	t.insurances.add(t.insurance(p), edge{"E15", "sex corrected", "issued: same person as on the card"})
}

// numbers are personal numbers and those before them.
func (t *town) numbers() {
	p := t.someone("E16", "Hà Nội", date(1988, 10, 10), false)
	t.cards.add(t.identityCard(p), edge{"E16", "number with leading zeros", "issued; the number is text and keeps its 12 digits"})
	t.licences.add(t.licence(p), edge{"E16", "number with leading zeros", "issued: same person as on the card"})

	p = t.someone("E17", "Hồ Chí Minh", date(1994, 3, 3), true)
	p.was = &former{code: 999, plate: p.was.plate, name: p.was.name, city: true}
	p.number = p.personalNumber()
	t.cards.add(t.identityCard(p).set("place_of_birth.country", "FR").without("place_of_birth.region").
		set("birth_registration_place", "Cơ quan đại diện Việt Nam ở nước ngoài"),
		edge{"E17", "born abroad, number begins with a country code", "issued; no province is read into the number"})

	p = t.provincial("E18 before", "Bắc Ninh", 24, date(1991, 9, 12))
	p.card = t.renewed(p, date(2022, 8, 15))
	p.home = address{"Thôn 4", "Xã Tân Thịnh", "Huyện Yên Lạc Sơn", "Tỉnh Bắc Giang", capitalised}
	t.cards.add(t.identityCard(p), edge{"E18", "prefix 024, card of before the merger: Bắc Giang", "issued; the card stays valid with its names"})
	p = t.provincial("E18 after", "Bắc Ninh", 24, date(2025, 9, 2))
	p.card = t.renewed(p, date(2025, 11, 4))
	p.home = address{"Thôn 4", "Xã Tân Thịnh", "", "Tỉnh Bắc Ninh", capitalised}
	t.cards.add(t.identityCard(p).set("birth_registration_place", "Xã Tân Thịnh, tỉnh Bắc Ninh").set("place_of_birth.region", "Tỉnh Bắc Ninh"),
		edge{"E18", "prefix 024, born after the merger: Bắc Ninh", "issued; both names of the code are accepted"})
	t.formerNumbers()
}

// provincial is someone whose birth was registered in a former province.
func (t *town) provincial(id, home string, code int, born catalog.Day) *person {
	p := t.someone(id, home, born, false)
	for i := range p.province.former {
		if p.province.former[i].code == code {
			p.was = &p.province.former[i]
		}
	}
	p.number = p.personalNumber()
	return p
}

func (t *town) formerNumbers() {
	p := t.someone("E19", "Tây Ninh", date(1970, 5, 19), false)
	t.cards.add(t.identityCard(p).set("legacy_numbers", []any{formerNumber("cmnd9", "300000519"), formerNumber("cmnd9", "290000519")}),
		edge{"E19", "two CMND numbers from two provinces", "issued with both"})
	p = t.someone("E20", "Phú Thọ", date(1986, 1, 25), true)
	t.cards.add(t.identityCard(p), edge{"E20", "number that will be cancelled", "issued; changes-c06 cancels the number"})
	t.licences.add(t.licence(p), edge{"E20", "licence under the number that will be cancelled", "issued"})
	p = t.someone("E21", "Sơn La", date(2003, 4, 4), false)
	p.card = t.renewed(p, date(2021, 6, 7))
	t.cards.add(t.identityCard(p).without("legacy_numbers"), edge{"E21", "never had a CMND: printed QR with an empty second field", "issued without former numbers"})
	p = t.someone("E21 old", "Thái Nguyên", date(1983, 7, 27), true)
	t.cards.add(t.identityCard(p).set("legacy_numbers", []any{formerNumber("cmnd9", "090000527")}), edge{"E21", "one CMND number", "issued with it"})
	father := t.someone("E21 father", "Vĩnh Long", date(1960, 2, 2), false)
	t.cards.add(t.identityCard(father))
	p = t.someone("E21 2024", "Vĩnh Long", date(1990, 10, 30), true)
	p.card = t.renewed(p, date(2024, 9, 16))
	cancelled := p.number[:6] + fmt.Sprintf("%06d", 900+t.next%100)
	t.cards.add(t.identityCard(p).set("legacy_numbers", []any{formerNumber("cancelled_personal_number", cancelled)}).
		set("relatives", []any{relative("father", father)}),
		edge{"E21", "card of 2024 with a cancelled number and a parent, as its QR carries them", "issued with them"})
}
