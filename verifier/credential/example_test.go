package credential_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/verifier/credential"
)

// A bank checks a credential that the holder has signed for it, and then one
// that has been revoked.
func ExampleVerify() {
	raw, err := os.ReadFile("../../testdata/vectors/credentials.json")
	if err != nil {
		log.Fatal(err)
	}
	var file vectorFile // root key, trust list and status, as files would hold them
	if err := json.Unmarshal(raw, &file); err != nil {
		log.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

	root, err := verifier.ParseKey(file.Root)
	if err != nil {
		log.Fatal(err)
	}
	list, err := verifier.OpenTrustList([]byte(file.TrustLists["usual"]), root)
	if err != nil {
		log.Fatal(err)
	}
	status, err := credential.OpenStatus([]byte(file.Status["usual"]), list, now)
	if err != nil {
		log.Fatal(err)
	}
	check := credential.Check{Now: now, RequireKeyBinding: true, Audience: "https://bank.example", Nonce: "n-0S6_WzA2Mj",
		Policy: verifier.Policy{Require: []verifier.Requirement{{Document: "can_cuoc", Claim: "name"}}}}
	for _, v := range file.Vectors {
		switch v.Name {
		case "the holder's proof":
			result, err := credential.Verify(v.Text, check, list, status)
			if err != nil {
				log.Fatal(err)
			}
			name, _ := result.Claim("can_cuoc", "name")
			fmt.Println(name.Label.EN+":", name.Text().EN, "· status of", result.Status.Age, "ago")
		case "status_revoked: can_cuoc":
			_, err := credential.Verify(v.Text, credential.Check{Now: now}, list, status)
			var refusal *verifier.Refusal
			if errors.As(err, &refusal) {
				fmt.Println(refusal.Verdict(), refusal.Reason, "·", refusal.Reason.Info().Why.EN)
			}
		}
	}
	// Output:
	// Full name: NGUYỄN THỊ MINH ÁNH · status of 10m0s ago
	// not_established status_revoked · The document has been revoked.
}
