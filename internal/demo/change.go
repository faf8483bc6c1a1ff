package demo

// changes are the exports of the day after, agency by agency.
func changes(t *town) []*book {
	cards := &book{agency: agencyIdentity, name: "changes-c06", document: "can_cuoc"}
	licences := &book{agency: agencyTraffic, name: "changes-csgt-gplx", document: "gplx"}
	vehicles := &book{agency: agencyTraffic, name: "changes-csgt-dang-ky-xe", document: "dang_ky_xe"}
	insurances := &book{agency: agencyInsurance, name: "changes-bhxh", document: "bhyt"}
	today := t.today.String()

	p := t.known["E20"]
	renumbered := *p
	renumbered.serial += 90
	renumbered.number = renumbered.personalNumber()
	cards.add(t.cards.of(p).set("personal_administrative_number", renumbered.number).
		set("legacy_numbers", []any{formerNumber("cancelled_personal_number", p.number)}).
		set("date_of_issuance", today).set("document_model", modelNew).set("issuing_authority", "Bộ Công an").without("identifying_features"),
		edge{"E20", "number cancelled, new one given", "updated: the wallet goes on under the new number, the credential of the old one ends"})
	licences.add(t.licences.of(p).set("personal_administrative_number", renumbered.number),
		edge{"E20", "licence under the new number", "updated: same wallet"})

	p = t.known["E18 before"]
	p.home = address{"Thôn 4", "Xã Tân Thịnh", "", "Tỉnh Bắc Ninh", capitalised}
	cards.add(p.home.fill(t.cards.of(p), "address"),
		edge{"E18", "address rewritten after the merger, card unchanged", "updated: the new credential replaces the older one"})
	p = t.known["E4"]
	cards.add(t.cards.of(p).set("name", "TRẦN THỊ HÒA").set("date_of_issuance", today),
		edge{"E4", "legal name changed from HOÀ to HÒA on a new card", "updated; the other papers still agree"})

	licences.add(t.licences.of(t.known["E36 none"]).set("licence_points_remaining", 12).set("licence_status", "in_force"),
		edge{"E36", "points restored after the test", "updated; in force again"})
	licences.add(t.licences.of(t.known["E37"]).set("licence_status", "withheld"),
		edge{"E37", "licence withheld electronically", "updated; nothing can be shared from it, the paper has not expired"})

	seller, buyer := t.known["X7"], t.known["X7 buyer"]
	sold := t.vehicles.of(seller).set("personal_administrative_number", buyer.number).set("holder_name", buyer.name).
		set("holder_birthdate", buyer.birthdate).set("registered_owner.name", buyer.name).set("registered_owner.identifier", buyer.number).
		set("document_number", "89 009007").set("registration_number", "89K-090.07").set("date_of_registration", today)
	vehicles.add(buyer.home.fill(sold, "registered_owner.address"),
		edge{"X7", "sold: same chassis number, other holder, other plate", "issued to the buyer; the seller's credential ends"})
	vehicles.add(t.vehicles.of(t.known["E40"]).without("lien.holder", "lien.valid_until"),
		edge{"E40", "mortgage paid back", "updated; the lien is gone"})

	insurances.add(t.insurances.of(t.known["E44 3"]).period(t.today+1, plusYears(t.today, 1)),
		edge{"E44", "renewed on the last day, without a gap", "updated; nobody is insured by the new one before it begins"})
	insurances.add(t.insurances.of(t.known["E43 ten"]).set("valid_from", today),
		edge{"E43", "same card, written anew", "updated"})
	return []*book{cards, licences, vehicles, insurances}
}
