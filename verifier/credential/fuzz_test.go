package credential_test

import (
	"errors"
	"testing"

	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/verifier/credential"
)

// FuzzVerify: nothing panics, a result and a refusal never come together, and
// every refusal has a reason of the closed set.
func FuzzVerify(f *testing.F) {
	file := readVectors(f)
	for _, v := range file.Vectors {
		if len(v.Text) < 8<<10 {
			f.Add(v.Text)
		}
	}
	good := file.named(f, goodVector)
	list := file.list(f, "usual")
	status, err := credential.OpenStatus([]byte(file.Status["usual"]), list, good.Now)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		result, err := credential.Verify(text, credential.Check{Now: good.Now}, list, status)
		if err == nil {
			// Fuzzing may drop disclosures, which a holder may too.
			if len(result.Documents) != 1 || result.Status == nil {
				t.Fatalf("%+v", result)
			}
			return
		}
		var refusal *verifier.Refusal
		if result != nil || !errors.As(err, &refusal) || refusal.Reason.Info().Why.EN == "" {
			t.Fatalf("%v, %v", result, err)
		}
	})
}

// FuzzStatus: a file that a status key did not sign as it is opens nothing.
func FuzzStatus(f *testing.F) {
	file := readVectors(f)
	for _, raw := range file.Status {
		f.Add([]byte(raw))
	}
	list, now := file.list(f, "usual"), file.Vectors[0].Now
	f.Fuzz(func(t *testing.T, raw []byte) {
		status, err := credential.OpenStatus(raw, list, now)
		if (status == nil) == (err == nil) {
			t.Fatalf("%v, %v", status, err)
		}
		if status != nil && status.Supersedes(status.Stamp()) != nil {
			t.Fatal("a snapshot is older than itself")
		}
	})
}
