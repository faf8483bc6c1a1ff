package qr_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/qr"
)

// Dictionary 1 is frozen: texts of every release depend on every byte of it.
func TestDictionaryIsFrozen(t *testing.T) {
	const frozen = "2b7ef5546a2c6bcdb5112abeb2c69ac04880d5120bb153403d8950f35d15083a"
	d := qr.Dictionary()
	sum := sha256.Sum256(d)
	if got := hex.EncodeToString(sum[:]); got != frozen || len(d) != 3996 {
		t.Errorf("%d bytes, SHA-256 %s", len(d), got)
	}
	if qr.DictionarySHA256 != frozen {
		t.Errorf("published SHA-256 is %s", qr.DictionarySHA256)
	}
	d[0] ^= 0xFF
	if bytes.Equal(d, qr.Dictionary()) {
		t.Error("Dictionary hands out its own bytes")
	}
}

func TestDictionaryText(t *testing.T) {
	text, err := os.ReadFile("dictionary1.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(text) || !norm.NFC.IsNormal(text) {
		t.Error("the text is not UTF-8 in NFC")
	}
	if bytes.ContainsAny(text, "\r\t\ufeff") {
		t.Error("the text has a carriage return, a tab or a byte order mark")
	}
	if !bytes.HasPrefix(qr.Dictionary(), text) {
		t.Error("dictionary 1 does not begin with dictionary1.txt")
	}
}

// A stream made when dictionary 1 was frozen. It must decode for ever.
func TestFrozenText(t *testing.T) {
	const (
		text    = "VN2:7M8%8RG:UCDL%$QA46%K8 BKP.F-HPEWTGIIS81IG8.KV6ETIJE00"
		message = "NGUYỄN THỊ MINH ÁNH, 12 Đường Hoa Sữa, Phường Trăng Non, Thành phố Hà Nội"
	)
	if got, err := qr.Decode(text); err != nil || string(got) != message {
		t.Errorf("%q, %v", got, err)
	}
}

// The sizes that are promised for names unknown to the dictionary mean nothing
// if the dictionary knows them.
func TestHeldOutIsHeldOut(t *testing.T) {
	known := string(qr.Dictionary())
	printed := map[string]bool{}
	for _, w := range strings.FieldsFunc(known, func(r rune) bool { return strings.ContainsRune(" ,\n", r) }) {
		printed[w] = true
	}
	for _, list := range [][]string{heldOut.families, heldOut.middles, heldOut.givens} {
		for _, name := range list {
			for _, w := range strings.Fields(strings.ToUpper(name)) {
				if printed[w] {
					t.Errorf("the dictionary has the name %s", w)
				}
			}
		}
	}
	for _, list := range [][]string{heldOut.streets, heldOut.wards, heldOut.districts} {
		for _, place := range list {
			if len(place) > 2 && strings.Contains(known, place) {
				t.Errorf("the dictionary has the place %s", place)
			}
		}
	}
	for _, street := range register.streets {
		if strings.Contains(known, street) {
			t.Errorf("the dictionary has the street %s", street)
		}
	}
}
