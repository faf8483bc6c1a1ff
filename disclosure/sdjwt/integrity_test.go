package sdjwt_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

const document = `{"vct":"https://giayto.example.vn/credentials/gplx/1","name":"Giấy phép lái xe"}`

func hashes(of string) (s256, s384, s512 string) {
	a, b, c := sha256.Sum256([]byte(of)), sha512.Sum384([]byte(of)), sha512.Sum512([]byte(of))
	enc := base64.StdEncoding.EncodeToString
	return "sha256-" + enc(a[:]), "sha384-" + enc(b[:]), "sha512-" + enc(c[:])
}

type integrityRefusal struct {
	name, metadata string
	want           sdjwt.Reason
}

func integrityRefusals() []integrityRefusal {
	good, _, strong := hashes(document)
	other, _, otherStrong := hashes("{}")
	return []integrityRefusal{
		{"empty", "", sdjwt.ReasonIntegrity},
		{"white space", " \t\n", sdjwt.ReasonIntegrity},
		{"another document", other, sdjwt.ReasonIntegrity},
		{"unknown algorithm", "md5-" + good[7:], sdjwt.ReasonIntegrity},
		{"algorithm in capitals", "SHA256" + good[6:], sdjwt.ReasonIntegrity},
		{"no algorithm", good[7:], sdjwt.ReasonIntegrity},
		{"no hash", "sha256-", sdjwt.ReasonIntegrity},
		{"hash of another length", "sha512" + good[6:], sdjwt.ReasonIntegrity},
		{"no padding", strings.TrimRight(good, "="), sdjwt.ReasonIntegrity},
		{"base64url", "sha256-" + strings.Repeat("_", 43) + "=", sdjwt.ReasonIntegrity},
		{"leftover bits", good[:len(good)-2] + "9=", sdjwt.ReasonIntegrity},
		{"a weak hash of this, a strong one of another", good + " " + otherStrong, sdjwt.ReasonIntegrity},
		{"good hash beside a broken one", strong + " sha256-AA", sdjwt.ReasonIntegrity},
		{"too long", good + strings.Repeat(" ", sdjwt.MaxIntegrityBytes), sdjwt.ReasonTooLarge},
	}
}

func TestIntegrity(t *testing.T) {
	s256, s384, s512 := hashes(document)
	other, _, otherStrong := hashes("{}")
	if got := sdjwt.Integrity([]byte(document)); got != s256 {
		t.Errorf("integrity is %s, want %s", got, s256)
	}
	for _, metadata := range []string{
		s256, s384, s512, s256 + "?ct=application/json", "  " + s256 + "\n", other + " " + s256,
		other + " " + s512, otherStrong + " " + s512, "md5-x " + s384, s256 + "\t" + s384 + "\f" + s512,
	} {
		if err := sdjwt.CheckIntegrity(metadata, []byte(document)); err != nil {
			t.Errorf("%q: %v", metadata, err)
		}
	}
	for _, r := range integrityRefusals() {
		t.Run(r.name, func(t *testing.T) {
			wantReason(t, sdjwt.CheckIntegrity(r.metadata, []byte(document)), r.want)
		})
	}
}

// FuzzIntegrity: metadata is accepted only when the document's own hash is in it.
func FuzzIntegrity(f *testing.F) {
	s256, s384, s512 := hashes(document)
	f.Add(s256, document)
	f.Add(s384+" "+s512+"?x", document)
	for _, r := range integrityRefusals() {
		f.Add(r.metadata, document)
	}
	f.Fuzz(func(t *testing.T, metadata, text string) {
		err := sdjwt.CheckIntegrity(metadata, []byte(text))
		a, b, c := hashes(text)
		has := strings.Contains(metadata, a) || strings.Contains(metadata, b) || strings.Contains(metadata, c)
		if err == nil && !has {
			t.Fatalf("%q stands for %q", metadata, text)
		}
		if err != nil && sdjwt.ReasonOf(err) == "" {
			t.Fatalf("an error without a reason: %v", err)
		}
	})
}

// The issuer writes the hash of the type metadata it serves; whoever fetches the
// document compares.
func ExampleCheckIntegrity() {
	metadata := sdjwt.Integrity([]byte(document))
	fmt.Println(sdjwt.CheckIntegrity(metadata, []byte(document)))
	fmt.Println(sdjwt.CheckIntegrity(metadata, []byte(document+"\n")))
	// Output:
	// <nil>
	// sdjwt: integrity_mismatch: document
}
