package sdjwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// The vectors of RFC 9901 are presented at the moment their Key Binding JWTs
// were made, with typ example+sd-jwt.
const (
	rfcType     = "example+sd-jwt"
	rfcAudience = "https://verifier.example.org"
	rfcNonce    = "1234567890"
)

var rfcNow = time.Unix(1748537244, 0)

// The example keys of RFC 9901 appendix A.5, published with their private halves.
var (
	rfcIssuer = privateKey("Ur2bNKuBPOrAaxsRnbSH6hIhmNTxSGXshDSUD1a1y7g")
	rfcHolder = privateKey("5K5SCos8zf9zRemGGUl6yfok-_NiiryNZsvANWMhF-I")
)

func privateKey(d string) *ecdsa.PrivateKey {
	raw, err := base64.RawURLEncoding.DecodeString(d)
	if err != nil {
		panic(err)
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		panic(err)
	}
	return key
}

func rfcOptions() sdjwt.VerifyOptions {
	return sdjwt.VerifyOptions{Key: &rfcIssuer.PublicKey, Type: rfcType, Now: rfcNow}
}

func rfcBindingOptions() sdjwt.VerifyOptions {
	o := rfcOptions()
	o.RequireKeyBinding, o.Audience, o.Nonce = true, rfcAudience, rfcNonce
	return o
}

const rfcConfirmation = `{"jwk":{"kty":"EC","crv":"P-256",
	"x":"TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc","y":"ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"}}`

const rfcAllClaims = `{"iss":"https://issuer.example.com","iat":1683000000,"exp":1883000000,"sub":"user_42",
	"given_name":"John","family_name":"Doe","email":"johndoe@example.com","phone_number":"+1-202-555-0101",
	"phone_number_verified":true,"birthdate":"1940-01-01","updated_at":1570000000,"nationalities":["US","DE"],
	"address":{"street_address":"123 Main St","locality":"Anytown","region":"Anystate","country":"US"},
	"cnf":` + rfcConfirmation + `}`

func TestRFC9901IssuerKey(t *testing.T) {
	var jwk struct{ X, Y string }
	if err := json.Unmarshal([]byte(readFile(t, "rfc9901", "issuer.jwk.json")), &jwk); err != nil {
		t.Fatal(err)
	}
	point, err := rfcIssuer.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if got := base64.RawURLEncoding.EncodeToString(point[1:33]); got != jwk.X {
		t.Errorf("x is %s, want %s", got, jwk.X)
	}
	if got := base64.RawURLEncoding.EncodeToString(point[33:]); got != jwk.Y {
		t.Errorf("y is %s, want %s", got, jwk.Y)
	}
}

func TestRFC9901Section5Verify(t *testing.T) {
	tests := []struct {
		name, file, want string
		o                sdjwt.VerifyOptions
	}{
		{"5.1 issuance", "5.1-issuance.sd-jwt.txt", rfcAllClaims, rfcOptions()},
		{"5.2 presentation, key binding", "5.2-presentation-kb.txt", "", rfcBindingOptions()},
		{"5.2 presentation, key binding not required", "5.2-presentation-kb.txt", "", rfcOptions()},
		{"A.1 presentation", "A.1-presentation.txt",
			`{"iss":"https://issuer.example.com","iat":1683000000,"exp":1883000000,"address":{"region":"港区","country":"JP"}}`,
			rfcOptions()},
	}
	var expected struct {
		Processed json.RawMessage `json:"processed_payload"`
	}
	if err := json.Unmarshal([]byte(readFile(t, "rfc9901", "5.2-expected.json")), &expected); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want == "" {
				test.want = string(expected.Processed)
			}
			claims, err := sdjwt.Verify(readFile(t, "rfc9901", test.file), test.o)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t, claims), canonicalText(t, test.want); got != want {
				t.Errorf("claims\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// The bare issuer-signed JWT is not an SD-JWT: the tilde is missing.
func TestRFC9901IssuerSignedJWT(t *testing.T) {
	jwt := readFile(t, "rfc9901", "5.1-issuer-signed-jwt.txt")
	_, err := sdjwt.Parse(jwt)
	wantReason(t, err, sdjwt.ReasonMalformed)
	claims, err := sdjwt.Verify(jwt+"~", rfcOptions())
	if err != nil {
		t.Fatal(err)
	}
	if got := canonical(t, claims["nationalities"]); got != "[]" {
		t.Errorf("undisclosed elements appear: %s", got)
	}
	if len(claims) != 6 {
		t.Errorf("%d claims are visible without disclosures, want 6", len(claims))
	}
}

// Every published digest is the digest of its disclosure for us, too: dropping
// the digest's disclosure drops its claim, and each verifies alone.
func TestRFC9901Section51Digests(t *testing.T) {
	var list []struct{ Disclosure, SHA256 string }
	if err := json.Unmarshal([]byte(readFile(t, "rfc9901", "5.1-disclosures.json")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 10 {
		t.Fatalf("%d disclosures, want 10", len(list))
	}
	jwt := readFile(t, "rfc9901", "5.1-issuer-signed-jwt.txt")
	payload := unb64(t, strings.Split(jwt, ".")[1])
	for _, d := range list {
		content := unb64(t, d.Disclosure)
		if got := digest(content); got != d.SHA256 || !strings.Contains(payload, got) {
			t.Errorf("digest %s, want %s in the payload", got, d.SHA256)
		}
		claims, err := sdjwt.Verify(jwt+"~"+d.Disclosure+"~", rfcOptions())
		if err != nil {
			t.Fatal(err)
		}
		var array []any
		if err := json.Unmarshal([]byte(content), &array); err != nil {
			t.Fatal(err)
		}
		if len(array) == 2 {
			if got := canonical(t, claims["nationalities"]); got != canonical(t, array[1:]) {
				t.Errorf("nationalities are %s", got)
			}
		} else if got := canonical(t, claims[array[1].(string)]); got != canonical(t, array[2]) {
			t.Errorf("%s is %s", array[1], got)
		}
	}
}

// Selecting the claims of section 5.2 keeps exactly the disclosures of section 5.2.
func TestRFC9901Section52Select(t *testing.T) {
	s := selectPaths(t, readFile(t, "rfc9901", "5.1-issuance.sd-jwt.txt"),
		[]string{"family_name"}, []string{"address"}, []string{"given_name"}, []string{"nationalities", "0"})
	got := strings.Split(s.String(), "~")
	want := strings.Split(readFile(t, "rfc9901", "5.2-presentation-kb.txt"), "~")
	want[len(want)-1] = "" // the Key Binding JWT
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("selected\n%s\nwant\n%s", got, want)
	}
	text, err := s.Bind(sdjwt.BindOptions{Signer: rfcHolder, Audience: rfcAudience, Nonce: rfcNonce, Now: rfcNow})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sdjwt.Verify(text, rfcBindingOptions()); err != nil {
		t.Error(err)
	}
}

func TestRFC9901Section8JSON(t *testing.T) {
	const plain = `"iss":"https://issuer.example.com","iat":1683000000,"exp":1883000000,"cnf":` + rfcConfirmation
	tests := []struct {
		file, want string
		o          sdjwt.VerifyOptions
	}{
		{"8-flattened-issuance.json", `{` + plain + `,"sub":"john_doe_42","given_name":"John","family_name":"Doe","birthdate":"1940-01-01"}`, rfcOptions()},
		{"8-flattened-kb.json", `{` + plain + `,"given_name":"John","family_name":"Doe"}`, rfcBindingOptions()},
		{"8-general-kb.json", `{` + plain + `,"given_name":"John","family_name":"Doe"}`, rfcBindingOptions()},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			s, err := sdjwt.ParseJSON(readFile(t, "rfc9901", test.file))
			if err != nil {
				t.Fatal(err)
			}
			claims, err := s.Verify(test.o)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t, claims), canonicalText(t, test.want); got != want {
				t.Errorf("claims\n%s\nwant\n%s", got, want)
			}
		})
	}
}
