package session_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
)

// locators notes which locator a typed code led to.
type locators struct {
	session.Store
	last string
}

func (l *locators) BeginAttempt(_ context.Context, locator string, _ time.Time, _ int) (session.Activation, error) {
	l.last = locator
	return session.Activation{}, fault.New(fault.CodeActivationUnknown, "")
}

// Change keeps nothing.
func (l *locators) Change(context.Context, func(session.Tx) error) error { return nil }

// FuzzActivationCode: what is typed is refused as malformed, or leads to a
// locator of six characters of the alphabet; nothing else happens.
func FuzzActivationCode(f *testing.F) {
	for _, seed := range []string{"7K3M-9XQ2-PD4W-ZR8T", "7k3m 9xq2 pd4w zr8t", "OIL0-1111-2222-3333", "", "-", "0000", "UUUU-0000-0000-0000", "Đ", "\xff", "0000-0000-0000-00000"} {
		f.Add(seed)
	}
	store := &locators{}
	s := session.New(session.Config{Catalog: catalog.Default(), Store: store, Now: func() time.Time { return start }, Random: rand.Reader, Party: party})
	f.Fuzz(func(t *testing.T, typed string) {
		store.last = ""
		_, _, err := s.SignIn(t.Context(), typed, session.Opening{})
		switch {
		case fault.Is(err, fault.CodeRequestMalformed):
			if store.last != "" {
				t.Error("malformed, and yet looked up")
			}
		case fault.Is(err, fault.CodeActivationUnknown):
			if len(store.last) != 6 || strip(store.last) != store.last {
				t.Errorf("locator %q", store.last)
			}
		default:
			t.Errorf("%q: %v", typed, err)
		}
	})
}

// strip leaves the characters of the alphabet.
func strip(s string) string {
	out := ""
	for _, r := range s {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' && r != 'I' && r != 'L' && r != 'O' && r != 'U' {
			out += string(r)
		}
	}
	return out
}
