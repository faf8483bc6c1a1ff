package disclosure_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/verifier"
)

// start is the moment at which every fixture begins.
var start = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

// fixture is a deployment in a temporary folder with a clock that tests set.
type fixture struct {
	t     testing.TB
	now   time.Time
	store *bolt.Store
	ring  *keys.Ring
	list  *verifier.TrustList
	*disclosure.Service
	issuer *issuer.Service
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{t: t, now: start}
	dir := t.TempDir()
	var err error
	if f.store, err = bolt.Open(filepath.Join(dir, "db"), bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.store.Close() })
	lock, err := keys.NewLock()
	if err != nil {
		t.Fatal(err)
	}
	if f.ring, err = keys.Open(filepath.Join(dir, "keys"), keys.Options{Lock: lock}); err != nil {
		t.Fatal(err)
	}
	lifetimes := map[verifier.Purpose]time.Duration{
		verifier.PurposeTrustList: keys.RootLifetime, verifier.PurposeDisclosure: keys.DisclosureLifetime}
	for _, agency := range catalog.Default().Agencies() {
		lifetimes[keys.CredentialPurpose(agency.ID)] = keys.CredentialLifetime
	}
	for purpose, lifetime := range lifetimes {
		if _, err := f.ring.Ensure(purpose, f.now, lifetime); err != nil {
			t.Fatal(err)
		}
	}
	publisher, err := keys.NewPublisher(f.ring, dir, "https://giayto.example")
	if err == nil {
		err = publisher.Refresh(f.now)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, f.list = publisher.TrustList()
	clock := f.clock
	f.Service = disclosure.New(disclosure.Config{Catalog: catalog.Default(), Store: f.store, Keys: f.ring, Now: clock})
	f.issuer = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: f.store, Keys: f.ring, Origin: "https://giayto.example", Now: clock})
	return f
}

func (f *fixture) clock() time.Time { return f.now }

// change alters a record's values by claim id before it is issued.
type change map[string]any

// holder is the fictional person of the fixture.
var holder = change{"personal_administrative_number": "079305000123", "name": "NGUYỄN THỊ VÍ DỤ", "birthdate": "2005-02-28"}

// issue imports one record made of the catalogue's examples and the changes.
func (f *fixture) issue(document string, changes ...change) {
	f.t.Helper()
	d := catalog.Default().Document(document)
	values := catalog.Values{}
	for _, claim := range d.Claims {
		if claim.Example != nil || claim.Nullable {
			values[claim.ID] = claim.Example
		}
	}
	values[d.Identity.Number], values[d.Identity.Name], values[d.Identity.Birthdate] = holder["personal_administrative_number"], holder["name"], holder["birthdate"]
	delete(values, "legacy_numbers")
	for _, c := range changes {
		for id, v := range c {
			if v == absent {
				delete(values, id)
				continue
			}
			values[id] = v
		}
	}
	line, err := json.Marshal(map[string]any{"document": document, "claims": d.Nest(values)})
	if err != nil {
		f.t.Fatal(err)
	}
	sum, err := f.issuer.Import(context.Background(), d.Agency.ID, bytes.NewReader(line), issuer.ImportOptions{Each: func(o issuer.Outcome) {
		if o.Status == issuer.Rejected {
			f.t.Fatalf("%s: %s %v", document, o.Code, o.Problems)
		}
	}})
	if err != nil || sum.Lines != 1 {
		f.t.Fatal(sum, err)
	}
}

// absent takes a claim out of a record.
var absent = &struct{ string }{"absent"}

// owner is the wallet of a personal number.
func (f *fixture) owner(number string) string {
	f.t.Helper()
	c, err := f.store.CitizenByNumber(context.Background(), number)
	if err != nil {
		f.t.Fatal(err)
	}
	return c.ID
}

// request asks for claims of one document for the fixture's person.
func (f *fixture) request(document string, claims ...string) disclosure.Request {
	return disclosure.Request{Owner: f.owner("079305000123"), Device: "device",
		Documents: []disclosure.Selection{{Document: document, Claims: claims}}}
}

// Share asks as the app of a citizen does: in a session that was opened with a
// passkey, after a check in person, and with a confirmation where one is needed.
func (f *fixture) Share(ctx context.Context, r disclosure.Request) (disclosure.Presentation, error) {
	r.Auth = disclosure.Authentication{Session: 2, Ceiling: 4}
	return confirming(ctx, f.Service, r)
}

// confirming shares, with a confirmation if that is what is missing.
func confirming(ctx context.Context, s *disclosure.Service, r disclosure.Request) (disclosure.Presentation, error) {
	p, err := s.Share(ctx, r)
	if !fault.Is(err, fault.CodeStepUpRequired) {
		return p, err
	}
	need, err := s.Need(ctx, r)
	if err != nil {
		return disclosure.Presentation{}, err
	}
	r.Auth.Confirmed = &disclosure.Confirmation{Fingerprint: need.Fingerprint, Level: need.Level}
	return s.Share(ctx, r)
}

// history is every entry of the fixture's person, newest first.
func (f *fixture) history() []disclosure.Entry {
	f.t.Helper()
	page, err := f.History(context.Background(), f.owner("079305000123"), "", 0)
	if err != nil {
		f.t.Fatal(err)
	}
	return page.Entries
}
