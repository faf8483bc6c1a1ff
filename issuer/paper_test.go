package issuer_test

import (
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// What an agency said of a paper goes with the paper, under another number and
// with another holder too.

// only imports one line and returns its outcome.
func (d *desk) only(agency, record string) issuer.Outcome {
	d.t.Helper()
	return d.lines(agency, record)[0]
}

func TestRevokedPaperUnderAnotherNumber(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	first := d.only("bhxh", line("bhyt", anh.insurance("4800000123")))
	if first.Status != issuer.Issued {
		t.Fatalf("%+v", first)
	}
	if _, err := d.Revoke(t.Context(), "bhxh", first.Credential, issuer.RevokedFraud); err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{anh.number, "4800000123"} {
		if out := d.only("bhxh", line("bhyt", anh.insurance(number).with("valid_until", "2026-12-30"))); out.Code != string(fault.CodeRecordRevoked) {
			t.Errorf("%+v", out)
		}
	}
	later := line("bhyt", anh.insurance(anh.number).with("valid_from", "2026-03-02", "valid_until", "2027-03-01"))
	if out := d.only("bhxh", later); out.Status != issuer.Updated || out.State != wallet.Valid {
		t.Errorf("a new decision: %+v", out)
	}
}

// A paper that should never have been issued is followed by the right one.
func TestCorrectionOfAnError(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	wrong := d.only("csgt", line("gplx", anh.licence(licence).with("date_of_issuance", "2026-12-01")))
	if wrong.Status != issuer.Issued {
		t.Fatalf("%+v", wrong)
	}
	right := line("gplx", anh.licence(licence).with("date_of_issuance", "2025-12-01"))
	if out := d.only("csgt", right); out.Code != string(fault.CodeRecordOutdated) {
		t.Errorf("%+v", out)
	}
	if _, err := d.Revoke(t.Context(), "csgt", wrong.Credential, issuer.RevokedError); err != nil {
		t.Fatal(err)
	}
	if out := d.only("csgt", right); out.Status != issuer.Updated || out.State != wallet.Valid {
		t.Errorf("%+v", out)
	}
}

func TestWithheldVehiclePassesOn(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine())
	held := d.only("csgt", anh.vehicleLine(frame, certificate))
	if _, err := d.Withhold(t.Context(), "csgt", held.Credential, seized); err != nil {
		t.Fatal(err)
	}
	same := line("dang_ky_xe", binh.vehicle(frame, "43 000013"))
	if out := d.only("csgt", same); out.Code != string(fault.CodeRecordRepeated) {
		t.Errorf("two holders under one date: %+v", out)
	}
	later := line("dang_ky_xe", binh.vehicle(frame, "43 000013").with("date_of_registration", "2026-02-01"))
	if out := d.only("csgt", later); out.Status != issuer.Issued || out.State != wallet.Withheld {
		t.Errorf("the buyer's: %+v", out)
	}
}

func TestRevokedCertificateOfTwo(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine(), lien.cardLine())
	held := d.only("csgt", anh.vehicleLine(frame, certificate))
	if out := d.only("csgt", binh.vehicleLine(frame, certificate)); out.Status != issuer.Issued {
		t.Fatalf("%+v", out)
	}
	if _, err := d.Revoke(t.Context(), "csgt", held.Credential, issuer.RevokedFraud); err != nil {
		t.Fatal(err)
	}
	if out := d.only("csgt", lien.vehicleLine(frame, certificate)); out.Code != string(fault.CodeRecordRevoked) {
		t.Errorf("a third holder: %+v", out)
	}
}

func TestRevokedCardVouchesForNothing(t *testing.T) {
	d := newDesk(t)
	card := d.only("c06", anh.cardLine())
	if _, err := d.Revoke(t.Context(), "c06", card.Credential, issuer.RevokedFraud); err != nil {
		t.Fatal(err)
	}
	if out := d.only("csgt", anh.licenceLine(licence)); out.Code != string(fault.CodeHolderUnknown) {
		t.Errorf("%+v", out)
	}
}

// Somebody else's number, typed by mistake as a cancelled one, stays theirs.
func TestMistypedCancelledNumber(t *testing.T) {
	d := newDesk(t)
	if out := d.only("c06", line("can_cuoc", anh.card().with("legacy_numbers", former(binh.number)))); out.Status != issuer.Issued {
		t.Fatalf("%+v", out)
	}
	if out := d.only("c06", binh.cardLine()); out.Status != issuer.Issued {
		t.Errorf("%+v", out)
	}
	other := []any{map[string]any{"kind": "cmnd9", "value": "999000000123"}}
	if out := d.only("c06", line("can_cuoc", lien.card().with("legacy_numbers", other))); out.Status != issuer.Issued {
		t.Errorf("another kind of number: %+v", out)
	}
}

// Two cards of one person under one date are two answers to one question.
func TestTwoOfWhatAPersonHasOnce(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	lines := []string{line("bhyt", anh.insurance("4800000123")), line("bhyt", anh.insurance(anh.number))}
	for range 2 {
		var codes []string
		for _, o := range d.lines("bhxh", lines...) {
			codes = append(codes, string(o.Status)+o.Code)
		}
		if len(codes) != 2 || codes[1] != string(issuer.Rejected)+string(fault.CodeRecordRepeated) {
			t.Errorf("%v", codes)
		}
	}
}
