package keys

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier"
)

// FuzzParse: whatever stands in a key file, reading it gives a whole key or an
// error that holds nothing of it.
func FuzzParse(f *testing.F) {
	lock, err := NewLock()
	if err != nil {
		f.Fatal(err)
	}
	ring, err := Open(filepath.Join(f.TempDir(), "keys"), Options{Lock: lock})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := ring.Ensure(verifier.PurposeDisclosure, time.Unix(1_800_000_000, 0), time.Hour); err != nil {
		f.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(ring.dir, "*.json"))
	if err != nil || len(names) != 1 {
		f.Fatal(names, err)
	}
	good, err := os.ReadFile(names[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(bytes.Replace(good, []byte("ES256"), []byte("none"), 1))
	f.Add(good[:len(good)/2])
	f.Add([]byte(`{"private_key":"AA=="}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := parse(raw)
		if err == nil && (e.sealed == "" && e.Token == nil && e.State != Retired && e.State != Revoked || e.Key == nil || e.Purpose == "" || !e.NotAfter.After(e.NotBefore)) {
			t.Errorf("half a key: %+v", e)
		}
		if err != nil && (e.sealed != "" || e.Key != nil) {
			t.Error("a key and an error")
		}
	})
}
