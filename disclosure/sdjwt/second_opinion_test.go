package sdjwt_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// A JOSE library reads what we sign, the key in cnf included.
func TestLibraryReadsOurs(t *testing.T) {
	text := bind(t, parse(t, issue(t, addressCredential(t), sdjwt.IssueOptions{KeyID: "k1"})))
	jwt, _, _ := strings.Cut(text, "~")
	payload, err := jws.Verify([]byte(jwt), jws.WithKey(jwa.ES256, &issuerKey.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		CNF struct{ JWK json.RawMessage }
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	key, err := jwk.ParseKey(claims.CNF.JWK)
	if err != nil {
		t.Fatal(err)
	}
	binding := text[strings.LastIndexByte(text, '~')+1:]
	if _, err := jws.Verify([]byte(binding), jws.WithKey(jwa.ES256, key)); err != nil {
		t.Error(err)
	}
	if _, err := jws.Verify([]byte(binding), jws.WithKey(jwa.ES256, &issuerKey.PublicKey)); err == nil {
		t.Error("the library accepts any key")
	}
}

// We read what a JOSE library signs.
func TestWeReadTheLibrary(t *testing.T) {
	headers := jws.NewHeaders()
	if err := headers.Set(jws.TypeKey, sdjwt.TypeVC); err != nil {
		t.Fatal(err)
	}
	jwt, err := jws.Sign([]byte(payloadWith(`,"_sd":["`+digest(nameD)+`"]`)), jws.WithKey(jwa.ES256, issuerKey, jws.WithProtectedHeaders(headers)))
	if err != nil {
		t.Fatal(err)
	}
	claims, err := sdjwt.Verify(string(jwt)+"~"+b64(nameD)+"~", verifyOptions())
	if err != nil || claims["name"] != "Lê Thị Hoa" {
		t.Errorf("%v, %v", claims, err)
	}
}
