package journey_test

import (
	"bytes"
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
	"github.com/giayto/giayto/wallet"
)

const origin = "https://giayto.example"

// noon is the moment of every journey: noon in Viet Nam.
var noon = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

// stage is a deployment in a folder of its own.
type stage struct {
	t          testing.TB
	catalog    *catalog.Catalog
	store      *bolt.Store
	ring       *keys.Ring
	publisher  *keys.Publisher
	issuer     *issuer.Service
	disclosure *disclosure.Service
	papers     *wallet.Papers
}

func newStage(t testing.TB, c *catalog.Catalog) *stage {
	t.Helper()
	dir := t.TempDir()
	store, err := bolt.Open(filepath.Join(dir, "giayto.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	lock, err := keys.NewLock()
	if err != nil {
		t.Fatal(err)
	}
	held, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{Lock: lock})
	if err != nil {
		t.Fatal(err)
	}
	purposes := []verifier.Purpose{verifier.PurposeTrustList, verifier.PurposeDisclosure}
	for _, agency := range c.Agencies() {
		purposes = append(purposes, keys.CredentialPurpose(agency.ID))
	}
	for _, purpose := range purposes {
		if _, err := held.Ensure(purpose, noon, keys.DisclosureLifetime); err != nil {
			t.Fatal(err)
		}
	}
	publisher, err := keys.NewPublisher(held, dir, origin)
	if err != nil {
		t.Fatal(err)
	}
	if err := publisher.Refresh(noon); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon }
	s := &stage{t: t, catalog: c, store: store, ring: held, publisher: publisher}
	s.issuer = issuer.New(issuer.Config{Catalog: c, Store: store, Keys: s.ring, Origin: origin, Now: now})
	s.disclosure = disclosure.New(disclosure.Config{Catalog: c, Store: store, Keys: s.ring, Now: now})
	s.papers = wallet.NewPapers(store, c, now)
	return s
}

// issue imports an export of which every line must be issued as new.
func (s *stage) issue(agency string, export []byte) {
	s.t.Helper()
	sum, err := s.issuer.Import(s.t.Context(), agency, bytes.NewReader(export), issuer.ImportOptions{Each: func(o issuer.Outcome) {
		if o.Status != issuer.Issued {
			s.t.Fatalf("%s: %+v", agency, o)
		}
	}})
	if err != nil || sum.Issued == 0 {
		s.t.Fatal(sum, err)
	}
}

// owner is the id of the citizen with a number.
func (s *stage) owner(number string) string {
	s.t.Helper()
	c, err := s.store.CitizenByNumber(s.t.Context(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	return c.ID
}

// checker is a verifier that knows no more than the published list and root,
// and reads by a catalogue of its own.
func (s *stage) checker(c *catalog.Catalog) *verifier.Verifier {
	s.t.Helper()
	jwk, err := s.publisher.Root()
	if err != nil {
		s.t.Fatal(err)
	}
	root, err := verifier.ParseKey(jwk)
	if err != nil {
		s.t.Fatal(err)
	}
	text, _ := s.publisher.TrustList()
	list, err := verifier.OpenTrustList(text, root)
	if err != nil {
		s.t.Fatal(err)
	}
	return verifier.New(list, verifier.Options{Catalog: c})
}

// shareConfirmed shares as a citizen does who was checked in person and confirms
// what asks for it.
func (s *stage) shareConfirmed(r disclosure.Request) (disclosure.Presentation, error) {
	s.t.Helper()
	r.Auth = disclosure.Authentication{Session: 2, Ceiling: 4}
	p, err := s.disclosure.Share(s.t.Context(), r)
	if !fault.Is(err, fault.CodeStepUpRequired) {
		return p, err
	}
	need, err := s.disclosure.Need(s.t.Context(), r)
	if err != nil {
		return disclosure.Presentation{}, err
	}
	r.Auth.Confirmed = &disclosure.Confirmation{Fingerprint: need.Fingerprint, Level: need.Level}
	return s.disclosure.Share(s.t.Context(), r)
}
