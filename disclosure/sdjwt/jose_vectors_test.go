package sdjwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

const onlyES256 = "signed with other algorithms; each is run, and refused as we accept ES256 alone"

func jwkOf(t *testing.T, c *x509.Certificate) string {
	t.Helper()
	point, err := c.PublicKey.(*ecdsa.PublicKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":"%s","y":"%s"}`, b64(string(point[1:33])), b64(string(point[33:])))
}

func decodeVectors(t *testing.T, to any, elements ...string) {
	t.Helper()
	if err := json.Unmarshal([]byte(readFile(t, elements...)), to); err != nil {
		t.Fatal(err)
	}
}

// checkJWS runs one JWS against the JWK that comes with it and returns whether
// the vector counts as passed: one that is valid under another algorithm is
// skipped, after it has been refused.
func checkJWS(t *testing.T, v *tally, name, jws string, jwk json.RawMessage, valid bool) {
	if valid && algorithmOf(t, jws) != "ES256" {
		v.skip(1)
		err := sdjwt.VerifyJWS(jws, &rfcIssuer.PublicKey)
		switch sdjwt.ReasonOf(err) {
		case sdjwt.ReasonAlgorithm:
		case sdjwt.ReasonEncoding: // characters that a lenient decoder passes over
		case sdjwt.ReasonMalformed: // an empty payload, which no SD-JWT has
		default:
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	v.run(t, name, func(t *testing.T) {
		key, err := sdjwt.HolderKey(string(jwk))
		if valid && err != nil {
			t.Fatal(err)
		}
		if err == nil {
			err = sdjwt.VerifyJWS(jws, key)
		} else if other := sdjwt.VerifyJWS(jws, &rfcIssuer.PublicKey); other == nil {
			t.Error("accepted under another key")
		}
		if (err == nil) != valid {
			t.Errorf("valid is %t, but: %v", valid, err)
		}
		if err != nil && sdjwt.ReasonOf(err) == "" {
			t.Errorf("an error without a reason: %v", err)
		}
	})
}

func algorithmOf(t *testing.T, jws string) string {
	t.Helper()
	header, _, _ := strings.Cut(jws, ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	var h struct{ Alg string }
	if err != nil || json.Unmarshal(raw, &h) != nil {
		return ""
	}
	return h.Alg
}

func joseVectors(t *testing.T) []tally {
	var file struct {
		JWS []struct {
			ID, JWS string
			JWK     json.RawMessage
			Valid   bool
		}
	}
	decodeVectors(t, &file, "rfc-jose", "vectors.json")
	v := tally{file: "rfc-jose/vectors.json", why: onlyES256 + "; PKCE and thumbprint are not of SD-JWT"}
	for _, test := range file.JWS {
		if len(test.JWK) == 0 {
			test.JWK = json.RawMessage("null")
		}
		checkJWS(t, &v, test.ID, test.JWS, test.JWK, test.Valid)
	}
	v.skip(2)
	return []tally{v}
}

type wycheproofFile struct {
	TestGroups []struct {
		Public    json.RawMessage
		PublicKey struct{ Uncompressed string }
		Tests     []struct {
			TCID     int
			Comment  string
			JWS, JWE json.RawMessage
			Msg, Sig string
			Result   string
		}
	}
}

func wycheproofVectors(t *testing.T) []tally {
	return []tally{
		ecdsaVectors(t, "ecdsa_secp256r1_sha256_p1363_test.json", func(sig []byte) ([]byte, bool) { return sig, true }),
		ecdsaVectors(t, "ecdsa_secp256r1_sha256_test.json", sdjwt.RawSignature),
		jwsVectors(t, "json_web_signature_test.json"),
		jwsVectors(t, "json_web_key_test.json"),
		jwsVectors(t, "json_web_crypto_test.json"),
	}
}

// ecdsaVectors holds the verification of tokens, and for the ASN.1 file also the
// reading of what signers answer, to the vectors for P-256.
func ecdsaVectors(t *testing.T, name string, raw func([]byte) ([]byte, bool)) tally {
	var file wycheproofFile
	decodeVectors(t, &file, "wycheproof", name)
	v := tally{file: "wycheproof/testvectors_v1/" + name}
	for _, group := range file.TestGroups {
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), unhex(t, group.PublicKey.Uncompressed))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range group.Tests {
			v.run(t, fmt.Sprint(name, " ", test.TCID), func(t *testing.T) {
				signature, ok := raw(unhex(t, test.Sig))
				if ok = ok && sdjwt.VerifyES256(key, unhex(t, test.Msg), signature); ok != (test.Result == "valid") {
					t.Errorf("%s: accepted is %t, want %s", test.Comment, ok, test.Result)
				}
			})
		}
	}
	return v
}

func jwsVectors(t *testing.T, name string) tally {
	var file wycheproofFile
	decodeVectors(t, &file, "wycheproof", name)
	v := tally{file: "wycheproof/testvectors_v1/" + name, why: onlyES256}
	for _, group := range file.TestGroups {
		jwk := group.Public
		var set struct{ Keys []json.RawMessage }
		if json.Unmarshal(jwk, &set) == nil && len(set.Keys) > 0 {
			jwk = set.Keys[0]
		}
		if len(jwk) == 0 {
			jwk = json.RawMessage("null")
		}
		for _, test := range group.Tests {
			jws := string(test.JWS) // one is a JSON serialisation, which is no compact one
			if test.JWE != nil {
				v.skip(1)
				v.why = onlyES256 + "; JWE is not of SD-JWT"
			} else {
				_ = json.Unmarshal(test.JWS, &jws)
				checkJWS(t, &v, fmt.Sprint(name, " ", test.TCID), jws, jwk, test.Result == "valid")
			}
		}
	}
	return v
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
