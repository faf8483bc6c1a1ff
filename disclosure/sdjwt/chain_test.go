package sdjwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// authority is a TEST certificate with its key.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// certificate makes one for key, signed by parent, or by itself without one.
func certificate(tb testing.TB, name string, key crypto.Signer, parent *authority, change func(*x509.Certificate)) authority {
	tb.Helper()
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte(name)),
		Subject:      pkix.Name{CommonName: "TEST " + name},
		NotBefore:    now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 1, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
	if change != nil {
		change(template)
	}
	signer := authority{template, key}
	if parent != nil {
		signer = *parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, key.Public(), signer.key)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return authority{cert, key}
}

func asAuthority(c *x509.Certificate) {
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign
	c.NotBefore, c.NotAfter = now.AddDate(-1, 0, 0), now.AddDate(10, 0, 0)
}

// chainOf spells certificates as x5c has them.
func chainOf(list ...authority) (chain [][]byte) {
	for _, a := range list {
		chain = append(chain, a.cert.Raw)
	}
	return chain
}

// pki is a root, an authority below it, and document signers below both.
type pki struct {
	root, middle, leaf, direct authority
	roots                      *x509.CertPool
}

func newPKI(tb testing.TB) pki {
	tb.Helper()
	p := pki{roots: x509.NewCertPool()}
	p.root = certificate(tb, "root", fixedKey("root"), nil, asAuthority)
	p.middle = certificate(tb, "middle", fixedKey("middle"), &p.root, asAuthority)
	p.leaf = certificate(tb, "leaf", issuerKey, &p.middle, nil)
	p.direct = certificate(tb, "direct", issuerKey, &p.root, nil)
	p.roots.AddCert(p.root.cert)
	return p
}

type chainRefusal struct {
	name  string
	chain [][]byte
	roots *x509.CertPool
	at    time.Time
	want  sdjwt.Reason
}

func chainRefusals(t *testing.T) []chainRefusal {
	p := newPKI(t)
	leaf := func(name string, change func(*x509.Certificate)) [][]byte {
		return chainOf(certificate(t, name, issuerKey, &p.root, change))
	}
	pool := func(list ...authority) *x509.CertPool {
		out := x509.NewCertPool()
		for _, a := range list {
			out.AddCert(a.cert)
		}
		return out
	}
	sha := sha256.Sum256([]byte("p-384"))
	p384, err := ecdsa.ParseRawPrivateKey(elliptic.P384(), append(make([]byte, 16), sha[:]...))
	if err != nil {
		t.Fatal(err)
	}
	stranger := certificate(t, "root", fixedKey("stranger"), nil, asAuthority)
	self := certificate(t, "self", issuerKey, nil, nil)
	oldRoot := certificate(t, "old root", fixedKey("root"), nil, func(c *x509.Certificate) { asAuthority(c); c.NotAfter = now.Add(-time.Hour) })
	constrained := certificate(t, "constrained", fixedKey("middle"), &p.root, func(c *x509.Certificate) { asAuthority(c); c.MaxPathLenZero = true })
	below := certificate(t, "below", fixedKey("below"), &constrained, asAuthority)
	noAuthority := certificate(t, "no authority", fixedKey("middle"), &p.root, nil)
	good := chainOf(p.leaf, p.middle)
	return []chainRefusal{
		{"no roots", good, nil, now, sdjwt.ReasonOptions},
		{"no time", good, p.roots, time.Time{}, sdjwt.ReasonOptions},
		{"no chain", nil, p.roots, now, sdjwt.ReasonChain},
		{"chain too long", slices.Repeat(good, sdjwt.MaxCertificates), p.roots, now, sdjwt.ReasonChain},
		{"no certificate", [][]byte{{1, 2, 3}}, p.roots, now, sdjwt.ReasonCertificate},
		{"something behind the certificate", [][]byte{append(slices.Clone(p.direct.cert.Raw), 0)}, p.roots, now, sdjwt.ReasonCertificate},
		{"certificate too large", [][]byte{make([]byte, sdjwt.MaxHeaderBytes+1)}, p.roots, now, sdjwt.ReasonTooLarge},
		{"second is no certificate", append(chainOf(p.leaf), []byte{0x30}), p.roots, now, sdjwt.ReasonCertificate},
		{"self-signed leaf", chainOf(self), p.roots, now, sdjwt.ReasonChain},
		{"self-signed leaf that is a root", chainOf(self), pool(self), now, sdjwt.ReasonChain},
		{"the anchor in the chain", chainOf(p.leaf, p.middle, p.root), p.roots, now, sdjwt.ReasonChain},
		{"an anchor that is not self-signed in the chain", good, pool(p.middle), now, sdjwt.ReasonChain},
		{"the leaf itself an anchor", chainOf(p.direct), pool(p.direct), now, sdjwt.ReasonChain},
		{"wrong order", chainOf(p.middle, p.leaf), p.roots, now, sdjwt.ReasonChain},
		{"one that belongs to nothing", chainOf(p.direct, p.middle), p.roots, now, sdjwt.ReasonChain},
		{"leaf twice", chainOf(p.direct, p.direct), p.roots, now, sdjwt.ReasonChain},
		{"leaf is an authority", leaf("authority", func(c *x509.Certificate) { asAuthority(c); c.KeyUsage |= x509.KeyUsageDigitalSignature }), p.roots, now, sdjwt.ReasonChain},
		{"signed by no authority", chainOf(certificate(t, "x", issuerKey, &noAuthority, nil), noAuthority), p.roots, now, sdjwt.ReasonChain},
		{"the one between is missing", chainOf(p.leaf), p.roots, now, sdjwt.ReasonUntrusted},
		{"another root of the same name", chainOf(p.direct), pool(stranger), now, sdjwt.ReasonUntrusted},
		{"no root at all", good, x509.NewCertPool(), now, sdjwt.ReasonUntrusted},
		{"longer than an authority allows", chainOf(certificate(t, "y", issuerKey, &below, nil), below, constrained), p.roots, now, sdjwt.ReasonUntrusted},
		{"critical extension", leaf("critical", func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}), p.roots, now, sdjwt.ReasonUntrusted},
		{"leaf expired", good, p.roots, now.AddDate(0, 1, 1), sdjwt.ReasonCertificateTime},
		{"leaf not yet valid", good, p.roots, now.AddDate(0, -1, -1), sdjwt.ReasonCertificateTime},
		{"root expired", chainOf(certificate(t, "z", issuerKey, &oldRoot, nil)), pool(oldRoot), now, sdjwt.ReasonCertificateTime},
		{"leaf of another curve", chainOf(certificate(t, "p384", p384, &p.root, nil)), p.roots, now, sdjwt.ReasonKey},
		{"leaf of another kind", chainOf(certificate(t, "ed25519", ed25519.NewKeyFromSeed(sha[:]), &p.root, nil)), p.roots, now, sdjwt.ReasonKey},
		{"leaf may not sign data", leaf("agreement", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }), p.roots, now, sdjwt.ReasonCertificateUse},
		{"leaf does not say what it may do", leaf("silent", func(c *x509.Certificate) { c.KeyUsage = 0 }), p.roots, now, sdjwt.ReasonCertificateUse},
	}
}

func TestVerifyChainRefuses(t *testing.T) {
	for _, r := range chainRefusals(t) {
		t.Run(r.name, func(t *testing.T) {
			key, leaf, err := sdjwt.VerifyChain(r.chain, r.roots, r.at)
			if key != nil || leaf != nil {
				t.Error("a key came with the error")
			}
			wantReason(t, err, r.want)
		})
	}
}

// A credential is issued with a chain, and verified with the key of its leaf,
// by a verifier that knows the root alone.
func TestVerifyChain(t *testing.T) {
	p := newPKI(t)
	for _, chain := range [][]authority{{p.direct}, {p.leaf, p.middle}} {
		text := issue(t, plainClaims(t), sdjwt.IssueOptions{X5C: chainOf(chain...)})
		h, err := parse(t, text).UnsafeHeader()
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{chain[0].cert.NotBefore, now, chain[0].cert.NotAfter} {
			key, leaf, err := sdjwt.VerifyChain(h.X5C, p.roots, at)
			if err != nil {
				t.Fatal(err)
			}
			if !key.Equal(&issuerKey.PublicKey) || !leaf.Equal(chain[0].cert) {
				t.Error("the key or the leaf is another")
			}
		}
		o := verifyOptions()
		if o.Key, _, err = sdjwt.VerifyChain(h.X5C, p.roots, now); err != nil {
			t.Fatal(err)
		}
		if _, err := sdjwt.Verify(text, o); err != nil {
			t.Error(err)
		}
	}
}

// An x5c header alone gives no trust: the key is the caller's.
func TestChainInTokenIsNotTrusted(t *testing.T) {
	p := newPKI(t)
	text := issue(t, plainClaims(t), sdjwt.IssueOptions{X5C: chainOf(p.direct)})
	o := verifyOptions()
	o.Key = &otherKey.PublicKey
	_, err := sdjwt.Verify(text, o)
	wantReason(t, err, sdjwt.ReasonSignature)
}

// FuzzVerifyChain: no bytes make it panic, and nothing but the good chain passes.
func FuzzVerifyChain(f *testing.F) {
	p := newPKI(f)
	f.Add(p.leaf.cert.Raw, p.middle.cert.Raw)
	f.Add(p.direct.cert.Raw, []byte{})
	f.Add(p.root.cert.Raw, []byte{0x30, 0})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		chain := [][]byte{first}
		if len(second) > 0 {
			chain = append(chain, second)
		}
		key, leaf, err := sdjwt.VerifyChain(chain, p.roots, now)
		if (err == nil) != (key != nil && leaf != nil) || err != nil && sdjwt.ReasonOf(err) == "" {
			t.Fatalf("%v, %v, %v", key, leaf, err)
		}
		if err == nil && !key.Equal(&issuerKey.PublicKey) {
			t.Fatal("a chain that was never signed passes")
		}
	})
}

// A verifier that knows a root takes the issuer's key from the certificate.
func ExampleVerifyChain() {
	token, roots := exampleWithChain()
	s, err := sdjwt.Parse(token)
	if err != nil {
		fmt.Println(err)
		return
	}
	header, err := s.UnsafeHeader()
	if err != nil {
		fmt.Println(err)
		return
	}
	key, leaf, err := sdjwt.VerifyChain(header.X5C, roots, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	claims, err := s.Verify(sdjwt.VerifyOptions{Key: key, Now: now})
	fmt.Println(leaf.Subject.CommonName, claims["vct"], err)
	// Output: TEST direct urn:vn:giayto:can_cuoc:1 <nil>
}

func exampleWithChain() (string, *x509.CertPool) {
	tb := &testing.T{}
	p := newPKI(tb)
	return issue(tb, plainClaims(tb), sdjwt.IssueOptions{X5C: chainOf(p.direct)}), p.roots
}
