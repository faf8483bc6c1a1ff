package journey_test

import (
	"errors"
	"testing"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/verifier/credential"
)

// TestCredentialsAreReadByBanks: every credential that the issuer makes, of people
// whose records nobody wrote by hand, is read by the offline check with all its
// claims disclosed; and without a status it counts for nothing.
func TestCredentialsAreReadByBanks(t *testing.T) {
	s := newStage(t, catalog.Default())
	var numbers []string
	for _, r := range append(demo.HeldOut(noon, 25), starOnly()...) {
		s.issue(r.Agency, r.NDJSON)
		if r.Agency == "c06" {
			numbers = append(numbers, numbersIn(r.NDJSON)...)
		}
	}
	_, list := s.publisher.TrustList()
	read := map[string]int{}
	for _, number := range numbers {
		held, err := s.store.Active(t.Context(), s.owner(number))
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range held {
			var refusal *verifier.Refusal
			if _, err := credential.Verify(h.Credential, credential.Check{Now: noon}, list, nil); !errors.As(err, &refusal) || refusal.Reason != verifier.ReasonStatusUnknown {
				t.Fatalf("%s without a status: %v", h.Document, err)
			}
			check := credential.Check{Now: noon, Status: credential.StatusPolicy{UnsafeAcceptUnknown: true}}
			result, err := credential.Verify(h.Credential, check, list, nil)
			if err != nil {
				t.Fatalf("%s: %v", h.Document, err)
			}
			d := result.Documents[0]
			if d.ID != h.Document || result.Agency != catalog.Default().Document(h.Document).Agency.ID || !result.ExpiresAt.Equal(h.CredentialExpiresAt) || len(d.Claims) < 5 {
				t.Errorf("%s is read as %+v until %v", h.Document, d, result.ExpiresAt)
			}
			read[d.ID]++
		}
	}
	for _, d := range catalog.Default().Documents() {
		if read[d.ID] == 0 {
			t.Errorf("no %s was read", d.ID)
		}
	}
}
