package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

var statusTests = []test{
	{"lists are opened in order", listsOpened},
	{"a position is given away once", positionTaken},
	{"entries are what was marked last", entriesMarked},
	{"a holding has its place", holdingPlaced},
	{"what is said of a holding", standingSaid},
	{"a lock is on the whole wallet", walletLocked},
	{"the moments at which all was signed anew", reissuesKept},
	{"sessions end with a lock", sessionsEnded},
	{"nothing is recorded against a standing", recordRefusesStanding},
	{"refusals", statusRefusals},
	{"an error keeps nothing", statusErrorKeepsNothing},
	{"status survives a restart", statusSurvivesRestart},
	{"no two take one position", raceTake},
	{"nothing is recorded once it is withheld", raceRecordWithhold},
	{"a cancelled context is told", cancelledStatus},
}

const (
	csgt     = "csgt"
	listSize = 10_000 // of more than one part, and not a multiple of anything
)

// Standings of every kind.
var (
	suspended = wallet.Standing{Status: wallet.Suspended, Since: at(41)}
	withheld  = wallet.Standing{Status: wallet.Withheld, Reason: "điểm", Since: at(42)}
	revoked   = wallet.Standing{Status: wallet.Revoked, Reason: "fraud", Since: at(43)}
)

// openList opens the next list of csgt.
func openList(t *testing.T, s Store) issuer.StatusList {
	t.Helper()
	var l issuer.StatusList
	issue(t, s, func(tx issuer.Tx) error {
		var err error
		l, err = tx.OpenStatusList(csgt, listSize, at(1))
		return err
	})
	return l
}

// take gives a position away; it must be free.
func take(t *testing.T, s Store, ref wallet.StatusRef) {
	t.Helper()
	issue(t, s, func(tx issuer.Tx) error {
		free, err := tx.TakeStatus(csgt, ref)
		if err == nil && !free {
			err = fmt.Errorf("position %+v is taken", ref)
		}
		return err
	})
}

func mark(t *testing.T, s Store, ref wallet.StatusRef, standing wallet.Standing) {
	t.Helper()
	issue(t, s, func(tx issuer.Tx) error { return tx.MarkStatus(csgt, ref, standing) })
}

// list reads a list of csgt.
func list(t *testing.T, s Store, number int) (issuer.StatusList, []issuer.StatusEntry) {
	t.Helper()
	l, entries, err := s.StatusList(t.Context(), csgt, number)
	if err != nil {
		t.Fatalf("StatusList: %v", err)
	}
	return l, entries
}

// placed is a licence with a place in list 1.
func placed(c wallet.Citizen, id string, index int) wallet.Holding {
	h := holding(c, id, gplx, "key of "+id)
	h.Agency, h.Status = csgt, wallet.StatusRef{List: 1, Index: index}
	return h
}

func listsOpened(t *testing.T, s Subject) {
	issue(t, s, func(tx issuer.Tx) error {
		l, err := tx.NewestStatusList(csgt)
		same(t, "before the first", l, issuer.StatusList{})
		return err
	})
	same(t, "lists of an empty store", len(must[[]issuer.StatusList](t)(s.StatusLists(t.Context()))), 0)
	var want []issuer.StatusList
	for _, agency := range []string{"c06", "cs", csgt, "csgt/1", "đ"} { // one begins with another
		for number := 1; number <= 3; number++ {
			l := issuer.StatusList{Agency: agency, Number: number, Size: 1000 * number, OpenedAt: at(number)}
			issue(t, s, func(tx issuer.Tx) error {
				opened, err := tx.OpenStatusList(agency, l.Size, l.OpenedAt)
				if err != nil {
					return err
				}
				same(t, "opened", opened, l)
				newest, err := tx.NewestStatusList(agency)
				same(t, "newest", newest, l)
				return err
			})
			want = append(want, l)
		}
	}
	got := must[[]issuer.StatusList](t)(s.StatusLists(t.Context()))
	same(t, "lists", len(got), len(want))
	for _, w := range want {
		l, entries, err := s.StatusList(t.Context(), w.Agency, w.Number)
		if err != nil || len(entries) != 0 {
			t.Fatalf("%s/%d: %d entries, %v", w.Agency, w.Number, len(entries), err)
		}
		same(t, "list", l, w)
	}
	_, _, err := s.StatusList(t.Context(), csgt, 4)
	wantFault(t, "a list that is not there", err, fault.CodeInternal)
}

func positionTaken(t *testing.T, s Subject) {
	openList(t, s)
	for _, index := range []int{0, 1, 7, 8, 4095, 4096, listSize - 1} {
		ref := wallet.StatusRef{List: 1, Index: index}
		take(t, s, ref)
		for range 2 {
			issue(t, s, func(tx issuer.Tx) error {
				free, err := tx.TakeStatus(csgt, ref)
				same(t, fmt.Sprintf("%d is free again", index), free, false)
				return err
			})
			s = s.Reopen(t)
		}
	}
	l, _ := list(t, s, 1)
	same(t, "taken", l.Taken, 7)
	openList(t, s)
	take(t, s, wallet.StatusRef{List: 2, Index: 0}) // another list has its own
}

func entriesMarked(t *testing.T, s Subject) {
	openList(t, s)
	at := func(index int) wallet.StatusRef { return wallet.StatusRef{List: 1, Index: index} }
	for _, index := range []int{9000, 3, 4096} {
		take(t, s, at(index))
	}
	revision := int64(0)
	for _, step := range []struct {
		index    int
		standing wallet.Standing
		want     []issuer.StatusEntry
	}{
		{9000, suspended, []issuer.StatusEntry{{Index: 9000, Standing: suspended}}},
		{3, withheld, []issuer.StatusEntry{{Index: 3, Standing: withheld}, {Index: 9000, Standing: suspended}}},
		{9000, revoked, []issuer.StatusEntry{{Index: 3, Standing: withheld}, {Index: 9000, Standing: revoked}}},
		{3, wallet.Standing{}, []issuer.StatusEntry{{Index: 9000, Standing: revoked}}},
		{4096, suspended, []issuer.StatusEntry{{Index: 4096, Standing: suspended}, {Index: 9000, Standing: revoked}}},
		{3, wallet.Standing{}, []issuer.StatusEntry{{Index: 4096, Standing: suspended}, {Index: 9000, Standing: revoked}}},
	} {
		mark(t, s, at(step.index), step.standing)
		l, entries := list(t, s, 1)
		same(t, "entries", entries, step.want)
		same(t, "marked", l.Marked, len(step.want))
		if l.Revision <= revision {
			t.Errorf("revision %d after %d", l.Revision, revision)
		}
		revision = l.Revision
	}
}

func holdingPlaced(t *testing.T, s Subject) {
	c := citizen(1)
	openList(t, s)
	h := placed(c, "h1", 77)
	h.Standing = withheld // inherited from the one before
	take(t, s, h.Status)
	give(t, s, c, h)
	same(t, "holding", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
	issue(t, s, func(tx issuer.Tx) error {
		same(t, "by id", must[wallet.Holding](t)(tx.Holding(h.ID)), h)
		same(t, "by owner", must[[]wallet.Holding](t)(tx.ActiveByOwner(c.ID)), []wallet.Holding{h})
		_, err := tx.Holding("h2")
		wantFault(t, "unknown", err, fault.CodeCredentialUnknown)
		return nil
	})
	same(t, "by record", must[[]wallet.Holding](t)(s.ActiveByRecord(t.Context(), gplx, h.RecordKey)), []wallet.Holding{h})
	same(t, "by another record", len(must[[]wallet.Holding](t)(s.ActiveByRecord(t.Context(), xe, h.RecordKey))), 0)
	end(t, s, h)
	h.State, h.EndedAt = wallet.Superseded, at(30)
	issue(t, s, func(tx issuer.Tx) error {
		same(t, "ended, by id", must[wallet.Holding](t)(tx.Holding(h.ID)), h)
		same(t, "ended, by owner", ids(must[[]wallet.Holding](t)(tx.ActiveByOwner(c.ID))), []string{})
		free, err := tx.TakeStatus(csgt, h.Status)
		same(t, "its place is free again", free, false)
		return err
	})
	same(t, "ended, by record", len(must[[]wallet.Holding](t)(s.ActiveByRecord(t.Context(), gplx, h.RecordKey))), 0)
}

func statusRefusals(t *testing.T, s Subject) {
	c := citizen(1)
	openList(t, s)
	taken := wallet.StatusRef{List: 1, Index: 5}
	take(t, s, taken)
	h, gone := holding(c, "h1", gplx, "k1"), holding(c, "gone", gplx, "k2")
	give(t, s, c, h, gone)
	end(t, s, gone)
	e := event(h, wallet.CredentialSuspended, 70)
	nowhere := placed(c, "h9", 6)
	other := placed(c, "h9", 5)
	other.Agency = "c06"
	odd := holding(c, "h9", gplx, "k9")
	odd.Standing = wallet.Standing{Status: "paused"}
	lockedCitizen := citizen(2)
	lockedCitizen.Lock = wallet.Lock{Reason: wallet.Death}
	reasoned := wallet.Standing{Reason: "none"}
	before := read(t, s, c)
	beforeList, _ := list(t, s, 1)
	for _, tt := range []struct {
		name string
		f    func(tx issuer.Tx) error
		code fault.Code
	}{
		{"open without an agency", func(tx issuer.Tx) error { _, err := tx.OpenStatusList("", 10, at(1)); return err }, fault.CodeInternal},
		{"open without positions", func(tx issuer.Tx) error { _, err := tx.OpenStatusList(csgt, 0, at(1)); return err }, fault.CodeInternal},
		{"open with too many", func(tx issuer.Tx) error { _, err := tx.OpenStatusList(csgt, 1<<40, at(1)); return err }, fault.CodeInternal},
		{"take of no list", func(tx issuer.Tx) error { _, err := tx.TakeStatus(csgt, wallet.StatusRef{Index: 1}); return err }, fault.CodeInternal},
		{"take of a list to come", func(tx issuer.Tx) error { _, err := tx.TakeStatus(csgt, wallet.StatusRef{List: 2}); return err }, fault.CodeInternal},
		{"take of another agency", func(tx issuer.Tx) error { _, err := tx.TakeStatus("c06", taken); return err }, fault.CodeInternal},
		{"take beyond the list", func(tx issuer.Tx) error {
			_, err := tx.TakeStatus(csgt, wallet.StatusRef{List: 1, Index: listSize})
			return err
		}, fault.CodeInternal},
		{"take before the list", func(tx issuer.Tx) error {
			_, err := tx.TakeStatus(csgt, wallet.StatusRef{List: 1, Index: -1})
			return err
		}, fault.CodeInternal},
		{"mark what was not taken", func(tx issuer.Tx) error {
			return tx.MarkStatus(csgt, wallet.StatusRef{List: 1, Index: 6}, revoked)
		}, fault.CodeInternal},
		{"mark beyond the list", func(tx issuer.Tx) error {
			return tx.MarkStatus(csgt, wallet.StatusRef{List: 1, Index: listSize}, revoked)
		}, fault.CodeInternal},
		{"mark with no known status", func(tx issuer.Tx) error { return tx.MarkStatus(csgt, taken, odd.Standing) }, fault.CodeInternal},
		{"mark valid with a reason", func(tx issuer.Tx) error { return tx.MarkStatus(csgt, taken, reasoned) }, fault.CodeInternal},
		{"add at a place that was not taken", func(tx issuer.Tx) error { return tx.Add(nowhere, e) }, fault.CodeInternal},
		{"add at a place of another agency", func(tx issuer.Tx) error { return tx.Add(other, e) }, fault.CodeInternal},
		{"add with no known status", func(tx issuer.Tx) error { return tx.Add(odd, e) }, fault.CodeInternal},
		{"add a citizen with a lock", func(tx issuer.Tx) error { return tx.AddCitizen(lockedCitizen) }, fault.CodeInternal},
		{"say of what is not there", func(tx issuer.Tx) error { return tx.SetStanding("h9", revoked, e) }, fault.CodeCredentialUnknown},
		{"say of what has ended", func(tx issuer.Tx) error { return tx.SetStanding(gone.ID, revoked, e) }, fault.CodeCredentialUnknown},
		{"say nothing known", func(tx issuer.Tx) error { return tx.SetStanding(h.ID, odd.Standing, e) }, fault.CodeInternal},
		{"say without an event", func(tx issuer.Tx) error { return tx.SetStanding(h.ID, revoked, wallet.Event{}) }, fault.CodeInternal},
		{"lock nobody", func(tx issuer.Tx) error { return tx.SetLock("nobody", wallet.Lock{Reason: wallet.Death}, e) }, fault.CodeCitizenUnknown},
		{"lock without an event", func(tx issuer.Tx) error {
			return tx.SetLock(c.ID, wallet.Lock{Reason: wallet.Death}, wallet.Event{})
		}, fault.CodeInternal},
		{"end the sessions of nobody", func(tx issuer.Tx) error { return tx.EndSessions("nobody", at(1)) }, fault.CodeCitizenUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantFault(t, tt.name, s.Issue(t.Context(), tt.f), tt.code)
			same(t, "afterwards", read(t, s, c), before)
			l, entries := list(t, s, 1)
			same(t, "the list afterwards", l, beforeList)
			same(t, "entries afterwards", len(entries), 0)
		})
	}
}

func statusErrorKeepsNothing(t *testing.T, s Subject) {
	c := citizen(1)
	l := openList(t, s)
	h := holding(c, "h1", gplx, "k1")
	give(t, s, c, h)
	before := read(t, s, c)
	stop := errors.New("stop")
	ref := wallet.StatusRef{List: 1, Index: 5}
	err := s.Issue(t.Context(), func(tx issuer.Tx) error {
		free, err := tx.TakeStatus(csgt, ref)
		same(t, "free", free, true)
		_, opened := tx.OpenStatusList(csgt, 10, at(1))
		return errors.Join(err, opened, tx.MarkStatus(csgt, ref, revoked),
			tx.SetStanding(h.ID, revoked, event(h, wallet.CredentialRevoked, 50)),
			tx.SetLock(c.ID, wallet.Lock{Reason: wallet.Death}, event(h, wallet.WalletLocked, 51)), tx.EndSessions(c.ID, at(50)), stop)
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	s = s.Reopen(t)
	same(t, "afterwards", read(t, s, c), before)
	same(t, "lists", must[[]issuer.StatusList](t)(s.StatusLists(t.Context())), []issuer.StatusList{l})
	take(t, s, ref) // what was given up is free
}

func statusSurvivesRestart(t *testing.T, s Subject) {
	openList(t, s)
	r := rand.New(rand.NewPCG(3, 1))
	want := map[int]wallet.Standing{}
	issue(t, s, func(tx issuer.Tx) error {
		for _, index := range r.Perm(listSize)[:listSize/2] {
			ref := wallet.StatusRef{List: 1, Index: index}
			if free, err := tx.TakeStatus(csgt, ref); err != nil || !free {
				return errors.Join(err, errors.New("not free"))
			}
			if index%7 == 0 {
				want[index] = []wallet.Standing{suspended, withheld, revoked}[index%3]
				if err := tx.MarkStatus(csgt, ref, want[index]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	before, entries := list(t, s, 1)
	s = s.Reopen(t)
	after, again := list(t, s, 1)
	same(t, "list", after, before)
	same(t, "entries", again, entries)
	same(t, "taken", after.Taken, listSize/2)
	got := map[int]wallet.Standing{}
	last := -1
	for _, e := range again {
		if e.Index <= last {
			t.Fatalf("entry %d after %d", e.Index, last)
		}
		last, got[e.Index] = e.Index, e.Standing
	}
	same(t, "marked", got, want)
}

// raceTake: all want the same few positions; each goes to one.
func raceTake(t *testing.T, s Subject) {
	openList(t, s)
	const positions = 12
	var mu sync.Mutex
	got := map[int]int{}
	race(racers, func(i int) {
		for n := range positions {
			index := (n + i) % positions
			var free bool
			err := s.Issue(t.Context(), func(tx issuer.Tx) error {
				var err error
				free, err = tx.TakeStatus(csgt, wallet.StatusRef{List: 1, Index: index})
				return err
			})
			if err != nil {
				t.Errorf("TakeStatus: %v", err)
			}
			if free {
				mu.Lock()
				got[index]++
				mu.Unlock()
			}
		}
	})
	for index := range positions {
		same(t, fmt.Sprintf("takers of %d", index), got[index], 1)
	}
	l, _ := list(t, s, 1)
	same(t, "taken", l.Taken, positions)
}

func cancelledStatus(t *testing.T, s Subject) {
	openList(t, s)
	ctx := cancelled(t)
	_, err := s.StatusLists(ctx)
	wantCancelled(t, "StatusLists", err)
	_, _, err = s.StatusList(ctx, csgt, 1)
	wantCancelled(t, "StatusList", err)
	_, err = s.ActiveByRecord(ctx, gplx, "k")
	wantCancelled(t, "ActiveByRecord", err)
}
