package issuer_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// under cuts a bucket's name off a key of a dump.
func under(bucket, key string) (string, bool) { return strings.CutPrefix(key, bucket) }

func unmarshal(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatal(err)
	}
}

// TestRecordsLiftNothing: a suspended or withheld paper stays so, whatever its
// register says of it, until the agency restores it.
func TestRecordsLiftNothing(t *testing.T) {
	for _, operation := range []string{"suspend", "withhold"} {
		t.Run(operation, func(t *testing.T) {
			d, first := licensed(t)
			standing := d.must(operation, first.ID, points).Standing
			out := d.statuses("csgt", []string{anh.licenceLine(licence)}, issuer.Unchanged)[0]
			if out.Credential != first.ID || out.State != standing.Status {
				t.Errorf("the same record: %+v", out)
			}
			d.now = first.ExpiresAt.Add(-issuer.RenewBefore)
			d.statuses("csgt", []string{anh.licenceLine(licence)}, issuer.Updated) // renewed
			d.statuses("csgt", []string{line("gplx", anh.licence(licence).with("licence_points_remaining", 3))}, issuer.Updated)
			out = d.statuses("csgt", []string{line("gplx", anh.licence(licence).with("date_of_issuance", "2026-01-05"))}, issuer.Updated)[0]
			h := d.one(first.Owner, "gplx")
			if out.Credential != h.ID || out.State != standing.Status || !sameStanding(h.Standing, standing) || !sameStanding(d.listed(h), standing) {
				t.Errorf("told %+v, held %+v, listed %+v, want %+v", out, h.Standing, d.listed(h), standing)
			}
			if got := d.listed(first); got.Status != wallet.Revoked {
				t.Errorf("the first credential is listed as %+v", got)
			}
			d.must("restore", h.ID, "")
			if h = d.one(first.Owner, "gplx"); h.Standing != (wallet.Standing{}) || d.listed(h) != (wallet.Standing{}) {
				t.Errorf("restored: %+v, listed %+v", h.Standing, d.listed(h))
			}
		})
	}
}

// revokedRecord is a record that comes after its paper was revoked.
type revokedRecord struct {
	name, line string
	status     issuer.Status
	code       fault.Code
}

func revokedRecords() []revokedRecord {
	const revoked = fault.CodeRecordRevoked
	l := anh.licence(licence)
	return []revokedRecord{
		{"the same", anh.licenceLine(licence), issuer.Unchanged, ""},
		{"a correction under the same date", line("gplx", l.with("licence_points_remaining", 3)), issuer.Rejected, revoked},
		{"an older date", line("gplx", l.with("date_of_issuance", "2025-04-19")), issuer.Rejected, fault.CodeRecordOutdated},
		{"a later date", line("gplx", l.with("date_of_issuance", "2026-02-20")), issuer.Updated, ""},
		{"the dead", line("gplx", l.with("date_of_issuance", "2026-02-21")), issuer.Rejected, fault.CodeHolderDeceased},
	}
}

// TestRevokedRecords: what was revoked comes back only as a paper of a later
// date, which begins with a clean entry.
func TestRevokedRecords(t *testing.T) {
	for _, test := range revokedRecords() {
		t.Run(test.name, func(t *testing.T) {
			d, first := licensed(t)
			d.must("revoke", first.ID, issuer.RevokedRecalled)
			if test.name == "the dead" {
				d.lock(wallet.Death)
			}
			d.now = first.ExpiresAt.Add(-issuer.RenewBefore) // no renewal either
			before := d.dump()
			out := d.lines("csgt", test.line)[0]
			if out.Status != test.status || out.Code != string(test.code) {
				t.Fatalf("%+v, want %s %s", out, test.status, test.code)
			}
			h := d.one(first.Owner, "gplx")
			if test.status != issuer.Updated {
				d.unchanged(before)
				if h.Standing.Status != wallet.Revoked {
					t.Errorf("%+v", h.Standing)
				}
				return
			}
			if h.ID == first.ID || h.Standing.Status != wallet.Valid || d.listed(h).Status != wallet.Valid || d.listed(first).Status != wallet.Revoked {
				t.Errorf("the new one %+v, the old one is listed as %+v", h.Standing, d.listed(first))
			}
		})
	}
}

// TestRevokedVehicleIsNotSoldOn: a revoked paper does not come back through
// another holder under the same date; a sale of a later date is a new paper.
func TestRevokedVehicleIsNotSoldOn(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine())
	d.issue("csgt", anh.vehicleLine(frame, certificate))
	h := d.one(d.citizen(anh.number).ID, "dang_ky_xe")
	d.must("revoke", h.ID, fraud)
	bought := binh.vehicle(frame, "43 000099")
	if got := told(d.lines("csgt", line("dang_ky_xe", bought))); got != "1 issuer.record_revoked\n" {
		t.Errorf("under the same date: %s", got)
	}
	d.issue("csgt", line("dang_ky_xe", bought.with("date_of_registration", "2026-02-01")))
	if next := d.one(d.citizen(binh.number).ID, "dang_ky_xe"); d.listed(next).Status != wallet.Valid {
		t.Errorf("%+v", d.listed(next))
	}
	if got := d.holding(h.Owner, h.ID); got.State != wallet.Superseded || d.listed(h).Status != wallet.Revoked || d.listed(h).Reason != fraud {
		t.Errorf("%+v", got)
	}
}
