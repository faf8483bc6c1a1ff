package verifier_test

import (
	"bytes"
	"testing"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// alphabet is that of base45 and one character from outside of it.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:a"

// threeVectors gives three accepted vectors: compressed, plain, two documents.
func threeVectors(t *testing.T, use func(t *testing.T, text string, accepted func(string) bool)) {
	used := 0
	for _, v := range readVectors(t).Vectors {
		switch v.Name {
		case "can_cuoc: over 18 alone", "can_cuoc: five fields, uncompressed text", "two documents":
		default:
			continue
		}
		used++
		t.Run(v.Name, func(t *testing.T) {
			root := ok(verifier.ParseKey(v.Root))(t)
			checker := verifier.New(ok(verifier.OpenTrustList([]byte(v.TrustList), root))(t), verifier.Options{Replay: verifier.UnsafeAcceptReplays{}})
			accepted := func(text string) bool {
				result, err := checker.Verify(text, v.Policy.check(t, v.Now))
				return reasonOf(t, result, err) == ""
			}
			if !accepted(v.Text) {
				t.Fatal("the vector itself is refused")
			}
			use(t, v.Text, accepted)
		})
	}
	if used != 3 {
		t.Errorf("%d vectors, want 3", used)
	}
}

// No single bit of a message may differ.
func TestEveryBitCounts(t *testing.T) {
	threeVectors(t, func(t *testing.T, text string, accepted func(string) bool) {
		message := ok(qr.Decode(text))(t)
		for bit := range len(message) * 8 {
			message[bit/8] ^= 1 << (bit % 8)
			if accepted(ok(qr.EncodePlain(message))(t)) {
				t.Errorf("bit %d of byte %d does not count", bit%8, bit/8)
			}
			message[bit/8] ^= 1 << (bit % 8)
		}
	})
}

// No single character of a text may differ, be left out or stand twice. The one
// exception is another DEFLATE stream of the very same message, which package qr
// says is no other presentation.
func TestEveryCharacterCounts(t *testing.T) {
	threeVectors(t, func(t *testing.T, text string, accepted func(string) bool) {
		message := ok(qr.Decode(text))(t)
		check := func(changed, how string, at int) {
			if changed == text || !accepted(changed) {
				return
			}
			if same, err := qr.Decode(changed); err != nil || !bytes.Equal(same, message) || text[:4] != "VN2:" {
				t.Errorf("character %d %s, and the text is accepted", at, how)
			}
		}
		for i := range text {
			for _, c := range alphabet {
				check(text[:i]+string(c)+text[i+1:], "replaced by "+string(c), i)
			}
			check(text[:i]+text[i+1:], "left out", i)
			check(text[:i]+text[i:i+1]+text[i:], "doubled", i)
			check(text[:i], "and the rest left out", i)
		}
	})
}
