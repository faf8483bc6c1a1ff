package bench_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"strconv"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// A credential of twelve fields, as an agency issues it, and the presentation of
// five of them that a bank asks for.
const (
	disclosures = 12
	presented   = 5
	audience    = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"
	nonce       = "n-0S6_WzA2Mj"
)

type credential struct {
	issuer, holder *ecdsa.PrivateKey
	claims         []sdjwt.Node
}

func newCredential(tb testing.TB) credential {
	tb.Helper()
	var keys [2]*ecdsa.PrivateKey
	for i := range keys {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			tb.Fatal(err)
		}
		keys[i] = key
	}
	cnf, err := sdjwt.Confirmation(&keys[1].PublicKey)
	if err != nil {
		tb.Fatal(err)
	}
	c := credential{issuer: keys[0], holder: keys[1], claims: []sdjwt.Node{
		{Name: "iss", Value: "https://giayto.example.vn/agencies/c06"},
		{Name: "vct", Value: "https://giayto.example.vn/credentials/can_cuoc/1"},
		{Name: "vct#integrity", Value: sdjwt.Integrity([]byte("{}"))},
		{Name: "iat", Value: now.Unix()},
		{Name: "exp", Value: now.Add(24 * time.Hour).Unix()},
		cnf,
		{Name: "status", Members: []sdjwt.Node{{Name: "status_list", Members: []sdjwt.Node{
			{Name: "idx", Value: 4711}, {Name: "uri", Value: "https://giayto.example.vn/status/c06/1"},
		}}}},
	}}
	for i := range disclosures {
		c.claims = append(c.claims, sdjwt.Node{Name: fieldName(i), Value: "Nguyễn Thị Minh Khai", Disclosable: true})
	}
	return c
}

func fieldName(i int) string { return "truong_" + strconv.Itoa(i) }

func (c credential) issue(tb testing.TB) string {
	text, err := sdjwt.Issue(c.claims, sdjwt.IssueOptions{Signer: c.issuer, KeyID: "c06-2026-11"})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// BenchmarkIssueCredentialRatio measures issuing an SD-JWT VC with twelve
// disclosures beside one raw P-256 signature.
func BenchmarkIssueCredentialRatio(b *testing.B) {
	c := newCredential(b)
	digest := sha256.Sum256([]byte("raw"))
	turns(b, "sign", func() {
		if _, err := c.issuer.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}, func() { c.issue(b) })
}

// BenchmarkVerifyCredentialRatio measures verifying a presentation of five of
// twelve disclosures with key binding, parsing included, beside one raw P-256
// verification. Two verifications are in it, so the ratio cannot be below 2.
func BenchmarkVerifyCredentialRatio(b *testing.B) {
	c := newCredential(b)
	s, err := sdjwt.Parse(c.issue(b))
	if err != nil {
		b.Fatal(err)
	}
	var paths [][]string
	for i := range presented {
		paths = append(paths, []string{fieldName(2 * i)})
	}
	if s, err = s.Select(paths...); err != nil {
		b.Fatal(err)
	}
	text, err := s.Bind(sdjwt.BindOptions{Signer: c.holder, Audience: audience, Nonce: nonce, Now: now})
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte("raw"))
	signature, err := ecdsa.SignASN1(rand.Reader, c.issuer, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	o := sdjwt.VerifyOptions{
		Key: &c.issuer.PublicKey, Now: now, Required: []string{"iss", "exp"},
		RequireKeyBinding: true, Audience: audience, Nonce: nonce,
	}
	turns(b, "verify", func() {
		if !ecdsa.VerifyASN1(&c.issuer.PublicKey, digest[:], signature) {
			b.Fatal("the raw signature does not verify")
		}
	}, func() {
		claims, err := sdjwt.Verify(text, o)
		if err != nil || claims[fieldName(0)] == nil {
			b.Fatal(len(claims), err)
		}
	})
}
