package demo

import "github.com/giayto/giayto/catalog"

// driver makes the holder of a vehicle, who has a card.
func (t *town) driver(id, home string, born catalog.Day) *person {
	p := t.someone(id, home, born, t.next%2 == 0)
	t.cards.add(t.identityCard(p))
	return p
}

// ofOrganisation makes a vehicle that an organisation owns and the holder uses.
func (p *person) ofOrganisation(f fields, name, code string) fields {
	return f.set("registered_owner.kind", "organisation").set("registered_owner.name", name).set("registered_owner.identifier", code).
		set("registered_user.name", p.name).set("registered_user.identifier", p.number)
}

// owners are vehicles whose holder is not simply their owner.
func (t *town) owners() {
	car, van := &familiar.vehicles[6], &familiar.vehicles[12]
	p := t.driver("E39 company", "Bắc Ninh", date(1983, 3, 19))
	t.vehicles.add(p.ofOrganisation(t.vehicleWith(p, van), "CÔNG TY TNHH MỘT THÀNH VIÊN THƯƠNG MẠI DỊCH VỤ VÍ DỤ", "9900000012").
		set("registration_plate_colour", "yellow"),
		edge{"E39", "owned by a company, yellow plate", "issued to the user; the holder is not the owner"})
	p = t.driver("E39 state", "Hà Nội", date(1975, 10, 2))
	t.vehicles.add(p.ofOrganisation(t.vehicleWith(p, car), "ỦY BAN NHÂN DÂN XÃ VÍ DỤ", "9900000029").
		set("registration_number", "80A-000.29").set("registration_plate_colour", "blue"),
		edge{"E39", "owned by a state body, blue plate", "issued to the user; the holder is not the owner"})

	p = t.driver("E39 first", "Cần Thơ", date(1986, 5, 5))
	other := t.driver("E39 second", "Cần Thơ", date(1989, 8, 25))
	both := t.vehicleWith(p, car).set("registered_owner.name", p.name+", "+other.name)
	t.vehicles.add(both, edge{"E39", "owned by two people: the first", "issued; both hold the certificate with this number"})
	t.vehicles.add(both.clone().set("personal_administrative_number", other.number).set("registered_owner.identifier", other.number).
		set("holder_name", other.name).set("holder_birthdate", other.birthdate),
		edge{"E39", "owned by two people: the second", "issued; does not end the first one's"})

	p = t.driver("E40", "Đồng Nai", date(1994, 2, 14))
	t.vehicles.add(t.vehicleWith(p, car).set("lien.holder", "NGÂN HÀNG TMCP VÍ DỤ").set("lien.valid_until", plusYears(t.today, 2).String()),
		edge{"E40", "mortgaged: the bank has the original", "issued; the lien is shared only when chosen"})
	user := t.driver("E40 borrower", "Đồng Nai", date(1996, 9, 9))
	t.licences.add(t.licence(user))
	p = t.driver("E40 lender", "Đồng Nai", date(1969, 1, 21))
	t.vehicles.add(t.vehicleWith(p, car).set("registered_user.name", user.name).set("registered_user.identifier", user.number),
		edge{"E40", "lent to someone else, who is named as user", "issued to the owner"})
	p = t.driver("X7", "Hưng Yên", date(1990, 4, 6))
	t.vehicles.add(t.vehicleWith(p, car), edge{"X7", "sold tomorrow", "issued; changes-csgt-dang-ky-xe gives it to the buyer"})
	t.driver("X7 buyer", "Hưng Yên", date(1992, 4, 6))
}

// plates are registration numbers as registers write them.
func (t *town) plates() {
	bike, car := &familiar.vehicles[5], &familiar.vehicles[7]
	plates := []struct {
		home, plate, colour string
		model               *model
		note, must          string
	}{
		{"Hà Nội", "29-MĐ1 013.53", "white", bike, "electric motorbike with Đ in its plate", "issued as 29MĐ101353 without a warning"},
		{"Hà Nội", "29-MÐ1 000.54", "white", bike, "the same series typed with Ð (U+00D0)", "issued as 29MĐ100054"},
		{"Hải Phòng", "15K-0012", "white", car, "plate with four digits, of before 2010", "issued; shown as 15K-0012"},
		{"Hà Nội", "80-011-NG-01", "white", car, "diplomatic plate", "issued without a warning"},
		{"Hồ Chí Minh", "T51-000.12", "white", car, "temporary plate, valid for fifteen days", "issued; ends with the temporary registration"},
		{"Hồ Chí Minh", "51W-000.12", "white", car, "series that nobody knows", "issued, with the warning unexpected_form"},
		{"Thái Nguyên", "TM 00-12", "red", car, "army plate, begins with letters", "issued without a warning"},
		{"Lạng Sơn", "12LD-000.12", "white", car, "series of a joint venture", "issued without a warning"},
	}
	for i, c := range plates {
		p := t.driver("E41 "+c.plate, c.home, date(1980+i, 1+i, 3))
		f := t.vehicleWith(p, c.model).set("registration_number", c.plate).set("registration_plate_colour", c.colour)
		switch c.plate[0] {
		case '8':
			p.ofOrganisation(f, "ĐẠI SỨ QUÁN VÍ DỤ", "NG-000011")
		case 'T':
			if c.colour == "red" {
				p.ofOrganisation(f, "ĐƠN VỊ VÍ DỤ", "QD-000012")
				break
			}
			f.set("date_of_registration", t.today.String()).set("date_of_first_registration", t.today.String()).
				set("date_of_expiry", (t.today + 15).String())
		}
		t.vehicles.add(f, edge{"E41", c.note, c.must})
	}
}

// frames are chassis numbers, which name a vehicle while plates move.
func (t *town) frames() {
	bike := &familiar.vehicles[0]
	p := t.driver("E42 mover", "Phú Thọ", date(1991, 11, 11))
	old := t.vehicleWith(p, bike).set("date_of_registration", "2019-03-04").set("date_of_first_registration", "2019-03-04").set("year_of_manufacturing", 2018)
	t.vehicles.add(old, edge{"E42", "vehicle whose plate moves on", "issued under its chassis number"})
	t.vehicles.add(old.clone().set("vehicle_identification_number", "RLHJA39Z000009042").set("document_number", "19 009042").
		set("engine_info.engine_number", "JA39E0009042").set("year_of_manufacturing", 2025).
		set("date_of_registration", "2025-10-06").set("date_of_first_registration", "2025-10-06"),
		edge{"E42", "the same plate on another vehicle of the same owner", "issued beside the first: the chassis number is the key, not the plate"})
	p = t.driver("E42 frame", "Vĩnh Long", date(1966, 7, 23))
	t.vehicles.add(t.vehicleWith(p, bike).set("vehicle_identification_number", "C50*0012345"),
		edge{"E42", "old frame that has not 17 characters", "issued, with the warning unexpected_form"})
}
