package session_test

import (
	"context"
	"crypto/rand"
	"runtime"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
)

// TestHashingIsBounded: however many sign in at once, only a few hash, some
// wait, and the others are told to come back; nobody of those lost a try.
func TestHashingIsBounded(t *testing.T) {
	const places, waiting, over = 4, 256, 40
	gate := &gated{counting: newDesk(t).store, entered: make(chan struct{}), release: make(chan struct{})}
	s := session.New(session.Config{Catalog: catalog.Default(), Store: gate, Now: func() time.Time { return start }, Random: rand.Reader, Party: party})
	results := make(chan error, places+waiting+over)
	signIn := func() {
		_, _, err := s.SignIn(t.Context(), "0000-0000-0000-0000", session.Opening{})
		results <- err
	}
	for range places {
		go signIn()
		<-gate.entered
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := s.SignIn(ctx, "0000-0000-0000-0000", session.Opening{})
	wantCode(t, "nobody waits for the answer any more", err, fault.CodeUnavailable)

	for range waiting + over {
		go signIn()
	}
	// Nobody leaves before the gate opens, so exactly those over are answered.
	for range over {
		wantCode(t, "over the bound", <-results, fault.CodeRequestTooMany)
	}
	if got := gate.attempts.Load(); got != places {
		t.Errorf("%d attempts begun, want %d", got, places)
	}
	go func() {
		for range gate.entered { // let the others through
		}
	}()
	close(gate.release)
	for range places + waiting {
		wantCode(t, "after the gate", <-results, fault.CodeUnavailable)
	}
	close(gate.entered)
}

// gated holds attempts back until released, then fails them, so that no time
// goes into hashing.
type gated struct {
	*counting
	entered, release chan struct{}
}

func (g *gated) BeginAttempt(context.Context, string, time.Time, int) (session.Activation, error) {
	g.attempts.Add(1)
	g.entered <- struct{}{}
	<-g.release
	return session.Activation{}, fault.New(fault.CodeUnavailable, "gate")
}

// TestUnknownLocatorCostsTheSame: the answer to a locator that does not exist
// fills the memory of a hash, as the answer to a wrong secret does.
func TestUnknownLocatorCostsTheSame(t *testing.T) {
	d := newDesk(t)
	code := d.activate(t)
	cost := func(code string) uint64 {
		return allocated(func() {
			if _, _, err := d.SignIn(t.Context(), code, session.Opening{}); !fault.Is(err, fault.CodeActivationUnknown) {
				t.Fatal(err)
			}
		})
	}
	const hash = 19 << 20
	unknown, wrong := cost("ZZZZ-ZZZZ-ZZZZ-ZZZZ"), cost(altered(code))
	if unknown < hash || wrong < hash {
		t.Errorf("an unknown locator costs %d bytes, a wrong secret %d, a hash %d", unknown, wrong, hash)
	}
}

// allocated is how many bytes f takes.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestEndedCodesCostTheSame: a used code costs a hash too, and that it was used
// is told only to who has all of it.
func TestEndedCodesCostTheSame(t *testing.T) {
	d := newDesk(t)
	code := d.activate(t)
	if _, _, err := d.SignIn(t.Context(), code, session.Opening{}); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]fault.Code{code: fault.CodeActivationUsed, altered(code): fault.CodeActivationUnknown} {
		cost := allocated(func() {
			_, _, err := d.SignIn(t.Context(), typed, session.Opening{})
			wantCode(t, "used", err, want)
		})
		if cost < 19<<20 {
			t.Errorf("%s costs %d bytes", want, cost)
		}
	}
}

// TestRefusalsWriteTheSame: a write takes milliseconds, so a refusal writes as
// often whether there is somebody or not, and however often it was told.
func TestRefusalsWriteTheSame(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	recovery := d.recoveryCode(t, p)
	used := d.activate(t)
	if _, _, err := d.SignIn(t.Context(), used, session.Opening{}); err != nil {
		t.Fatal(err)
	}
	open := d.activate(t)
	signIn := func(code string) func() error {
		return func() error {
			_, _, err := d.SignIn(t.Context(), code, session.Opening{})
			return err
		}
	}
	lost := func(code string) func() error {
		return func() error { return d.ReportLost(t.Context(), code) }
	}
	withPasskey := func(change func(*authenticator.Answer)) func() error {
		return func() error {
			p.Misbehave = change
			_, _, err := d.signInPasskey(t, p, session.Opening{})
			return err
		}
	}
	for _, c := range []struct {
		what string
		f    func() error
		want int32
	}{
		{"an unknown activation code", signIn("ZZZZ-ZZZZ-ZZZZ-ZZZZ"), 2}, {"a wrong one", signIn(altered(open)), 2},
		{"a used one", signIn(used), 2}, {"a used one, wrong", signIn(altered(used)), 2},
		{"an unknown recovery code", lost("ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"), 1}, {"a wrong one", lost(altered(recovery)), 1},
		// Beside these, a challenge is handed out and taken.
		{"a passkey with a wrong signature", withPasskey(func(a *authenticator.Answer) { a.Forge = true }), 3},
		{"an unknown passkey", withPasskey(func(a *authenticator.Answer) { a.Credential = []byte("x") }), 3},
		{"a passkey of somebody else", withPasskey(func(a *authenticator.Answer) { a.User = []byte("binh") }), 3},
	} {
		for range 3 {
			before := d.store.written.Load()
			if err := c.f(); err == nil {
				t.Fatalf("%s is taken", c.what)
			}
			if n := d.store.written.Load() - before; n != c.want {
				t.Errorf("%s: %d writes, want %d", c.what, n, c.want)
			}
		}
	}
	for range 30 { // until the citizen has been told enough
		_ = lost(altered(recovery))()
	}
	before := d.store.written.Load()
	_ = lost(altered(recovery))()
	if n := d.store.written.Load() - before; n != 1 {
		t.Errorf("told enough: %d writes", n)
	}
}
