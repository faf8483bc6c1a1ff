package verifier_test

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/giayto/giayto/verifier"
)

// vectorOfTheExample is what a checker holds: the pinned root, the trust list it
// fetched when it was last online, and a text that it has just scanned.
func vectorOfTheExample() (text, trustList string, root []byte, now time.Time) {
	var v struct {
		Text      string          `json:"text"`
		TrustList string          `json:"trust_list"`
		Root      json.RawMessage `json:"root"`
		Now       time.Time       `json:"now"`
	}
	raw, err := os.ReadFile("testdata/example.json")
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	if err != nil {
		panic(err)
	}
	return v.Text, v.TrustList, v.Root, v.Now
}

func ExampleVerifier_Verify() {
	text, trustList, rootJWK, now := vectorOfTheExample()
	root, err := verifier.ParseKey(rootJWK)
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := verifier.OpenTrustList([]byte(trustList), root)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := verifier.New(list, verifier.Options{})

	result, err := v.Verify(text, verifier.Check{Now: now})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range result.Documents {
		fmt.Println(d.Label.EN)
		for _, c := range d.Claims {
			fmt.Printf("  %s: %s\n", c.Label.EN, c.Text().EN)
		}
	}

	// The same code a second time.
	_, err = v.Verify(text, verifier.Check{Now: now})
	refusal := err.(*verifier.Refusal)
	fmt.Println(refusal.Verdict(), refusal.Reason)
	fmt.Println(refusal.Reason.Info().Why.VI)
	// Output:
	// Driving licence
	//   Licence number: 792250001234
	//   Full name: NGUYỄN THỊ MINH ÁNH
	//   May drive class B: car up to 8 passengers, lorry up to 3.5 t (some holders only automatic): Yes
	// not_established replayed
	// Mã này vừa được dùng ở đây rồi.
}

func ExampleOpenTrustList() {
	_, trustList, rootJWK, now := vectorOfTheExample()
	root, err := verifier.ParseKey(rootJWK)
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := verifier.OpenTrustList([]byte(trustList), root)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("version", list.Version, "of", list.Issuer, "with", len(list.Keys), "keys, age", now.Sub(list.IssuedAt))

	_, err = verifier.OpenTrustList([]byte(trustList[:len(trustList)-4]), root)
	fmt.Println(err)
	// Output:
	// version 3 of https://giayto.example with 5 keys, age 2h0m0s
	// verifier: trust_list_invalid: the trust list is not signed by the pinned root
}
