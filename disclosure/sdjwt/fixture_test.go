package sdjwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

var (
	issuerKey = fixedKey("issuer")
	holderKey = fixedKey("holder")
	otherKey  = fixedKey("other")

	// now is a moment at which the credential of plainClaims is in force.
	now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
)

const (
	audience = "https://cuahang.example.vn"
	nonce    = "n-0S6_WzA2Mj"
)

// fixedKey derives a key from its name: tests must not differ from run to run.
func fixedKey(name string) *ecdsa.PrivateKey {
	sum := sha256.Sum256([]byte(name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:])
	if err != nil {
		panic(err)
	}
	return key
}

func confirmation(tb testing.TB) sdjwt.Node {
	tb.Helper()
	cnf, err := sdjwt.Confirmation(&holderKey.PublicKey)
	if err != nil {
		tb.Fatal(err)
	}
	return cnf
}

// plainClaims are the claims every credential of these tests has.
func plainClaims(tb testing.TB) []sdjwt.Node {
	tb.Helper()
	return []sdjwt.Node{
		{Name: "iss", Value: "https://cap.example.vn"},
		{Name: "vct", Value: "urn:vn:giayto:can_cuoc:1"},
		{Name: "iat", Value: now.Add(-time.Hour).Unix()},
		{Name: "exp", Value: now.Add(24 * time.Hour).Unix()},
		confirmation(tb),
		{Name: "status", Members: []sdjwt.Node{{Name: "status_list", Members: []sdjwt.Node{
			{Name: "idx", Value: 4711}, {Name: "uri", Value: "https://cap.example.vn/status/1"},
		}}}},
	}
}

func verifyOptions() sdjwt.VerifyOptions {
	return sdjwt.VerifyOptions{Key: &issuerKey.PublicKey, Now: now}
}

func plainOptions() sdjwt.VerifyOptions {
	o := verifyOptions()
	o.Type = plainType
	return o
}

func bindingOptions() sdjwt.VerifyOptions {
	o := verifyOptions()
	o.RequireKeyBinding, o.Audience, o.Nonce = true, audience, nonce
	return o
}

func issue(tb testing.TB, claims []sdjwt.Node, o sdjwt.IssueOptions) string {
	tb.Helper()
	if o.Signer == nil {
		o.Signer = issuerKey
	}
	text, err := sdjwt.Issue(claims, o)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func parse(tb testing.TB, text string) *sdjwt.SDJWT {
	tb.Helper()
	s, err := sdjwt.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func selectPaths(tb testing.TB, text string, paths ...[]string) *sdjwt.SDJWT {
	tb.Helper()
	s, err := parse(tb, text).Select(paths...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func bind(tb testing.TB, s *sdjwt.SDJWT) string {
	tb.Helper()
	text, err := s.Bind(sdjwt.BindOptions{Signer: holderKey, Audience: audience, Nonce: nonce, Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// signRaw signs any header and payload as given, right or wrong, with nothing
// but the standard library: the forger of these tests, and a second opinion on
// what ES256 is.
func signRaw(tb testing.TB, key *ecdsa.PrivateKey, header, payload string) string {
	tb.Helper()
	input := b64(header) + "." + b64(payload)
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(nil, key, digest[:])
	if err != nil {
		tb.Fatal(err)
	}
	raw := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return input + "." + base64.RawURLEncoding.EncodeToString(raw)
}

const (
	vcHeader = `{"alg":"ES256","typ":"dc+sd-jwt"}`
	// plainType is the type of tests that are about RFC 9901 alone, where no
	// claim is required.
	plainType   = "example+sd-jwt"
	plainHeader = `{"alg":"ES256","typ":"` + plainType + `"}`
)

// forge signs a payload correctly as an SD-JWT VC and attaches disclosures given
// as JSON.
func forge(tb testing.TB, payload string, disclosures ...string) string {
	tb.Helper()
	return forgeAs(tb, vcHeader, payload, disclosures...)
}

// forgePlain does the same for an SD-JWT that is no SD-JWT VC.
func forgePlain(tb testing.TB, payload string, disclosures ...string) string {
	tb.Helper()
	return forgeAs(tb, plainHeader, payload, disclosures...)
}

func forgeAs(tb testing.TB, header, payload string, disclosures ...string) string {
	tb.Helper()
	text := signRaw(tb, issuerKey, header, payload) + "~"
	for _, d := range disclosures {
		text += b64(d) + "~"
	}
	return text
}

// digest is what _sd has for a disclosure given as JSON.
func digest(disclosure string) string {
	sum := sha256.Sum256([]byte(b64(disclosure)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func unb64(tb testing.TB, text string) string {
	tb.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return string(raw)
}

// canonical makes claims comparable: encoding/json sorts the members.
func canonical(tb testing.TB, claims any) string {
	tb.Helper()
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(claims); err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(text.String())
}

// canonicalText does the same for expected claims written as JSON.
func canonicalText(tb testing.TB, text string) string {
	tb.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		tb.Fatal(err)
	}
	return canonical(tb, v)
}

func readFile(tb testing.TB, elements ...string) string {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, elements...)...))
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(string(raw))
}

func wantReason(tb testing.TB, err error, want sdjwt.Reason) {
	tb.Helper()
	if err == nil {
		tb.Fatalf("accepted, want %s", want)
	}
	if got := sdjwt.ReasonOf(err); got != want {
		tb.Fatalf("refused for %q (%v), want %q", got, err, want)
	}
}
