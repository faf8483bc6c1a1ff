package issuer_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// number is the i-th of a run of personal numbers: a man born in 1990.
func number(i int) string { return fmt.Sprintf("001090%06d", i) }

var (
	updated           = []issuer.Status{issuer.Updated}
	unchanged         = []issuer.Status{issuer.Unchanged}
	once, twice, none = 1, 2, 0
)

// TestSameExportTwice: byte for byte the same store.
func TestSameExportTwice(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine(), lien.cardLine())
	d.issue("csgt", anh.licenceLine(licence), anh.vehicleLine(frame, certificate), binh.vehicleLine(frame, certificate))
	d.issue("bhxh", lien.insuranceLine(insured))
	before := d.dump()
	d.now = d.now.Add(time.Hour)
	d.statuses("c06", []string{anh.cardLine(), binh.cardLine(), lien.cardLine()}, issuer.Unchanged, issuer.Unchanged, issuer.Unchanged)
	d.statuses("csgt", []string{binh.vehicleLine(frame, certificate), anh.vehicleLine(frame, certificate), anh.licenceLine(licence)},
		issuer.Unchanged, issuer.Unchanged, issuer.Unchanged)
	// Written differently, saying the same.
	same := lien.insurance("4800 000.123").with("name", "  "+lien.name+" ", "valid_from", "2026-01-01 ")
	out := d.statuses("bhxh", []string{line("bhyt", same)}, unchanged...)
	if h := d.one(d.citizen(lien.number).ID, "bhyt"); out[0].Credential != h.ID {
		t.Errorf("the outcome names %q, the holding is %q", out[0].Credential, h.ID)
	}
	d.unchanged(before)
}

// TestChangedRecordSupersedes: the older holding ends, and the citizen is told
// of both.
func TestChangedRecordSupersedes(t *testing.T) {
	for name, change := range map[string]claims{
		"under the same date":  anh.licence(licence).with("licence_status", "withheld"),
		"under a newer date":   anh.licence(licence).with("date_of_issuance", "2026-02-01"),
		"a claim more":         anh.licence(licence).with("card_serial_number", "AB123456"),
		"a claim less":         anh.licence(licence).with("licence_points_remaining", absent),
		"one item of a list":   anh.licence(licence).with("driving_privileges", anh.licence(licence)["driving_privileges"].([]any)[:1]),
		"already expired":      anh.licence(licence).with("date_of_expiry", "2026-03-01"),
		"another letter case ": anh.licence(licence).with("name", "Nguyễn Thị Minh Ánh"),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", anh.cardLine())
			d.issue("csgt", anh.licenceLine(licence))
			owner := d.citizen(anh.number)
			old := d.one(owner.ID, "gplx")
			d.now = d.now.Add(time.Hour)
			out := d.statuses("csgt", []string{line("gplx", change)}, updated...)
			fresh := d.one(owner.ID, "gplx")
			if fresh.ID == old.ID || fresh.ID != out[0].Credential || fresh.RecordDigest == old.RecordDigest || fresh.Credential == old.Credential {
				t.Errorf("old %s, new %s, outcome %+v", old.ID, fresh.ID, out[0])
			}
			ended, err := d.store.Holding(t.Context(), owner.ID, old.ID)
			if err != nil || ended.State != wallet.Superseded || !ended.EndedAt.Equal(d.now) {
				t.Errorf("the old holding is %s since %v, %v", ended.State, ended.EndedAt, err)
			}
			want := []string{"credential.issued gplx", "credential.superseded gplx", "credential.issued gplx", "credential.issued can_cuoc"}
			if got := d.events(owner.ID); !slices.Equal(got, want) {
				t.Errorf("events %v, want %v", got, want)
			}
		})
	}
}

// TestVehicleTransfer: the former holder's credential ends with an event.
func TestVehicleTransfer(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine(), lien.cardLine())
	d.issue("csgt", anh.vehicleLine(frame, certificate), lien.vehicleLine(frame, certificate))
	seller, partner, buyer := d.citizen(anh.number).ID, d.citizen(lien.number).ID, d.citizen(binh.number).ID
	old := d.one(seller, "dang_ky_xe")
	d.now = d.now.Add(time.Hour)
	d.issue("csgt", line("dang_ky_xe", binh.vehicle(frame, "43 000013").with("date_of_registration", "2026-02-01")))
	for who, want := range map[string]int{seller: none, partner: none, buyer: once} {
		if got := len(d.active(who, "dang_ky_xe")); got != want {
			t.Errorf("%d active holdings, want %d", got, want)
		}
	}
	for _, who := range []string{seller, partner} {
		if got := d.events(who)[0]; got != "credential.ended dang_ky_xe" {
			t.Errorf("the former holder's newest event is %q", got)
		}
	}
	if h, err := d.store.Holding(t.Context(), seller, old.ID); err != nil || h.State != wallet.Superseded {
		t.Errorf("%s %v", h.State, err)
	}
	if got := d.events(buyer)[0]; got != "credential.issued dang_ky_xe" {
		t.Errorf("the new holder's newest event is %q", got)
	}
	// And back, later.
	d.issue("csgt", line("dang_ky_xe", anh.vehicle(frame, "43 000014").with("date_of_registration", "2026-03-01")))
	if len(d.active(seller, "dang_ky_xe")) != once || len(d.active(buyer, "dang_ky_xe")) != none {
		t.Error("the vehicle did not go back")
	}
}

// TestCoOwners: holders of one certificate keep it side by side, and a new
// certificate for both replaces both.
func TestCoOwners(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine())
	both := func(certificate, date string) []string {
		return []string{line("dang_ky_xe", anh.vehicle(frame, certificate).with("date_of_registration", date)),
			line("dang_ky_xe", binh.vehicle(frame, certificate).with("date_of_registration", date))}
	}
	d.issue("csgt", both(certificate, "2025-06-01")...)
	d.lines("csgt", both("43 000077", "2026-01-05")...)
	for _, p := range []person{anh, binh} {
		if h := d.one(d.citizen(p.number).ID, "dang_ky_xe"); h.Shared != "43 000077" {
			t.Errorf("the certificate is %s", h.Shared)
		}
	}
	before := d.dump()
	d.statuses("csgt", both("43 000077", "2026-01-05"), issuer.Unchanged, issuer.Unchanged)
	d.unchanged(before)
}

// TestSeveralOfADocument: papers with different keys stand side by side.
func TestSeveralOfADocument(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	d.issue("csgt", anh.vehicleLine(frame, certificate), anh.vehicleLine("RL4B29F3XR0000124", "43 000013"))
	if got := len(d.active(d.citizen(anh.number).ID, "dang_ky_xe")); got != twice {
		t.Errorf("%d vehicles, want 2", got)
	}
}

// TestCancelledNumber (case E20): the wallet goes on under the new number with
// everything in it.
func TestCancelledNumber(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine())
	d.issue("csgt", anh.licenceLine(licence))
	before := d.citizen(anh.number)
	corrected := person{"079306000124", anh.name, "2006-02-28", anh.sex} // the birth year was corrected
	card := corrected.card().with("date_of_issuance", "2026-02-02", "legacy_numbers", append(former(anh.number), map[string]any{"kind": "cmnd9", "value": "123456789"}))
	d.statuses("c06", []string{line("can_cuoc", card)}, updated...)
	after := d.citizen(corrected.number)
	if after.ID != before.ID || !after.CreatedAt.Equal(before.CreatedAt) {
		t.Errorf("%+v became %+v", before, after)
	}
	if _, err := d.store.CitizenByNumber(t.Context(), anh.number); err == nil {
		t.Error("the cancelled number still finds somebody")
	}
	if h := d.one(after.ID, "can_cuoc"); h.Number != corrected.number {
		t.Error("the active card has the cancelled number")
	}
	if h := d.one(after.ID, "gplx"); h.Number != anh.number {
		t.Error("the licence, which its own register has not changed yet, changed")
	}
	want := []string{"credential.issued can_cuoc", "credential.superseded can_cuoc", "credential.issued gplx", "credential.issued can_cuoc"}
	if got := d.events(after.ID); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	state := d.dump()
	d.statuses("c06", []string{line("can_cuoc", card)}, unchanged...)
	d.unchanged(state)
	// The licence follows under the new number, in the same wallet.
	moved := corrected.licence(licence)
	d.statuses("csgt", []string{line("gplx", moved)}, updated...)
	if h := d.one(after.ID, "gplx"); h.Number != corrected.number {
		t.Error("the licence has the cancelled number")
	}
}

// TestCancelledNumberComesLate: whichever card arrives first, the cancelled
// number never opens a wallet of its own.
func TestCancelledNumberComesLate(t *testing.T) {
	d := newDesk(t)
	corrected := person{"079306000124", anh.name, "2006-02-28", anh.sex}
	d.issue("c06", line("can_cuoc", corrected.card().with("date_of_issuance", "2026-02-02", "legacy_numbers", former(anh.number))))
	state := d.dump()
	outcomes := d.statuses("c06", []string{anh.cardLine()}, issuer.Rejected)
	if outcomes[0].Code != string(fault.CodeNumberCancelled) {
		t.Errorf("%+v", outcomes[0])
	}
	d.unchanged(state)
}

// TestInsuranceNumberGrows (case E43): the ten digits of an insurance number
// become the twelve of the personal number, and it stays one card.
func TestInsuranceNumberGrows(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", binh.cardLine())
	d.issue("bhxh", line("bhyt", binh.insurance(insured)))
	d.statuses("bhxh", []string{line("bhyt", binh.insurance(insured).with("social_insurance_number", binh.number))}, updated...)
	if h := d.one(d.citizen(binh.number).ID, "bhyt"); h.Values["social_insurance_number"] != binh.number {
		t.Error("the older card is active")
	}
}

// TestSamePerson: spellings of one name and dates of one birth agree.
func TestSamePerson(t *testing.T) {
	for name, change := range map[string][2]claims{
		"letter case":       {binh.card(), binh.insurance(insured).with("name", "Trần Văn Hoà")},
		"spaces":            {binh.card(), binh.insurance(insured).with("name", "TRẦN  VĂN\u00A0HOÀ ")},
		"tone mark":         {binh.card(), binh.insurance(insured).with("name", "TRẦN VĂN HÒA")},
		"tone mark of ủy":   {lien.card(), lien.insurance(insured).with("name", "ĐỖ THỊ THUỶ LIÊN")},
		"Unicode form":      {binh.card(), binh.insurance(insured).with("name", "TRA\u0302\u0300N VA\u0306N HOA\u0300")},
		"Đ typed as eth":    {lien.card(), lien.insurance(insured).with("name", "\u00D0Ỗ THỊ THỦY LIÊN")},
		"year in record":    {binh.card(), binh.insurance(insured).with("birthdate", "1986")},
		"month in record":   {binh.card(), binh.insurance(insured).with("birthdate", "1986-05")},
		"year on the card":  {binh.card().with("birthdate", "1986"), binh.insurance(insured)},
		"month on the card": {binh.card().with("birthdate", "1986-05"), binh.insurance(insured).with("birthdate", "1986")},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", line("can_cuoc", change[0]))
			d.issue("bhxh", line("bhyt", change[1]))
		})
	}
}
