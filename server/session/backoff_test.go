package session_test

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
)

func TestBackoff(t *testing.T) {
	now := start
	b := session.NewBackoff[string](func() time.Time { return now }, 3)
	fail := func(n int) {
		for range n {
			b.Fail("a")
		}
	}
	wait := func(what string, want time.Duration) {
		t.Helper()
		if got := b.Wait("a"); got != want {
			t.Errorf("%s: wait %v, want %v", what, got, want)
		}
	}
	wait("nobody knows", 0)
	fail(3)
	wait("free failures", 0)
	for i, want := range []time.Duration{10, 20, 40, 80, 160, 320, 640, 900, 900} {
		fail(1)
		wait("doubling", want*time.Second)
		fail(5) // during a lockout nothing is prolonged
		wait("during it", want*time.Second)
		now = now.Add(want*time.Second - 1)
		wait("just before its end", 1)
		now = now.Add(1)
		wait("at its end", 0)
		if b.Wait("b") != 0 {
			t.Errorf("%d: another is locked out", i)
		}
	}
	now = now.Add(time.Hour)
	fail(3)
	wait("forgiven after an hour", 0)
	fail(1)
	wait("from the beginning", 10*time.Second)
}

// TestBackoffIsBounded: a flood of names neither fills the memory nor shuts
// anybody out, and is forgotten.
func TestBackoffIsBounded(t *testing.T) {
	now := start
	b := session.NewBackoff[int](func() time.Time { return now }, 0)
	for i := range 1 << 17 {
		b.Fail(i)
	}
	if b.Wait(0) == 0 || b.Wait(1<<17-1) != 0 {
		t.Error("the first is not locked out, or the last is")
	}
	now = now.Add(time.Hour)
	b.Fail(1 << 20)
	if b.Wait(1<<20) == 0 {
		t.Error("after the flood nobody is counted")
	}
}

// TestPasskeyLockout: who guesses at a passkey is turned away sooner or later,
// whether there is such a passkey or not, and the owner never is.
func TestPasskeyLockout(t *testing.T) {
	for _, known := range []bool{true, false} {
		d := newDesk(t)
		p := d.enrol(t, "A")
		forge := func(a *authenticator.Answer) {
			a.Forge = true
			if !known {
				a.Credential = []byte("unknown")
			}
		}
		codes := map[fault.Code]int{}
		for range 12 {
			p.Misbehave = forge
			_, _, err := d.signInPasskey(t, p, session.Opening{})
			codes[fault.CodeOf(err)]++
			p.Misbehave = nil
			if _, _, err := d.signInPasskey(t, p, session.Opening{}); err != nil {
				t.Fatalf("the owner is locked out: %v", err)
			}
		}
		if codes[fault.CodePasskeyUnknown] != 6 || codes[fault.CodeRequestTooMany] != 6 {
			t.Errorf("known %v: %v", known, codes)
		}
		d.after(session.FirstLockout)
		p.Misbehave = forge
		_, _, err := d.signInPasskey(t, p, session.Opening{})
		wantCode(t, "after the lockout", err, fault.CodePasskeyUnknown)
		_, _, err = d.signInPasskey(t, p, session.Opening{})
		wantCode(t, "once more", err, fault.CodeRequestTooMany)
	}
}
