package bolt_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// TestOutboxOrder: the outbox is in the order of commits, whatever the moments
// of the events and whoever they concern.
func TestOutboxOrder(t *testing.T) {
	path := newPath(t)
	s := open(t, path)
	give(t, s, "a")
	give(t, s, "b")
	var want []wallet.Event
	add := func(owner string, n, moment int) {
		h := holding(owner, fmt.Sprintf("h%d", n))
		h.IssuedAt = at(moment)
		if err := s.Issue(t.Context(), func(tx issuer.Tx) error { return tx.Add(h, issued(h)) }); err != nil {
			t.Fatal(err)
		}
		want = append(want, issued(h))
	}
	for n, moment := range []int{9, 3, 3, 50, -7, 1} {
		add([]string{"b", "a"}[n%2], n, moment)
	}
	gaveUp := holding("a", "never")
	_ = s.Issue(t.Context(), func(tx issuer.Tx) error {
		return errors.Join(tx.Add(gaveUp, issued(gaveUp)), errors.New("stop"))
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	add("a", 300, 2) // beyond a byte, and after a restart
	got, err := s.Outbox()
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

// TestEnrolledDevice: a device is found by its owner alone.
func TestEnrolledDevice(t *testing.T) {
	s := open(t, newPath(t))
	give(t, s, "c")
	a := activation()
	if err := s.PutActivation(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	d := wallet.Device{ID: "d", Owner: "c", Name: "Máy của Ánh", CreatedAt: at(2)}
	ses := session.Session{ID: "s", Hash: [32]byte{1}, Owner: "c", Device: "d", CreatedAt: at(2), ExpiresAt: at(9)}
	e := wallet.Event{ID: "e", Owner: "c", Kind: wallet.DeviceEnrolled, Device: "d", At: at(2)}
	if err := s.Enrol(t.Context(), a.Locator, at(2), d, ses, e); err != nil {
		t.Fatal(err)
	}
	got, err := s.Device("c", "d")
	if diff := cmp.Diff(d, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := s.Device("other", "d"); err == nil {
		t.Error("another owner has the device too")
	}
	a.Locator = "LOC2"
	if err := s.PutActivation(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	ses.ID, ses.Hash[0] = "s2", 2
	wantInternal(t, "a taken device id", s.Enrol(t.Context(), a.Locator, at(3), d, ses, e), "the id of a new device is taken")
	if outbox, err := s.Outbox(); err != nil || len(outbox) != 1 {
		t.Errorf("outbox %v, %v; want one event", outbox, err)
	}
}

// TestWriteThatFailsHalfWay: bbolt refuses a key beyond 32 KiB, here after
// the holding's body was written. The transaction is given up even though its
// user passes over the error.
func TestWriteThatFailsHalfWay(t *testing.T) {
	s := open(t, newPath(t))
	give(t, s, "c")
	h := holding("c", "h")
	h.RecordKey = strings.Repeat("k", 40_000)
	other := holding("c", "other")
	err := s.Issue(t.Context(), func(tx issuer.Tx) error {
		if err := tx.Add(h, issued(h)); err == nil {
			t.Error("Add succeeded")
		}
		return tx.Add(other, issued(other))
	})
	wantInternal(t, "Issue", err, "a write was refused in active_by_record")
	for _, id := range []string{h.ID, other.ID} {
		if _, err := s.Holding(t.Context(), "c", id); !fault.Is(err, fault.CodeCredentialUnknown) {
			t.Errorf("holding %s: %v", id, err)
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestRefusalWithinATransaction: a verb that was refused has changed nothing,
// so that an importer can go on with the next line.
func TestRefusalWithinATransaction(t *testing.T) {
	s := open(t, newPath(t))
	taken, h := holding("c", "taken"), holding("c", "h")
	give(t, s, "c", taken)
	err := s.Issue(t.Context(), func(tx issuer.Tx) error {
		for what, err := range map[string]error{
			"citizen":    tx.AddCitizen(wallet.Citizen{ID: "d", Number: "number-c"}),
			"holding":    tx.Add(taken, issued(taken)),
			"event":      tx.Add(holding("c", "eventless"), wallet.Event{}),
			"nobody's":   tx.Add(holding("nobody", "x"), issued(taken)),
			"not there":  tx.End("x", wallet.Superseded, at(1), issued(taken)),
			"no renewal": tx.Renumber("nobody", "1"),
		} {
			if err == nil {
				t.Errorf("%s was not refused", what)
			}
		}
		return tx.Add(h, issued(h))
	})
	if err != nil {
		t.Fatal(err)
	}
	hs, err := s.Holdings(t.Context(), "c")
	if err != nil || len(hs) != 2 {
		t.Errorf("holdings %v, %v; want two", hs, err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestPanic: a transaction whose function panics leaves nothing, not even the
// write lock.
func TestPanic(t *testing.T) {
	s := open(t, newPath(t))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Issue(t.Context(), func(tx issuer.Tx) error {
			if err := tx.AddCitizen(wallet.Citizen{ID: "c", Number: "number-c"}); err != nil {
				t.Error(err)
			}
			panic("boom")
		})
	}()
	give(t, s, "c")
}

// TestRefusedInAGroup: an entry that cannot be stored is refused before it
// shares a transaction with others.
func TestRefusedInAGroup(t *testing.T) {
	s := open(t, newPath(t))
	var g sync.WaitGroup
	failed := make([]error, 8)
	for i := range failed {
		g.Go(func() {
			owner := "c"
			if i == 3 {
				owner = strings.Repeat("c", 40_000)
			}
			failed[i] = s.Record(t.Context(), entry(owner, i))
		})
	}
	g.Wait()
	for i, err := range failed {
		if i == 3 {
			wantInternal(t, "the large one", err, "an identifier of more than 1024 bytes")
		} else if err != nil {
			t.Errorf("entry %d: %v", i, err)
		}
	}
	p, err := s.History(t.Context(), "c", "", 100)
	if err != nil || len(p.Entries) != len(failed)-1 {
		t.Errorf("%d entries, %v; want %d", len(p.Entries), err, len(failed)-1)
	}
}

// TestLargeGroup: more entries wait than one transaction takes. They are let
// in together, by a transaction that holds the write lock until all of them
// wait; the rest is not forgotten.
func TestLargeGroup(t *testing.T) {
	const entries = 2*bolt.MaxGroup + 10
	s := open(t, newPath(t))
	var g sync.WaitGroup
	err := s.Issue(t.Context(), func(issuer.Tx) error {
		for n := range entries {
			g.Go(func() {
				if err := s.Record(t.Context(), entry("c", n)); err != nil {
					t.Errorf("Record: %v", err)
				}
			})
		}
		for s.Waiting() < entries {
			runtime.Gosched()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	g.Wait()
	seen := map[string]bool{}
	p, err := s.History(t.Context(), "c", "", 10*bolt.MaxPage)
	if err != nil || len(p.Entries) != bolt.MaxPage || p.Next == "" {
		t.Fatalf("a page of %d entries, next %q, %v; want %d and more", len(p.Entries), p.Next, err, bolt.MaxPage)
	}
	rest, err := s.History(t.Context(), "c", p.Next, bolt.MaxPage)
	for _, e := range append(p.Entries, rest.Entries...) {
		seen[e.ID] = true
	}
	if err != nil || len(seen) != entries || rest.Next != "" {
		t.Errorf("%d entries, next %q, %v; want %d", len(seen), rest.Next, err, entries)
	}
}
