package passkey_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session/passkey"
)

const (
	domain  = "vi.example"
	page    = "https://vi.example"
	android = "android:apk-key-hash:3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

var user = passkey.User{Handle: []byte("k5rj2x7wq3mzt4ydvh6n5pbc2a"), Name: "Ví giấy tờ"}

func party(origins ...string) *passkey.Party {
	return passkey.New(passkey.Config{ID: domain, Name: "Giayto", Origins: append([]string{page}, origins...)})
}

func challenge(n byte) []byte { return slices.Repeat([]byte{n}, passkey.ChallengeSize) }

// create has an authenticator answer to the options of a challenge.
func create(t *testing.T, p *passkey.Party, a *authenticator.Authenticator, challenge []byte, exclude ...passkey.Descriptor) *passkey.Registration {
	t.Helper()
	options, err := p.CreationOptions(challenge, user, exclude)
	if err != nil {
		t.Fatal(err)
	}
	body, err := a.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	r, err := passkey.ParseRegistration(body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func get(t *testing.T, p *passkey.Party, a *authenticator.Authenticator, challenge []byte, allow ...passkey.Descriptor) *passkey.Assertion {
	t.Helper()
	options, err := p.RequestOptions(challenge, allow)
	if err != nil {
		t.Fatal(err)
	}
	body, err := a.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	assertion, err := passkey.ParseAssertion(body)
	if err != nil {
		t.Fatal(err)
	}
	return assertion
}

func TestRegisterAndUse(t *testing.T) {
	for _, algorithm := range []int{authenticator.ES256, authenticator.EdDSA} {
		p, a := party(), &authenticator.Authenticator{Origin: page, Algorithm: algorithm, Synced: true}
		r := create(t, p, a, challenge(1))
		if string(r.Challenge()) != string(challenge(1)) {
			t.Errorf("challenge %x", r.Challenge())
		}
		key, err := p.Register(r, challenge(1))
		if err != nil {
			t.Fatal(err)
		}
		if key.Algorithm != algorithm || !key.Synced || key.Format != "packed" || key.Attestation != "basic_surrogate" || len(key.AAGUID) != 16 ||
			!slices.Equal(key.Transports, []string{"internal", "hybrid"}) || len(key.Object) == 0 {
			t.Errorf("key %+v", key)
		}
		for n := byte(2); n < 4; n++ {
			assertion := get(t, p, a, challenge(n))
			if string(assertion.Credential()) != string(key.Credential) || string(assertion.UserHandle()) != string(user.Handle) {
				t.Errorf("credential %x of %q", assertion.Credential(), assertion.UserHandle())
			}
			use, err := p.Check(assertion, assertion.Challenge(), key.PublicKey)
			if err != nil || use.Counter != uint32(n-1) || !use.Synced {
				t.Errorf("use %+v, %v", use, err)
			}
		}
	}
}

// TestOptions: what a client must be told, so that it cannot do less.
func TestOptions(t *testing.T) {
	p := party()
	raw, err := p.CreationOptions(challenge(1), user, []passkey.Descriptor{{Credential: []byte{1}, Transports: []string{"internal"}}})
	if err != nil {
		t.Fatal(err)
	}
	var created struct {
		RP                     struct{ ID, Name string }
		User                   struct{ ID, Name, DisplayName string }
		Challenge, Attestation string
		Timeout                int
		PubKeyCredParams       []struct{ Alg int }
		ExcludeCredentials     []struct {
			ID, Type   string
			Transports []string
		}
		AuthenticatorSelection struct {
			ResidentKey, UserVerification string
			RequireResidentKey            bool
		}
	}
	if err := json.Unmarshal(raw, &created); err != nil {
		t.Fatal(err)
	}
	if created.RP.ID != domain || created.User.ID != "azVyajJ4N3dxM216dDR5ZHZoNm41cGJjMmE" || created.Attestation != "direct" || created.Timeout != 300000 ||
		created.AuthenticatorSelection.ResidentKey != "required" || created.AuthenticatorSelection.UserVerification != "required" ||
		!created.AuthenticatorSelection.RequireResidentKey || len(created.PubKeyCredParams) != 3 || created.PubKeyCredParams[0].Alg != -7 ||
		len(created.ExcludeCredentials) != 1 || created.ExcludeCredentials[0].ID != "AQ" || created.ExcludeCredentials[0].Type != "public-key" {
		t.Errorf("creation options %s", raw)
	}
	if raw, err = p.RequestOptions(challenge(1), nil); err != nil || !strings.Contains(string(raw), `"userVerification":"required"`) ||
		!strings.Contains(string(raw), `"rpId":"vi.example"`) || strings.Contains(string(raw), "allowCredentials") {
		t.Errorf("request options %s, %v", raw, err)
	}
}

func TestExcluded(t *testing.T) {
	p, a := party(), &authenticator.Authenticator{Origin: page}
	key, err := p.Register(create(t, p, a, challenge(1)), challenge(1))
	if err != nil {
		t.Fatal(err)
	}
	options, err := p.CreationOptions(challenge(2), user, []passkey.Descriptor{{Credential: key.Credential}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Create(options); !errors.Is(err, authenticator.ErrExcluded) {
		t.Errorf("a second passkey on one authenticator: %v", err)
	}
}

// misbehaviours change an answer, and say how it is refused.
var misbehaviours = map[string]struct {
	change func(*authenticator.Answer)
	code   fault.Code
}{
	"another origin":        {func(a *authenticator.Answer) { a.Origin = "https://vi.example.evil" }, fault.CodePasskeyOrigin},
	"a subdomain":           {func(a *authenticator.Answer) { a.Origin = "https://x.vi.example" }, fault.CodePasskeyOrigin},
	"another scheme":        {func(a *authenticator.Answer) { a.Origin = "http://vi.example" }, fault.CodePasskeyOrigin},
	"another port":          {func(a *authenticator.Answer) { a.Origin = "https://vi.example:444" }, fault.CodePasskeyOrigin},
	"other letters":         {func(a *authenticator.Answer) { a.Origin = "https://VI.example" }, fault.CodePasskeyOrigin},
	"no origin":             {func(a *authenticator.Answer) { a.Origin = "" }, fault.CodePasskeyOrigin},
	"an app":                {func(a *authenticator.Answer) { a.Origin = android }, fault.CodePasskeyOrigin},
	"within another's page": {func(a *authenticator.Answer) { a.CrossOrigin = true }, fault.CodePasskeyOrigin},
	"another domain":        {func(a *authenticator.Answer) { a.RPID = "vi.example.evil" }, fault.CodePasskeyRPID},
	"user not verified":     {func(a *authenticator.Answer) { a.Flags &^= authenticator.UserVerified }, fault.CodePasskeyUser},
	"user not present":      {func(a *authenticator.Answer) { a.Flags &^= authenticator.UserPresent }, fault.CodePasskeyUser},
	"another challenge":     {func(a *authenticator.Answer) { a.Challenge = challenge(99) }, fault.CodePasskeyChallenge},
	"no challenge":          {func(a *authenticator.Answer) { a.Challenge = nil }, fault.CodePasskeyChallenge},
	"half a challenge":      {func(a *authenticator.Answer) { a.Challenge = a.Challenge[:16] }, fault.CodePasskeyChallenge},
}

func TestRefusedRegistrations(t *testing.T) {
	p := party()
	for name, m := range misbehaviours {
		a := &authenticator.Authenticator{Origin: page, Misbehave: m.change}
		_, err := p.Register(create(t, p, a, challenge(1)), challenge(1))
		wantRefusal(t, name, err, m.code)
	}
	for name, m := range map[string]struct {
		a    authenticator.Authenticator
		code fault.Code
	}{
		"an algorithm that was not offered": {authenticator.Authenticator{Algorithm: authenticator.ES384}, fault.CodePasskeyAlgorithm},
		"a wrong statement":                 {authenticator.Authenticator{Misbehave: func(a *authenticator.Answer) { a.Forge = true }}, fault.CodePasskeyAttestation},
		"the other ceremony":                {authenticator.Authenticator{Misbehave: func(a *authenticator.Answer) { a.Type = "webauthn.get" }}, fault.CodeRequestMalformed},
	} {
		m.a.Origin = page
		_, err := p.Register(create(t, p, &m.a, challenge(1)), challenge(1))
		wantRefusal(t, name, err, m.code)
	}
	a := &authenticator.Authenticator{Origin: page}
	for _, wrong := range [][]byte{nil, {}, challenge(2), challenge(1)[:31]} {
		_, err := p.Register(create(t, p, a, challenge(1)), wrong)
		wantRefusal(t, "against another challenge", err, fault.CodePasskeyChallenge)
	}
}

func TestRefusedAssertions(t *testing.T) {
	p, a := party(), &authenticator.Authenticator{Origin: page}
	key, err := p.Register(create(t, p, a, challenge(1)), challenge(1))
	if err != nil {
		t.Fatal(err)
	}
	other := &authenticator.Authenticator{Origin: page}
	stranger, err := p.Register(create(t, p, other, challenge(1)), challenge(1))
	if err != nil {
		t.Fatal(err)
	}
	more := map[string]struct {
		change func(*authenticator.Answer)
		code   fault.Code
	}{
		"a wrong signature":  {func(a *authenticator.Answer) { a.Forge = true }, fault.CodePasskeyUnknown},
		"the other ceremony": {func(a *authenticator.Answer) { a.Type = "webauthn.create" }, fault.CodeRequestMalformed},
	}
	for _, list := range []map[string]struct {
		change func(*authenticator.Answer)
		code   fault.Code
	}{misbehaviours, more} {
		for name, m := range list {
			a.Misbehave = m.change
			assertion := get(t, p, a, challenge(2))
			for of, public := range map[string][]byte{"": key.PublicKey, ", by nobody": nil} {
				_, err := p.Check(assertion, challenge(2), public)
				wantRefusal(t, name+of, err, m.code)
			}
		}
	}
	a.Misbehave = nil
	for name, public := range map[string][]byte{"nobody's": nil, "somebody else's": stranger.PublicKey, "no key": {}, "not a key": []byte("x")} {
		_, err := p.Check(get(t, p, a, challenge(2)), challenge(2), public)
		wantRefusal(t, name, err, fault.CodePasskeyUnknown)
	}
	_, err = p.Check(get(t, p, a, challenge(2)), challenge(3), key.PublicKey)
	wantRefusal(t, "against another challenge", err, fault.CodePasskeyChallenge)
}

// TestAppOrigins: an app may use passkeys when its origin is configured.
func TestAppOrigins(t *testing.T) {
	p, a := party(android), &authenticator.Authenticator{Origin: android}
	key, err := p.Register(create(t, p, a, challenge(1)), challenge(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Check(get(t, p, a, challenge(2)), challenge(2), key.PublicKey); err != nil {
		t.Error(err)
	}
	a.Origin = android[:len(android)-1] + "B"
	_, err = p.Check(get(t, p, a, challenge(2)), challenge(2), key.PublicKey)
	wantRefusal(t, "another app", err, fault.CodePasskeyOrigin)
}

func TestMalformed(t *testing.T) {
	p, a := party(), &authenticator.Authenticator{Origin: page}
	options, err := p.CreationOptions(challenge(1), user, nil)
	if err != nil {
		t.Fatal(err)
	}
	good, err := a.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"", "{}", "null", "[]", `{"id":"AQ"}`, string(good) + "{}", strings.Replace(string(good), `"public-key"`, `"password"`, 1),
		strings.Replace(string(good), `"rawId":"`, `"rawId":"AA`, 1), strings.Replace(string(good), `"clientDataJSON":"`, `"clientDataJSON":"!`, 1)} {
		_, err := passkey.ParseRegistration([]byte(body))
		wantRefusal(t, "registration "+body[:min(len(body), 30)], err, fault.CodeRequestMalformed)
		_, err = passkey.ParseAssertion([]byte(body))
		wantRefusal(t, "assertion "+body[:min(len(body), 30)], err, fault.CodeRequestMalformed)
	}
}

// wantRefusal asks for a fault at the credential that quotes nothing of it.
func wantRefusal(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Field != "credential" {
		t.Errorf("%s: %v, want %s", what, err, code)
		return
	}
	if strings.Contains(err.Error(), "evil") || strings.Contains(err.Error(), "android:") {
		t.Errorf("%s: the fault quotes the answer: %v", what, err)
	}
}

// FuzzAnswers: whatever a client sends is refused with a fault, or right.
func FuzzAnswers(f *testing.F) {
	p, a := party(), &authenticator.Authenticator{Origin: page}
	creation, err1 := p.CreationOptions(challenge(1), user, nil)
	request, err2 := p.RequestOptions(challenge(1), nil)
	created, err3 := a.Create(creation)
	used, err4 := a.Get(request)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		f.Fatal(err)
	}
	registration, err := passkey.ParseRegistration(created)
	if err != nil {
		f.Fatal(err)
	}
	key, err := p.Register(registration, challenge(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(created)
	f.Add(used)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var told *fault.Error
		if r, err := passkey.ParseRegistration(body); err == nil {
			if k, err := p.Register(r, challenge(1)); err == nil && len(k.PublicKey) == 0 || err != nil && !errors.As(err, &told) {
				t.Errorf("registered %+v, %v", k, err)
			}
		} else if !errors.As(err, &told) {
			t.Errorf("not a fault: %v", err)
		}
		if a, err := passkey.ParseAssertion(body); err == nil {
			if _, err := p.Check(a, challenge(1), nil); !errors.As(err, &told) {
				t.Errorf("nobody's passkey: %v", err)
			}
			if _, err := p.Check(a, challenge(1), key.PublicKey); err != nil && !errors.As(err, &told) {
				t.Errorf("not a fault: %v", err)
			}
		}
	})
}
