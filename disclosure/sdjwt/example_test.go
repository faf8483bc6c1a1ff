package sdjwt_test

import (
	"fmt"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// exampleToken is a licence with two disclosable claims and a holder key.
func exampleToken() string {
	cnf, err := sdjwt.Confirmation(&holderKey.PublicKey)
	if err != nil {
		panic(err)
	}
	text, err := sdjwt.Issue([]sdjwt.Node{
		{Name: "iss", Value: "https://csgt.example.vn"},
		{Name: "vct", Value: "urn:vn:giayto:gplx:1"},
		{Name: "exp", Value: now.Unix() + 3600},
		cnf,
		{Name: "name", Value: "Trần Văn Bình", Disclosable: true},
		{Name: "number", Value: "790000000001", Disclosable: true},
	}, sdjwt.IssueOptions{Signer: issuerKey, KeyID: "csgt-2026", Decoys: 3})
	if err != nil {
		panic(err)
	}
	return text
}

// The issuer builds the claims as a tree and marks what the holder may withhold.
func ExampleIssue() {
	s, err := sdjwt.Parse(exampleToken())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Disclosures(), "disclosures")
	// Output: 2 disclosures
}

// The holder shows one claim and proves possession of the key.
func ExampleSDJWT_Select() {
	s, err := sdjwt.Parse(exampleToken())
	if err != nil {
		fmt.Println(err)
		return
	}
	if s, err = s.Select([]string{"name"}); err != nil {
		fmt.Println(err)
		return
	}
	text, err := s.Bind(sdjwt.BindOptions{Signer: holderKey, Audience: "https://thuexe.example.vn", Nonce: "7Qx", Now: now})
	if err != nil {
		fmt.Println(err)
		return
	}
	claims, err := sdjwt.Verify(text, sdjwt.VerifyOptions{
		Key: &issuerKey.PublicKey, Now: now, Required: []string{"exp", "name"},
		RequireKeyBinding: true, Audience: "https://thuexe.example.vn", Nonce: "7Qx",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, hasNumber := claims["number"]
	fmt.Println(claims["name"], hasNumber)
	// Output: Trần Văn Bình false
}

// A refusal has exactly one reason.
func ExampleVerify() {
	_, err := sdjwt.Verify(exampleToken(), sdjwt.VerifyOptions{Key: &issuerKey.PublicKey, Now: now.AddDate(1, 0, 0)})
	fmt.Println(err)
	fmt.Println(sdjwt.ReasonOf(err) == sdjwt.ReasonExpired)
	// Output:
	// sdjwt: expired: exp
	// true
}

// Before verifying, a verifier may look at which key the token names, and then
// picks that key from those it trusts.
func ExampleParse() {
	s, err := sdjwt.Parse(exampleToken())
	if err != nil {
		fmt.Println(err)
		return
	}
	header, err := s.UnsafeHeader()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(header.Type, header.KeyID)
	// Output: dc+sd-jwt csgt-2026
}
