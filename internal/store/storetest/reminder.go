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

var reminderTests = []test{
	{"reminders are due in order", remindersInOrder},
	{"a reminder is told once", reminderTold},
	{"what has ended reminds nobody", reminderActiveOnly},
	{"refusals", reminderRefusals},
}

// reminding makes a holding whose holder is told n seconds after at(0).
func reminding(owner wallet.Citizen, id string, n int) wallet.Holding {
	h := holding(owner, id, gplx, "key-"+id)
	h.RemindAt = whole(n)
	return h
}

// whole is at(n) without its nanoseconds.
func whole(n int) time.Time { return at(n).Truncate(time.Second) }

func remindersAt(t *testing.T, s Store, n int, after issuer.DueMark, limit int) []wallet.Holding {
	t.Helper()
	var found []wallet.Holding
	issue(t, s, func(tx issuer.Tx) error {
		var err error
		found, err = tx.RemindersDue(whole(n), after, limit)
		return err
	})
	return found
}

func remindersInOrder(t *testing.T, s Subject) {
	c := citizen(1)
	late, early, twin := reminding(c, "a-late", 300), reminding(c, "z-early", 100), reminding(c, "y-early", 100)
	give(t, s, c, late, early, twin, holding(c, "never", canCuoc, "k"))
	for n, want := range map[int][]string{99: {}, 100: {"y-early", "z-early"}, 299: {"y-early", "z-early"}, 300: {"y-early", "z-early", "a-late"}} {
		same(t, fmt.Sprint("due at ", n), ids(remindersAt(t, s, n, issuer.DueMark{}, many)), want)
	}
	s = s.Reopen(t)
	same(t, "the first", remindersAt(t, s, 300, issuer.DueMark{}, 1), []wallet.Holding{twin})
	mark := issuer.DueMark{At: twin.RemindAt, Holding: twin.ID}
	same(t, "behind the first", ids(remindersAt(t, s, 300, mark, many)), []string{"z-early", "a-late"})
	same(t, "credentials are not due for that", len(dueAt(t, s, 9999, issuer.DueMark{}, many)), 0)
}

func reminderTold(t *testing.T, s Subject) {
	c := citizen(1)
	h := reminding(c, "h1", 100)
	give(t, s, c, h)
	e := event(h, wallet.CredentialExpiring, 150)
	issue(t, s, func(tx issuer.Tx) error { return tx.Remind(h.ID, whole(200), &e) })
	want := h
	want.RemindAt = whole(200)
	for range 2 {
		same(t, "holding", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), want)
		same(t, "event", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, 1)), []wallet.Event{e})
		same(t, "not due", len(remindersAt(t, s, 199, issuer.DueMark{}, many)), 0)
		same(t, "due again", ids(remindersAt(t, s, 200, issuer.DueMark{}, many)), []string{"h1"})
		s = s.Reopen(t)
	}
	issue(t, s, func(tx issuer.Tx) error { return tx.Remind(h.ID, time.Time{}, nil) })
	want.RemindAt = time.Time{}
	same(t, "never again", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), want)
	same(t, "nothing due", len(remindersAt(t, s, 99_999, issuer.DueMark{}, many)), 0)
	same(t, "nothing told", len(must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many))), 2)
	issue(t, s, func(tx issuer.Tx) error { return tx.Remind(h.ID, whole(300), nil) })
	same(t, "and yet", ids(remindersAt(t, s, 300, issuer.DueMark{}, many)), []string{"h1"})
	signed := want
	signed.Credential = "e30.e30.bmV3~"
	issue(t, s, func(tx issuer.Tx) error { return tx.Resign(signed, event(h, wallet.CredentialRenewed, 160)) })
	same(t, "signed anew", ids(remindersAt(t, s, 300, issuer.DueMark{}, many)), []string{"h1"})
}

func reminderActiveOnly(t *testing.T, s Subject) {
	c := citizen(1)
	h, stays := reminding(c, "h1", 100), reminding(c, "h2", 100)
	give(t, s, c, h, stays)
	end(t, s, h)
	same(t, "due", ids(remindersAt(t, s, 9999, issuer.DueMark{}, many)), []string{"h2"})
	before := read(t, s, c)
	e := event(h, wallet.CredentialExpiring, 1)
	for what, f := range map[string]func(tx issuer.Tx) error{
		"of an ended one":  func(tx issuer.Tx) error { return tx.Remind(h.ID, whole(200), &e) },
		"of nothing":       func(tx issuer.Tx) error { return tx.Remind("nobody", whole(200), &e) },
		"without an event": func(tx issuer.Tx) error { return tx.Remind(h.ID, whole(200), nil) },
	} {
		wantFault(t, what, s.Issue(t.Context(), f), fault.CodeCredentialUnknown)
	}
	same(t, "everything", read(t, s, c), before)
}

func reminderRefusals(t *testing.T, s Subject) {
	c := citizen(1)
	h := reminding(c, "h1", 100)
	give(t, s, c, h)
	before := read(t, s, c)
	bad := event(h, wallet.CredentialExpiring, 1)
	bad.ID = ""
	stop := errors.New("stop")
	for what, f := range map[string]func(tx issuer.Tx) error{
		"a broken event":    func(tx issuer.Tx) error { return tx.Remind(h.ID, whole(200), &bad) },
		"part of a second":  func(tx issuer.Tx) error { return tx.Remind(h.ID, at(200), nil) },
		"before 1970":       func(tx issuer.Tx) error { return tx.Remind(h.ID, time.Unix(-1, 0), nil) },
		"a page of nothing": func(tx issuer.Tx) error { _, err := tx.RemindersDue(at(1), issuer.DueMark{}, 0); return err },
		"added with a part": func(tx issuer.Tx) error {
			odd := holding(c, "odd", gplx, "odd")
			odd.RemindAt = at(5)
			return tx.Add(odd, event(odd, wallet.CredentialIssued, 1))
		},
	} {
		wantFault(t, what, s.Issue(t.Context(), f), fault.CodeInternal)
	}
	err := s.Issue(t.Context(), func(tx issuer.Tx) error {
		e := event(h, wallet.CredentialExpiring, 1)
		return errors.Join(tx.Remind(h.ID, whole(200), &e), stop)
	})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
	s = s.Reopen(t)
	same(t, "everything", read(t, s, c), before)
	same(t, "still due", ids(remindersAt(t, s, 100, issuer.DueMark{}, many)), []string{"h1"})
}
