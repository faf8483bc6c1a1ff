package session_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/server/session/passkey"
	"github.com/giayto/giayto/wallet"
)

// confirm has the phone confirm an act.
func (d *desk) confirm(t testing.TB, p *phone, subject [32]byte) ([]byte, []byte) {
	t.Helper()
	options, err := d.BeginConfirmation(t.Context(), p.open, subject)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	return options, answer
}

// anyPasskey is the options without the list of those that are asked for.
func anyPasskey(t testing.TB, options []byte) []byte {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	delete(o, "allowCredentials")
	loose, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return loose
}

func TestConfirm(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	subject := [32]byte{1, 2, 31: 9}
	options, answer := d.confirm(t, p, subject)
	var o struct{ AllowCredentials []struct{ ID string } }
	if err := json.Unmarshal(options, &o); err != nil || len(o.AllowCredentials) != 1 {
		t.Fatalf("%s, %v", options, err)
	}
	assertion, err := passkey.ParseAssertion(answer)
	if err != nil || len(assertion.Challenge()) != 64 || !bytes.Equal(assertion.Challenge()[32:], subject[:]) {
		t.Fatalf("the act is not in the challenge: %x, %v", assertion.Challenge(), err)
	}
	got, level, err := d.Confirm(t.Context(), p.open, answer)
	if err != nil || got != subject || level != session.Bound {
		t.Errorf("%x at level %d, %v", got, level, err)
	}
	_, _, err = d.Confirm(t.Context(), p.open, answer)
	wantCode(t, "a replay", err, fault.CodePasskeyChallenge)
}

func TestConfirmationsOfOthers(t *testing.T) {
	d := newDesk(t)
	p, other := d.enrol(t, "A"), d.enrol(t, "B")
	_, answer := d.confirm(t, p, [32]byte{1})
	_, _, err := d.Confirm(t.Context(), other.open, answer)
	wantCode(t, "of another session", err, fault.CodePasskeyChallenge)

	options, err := d.BeginReauthentication(t.Context(), p.open)
	if err != nil {
		t.Fatal(err)
	}
	answer, err = p.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	subject, level, err := d.Confirm(t.Context(), p.open, answer)
	wantCode(t, "of another purpose", err, fault.CodePasskeyChallenge)
	if subject != ([32]byte{}) || level != 0 {
		t.Errorf("%x at level %d beside a refusal", subject, level)
	}

	_, answer = d.confirm(t, p, [32]byte{1})
	if err := d.EndSession(t.Context(), p.open, p.open.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = d.Confirm(t.Context(), p.open, answer)
	wantCode(t, "of a session that has ended", err, fault.CodeSessionInvalid)
}

// TestConfirmationIsWorthItsEnrolment: a passkey that was registered before a
// check in person confirms at level 2, whatever came later.
func TestConfirmationIsWorthItsEnrolment(t *testing.T) {
	d := newDesk(t)
	p := &phone{Authenticator: &authenticator.Authenticator{Origin: page}}
	p.token, p.open = d.signIn(t, session.Opening{})
	_, err := d.BeginConfirmation(t.Context(), p.open, [32]byte{1})
	wantCode(t, "without a passkey", err, fault.CodePasskeyNone)
	if _, err := d.register(t, p); err != nil {
		t.Fatal(err)
	}
	checked := d.enrol(t, "B")
	p.open = checked.open
	options, err := d.BeginConfirmation(t.Context(), p.open, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Get(options); !errors.Is(err, authenticator.ErrNone) {
		t.Errorf("it is asked for: %v", err)
	}
	answer, err := p.Get(anyPasskey(t, options))
	if err != nil {
		t.Fatal(err)
	}
	if _, level, err := d.Confirm(t.Context(), p.open, answer); err != nil || level != session.TwoFactors {
		t.Errorf("level %d, %v", level, err)
	}
	for e, want := range map[wallet.Enrolment]int{0: 0, wallet.Remote: 2, wallet.InPerson: 4, 3: 0} {
		if got := session.Ceiling(e); got != want {
			t.Errorf("enrolment %d reaches level %d", e, got)
		}
	}
}
