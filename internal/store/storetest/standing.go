package storetest

import (
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

func standingSaid(t *testing.T, s Subject) {
	c := citizen(1)
	h, other := holding(c, "h1", gplx, "k1"), holding(c, "h2", gplx, "k2")
	give(t, s, c, h, other)
	for i, standing := range []wallet.Standing{suspended, withheld, {}, revoked} {
		e := event(h, wallet.CredentialSuspended, 50+i)
		issue(t, s, func(tx issuer.Tx) error { return tx.SetStanding(h.ID, standing, e) })
		h.Standing = standing
		same(t, "holding", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
		same(t, "active", must[[]wallet.Holding](t)(s.Active(t.Context(), c.ID)), []wallet.Holding{h, other})
		same(t, "event", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, 1)), []wallet.Event{e})
	}
	end(t, s, h)
	h.State, h.EndedAt = wallet.Superseded, at(30)
	same(t, "ended", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
}

func reissuesKept(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	issue(t, s, func(tx issuer.Tx) error { return tx.SetReissues(c.ID, []time.Time{at(1), at(2)}) })
	issue(t, s, func(tx issuer.Tx) error { return tx.SetReissues(c.ID, []time.Time{at(2), at(3)}) })
	s = s.Reopen(t)
	issue(t, s, func(tx issuer.Tx) error {
		same(t, "kept", must[[]time.Time](t)(tx.Reissues(c.ID)), []time.Time{at(2), at(3)})
		same(t, "somebody else's", len(must[[]time.Time](t)(tx.Reissues(other.ID))), 0)
		return nil
	})
	err := s.Issue(t.Context(), func(tx issuer.Tx) error { return tx.SetReissues("nobody", nil) })
	wantFault(t, "nobody", err, fault.CodeCitizenUnknown)
}

// lock sets a lock at(60).
func lock(t *testing.T, s Store, c wallet.Citizen, l wallet.Lock) wallet.Event {
	t.Helper()
	e := wallet.Event{ID: "lock-" + string(l.Reason), Owner: c.ID, Kind: wallet.WalletLocked, At: at(60)}
	issue(t, s, func(tx issuer.Tx) error { return tx.SetLock(c.ID, l, e) })
	return e
}

func walletLocked(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	h, theirs := holding(c, "h1", gplx, "k1"), holding(other, "h2", gplx, "k2")
	give(t, s, c, h)
	give(t, s, other, theirs)
	for _, l := range []wallet.Lock{{Reason: wallet.LostPhone, At: at(60)}, {Reason: wallet.TermsBreach, At: at(61), LostToo: true}, {}, {Reason: wallet.Death, At: at(62)}} {
		e := lock(t, s, c, l)
		c.Lock, h.Lock = l, l
		same(t, "citizen", must[wallet.Citizen](t)(s.CitizenByNumber(t.Context(), c.Number)), c)
		same(t, "holding", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
		same(t, "event", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, 1)), []wallet.Event{e})
		s = s.Reopen(t)
	}
	issue(t, s, func(tx issuer.Tx) error { return tx.Renumber(c.ID, "999000000055") })
	c.Number = "999000000055"
	same(t, "under a new number", must[wallet.Citizen](t)(s.CitizenByNumber(t.Context(), c.Number)), c)
	same(t, "somebody else", must[wallet.Citizen](t)(s.CitizenByNumber(t.Context(), other.Number)), other)
	same(t, "somebody else's", must[wallet.Holding](t)(s.Holding(t.Context(), other.ID, theirs.ID)), theirs)
}

func sessionsEnded(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	open := func(owner wallet.Citizen, n int) session.Session {
		putActivation(t, s, activation(owner, n))
		d, ses, e := device(owner, n)
		enrol(t, s, activation(owner, n).Locator, d, ses, e)
		return ses
	}
	before, equal, after, theirs := open(c, 10), open(c, 20), open(c, 21), open(other, 5)
	for _, moment := range []int{20, 15} { // an earlier moment does not undo the later one
		issue(t, s, func(tx issuer.Tx) error { return tx.EndSessions(c.ID, at(moment)) })
		for what, ses := range map[string]session.Session{"before": before, "at the moment": equal} {
			got := must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash))
			same(t, what, got.RevokedAt, at(20))
		}
		for what, ses := range map[string]session.Session{"after": after, "somebody else's": theirs} {
			same(t, what, must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
		}
		s = s.Reopen(t)
	}
	// A code that lies about opens nothing any more; one handed out later does.
	lying, spared := activation(c, 40), activation(other, 41)
	putActivation(t, s, lying)
	putActivation(t, s, spared)
	issue(t, s, func(tx issuer.Tx) error { return tx.EndSessions(c.ID, at(45)) })
	_, err := s.BeginAttempt(t.Context(), lying.Locator, at(46), 5)
	wantFault(t, "a code from before", err, fault.CodeActivationUnknown)
	d, ses, e := device(c, 40)
	wantFault(t, "enrolling with it", s.Enrol(t.Context(), lying.Locator, at(46), d, ses, e), fault.CodeActivationUnknown)
	if _, err := s.BeginAttempt(t.Context(), spared.Locator, at(46), 5); err != nil {
		t.Error("somebody else's code:", err)
	}
	open(c, 47)
}

func recordRefusesStanding(t *testing.T, s Subject) {
	c := citizen(1)
	h, fine := holding(c, "h1", gplx, "k1"), holding(c, "h2", canCuoc, "k2")
	give(t, s, c, h, fine)
	say := func(standing wallet.Standing) func() {
		return func() {
			issue(t, s, func(tx issuer.Tx) error {
				return tx.SetStanding(h.ID, standing, event(h, wallet.CredentialSuspended, 50))
			})
		}
	}
	n := 0
	for _, step := range []struct {
		name        string
		do          func()
		code, alone fault.Code // of both holdings, of the other alone
	}{
		{"valid", func() {}, "", ""},
		{"suspended", say(suspended), fault.CodeCredentialSuspended, ""},
		{"withheld", say(withheld), fault.CodeCredentialWithheld, ""},
		{"restored", say(wallet.Standing{}), "", ""},
		{"locked", func() { lock(t, s, c, wallet.Lock{Reason: wallet.LostPhone, At: at(60)}) }, fault.CodeWalletLocked, fault.CodeWalletLocked},
		{"unlocked", func() { lock(t, s, c, wallet.Lock{}) }, "", ""},
		{"revoked", say(revoked), fault.CodeCredentialRevoked, ""},
	} {
		step.do()
		for _, try := range []struct {
			hs   []wallet.Holding
			code fault.Code
		}{{[]wallet.Holding{fine, h}, step.code}, {[]wallet.Holding{fine}, step.alone}} {
			n++
			before := len(history(t, s, c.ID, many))
			err := s.Record(t.Context(), entry(c, n, try.hs...))
			kept := len(history(t, s, c.ID, many)) - before
			if try.code == "" {
				if err != nil || kept != 1 {
					t.Errorf("%s: %v, %d kept", step.name, err, kept)
				}
				continue
			}
			wantFault(t, step.name, err, try.code)
			if kept != 0 {
				t.Errorf("%s: the entry was kept", step.name)
			}
			refused := entry(c, n, try.hs...)
			refused.Outcome, refused.Code = disclosure.Refused, string(try.code)
			record(t, s, refused)
		}
	}
}
