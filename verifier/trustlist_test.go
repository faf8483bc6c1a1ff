package verifier_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier"
)

// What OpenTrustList would refuse is not signed. (The vectors hold the same and
// more with a signature made by hand.)
func TestSignTrustListRefuses(t *testing.T) {
	root := testKey(t, "root")
	for _, c := range []struct {
		name   string
		change func(*verifier.TrustList)
	}{
		{"version zero", func(l *verifier.TrustList) { l.Version = 0 }},
		{"no issued_at", func(l *verifier.TrustList) { l.IssuedAt = time.Time{} }},
		{"next_update at issued_at", func(l *verifier.TrustList) { l.NextUpdate = l.IssuedAt }},
		{"no lifetime", func(l *verifier.TrustList) { l.Rules.MaxLifetime = 0 }},
		{"lifetime too long", func(l *verifier.TrustList) { l.Rules.MaxLifetime = 601 }},
		{"no bound lifetime", func(l *verifier.TrustList) { l.Rules.MaxBoundLifetime = 0 }},
		{"bound lifetime too long", func(l *verifier.TrustList) { l.Rules.MaxBoundLifetime = 86401 }},
		{"negative skew", func(l *verifier.TrustList) { l.Rules.ClockSkew = -1 }},
		{"skew too wide", func(l *verifier.TrustList) { l.Rules.ClockSkew = 301 }},
		{"grace too long", func(l *verifier.TrustList) { l.Rules.Grace = 90*86400 + 1 }},
		{"grace that overflows", func(l *verifier.TrustList) { l.Rules.Grace = 1 << 55 }},
		{"a key twice", func(l *verifier.TrustList) { l.Keys = append(l.Keys, l.Keys[0]) }},
		{"another algorithm", func(l *verifier.TrustList) { l.Keys[0].Algorithm = "RS256" }},
		{"no purpose", func(l *verifier.TrustList) { l.Keys[0].Purpose = "" }},
		{"the root's purpose", func(l *verifier.TrustList) { l.Keys[0].Purpose = verifier.PurposeTrustList }},
		{"the root's key", func(l *verifier.TrustList) { l.Keys[0] = entry(t, "root") }},
		{"window without a beginning", func(l *verifier.TrustList) { l.Keys[0].NotBefore = time.Time{} }},
		{"window of no length", func(l *verifier.TrustList) { l.Keys[0].NotAfter = l.Keys[0].NotBefore }},
		{"no key", func(l *verifier.TrustList) { l.Keys[0].JWK = nil }},
		{"too many keys", func(l *verifier.TrustList) { l.Keys = make([]verifier.TrustedKey, 4097) }},
		{"larger than any genuine one", func(l *verifier.TrustList) { l.Keys[0].Revoked = strings.Repeat("x", verifier.MaxTrustList) }},
	} {
		l := draft(t, 1)
		c.change(&l)
		if text, err := verifier.SignTrustList(l, repeatable{root}); err == nil || text != nil {
			t.Errorf("%s: signed", c.name)
		}
	}
	edge := draft(t, 1)
	edge.Rules = verifier.Rules{MaxLifetime: 600, MaxBoundLifetime: 86400, ClockSkew: 300, Grace: 90 * 86400}
	open(t, edge)
	raw := make([]byte, 48)
	raw[47] = 1
	if _, err := verifier.SignTrustList(draft(t, 1), ok(ecdsa.ParseRawPrivateKey(elliptic.P384(), raw))(t)); err == nil {
		t.Error("signed by a P-384 root")
	}
}

func TestOpenTrustList(t *testing.T) {
	rootKey := testKey(t, "root")
	root := named(t, rootKey)
	text := ok(verifier.SignTrustList(draft(t, 7), repeatable{rootKey}))(t)
	part := strings.Split(string(text), ".")
	head := ok(base64.RawURLEncoding.DecodeString(part[0]))(t)
	if want := `{"alg":"ES256","kid":"` + root.Thumbprint + `","typ":"giayto-trust-list+jwt"}`; string(head) != want {
		t.Errorf("header %s, want %s", head, want)
	}
	list := ok(verifier.OpenTrustList(append([]byte(" \n"), append(text, "\r\n"...)...), root))(t)
	if list.Version != 7 || len(list.Keys) != 1 || list.Keys[0].Key().Thumbprint != named(t, testKey(t, "disclosure")).Thumbprint {
		t.Errorf("%+v", list)
	}
	for _, c := range []struct {
		name string
		text []byte
		root *verifier.Key
	}{
		{"empty", nil, root},
		{"no root", text, nil},
		{"another root", text, named(t, testKey(t, "disclosure"))},
		{"oversized", bytes.Repeat([]byte("A"), verifier.MaxTrustList+1), root},
		{"two parts", []byte(part[0] + "." + part[1]), root},
		{"four parts", append(bytes.Clone(text), ".AA"...), root},
		{"no signature", []byte(part[0] + "." + part[1] + "."), root},
		{"detached payload", []byte(part[0] + ".." + part[2]), root},
		{"header replaced", []byte(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"giayto-trust-list+jwt"}`)) + "." + part[1] + "." + part[2]), root},
		{"header no JSON", []byte("AAAA." + part[1] + "." + part[2]), root},
		{"text after the list", append(bytes.Clone(text), " x"...), root},
	} {
		list, err := verifier.OpenTrustList(c.text, c.root)
		if list != nil {
			t.Errorf("%s: opened", c.name)
			continue
		}
		wantReason(t, err, verifier.ReasonTrustListInvalid)
	}
}

// Every character of a list is under its signature or is the signature.
func TestOpenTrustListChanged(t *testing.T) {
	rootKey := testKey(t, "root")
	text := ok(verifier.SignTrustList(draft(t, 1), repeatable{rootKey}))(t)
	opened := 0
	for i := range text {
		changed := bytes.Clone(text)
		if changed[i]++; changed[i] == text[0] {
			continue
		}
		if list, _ := verifier.OpenTrustList(changed, named(t, rootKey)); list != nil {
			opened++
		}
	}
	if opened > 0 {
		t.Errorf("%d changed texts were opened", opened)
	}
}

func TestSupersedes(t *testing.T) {
	one, two, other := open(t, draft(t, 1)), open(t, draft(t, 2)), draft(t, 2)
	other.IssuedAt = other.IssuedAt.Add(time.Second)
	twin := open(t, other)
	for _, c := range []struct {
		name        string
		list, older *verifier.TrustList
		want        bool
	}{
		{"newer", two, one, true}, {"same", two, two, true}, {"older", one, two, false}, {"another under the same version", twin, two, false},
		{"newest after nothing", one, &verifier.TrustList{}, true},
	} {
		v := verifier.New(c.older, verifier.Options{})
		for _, err := range []error{c.list.Supersedes(c.older.Stamp()), v.Update(c.list)} {
			if c.want && err != nil {
				t.Errorf("%s: %v", c.name, err)
			} else if !c.want {
				wantReason(t, err, verifier.ReasonTrustListRollback)
			}
		}
	}
	// The same content signed once more, with another signature, is the same list.
	again := ok(verifier.SignTrustList(draft(t, 2), testKey(t, "root")))(t)
	if err := ok(verifier.OpenTrustList(again, named(t, testKey(t, "root"))))(t).Supersedes(two.Stamp()); err != nil {
		t.Error(err)
	}
}

func TestUpdateKeepsThePresentList(t *testing.T) {
	v := verifier.New(nil, verifier.Options{})
	text := show(t, name(1), "disclosure")
	result, err := v.Verify(text, verifier.Check{Now: noon})
	if reasonOf(t, result, err) != verifier.ReasonTrustListMissing {
		t.Fatal(err)
	}
	wantReason(t, v.Update(nil), verifier.ReasonTrustListMissing)
	empty := draft(t, 3)
	if err := v.Update(open(t, empty)); err != nil {
		t.Fatal(err)
	}
	empty.Version, empty.Keys = 2, nil
	wantReason(t, v.Update(open(t, empty)), verifier.ReasonTrustListRollback)
	wantReason(t, v.Update(nil), verifier.ReasonTrustListMissing)
	if result, err := v.Verify(text, verifier.Check{Now: noon}); reasonOf(t, result, err) != "" {
		t.Error("a refused update changed the list")
	}
}

func TestParseKey(t *testing.T) {
	key := named(t, testKey(t, "disclosure"))
	good := string(ok(json.Marshal(key))(t))
	parsed := ok(verifier.ParseKey([]byte(good)))(t)
	if !parsed.Public.Equal(key.Public) || parsed.Thumbprint != key.Thumbprint || parsed.ID != key.ID || !strings.HasPrefix(good, `{"kty":"EC","crv":"P-256","x":"`) {
		t.Errorf("%s gave %+v", good, parsed)
	}
	var members map[string]string
	if err := json.Unmarshal([]byte(good), &members); err != nil {
		t.Fatal(err)
	}
	with := func(name, value string) string {
		changed := map[string]string{}
		for n, v := range members {
			changed[n] = v
		}
		if changed[name] = value; value == "" {
			delete(changed, name)
		}
		return string(ok(json.Marshal(changed))(t))
	}
	for _, accepted := range []string{with("kid", ""), with("use", ""), with("alg", ""), " " + good + "\n"} {
		if again := ok(verifier.ParseKey([]byte(accepted)))(t); again.Thumbprint != key.Thumbprint {
			t.Errorf("%s gave %s", accepted, again.Thumbprint)
		}
	}
	for _, refused := range []string{
		"", "null", "[]", "{}", good + good, good + "x", `{"keys":[` + good + `]}`, with("kid", "1"), with("d", members["x"]),
		with("kty", "RSA"), with("kty", "oct"), with("crv", "P-384"), with("crv", "secp256k1"), with("x", ""), with("x", members["y"]),
		with("use", "enc"), with("alg", "ES384"), with("alg", "HS256"), with("x", "AA"), `{"kty":"oct","k":"AAAA"}`,
		"-----BEGIN PUBLIC KEY-----\nMFk=\n-----END PUBLIC KEY-----",
	} {
		if k, err := verifier.ParseKey([]byte(refused)); err == nil {
			t.Errorf("%s gave %s", refused, k.Thumbprint)
		}
	}
	if _, err := verifier.NewKey(nil); err == nil {
		t.Error("nil is a key")
	}
	if _, err := verifier.NewKey(&ecdsa.PublicKey{}); err == nil {
		t.Error("nothing is a key")
	}
}
