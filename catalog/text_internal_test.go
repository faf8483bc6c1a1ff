package catalog

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

// The short cut of composed must agree with the tables for every letter that it
// takes, alone and next to every other one of a sample.
func TestComposedShortCut(t *testing.T) {
	var letters []rune
	for r := rune(1); r <= 0x1EFF; r++ {
		if r < 0x0300 || r >= 0x1E00 {
			letters = append(letters, r)
		}
	}
	for _, a := range letters {
		if s := string(a); composed(s) != norm.NFC.IsNormalString(s) {
			t.Fatalf("U+%04X: %t", a, composed(s))
		}
		for i := 0; i < len(letters); i += 7 {
			if s := string([]rune{a, letters[i]}); composed(s) != norm.NFC.IsNormalString(s) {
				t.Fatalf("U+%04X U+%04X: %t", a, letters[i], composed(s))
			}
		}
	}
	for _, s := range []string{"e\u0302", "ê\u0301", "\u0340", "a\xff", "\u212B", "e\u0323\u0302"} {
		if composed(s) {
			t.Errorf("%+q is not composed", s)
		}
	}
}
