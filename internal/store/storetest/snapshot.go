package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// many is more than any fixture stores.
const many = 500

// maxPages is more pages than any fixture's history has.
const maxPages = 5000

// readable is all that the interfaces tell of a citizen.
type readable struct {
	Citizen  wallet.Citizen
	Known    bool
	Holdings []wallet.Holding
	Active   []wallet.Holding
	Events   []wallet.Event
	History  []disclosure.Entry
}

// read reads all there is to read about citizens, so that two moments can be
// compared.
func read(t *testing.T, s Store, cs ...wallet.Citizen) []readable {
	t.Helper()
	out := make([]readable, len(cs))
	for i, c := range cs {
		r := &out[i]
		var err error
		r.Citizen, err = s.CitizenByNumber(t.Context(), c.Number)
		r.Known = err == nil
		if err != nil && !fault.Is(err, fault.CodeCitizenUnknown) {
			t.Fatalf("reading a citizen: %v", err)
		}
		r.Holdings = must[[]wallet.Holding](t)(s.Holdings(t.Context(), c.ID))
		r.Active = must[[]wallet.Holding](t)(s.Active(t.Context(), c.ID))
		r.Events = must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many))
		r.History = history(t, s, c.ID, many)
	}
	return out
}

// history reads the whole history in pages of this limit, and holds every
// page to its promises.
func history(t *testing.T, s Store, owner string, limit int) []disclosure.Entry {
	t.Helper()
	var all []disclosure.Entry
	cursor := ""
	for pages := 0; ; pages++ {
		if pages > maxPages {
			t.Fatal("the history does not end")
		}
		p, err := s.History(t.Context(), owner, cursor, limit)
		if err != nil {
			t.Fatalf("History: %v", err)
		}
		if len(p.Entries) > limit {
			t.Fatalf("a page of %d entries, limit %d", len(p.Entries), limit)
		}
		if p.Next != "" && len(p.Entries) == 0 {
			t.Fatal("an empty page says that more follows")
		}
		all = append(all, p.Entries...)
		if p.Next == "" {
			return all
		}
		cursor = p.Next
	}
}

// entryIDs of a history, in order.
func entryIDs(es []disclosure.Entry) []string {
	out := []string{}
	for _, e := range es {
		out = append(out, e.ID)
	}
	return out
}

// sameSet compares without regard to order.
func sameSet(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	same(t, what, got, want)
}

// wantCancelled asks for a fault that says that the context was cancelled.
func wantCancelled(t *testing.T, what string, err error) {
	t.Helper()
	wantFault(t, what, err, fault.CodeUnavailable)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%s: got error %v, want one that is context.Canceled", what, err)
	}
}
