package disclosure_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

var ctx = context.Background()

func TestShare(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	r := f.request("can_cuoc", "name", "birthdate", "age_equal_or_over.18")
	r.Purpose, r.Audience, r.Challenge = "Nhận phòng", "khách sạn 42", "0102030405060708"
	p, err := f.Share(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if want := start.Add(disclosure.DefaultLifetime); !p.ExpiresAt.Equal(want) {
		t.Errorf("expires %v, want %v", p.ExpiresAt, want)
	}
	if symbol, err := qr.Fit(p.Text); err != nil || symbol != p.Symbol {
		t.Errorf("symbol %v, want %v (%v)", p.Symbol, symbol, err)
	}
	nonce, _ := verifier.ParseChallenge("0102030405060708")
	result, err := verifier.New(f.list, verifier.Options{}).Verify(p.Text, verifier.Check{Now: start, Audience: "khách sạn 42", Nonce: nonce})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]any{"name": "NGUYỄN THỊ VÍ DỤ", "birthdate": "2005-02-28", "age_equal_or_over.18": true} {
		if c, ok := result.Claim("can_cuoc", id); !ok || c.Value != want {
			t.Errorf("%s = %v, want %v", id, c.Value, want)
		}
	}
	if n := len(result.Documents[0].Claims); n != 3 {
		t.Errorf("%d claims leave the wallet, want 3", n)
	}
	entries := f.history()
	if len(entries) != 1 {
		t.Fatalf("%d entries", len(entries))
	}
	e := entries[0]
	if e.ID != p.ID || e.Outcome != disclosure.Shared || e.Purpose != "Nhận phòng" || e.Audience != "khách sạn 42" || !e.Challenge ||
		e.Device != "device" || !e.At.Equal(start) || !e.ExpiresAt.Equal(p.ExpiresAt) {
		t.Errorf("entry %+v", e)
	}
	if want := []string{"name", "birthdate", "age_equal_or_over.18"}; !slices.Equal(e.Documents[0].Claims, want) {
		t.Errorf("claims %v, want %v", e.Documents[0].Claims, want)
	}
	raw, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"NGUYỄN", "2005-02-28", "079305000123"} {
		if strings.Contains(string(raw), value) {
			t.Errorf("the history holds the value %s", value)
		}
	}
}

// Text normalises: what is typed in another form is the same purpose and
// audience to the checker.
func TestShareNormalisesText(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	r := f.request("can_cuoc", "name")
	r.Audience = "nha\u0300 thuo\u0302\u0301c"
	p, err := f.Share(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.New(f.list, verifier.Options{}).Verify(p.Text, verifier.Check{Now: start, Audience: "nhà thuốc"}); err != nil {
		t.Error(err)
	}
}

func TestShareSeveralDocuments(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	f.issue("gplx")
	f.issue("dang_ky_xe")
	r := f.request("gplx")
	r.Documents = []disclosure.Selection{{Document: "gplx", Preset: "traffic_stop"}, {Document: "dang_ky_xe", Preset: "traffic_stop"}}
	p, err := f.Share(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	result, err := verifier.New(f.list, verifier.Options{}).Verify(p.Text, verifier.Check{Now: start})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Documents) != 2 || result.Documents[0].ID != "gplx" || result.Documents[1].ID != "dang_ky_xe" {
		t.Errorf("documents %+v", result.Documents)
	}
	if e := f.history()[0]; e.Purpose == "" || e.Documents[0].Preset != "traffic_stop" {
		t.Errorf("a preset's purpose is recorded: %+v", e)
	}
}

func TestShareOnlyInForce(t *testing.T) {
	for _, c := range []struct {
		name, document string
		changes        change
		at             time.Time
		code           fault.Code
	}{
		{"last day", "can_cuoc", change{"date_of_expiry": "2026-11-24"}, start.AddDate(0, 0, 1), ""},
		{"last second", "can_cuoc", change{"date_of_expiry": "2026-11-24"}, time.Date(2026, 11, 24, 16, 59, 59, 0, time.UTC), ""},
		{"day after, in Viet Nam", "can_cuoc", change{"date_of_expiry": "2026-11-24"}, time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC), fault.CodeCredentialExpired},
		{"no end", "can_cuoc", change{"date_of_expiry": nil}, start.AddDate(0, 0, 300), ""},
		{"technical life over", "can_cuoc", change{"date_of_expiry": nil}, start.AddDate(0, 0, 366), fault.CodeCredentialExpired},
		{"licence withheld", "gplx", change{"licence_status": "withheld"}, start, fault.CodeNotInForce},
		{"points exhausted", "gplx", change{"licence_status": "points_exhausted"}, start, fault.CodeNotInForce},
		{"insurance starts tomorrow", "bhyt", change{"valid_from": "2026-11-24", "valid_until": "2027-11-23"}, start, fault.CodeCredentialNotYet},
		{"insurance has started", "bhyt", change{"valid_from": "2026-11-24", "valid_until": "2027-11-23"}, time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			if c.document != "can_cuoc" {
				f.issue("can_cuoc", change{"date_of_expiry": nil})
			}
			f.issue(c.document, c.changes)
			f.now = c.at
			_, err := f.Share(ctx, f.request(c.document, "name"))
			if fault.CodeOf(err) != c.code {
				t.Fatalf("%v, want %q", err, c.code)
			}
		})
	}
}

// A birth date known only to the year settles some ages and not others.
func TestShareUndetermined(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc", change{"birthdate": "2008", "personal_administrative_number": "079208000999"})
	r := f.request2("079208000999", "can_cuoc", "age_equal_or_over.18")
	if _, err := f.Share(ctx, r); !fault.Is(err, fault.CodeClaimUndetermined) {
		t.Error(err)
	}
	if _, err := f.Share(ctx, f.request2("079208000999", "can_cuoc", "age_equal_or_over.16")); err != nil {
		t.Error(err)
	}
}

func (f *fixture) request2(number, document string, claims ...string) disclosure.Request {
	return disclosure.Request{Owner: f.owner(number), Documents: []disclosure.Selection{{Document: document, Claims: claims}}}
}

func TestShareChoosesAmongSeveral(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	f.issue("dang_ky_xe")
	f.issue("dang_ky_xe", change{"vehicle_identification_number": "RL4B29F3XR0000999", "registration_number": "51K99999", "document_number": "79 999999"})
	if _, err := f.Share(ctx, f.request("dang_ky_xe", "registration_number")); !fault.Is(err, fault.CodeSelectionAmbiguous) {
		t.Fatal(err)
	}
	holdings, err := f.store.Active(ctx, f.owner("079305000123"))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range holdings {
		if h.Values["registration_number"] != "51K99999" {
			continue
		}
		r := f.request("")
		r.Documents[0] = disclosure.Selection{Credential: h.ID, Claims: []string{"registration_number"}}
		p, err := f.Share(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		result, err := verifier.New(f.list, verifier.Options{}).Verify(p.Text, verifier.Check{Now: start})
		if err != nil {
			t.Fatal(err)
		}
		if c, _ := result.Claim("dang_ky_xe", "registration_number"); c.Value != "51K99999" {
			t.Errorf("the other vehicle was shared: %v", c.Value)
		}
	}
}
