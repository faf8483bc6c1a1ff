package issuer_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// minh is seventeen and turns eighteen when 16 June 2026 begins in Viet Nam,
// which is 17:00 of the day before in UTC.
var (
	minh     = person{"001208000777", "PHẠM GIA MINH", "2008-06-16", 1}
	birthday = time.Date(2026, 6, 15, 17, 0, 0, 0, time.UTC)
)

// reissue signs anew what is due and must count that much.
func (d *desk) reissue(want issuer.Reissued) {
	d.t.Helper()
	got, err := d.Reissue(d.t.Context(), d.now)
	if err != nil || got != want {
		d.t.Fatalf("%+v, %v, want %+v", got, err, want)
	}
}

// said is a derived claim as the credential states it; "expired" for one that no
// longer counts, "absent" for one that is not in it.
func (d *desk) said(h wallet.Holding, id string) string {
	d.t.Helper()
	values, err := sdjwt.Verify(h.Credential, sdjwt.VerifyOptions{Key: &d.keys[h.Agency].PublicKey, Now: d.now})
	if sdjwt.ReasonOf(err) == sdjwt.ReasonExpired {
		return "expired"
	}
	if err != nil {
		d.t.Fatal(err)
	}
	value, there := at(values, id)
	if !there {
		return "absent"
	}
	return plain(value)
}

// TestTurnsEighteen: the credential of a seventeen-year-old ends with the last
// day of being seventeen, and the next one says so.
func TestTurnsEighteen(t *testing.T) {
	const adult = "age_equal_or_over.18"
	d := newDesk(t)
	d.issue("c06", minh.cardLine())
	owner := d.citizen(minh.number).ID
	young := d.one(owner, "can_cuoc")
	if d.said(young, adult) != "false" || !young.CredentialExpiresAt.Equal(birthday) || !young.ExpiresAt.Equal(noon.Add(365*24*time.Hour)) {
		t.Fatalf("18: %s, until %v, minted until %v", d.said(young, adult), young.CredentialExpiresAt, young.ExpiresAt)
	}
	d.now = birthday.Add(-time.Second)
	before := d.dump()
	d.reissue(issuer.Reissued{})
	d.unchanged(before)
	if d.said(young, adult) != "false" {
		t.Error("the credential ends before its time")
	}
	d.now = birthday
	if d.said(young, adult) != "expired" {
		t.Error("the credential of a child counts for an adult")
	}
	d.reissue(issuer.Reissued{Signed: 1})
	grown := d.one(owner, "can_cuoc")
	if d.said(grown, adult) != "true" || d.said(grown, "age_equal_or_over.21") != "false" {
		t.Error("the credential does not know of the birthday")
	}
	if grown.ID != young.ID || grown.Owner != owner || !grown.ExpiresAt.Equal(young.ExpiresAt) || !grown.IssuedAt.Equal(young.IssuedAt) ||
		grown.RecordDigest != young.RecordDigest || grown.State != wallet.Active {
		t.Errorf("another holding: %+v", grown)
	}
	if grown.Status == young.Status || !grown.CredentialExpiresAt.Equal(grown.ExpiresAt) {
		t.Errorf("place %v as before, until %v", grown.Status, grown.CredentialExpiresAt)
	}
	if got := d.events(owner); !slices.Equal(got, []string{"credential.renewed can_cuoc", "credential.issued can_cuoc"}) {
		t.Errorf("events %v", got)
	}
	before = d.dump()
	d.reissue(issuer.Reissued{})
	d.statuses("c06", []string{minh.cardLine()}, unchanged...)
	d.unchanged(before)
}

// TestClassEnds: a licence whose class B ends goes on with A1.
func TestClassEnds(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	d.issue("csgt", line("gplx", anh.licence(licence).with("driving_privileges", []any{
		map[string]any{"vehicle_category_code": "A1", "class_scheme": "2024", "issue_date": "2023-06-12", "expiry_date": nil},
		map[string]any{"vehicle_category_code": "B", "class_scheme": "2024", "issue_date": "2025-09-10", "expiry_date": "2026-08-31"},
	})))
	owner := d.citizen(anh.number).ID
	both := d.one(owner, "gplx")
	end := time.Date(2026, 8, 31, 17, 0, 0, 0, time.UTC)
	if got := d.said(both, "licence_classes"); got != `["A1","B"]` || !both.CredentialExpiresAt.Equal(end) {
		t.Errorf("classes %s until %v", got, both.CredentialExpiresAt)
	}
	d.now = end.Add(5 * time.Hour) // the server was down
	d.reissue(issuer.Reissued{Signed: 1})
	if got := d.said(d.one(owner, "gplx"), "licence_classes"); got != `["A1"]` {
		t.Errorf("classes %s", got)
	}
}

// TestVolatileStaysOut: what changes without a date is in no credential.
func TestVolatileStaysOut(t *testing.T) {
	d := newDesk(t)
	for id, h := range d.all() {
		for _, claim := range catalog.Default().Document(id).All() {
			if got := d.said(h, claim.ID); claim.Volatility == catalog.Volatile && got != "absent" {
				t.Errorf("%s says %s: %s", id, claim.ID, got)
			}
		}
	}
}

// TestUndecidedIsConcealed: how many digests there are does not tell whether a
// birth date is known to the day.
func TestUndecidedIsConcealed(t *testing.T) {
	counted := map[int]bool{}
	for _, born := range []string{"2008-06-16", "2008-06", "2008"} {
		d := newDesk(t)
		p := minh
		p.born = born
		d.issue("c06", p.cardLine())
		h := d.one(d.citizen(p.number).ID, "can_cuoc")
		top, inside := digests(t, h.Credential, "age_equal_or_over")
		counted[top*1000+inside] = true
		if want := map[string]string{"2008-06-16": "false", "2008-06": "false", "2008": "absent"}[born]; d.said(h, "age_equal_or_over.18") != want {
			t.Errorf("born %s: 18 is %s, want %s", born, d.said(h, "age_equal_or_over.18"), want)
		}
	}
	if len(counted) != 1 {
		t.Errorf("different numbers of digests: %v", counted)
	}
}

// TestReissueKeepsStanding: what stands against a credential is said of the new
// one too, at its own place, and can be lifted there.
func TestReissueKeepsStanding(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(d *desk, id string)
		want wallet.Status
	}{
		"nothing":   {func(*desk, string) {}, wallet.Valid},
		"suspended": {func(d *desk, id string) { d.operated("suspend", id, "") }, wallet.Suspended},
		"withheld":  {func(d *desk, id string) { d.operated("withhold", id, seized) }, wallet.Withheld},
		"locked":    {func(d *desk, _ string) { d.lockOf(minh, wallet.LostPhone) }, wallet.Suspended},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", minh.cardLine())
			owner := d.citizen(minh.number).ID
			old := d.one(owner, "can_cuoc")
			test.do(d, old.ID)
			was := d.listed(old)
			d.now = birthday
			d.reissue(issuer.Reissued{Signed: 1})
			fresh := d.one(owner, "can_cuoc")
			if got := d.listed(fresh); got.Status != test.want || got != was || fresh.Condition().Status != test.want {
				t.Errorf("the list says %+v of the new place, %+v of the old", got, was)
			}
			if d.listed(old) != was {
				t.Error("the entry of the expired credential has changed")
			}
			d.operated("suspend", fresh.ID, "")
			d.operated("restore", fresh.ID, "")
			if got := d.listed(fresh); name != "locked" && got.Status != wallet.Valid {
				t.Errorf("restored, and the list says %+v", got)
			}
		})
	}
}

func (d *desk) operated(name, id, reason string) {
	d.t.Helper()
	if _, err := d.operate(name, "c06", id, reason); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) lockOf(p person, reason wallet.LockReason) {
	d.t.Helper()
	if _, err := d.Lock(d.t.Context(), "c06", p.number, reason); err != nil {
		d.t.Fatal(err)
	}
}

// TestNotReissued: nothing is signed for what can never count again, and it is
// not looked at a second time.
func TestNotReissued(t *testing.T) {
	for name, do := range map[string]func(d *desk, h wallet.Holding){
		"revoked": func(d *desk, h wallet.Holding) { d.operated("revoke", h.ID, fraud) },
		"dead":    func(d *desk, _ wallet.Holding) { d.lockOf(minh, wallet.Death) },
		"over":    func(d *desk, h wallet.Holding) { d.now = h.ExpiresAt },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", minh.cardLine())
			h := d.one(d.citizen(minh.number).ID, "can_cuoc")
			d.now = birthday
			do(d, h)
			told := d.events(h.Owner)
			d.reissue(issuer.Reissued{Passed: 1})
			d.reissue(issuer.Reissued{})
			after := d.one(h.Owner, "can_cuoc")
			if after.Credential != h.Credential || after.Status != h.Status || !slices.Equal(d.events(h.Owner), told) {
				t.Error("it was signed anew")
			}
		})
	}
}

// TestReissueSuperseded: what another record has replaced is not signed anew.
func TestReissueSuperseded(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", minh.cardLine())
	d.statuses("c06", []string{line("can_cuoc", minh.card().with("place_of_origin", "Xã Ý Yên, tỉnh Ninh Bình"))}, updated...)
	d.now = birthday
	d.reissue(issuer.Reissued{Signed: 1})
}

// TestReissueWithoutKey: an agency whose key is away does not keep others from
// theirs, and gets its turn later.
func TestReissueWithoutKey(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", minh.cardLine(), anh.cardLine())
	d.issue("csgt", anh.licenceLine(licence)) // ends on 10 April, before the card
	working := d.Service
	d.Service = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: d.store, Keys: keyless{d.keys, "csgt"}, Origin: origin,
		Now: func() time.Time { return d.now }})
	d.now = birthday
	sum, err := d.Reissue(t.Context(), d.now)
	if want := (issuer.Reissued{Signed: 1, Failed: 1}); sum != want || !errors.Is(err, errKeyless) {
		t.Fatalf("%+v, %v", sum, err)
	}
	d.Service = working
	d.reissue(issuer.Reissued{Signed: 1})
	if got := d.said(d.one(d.citizen(anh.number).ID, "gplx"), "held_class_since_years.B"); got != "1" {
		t.Errorf("held B for %s years", got)
	}
}

var errKeyless = errors.New("TEST: the key is away")

// keyless has no key for one agency.
type keyless struct {
	agencyKeys
	agency string
}

func (k keyless) Credential(agency string, now time.Time) (issuer.SigningKey, error) {
	if agency == k.agency {
		return issuer.SigningKey{}, errKeyless
	}
	return k.agencyKeys.Credential(agency, now)
}

// TestReissueGivenUp: a cancelled call has changed nothing.
func TestReissueGivenUp(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", minh.cardLine())
	before := d.dump()
	if _, err := d.Reissue(cancelled(t), birthday); !fault.Is(err, fault.CodeUnavailable) {
		t.Error(err)
	}
	d.unchanged(before)
}

// TestEndsWithDerived: no credential outlives an answer in it, whatever the
// record says and whenever it is issued.
func TestEndsWithDerived(t *testing.T) {
	for _, day := range []int{0, 17, 105, 106, 365, 1000} {
		d := newDesk(t)
		d.now = noon.AddDate(0, 0, day)
		d.issue("c06", minh.cardLine(), anh.cardLine())
		d.issue("csgt", anh.licenceLine(licence), anh.vehicleLine(frame, certificate))
		for _, h := range slices.Concat(d.active(d.citizen(minh.number).ID, "can_cuoc"), d.active(d.citizen(anh.number).ID, "gplx"),
			d.active(d.citizen(anh.number).ID, "dang_ky_xe"), d.active(d.citizen(anh.number).ID, "can_cuoc")) {
			document := catalog.Default().Document(h.Document)
			for _, claim := range document.Derived {
				if !claim.Issued() {
					continue
				}
				answer := func(now time.Time) string {
					value, err := document.Derive(claim.ID, h.Values, catalog.Moment{Now: now, Holder: h.Number})
					return fmt.Sprint(value, err)
				}
				if first, last := answer(d.now), answer(h.CredentialExpiresAt.Add(-time.Nanosecond)); first != last {
					t.Errorf("day %d: %s says %s: %s, and at its end it is %s", day, h.Document, claim.ID, first, last)
				}
			}
			if h.CredentialExpiresAt.After(h.ExpiresAt) {
				t.Errorf("day %d: %s ends at %v, and is minted from until %v", day, h.Document, h.CredentialExpiresAt, h.ExpiresAt)
			}
		}
	}
}
