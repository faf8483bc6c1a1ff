package status_test

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/wallet"
)

const origin = "https://giayto.example"

// start of every test, noon in Viet Nam.
var start = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

// desk is an issuer with its publisher on a real store, and a clock to set.
type desk struct {
	*issuer.Service
	t         testing.TB
	path      string
	store     *bolt.Store
	publisher *status.Publisher
	now       time.Time
	key       *ecdsa.PrivateKey // TEST key for everything
	keyID     string
	size      int
	people    int
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, path: filepath.Join(t.TempDir(), "giayto.db"), now: start}
	d.newKey()
	d.start()
	t.Cleanup(func() {
		if err := d.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *desk) start() {
	d.t.Helper()
	var err error
	if d.store, err = bolt.Open(d.path, bolt.Options{}); err != nil {
		d.t.Fatal(err)
	}
	d.publisher = status.New(status.Config{Store: d.store, Keys: d, Origin: origin, Now: d.clock})
	d.service()
}

func (d *desk) service() {
	d.Service = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: d.store, Keys: d, Origin: origin, Now: d.clock, StatusListSize: d.size})
}

// reopen is a restart.
func (d *desk) reopen() {
	d.t.Helper()
	if err := d.store.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.start()
}

func (d *desk) clock() time.Time { return d.now }

func (d *desk) advance(by time.Duration) { d.now = d.now.Add(by) }

func (d *desk) newKey() {
	d.key = newTestKey(d.t)
	d.keyID += "k"
}

// Credential and Status hand out the one key.
func (d *desk) Credential(string, time.Time) (issuer.SigningKey, error) { return d.Status(d.now) }

func (d *desk) Revoked(string, string) bool { return false }

func (d *desk) Status(time.Time) (issuer.SigningKey, error) {
	if d.key == nil {
		return issuer.SigningKey{}, errors.New("no key")
	}
	return issuer.SigningKey{Signer: d.key, KeyID: d.keyID}, nil
}

func uri(agency string, number int) string { return origin + issuer.StatusListPath(agency, number) }

// give issues a document to the person with the number d.people.
func (d *desk) give(document string) wallet.Holding {
	d.t.Helper()
	doc := catalog.Default().Document(document)
	values := catalog.Values{}
	for _, claim := range doc.Claims {
		if claim.Example != nil || claim.Nullable {
			values[claim.ID] = claim.Example
		}
	}
	number := fmt.Sprintf("0793050%05d", d.people)
	values[doc.Identity.Number], values[doc.Identity.Name], values[doc.Identity.Birthdate] = number, "NGUYỄN THỊ VÍ DỤ", "2005-02-28"
	switch document {
	case "gplx":
		values["document_number"] = fmt.Sprintf("7900000%05d", d.people)
	case "bhyt":
		values["social_insurance_number"] = fmt.Sprintf("79000%05d", d.people)
	}
	delete(values, "legacy_numbers")
	line, err := json.Marshal(map[string]any{"document": document, "claims": doc.Nest(values)})
	if err != nil {
		d.t.Fatal(err)
	}
	_, err = d.Import(d.t.Context(), doc.Agency.ID, bytes.NewReader(line), issuer.ImportOptions{Each: func(o issuer.Outcome) {
		if o.Status != issuer.Issued {
			d.t.Fatalf("%+v", o)
		}
	}})
	if err != nil {
		d.t.Fatal(err)
	}
	c, err := d.store.CitizenByNumber(d.t.Context(), number)
	if err != nil {
		d.t.Fatal(err)
	}
	held, err := d.store.Active(d.t.Context(), c.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, h := range held {
		if h.Document == document {
			return h
		}
	}
	d.t.Fatal("not there")
	return wallet.Holding{}
}

// licence gives a new person a card and a licence.
func (d *desk) licence() wallet.Holding {
	d.t.Helper()
	d.people++
	d.give("can_cuoc")
	return d.give("gplx")
}

func (d *desk) refresh() {
	d.t.Helper()
	if err := d.publisher.Refresh(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// list is what is published where the holding's status is.
func (d *desk) list(h wallet.Holding) status.Document {
	d.t.Helper()
	doc, err := d.publisher.List(h.Agency, h.Status.List)
	if err != nil {
		d.t.Fatal(err)
	}
	return doc
}

// open verifies that list.
func (d *desk) open(h wallet.Holding) *statuslist.Token {
	d.t.Helper()
	token, err := statuslist.Open(string(d.list(h).Body), statuslist.OpenOptions{Key: &d.key.PublicKey,
		Subject: uri(h.Agency, h.Status.List), Now: d.now})
	if err != nil {
		d.t.Fatal(err)
	}
	return token
}

// published is what it says of the holding.
func (d *desk) published(h wallet.Holding) statuslist.Status {
	d.t.Helper()
	s, err := d.open(h).List.Get(h.Status.Index)
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// bundle opens the bundle of all lists as a checker would whose clock may
// differ by a minute.
func (d *desk) bundle() *statuslist.Bundle {
	d.t.Helper()
	doc, err := d.publisher.Snapshot()
	if err != nil {
		d.t.Fatal(err)
	}
	b, err := statuslist.OpenBundle(doc.Body, statuslist.SnapshotCheck{
		Keys:   func(id string) *ecdsa.PublicKey { return map[string]*ecdsa.PublicKey{d.keyID: &d.key.PublicKey}[id] },
		Issuer: origin, Now: d.now, Skew: time.Minute})
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}
