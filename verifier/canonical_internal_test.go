package verifier

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		hex  string
		want bool
	}{
		{"00", true}, {"17", true}, {"1818", true}, {"1900ff", false}, {"190100", true}, {"1817", false},
		{"1a0000ffff", false}, {"1a00010000", true}, {"1b00000000ffffffff", false}, {"1b0000000100000000", true},
		{"3b7fffffffffffffff", true}, {"3b8000000000000000", false},
		{"40", true}, {"41", false}, {"4100", true}, {"6161", true}, {"5f4100ff", false},
		{"80", true}, {"8100", true}, {"81", false}, {"9f00ff", false}, {"a0", true}, {"bf0000ff", false},
		{"a201020304", true}, {"a203040102", false}, {"a201020103", false}, {"a10102ff", false},
		{"f4", true}, {"f5", true}, {"f6", true}, {"f7", false}, {"f0", false}, {"f8ff", false},
		{"f90000", false}, {"fb0000000000000000", false}, {"c000", false}, {"1c", false}, {"", false}, {"0000", false},
		{"8181818181818100", true}, {"818181818181818100", false}, // depth
	} {
		b, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		if got := canonical(b); got != c.want {
			t.Errorf("%s: %t, want %t", c.hex, got, c.want)
		}
	}
}

// FuzzCanonical holds canonical against the library: what it accepts and the
// library can read is what the library writes.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"a3041a6a0a1b2c07480102030405060708", "a201020304", "8201f6", "a1016568656c6c6f", "3a00010000", "9f00ff", "f90000"} {
		b, _ := hex.DecodeString(seed)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v any
		if !canonical(b) || decoding.Unmarshal(b, &v) != nil {
			return
		}
		again, err := encoding.Marshal(v)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("accepted %x, written as %x (%v)", b, again, err)
		}
		if err := cbor.Wellformed(b); err != nil {
			t.Fatalf("accepted %x: %v", b, err)
		}
	})
}
