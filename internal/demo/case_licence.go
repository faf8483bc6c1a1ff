package demo

import "github.com/giayto/giayto/catalog"

// licenceClasses are classes that mean different things before and after 2025.
func (t *town) licenceClasses() {
	drive := func(id, home string, born catalog.Day, female bool) *person {
		p := t.someone(id, home, born, female)
		t.cards.add(t.identityCard(p))
		return p
	}
	p := drive("E33", "Quảng Ninh", date(1981, 7, 7), false)
	ended := t.until(t.today - 1)
	t.licences.add(t.licenceAsOf(p, ended.passed+10, right{class: "A1", scheme: scheme2008, passed: date(2008, 5, 20)}, ended),
		edge{"E33", "unlimited A1 and a car class that ended yesterday, on one number", "issued; may ride, may not drive"})

	p = drive("E34 2008", "Bắc Ninh", date(1997, 10, 1), false)
	t.licences.add(t.licenceWith(p, right{class: "A1", scheme: scheme2008, passed: date(2018, 6, 4)}),
		edge{"E34", "A1 of before 2025: under 175 cc", "issued; covers the new A1"})
	p = drive("E34 2024", "Bắc Ninh", date(2006, 2, 20), true)
	t.licences.add(t.licenceWith(p, right{class: "A1", scheme: scheme2024, passed: date(2025, 6, 4)}),
		edge{"E34", "A1 of since 2025: up to 125 cc", "issued; does not cover A"})
	p = drive("E34 exchanged", "Hà Tĩnh", date(1993, 1, 31), false)
	t.licences.add(t.licenceWith(p, right{class: "A175", scheme: scheme2024, passed: date(2014, 9, 15)}),
		edge{"E34", "A1 of before 2025 exchanged for an A limited to under 175 cc", "issued; covers A1, not A"})

	p = drive("E35 2008", "Hưng Yên", plusYears(t.today, -38), true)
	t.licences.add(t.licenceAsOf(p, date(2016, 11, 1),
		right{class: "B1", scheme: scheme2008, passed: date(2016, 10, 20), until: plusYears(p.born, 55), automatic: true}),
		edge{"E35", "B1 of before 2025: automatic car", "issued; covers B, automatic cars only"})
	p = drive("E35 2024", "Cà Mau", date(1974, 4, 11), false)
	t.licences.add(t.licenceWith(p, right{class: "B1", scheme: scheme2024, passed: date(2025, 7, 8)}),
		edge{"E35", "B1 of since 2025: three-wheeler", "issued; covers A1, no car"})

	p = drive("E38", "Huế", date(1978, 12, 24), false)
	t.licences.add(t.licenceWith(p, right{class: "B", scheme: scheme2024, passed: date(2025, 5, 5), years: 10, automatic: true}).
		set("driving_restrictions", []any{
			map[string]any{"vehicle_category_code": "B", "code": "40", "text": "Xe có cần điều khiển bằng tay, người lái dùng chân giả"},
			map[string]any{"vehicle_category_code": "B", "code": "01", "text": "Phải đeo kính"},
		}), edge{"E38", "restriction that reveals a disability", "issued; never shared unless chosen, a decoy stands for its absence elsewhere"})

	p = drive("X3", "Đồng Tháp", date(1971, 3, 3), false)
	t.licences.add(t.licenceWith(p,
		right{class: "A2", scheme: scheme2008, passed: date(2005, 6, 1)},
		right{class: "CE", scheme: scheme2024, passed: date(2025, 8, 12), years: 5},
		right{class: "D2", scheme: scheme2024, passed: date(2025, 8, 12), years: 5}),
		edge{"X3", "professional driver with classes of both systems", "issued; each class covers what its system says"})
}

// until is a car class that ends on a day, with the class system of its start.
func (t *town) until(last catalog.Day) right {
	r := right{class: "B", scheme: scheme2024, passed: plusYears(last, -10), until: last}
	if r.passed < newClasses {
		r.class, r.scheme = "B2", scheme2008
	}
	return r
}

// licenceStates are facts about a licence that change within days.
func (t *town) licenceStates() {
	drive := func(id, home string, last catalog.Day) (*person, right) {
		p := t.someone(id, home, date(1987, 6, 15), t.next%2 == 0)
		t.cards.add(t.identityCard(p))
		return p, t.until(last)
	}
	later := plusYears(t.today, 3)
	p, r := drive("E36 none", "Hồ Chí Minh", later)
	t.licences.add(t.licenceAsOf(p, r.passed+10, r).set("licence_points_remaining", 0).set("licence_status", "points_exhausted"),
		edge{"E36", "no points left", "issued; nothing can be shared from it, changes-csgt-gplx restores it"})
	p, r = drive("E36 restored", "Hồ Chí Minh", later)
	t.licences.add(t.licenceAsOf(p, r.passed+10, r).set("licence_points_remaining", 12),
		edge{"E36", "points restored to 12 after twelve months without a deduction, today", "issued; in force"})
	p, r = drive("E36 boundary", "Hồ Chí Minh", later)
	t.licences.add(t.licenceAsOf(p, r.passed+10, r).set("licence_points_remaining", 4),
		edge{"E36", "4 points, the twelve months end tomorrow", "issued; in force with 4 points today"})
	p, r = drive("E37", "Hà Nội", later)
	t.licences.add(t.licenceAsOf(p, r.passed+10, r),
		edge{"E37", "in force today, withheld by changes-csgt-gplx", "issued; a presentation of before stays good until it ends"})
	p, r = drive("X4", "Gia Lai", t.today)
	t.licences.add(t.licenceAsOf(p, r.passed+10, r), edge{"X4", "last day of the licence is today", "issued; in force to the end of the day"})
	p, r = drive("X5", "Gia Lai", t.today+1)
	t.licences.add(t.licenceAsOf(p, r.passed+10, r), edge{"X5", "licence ends tomorrow", "issued; in force today and tomorrow"})
	p, _ = drive("X6", "Gia Lai", later)
	t.licences.add(t.licenceAsOf(p, t.today+1, right{class: "B", scheme: scheme2024, passed: t.today - 12, until: plusYears(t.today, 10)}),
		edge{"X6", "licence begins tomorrow", "issued; not yet valid today"})
}
