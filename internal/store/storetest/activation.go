package storetest

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

var activationTests = []test{
	{"attempts are counted", attemptsCounted},
	{"an activation expires", activationExpires},
	{"a newer activation replaces the unused one", activationReplaced},
	{"a locator is taken once", locatorTaken},
	{"a device is enrolled once", enrolledOnce},
	{"enrolling is all or nothing", enrolRefusals},
	{"a check in person is bound to the code", confirmed},
	{"a cancelled context changes nothing", cancelledActivation},
}

// tries is the limit on attempts in these tests.
const tries = 5

func attemptsCounted(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	a := activation(c, 1)
	putActivation(t, s, a)
	for n := 1; n <= tries; n++ {
		got := must[session.Activation](t)(s.BeginAttempt(t.Context(), a.Locator, at(5), tries))
		a.Tries = n
		same(t, "activation", got, a)
		if n == 3 {
			s = s.Reopen(t) // a restart gives no further attempts
		}
	}
	for range 3 {
		got, err := s.BeginAttempt(t.Context(), a.Locator, at(5), tries)
		wantFault(t, "one more", err, fault.CodeActivationTries)
		same(t, "what is given with a fault", got, session.Activation{})
	}
	for _, locator := range []string{"LOC2", "LOC", "LOC11", "loc1", ""} {
		_, err := s.BeginAttempt(t.Context(), locator, at(5), tries)
		wantFault(t, "locator "+locator, err, fault.CodeActivationUnknown)
	}
	none := activation(c, 2)
	putActivation(t, s, none)
	_, err := s.BeginAttempt(t.Context(), none.Locator, at(5), 0)
	wantFault(t, "no attempts allowed", err, fault.CodeActivationTries)
}

func activationExpires(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	a := activation(c, 1)
	putActivation(t, s, a)
	for _, now := range []time.Time{a.ExpiresAt, a.ExpiresAt.Add(1), a.ExpiresAt.AddDate(100, 0, 0)} {
		_, err := s.BeginAttempt(t.Context(), a.Locator, now, tries)
		wantFault(t, now.String(), err, fault.CodeActivationExpired)
	}
	a.Tries = 1 // what was refused was not counted
	got := must[session.Activation](t)(s.BeginAttempt(t.Context(), a.Locator, a.ExpiresAt.Add(-1), tries))
	same(t, "a nanosecond before", got, a)

	d, ses, e := device(c, 1)
	enrol(t, s, a.Locator, d, ses, e)
	_, err := s.BeginAttempt(t.Context(), a.Locator, a.ExpiresAt, tries)
	wantFault(t, "used and expired", err, fault.CodeActivationUsed)

	b := activation(c, 2)
	putActivation(t, s, b)
	_, err = s.BeginAttempt(t.Context(), b.Locator, b.ExpiresAt, 0)
	wantFault(t, "expired and tried too often", err, fault.CodeActivationExpired)
}

func activationReplaced(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	putActivation(t, s, activation(c, 1))
	putActivation(t, s, activation(other, 2))
	putActivation(t, s, activation(c, 3))
	_, err := s.BeginAttempt(t.Context(), "LOC1", at(5), tries)
	wantFault(t, "the older one", err, fault.CodeActivationUnknown)
	d, ses, e := device(c, 1)
	wantFault(t, "enrolling by the older one", s.Enrol(t.Context(), "LOC1", at(5), d, ses, e), fault.CodeActivationUnknown)
	begin(t, s, "LOC2", 1)
	begin(t, s, "LOC3", 1)
	enrol(t, s, "LOC3", d, ses, e)

	putActivation(t, s, activation(c, 4)) // a used one is not replaced: it stays used
	_, err = s.BeginAttempt(t.Context(), "LOC3", at(5), tries)
	wantFault(t, "the used one", err, fault.CodeActivationUsed)
	begin(t, s, "LOC4", 1)
	begin(t, s, "LOC2", 2)
}

func locatorTaken(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	putActivation(t, s, activation(c, 1))
	putActivation(t, s, activation(other, 2))
	for _, owner := range []wallet.Citizen{c, other} {
		again := activation(owner, 1)
		again.Hash = []byte("another")
		wantFault(t, "taken locator", s.PutActivation(t.Context(), again), fault.CodeInternal)
	}
	a := activation(c, 1)
	a.Tries = 1
	same(t, "the one that has it", must[session.Activation](t)(s.BeginAttempt(t.Context(), "LOC1", at(5), tries)), a)
	begin(t, s, "LOC2", 1) // the unused one of whom was refused still works

	d, ses, e := device(c, 1)
	enrol(t, s, "LOC1", d, ses, e)
	wantFault(t, "a used locator", s.PutActivation(t.Context(), activation(c, 1)), fault.CodeInternal)
	nobody := activation(c, 3)
	nobody.Owner = ""
	wantFault(t, "no owner", s.PutActivation(t.Context(), nobody), fault.CodeInternal)
	used := activation(c, 3)
	used.UsedAt = at(3)
	wantFault(t, "used already", s.PutActivation(t.Context(), used), fault.CodeInternal)
	nowhere := activation(c, 3)
	nowhere.Locator = ""
	wantFault(t, "no locator", s.PutActivation(t.Context(), nowhere), fault.CodeInternal)
}

func enrolledOnce(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	putActivation(t, s, activation(c, 1))
	begin(t, s, "LOC1", 1)
	d, ses, e := device(c, 1)
	enrol(t, s, "LOC1", d, ses, e)
	same(t, "session", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	same(t, "events", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many)), []wallet.Event{e})

	d2, ses2, e2 := device(c, 2)
	wantFault(t, "a second use", s.Enrol(t.Context(), "LOC1", at(7), d2, ses2, e2), fault.CodeActivationUsed)
	_, err := s.SessionByHash(t.Context(), ses2.Hash)
	wantFault(t, "the second session", err, fault.CodeSessionInvalid)
	_, err = s.BeginAttempt(t.Context(), "LOC1", at(7), tries)
	wantFault(t, "an attempt afterwards", err, fault.CodeActivationUsed)
	s = s.Reopen(t)
	wantFault(t, "after a restart", s.Enrol(t.Context(), "LOC1", at(7), d2, ses2, e2), fault.CodeActivationUsed)
	same(t, "events", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many)), []wallet.Event{e})
}

func enrolRefusals(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	putActivation(t, s, activation(other, 1))
	taken, takenSes, takenEvent := device(other, 1)
	enrol(t, s, "LOC1", taken, takenSes, takenEvent)
	putActivation(t, s, activation(c, 2))
	d, ses, e := device(c, 2)
	for _, tt := range []struct {
		what   string
		change func(d *wallet.Device, ses *session.Session, e *wallet.Event)
	}{
		{"somebody else's device", func(d *wallet.Device, _ *session.Session, _ *wallet.Event) { d.Owner = other.ID }},
		{"somebody else's session", func(_ *wallet.Device, ses *session.Session, _ *wallet.Event) { ses.Owner = other.ID }},
		{"another device's session", func(_ *wallet.Device, ses *session.Session, _ *wallet.Event) { ses.Device = "other" }},
		{"session id taken", func(_ *wallet.Device, ses *session.Session, _ *wallet.Event) { ses.ID = takenSes.ID }},
		{"session hash taken", func(_ *wallet.Device, ses *session.Session, _ *wallet.Event) { ses.Hash = takenSes.Hash }},
		{"no session id", func(_ *wallet.Device, ses *session.Session, _ *wallet.Event) { ses.ID = "" }},
		{"no event", func(_ *wallet.Device, _ *session.Session, e *wallet.Event) { *e = wallet.Event{} }},
	} {
		d2, ses2, e2 := d, ses, e
		tt.change(&d2, &ses2, &e2)
		wantFault(t, tt.what, s.Enrol(t.Context(), "LOC2", at(5), d2, ses2, e2), fault.CodeInternal)
		_, err := s.SessionByHash(t.Context(), ses.Hash)
		wantFault(t, tt.what+": the session", err, fault.CodeSessionInvalid)
	}
	wantFault(t, "unknown locator", s.Enrol(t.Context(), "LOC9", at(5), d, ses, e), fault.CodeActivationUnknown)
	same(t, "the other's session", must[session.Session](t)(s.SessionByHash(t.Context(), takenSes.Hash)), takenSes)
	enrol(t, s, "LOC2", d, ses, e) // nothing of the refused ones is in the way
	same(t, "events", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many)), []wallet.Event{e})
}

func confirmed(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	a := activation(c, 1)
	putActivation(t, s, a)
	putActivation(t, s, activation(other, 2))
	confirm := func(owner, locator, agency string, moment time.Time) error {
		return s.ConfirmActivation(t.Context(), owner, locator, agency, moment)
	}
	for _, x := range []struct {
		what, owner, locator, agency string
		at                           time.Time
		code                         fault.Code
	}{
		{"somebody else's code", c.ID, "LOC2", "c06", at(5), fault.CodeActivationUnknown},
		{"an unknown code", c.ID, "LOC9", "c06", at(5), fault.CodeActivationUnknown},
		{"no code", c.ID, "", "c06", at(5), fault.CodeActivationUnknown},
		{"who has no code", "citizen-9", "", "c06", at(5), fault.CodeActivationUnknown},
		{"an expired code", c.ID, "LOC1", "c06", a.ExpiresAt, fault.CodeActivationExpired},
		{"no agency", c.ID, "LOC1", "", at(5), fault.CodeInternal},
		{"no moment", c.ID, "LOC1", "c06", time.Time{}, fault.CodeInternal},
	} {
		wantFault(t, x.what, confirm(x.owner, x.locator, x.agency, x.at), x.code)
	}
	a.Tries = 1
	same(t, "unconfirmed", must[session.Activation](t)(s.BeginAttempt(t.Context(), "LOC1", at(5), tries)), a)
	for _, err := range []error{confirm(c.ID, "LOC1", "c06", at(6)), confirm(c.ID, "LOC1", "csgt", at(7))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s = s.Reopen(t)
	a.Tries, a.InPersonAt, a.InPersonBy = 2, at(6), "c06"
	same(t, "confirmed once", must[session.Activation](t)(s.BeginAttempt(t.Context(), "LOC1", at(8), tries)), a)
	d, ses, e := device(c, 1)
	enrol(t, s, "LOC1", d, ses, e)
	wantFault(t, "a used code", confirm(c.ID, "LOC1", "c06", at(9)), fault.CodeActivationUnknown)
	wantCancelled(t, "ConfirmActivation", s.ConfirmActivation(cancelled(t), other.ID, "LOC2", "c06", at(9)))
}

func cancelledActivation(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	putActivation(t, s, activation(c, 1))
	ctx := cancelled(t)
	wantCancelled(t, "PutActivation", s.PutActivation(ctx, activation(c, 2)))
	_, err := s.BeginAttempt(ctx, "LOC1", at(5), tries)
	wantCancelled(t, "BeginAttempt", err)
	d, ses, e := device(c, 1)
	wantCancelled(t, "Enrol", s.Enrol(ctx, "LOC1", at(5), d, ses, e))
	begin(t, s, "LOC1", 1)
	_, err = s.BeginAttempt(t.Context(), "LOC2", at(5), tries)
	wantFault(t, "the one that was given up", err, fault.CodeActivationUnknown)
}

func putActivation(t *testing.T, s Store, a session.Activation) {
	t.Helper()
	if err := s.PutActivation(t.Context(), a); err != nil {
		t.Fatalf("PutActivation: %v", err)
	}
}

// begin makes an attempt at(5) that must have this count.
func begin(t *testing.T, s Store, locator string, count int) {
	t.Helper()
	got := must[session.Activation](t)(s.BeginAttempt(t.Context(), locator, at(5), tries))
	same(t, "attempts on "+locator, got.Tries, count)
}

// enrol at(6) must succeed.
func enrol(t *testing.T, s Store, locator string, d wallet.Device, ses session.Session, e wallet.Event) {
	t.Helper()
	if err := s.Enrol(t.Context(), locator, at(6), d, ses, e); err != nil {
		t.Fatalf("Enrol: %v", err)
	}
}
