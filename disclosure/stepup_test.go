package disclosure_test

import (
	"bytes"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
)

// Claims by the level that the catalogue asks for.
const (
	level1 = "age_equal_or_over.18"
	level2 = "name"
	level3 = "personal_administrative_number"
)

func TestClaimsAskForTheLevelsOfTheseTests(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	for id, want := range map[string]int{level1: 1, level2: 2, level3: 3, "address.formatted": 3, "picture": 3} {
		if got := d.Claim(id).MinAuth; got != want {
			t.Errorf("%s asks for level %d", id, got)
		}
	}
}

// TestWhatASessionShares: the level of the session, the ceiling of the
// enrolment and the claim decide; the zero Authentication shares nothing.
func TestWhatASessionShares(t *testing.T) {
	const stepUp, inPerson = fault.CodeStepUpRequired, fault.CodeInPersonRequired
	f := newFixture(t)
	f.issue("can_cuoc")
	for _, c := range []struct {
		session, ceiling int
		claim            string
		code             fault.Code
	}{
		{1, 2, level1, ""}, {2, 4, level1, ""}, {2, 4, level2, ""},
		{1, 2, level2, stepUp}, {1, 4, level2, stepUp},
		{1, 2, level3, inPerson}, {2, 2, level3, inPerson},
		{2, 4, level3, stepUp}, {3, 4, level3, stepUp}, {4, 4, level3, stepUp}, {99, 99, level3, stepUp},
		{0, 0, level1, inPerson}, {0, 4, level1, stepUp}, {0, 1, level2, inPerson}, {-1, -1, level1, inPerson},
	} {
		r := f.request("can_cuoc", "document_model", c.claim)
		r.Auth = disclosure.Authentication{Session: c.session, Ceiling: c.ceiling}
		if c.session < 1 {
			r = f.request("can_cuoc", c.claim)
			r.Auth = disclosure.Authentication{Session: c.session, Ceiling: c.ceiling}
		}
		before := len(f.history())
		p, err := f.Service.Share(ctx, r)
		if fault.CodeOf(err) != c.code || (err == nil) != (p.Text != "") {
			t.Errorf("session %d, ceiling %d, %s: %v, want %q", c.session, c.ceiling, c.claim, err, c.code)
		}
		want := "documents[0].claims[1]"
		if c.session < 1 {
			want = "documents[0].claims[0]"
		}
		if err != nil && asFault(t, err).Field != want {
			t.Errorf("%s: field %q", c.claim, asFault(t, err).Field)
		}
		// What needs a step-up is not refused: nothing of it is in the history.
		if recorded := len(f.history()) > before; recorded == (c.code == stepUp) {
			t.Errorf("session %d, ceiling %d, %s: recorded %v", c.session, c.ceiling, c.claim, recorded)
		}
		if e := f.history()[0]; c.code == "" && e.Level != c.session {
			t.Errorf("shared at level %d of %d", e.Level, c.session)
		}
	}
}

// confirmed asks to share what needs a confirmation, and confirms it.
func confirmed(t *testing.T, f *fixture, r disclosure.Request) disclosure.Request {
	t.Helper()
	r.Auth = disclosure.Authentication{Session: 2, Ceiling: 4}
	need, err := f.Need(ctx, r)
	if err != nil || need.Level != 3 {
		t.Fatalf("%+v, %v", need, err)
	}
	r.Auth.Confirmed = &disclosure.Confirmation{Fingerprint: need.Fingerprint, Level: 3}
	return r
}

// TestConfirmationCountsForOneRequest: with any other claims, credential,
// purpose, recipient, challenge, lifetime or citizen it counts for nothing, and
// the attempt is in the history.
func TestConfirmationCountsForOneRequest(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	f.issue("gplx")
	f.issue("can_cuoc", change{"personal_administrative_number": "079205000456", "name": "TRẦN VĂN VÍ DỤ"})
	r := f.request("can_cuoc", level1, level3)
	r.Purpose, r.Audience, r.Challenge = "Nhận phòng", "khách sạn 42", "0102030405060708"
	good := confirmed(t, f, r)
	if _, err := f.Service.Share(ctx, good); err != nil {
		t.Fatal(err)
	}
	if e := f.history()[0]; e.Level != 3 {
		t.Errorf("shared at level %d", e.Level)
	}
	same := good // what is normalised to the same is the same
	same.Audience, same.Lifetime = "kha\u0301ch sạn 42", disclosure.DefaultLifetime
	if _, err := f.Service.Share(ctx, same); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*disclosure.Request){
		"another claim":    func(r *disclosure.Request) { r.Documents[0].Claims = []string{level1, "address.formatted"} },
		"a claim more":     func(r *disclosure.Request) { r.Documents[0].Claims = []string{level1, level3, level2} },
		"a claim less":     func(r *disclosure.Request) { r.Documents[0].Claims = []string{level3} },
		"a harmless claim": func(r *disclosure.Request) { r.Documents[0].Claims = []string{level1} },
		"another document": func(r *disclosure.Request) {
			r.Documents[0] = disclosure.Selection{Document: "gplx", Claims: []string{"document_number"}}
		},
		"a document more": func(r *disclosure.Request) {
			r.Documents = append(r.Documents, disclosure.Selection{Document: "gplx", Claims: []string{"name"}})
		},
		"another purpose":   func(r *disclosure.Request) { r.Purpose = "Vay tiền" },
		"no purpose":        func(r *disclosure.Request) { r.Purpose = "" },
		"another recipient": func(r *disclosure.Request) { r.Audience = "ngân hàng 7" },
		"whoever":           func(r *disclosure.Request) { r.Audience = "" },
		"another challenge": func(r *disclosure.Request) { r.Challenge = "0102030405060709" },
		"no challenge":      func(r *disclosure.Request) { r.Challenge = "" },
		"a longer life":     func(r *disclosure.Request) { r.Lifetime = disclosure.MaxLifetime },
		"a fraction longer": func(r *disclosure.Request) { r.Lifetime = disclosure.DefaultLifetime + time.Millisecond },
		"another's wallet":  func(r *disclosure.Request) { r.Owner = f.owner("079205000456") },
		"nothing confirmed": func(r *disclosure.Request) { r.Auth.Confirmed.Fingerprint = disclosure.Fingerprint{} },
		"a bit of it":       func(r *disclosure.Request) { r.Auth.Confirmed.Fingerprint[31] ^= 1 },
		"harmless, forged": func(r *disclosure.Request) {
			r.Documents[0].Claims = []string{level1}
			r.Auth.Confirmed.Fingerprint[0] ^= 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			other := confirmed(t, f, r)
			other.Documents = append([]disclosure.Selection(nil), other.Documents...)
			change(&other)
			p, err := f.Service.Share(ctx, other)
			if !fault.Is(err, fault.CodeStepUpMismatch) || p.Text != "" || asFault(t, err).Field != "confirmation" {
				t.Fatalf("%+v, %v", p, err)
			}
			if name == "another's wallet" {
				return
			}
			if e := f.history()[0]; e.Outcome != disclosure.Refused || e.Code != string(fault.CodeStepUpMismatch) || e.Level != 0 {
				t.Errorf("entry %+v", e)
			}
		})
	}
}

// TestConfirmationAfterANewerCredential: what was confirmed is a credential, not
// whatever takes its place.
func TestConfirmationAfterANewerCredential(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	r := confirmed(t, f, f.request("can_cuoc", level3))
	f.issue("can_cuoc", change{"address.formatted": "Nơi khác", "date_of_issuance": "2026-11-22"})
	if _, err := f.Service.Share(ctx, r); !fault.Is(err, fault.CodeStepUpMismatch) {
		t.Error(err)
	}
}

// TestWeakConfirmations: a passkey that was registered before a check in person
// proves less, even in a session that came after it.
func TestWeakConfirmations(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	r := confirmed(t, f, f.request("can_cuoc", level3))
	for level, code := range map[int]fault.Code{0: fault.CodeInPersonRequired, 2: fault.CodeInPersonRequired, 3: "", 4: ""} {
		r.Auth.Confirmed = &disclosure.Confirmation{Fingerprint: r.Auth.Confirmed.Fingerprint, Level: level}
		if _, err := f.Service.Share(ctx, r); fault.CodeOf(err) != code {
			t.Errorf("level %d: %v, want %q", level, err, code)
		}
	}
	weak := f.request("can_cuoc", level2)
	weak.Auth = disclosure.Authentication{Session: 1, Ceiling: 2}
	need, err := f.Need(ctx, weak)
	if err != nil || need.Level != 2 {
		t.Fatal(need, err)
	}
	weak.Auth.Confirmed = &disclosure.Confirmation{Fingerprint: need.Fingerprint, Level: 2}
	if _, err := f.Service.Share(ctx, weak); err != nil {
		t.Error(err)
	}
}

// TestNeedRefusesAsShareDoes: nobody is asked to confirm what cannot be shared.
func TestNeedRefusesAsShareDoes(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	for name, c := range map[string]struct {
		change func(*disclosure.Request)
		code   fault.Code
	}{
		"over-asking": {func(r *disclosure.Request) {
			r.Documents[0] = disclosure.Selection{Document: "can_cuoc", Preset: "over18_shop", Claims: []string{level1, level3}}
		}, fault.CodeOverAsking},
		"unknown claim":          {func(r *disclosure.Request) { r.Documents[0].Claims = []string{"iq"} }, fault.CodeClaimUnknown},
		"too long":               {func(r *disclosure.Request) { r.Lifetime = time.Hour }, fault.CodeLifetimeInvalid},
		"not enrolled in person": {func(r *disclosure.Request) { r.Auth.Ceiling = 2 }, fault.CodeInPersonRequired},
	} {
		r := f.request("can_cuoc", level3)
		r.Auth = disclosure.Authentication{Session: 2, Ceiling: 4}
		c.change(&r)
		before := len(f.history())
		if need, err := f.Need(ctx, r); !fault.Is(err, c.code) || need != (disclosure.Need{}) {
			t.Errorf("%s: %+v, %v", name, need, err)
		}
		if recorded := len(f.history()) > before; recorded != (c.code.Kind() == fault.Refused) {
			t.Errorf("%s: recorded %v", name, recorded)
		}
	}
}

// TestLevelOutOfReach: what the catalogue puts at level 4 is shared by nobody,
// as long as nothing gives that level.
func TestLevelOutOfReach(t *testing.T) {
	files := fstest.MapFS{}
	err := fs.WalkDir(catalog.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(catalog.Files(), path)
		if path == "documents/can_cuoc.json" {
			id := bytes.Index(content, []byte(`"id": "religion"`))
			content = slices.Concat(content[:id], bytes.Replace(content[id:], []byte(`"min_auth": 3`), []byte(`"min_auth": 4`), 1))
		}
		files[path] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(files)
	if err != nil || c.Document("can_cuoc").Claim("religion").MinAuth != 4 {
		t.Fatal(err)
	}
	f := newFixture(t)
	f.issue("can_cuoc")
	s := disclosure.New(disclosure.Config{Catalog: c, Store: f.store, Keys: f.ring, Now: f.clock})
	r := f.request("can_cuoc", "religion")
	r.Auth = disclosure.Authentication{Session: 4, Ceiling: 4}
	if _, err := s.Need(ctx, r); !fault.Is(err, fault.CodeLevelUnavailable) {
		t.Error(err)
	}
	if _, err := s.Share(ctx, r); !fault.Is(err, fault.CodeLevelUnavailable) {
		t.Error(err)
	}
}
