package session_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/server/session/passkey"
	"github.com/giayto/giayto/wallet"
)

const page = "https://vi.example"

var party = passkey.New(passkey.Config{ID: "vi.example", Name: "Giayto", Origins: []string{page}})

// phone is a device with a session and a passkey.
type phone struct {
	*authenticator.Authenticator
	token   string
	open    session.Session
	passkey session.Passkey
}

// seen signs in with a code that was confirmed in person.
func (d *desk) seen(t testing.TB, o session.Opening) (string, session.Session) {
	t.Helper()
	code := d.activate(t)
	if err := d.ConfirmInPerson(t.Context(), "c06", number, session.Reference(code)); err != nil {
		t.Fatal(err)
	}
	token, opened, err := d.SignIn(t.Context(), code, o)
	if err != nil {
		t.Fatal(err)
	}
	return token, opened
}

// enrol signs in as seen does, and registers a passkey.
func (d *desk) enrol(t testing.TB, name string) *phone {
	t.Helper()
	p := &phone{Authenticator: &authenticator.Authenticator{Origin: page}}
	p.token, p.open = d.seen(t, session.Opening{DeviceName: name})
	var err error
	if p.passkey, err = d.register(t, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// register registers a passkey of the phone.
func (d *desk) register(t testing.TB, p *phone) (session.Passkey, error) {
	t.Helper()
	options, err := d.BeginRegistration(t.Context(), p.open)
	if err != nil {
		return session.Passkey{}, err
	}
	answer, err := p.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	return d.Register(t.Context(), p.open, answer, "Khóa")
}

// signInPasskey signs in with the phone's passkey.
func (d *desk) signInPasskey(t testing.TB, p *phone, o session.Opening) (string, session.Session, error) {
	t.Helper()
	options, err := d.BeginSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	return d.SignInPasskey(t.Context(), answer, o)
}

// reauthenticate proves anew who holds the phone.
func (d *desk) reauthenticate(t testing.TB, p *phone) error {
	t.Helper()
	options, err := d.BeginReauthentication(t.Context(), p.open)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	token, renewed, err := d.Reauthenticate(t.Context(), p.open, p.token, answer)
	if err == nil {
		p.token, p.open = token, renewed
	}
	return err
}

func (d *desk) passkeys(t testing.TB) []session.Passkey {
	t.Helper()
	list, err := d.Passkeys(t.Context(), "anh")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPasskeySignIn(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "Điện thoại")
	if p.passkey.Enrolment != wallet.InPerson || p.passkey.Device != p.open.Device || p.passkey.Name != "Khóa" || p.passkey.Key.Format != "packed" {
		t.Errorf("passkey %+v", p.passkey)
	}
	d.after(time.Hour)
	token, opened, err := d.signInPasskey(t, p, session.Opening{Mode: session.ModeCookie})
	if err != nil {
		t.Fatal(err)
	}
	if opened.Device != p.open.Device || opened.Level != session.TwoFactors || opened.Method != session.ByPasskey || opened.Mode != session.ModeCookie ||
		opened.Enrolment != wallet.InPerson || opened.Owner != "anh" {
		t.Errorf("opened %+v", opened)
	}
	if found, err := d.Authenticate(t.Context(), token); err != nil || found.ID != opened.ID {
		t.Errorf("found %+v, %v", found, err)
	}
	if list := d.passkeys(t); len(list) != 1 || !list[0].UsedAt.Equal(*d.now.Load()) || list[0].Key.Counter != 1 {
		t.Errorf("passkeys %+v", list)
	}
	_, elsewhere, err := d.signInPasskey(t, p, session.Opening{DeviceName: "Máy tính"})
	if err != nil || elsewhere.Device == p.open.Device || elsewhere.Enrolment != wallet.InPerson {
		t.Errorf("on a new device: %+v, %v", elsewhere, err)
	}
	if kinds := d.kinds(t, 3); kinds[0] != wallet.DeviceEnrolled || kinds[1] != wallet.PasskeyRegistered || kinds[2] != wallet.DeviceEnrolled {
		t.Errorf("events %v", kinds)
	}
}

// TestBadAnswers: each is refused with its own code, told to the citizen whose
// passkey was tried, and leaves nothing open.
func TestBadAnswers(t *testing.T) {
	for name, bad := range map[string]struct {
		change func(*authenticator.Answer)
		code   fault.Code
	}{
		"wrong origin":         {func(a *authenticator.Answer) { a.Origin = "https://vi.example.evil" }, fault.CodePasskeyOrigin},
		"wrong RP id":          {func(a *authenticator.Answer) { a.RPID = "evil" }, fault.CodePasskeyRPID},
		"foreign challenge":    {func(a *authenticator.Answer) { a.Challenge = make([]byte, 32) }, fault.CodePasskeyChallenge},
		"no user verification": {func(a *authenticator.Answer) { a.Flags &^= authenticator.UserVerified }, fault.CodePasskeyUser},
		"unknown credential":   {func(a *authenticator.Answer) { a.Credential = []byte("unknown") }, fault.CodePasskeyUnknown},
		"wrong signature":      {func(a *authenticator.Answer) { a.Forge = true }, fault.CodePasskeyUnknown},
		"somebody else's name": {func(a *authenticator.Answer) { a.User = []byte("binh") }, fault.CodePasskeyUnknown},
		"no name":              {func(a *authenticator.Answer) { a.User = nil }, fault.CodePasskeyUnknown},
		"a synced key":         {func(a *authenticator.Answer) { a.Flags |= authenticator.BackupEligible }, fault.CodePasskeyUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := d.enrol(t, "Điện thoại")
			before := len(d.kinds(t, 100))
			p.Misbehave = bad.change
			_, _, err := d.signInPasskey(t, p, session.Opening{})
			wantCode(t, "signing in", err, bad.code)
			events, err := d.store.Events(t.Context(), "anh", 100)
			if err != nil {
				t.Fatal(err)
			}
			// Nobody is told where it is not known whose passkey it was.
			anonymous := name == "foreign challenge" || name == "unknown credential" || name == "somebody else's name" || name == "no name"
			if anonymous != (len(events) == before) {
				t.Errorf("%d events more", len(events)-before)
			}
			if !anonymous && (events[0].Kind != wallet.AccessRefused || events[0].Code != string(bad.code) || events[0].Passkey != p.passkey.ID) {
				t.Errorf("event %+v", events[0])
			}
			p.Misbehave = nil
			if _, _, err := d.signInPasskey(t, p, session.Opening{}); err != nil {
				t.Errorf("the owner afterwards: %v", err)
			}
		})
	}
}

func TestBadRegistrations(t *testing.T) {
	for name, bad := range map[string]struct {
		phone authenticator.Authenticator
		code  fault.Code
	}{
		"wrong origin":          {authenticator.Authenticator{Misbehave: func(a *authenticator.Answer) { a.Origin = "https://evil" }}, fault.CodePasskeyOrigin},
		"algorithm not offered": {authenticator.Authenticator{Algorithm: authenticator.ES384}, fault.CodePasskeyAlgorithm},
		"foreign challenge":     {authenticator.Authenticator{Misbehave: func(a *authenticator.Answer) { a.Challenge = make([]byte, 32) }}, fault.CodePasskeyChallenge},
	} {
		d := newDesk(t)
		bad.phone.Origin = page
		_, open := d.signIn(t, session.Opening{})
		_, err := d.register(t, &phone{Authenticator: &bad.phone, open: open})
		wantCode(t, name, err, bad.code)
		events, err := d.store.Events(t.Context(), "anh", 1)
		if err != nil || events[0].Kind != wallet.AccessRefused || events[0].Code != string(bad.code) || events[0].Device != open.Device {
			t.Errorf("%s: event %+v, %v", name, events, err)
		}
		if list := d.passkeys(t); len(list) != 0 {
			t.Errorf("%s: registered %+v", name, list)
		}
	}
}

// TestChallengesCountOnce: for one purpose, one session, five minutes, and one
// answer, right or wrong.
func TestChallengesCountOnce(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	other := d.enrol(t, "B")
	answerTo := func(begin func() ([]byte, error), f func([]byte) ([]byte, error)) []byte {
		t.Helper()
		options, err := begin()
		if err != nil {
			t.Fatal(err)
		}
		answer, err := f(options)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	signIn := func() ([]byte, error) { return d.BeginSignIn(t.Context()) }
	again := func() ([]byte, error) { return d.BeginReauthentication(t.Context(), p.open) }
	fails := func(what string, err error) {
		t.Helper()
		wantCode(t, what, err, fault.CodePasskeyChallenge)
	}

	answer := answerTo(signIn, p.Get)
	if _, _, err := d.SignInPasskey(t.Context(), answer, session.Opening{}); err != nil {
		t.Fatal(err)
	}
	_, _, err := d.SignInPasskey(t.Context(), answer, session.Opening{})
	fails("a replay", err)

	answer = answerTo(signIn, p.Get)
	d.after(passkey.Timeout)
	_, _, err = d.SignInPasskey(t.Context(), answer, session.Opening{})
	fails("at its end", err)
	answer = answerTo(signIn, p.Get)
	d.after(passkey.Timeout - 1)
	if _, _, err = d.SignInPasskey(t.Context(), answer, session.Opening{}); err != nil {
		t.Errorf("just before its end: %v", err)
	}

	_, _, err = d.Reauthenticate(t.Context(), p.open, p.token, answerTo(signIn, p.Get))
	fails("of a sign-in, for another purpose", err)
	_, _, err = d.SignInPasskey(t.Context(), answerTo(again, p.Get), session.Opening{})
	fails("of another purpose, for a sign-in", err)
	_, _, err = d.Reauthenticate(t.Context(), other.open, other.token, answerTo(again, p.Get))
	fails("of another session", err)

	options, err := d.BeginSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Misbehave = func(a *authenticator.Answer) { a.Forge = true }
	wrong, _ := p.Get(options)
	p.Misbehave = nil
	right, _ := p.Get(options)
	_, _, err = d.SignInPasskey(t.Context(), wrong, session.Opening{})
	wantCode(t, "a wrong answer", err, fault.CodePasskeyUnknown)
	_, _, err = d.SignInPasskey(t.Context(), right, session.Opening{})
	fails("a right answer after a wrong one", err)
}

func TestConcurrentReplays(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	options, err := d.BeginSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	var opened atomic.Int32
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			if _, _, err := d.SignInPasskey(t.Context(), answer, session.Opening{}); err == nil {
				opened.Add(1)
			} else {
				wantCode(t, "a replay", err, fault.CodePasskeyChallenge)
			}
		})
	}
	wg.Wait()
	if opened.Load() != 1 {
		t.Errorf("one answer opened %d sessions", opened.Load())
	}
}

// TestClonedPasskey: a counter that does not grow warns the citizen, and that
// use is refused.
func TestClonedPasskey(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	use := func(counter uint32) error {
		p.Misbehave = func(a *authenticator.Answer) { a.Counter = counter }
		_, _, err := d.signInPasskey(t, p, session.Opening{})
		return err
	}
	for _, good := range []uint32{5, 6, 100} {
		if err := use(good); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []uint32{100, 99, 0} {
		wantCode(t, "a counter that went back", use(bad), fault.CodePasskeyCloned)
		if kinds := d.kinds(t, 1); kinds[0] != wallet.PasskeyCloned {
			t.Errorf("events %v", kinds)
		}
	}
	if list := d.passkeys(t); list[0].ClonedAt.IsZero() || list[0].Key.Counter != 100 {
		t.Errorf("passkey %+v", list[0])
	}
	if err := use(101); err != nil {
		t.Errorf("a counter that grew: %v", err)
	}
	silent := newDesk(t) // many authenticators do not count
	p = silent.enrol(t, "A")
	d = silent
	for range 3 {
		if err := use(0); err != nil {
			t.Error(err)
		}
	}
}

func TestStaleSessionsChangeNothing(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	second := &phone{Authenticator: &authenticator.Authenticator{Origin: page}, open: p.open, token: p.token}
	d.after(session.FreshFor)
	_, err := d.BeginRegistration(t.Context(), p.open)
	wantCode(t, "registering", err, fault.CodeReauthenticate)
	_, err = d.Register(t.Context(), p.open, []byte("{}"), "")
	wantCode(t, "finishing", err, fault.CodeReauthenticate)
	wantCode(t, "removing", d.RemovePasskey(t.Context(), p.open, p.passkey.ID), fault.CodeReauthenticate)
	former := p.token
	if err := d.reauthenticate(t, p); err != nil {
		t.Fatal(err)
	}
	if p.token == former || !p.open.AuthAt.Equal(*d.now.Load()) {
		t.Errorf("renewed %+v", p.open)
	}
	second.open = p.open
	added, err := d.register(t, second)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RemovePasskey(t.Context(), p.open, p.passkey.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "removing the last", d.RemovePasskey(t.Context(), p.open, added.ID), fault.CodePasskeyLast)
	wantCode(t, "removing twice", d.RemovePasskey(t.Context(), p.open, p.passkey.ID), fault.CodePasskeyNotFound)
	_, _, err = d.signInPasskey(t, p, session.Opening{})
	wantCode(t, "the removed passkey", err, fault.CodePasskeyUnknown)
	if kinds := d.kinds(t, 2); kinds[1] != wallet.PasskeyRemoved && kinds[0] != wallet.PasskeyRemoved {
		t.Errorf("events %v", kinds)
	}
	if err := d.EndSession(t.Context(), p.open, p.open.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "an ended session", d.RemovePasskey(t.Context(), p.open, added.ID), fault.CodeSessionInvalid)
}

// TestPasskeyOfBeforeTheCheck: who registered a passkey before the check in person
// renews no session from after it, which could then register another.
func TestPasskeyOfBeforeTheCheck(t *testing.T) {
	d := newDesk(t)
	early := &phone{Authenticator: &authenticator.Authenticator{Origin: page}}
	early.token, early.open = d.signIn(t, session.Opening{})
	if _, err := d.register(t, early); err != nil {
		t.Fatal(err)
	}
	token, open := d.seen(t, session.Opening{})
	d.after(session.FreshFor)
	_, err := d.BeginReauthentication(t.Context(), open)
	wantCode(t, "with only that one", err, fault.CodePasskeyNone)
	d.enrol(t, "B")
	options, err := d.BeginReauthentication(t.Context(), open)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := early.Get(anyPasskey(t, options))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.Reauthenticate(t.Context(), open, token, answer)
	wantCode(t, "with that one", err, fault.CodePasskeyUnknown)
	if found, err := d.Authenticate(t.Context(), token); err != nil || !found.AuthAt.Equal(open.AuthAt) {
		t.Errorf("the session %+v, %v", found, err)
	}
	if e, err := d.store.Events(t.Context(), "anh", 1); err != nil || e[0].Kind != wallet.AccessRefused {
		t.Errorf("events %+v, %v", e, err)
	}
	if err := d.reauthenticate(t, early); err != nil { // its own session, from before
		t.Error(err)
	}
}

// TestRemovedPasskeyEndsItsSessions: whoever had a copy of a passkey is out with it,
// and nobody else.
func TestRemovedPasskeyEndsItsSessions(t *testing.T) {
	d := newDesk(t)
	p, other := d.enrol(t, "A"), d.enrol(t, "B")
	thief, _, err := d.signInPasskey(t, p, session.Opening{DeviceName: "C"})
	if err != nil {
		t.Fatal(err)
	}
	mine, open, err := d.signInPasskey(t, p, session.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	with, _, err := d.signInPasskey(t, other, session.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RemovePasskey(t.Context(), open, p.passkey.ID); err != nil {
		t.Fatal(err)
	}
	d.wantOpen(t, "what it opened", thief, fault.CodeSessionInvalid)
	for what, token := range map[string]string{"who asks": mine, "by a code": p.token, "by another passkey": with, "the other device": other.token} {
		d.wantOpen(t, what, token, "")
	}
	if kinds := d.kinds(t, 2); kinds[0] != wallet.PasskeyRemoved || kinds[1] != wallet.SessionEnded {
		t.Errorf("events %v", kinds)
	}
	if err := d.lose(t, p.open, other.open.Device); err != nil {
		t.Fatal(err)
	}
	d.wantOpen(t, "what the lost one's opened", with, fault.CodeSessionInvalid)
}
