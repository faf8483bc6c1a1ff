package session_test

import (
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
)

func TestPasskeyNamesAndOwners(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	renamed, err := d.RenamePasskey(t.Context(), "anh", p.passkey.ID, "Máy cũ")
	if err != nil || renamed.Name != "Máy cũ" || d.passkeys(t)[0].Name != "Máy cũ" {
		t.Errorf("renamed %+v, %v", renamed, err)
	}
	_, err = d.RenamePasskey(t.Context(), "anh", p.passkey.ID, strings.Repeat("a", 61))
	wantCode(t, "too long", err, fault.CodeRequestMalformed)
	_, err = d.RenamePasskey(t.Context(), "binh", p.passkey.ID, "x")
	wantCode(t, "somebody else's", err, fault.CodePasskeyNotFound)
	theirs := p.open
	theirs.Owner = "binh"
	_, err = d.BeginReauthentication(t.Context(), theirs)
	wantCode(t, "without a passkey", err, fault.CodePasskeyNone)
}

func TestTooManyPasskeys(t *testing.T) {
	d := newDesk(t)
	_, open := d.signIn(t, session.Opening{})
	for n := range session.MaxPasskeys {
		if _, err := d.register(t, &phone{Authenticator: &authenticator.Authenticator{Origin: page}, open: open}); err != nil {
			t.Fatalf("passkey %d: %v", n, err)
		}
	}
	_, err := d.BeginRegistration(t.Context(), open)
	wantCode(t, "one more", err, fault.CodePasskeyTooMany)
}

// TestOnePasskeyAnAuthenticator: an authenticator that has one makes no second,
// unless the first counts for less than the session.
func TestOnePasskeyAnAuthenticator(t *testing.T) {
	d := newDesk(t)
	p := &phone{Authenticator: &authenticator.Authenticator{Origin: page}}
	p.token, p.open = d.signIn(t, session.Opening{}) // level 1
	if _, err := d.register(t, p); err != nil {
		t.Fatal(err)
	}
	options, err := d.BeginRegistration(t.Context(), p.open)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Create(options); err != authenticator.ErrExcluded {
		t.Errorf("a second passkey: %v", err)
	}
	checked := d.enrol(t, "B") // level 2
	p.open = checked.open
	if _, err := d.register(t, p); err != nil {
		t.Errorf("after a check in person: %v", err)
	}
}

// TestSomebodyElsesCredential: an id that somebody has registered cannot be
// registered again.
func TestSomebodyElsesCredential(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	thief := &phone{Authenticator: &authenticator.Authenticator{Origin: page,
		Misbehave: func(a *authenticator.Answer) { a.Credential = p.passkey.Key.Credential }}, open: p.open}
	_, err := d.register(t, thief)
	wantCode(t, "a taken credential", err, fault.CodePasskeyRegistered)
	if _, _, err := d.signInPasskey(t, p, session.Opening{}); err != nil {
		t.Error(err)
	}
}

// TestLockedOut: an agency that locks the wallet for a lost phone ends passkeys
// too.
func TestLockEndsPasskeys(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	err := d.store.Issue(t.Context(), func(tx issuer.Tx) error { return tx.EndSessions("anh", *d.now.Load()) })
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.signInPasskey(t, p, session.Opening{})
	wantCode(t, "a passkey of before", err, fault.CodePasskeyUnknown)
	if list := d.passkeys(t); len(list) != 0 {
		t.Errorf("left %v", list)
	}
}

// TestRefusalsAreBounded: who goes on being refused does not fill the disk.
func TestRefusalsAreBounded(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	p.Misbehave = func(a *authenticator.Answer) { a.Forge = true }
	for range 60 {
		if _, _, err := d.signInPasskey(t, p, session.Opening{}); err == nil {
			t.Fatal("a forged signature opened a session")
		}
	}
	if n := len(d.kinds(t, 100)); n > 30 {
		t.Errorf("%d events", n)
	}
}
