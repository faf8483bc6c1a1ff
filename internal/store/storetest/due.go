package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

var dueTests = []test{
	{"credentials are due by their end", dueInOrder},
	{"a credential is signed anew", resigned},
	{"what has ended is not due", dueActiveOnly},
	{"refusals", resignRefusals},
	{"an error keeps nothing", resignErrorKeepsNothing},
}

// ending makes a holding whose credential ends n seconds after at(0), while
// presentations go on.
func ending(owner wallet.Citizen, id string, n int) wallet.Holding {
	h := holding(owner, id, gplx, "key-"+id)
	h.CredentialExpiresAt = at(n).Truncate(time.Second)
	return h
}

// dueAt asks in a transaction of its own.
func dueAt(t *testing.T, s Store, n int, after issuer.DueMark, limit int) []wallet.Holding {
	t.Helper()
	var found []wallet.Holding
	issue(t, s, func(tx issuer.Tx) error {
		var err error
		found, err = tx.Due(at(n).Truncate(time.Second), after, limit)
		return err
	})
	return found
}

func markOf(h wallet.Holding) issuer.DueMark {
	return issuer.DueMark{At: h.CredentialExpiresAt, Holding: h.ID}
}

func dueInOrder(t *testing.T, s Subject) {
	c := citizen(1)
	late, early, twin := ending(c, "a-late", 300), ending(c, "z-early", 100), ending(c, "y-early", 100)
	same(t, "due in an empty store", len(dueAt(t, s, 9999, issuer.DueMark{}, many)), 0)
	whole, open := holding(c, "whole", canCuoc, "k"), holding(c, "open", xe, "k")
	open.CredentialExpiresAt = time.Time{}
	give(t, s, c, late, early, twin, whole, open)
	for n, want := range map[int][]string{99: {}, 100: {"y-early", "z-early"}, 299: {"y-early", "z-early"},
		300: {"y-early", "z-early", "a-late"}, 20_000: {"y-early", "z-early", "a-late"}} {
		same(t, fmt.Sprint("due at ", n), ids(dueAt(t, s, n, issuer.DueMark{}, many)), want)
	}
	same(t, "the first", dueAt(t, s, 300, issuer.DueMark{}, 1), []wallet.Holding{twin})
	same(t, "behind the first", ids(dueAt(t, s, 300, markOf(twin), many)), []string{"z-early", "a-late"})
	same(t, "behind one that is not there", ids(dueAt(t, s, 300, issuer.DueMark{At: twin.CredentialExpiresAt, Holding: "yz"}, many)), []string{"z-early", "a-late"})
	same(t, "behind all", len(dueAt(t, s, 300, markOf(late), many)), 0)
	s = s.Reopen(t)
	same(t, "after a restart", ids(dueAt(t, s, 300, issuer.DueMark{}, 2)), []string{"y-early", "z-early"})
}

func resigned(t *testing.T, s Subject) {
	c := citizen(1)
	h, other := ending(c, "h1", 100), ending(c, "h2", 100)
	give(t, s, c, h, other)
	given := must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID))
	e := event(h, wallet.CredentialRenewed, 200)
	change := h
	change.Credential, change.CredentialExpiresAt = "e30.e30.bmV3~", at(400).Truncate(time.Second)
	// Nothing else is taken over.
	change.Owner, change.RecordKey, change.Values, change.ExpiresAt, change.State = "somebody", "else", nil, at(1), wallet.Superseded
	issue(t, s, func(tx issuer.Tx) error {
		list := must[issuer.StatusList](t)(tx.OpenStatusList(h.Agency, listSize, at(1)))
		change.Status = wallet.StatusRef{List: list.Number, Index: 77}
		if ok := must[bool](t)(tx.TakeStatus(h.Agency, change.Status)); !ok {
			t.Error("the position is taken")
		}
		return tx.Resign(change, e)
	})
	given.Credential, given.CredentialExpiresAt, given.Status = change.Credential, change.CredentialExpiresAt, change.Status
	for range 2 {
		same(t, "holding", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), given)
		same(t, "active", must[[]wallet.Holding](t)(s.Active(t.Context(), c.ID)), []wallet.Holding{given, other})
		same(t, "event", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, 1)), []wallet.Event{e})
		same(t, "due", ids(dueAt(t, s, 399, issuer.DueMark{}, many)), []string{"h2"})
		same(t, "due later", ids(dueAt(t, s, 400, issuer.DueMark{}, many)), []string{"h2", "h1"})
		s = s.Reopen(t)
	}
	change.CredentialExpiresAt = given.ExpiresAt
	issue(t, s, func(tx issuer.Tx) error { return tx.Resign(change, event(h, wallet.CredentialRenewed, 201)) })
	same(t, "never due again", ids(dueAt(t, s, 20_000, issuer.DueMark{}, many)), []string{"h2"})
	issue(t, s, func(tx issuer.Tx) error { return errors.Join(tx.NotDue("h2"), tx.NotDue("h2"), tx.NotDue("h1")) })
	same(t, "nothing due", len(dueAt(t, s, 20_000, issuer.DueMark{}, many)), 0)
	same(t, "the one passed over", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, "h2")), other)
	other.CredentialExpiresAt = at(500).Truncate(time.Second)
	issue(t, s, func(tx issuer.Tx) error { return tx.Resign(other, event(other, wallet.CredentialRenewed, 202)) })
	same(t, "due again", ids(dueAt(t, s, 500, issuer.DueMark{}, many)), []string{"h2"})
}

func dueActiveOnly(t *testing.T, s Subject) {
	c := citizen(1)
	h, stays := ending(c, "h1", 100), ending(c, "h2", 100)
	give(t, s, c, h, stays)
	end(t, s, h)
	same(t, "due", ids(dueAt(t, s, 9999, issuer.DueMark{}, many)), []string{"h2"})
	before := read(t, s, c)
	for what, f := range map[string]func(tx issuer.Tx) error{
		"signing an ended one anew": func(tx issuer.Tx) error { return tx.Resign(h, event(h, wallet.CredentialRenewed, 1)) },
		"passing over an ended one": func(tx issuer.Tx) error { return tx.NotDue(h.ID) },
		"signing nothing anew": func(tx issuer.Tx) error {
			return tx.Resign(ending(c, "nobody", 1), event(h, wallet.CredentialRenewed, 1))
		},
		"passing over nothing": func(tx issuer.Tx) error { return tx.NotDue("nobody") },
	} {
		wantFault(t, what, s.Issue(t.Context(), f), fault.CodeCredentialUnknown)
	}
	same(t, "everything", read(t, s, c), before)
}

func resignRefusals(t *testing.T, s Subject) {
	c := citizen(1)
	h := ending(c, "h1", 100)
	give(t, s, c, h)
	before := read(t, s, c)
	free := h
	free.Status = wallet.StatusRef{List: 1, Index: 5}
	text := h
	text.Credential = "\xff"
	for what, f := range map[string]func(tx issuer.Tx) error{
		"a place that was not taken": func(tx issuer.Tx) error { return tx.Resign(free, event(h, wallet.CredentialRenewed, 1)) },
		"text that is not UTF-8":     func(tx issuer.Tx) error { return tx.Resign(text, event(h, wallet.CredentialRenewed, 1)) },
		"an event without a kind":    func(tx issuer.Tx) error { return tx.Resign(h, event(h, "", 1)) },
		"a page of nothing": func(tx issuer.Tx) error {
			_, err := tx.Due(at(1), issuer.DueMark{}, 0)
			return err
		},
	} {
		if err := s.Issue(t.Context(), f); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	same(t, "everything", read(t, s, c), before)
	same(t, "due", ids(dueAt(t, s, 100, issuer.DueMark{}, many)), []string{"h1"})
}

func resignErrorKeepsNothing(t *testing.T, s Subject) {
	c := citizen(1)
	h := ending(c, "h1", 100)
	give(t, s, c, h)
	before := read(t, s, c)
	change := h
	change.Credential, change.CredentialExpiresAt = "e30.e30.bmV3~", at(400)
	failed := errors.New("given up")
	err := s.Issue(t.Context(), func(tx issuer.Tx) error {
		return errors.Join(tx.Resign(change, event(h, wallet.CredentialRenewed, 1)), tx.NotDue(h.ID), failed)
	})
	if !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	same(t, "everything", read(t, s, c), before)
	same(t, "due", ids(dueAt(t, s, 100, issuer.DueMark{}, many)), []string{"h1"})
}
