package demo

import (
	"fmt"
	"strings"
)

// refuse adds a record that must not be issued. code is that of a violation of
// the catalogue or, with a dot in it, of a fault of the issuer.
func (b *book) refuse(claims fields, id, note, code string) {
	b.add(claims, refusal(id, note, code))
}

func refusal(id, note, code string) edge {
	return edge{id, note + "; expect " + code, "refused with " + code + "; the lines after it are not affected"}
}

// raw adds a line that is no record of the register; %s is where its note goes.
func (b *book) raw(line, id, note, code string) {
	b.records = append(b.records, record{document: b.document, raw: line, edges: []edge{refusal(id, note, code)}})
}

// bad are exports that contain nothing good.
func bad(t *town) []*book {
	return []*book{badCards(t), badLicences(t), badVehicles(t), badInsurances(t)}
}

func badCards(t *town) *book {
	b := &book{agency: agencyIdentity, name: "bad-c06", document: "can_cuoc"}
	// Nobody but these records has this number.
	p := t.newPerson(980, provinceByName("Hà Nội"), date(1990, 1, 1), false)
	card := func() fields { return t.identityCard(p).without("picture", "legacy_numbers") }
	b.refuse(card().set("name", "NGUYỄN VĂN 😀"), "X", "emoji in the name", "text_forbidden_character")
	b.refuse(card().set("name", "NGUYỄN\u200BVĂN AN"), "X", "zero-width space in the name", "text_forbidden_character")
	b.refuse(card().set("name", "NGUYỄN VĂN \u202EAN"), "X", "right-to-left override in the name", "text_forbidden_character")
	b.refuse(card().set("name", "NGUYỄN|VĂN AN"), "X", "the bar that separates the fields of printed QR codes", "text_forbidden_character")
	b.refuse(card().set("address.formatted", "Thôn 1\u0000, Xã Ví Dụ"), "X", "control character in the address", "text_forbidden_character")
	b.refuse(card().set("name", "NGUYỄN VĂN AN"+strings.Repeat("\u0301", 12)), "X", "a pile of combining marks in the name", "text_forbidden_character")
	b.refuse(card().set("personal_administrative_number", 1090000980), "E16", "number written as an integer, its leading zeros lost", "type_mismatch")
	b.refuse(card().set("personal_administrative_number", "01090000980"), "E16", "number of 11 digits", "length")
	b.refuse(card().set("personal_administrative_number", "00109000098O"), "X", "letter O in the number", "pattern")
	b.refuse(card().set("name", strings.Repeat("NGUYỄN ", 25)), "E7", "name of more than 150 characters", "length")
	b.refuse(card().set("birthdate", "2023-02-29"), "E9", "29 February of a common year", "not_a_date")
	b.refuse(card().set("birthdate", "31/12/1990"), "X", "birth date as printed", "not_a_date")
	b.refuse(card().set("birthdate", "1709-01-01"), "E14", "year of birth outside 1850 to 2200", "range")
	b.refuse(card().without("birthdate"), "X", "no birth date", "missing")
	b.refuse(card().set("name", nil), "X", "name is null", "not_nullable")
	b.refuse(card().set("sex", 3), "X", "sex outside the list", "not_in_enum")
	b.refuse(card().set("nationalities", []any{"V1"}), "X", "country code with a digit", "pattern")
	b.refuse(card().set("nationalities", []any{"VN", "FR", "DE", "US", "JP"}), "X", "more nationalities than allowed", "too_many_items")
	b.refuse(card().set("picture", "data:image/svg+xml;base64,PHN2Zy8+"), "X", "portrait that can carry a script", "not_an_image")
	b.refuse(card().set("fingerprints", "AAAA"), "X", "biometric data that is never issued", "unknown_claim")
	b.refuse(card().set("age_equal_or_over.18", true), "X", "derived claim in a register", "unknown_claim")
	b.refuse(card().set("address", "Thôn 1, Xã Ví Dụ").without("address.formatted", "address.street_address", "address.locality",
		"address.region", "address.country"), "X", "address as a text where members are expected", "type_mismatch")
	p.card = cardOf(p.born, date(2009, 1, 5))
	b.refuse(card(), "X", "card that expired years ago", "issuer.record_expired")
	b.refuse(card().set("sex", 2), "X", "another record for the same card and date in one export", "issuer.record_repeated")
	b.refuse(t.cards.of(t.known["star"]).set("date_of_issuance", "2021-03-01"), "X", "older card of somebody who has a newer one", "issuer.record_outdated")
	b.refuse(t.cards.of(t.known["star"]).set("date_of_issuance", t.today.String()).
		set("legacy_numbers", []any{formerNumber("cancelled_personal_number", t.known["E16"].number)}),
		"E20", "cancelled number that belongs to another wallet", "issuer.person_conflict")
	b.raw(`{"document":"can_cuoc","note":"%s","claims":{},"trailing":true}`, "X", "member that no line has", "issuer.line_malformed")
	b.raw(`{"document":"can_cuoc","note":"%s","claims":{}} {}`, "X", "two records on one line", "issuer.line_malformed")
	b.raw(`{"document":"can_cuoc","note":"%s","claims":{"name":"NGUYỄN`, "X", "line cut off in the middle", "issuer.line_malformed")
	b.raw(`{"document":"ho_chieu","note":"%s","claims":{}}`, "X", "document that no catalogue knows", "catalog.document_unknown")
	b.raw(`{"document":"gplx","note":"%s","claims":{}}`, "X", "register of another agency", "issuer.agency_not_allowed")
	return b
}

func badLicences(t *town) *book {
	b := &book{agency: agencyTraffic, name: "bad-csgt-gplx", document: "gplx"}
	star := t.known["star"]
	next := 0
	licence := func() fields {
		next++ // a number of its own: a repeated one would be refused for that
		return t.licences.of(star).set("document_number", fmt.Sprintf("7900000099%02d", next))
	}
	stranger := t.newPerson(982, provinceByName("Hà Nội"), date(1990, 1, 1), false)
	b.refuse(licence().set("name", "MAI THỊ VÍ DU"), "X", "name that differs from the card in one mark", "issuer.holder_mismatch")
	b.refuse(licence().set("birthdate", "2005-02-27"), "X", "birth date that differs from the card by a day", "issuer.holder_mismatch")
	b.refuse(licence().set("birthdate", "2006"), "E10", "year of birth that differs from the card", "issuer.holder_mismatch")
	b.refuse(t.licenceWith(stranger, right{class: "A1", scheme: scheme2024, passed: date(2025, 6, 4)}), "X", "holder who has no card here", "issuer.holder_unknown")
	b.refuse(t.licences.of(t.known["E16"]).set("document_number", "793230000001"), "X", "licence number of somebody else", "issuer.record_held_by_other")
	expired := t.until(t.today - 1)
	b.refuse(t.licenceAsOf(star, expired.passed+10, expired).set("document_number", "790000009999"), "E33", "licence whose only class ended yesterday", "issuer.record_expired")
	b.refuse(licence().set("driving_privileges", []any{}), "X", "licence without a class", "missing")
	b.refuse(licence().set("driving_privileges", []any{map[string]any{"vehicle_category_code": "Z9", "class_scheme": scheme2024,
		"issue_date": "2025-04-10", "expiry_date": nil}}), "X", "class that no law knows", "not_in_enum")
	b.refuse(licence().set("driving_privileges", []any{map[string]any{"vehicle_category_code": "A1", "issue_date": "2025-04-10", "expiry_date": nil}}),
		"E34", "A1 without its class system", "missing")
	b.refuse(licence().set("licence_points_remaining", 13), "E36", "more than 12 points", "range")
	b.refuse(licence().set("licence_points_remaining", 11.5), "E36", "half a point", "type_mismatch")
	b.refuse(licence().set("licence_status", "ok"), "E37", "status outside the list", "not_in_enum")
	return b
}

func badVehicles(t *town) *book {
	b := &book{agency: agencyTraffic, name: "bad-csgt-dang-ky-xe", document: "dang_ky_xe"}
	star := t.known["star"]
	next := 0
	vehicle := func() fields {
		next++ // a frame of its own: a repeated one would be refused for that
		return t.vehicles.of(star).set("vehicle_identification_number", fmt.Sprintf("RL4BF29C0000099%02d", next))
	}
	b.refuse(vehicle().set("vehicle_identification_number", "RL4BF29CO00000984"), "E42", "chassis number of 17 characters with the letter O", "pattern")
	b.refuse(vehicle().set("vehicle_identification_number", "RL4BI29C000000984"), "E42", "chassis number of 17 characters with the letter I", "pattern")
	b.refuse(vehicle().set("vehicle_identification_number", "RL4BQ29C000000984"), "E42", "chassis number of 17 characters with the letter Q", "pattern")
	b.refuse(vehicle().set("registration_number", "51K_000:12"), "E41", "plate with a character that no plate has", "pattern")
	b.refuse(vehicle().without("holder_name"), "X", "the record does not name the holder", "issuer.holder_missing")
	b.refuse(vehicle().set("holder_name", "CÔNG TY TNHH VÍ DỤ"), "E39", "company named as holder", "issuer.holder_mismatch")
	b.refuse(vehicle().set("date_of_registration", (plusYears(t.today, -1)).String()).set("date_of_expiry", (t.today-1).String()),
		"X", "temporary registration that ended yesterday", "issuer.record_expired")
	b.refuse(t.vehicles.of(star).set("vehicle_identification_number", t.vehicles.of(t.known["E42 mover"])["vehicle_identification_number"]).
		set("date_of_registration", "2015-01-05"), "E42", "former owner of a vehicle that has passed on", "issuer.record_outdated")
	b.refuse(vehicle().set("mass_info.unladen_mass", -1), "X", "negative mass", "range")
	return b
}

func badInsurances(t *town) *book {
	b := &book{agency: agencyInsurance, name: "bad-bhxh", document: "bhyt"}
	star := t.known["star"]
	next := 0
	insurance := func() fields {
		next++ // a number of its own: a repeated one would be refused for that
		return t.insurances.of(star).set("social_insurance_number", fmt.Sprintf("79000099%02d", next))
	}
	b.refuse(t.insurance(t.known["E31"]).period(plusYears(t.today, -1), t.today-1), "E44", "insurance that ended yesterday", "issuer.record_expired")
	b.refuse(insurance().set("name", "Mai Thi Ví Dụ"), "E4", "name that lacks a mark", "issuer.holder_mismatch")
	b.refuse(insurance().set("social_insurance_number", "79000009851"), "E43", "number of 11 digits", "pattern")
	b.refuse(insurance().set("health_insurance_code", "DN6797900000985"), "E43", "code with a level that does not exist", "pattern")
	b.refuse(insurance().set("benefit_level", 6), "E45", "benefit level that does not exist", "range")
	b.refuse(insurance().set("beneficiary_category", "D1"), "E45", "category that is not two letters", "pattern")
	b.refuse(insurance().set("primary_care_facility.code", "79001"), "X", "facility code without its hyphen", "pattern")
	b.refuse(insurance().without("valid_until"), "X", "end of the insurance not stated, not even as null", "missing")
	b.refuse(t.insurances.of(t.known["E45 HN"]).set("social_insurance_number", "7900000001"), "X", "insurance number of somebody else", "issuer.record_held_by_other")
	return b
}
