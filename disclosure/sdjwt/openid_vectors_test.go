package sdjwt_test

import (
	"crypto/x509"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// presentedAt is the iat of the Key Binding JWT of OpenID4VP's example.
var presentedAt = time.Unix(1744743394, 0)

// unwrapped takes out the line breaks that a specification prints tokens with.
func unwrapped(t *testing.T, elements ...string) string {
	t.Helper()
	return strings.Join(strings.Fields(readFile(t, elements...)), "")
}

// openIDVectors runs the SD-JWTs that OpenID4VCI 1.0 and OpenID4VP 1.0 print; the
// editors' drafts of 1.1 print the same ones.
func openIDVectors(t *testing.T) []tally {
	vci := []tally{
		{file: "openid4vci/1.0/examples/credential_response_sd_jwt_vc.txt"},
		{file: "openid4vci/1.0/examples/wallet_attestation.jwt.txt"},
		{file: "openid4vci/1.0/examples/credential_issuer_metadata_sd_jwt_jwt.txt"},
	}
	vci[0].run(t, vci[0].file, func(t *testing.T) {
		found := regexp.MustCompile(`(?s)"credential": "([^"]+)"`).FindStringSubmatch(readFile(t, "openid4vci", "credential_response_sd_jwt_vc.txt"))
		text := strings.Join(strings.Fields(found[1]), "")
		claims, err := sdjwt.Verify(text, sdjwt.VerifyOptions{Key: &rfcIssuer.PublicKey, Now: rfcNow})
		if err != nil {
			t.Fatal(err)
		}
		issueAgain(t, claims, sdjwt.TypeVC, rfcNow)
	})
	vci[1].run(t, vci[1].file, func(t *testing.T) {
		selfSigned(t, "wallet_attestation.jwt.txt", "oauth-client-attestation+jwt", time.Unix(1755023547, 0))
	})
	vci[2].run(t, vci[2].file, func(t *testing.T) {
		selfSigned(t, "credential_issuer_metadata_sd_jwt_jwt.txt", "openidvci-issuer-metadata+jwt", rfcNow.AddDate(0, 3, 0))
	})
	return append(vci, openID4VP(t)...)
}

// selfSigned verifies a JWT with the key of the certificate in it, which shows
// that we read headers as others write them, and demands that the certificate
// itself is not trusted: it is self-signed.
func selfSigned(t *testing.T, file, typ string, at time.Time) {
	t.Helper()
	text := unwrapped(t, "openid4vci", file) + "~"
	h, err := parse(t, text).UnsafeHeader()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(h.X5C[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	_, _, err = sdjwt.VerifyChain(h.X5C, roots, at)
	wantReason(t, err, sdjwt.ReasonChain)
	key, err := sdjwt.HolderKey(jwkOf(t, leaf))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sdjwt.Verify(text, sdjwt.VerifyOptions{Key: key, Type: typ, Now: at}); err != nil {
		t.Error(err)
	}
}

func openID4VP(t *testing.T) []tally {
	const dir = "openid4vp/1.0/examples/sd_jwt_vcld/01/"
	o := sdjwt.VerifyOptions{Key: &rfcIssuer.PublicKey, Now: presentedAt}
	bound := o
	bound.RequireKeyBinding, bound.Audience, bound.Nonce = true, rfcAudience, rfcNonce
	issued, presented := unwrapped(t, "openid4vp", "sd_jwt_vcld", "sd_jwt_issuance.txt"), unwrapped(t, "openid4vp", "sd_jwt_vcld", "sd_jwt_presentation.txt")
	file := func(name string) string { return readFile(t, "openid4vp", "sd_jwt_vcld", name) }
	var all []tally
	one := func(name string, f func(t *testing.T)) {
		v := tally{file: name}
		v.run(t, name, f)
		all = append(all, v)
	}
	one(dir+"sd_jwt_issuance.txt", func(t *testing.T) {
		claims, err := sdjwt.Verify(issued, o)
		if err != nil {
			t.Fatal(err)
		}
		issueAgain(t, claims, sdjwt.TypeVC, presentedAt)
	})
	one(dir+"sd_jwt_presentation.txt, verified_contents.json", func(t *testing.T) {
		claims, err := sdjwt.Verify(presented, bound)
		if err != nil || canonical(t, claims) != canonicalText(t, file("verified_contents.json")) {
			t.Fatalf("verified to %v, %v", claims, err)
		}
		issueAgain(t, claims, sdjwt.TypeVC, presentedAt)
	})
	one(dir+"sd_jwt_jws_part.txt, sd_jwt_payload.json, kb_jwt_*", func(t *testing.T) {
		jws := unwrapped(t, "openid4vp", "sd_jwt_vcld", "sd_jwt_jws_part.txt")
		s := selectPaths(t, issued, []string{"ld", "credentialSubject", "givenName"})
		if !strings.HasPrefix(s.String(), jws+"~") || s.String()+unwrapped(t, "openid4vp", "sd_jwt_vcld", "kb_jwt_serialized.txt") != presented {
			t.Error("our selection is not theirs")
		}
		if got := canonicalText(t, unb64(t, strings.Split(jws, ".")[1])); got != canonicalText(t, file("sd_jwt_payload.json")) {
			t.Errorf("payload %s", got)
		}
	})
	one("openid4vp/1.0/examples/credentials/sd_jwt_vc_unsecured.json", func(t *testing.T) {
		dec := json.NewDecoder(strings.NewReader(readFile(t, "openid4vp", "sd_jwt_vc_unsecured.json")))
		dec.UseNumber()
		var claims map[string]any
		if err := dec.Decode(&claims); err != nil {
			t.Fatal(err)
		}
		issueAgain(t, claims, sdjwt.TypeVC, presentedAt)
	})
	one("openid4vp/1.0/examples/credentials/sd_jwt_vc.json", func(t *testing.T) {
		payload := readFile(t, "openid4vp", "sd_jwt_vc.json")
		claims, err := sdjwt.Verify(forge(t, payload), sdjwt.VerifyOptions{Key: &issuerKey.PublicKey, Now: presentedAt})
		if err != nil || len(claims) != 5 {
			t.Errorf("%d claims are visible, %v", len(claims), err)
		}
	})
	return append(all, tally{file: "openid4vp/1.0/examples/response/kb_jwt_unsecured.json", count: 1, skipped: 1,
		why: "claims without the presentation that their sd_hash is over"})
}
