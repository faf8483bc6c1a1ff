package session_test

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// signIn opens a session of a new device.
func (d *desk) signIn(t testing.TB, o session.Opening) (string, session.Session) {
	t.Helper()
	token, opened, err := d.SignIn(t.Context(), d.activate(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return token, opened
}

func (d *desk) after(wait time.Duration) { d.at(d.now.Load().Add(wait)) }

// kinds lists the newest events of the citizen, newest first.
func (d *desk) kinds(t testing.TB, n int) []wallet.EventKind {
	t.Helper()
	events, err := d.store.Events(t.Context(), "anh", n)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []wallet.EventKind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestSessionLifetimes(t *testing.T) {
	for mode, want := range map[session.Mode]struct{ idle, life time.Duration }{
		session.ModeBearer: {session.SessionIdle, session.SessionLifetime},
		session.ModeCookie: {session.CookieIdle, session.CookieLifetime},
	} {
		t.Run(string(mode), func(t *testing.T) {
			d := newDesk(t)
			unused, opened := d.signIn(t, session.Opening{Mode: mode})
			if !opened.IdleAt().Equal(start.Add(want.idle)) || !opened.ExpiresAt.Equal(start.Add(want.life)) {
				t.Errorf("idle at %v, expires %v", opened.IdleAt(), opened.ExpiresAt)
			}
			used, _ := d.signIn(t, session.Opening{Mode: mode})
			// Used every third of the idle time, a session lives to its absolute
			// end; unused, to its idle one.
			for passed := want.idle / 3; passed < want.life; passed += want.idle / 3 {
				d.at(start.Add(passed))
				if _, err := d.Authenticate(t.Context(), used); err != nil {
					t.Fatalf("after %v of use: %v", passed, err)
				}
			}
			d.at(start.Add(want.life))
			_, err := d.Authenticate(t.Context(), used)
			wantCode(t, "at its absolute end", err, fault.CodeSessionInvalid)
			d.at(start.Add(want.idle - 1))
			if _, err := d.Authenticate(t.Context(), unused); err != nil {
				t.Errorf("just before the idle end: %v", err)
			}
			d = newDesk(t)
			unused, _ = d.signIn(t, session.Opening{Mode: mode})
			d.at(start.Add(want.idle))
			_, err = d.Authenticate(t.Context(), unused)
			wantCode(t, "at the idle end", err, fault.CodeSessionInvalid)
		})
	}
}

// TestUseIsNotedSeldom: a note is a write, so not every use is one.
func TestUseIsNotedSeldom(t *testing.T) {
	d := newDesk(t)
	token, _ := d.signIn(t, session.Opening{})
	for range 100 {
		if _, err := d.Authenticate(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.store.changes.Load(); n != 0 {
		t.Errorf("%d writes for 100 uses at the same moment", n)
	}
	d.after(session.SessionIdle / 60)
	for range 3 {
		if _, err := d.Authenticate(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.store.changes.Load(); n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
}

func TestRotation(t *testing.T) {
	d := newDesk(t)
	first, opened := d.signIn(t, session.Opening{})
	second, rotated, err := d.Rotate(t.Context(), opened, first)
	if err != nil || second == first || rotated.ID != opened.ID {
		t.Fatalf("%+v, %v", rotated, err)
	}
	for _, token := range []string{first, second} { // requests may be under way
		if _, err := d.Authenticate(t.Context(), token); err != nil {
			t.Error(err)
		}
	}
	// The answer with the second token was lost: the first rotates again.
	third, _, err := d.Rotate(t.Context(), opened, first)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.Rotate(t.Context(), opened, second)
	wantCode(t, "rotating by it", err, fault.CodeSessionInvalid)
	d.after(session.RotationGrace - 1)
	if _, err := d.Authenticate(t.Context(), first); err != nil {
		t.Errorf("within the grace: %v", err)
	}
	if _, err := d.Authenticate(t.Context(), third); err != nil {
		t.Error(err)
	}
}

// TestNobodyIsPutOutInSilence: whichever token a thief has made worthless by rotating
// with an older one, its use ends the session, and the citizen is told.
func TestNobodyIsPutOutInSilence(t *testing.T) {
	for name, put := range map[string]func(d *desk, open session.Session, stolen string) (mine, thief string, err error){
		"by the former token": func(d *desk, open session.Session, stolen string) (mine, thief string, err error) {
			if mine, _, err = d.Rotate(t.Context(), open, stolen); err == nil {
				thief, _, err = d.Rotate(t.Context(), open, stolen)
			}
			return mine, thief, err
		},
		"by the former token, again and again": func(d *desk, open session.Session, stolen string) (mine, thief string, err error) {
			mine, _, err = d.Rotate(t.Context(), open, stolen)
			for range 20 {
				if err == nil {
					thief, _, err = d.Rotate(t.Context(), open, stolen)
				}
				if err == nil {
					stolen = thief
					thief, _, err = d.Rotate(t.Context(), open, stolen)
				}
			}
			return mine, thief, err
		},
		"by rotating twice": func(d *desk, open session.Session, stolen string) (mine, thief string, err error) {
			if thief, _, err = d.Rotate(t.Context(), open, stolen); err == nil {
				thief, _, err = d.Rotate(t.Context(), open, thief)
			}
			return stolen, thief, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			first, open := d.signIn(t, session.Opening{})
			mine, thief, err := put(d, open, first)
			if err != nil {
				t.Fatal(err)
			}
			d.wantOpen(t, "the thief's", thief, "")
			d.wantOpen(t, "the citizen's", mine, fault.CodeSessionInvalid)
			if kinds := d.kinds(t, 1); kinds[0] != wallet.SessionReused {
				t.Errorf("events %v", kinds)
			}
			d.wantOpen(t, "the thief's, now", thief, fault.CodeSessionInvalid)
		})
	}
}

// TestFormerTokenDoesNotProlongItsGrace: rotating by the former token does not keep it.
func TestFormerTokenDoesNotProlongItsGrace(t *testing.T) {
	d := newDesk(t)
	first, open := d.signIn(t, session.Opening{})
	for _, wait := range []time.Duration{0, session.RotationGrace / 2} {
		d.after(wait)
		if _, _, err := d.Rotate(t.Context(), open, first); err != nil {
			t.Fatal(err)
		}
	}
	d.after(session.RotationGrace / 2)
	_, _, err := d.Rotate(t.Context(), open, first)
	wantCode(t, "at the end of the grace", err, fault.CodeSessionInvalid)
}

// TestReplacedTokensAreBounded: what is remembered has an end, and a passkey begins
// anew.
func TestReplacedTokensAreBounded(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	rotate := func() error {
		token, open, err := d.Rotate(t.Context(), p.open, p.token)
		if err == nil {
			p.token, p.open = token, open
		}
		return err
	}
	for n := range session.MaxReplaced + 1 { // the first replaces none
		if err := rotate(); err != nil {
			t.Fatalf("rotation %d: %v", n, err)
		}
	}
	wantCode(t, "one more", rotate(), fault.CodeReauthenticate)
	d.wantOpen(t, "the token", p.token, "")
	if err := d.reauthenticate(t, p); err != nil {
		t.Fatal(err)
	}
	if err := rotate(); err != nil {
		t.Error(err)
	}
}

// TestFormerTokenEndsTheSession: after the grace, whoever comes with the former
// token is a second person, and nobody knows which of the two is the citizen.
func TestFormerTokenEndsTheSession(t *testing.T) {
	d := newDesk(t)
	first, opened := d.signIn(t, session.Opening{})
	second, _, err := d.Rotate(t.Context(), opened, first)
	if err != nil {
		t.Fatal(err)
	}
	d.after(session.RotationGrace)
	_, err = d.Authenticate(t.Context(), first)
	wantCode(t, "the former token", err, fault.CodeSessionInvalid)
	_, err = d.Authenticate(t.Context(), second)
	wantCode(t, "the session", err, fault.CodeSessionInvalid)
	if kinds := d.kinds(t, 1); kinds[0] != wallet.SessionReused {
		t.Errorf("events %v", kinds)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	d := newDesk(t)
	_, a := d.signIn(t, session.Opening{DeviceName: "A"})
	d.after(time.Second)
	tokenB, b := d.signIn(t, session.Opening{DeviceName: "B", Mode: session.ModeCookie})
	d.after(time.Second)
	tokenC, c := d.signIn(t, session.Opening{DeviceName: "C"})
	ids := func() []string {
		t.Helper()
		open, err := d.Sessions(t.Context(), "anh")
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, s := range open {
			list = append(list, s.ID)
		}
		return list
	}
	if got := ids(); len(got) != 3 || got[0] != a.ID || got[1] != b.ID || got[2] != c.ID {
		t.Fatalf("listed %v", got)
	}
	for what, id := range map[string]string{"unknown": "x", "none": ""} {
		wantCode(t, what, d.EndSession(t.Context(), c, id), fault.CodeSessionUnknown)
	}
	theirs := c
	theirs.Owner = "binh"
	wantCode(t, "somebody else's", d.EndSession(t.Context(), theirs, b.ID), fault.CodeSessionInvalid)
	if err := d.EndSession(t.Context(), c, b.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "twice", d.EndSession(t.Context(), c, b.ID), fault.CodeSessionUnknown)
	wantCode(t, "from an ended one", d.EndSession(t.Context(), b, c.ID), fault.CodeSessionInvalid)
	_, err := d.Authenticate(t.Context(), tokenB)
	wantCode(t, "ended from another", err, fault.CodeSessionInvalid)
	if n, err := d.EndOtherSessions(t.Context(), c); n != 1 || err != nil {
		t.Errorf("%d others ended, %v", n, err)
	}
	if got := ids(); len(got) != 1 || got[0] != c.ID {
		t.Errorf("left %v", got)
	}
	if _, err := d.Authenticate(t.Context(), tokenC); err != nil {
		t.Error(err)
	}
	if kinds := d.kinds(t, 2); kinds[0] != wallet.SessionEnded || kinds[1] != wallet.SessionEnded {
		t.Errorf("events %v", kinds)
	}
}

func TestEnrolmentLevels(t *testing.T) {
	d := newDesk(t)
	_, remote := d.signIn(t, session.Opening{})
	if remote.Level != session.OneFactor || remote.Enrolment != wallet.Remote {
		t.Errorf("a code alone: level %d, enrolment %d", remote.Level, remote.Enrolment)
	}
	code := d.activate(t)
	reference := session.Reference(code)
	for _, bad := range []struct {
		agency, number, reference string
		code                      fault.Code
	}{
		{"csgt", number, reference, fault.CodeAgencyNotAllowed}, {"nobody", number, reference, fault.CodeAgencyUnknown},
		{"c06", "999305000002", reference, fault.CodeCitizenUnknown}, {"c06", number, code, fault.CodeRequestMalformed},
		{"c06", number, "", fault.CodeRequestMalformed}, {"c06", number, "UUUU-UU", fault.CodeRequestMalformed},
		{"c06", number, altered(reference), fault.CodeActivationUnknown},
	} {
		wantCode(t, bad.agency+" "+bad.number+" "+bad.reference, d.ConfirmInPerson(t.Context(), bad.agency, bad.number, bad.reference), bad.code)
	}
	if err := d.ConfirmInPerson(t.Context(), "c06", number, reference); err != nil {
		t.Fatal(err)
	}
	_, checked, err := d.SignIn(t.Context(), code, session.Opening{})
	if err != nil || checked.Level != session.TwoFactors || checked.Enrolment != wallet.InPerson {
		t.Errorf("%v: level %d, enrolment %d", err, checked.Level, checked.Enrolment)
	}
	wantCode(t, "a used code", d.ConfirmInPerson(t.Context(), "c06", number, reference), fault.CodeActivationUnknown)
	last := d.activate(t)
	d.after(session.ActivationLifetime)
	wantCode(t, "an expired code", d.ConfirmInPerson(t.Context(), "c06", number, session.Reference(last)), fault.CodeActivationExpired)
}

func TestOpeningIsChecked(t *testing.T) {
	d := newDesk(t)
	_, _, err := d.SignIn(t.Context(), d.activate(t), session.Opening{Mode: "query"})
	wantCode(t, "an unknown mode", err, fault.CodeRequestMalformed)
}

// TestRotationRaces: of concurrent rotations by the same token each gives one
// that works or a refusal, and the session stays open.
func TestRotationRaces(t *testing.T) {
	d := newDesk(t)
	first, opened := d.signIn(t, session.Opening{})
	var last atomic.Pointer[string]
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			token, _, err := d.Rotate(t.Context(), opened, first)
			if err != nil {
				wantCode(t, "rotating", err, fault.CodeSessionInvalid)
				return
			}
			last.Store(&token)
		})
	}
	wg.Wait()
	if last.Load() == nil {
		t.Fatal("nobody rotated")
	}
	if open, err := d.Sessions(t.Context(), "anh"); err != nil || len(open) != 1 {
		t.Errorf("open %v, %v", open, err)
	}
}

func TestCSRFToken(t *testing.T) {
	a, b := session.CSRFToken("token"), session.CSRFToken("other")
	if a == b || len(a) != 43 || bytes.Contains([]byte(a), []byte("token")) || a != session.CSRFToken("token") {
		t.Errorf("%q, %q", a, b)
	}
}
