package demo_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
)

// oneKey signs for every agency.
type oneKey struct{ *ecdsa.PrivateKey }

func (k oneKey) Credential(string, time.Time) (issuer.SigningKey, error) {
	return issuer.SigningKey{Signer: k.PrivateKey, KeyID: "demo"}, nil
}

func (k oneKey) Revoked(string, string) bool { return false }

// newIssuer is a service on an empty store.
func newIssuer(t *testing.T, now time.Time) *issuer.Service {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	store, err := bolt.Open(filepath.Join(t.TempDir(), "demo.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return issuer.New(issuer.Config{
		Catalog: catalog.Default(), Store: store, Keys: oneKey{key}, Origin: "https://giayto.example",
		Now: func() time.Time { return now },
	})
}

// run imports registers and tells the outcome of each line.
func run(t *testing.T, s *issuer.Service, set []demo.Register, each func(r demo.Register, o issuer.Outcome)) {
	t.Helper()
	for _, r := range set {
		count := 0
		_, err := s.Import(t.Context(), r.Agency, bytes.NewReader(r.NDJSON), issuer.ImportOptions{Each: func(o issuer.Outcome) {
			count++
			each(r, o)
		}})
		if err != nil {
			t.Fatalf("%s: %v", r.Name, err)
		}
		if want := len(lines(r)); count != want {
			t.Errorf("%s: %d outcomes for %d lines", r.Name, count, want)
		}
	}
}

// The whole life of the registers: issued, unchanged, changed, refused.
func TestTheRegistersCanBeImported(t *testing.T) {
	if catalog.Default().Document("can_cuoc").Identity.Former == "" {
		t.Fatal("the catalogue does not say which claim names cancelled numbers (identity.former): E20 cannot happen")
	}
	for _, day := range []string{"2026-11-23", "2028-02-29"} {
		t.Run(day, func(t *testing.T) { importAll(t, ict(t, day)) })
	}
}

func importAll(t *testing.T, asOf time.Time) {
	s := newIssuer(t, asOf)
	good, more, wrong := demo.Registers(asOf), demo.Changes(asOf), demo.Bad(asOf)
	must := map[string]string{}
	for _, c := range demo.Cases(asOf) {
		must[fmt.Sprintf("%s:%d", c.Register, c.Line)] = c.Must
	}
	all := func(want issuer.Status) func(demo.Register, issuer.Outcome) {
		return func(r demo.Register, o issuer.Outcome) {
			if o.Status != want {
				t.Errorf("%s:%d is %s (%s %v), want %s", r.Name, o.Line, o.Status, o.Code, o.Problems, want)
			}
		}
	}
	promised := func(r demo.Register, o issuer.Outcome) {
		if place := fmt.Sprintf("%s:%d", r.Name, o.Line); !strings.HasPrefix(must[place], string(o.Status)) {
			t.Errorf("%s is %s (%s %v), but: %s", place, o.Status, o.Code, o.Problems, must[place])
		}
	}
	refused := func(r demo.Register, o issuer.Outcome) {
		code := o.Code
		if code == "issuer.claim_rejected" {
			code = ""
			for _, p := range o.Problems {
				code += p.Code + " "
			}
			code = strings.TrimSpace(code)
		}
		if want := expectation(t, lines(r)[o.Line-1]); o.Status != issuer.Rejected || code != want {
			t.Errorf("%s:%d is %s with %q (%v), want %s", r.Name, o.Line, o.Status, code, o.Problems, want)
		}
	}
	run(t, s, good, all(issuer.Issued))
	run(t, s, good, all(issuer.Unchanged))
	run(t, s, wrong, refused)
	run(t, s, good, all(issuer.Unchanged))
	run(t, s, more, promised)
	run(t, s, more, all(issuer.Unchanged))
	run(t, s, wrong, refused)
}

// A demonstration that is started again on a later day finds people who have
// moved on, and nobody twice.
func TestALaterDayCanBeImportedOverAnEarlierOne(t *testing.T) {
	later := snapshot.AddDate(0, 0, 9)
	s := newIssuer(t, later)
	run(t, s, demo.Registers(snapshot), func(demo.Register, issuer.Outcome) {})
	run(t, s, demo.Registers(later), func(r demo.Register, o issuer.Outcome) {
		if o.Status == issuer.Rejected {
			t.Errorf("%s:%d: %s %v", r.Name, o.Line, o.Code, o.Problems)
		}
	})
}

func TestHeldOutRegistersCanBeImported(t *testing.T) {
	run(t, newIssuer(t, snapshot), demo.HeldOut(snapshot, 60), func(r demo.Register, o issuer.Outcome) {
		if o.Status != issuer.Issued || len(o.Warnings) > 0 {
			t.Errorf("%s:%d is %s (%s, warnings %v)", r.Name, o.Line, o.Status, o.Code, o.Warnings)
		}
	})
}
