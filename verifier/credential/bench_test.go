package credential_test

import (
	"testing"

	"github.com/giayto/giayto/verifier/credential"
)

// BenchmarkVerify is the whole check with the holder's proof and the status: two
// signatures of P-256.
func BenchmarkVerify(b *testing.B) {
	f := readVectors(b)
	v := f.named(b, provedVector)
	list := f.list(b, v.TrustList)
	status, err := credential.OpenStatus([]byte(f.Status[v.Status]), list, v.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := credential.Verify(v.Text, v.check(), list, status); err != nil {
			b.Fatal(err)
		}
	}
}
