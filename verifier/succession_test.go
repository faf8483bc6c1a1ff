package verifier_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier"
)

// compact signs any payload under any type, as an attacker could.
func compact(t testing.TB, typ, payload string, key *ecdsa.PrivateKey) string {
	t.Helper()
	b64 := base64.RawURLEncoding
	input := b64.EncodeToString([]byte(`{"alg":"ES256","typ":"`+typ+`"}`)) + "." + b64.EncodeToString([]byte(payload))
	digest := sha256.Sum256([]byte(input))
	der := ok(key.Sign(rand.Reader, digest[:], crypto.SHA256))(t)
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 64)
	rs.R.FillBytes(raw[:32])
	rs.S.FillBytes(raw[32:])
	return input + "." + b64.EncodeToString(raw)
}

// handed is a list of the old root that names the new one.
func handed(t testing.TB, version int64) verifier.TrustList {
	t.Helper()
	l := draft(t, version)
	l.NextRoot = ok(verifier.NewSuccession(l.Issuer, named(t, testKey(t, "root")), testKey(t, "next root")))(t)
	return l
}

// Trust passes from root to root, and only forward.
func TestSuccession(t *testing.T) {
	oldRoot, nextRoot, third := testKey(t, "root"), testKey(t, "next root"), testKey(t, "third root")
	pinned := []*verifier.Key{named(t, oldRoot)}
	last := draft(t, 5)
	last.NextRoot = ok(verifier.NewSuccession(last.Issuer, named(t, nextRoot), third))(t)
	trusted := pinned
	for i, step := range []struct {
		list    verifier.TrustList
		by      *ecdsa.PrivateKey
		opens   bool
		trusted []*ecdsa.PrivateKey // afterwards
	}{
		{draft(t, 1), oldRoot, true, []*ecdsa.PrivateKey{oldRoot}},
		{draft(t, 2), nextRoot, false, []*ecdsa.PrivateKey{oldRoot}},
		{handed(t, 2), oldRoot, true, []*ecdsa.PrivateKey{oldRoot, nextRoot}},
		{handed(t, 3), oldRoot, true, []*ecdsa.PrivateKey{oldRoot, nextRoot}},
		{draft(t, 4), third, false, []*ecdsa.PrivateKey{oldRoot, nextRoot}},
		{draft(t, 4), nextRoot, true, []*ecdsa.PrivateKey{nextRoot}},
		{draft(t, 5), oldRoot, false, []*ecdsa.PrivateKey{nextRoot}},
		{last, nextRoot, true, []*ecdsa.PrivateKey{nextRoot, third}},
		{draft(t, 6), third, true, []*ecdsa.PrivateKey{third}},
	} {
		text := ok(verifier.SignTrustList(step.list, step.by))(t)
		list, err := verifier.OpenTrustList(text, trusted...)
		if (err == nil) != step.opens {
			t.Fatalf("step %d: %v", i, err)
		}
		if err != nil {
			wantReason(t, err, verifier.ReasonTrustListInvalid)
		} else {
			trusted = list.Roots()
		}
		if len(trusted) != len(step.trusted) {
			t.Fatalf("step %d: %d roots, want %d", i, len(trusted), len(step.trusted))
		}
		for j, want := range step.trusted {
			if trusted[j].Thumbprint != named(t, want).Thumbprint {
				t.Errorf("step %d: root %d is another one", i, j)
			}
		}
	}
}

// Each way to forge a succession, or to break a list, has its own words.
func TestOpenTrustListNames(t *testing.T) {
	oldRoot, nextRoot := testKey(t, "root"), testKey(t, "next root")
	from, to := named(t, oldRoot).Thumbprint, named(t, nextRoot).Thumbprint
	const typ = "giayto-root-succession+jwt"
	proof := func(from, to, issuer string) string {
		return `{"iss":"` + issuer + `","from":"` + from + `","to":"` + to + `"}`
	}
	const here = "https://giayto.example"
	proved := func(p string) func(*verifier.TrustList) { return func(l *verifier.TrustList) { l.NextRoot.Proof = p } }
	at := func(when time.Time) *time.Time { return &when }
	plainCA := certificate(t, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature })
	noSign := certificate(t, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })
	for _, c := range []struct {
		name   string
		change func(*verifier.TrustList)
		want   string
	}{
		{"no next key", func(l *verifier.TrustList) { l.NextRoot.JWK = nil }, "next_root: verifier: not a JWK"},
		{"next key private", func(l *verifier.TrustList) { l.NextRoot.JWK = json.RawMessage(`{"kty":"oct","k":"AAAA"}`) }, "not a public EC key"},
		{"follows itself", func(l *verifier.TrustList) { l.NextRoot.JWK = ok(json.Marshal(named(t, oldRoot)))(t) }, "does not follow itself"},
		{"no proof", proved(""), "proof is not signed by the new root"},
		{"proof by the old root", proved(compact(t, typ, proof(from, to, here), oldRoot)), "proof is not signed by the new root"},
		{"proof of another type", proved(compact(t, "giayto-trust-list+jwt", proof(from, to, here), nextRoot)), "proof is not signed by the new root"},
		{"proof too long", proved(strings.Repeat("A", 5000)), "proof is too long"},
		{"proof no JSON", proved(compact(t, typ, "yes", nextRoot)), "the proof: not one JSON text"},
		{"proof and more", proved(compact(t, typ, proof(from, to, here)+"{}", nextRoot)), "the proof: not one JSON text"},
		{"proof of another form", proved(compact(t, typ, `{"iss":1}`, nextRoot)), "the proof is not JSON of its form"},
		{"proof that says a thing twice", proved(compact(t, typ, `{"iss":"https://other.example","iss":"`+here+`","from":"`+from+`","to":"`+to+`"}`, nextRoot)), "the proof: a member stands twice"},
		{"proof in capitals", proved(compact(t, typ, strings.ToUpper(`{"iss":"`)+here+`","FROM":"`+from+`","TO":"`+to+`"}`, nextRoot)), "another old root"},
		{"proof with padding", proved(compact(t, typ, proof(from, to, here), nextRoot) + "="), "proof is not signed by the new root"},
		{"next key named twice", func(l *verifier.TrustList) {
			jwk := string(ok(json.Marshal(named(t, nextRoot)))(t))
			l.NextRoot.JWK = json.RawMessage(`{"kty":"EC",` + jwk[1:])
		}, "a member stands twice"},
		{"proof about another old root", proved(compact(t, typ, proof(to, to, here), nextRoot)), "another old root"},
		{"proof about another new root", proved(compact(t, typ, proof(from, from, here), nextRoot)), "another new root"},
		{"proof about another deployment", proved(compact(t, typ, proof(from, to, "https://other.example"), nextRoot)), "another deployment"},
		{"next root among the keys", func(l *verifier.TrustList) { l.Keys = append(l.Keys, entry(t, "next root")) }, "next root stands among the keys"},
		{"root among the keys", func(l *verifier.TrustList) { l.Keys = append(l.Keys, entry(t, "root")) }, "signs trust lists and nothing else"},
		{"reason without a moment", func(l *verifier.TrustList) { l.Keys[0].Revoked = "key_compromise" }, "reason of revocation without its moment"},
		{"revoked at no moment", func(l *verifier.TrustList) { l.Keys[0].RevokedAt = &time.Time{} }, "not JSON of its form"},
		{"reason too long", func(l *verifier.TrustList) {
			l.Keys[0].RevokedAt, l.Keys[0].Revoked = at(noon), strings.Repeat("x", 129)
		}, "reason of revocation is too long"},
		{"authority no certificate", func(l *verifier.TrustList) { l.Authorities = [][]byte{{1, 2, 3}} }, "certificate authority 0 is not a certificate"},
		{"authority for signatures", func(l *verifier.TrustList) { l.Authorities = [][]byte{plainCA} }, "certificate authority 0 may not sign certificates"},
		{"authority for lists alone", func(l *verifier.TrustList) { l.Authorities = [][]byte{certificate(t, nil), noSign} }, "certificate authority 1 may not sign certificates"},
		{"too many authorities", func(l *verifier.TrustList) { l.Authorities = make([][]byte, 9) }, "too many certificate authorities"},
		{"version zero", func(l *verifier.TrustList) { l.Version = 0 }, "version must be 1 to 2^53-1"},
		{"window of no length", func(l *verifier.TrustList) { l.Keys[0].NotAfter = l.Keys[0].NotBefore }, "not_after not later"},
		{"ends before it begins", func(l *verifier.TrustList) { l.NextUpdate = l.IssuedAt }, "next_update must be later"},
		{"rule outside", func(l *verifier.TrustList) { l.Rules.ClockSkew = 301 }, "outside its bounds"},
	} {
		l := handed(t, 1)
		c.change(&l)
		text := compact(t, "giayto-trust-list+jwt", string(ok(json.Marshal(l))(t)), oldRoot)
		list, err := verifier.OpenTrustList([]byte(text), named(t, oldRoot))
		var refusal *verifier.Refusal
		if list != nil || !errors.As(err, &refusal) || refusal.Reason != verifier.ReasonTrustListInvalid || !strings.Contains(refusal.Detail, c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	good := handed(t, 1)
	good.Authorities = [][]byte{certificate(t, nil)}
	if list := open(t, good); len(list.Authorities) != 1 || list.NextRoot.Key().Thumbprint != to {
		t.Error("what is right is not read")
	}
}

// certificate is self-signed by a TEST key, an authority unless changed.
func certificate(t testing.TB, change func(*x509.Certificate)) []byte {
	t.Helper()
	key := testKey(t, "authority")
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "TEST"}, NotBefore: noon, NotAfter: noon.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	if change != nil {
		change(template)
	}
	return ok(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))(t)
}

// The list says how old it may be, how far clocks may be apart, and since when a
// key does not count; an answer says how old the list is.
func TestRulesOfTheList(t *testing.T) {
	revoked := noon.Add(-time.Minute)
	for _, c := range []struct {
		name   string
		change func(*verifier.TrustList)
		at     time.Duration // from noon
		want   verifier.Reason
		detail string
	}{
		{"fresh", func(*verifier.TrustList) {}, 0, "", ""},
		{"in its grace", func(l *verifier.TrustList) { l.NextUpdate, l.Rules.Grace = noon.Add(-time.Minute), 60 }, 0, "", ""},
		{"past its grace", func(l *verifier.TrustList) { l.NextUpdate, l.Rules.Grace = noon.Add(-time.Minute), 59 }, 0, verifier.ReasonTrustListTooOld, "past next_update and grace"},
		{"without grace", func(l *verifier.TrustList) { l.NextUpdate, l.Rules.Grace = noon.Add(-time.Second), 0 }, 0, verifier.ReasonTrustListTooOld, "past next_update and grace"},
		{"clock slow within its skew", func(l *verifier.TrustList) { l.IssuedAt, l.Rules.ClockSkew = noon.Add(30*time.Second), 30 }, 0, "", ""},
		{"clock slow beyond it", func(l *verifier.TrustList) { l.IssuedAt, l.Rules.ClockSkew = noon.Add(31*time.Second), 30 }, 0, verifier.ReasonClockSuspect, "the clock is before the trust list's own time"},
		{"clock slow by hours", func(*verifier.TrustList) {}, -5 * time.Hour, verifier.ReasonClockSuspect, "the clock is before the trust list's own time"},
		{"lifetime by the list", func(l *verifier.TrustList) { l.Rules.MaxLifetime, l.Rules.ClockSkew = 59, 0 }, 0, verifier.ReasonLifetimeTooLong, ""},
		{"key revoked", func(l *verifier.TrustList) { l.Keys[0].RevokedAt, l.Keys[0].Revoked = &revoked, "key_compromise" }, 0,
			verifier.ReasonKeyRevoked, "revoked at 2026-11-23T04:59:00Z key_compromise"},
	} {
		l := draft(t, 4)
		c.change(&l)
		result, err := verifier.New(open(t, l), verifier.Options{}).Verify(show(t, name(1), "disclosure"), verifier.Check{Now: noon.Add(c.at)})
		if got := reasonOf(t, result, err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
			continue
		}
		age, refusal := time.Duration(0), (*verifier.Refusal)(nil)
		if errors.As(err, &refusal) {
			if age = refusal.TrustList.Age; c.detail != "" && refusal.Detail != c.detail {
				t.Errorf("%s: detail %q, want %q", c.name, refusal.Detail, c.detail)
			}
		} else {
			age = result.TrustList.Age
		}
		if want := noon.Add(c.at).Sub(l.IssuedAt); age != want {
			t.Errorf("%s: the list is %v old, want %v", c.name, age, want)
		}
	}
}

// BenchmarkOpenTrustList opens a list of 200 keys: at most 5 ms and a signature.
func BenchmarkOpenTrustList(b *testing.B) {
	l := draft(b, 1)
	l.Keys = nil
	for i := range 200 {
		l.Keys = append(l.Keys, entry(b, "key "+string(rune('A'+i/26))+string(rune('A'+i%26))))
	}
	root := testKey(b, "root")
	text, pinned := ok(verifier.SignTrustList(l, root))(b), named(b, root)
	for b.Loop() {
		if _, err := verifier.OpenTrustList(text, pinned); err != nil {
			b.Fatal(err)
		}
	}
}
