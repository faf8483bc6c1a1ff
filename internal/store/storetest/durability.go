package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

var durabilityTests = []test{
	{"everything is there after a restart", survivesRestart},
	{"an empty store restarts empty", restartsEmpty},
	{"nothing of what was given up comes back", restartKeepsNothing},
	{"large batches", largeBatch},
}

func survivesRestart(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	card, car, old := holding(a, "card", canCuoc, a.Number), holding(a, "car", xe, "VIN"), holding(a, "old", gplx, "k")
	give(t, s, a, card, car, old)
	give(t, s, b, holding(b, "b-car", xe, "VIN"))
	end(t, s, old)
	issue(t, s, func(tx issuer.Tx) error { return tx.Renumber(b.ID, "999000000055") })
	for n := range 7 {
		record(t, s, entry(a, n, card, car))
	}
	refused := entry(a, 8, old)
	refused.Outcome, refused.Code = disclosure.Refused, string(fault.CodeNotInForce)
	record(t, s, refused)
	putActivation(t, s, activation(a, 1))
	d, ses, e := device(a, 1)
	enrol(t, s, "LOC1", d, ses, e)
	putActivation(t, s, activation(b, 2))
	begin(t, s, "LOC2", 1)

	renumbered := b
	renumbered.Number = "999000000055"
	before := read(t, s, a, b, renumbered)
	for range 2 {
		s = s.Reopen(t)
		same(t, "after a restart", read(t, s, a, b, renumbered), before)
	}
	old.State, old.EndedAt = wallet.Superseded, at(30)
	same(t, "ended holding", must[wallet.Holding](t)(s.Holding(t.Context(), a.ID, old.ID)), old)
	same(t, "session", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	begin(t, s, "LOC2", 2)
	_, err := s.BeginAttempt(t.Context(), "LOC1", at(5), tries)
	wantFault(t, "the used activation", err, fault.CodeActivationUsed)
	wantFault(t, "sharing from the ended one", s.Record(t.Context(), entry(a, 9, old)), fault.CodeCredentialUnknown)
	issue(t, s, func(tx issuer.Tx) error {
		sameSet(t, "the vehicle", ids(must[[]wallet.Holding](t)(tx.ActiveByRecord(xe, "VIN"))), []string{"car", "b-car"})
		return tx.End("car", wallet.Superseded, at(31), event(car, wallet.CredentialEnded, 31))
	})
}

func restartsEmpty(t *testing.T, s Subject) {
	c := citizen(1)
	before := read(t, s, c)
	s = s.Reopen(t)
	same(t, "after a restart", read(t, s, c), before)
	give(t, s, c)
	if after := read(t, s, c); !after[0].Known || len(after[0].Holdings) != 0 {
		t.Errorf("after a restart a citizen reads as %+v", after)
	}
}

func restartKeepsNothing(t *testing.T, s Subject) {
	c := citizen(1)
	stop := errors.New("stop")
	err := s.Issue(t.Context(), func(tx issuer.Tx) error {
		if err := tx.AddCitizen(c); err != nil {
			return err
		}
		h := holding(c, "h1", gplx, "k")
		if err := tx.Add(h, event(h, wallet.CredentialIssued, 1)); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatalf("Issue gave %v", err)
	}
	s = s.Reopen(t)
	same(t, "after a restart", read(t, s, c), []readable{{}})
}

// largeBatch is an importer's transaction: many citizens, each with holdings
// of some size.
func largeBatch(t *testing.T, s Subject) {
	const citizens = 400
	portrait := make([]byte, 12_000)
	for i := range portrait {
		portrait[i] = 'A' + byte(i%26)
	}
	batch := func(i int) (wallet.Citizen, []wallet.Holding) {
		c := citizen(i)
		card, licence := holding(c, fmt.Sprintf("card-%d", i), canCuoc, c.Number), holding(c, fmt.Sprintf("gplx-%d", i), gplx, c.Number)
		card.Values["portrait"] = "data:image/jpeg;base64," + string(portrait)
		return c, []wallet.Holding{card, licence}
	}
	issue(t, s, func(tx issuer.Tx) error {
		for i := range citizens {
			c, hs := batch(i)
			if err := tx.AddCitizen(c); err != nil {
				return err
			}
			for _, h := range hs {
				if err := tx.Add(h, event(h, wallet.CredentialIssued, 20)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s = s.Reopen(t)
	for i := range citizens {
		c, hs := batch(i)
		same(t, c.ID, must[wallet.Citizen](t)(s.CitizenByNumber(t.Context(), c.Number)), c)
		same(t, "holdings of "+c.ID, must[[]wallet.Holding](t)(s.Holdings(t.Context(), c.ID)), hs)
		same(t, "events of "+c.ID, len(must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many))), len(hs))
	}
}
