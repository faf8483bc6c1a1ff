package authenticator_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/server/session/passkey"
)

var challenge = make([]byte, passkey.ChallengeSize)

// TestKeysInAFile: what is written to a file and read again signs as before.
func TestKeysInAFile(t *testing.T) {
	party := passkey.New(passkey.Config{ID: "vi.example", Name: "Giayto", Origins: []string{"https://vi.example"}})
	for _, algorithm := range []int{authenticator.ES256, authenticator.EdDSA} {
		a := &authenticator.Authenticator{Origin: "https://vi.example", Algorithm: algorithm}
		creation, err := party.CreationOptions(challenge, passkey.User{Handle: []byte("anh"), Name: "x"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		created, err := a.Create(creation)
		if err != nil {
			t.Fatal(err)
		}
		registration, err := passkey.ParseRegistration(created)
		if err != nil {
			t.Fatal(err)
		}
		key, err := party.Register(registration, challenge)
		if err != nil {
			t.Fatal(err)
		}
		content, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var again authenticator.Authenticator
		if err := json.Unmarshal(content, &again); err != nil {
			t.Fatal(err)
		}
		request, err := party.RequestOptions(challenge, nil)
		if err != nil {
			t.Fatal(err)
		}
		used, err := again.Get(request)
		if err != nil {
			t.Fatal(err)
		}
		assertion, err := passkey.ParseAssertion(used)
		if err != nil {
			t.Fatal(err)
		}
		if use, err := party.Check(assertion, challenge, key.PublicKey); err != nil || use.Counter != 1 {
			t.Errorf("%+v, %v", use, err)
		}
	}
}

func TestNoPasskeyFits(t *testing.T) {
	a := &authenticator.Authenticator{Origin: "https://vi.example"}
	for _, options := range []string{`{"rpId":"vi.example","challenge":"AA"}`, `{"rpId":"vi.example","challenge":"AA","allowCredentials":[{"id":"AA"}]}`} {
		if _, err := a.Get([]byte(options)); !errors.Is(err, authenticator.ErrNone) {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "x", `{"challenge":"!"}`} {
		if _, err := a.Get([]byte(bad)); err == nil {
			t.Errorf("%q is answered", bad)
		}
		if _, err := a.Create([]byte(bad)); err == nil {
			t.Errorf("%q makes a passkey", bad)
		}
	}
	a.Algorithm = 5
	if _, err := a.Create([]byte(`{"rp":{"id":"x"},"user":{"id":"AA"},"challenge":"AA"}`)); err == nil {
		t.Error("an algorithm that it has not")
	}
}
