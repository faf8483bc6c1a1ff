package demo

// residences are addresses.
func (t *town) residences() {
	p := t.someone("E23", "Hồ Chí Minh", date(1992, 12, 12), true)
	p.home = address{
		"Căn hộ 1205, Tháp B2, Chung cư Ví Dụ Xanh giai đoạn 3, số 126/14/5A, hẻm 126, đường Nguyễn Thị Minh Khai nối dài, tổ 27, khu phố 4",
		"Phường Tân Thạnh Thượng", "Thành phố Bình Hưng Thịnh", "Tỉnh Bà Rịa - Vũng Tàu", capitalised,
	}
	t.cards.add(t.identityCard(p), edge{"E23", "address of more than 200 characters", "issued whole; a QR that gets too dense says so"})
	t.licences.add(t.licence(p), edge{"E23", "address of more than 200 characters", "issued whole"})

	p = t.someone("E24", "Nghệ An", date(1985, 4, 30), false)
	p.home = address{"Xóm 9", "Xã Diễn Hưng", "Huyện Quỳnh Sơn", "Tỉnh Nghệ An", bare}
	t.licences.add(t.licence(p), edge{"E24", "address with four levels, of before 2025-07-01", "issued: addresses are not compared"})
	p.home = address{"Xóm 9", "Xã Quỳnh Hưng", "", "Tỉnh Nghệ An", inSentence}
	t.cards.add(t.identityCard(p), edge{"E24", "address of the same person with three levels", "issued"})

	for i, kind := range []string{"temporary", "current"} {
		p = t.someone("E25 "+kind, "Đồng Nai", date(1999+i, 3, 8), i == 0)
		f := t.identityCard(p).set("address_kind", kind)
		p.home.fill(f, kind+"_address")
		t.cards.add(f, edge{"E25", "the residence shown is the " + kind + " one (TT 17/2024/TT-BCA)", "issued with its kind"})
	}
	p = t.someone("X2", "Khánh Hòa", date(1977, 6, 1), false)
	p.home = address{"Thôn Đảo 2", "Đặc khu Ví Dụ", "", "Tỉnh Khánh Hòa", inSentence}
	t.cards.add(t.identityCard(p), edge{"X2", "lives in a special zone, the third kind of commune since 2025-07-01", "issued"})
}

// families are people who act for each other, and those whose e-ID needs an act.
func (t *town) families() {
	p := t.someone("E26", "Cần Thơ", plusYears(t.today, -3)-40, true)
	p.card = cardOf(p.born, max(newModel, p.born+60))
	t.cards.add(t.identityCard(p).without("picture"), edge{"E26", "child under 6: card without a portrait", "issued; account of level 1 only"})
	t.insurances.add(t.insurance(p), edge{"E26", "child under 6", "issued"})

	father := t.someone("E28 father", "Ninh Bình", date(1985, 9, 9), false)
	mother := t.someone("E28 mother", "Hà Nội", date(1988, 11, 20), true)
	p = t.someone("E28", "Ninh Bình", plusYears(t.today, -9)-100, false)
	t.cards.add(t.identityCard(father), edge{"E28", "divorced father", "issued; one of two guardians, can be revoked alone"})
	t.cards.add(t.identityCard(mother), edge{"E28", "divorced mother", "issued; one of two guardians"})
	t.cards.add(t.identityCard(p).set("relatives", []any{relative("father", father), relative("mother", mother)}),
		edge{"E28", "child of divorced parents", "issued with both; revoking one guardian leaves the other"})
	t.insurances.add(t.insurance(p).set("guardian_name", mother.name), edge{"E28", "child of divorced parents", "issued"})

	guardian := t.someone("E29 guardian", "Quảng Ngãi", date(1980, 8, 18), true)
	p = t.someone("E29", "Quảng Ngãi", date(1997, 2, 7), false)
	t.cards.add(t.identityCard(guardian), edge{"E29", "guardian appointed by a court", "issued; the decision has an end"})
	t.cards.add(t.identityCard(p).set("relatives", []any{relative("representative", guardian)}),
		edge{"E29", "ward with a guardian appointed by a court", "issued with the representative"})

	p = t.someone("E32", "Lào Cai", date(1976, 3, 22), false)
	t.cards.add(t.identityCard(p), edge{"E32", "person whose e-ID gets locked, unlocked and ended by death", "issued"})
	t.insurances.add(t.insurance(p), edge{"E32", "paper of the person whose e-ID gets locked", "issued; stops and starts with the lock"})

	p = t.someone("E46", "Hồ Chí Minh", date(1982, 1, 16), true)
	p.card = t.renewed(p, date(2022, 2, 15))
	t.cards.add(t.identityCard(p).set("ethnicity", "Hoa").set("religion", "Phật giáo").set("blood_type", "AB+").
		set("picture", portrait(p.serial)).set("email", "day-du@example.com"),
		edge{"E46", "card with religion, ethnicity, blood type and portrait", "issued; a bank that asks for all of it is refused"})
}

// validity are cards that run unusually long.
func (t *town) validity() {
	p := t.someone("E30", "Hải Phòng", plusYears(t.today, -64), false)
	p.card = cardOf(p.born, plusYears(p.born, 61))
	t.cards.add(t.identityCard(p), edge{"E30", "card without expiry: issued at 61", "issued; null says that it does not expire"})
	p = t.someone("E31", "Đà Nẵng", plusYears(t.today, -26), true)
	p.card = cardOf(p.born, plusYears(p.born, 23)+200)
	t.cards.add(t.identityCard(p), edge{"E31", "card issued at 23, valid to 40", "issued; valid beyond 25"})
}
