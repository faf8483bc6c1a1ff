package issuer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// open verifies what a holder shows of a credential under the agency's key.
func (d *desk) open(h wallet.Holding, paths ...[]string) (map[string]any, error) {
	d.t.Helper()
	token, err := sdjwt.Parse(h.Credential)
	if err != nil {
		d.t.Fatal(err)
	}
	if token, err = token.Select(paths...); err != nil {
		d.t.Fatal(err)
	}
	return sdjwt.Verify(token.String(), sdjwt.VerifyOptions{Key: &d.keys[h.Agency].PublicKey, Now: d.now,
		Required: []string{"iss", "vct", "iat", "nbf", "exp"}})
}

// shown is open for what must verify, as JSON with sorted members.
func (d *desk) shown(h wallet.Holding, paths ...[]string) string {
	d.t.Helper()
	values, err := d.open(h, paths...)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, name := range []string{"iss", "vct", "vct#integrity", "iat", "nbf", "exp", "status"} {
		delete(values, name)
	}
	b, err := json.Marshal(values)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(b)
}

// everything verifies the credential with all its disclosures.
func (d *desk) everything(h wallet.Holding) map[string]any {
	d.t.Helper()
	values, err := sdjwt.Verify(h.Credential, sdjwt.VerifyOptions{Key: &d.keys[h.Agency].PublicKey, Now: d.now})
	if err != nil {
		d.t.Fatal(err)
	}
	return values
}

// all issues the four documents of one citizen.
func (d *desk) all() map[string]wallet.Holding {
	d.t.Helper()
	d.issue("c06", anh.cardLine())
	d.issue("csgt", anh.licenceLine(licence), anh.vehicleLine(frame, certificate))
	d.issue("bhxh", anh.insuranceLine(insured))
	held := map[string]wallet.Holding{}
	for _, document := range catalog.Default().Documents() {
		held[document.ID] = d.one(d.citizen(anh.number).ID, document.ID)
	}
	return held
}

// TestRegisteredClaims: who issued what when, in the clear, and under the key
// of that agency alone.
func TestRegisteredClaims(t *testing.T) {
	d := newDesk(t)
	d.now = d.now.Add(600 * time.Millisecond) // times are whole seconds
	for id, h := range d.all() {
		year := d.now.Truncate(time.Second).Add(365 * 24 * time.Hour)
		// The health card ends with 2026 in Viet Nam, before the technical year.
		ends := map[string]time.Time{"bhyt": time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)}[id]
		if ends.IsZero() {
			ends = year
		}
		exp := ends
		if id == "gplx" { // another year of holding B is full
			exp = time.Date(2026, 4, 9, 17, 0, 0, 0, time.UTC)
		}
		values, err := d.open(h)
		if err != nil {
			t.Fatal(id, err)
		}
		for name, want := range map[string]any{
			"iss": origin + "/agencies/" + h.Agency, "vct": origin + "/vct/" + id + "/1",
			"iat": d.now.Unix(), "nbf": d.now.Unix(), "exp": exp.Unix(),
		} {
			if fmt.Sprint(values[name]) != fmt.Sprint(want) {
				t.Errorf("%s: %s is %v, want %v", id, name, values[name], want)
			}
		}
		if !h.ExpiresAt.Equal(ends) || !h.CredentialExpiresAt.Equal(exp) || !h.IssuedAt.Equal(d.now) || d.IssuerURL(h.Agency) != values["iss"] {
			t.Errorf("%s: the holding says %v to %v", id, h.IssuedAt, h.ExpiresAt)
		}
		for agency, key := range d.keys {
			_, err := sdjwt.Verify(h.Credential, sdjwt.VerifyOptions{Key: &key.PublicKey, Now: d.now})
			if (err == nil) != (agency == h.Agency) {
				t.Errorf("%s under the key of %s: %v", id, agency, err)
			}
		}
	}
}

// TestTimes: a paper that begins later does not count before, one that ends
// earlier takes its credential with it, a null is no end.
func TestTimes(t *testing.T) {
	for _, test := range []struct {
		name     string
		record   claims
		nbf, exp time.Time
	}{
		{"begins tomorrow", anh.insurance(insured).with("valid_from", "2026-03-03"),
			time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC), time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)},
		{"begins today", anh.insurance(insured).with("valid_from", "2026-03-02"), noon, time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)},
		{"ends today", anh.insurance(insured).with("valid_until", "2026-03-02"), noon, time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)},
		{"ends in ten years", anh.insurance(insured).with("valid_until", "2036-03-02"), noon, noon.Add(365 * 24 * time.Hour)},
		{"has no end", anh.insurance(insured).with("valid_until", nil), noon, noon.Add(365 * 24 * time.Hour)},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", anh.cardLine())
			d.issue("bhxh", line("bhyt", test.record))
			h := d.one(d.citizen(anh.number).ID, "bhyt")
			d.now = test.nbf.Add(-time.Second)
			if _, err := d.open(h); err == nil {
				t.Error("the credential counts before its time")
			}
			d.now = test.nbf
			values, err := d.open(h)
			if err != nil || fmt.Sprint(values["exp"]) != fmt.Sprint(test.exp.Unix()) {
				t.Errorf("exp %v, %v, want %d", values["exp"], err, test.exp.Unix())
			}
			d.now = test.exp
			if _, err := d.open(h); err == nil {
				t.Error("the credential counts after its time")
			}
		})
	}
}

// TestRenewal: an unchanged record keeps its credential until that is about to
// end, and then gets a new one, if the paper lasts longer.
func TestRenewal(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	d.issue("bhxh", anh.insuranceLine(insured))
	owner := d.citizen(anh.number).ID
	first := d.one(owner, "can_cuoc")
	d.now = first.ExpiresAt.Add(-31 * 24 * time.Hour)
	d.statuses("c06", []string{anh.cardLine()}, unchanged...)
	d.now = first.ExpiresAt.Add(-30 * 24 * time.Hour)
	d.statuses("c06", []string{anh.cardLine()}, updated...)
	d.statuses("c06", []string{anh.cardLine()}, unchanged...)
	if second := d.one(owner, "can_cuoc"); !second.ExpiresAt.After(first.ExpiresAt) || second.RecordDigest != first.RecordDigest {
		t.Errorf("from %v to %v", first.ExpiresAt, second.ExpiresAt)
	}
	// The health card itself has ended by now.
	d.statuses("bhxh", []string{anh.insuranceLine(insured)}, unchanged...)
}

// endingKeys are an agency's keys that count until a moment.
type endingKeys struct {
	agencyKeys
	until time.Time
}

func (k *endingKeys) Credential(agency string, now time.Time) (issuer.SigningKey, error) {
	key, err := k.agencyKeys.Credential(agency, now)
	key.NotAfter = k.until
	return key, err
}

// TestEndsWithItsKey: no credential outlives the key that signed it, and it is
// not signed again and again while nothing longer can be had.
func TestEndsWithItsKey(t *testing.T) {
	d := newDesk(t)
	keys := &endingKeys{d.keys, noon.Add(20*24*time.Hour + time.Millisecond)}
	d.Service = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: d.store, Keys: keys, Origin: origin,
		Now: func() time.Time { return d.now }})
	d.issue("c06", anh.cardLine())
	owner := d.citizen(anh.number).ID
	first := d.one(owner, "can_cuoc")
	if want := noon.Add(20 * 24 * time.Hour); !first.CredentialExpiresAt.Equal(want) || !first.ExpiresAt.Equal(noon.Add(365*24*time.Hour)) {
		t.Errorf("ends at %v and %v, its key at %v", first.CredentialExpiresAt, first.ExpiresAt, want)
	}
	claims, err := d.open(first)
	if want := fmt.Sprint(first.CredentialExpiresAt.Unix()); err != nil || fmt.Sprint(claims["exp"]) != want {
		t.Errorf("exp %v, want %s (%v)", claims["exp"], want, err)
	}
	d.statuses("c06", []string{anh.cardLine()}, unchanged...)
	keys.until = noon.Add(2000 * 24 * time.Hour) // the successor signs now
	d.now = first.CredentialExpiresAt
	if done, err := d.Reissue(t.Context(), d.now); err != nil || done.Signed != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if second := d.one(owner, "can_cuoc"); !second.CredentialExpiresAt.Equal(noon.Add(365*24*time.Hour)) || second.ID != first.ID {
		t.Errorf("ends at %v", second.CredentialExpiresAt)
	}
}

// revokedKeys are an agency's keys of which one has been revoked.
type revokedKeys struct {
	agencyKeys
	kid string
}

func (k *revokedKeys) Revoked(_, kid string) bool { return kid == k.kid }

// TestKeyRevoked: an unchanged record whose credential a revoked key has signed
// is issued anew, once.
func TestKeyRevoked(t *testing.T) {
	d := newDesk(t)
	keys := &revokedKeys{agencyKeys: d.keys}
	d.Service = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: d.store, Keys: keys, Origin: origin,
		Now: func() time.Time { return d.now }})
	d.issue("c06", anh.cardLine())
	d.statuses("c06", []string{anh.cardLine()}, unchanged...)
	keys.kid = "key of c06"
	d.statuses("c06", []string{anh.cardLine()}, updated...)
	keys.kid = "its predecessor"
	d.statuses("c06", []string{anh.cardLine()}, unchanged...)
}

// noKeys has none that may sign at the moment.
type noKeys struct{}

var errNoKey = errors.New("no key of this purpose")

func (noKeys) Credential(string, time.Time) (issuer.SigningKey, error) {
	return issuer.SigningKey{}, errNoKey
}

func (noKeys) Revoked(string, string) bool { return false }

// TestNoKey: without a key nothing changes, and the export is to be sent again.
func TestNoKey(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	before := d.dump()
	d.Service = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: d.store, Keys: noKeys{}, Origin: origin,
		Now: func() time.Time { return d.now }})
	d.statuses("c06", []string{anh.cardLine()}, unchanged...) // nothing to sign
	_, err := d.Import(context.Background(), "csgt", strings.NewReader(anh.vehicleLine(frame, certificate)), issuer.ImportOptions{})
	if !fault.Is(err, fault.CodeAgencyKeyMissing) || !errors.Is(err, errNoKey) {
		t.Error(err)
	}
	d.unchanged(before)
}

// TestDisclosures: what stands in the clear, what waits for the holder's
// choice, and what is not there at all.
func TestDisclosures(t *testing.T) {
	d := newDesk(t)
	held := d.all()
	for id, want := range map[string]string{
		"can_cuoc":   `{"date_of_expiry":"2030-02-28","date_of_issuance":"2024-08-20","issuing_authority":"Bộ Công an"}`,
		"gplx":       `{"date_of_expiry":"2035-04-10","date_of_issuance":"2025-04-20","issuing_authority":"Công an Thành phố Đà Nẵng"}`,
		"dang_ky_xe": `{"date_of_expiry":null,"date_of_registration":"2025-06-01","issuing_authority":"Công an Thành phố Đà Nẵng"}`,
		"bhyt":       `{"issuing_authority":"Bảo hiểm xã hội Đà Nẵng","valid_from":"2026-01-01","valid_until":"2026-12-31"}`,
	} {
		if got := d.shown(held[id]); got != want {
			t.Errorf("%s without a choice shows\n%s, want\n%s", id, got, want)
		}
		document, all := catalog.Default().Document(id), d.everything(held[id])
		for _, claim := range document.All() {
			issued := claim.Disclose != catalog.Never && claim.Volatility != catalog.Volatile
			want, err := document.Value(claim.ID, held[id].Values, catalog.Moment{Now: d.now, Holder: anh.number})
			if value, present := at(all, claim.ID); present != (issued && err == nil) {
				t.Errorf("%s: %s is there: %t", id, claim.ID, present)
			} else if present && plain(value) != plain(want) {
				t.Errorf("%s: %s is another value than the record's", id, claim.ID)
			}
		}
	}
	for name, test := range map[string]struct {
		document string
		path     []string
		want     string
	}{
		"the region alone":      {"can_cuoc", []string{"address", "region"}, `"address":{"region":"Thành phố Đà Nẵng"}`},
		"one item of a list":    {"gplx", []string{"driving_privileges", "0"}, `"driving_privileges":[{"class_scheme":"2008","expiry_date":null,"issue_date":"2023-06-12","vehicle_category_code":"A1"}]`},
		"the other colour":      {"dang_ky_xe", []string{"basic_vehicle_info", "colours", "1"}, `"basic_vehicle_info":{"colours":["Đen"]}`},
		"a claim in two groups": {"dang_ky_xe", []string{"registered_owner", "kind"}, `"registered_owner":{"kind":"person"}`},
		"an integer":            {"bhyt", []string{"sex"}, `"sex":2`},
	} {
		got := d.shown(held[test.document], test.path)
		if !strings.Contains(got, test.want) || strings.Count(got, ":") != strings.Count(d.shown(held[test.document]), ":")+strings.Count(test.want, ":") {
			t.Errorf("%s shows %s, want %s and what is always shown", name, got, test.want)
		}
	}
}

// at finds a claim in nested values.
func at(values map[string]any, id string) (any, bool) {
	group, rest, nested := strings.Cut(id, ".")
	value, ok := values[group]
	if !nested {
		return value, ok
	}
	inner, _ := value.(map[string]any)
	return at(inner, rest)
}

func plain(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// TestUnicode (cases E1 to E3): a name in another Unicode form or with a
// look-alike of Đ is the same record, and what is signed is NFC.
func TestUnicode(t *testing.T) {
	const nfc = "DƯƠNG ĐỨC"
	for name, typed := range map[string]string{
		"NFC": nfc, "NFD": "DU\u031bO\u031bNG ĐU\u031b\u0301C", "mixed": "DƯO\u031bNG ĐỨC", "marks in the other order": "DƯƠNG ĐU\u0301\u031bC",
		"eth": "DƯƠNG \u00D0ỨC", "African D": "DƯƠNG \u0189ỨC",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", line("can_cuoc", anh.card().with("name", typed)))
			h := d.one(d.citizen(anh.number).ID, "can_cuoc")
			if got := d.everything(h)["name"]; got != nfc {
				t.Errorf("the name is signed as %+q", got)
			}
			before := d.dump()
			d.statuses("c06", []string{line("can_cuoc", anh.card().with("name", nfc))}, unchanged...)
			d.unchanged(before)
		})
	}
}
