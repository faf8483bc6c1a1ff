package storetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

var issueTests = []test{
	{"a citizen is found by number", citizenFound},
	{"a new number replaces the former", renumbered},
	{"a cancelled number stays cancelled", numberCancelled},
	{"a transaction sees its own changes", ownChanges},
	{"active holdings by document and record", activeSets},
	{"keys that join to the same text stay apart", keysApart},
	{"an ended holding is ended", holdingEnded},
	{"refusals", issueRefusals},
	{"an error keeps nothing", errorKeepsNothing},
	{"a cancelled context changes nothing", cancelledIssue},
}

func citizenFound(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	same(t, "citizen", must[wallet.Citizen](t)(s.CitizenByNumber(t.Context(), c.Number)), c)
	for _, number := range []string{other.Number, "", c.Number[:11], c.Number + "0", c.ID} {
		_, err := s.CitizenByNumber(t.Context(), number)
		wantFault(t, "number "+number, err, fault.CodeCitizenUnknown)
		issue(t, s, func(tx issuer.Tx) error {
			_, err := tx.CitizenByNumber(number)
			wantFault(t, "in a transaction, number "+number, err, fault.CodeCitizenUnknown)
			return nil
		})
	}
}

func renumbered(t *testing.T, s Subject) {
	c, later := citizen(1), citizen(2)
	give(t, s, c, holding(c, "h1", canCuoc, c.Number))
	former, number := c.Number, "999000000077"
	issue(t, s, func(tx issuer.Tx) error { return tx.Renumber(c.ID, number) })
	c.Number = number
	same(t, "by the new number", must[wallet.Citizen](t)(s.CitizenByNumber(t.Context(), number)), c)
	_, err := s.CitizenByNumber(t.Context(), former)
	wantFault(t, "by the former number", err, fault.CodeCitizenUnknown)
	same(t, "holdings stay", ids(must[[]wallet.Holding](t)(s.Holdings(t.Context(), c.ID))), []string{"h1"})

	issue(t, s, func(tx issuer.Tx) error { return tx.Renumber(c.ID, number) }) // its own number: nothing to do
	same(t, "after its own number", must[wallet.Citizen](t)(s.CitizenByNumber(t.Context(), number)), c)

	later.Number = former
	give(t, s, later)
	same(t, "the former number is free", must[wallet.Citizen](t)(s.CitizenByNumber(t.Context(), former)), later)
}

func numberCancelled(t *testing.T, s Subject) {
	cancelled := func(number string) string {
		var by []string
		issue(t, s, func(tx issuer.Tx) error {
			var err error
			by, err = tx.CancelledBy(number)
			return err
		})
		return strings.Join(by, " ")
	}
	const number, other = "999000000066", "999000000067"
	if cancelled(number) != "" || cancelled("") != "" {
		t.Error("cancelled before anybody said so")
	}
	issue(t, s, func(tx issuer.Tx) error {
		if err := tx.CancelNumber(number, "one"); err != nil {
			return err
		}
		if by, err := tx.CancelledBy(number); err != nil || len(by) != 1 {
			t.Error("not seen in its own transaction", err)
		}
		return errors.Join(tx.CancelNumber(number, "one"), tx.CancelNumber(number, "another"))
	})
	if s = s.Reopen(t); cancelled(number) != "another one" || cancelled(other) != "" || cancelled(number[:6]) != "" {
		t.Error("lost, or spread")
	}
}

func ownChanges(t *testing.T, s Subject) {
	c := citizen(1)
	h, h2 := holding(c, "h1", gplx, "790000000001"), holding(c, "h2", gplx, "790000000001")
	issue(t, s, func(tx issuer.Tx) error {
		if err := tx.AddCitizen(c); err != nil {
			return err
		}
		found, err := tx.CitizenByNumber(c.Number)
		if err != nil {
			return err
		}
		same(t, "citizen", found, c)
		if err := tx.Add(h, event(h, wallet.CredentialIssued, 1)); err != nil {
			return err
		}
		same(t, "added, by document", must[[]wallet.Holding](t)(tx.ActiveByDocument(c.ID, gplx)), []wallet.Holding{h})
		same(t, "added, by record", must[[]wallet.Holding](t)(tx.ActiveByRecord(gplx, h.RecordKey)), []wallet.Holding{h})
		if err := tx.End(h.ID, wallet.Superseded, at(2), event(h, wallet.CredentialSuperseded, 2)); err != nil {
			return err
		}
		same(t, "ended, by document", ids(must[[]wallet.Holding](t)(tx.ActiveByDocument(c.ID, gplx))), []string{})
		same(t, "ended, by record", ids(must[[]wallet.Holding](t)(tx.ActiveByRecord(gplx, h.RecordKey))), []string{})
		if err := tx.Renumber(c.ID, "999000000088"); err != nil {
			return err
		}
		if _, err := tx.CitizenByNumber("999000000088"); err != nil {
			return err
		}
		return tx.Add(h2, event(h2, wallet.CredentialIssued, 3))
	})
	same(t, "afterwards", ids(must[[]wallet.Holding](t)(s.Holdings(t.Context(), c.ID))), []string{"h2"})
}

func activeSets(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	car := "RLCAB12345 6789012"
	give(t, s, a, holding(a, "a-card", canCuoc, a.Number), holding(a, "a-car", xe, car), holding(a, "a-bike", xe, "RLB"))
	give(t, s, b, holding(b, "b-car", xe, car)) // co-owner on the same certificate
	issue(t, s, func(tx issuer.Tx) error {
		for _, tt := range []struct {
			what string
			got  []wallet.Holding
			want []string
		}{
			{"a's vehicles", must[[]wallet.Holding](t)(tx.ActiveByDocument(a.ID, xe)), []string{"a-bike", "a-car"}},
			{"b's vehicles", must[[]wallet.Holding](t)(tx.ActiveByDocument(b.ID, xe)), []string{"b-car"}},
			{"b's licences", must[[]wallet.Holding](t)(tx.ActiveByDocument(b.ID, gplx)), []string{}},
			{"nobody's", must[[]wallet.Holding](t)(tx.ActiveByDocument("nobody", xe)), []string{}},
			{"the car", must[[]wallet.Holding](t)(tx.ActiveByRecord(xe, car)), []string{"a-car", "b-car"}},
			{"the same key of another document", must[[]wallet.Holding](t)(tx.ActiveByRecord(gplx, car)), []string{}},
			{"part of a key", must[[]wallet.Holding](t)(tx.ActiveByRecord(xe, "RL")), []string{}},
		} {
			sameSet(t, tt.what, ids(tt.got), tt.want)
		}
		return nil
	})
}

// keysApart: a store that joins parts with a separator must not mix up tuples
// that join to the same text.
func keysApart(t *testing.T, s Subject) {
	pairs := [][2]string{
		{"a", "b/c"}, {"a/b", "c"}, {"a", "b:c"}, {"a:b", "c"}, {"a", "b|c"}, {"a|b", "c"}, {"a", "bc"}, {"ab", "c"},
		{"a", "b\x01c"}, {"a\x01b", "c"}, {"a", "b c"}, {"a b", "c"}, {"a", ""},
		{"\u00e1", "\u00e9"}, {"a\u0301", "e\u0301"}, {"\u0110", "1"}, {"\u00d0", "1"},
	}
	c := citizen(1)
	give(t, s, c)
	for i, p := range pairs {
		issue(t, s, func(tx issuer.Tx) error {
			h := holding(c, string(rune('a'+i)), p[0], p[1])
			return tx.Add(h, event(h, wallet.CredentialIssued, 1))
		})
	}
	issue(t, s, func(tx issuer.Tx) error {
		for i, p := range pairs {
			got := must[[]wallet.Holding](t)(tx.ActiveByRecord(p[0], p[1]))
			same(t, "holdings under one key", ids(got), []string{string(rune('a' + i))})
		}
		return nil
	})
}

func holdingEnded(t *testing.T, s Subject) {
	c := citizen(1)
	h, stays := holding(c, "h1", gplx, "k1"), holding(c, "h2", gplx, "k2")
	give(t, s, c, h, stays)
	end(t, s, h)
	h.State, h.EndedAt = wallet.Superseded, at(30)
	same(t, "the ended one", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
	same(t, "holdings", must[[]wallet.Holding](t)(s.Holdings(t.Context(), c.ID)), []wallet.Holding{stays})
	same(t, "active", must[[]wallet.Holding](t)(s.Active(t.Context(), c.ID)), []wallet.Holding{stays})
	issue(t, s, func(tx issuer.Tx) error {
		same(t, "by document", must[[]wallet.Holding](t)(tx.ActiveByDocument(c.ID, gplx)), []wallet.Holding{stays})
		same(t, "by record", ids(must[[]wallet.Holding](t)(tx.ActiveByRecord(gplx, "k1"))), []string{})
		return nil
	})
}

func issueRefusals(t *testing.T, s Subject) {
	c, taken, unknown := citizen(1), citizen(2), citizen(3)
	h, gone := holding(c, "h1", gplx, "k1"), holding(c, "gone", gplx, "k2")
	give(t, s, c, h, gone)
	give(t, s, taken)
	end(t, s, gone)
	ended := h
	ended.ID, ended.State = "h9", wallet.Superseded
	noState, endedAt := holding(c, "h9", gplx, "k"), holding(c, "h9", gplx, "k")
	noState.State, endedAt.EndedAt = "", at(1)
	e := event(h, wallet.CredentialIssued, 40)
	before := read(t, s, c, taken, unknown)
	for _, tt := range []struct {
		name string
		f    func(tx issuer.Tx) error
		code fault.Code
	}{
		{"number taken", func(tx issuer.Tx) error {
			return tx.AddCitizen(wallet.Citizen{ID: "new", Number: c.Number})
		}, fault.CodePersonConflict},
		{"citizen id taken", func(tx issuer.Tx) error {
			return tx.AddCitizen(wallet.Citizen{ID: c.ID, Number: unknown.Number})
		}, fault.CodeInternal},
		{"citizen without number", func(tx issuer.Tx) error { return tx.AddCitizen(wallet.Citizen{ID: "new"}) }, fault.CodeInternal},
		{"citizen without id", func(tx issuer.Tx) error { return tx.AddCitizen(wallet.Citizen{Number: "9"}) }, fault.CodeInternal},
		{"renumber to a taken number", func(tx issuer.Tx) error { return tx.Renumber(c.ID, taken.Number) }, fault.CodePersonConflict},
		{"cancel no number", func(tx issuer.Tx) error { return tx.CancelNumber("", "c") }, fault.CodeInternal},
		{"cancel for nobody", func(tx issuer.Tx) error { return tx.CancelNumber("999000000068", "") }, fault.CodeInternal},
		{"renumber to none", func(tx issuer.Tx) error { return tx.Renumber(c.ID, "") }, fault.CodeInternal},
		{"renumber nobody", func(tx issuer.Tx) error { return tx.Renumber(unknown.ID, "9") }, fault.CodeCitizenUnknown},
		{"add for nobody", func(tx issuer.Tx) error { return tx.Add(holding(unknown, "h9", gplx, "k"), e) }, fault.CodeCitizenUnknown},
		{"holding id taken", func(tx issuer.Tx) error { return tx.Add(holding(taken, h.ID, gplx, "k"), e) }, fault.CodeInternal},
		{"id of an ended holding", func(tx issuer.Tx) error { return tx.Add(gone, e) }, fault.CodeInternal},
		{"add an ended holding", func(tx issuer.Tx) error { return tx.Add(ended, e) }, fault.CodeInternal},
		{"add a holding with an end", func(tx issuer.Tx) error { return tx.Add(endedAt, e) }, fault.CodeInternal},
		{"add a holding with no state", func(tx issuer.Tx) error { return tx.Add(noState, e) }, fault.CodeInternal},
		{"add with no event", func(tx issuer.Tx) error { return tx.Add(holding(c, "h9", gplx, "k"), wallet.Event{}) }, fault.CodeInternal},
		{"end what is not there", func(tx issuer.Tx) error { return tx.End("h9", wallet.Superseded, at(1), e) }, fault.CodeCredentialUnknown},
		{"end what has ended", func(tx issuer.Tx) error { return tx.End(gone.ID, wallet.Superseded, at(1), e) }, fault.CodeCredentialUnknown},
		{"end into active", func(tx issuer.Tx) error { return tx.End(h.ID, wallet.Active, at(1), e) }, fault.CodeInternal},
		{"end with no event", func(tx issuer.Tx) error { return tx.End(h.ID, wallet.Superseded, at(1), wallet.Event{}) }, fault.CodeInternal},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantFault(t, tt.name, s.Issue(t.Context(), tt.f), tt.code)
			same(t, "afterwards", read(t, s, c, taken, unknown), before)
		})
	}
}

func errorKeepsNothing(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	h := holding(c, "h1", gplx, "k1")
	give(t, s, c, h)
	before := read(t, s, c, other)
	stop := errors.New("stop")
	got := s.Issue(t.Context(), func(tx issuer.Tx) error {
		if err := tx.AddCitizen(other); err != nil {
			return err
		}
		if err := tx.Renumber(c.ID, "999000000099"); err != nil {
			return err
		}
		if err := tx.End(h.ID, wallet.Superseded, at(50), event(h, wallet.CredentialEnded, 50)); err != nil {
			return err
		}
		n := holding(other, "h2", gplx, "k1")
		if err := tx.Add(n, event(n, wallet.CredentialIssued, 51)); err != nil {
			return err
		}
		return stop
	})
	if got != stop { //nolint:errorlint // as it is, not wrapped
		t.Errorf("Issue gave %v, want the function's own error", got)
	}
	same(t, "afterwards", read(t, s, c, other), before)
	issue(t, s, func(tx issuer.Tx) error {
		same(t, "record's holder", ids(must[[]wallet.Holding](t)(tx.ActiveByRecord(gplx, "k1"))), []string{"h1"})
		_, err := tx.CitizenByNumber("999000000099")
		wantFault(t, "the number that was given up", err, fault.CodeCitizenUnknown)
		return nil
	})
	give(t, s, other, holding(other, "h2", gplx, "k9")) // everything that was given up is free
}

func cancelledIssue(t *testing.T, s Subject) {
	c := citizen(1)
	called := false
	err := s.Issue(cancelled(t), func(tx issuer.Tx) error {
		called = true
		return tx.AddCitizen(c)
	})
	wantCancelled(t, "Issue", err)
	if called {
		t.Error("the function was called")
	}
	_, err = s.CitizenByNumber(t.Context(), c.Number)
	wantFault(t, "the citizen", err, fault.CodeCitizenUnknown)
}
