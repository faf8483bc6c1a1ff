package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"testing"

	"github.com/giayto/giayto/verifier"
)

// testRoot derives a TEST key.
func testRoot(t *testing.T, name string) (*ecdsa.PrivateKey, *verifier.Key) {
	t.Helper()
	seed := sha256.Sum256([]byte("TEST " + name))
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
	if err != nil {
		t.Fatal(err)
	}
	key, err := verifier.NewKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return private, key
}

// A checker with a state learns a new root from the old one, and forgets the old
// one with the first list that the new one signs alone.
func TestStateLearnsRoot(t *testing.T) {
	old, oldKey := testRoot(t, "old root")
	next, nextKey := testRoot(t, "new root")
	s := newScene(t, "can_cuoc: five fields")
	original, err := verifier.ParseKey(s.Root)
	if err != nil {
		t.Fatal(err)
	}
	base, err := verifier.OpenTrustList([]byte(s.TrustList), original)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(version int64, by *ecdsa.PrivateKey, succession bool) string {
		t.Helper()
		l := *base
		l.Version = version
		if succession {
			if l.NextRoot, err = verifier.NewSuccession(l.Issuer, oldKey, next); err != nil {
				t.Fatal(err)
			}
		}
		text, err := verifier.SignTrustList(l, by)
		if err != nil {
			t.Fatal(err)
		}
		return s.file(t, "list", text)
	}
	write := func(name string, key *verifier.Key) string {
		t.Helper()
		jwk, err := key.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		return s.file(t, name, jwk)
	}
	oldRoot, nextRoot := write("old.jwk", oldKey), write("new.jwk", nextKey)
	for i, step := range []struct {
		version    int64
		by         *ecdsa.PrivateKey
		succession bool
		root, want string
	}{
		{1, old, false, oldRoot, ""},
		{2, next, false, oldRoot, "trust_list_invalid"}, // not seen the succession yet
		{2, old, true, oldRoot, "replayed"},
		{1, old, false, oldRoot, "trust_list_rollback"},
		{2, old, true, nextRoot, "trust_list_invalid"}, // who pins the new root never trusts the old one
		{3, next, false, oldRoot, "replayed"},
		{4, old, false, oldRoot, "trust_list_invalid"}, // the old one is past, even if it leaks
		{4, old, true, oldRoot, "trust_list_invalid"},
		{2, next, false, oldRoot, "trust_list_rollback"},
		{2, next, false, nextRoot, "trust_list_rollback"}, // the version grows across roots
		{3, next, false, nextRoot, "replayed"},
	} {
		list := sign(step.version, step.by, step.succession)
		_, reason := reasonOf(t, "--trust-list", list, "--root", step.root, "--at", s.Now.Format("2006-01-02T15:04:05Z07:00"), "--state", s.state, s.Text)
		if reason != step.want {
			t.Errorf("step %d: %q, want %q", i, reason, step.want)
		}
	}
}
