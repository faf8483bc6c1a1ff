package issuer_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

const origin = "https://giayto.example"

// noon is the moment of every import unless a test moves its clock: noon in
// Viet Nam, so that the civil day is the same in UTC.
var noon = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

// agencyKeys holds one key an agency.
type agencyKeys map[string]*ecdsa.PrivateKey

func newKeys(t testing.TB) agencyKeys {
	t.Helper()
	keys := agencyKeys{}
	for _, agency := range catalog.Default().Agencies() {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys[agency.ID] = key
	}
	return keys
}

func (k agencyKeys) Credential(agency string, _ time.Time) (issuer.SigningKey, error) {
	key, ok := k[agency]
	if !ok {
		return issuer.SigningKey{}, errors.New("no key of " + agency)
	}
	return issuer.SigningKey{Signer: key, KeyID: "key of " + agency}, nil
}

func (k agencyKeys) Revoked(string, string) bool { return false }

// desk is an issuer on a real store of its own, with a clock to set.
type desk struct {
	*issuer.Service
	t     testing.TB
	path  string
	store *bolt.Store
	keys  agencyKeys
	now   time.Time
	told  []string // owners of whose lock Config.Locked was told
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, path: filepath.Join(t.TempDir(), "giayto.db"), keys: newKeys(t), now: noon}
	var err error
	if d.store, err = bolt.Open(d.path, bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.store.Close(); err != nil {
			t.Error(err)
		}
	})
	d.Service = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: d.store, Keys: d.keys, Origin: origin,
		Now: func() time.Time { return d.now }, Locked: func(owner string) { d.told = append(d.told, owner) }})
	return d
}

// read imports an export and checks that the summary counts its outcomes.
func (d *desk) read(agency string, in io.Reader, o issuer.ImportOptions) ([]issuer.Outcome, error) {
	d.t.Helper()
	var outcomes []issuer.Outcome
	o.Each = func(out issuer.Outcome) { outcomes = append(outcomes, out) }
	sum, err := d.Import(d.t.Context(), agency, in, o)
	want := issuer.Summary{Lines: len(outcomes)}
	for _, out := range outcomes {
		want.Warnings += len(out.Warnings)
		switch out.Status {
		case issuer.Issued:
			want.Issued++
		case issuer.Updated:
			want.Updated++
		case issuer.Unchanged:
			want.Unchanged++
		case issuer.Rejected:
			want.Rejected++
		}
	}
	if sum != want {
		d.t.Errorf("the summary is %v, the outcomes are %v", sum, want)
	}
	return outcomes, err
}

// lines imports lines of an export and returns their outcomes.
func (d *desk) lines(agency string, lines ...string) []issuer.Outcome {
	d.t.Helper()
	outcomes, err := d.read(agency, strings.NewReader(strings.Join(lines, "\n")+"\n"), issuer.ImportOptions{})
	if err != nil {
		d.t.Fatal(err)
	}
	return outcomes
}

// statuses imports lines and compares what became of them, in order.
func (d *desk) statuses(agency string, lines []string, want ...issuer.Status) []issuer.Outcome {
	d.t.Helper()
	outcomes := d.lines(agency, lines...)
	var got []issuer.Status
	for _, o := range outcomes {
		got = append(got, o.Status)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		d.t.Fatalf("the lines became %v, want %v: %+v", got, want, outcomes)
	}
	return outcomes
}

// issue imports lines that must all be issued as new.
func (d *desk) issue(agency string, lines ...string) []issuer.Outcome {
	d.t.Helper()
	want := make([]issuer.Status, len(lines))
	for i := range want {
		want[i] = issuer.Issued
	}
	return d.statuses(agency, lines, want...)
}

// citizen finds somebody who must be there.
func (d *desk) citizen(number string) wallet.Citizen {
	d.t.Helper()
	c, err := d.store.CitizenByNumber(d.t.Context(), number)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// active returns the active holdings of a citizen, of one document.
func (d *desk) active(owner, document string) []wallet.Holding {
	d.t.Helper()
	all, err := d.store.Active(d.t.Context(), owner)
	if err != nil {
		d.t.Fatal(err)
	}
	var found []wallet.Holding
	for _, h := range all {
		if h.Document == document {
			found = append(found, h)
		}
	}
	return found
}

// one returns the only active holding of a document.
func (d *desk) one(owner, document string) wallet.Holding {
	d.t.Helper()
	found := d.active(owner, document)
	if len(found) != 1 {
		d.t.Fatalf("%d active %s, want 1", len(found), document)
	}
	return found[0]
}

// events returns kinds and documents of a citizen's events, newest first.
func (d *desk) events(owner string) []string {
	d.t.Helper()
	events, err := d.store.Events(d.t.Context(), owner, 50)
	if err != nil {
		d.t.Fatal(err)
	}
	var told []string
	for _, e := range events {
		told = append(told, string(e.Kind)+" "+e.Document)
	}
	return told
}

// dump reads everything that the data file holds, by bucket and key, with the
// sequence numbers that have been used up.
func (d *desk) dump() map[string]string {
	d.t.Helper()
	return dump(d.t, d.path)
}

// dump reads a copy, because the file itself is locked by its store.
func dump(t testing.TB, path string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	duplicate := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(duplicate, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(duplicate, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string]string{}
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(bucket []byte, b *bbolt.Bucket) error {
			all[string(bucket)] = fmt.Sprint(b.Sequence())
			return b.ForEach(func(k, v []byte) error {
				all[string(bucket)+"/"+string(k)] = string(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// unchanged fails if the store differs from what it was.
func (d *desk) unchanged(before map[string]string) {
	d.t.Helper()
	if !maps.Equal(before, d.dump()) {
		d.t.Error("the store has changed")
	}
}

// export joins lines.
func export(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

// line writes a record of a register: claim ids nest by their dots.
func line(document string, c claims) string {
	d := catalog.Default().Document(document)
	nested := d.Nest(catalog.Values(c))
	for id, value := range c { // what the catalogue does not know stays as it is
		if d.Claim(id) == nil {
			nested[id] = value
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]any{"document": document, "claims": nested}); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// cancelled is the context of somebody who no longer waits.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
