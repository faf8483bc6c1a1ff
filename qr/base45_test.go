package qr_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/giayto/giayto/qr"
)

func TestBase45Vectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/rfc9285/base45.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Valid    [][2]string `json:"valid"`
		ValidHex [][2]string `json:"valid_hex"`
		Invalid  [][2]string `json:"invalid"`
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Valid) < 4 || len(vectors.ValidHex) < 1 || len(vectors.Invalid) < 4 {
		t.Fatalf("vectors are missing: %d, %d, %d", len(vectors.Valid), len(vectors.ValidHex), len(vectors.Invalid))
	}
	row := fmt.Sprintf("| `rfc9285/base45.json` | %d | run by `qr`", len(vectors.Valid)+len(vectors.ValidHex)+len(vectors.Invalid))
	if table, err := os.ReadFile("../docs/conformance.md"); err != nil || !strings.Contains(string(table), row) {
		t.Errorf("docs/conformance.md lacks the row %q: %v", row, err)
	}
	for _, v := range vectors.ValidHex {
		b, err := hex.DecodeString(v[0])
		if err != nil {
			t.Fatal(err)
		}
		vectors.Valid = append(vectors.Valid, [2]string{string(b), v[1]})
	}
	for _, v := range vectors.Valid {
		if got := string(qr.AppendBase45(nil, []byte(v[0]))); got != v[1] {
			t.Errorf("encode %q = %q, want %q", v[0], got, v[1])
		}
		if got, err := qr.FromBase45(v[1]); err != nil || string(got) != v[0] {
			t.Errorf("decode %q = %q, %v, want %q", v[1], got, err, v[0])
		}
	}
	for _, v := range vectors.Invalid {
		if got, err := qr.FromBase45(v[0]); codeOf(err) != qr.CodeMalformed {
			t.Errorf("decode %q (%s) = %x, %v", v[0], v[1], got, err)
		}
	}
}

// Every pair of bytes and every group of the alphabet: the coding is a bijection
// between byte strings and the texts that it accepts.
func TestBase45Exhaustive(t *testing.T) {
	for n := range 1 << 16 {
		in := []byte{byte(n >> 8), byte(n)}
		text := qr.AppendBase45(nil, in)
		if out, err := qr.FromBase45(string(text)); err != nil || string(out) != string(in) {
			t.Fatalf("%x -> %q -> %x, %v", in, text, out, err)
		}
	}
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	accepted := 0
	for i := range 45 * 45 * 45 {
		text := string([]byte{alphabet[i%45], alphabet[i/45%45], alphabet[i/2025]})
		out, err := qr.FromBase45(text)
		if err != nil {
			continue
		}
		accepted++
		if again := string(qr.AppendBase45(nil, out)); again != text {
			t.Fatalf("%q decodes but encodes as %q", text, again)
		}
	}
	if accepted != 1<<16 {
		t.Errorf("%d triplets accepted, want 65536", accepted)
	}
	accepted = 0
	for i := range 45 * 45 {
		if _, err := qr.FromBase45(string([]byte{alphabet[i%45], alphabet[i/45]})); err == nil {
			accepted++
		}
	}
	if accepted != 256 {
		t.Errorf("%d pairs accepted, want 256", accepted)
	}
}

func TestBase45Alphabet(t *testing.T) {
	accepted := 0
	for b := range 256 {
		for position := range 3 {
			group := []byte("000")
			group[position] = byte(b)
			if position == 2 && b == ':' {
				continue // in the alphabet, but above 65535 in the last place
			}
			_, err := qr.FromBase45(string(group))
			_, pairErr := qr.FromBase45(string(group[:2]))
			if err == nil {
				accepted++
			} else if codeOf(err) != qr.CodeMalformed {
				t.Errorf("byte %#x at %d: %v", b, position, err)
			}
			if position == 0 && (err == nil) != (pairErr == nil) {
				t.Errorf("byte %#x: triplet %v, pair %v", b, err, pairErr)
			}
		}
	}
	// All 45 in the first two places; ':' is left out and digits up to 32 fit
	// in the third: 33 values of c keep c*2025 within 65535.
	if accepted != 45+45+33 {
		t.Errorf("%d bytes accepted, want %d", accepted, 45+45+33)
	}
}

// codeOf returns the code of a refusal, or "" when there is none.
func codeOf(err error) qr.Code {
	var refusal *qr.Error
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}
