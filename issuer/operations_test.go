package issuer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// operate runs an operation by its name.
func (d *desk) operate(name, agency, id, reason string) (issuer.Change, error) {
	ctx := d.t.Context()
	switch name {
	case "suspend":
		return d.Suspend(ctx, agency, id)
	case "restore":
		return d.Restore(ctx, agency, id)
	case "withhold":
		return d.Withhold(ctx, agency, id, reason)
	case "revoke":
		return d.Revoke(ctx, agency, id, reason)
	}
	panic(name)
}

// must runs an operation that has to succeed.
func (d *desk) must(name, id, reason string) issuer.Change {
	d.t.Helper()
	c, err := d.operate(name, "csgt", id, reason)
	if err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
	return c
}

// licensed is a desk with a card and a licence of anh.
func licensed(t *testing.T) (*desk, wallet.Holding) {
	t.Helper()
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	d.issue("csgt", anh.licenceLine(licence))
	return d, d.one(d.citizen(anh.number).ID, "gplx")
}

const (
	points = issuer.WithheldPointsExhausted
	seized = issuer.WithheldSeized
	fraud  = issuer.RevokedFraud
)

// TestOperations walks every step between the statuses: what the agency then
// says, what the list says, what the holder is told, and that repeating it
// changes nothing.
func TestOperations(t *testing.T) {
	steps := map[string][2]string{"suspend": {"suspended", ""}, "restore": {"", ""},
		"withhold": {"withheld", points}, "revoke": {"revoked", fraud}}
	kinds := map[string]string{"suspend": "credential.suspended", "restore": "credential.restored",
		"withhold": "credential.withheld", "revoke": "credential.revoked"}
	for _, first := range []string{"restore", "suspend", "withhold"} {
		for second, want := range steps {
			t.Run(first+", "+second, func(t *testing.T) {
				d, h := licensed(t)
				d.must(first, h.ID, points)
				told := d.events(h.Owner)
				d.now = d.now.Add(time.Minute)
				c := d.must(second, h.ID, steps[second][1])
				changed := first != second
				standing := wallet.Standing{Status: wallet.Status(want[0]), Reason: want[1]}
				if want[0] != "" {
					standing.Since = d.now
				}
				if !changed {
					standing.Since = c.Standing.Since
				}
				if c.Changed != changed || c.Standing != standing || c.Published != standing.Status || c.Credential != h.ID || c.Document != "gplx" {
					t.Errorf("outcome %+v, want %+v", c, standing)
				}
				got := d.one(h.Owner, "gplx")
				if !sameStanding(got.Standing, standing) || !sameStanding(d.listed(h), standing) {
					t.Errorf("held %+v, listed %+v, want %+v", got.Standing, d.listed(h), standing)
				}
				if changed {
					told = append([]string{kinds[second] + " gplx"}, told...)
				}
				if now := d.events(h.Owner); fmt.Sprint(now) != fmt.Sprint(told) {
					t.Errorf("events %v, want %v", now, told)
				}
				before := d.dump()
				d.now = d.now.Add(time.Minute)
				again := d.must(second, h.ID, steps[second][1])
				if again.Changed || !sameStanding(again.Standing, got.Standing) {
					t.Errorf("again: %+v", again)
				}
				d.unchanged(before)
			})
		}
	}
}

func sameStanding(a, b wallet.Standing) bool {
	return a.Status == b.Status && a.Reason == b.Reason && a.Since.Equal(b.Since)
}

// TestReasons: another reason for withholding replaces the first; the first
// reason for revoking stays; every reason of the lists is taken.
func TestReasons(t *testing.T) {
	d, h := licensed(t)
	for i, reason := range issuer.WithholdReasons() {
		if c := d.must("withhold", h.ID, reason); !c.Changed || c.Standing.Reason != reason {
			t.Errorf("reason %d: %+v", i, c)
		}
	}
	for i, reason := range issuer.RevokeReasons() {
		if c := d.must("revoke", h.ID, reason); c.Changed != (i == 0) || c.Standing.Reason != issuer.RevokeReasons()[0] {
			t.Errorf("reason %d: %+v", i, c)
		}
	}
}

// operationRefusal is an operation that must be refused.
type operationRefusal struct {
	name, agency string
	run          func(ctx context.Context, d *desk, agency, id string) error
	code         fault.Code
}

// op is an operation on the credential that the test holds ready.
func op(name, reason string) func(context.Context, *desk, string, string) error {
	return func(_ context.Context, d *desk, agency, id string) error {
		_, err := d.operate(name, agency, id, reason)
		return err
	}
}

// on is an operation on another credential; "superseded" stands for an older one.
func on(name, id string) func(context.Context, *desk, string, string) error {
	return func(_ context.Context, d *desk, agency, _ string) error {
		if id == "superseded" {
			for key := range d.dump() {
				if ended, ok := under("endings/", key); ok {
					id = ended
				}
			}
		}
		_, err := d.operate(name, agency, id, seized)
		return err
	}
}

func lockOf(number string, reason wallet.LockReason) func(context.Context, *desk, string, string) error {
	return func(ctx context.Context, d *desk, agency, _ string) error {
		_, err := d.Lock(ctx, agency, number, reason)
		return err
	}
}

func unlockOf(number string) func(context.Context, *desk, string, string) error {
	return func(ctx context.Context, d *desk, agency, _ string) error {
		_, err := d.Unlock(ctx, agency, number)
		return err
	}
}

func find(document string, record map[string]string) func(context.Context, *desk, string, string) error {
	return func(ctx context.Context, d *desk, agency, _ string) error {
		_, err := d.Find(ctx, agency, document, record)
		return err
	}
}

// operationRefusals: on a revoked licence of csgt, with a superseded one before
// it, beside a wallet that is locked because its holder has died.
func operationRefusals() []operationRefusal {
	const missing = fault.CodeCredentialUnknown
	key := map[string]string{"document_number": licence}
	return []operationRefusal{
		{"suspend what is revoked", "csgt", op("suspend", ""), fault.CodeAlreadyRevoked},
		{"restore what is revoked", "csgt", op("restore", ""), fault.CodeAlreadyRevoked},
		{"withhold what is revoked", "csgt", op("withhold", seized), fault.CodeAlreadyRevoked},
		{"withhold without a reason", "csgt", op("withhold", ""), fault.CodeReasonInvalid},
		{"withhold for a reason of revoking", "csgt", op("withhold", fraud), fault.CodeReasonInvalid},
		{"revoke for a reason of withholding", "csgt", op("revoke", seized), fault.CodeReasonInvalid},
		{"revoke for a death", "csgt", op("revoke", issuer.RevokedDeath), fault.CodeReasonInvalid},
		{"revoke as superseded", "csgt", op("revoke", "superseded"), fault.CodeReasonInvalid},
		{"revoke for free text", "csgt", op("revoke", "nhờ cậy"), fault.CodeReasonInvalid},
		{"another agency's", "bhxh", op("revoke", fraud), missing},
		{"another agency's, though it keeps the root", "c06", op("suspend", ""), missing},
		{"unknown agency", "nobody", op("suspend", ""), fault.CodeAgencyUnknown},
		{"unknown credential", "csgt", on("suspend", "k5rj2x7wq3mzt4ydvh6n5pbc2a"), missing},
		{"no credential", "csgt", on("restore", ""), missing},
		{"a superseded credential", "csgt", on("withhold", "superseded"), fault.CodeSuperseded},
		{"lock by an agency without a root", "csgt", lockOf(binh.number, wallet.LostPhone), fault.CodeAgencyNotAllowed},
		{"lock by an unknown agency", "nobody", lockOf(binh.number, wallet.LostPhone), fault.CodeAgencyUnknown},
		{"lock a stranger", "c06", lockOf(lien.number, wallet.LostPhone), fault.CodeCitizenUnknown},
		{"lock without a reason", "c06", lockOf(binh.number, ""), fault.CodeReasonInvalid},
		{"lock for an unknown reason", "c06", lockOf(binh.number, "bored"), fault.CodeReasonInvalid},
		{"lock the dead for another reason", "c06", lockOf(binh.number, wallet.LostPhone), fault.CodeLockFinal},
		{"unlock the dead", "c06", unlockOf(binh.number), fault.CodeLockFinal},
		{"unlock a stranger", "c06", unlockOf(lien.number), fault.CodeCitizenUnknown},
		{"unlock by an agency without a root", "bhxh", unlockOf(binh.number), fault.CodeAgencyNotAllowed},
		{"unlock by an unknown agency", "nobody", unlockOf(binh.number), fault.CodeAgencyUnknown},
		{"find by an unknown agency", "nobody", find("gplx", key), fault.CodeAgencyUnknown},
		{"find another agency's", "bhxh", find("gplx", key), fault.CodeAgencyNotAllowed},
		{"find an unknown document", "csgt", find("passport", key), fault.CodeDocumentUnknown},
		{"find by nothing", "csgt", find("gplx", nil), fault.CodeRequestMalformed},
		{"find by another claim", "csgt", find("gplx", map[string]string{"name": anh.name}), fault.CodeRequestMalformed},
		{"find by one claim too many", "csgt", find("gplx", map[string]string{"document_number": licence, "name": anh.name}), fault.CodeRequestMalformed},
		{"find by a value of another form", "csgt", find("gplx", map[string]string{"document_number": "B1"}), fault.CodeRequestMalformed},
	}
}

// TestOperationRefusals: each has its code, names no value, and changes nothing.
func TestOperationRefusals(t *testing.T) {
	for _, test := range operationRefusals() {
		t.Run(test.name, func(t *testing.T) {
			d, _ := licensed(t)
			d.issue("c06", binh.cardLine())
			d.statuses("csgt", []string{line("gplx", anh.licence(licence).with("licence_points_remaining", 3))}, updated...)
			h := d.one(d.citizen(anh.number).ID, "gplx")
			d.must("revoke", h.ID, fraud)
			if _, err := d.Lock(t.Context(), "c06", binh.number, wallet.Death); err != nil {
				t.Fatal(err)
			}
			before := d.dump()
			err := test.run(t.Context(), d, test.agency, h.ID)
			if !fault.Is(err, test.code) {
				t.Fatalf("got %v, want %s", err, test.code)
			}
			for _, value := range []string{anh.name, anh.number, binh.number, licence, "B1", "nhờ"} {
				if strings.Contains(err.Error(), value) {
					t.Errorf("the refusal tells %q: %v", value, err)
				}
			}
			d.unchanged(before)
		})
	}
}

// TestFind: by the record key, normalised as records are; joint holders are
// found together, ended credentials are not.
func TestFind(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine())
	d.issue("csgt", anh.vehicleLine(frame, certificate), binh.vehicleLine(frame, certificate))
	found, err := d.Find(t.Context(), "csgt", "dang_ky_xe", map[string]string{"vehicle_identification_number": " " + strings.ToLower(frame)})
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	if _, err := d.Withhold(t.Context(), "csgt", found[0].ID, seized); err != nil {
		t.Fatal(err)
	}
	found, err = d.Find(t.Context(), "csgt", "dang_ky_xe", map[string]string{"vehicle_identification_number": frame})
	// What is said of the paper is said of all who hold it together.
	if err != nil || len(found) != 2 || found[0].Published != wallet.Withheld || found[0].Standing.Reason != seized ||
		found[1].Published != wallet.Withheld || found[1].Document != "dang_ky_xe" || !found[1].IssuedAt.Equal(noon) {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := d.Restore(t.Context(), "csgt", found[1].ID); err != nil {
		t.Fatal(err)
	}
	found, err = d.Find(t.Context(), "csgt", "dang_ky_xe", map[string]string{"vehicle_identification_number": frame})
	if err != nil || len(found) != 2 || found[0].Published != wallet.Valid || found[1].Published != wallet.Valid {
		t.Errorf("%+v, %v", found, err)
	}
	found, err = d.Find(t.Context(), "csgt", "gplx", map[string]string{"document_number": licence})
	if err != nil || len(found) != 0 {
		t.Errorf("nobody's licence: %+v, %v", found, err)
	}
}
