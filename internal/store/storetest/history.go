package storetest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

var historyTests = []test{
	{"an entry comes back as it went", entryRoundTrip},
	{"newest first, in pages of any size", historyOrdered},
	{"equal moments", historyEqualMoments},
	{"entries that arrive while paging", historyGrows},
	{"only active holdings of the owner are shared from", recordChecks},
	{"what was shared is told to other devices", recordTells},
	{"a cursor is the store's own", historyCursors},
	{"a page needs a size", historyLimits},
	{"large histories", historyLarge},
	{"a cancelled context changes nothing", cancelledHistory},
}

func entryRoundTrip(t *testing.T, s Subject) {
	c := citizen(1)
	h, h2 := holding(c, "h1", canCuoc, c.Number), holding(c, "h2", gplx, "k")
	give(t, s, c, h, h2)
	full := entry(c, 3, h, h2)
	full.Purpose, full.Audience, full.Device = nameNFD, nameLong, `<máy> "1"`
	bare := disclosure.Entry{Owner: c.ID, At: at(2), Outcome: disclosure.Shared}
	refused := disclosure.Entry{
		ID: "p1", Owner: c.ID, Device: "d", At: at(1), Outcome: disclosure.Refused, Code: string(fault.CodeOverAsking),
		Documents: []disclosure.EntryDocument{{Document: "no_such", Holding: "no such", Claims: []string{"tên"}}, {}},
	}
	record(t, s, full)
	record(t, s, bare)
	record(t, s, refused)
	want := []disclosure.Entry{full, bare, refused}
	same(t, "history", history(t, s, c.ID, many), want)
	s = s.Reopen(t)
	same(t, "after a restart", history(t, s, c.ID, many), want)
}

func historyOrdered(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	order := []int{4, 1, 9, -3, 7, 2, 0, 8, -2_000_000_000, 6, 5, 3, 400_000_000}
	for _, n := range order {
		record(t, s, entry(a, n))
		record(t, s, entry(b, n+1000))
	}
	slices.Sort(order)
	slices.Reverse(order)
	late, early := entry(a, 500_000_000), entry(a, 500_000_001) // within one second, stored backwards
	late.At, early.At = at(500_000_000).Add(2), at(500_000_000).Add(1)
	record(t, s, late)
	record(t, s, early)
	want := []string{late.ID, early.ID}
	for _, n := range order {
		want = append(want, entry(a, n).ID)
	}
	for _, limit := range []int{1, 2, 3, len(want) - 1, len(want), len(want) + 1, many, math.MaxInt} {
		same(t, fmt.Sprintf("pages of %d", limit), entryIDs(history(t, s, a.ID, limit)), want)
	}
	p := must[disclosure.Page](t)(s.History(t.Context(), a.ID, "", len(want)))
	same(t, "the cursor of a page that ends the history", p.Next, "")
	same(t, "nobody's history", must[disclosure.Page](t)(s.History(t.Context(), "nobody", "", 3)), disclosure.Page{})
}

func historyEqualMoments(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	var want []string
	for i := range 25 {
		e := entry(c, i)
		e.At = at(0)
		record(t, s, e)
		want = append(want, e.ID)
	}
	s = s.Reopen(t) // what is stored after a restart is still newer
	e := entry(c, 99)
	e.At = at(0)
	record(t, s, e)
	want = append(want, e.ID)
	slices.Reverse(want)
	for _, limit := range []int{1, 2, 7, 26, many} {
		same(t, fmt.Sprintf("pages of %d", limit), entryIDs(history(t, s, c.ID, limit)), want)
	}
}

func historyGrows(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	for n := range 6 {
		record(t, s, entry(c, n))
	}
	first := must[disclosure.Page](t)(s.History(t.Context(), c.ID, "", 2))
	record(t, s, entry(c, 100))
	record(t, s, entry(c, 101))
	s = s.Reopen(t) // a phone that pages on does not notice a restart
	second := must[disclosure.Page](t)(s.History(t.Context(), c.ID, first.Next, 3))
	third := must[disclosure.Page](t)(s.History(t.Context(), c.ID, second.Next, 3))
	got := entryIDs(slices.Concat(first.Entries, second.Entries, third.Entries))
	want := []string{}
	for n := 5; n >= 0; n-- {
		want = append(want, entry(c, n).ID)
	}
	same(t, "the pages", got, want)
	same(t, "the end", third.Next, "")
	again := must[disclosure.Page](t)(s.History(t.Context(), c.ID, first.Next, 3))
	same(t, "the same cursor again", again, second)
}

func recordChecks(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	ok, gone, theirs := holding(a, "h1", canCuoc, "k1"), holding(a, "h2", gplx, "k2"), holding(b, "h3", gplx, "k3")
	give(t, s, a, ok, gone)
	give(t, s, b, theirs)
	end(t, s, gone)
	missing := holding(a, "h9", gplx, "k")
	noID, noOwner, noOutcome := ok, entry(a, 7, ok), entry(a, 8, ok)
	noID.ID, noOwner.Owner, noOutcome.Outcome = "", "", ""
	foreign := entry(b, 6, ok)
	for _, tt := range []struct {
		what string
		e    disclosure.Entry
		code fault.Code
	}{
		{"ended", entry(a, 1, gone), fault.CodeCredentialUnknown},
		{"somebody else's", entry(a, 2, theirs), fault.CodeCredentialUnknown},
		{"not there", entry(a, 3, missing), fault.CodeCredentialUnknown},
		{"no id", entry(a, 4, noID), fault.CodeCredentialUnknown},
		{"one of two ended", entry(a, 5, ok, gone), fault.CodeCredentialUnknown},
		{"recorded for somebody else", foreign, fault.CodeCredentialUnknown},
		{"no owner", noOwner, fault.CodeInternal},
		{"no outcome", noOutcome, fault.CodeInternal},
	} {
		wantFault(t, tt.what, s.Record(t.Context(), tt.e), tt.code)
	}
	same(t, "after refusals", entryIDs(history(t, s, a.ID, many)), []string{})
	same(t, "after refusals, the other", entryIDs(history(t, s, b.ID, many)), []string{})

	refused := entry(a, 10, gone, theirs, missing)
	refused.Outcome, refused.Code = disclosure.Refused, string(fault.CodeNotInForce)
	record(t, s, refused)
	record(t, s, entry(a, 11, ok))
	same(t, "history", entryIDs(history(t, s, a.ID, many)), []string{entry(a, 11).ID, refused.ID})

	next := holding(a, "h1b", ok.Document, ok.RecordKey) // a newer credential for the same record
	end(t, s, ok)
	issue(t, s, func(tx issuer.Tx) error { return tx.Add(next, event(next, wallet.CredentialIssued, 31)) })
	wantFault(t, "superseded", s.Record(t.Context(), entry(a, 12, ok)), fault.CodeCredentialUnknown)
	record(t, s, entry(a, 13, next))
}

// recordTells: the event of an entry is stored with it, and only where another
// device than the entry's is in use.
func recordTells(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	ok, gone := holding(a, "h1", canCuoc, "k1"), holding(a, "h2", gplx, "k2")
	theirs := holding(b, "h3", canCuoc, "k3")
	give(t, s, a, ok, gone)
	give(t, s, b, theirs)
	end(t, s, gone)
	first := enrolled(t, s, a, 1)
	enrolled(t, s, b, 2)
	known := map[string]int{a.ID: len(must[[]wallet.Event](t)(s.Events(t.Context(), a.ID, many))), b.ID: len(must[[]wallet.Event](t)(s.Events(t.Context(), b.ID, many)))}
	told := func(what string, e disclosure.Entry, want ...wallet.Event) {
		t.Helper()
		events := must[[]wallet.Event](t)(s.Events(t.Context(), e.Owner, many))
		fresh := events[:len(events)-known[e.Owner]]
		known[e.Owner] = len(events)
		same(t, what, fresh, append([]wallet.Event{}, want...))
	}
	share := func(c wallet.Citizen, n int, device string, h wallet.Holding) disclosure.Entry {
		e := entry(c, n, h)
		e.Device, e.Event = device, fmt.Sprintf("minted-%d", n)
		return e
	}
	minted := func(e disclosure.Entry) wallet.Event {
		return wallet.Event{ID: e.Event, Owner: e.Owner, Kind: wallet.PresentationMinted, Device: e.Device, Presentation: e.ID, At: e.At}
	}
	e := share(a, 100, first.Device, ok)
	record(t, s, e)
	told("the only device", e)
	same(t, "the entry", history(t, s, a.ID, 1)[0], e)
	e = share(a, 101, "unknown", ok)
	record(t, s, e)
	told("a device that is not there, beside one that is", e, minted(e))

	second := enrolled(t, s, a, 3)
	known[a.ID]++
	for i, device := range []string{first.Device, second.Device} {
		e = share(a, 110+i, device, ok)
		record(t, s, e)
		told("one of two", e, minted(e))
	}
	e = share(a, 120, first.Device, ok)
	e.Event = ""
	record(t, s, e)
	told("without an event", e)
	e = share(a, 121, first.Device, ok)
	e.Outcome, e.Code = disclosure.Refused, string(fault.CodeOverAsking)
	record(t, s, e)
	told("a refusal", e)
	e = share(a, 122, first.Device, gone)
	wantFault(t, "of an ended holding", s.Record(t.Context(), e), fault.CodeCredentialUnknown)
	told("an ended holding", e)
	e = share(b, 123, "device-2", theirs)
	record(t, s, e)
	told("devices of somebody else", e)
	bad := share(a, 124, first.Device, ok)
	bad.Event = "\xff"
	wantFault(t, "a broken event", s.Record(t.Context(), bad), fault.CodeInternal)
	told("a broken event", bad)
	var outbox []string
	must[push.Spread](t)(s.Spread(t.Context(), at(0), many, func(e wallet.Event, _ []push.Target) push.Plan {
		if e.Kind == wallet.PresentationMinted {
			outbox = append(outbox, e.ID)
		}
		return push.Plan{}
	}))
	same(t, "the outbox", outbox, []string{"minted-101", "minted-110", "minted-111"})
}

func historyCursors(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	for n := range 5 {
		record(t, s, entry(a, n*100))
		record(t, s, entry(b, n*100+50))
	}
	good := must[disclosure.Page](t)(s.History(t.Context(), a.ID, "", 2)).Next
	other := must[disclosure.Page](t)(s.History(t.Context(), b.ID, "", 2)).Next
	bad := []string{
		other, good + "=", good + "A", good + "\n", "\n" + good, " " + good, good + good, good[1:], good[:len(good)-1],
		"A", "0", "-1", "null", "presentation-0", "../..", "\x00", "\xff", nameNFC, strings.Repeat("A", len(good)),
		strings.Repeat("_", len(good)), strings.ToUpper(good) + "x", strings.Repeat(good, 100_000),
	}
	for i := range good { // one character changed, at every place
		for _, r := range []byte("A_z9") {
			if good[i] != r {
				bad = append(bad, good[:i]+string(r)+good[i+1:])
			}
		}
	}
	for _, cursor := range bad {
		p, err := s.History(t.Context(), a.ID, cursor, 2)
		wantFault(t, fmt.Sprintf("cursor %.40q", cursor), err, fault.CodeHistoryCursorInvalid)
		same(t, "the page of a bad cursor", p, disclosure.Page{})
	}
	_, err := s.History(t.Context(), b.ID, good, 2)
	wantFault(t, "somebody else's cursor", err, fault.CodeHistoryCursorInvalid)
	p := must[disclosure.Page](t)(s.History(t.Context(), a.ID, good, 2))
	same(t, "the good cursor", entryIDs(p.Entries), []string{"presentation-200", "presentation-100"})
}

func historyLimits(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	record(t, s, entry(c, 1))
	for _, limit := range []int{0, -1, math.MinInt} {
		_, err := s.History(t.Context(), c.ID, "", limit)
		wantFault(t, fmt.Sprintf("limit %d", limit), err, fault.CodeInternal)
	}
}

// historyLarge: what one owner has shown does not slow or mix with another's.
func historyLarge(t *testing.T, s Subject) {
	const entries, writers = 2400, 24
	a, b := citizen(1), citizen(11) // one id begins with the other
	h := holding(a, "h1", canCuoc, a.Number)
	give(t, s, a, h)
	give(t, s, b)
	var g sync.WaitGroup
	for w := range writers {
		g.Go(func() {
			for n := w; n < entries; n += writers {
				if err := s.Record(t.Context(), entry(a, n, h)); err != nil {
					t.Errorf("Record: %v", err)
				}
			}
		})
	}
	g.Wait()
	record(t, s, entry(b, 5))
	want := []string{}
	for n := entries - 1; n >= 0; n-- {
		want = append(want, entry(a, n).ID)
	}
	for _, limit := range []int{37, 1000, 5000} {
		same(t, fmt.Sprintf("pages of %d", limit), entryIDs(history(t, s, a.ID, limit)), want)
	}
	same(t, "the other's", entryIDs(history(t, s, b.ID, 10)), []string{entry(b, 5).ID})
}

func cancelledHistory(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	wantCancelled(t, "Record", s.Record(cancelled(t), entry(c, 1)))
	_, err := s.History(cancelled(t), c.ID, "", 1)
	wantCancelled(t, "History", err)
	same(t, "history", entryIDs(history(t, s, c.ID, 1)), []string{})
}
