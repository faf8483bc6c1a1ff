package qr_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/giayto/giayto/qr"
)

func TestEncodeChoosesTheShorter(t *testing.T) {
	random := make([]byte, 200)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte(rng.Uint32())
	}
	for _, c := range []struct {
		name    string
		message []byte
		prefix  string
	}{
		{"one byte ties or loses", []byte{0xD2}, "VN1:"},
		{"random bytes", random, "VN1:"},
		{"vocabulary", []byte("Thành phố Hồ Chí Minh"), "VN2:"},
		{"over 18", newCorpus(register).person().message(over18), "VN2:"},
		{"twelve fields", newCorpus(heldOut).person().message(twelve), "VN2:"},
	} {
		text, err := qr.Encode(c.message)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		plain, err := qr.EncodePlain(c.message)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if !strings.HasPrefix(text, c.prefix) || !strings.HasPrefix(plain, "VN1:") {
			t.Errorf("%s: %.4q and %.4q, want %q", c.name, text, plain, c.prefix)
		}
		if len(text) > len(plain) || (len(text) == len(plain) && text != plain) {
			t.Errorf("%s: %d characters, plain has %d", c.name, len(text), len(plain))
		}
		for _, s := range []string{text, plain} {
			if got, err := qr.Decode(s); err != nil || !bytes.Equal(got, c.message) {
				t.Errorf("%s: decoded %d bytes, %v", c.name, len(got), err)
			}
		}
	}
}

// Where both forms are equally long the simpler one is sent.
func TestEncodeTieIsPlain(t *testing.T) {
	dictionary, ties := qr.Dictionary(), 0
	for length := 3; length <= 12; length++ {
		for noise := range 12 {
			message := append([]byte("\x01\x02\x03\x05\x06\x08\x09\x0B\x0C\x0E\x0F\x10")[:noise], dictionary[:length]...)
			if len(qr.Deflate(message)) != len(message) {
				continue
			}
			ties++
			if text, err := qr.Encode(message); err != nil || !strings.HasPrefix(text, "VN1:") {
				t.Errorf("tie at %d bytes: %.4q, %v", len(message), text, err)
			}
		}
	}
	if ties == 0 {
		t.Error("no tie was tried")
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, encode := range []func([]byte) (string, error){qr.Encode, qr.EncodePlain} {
		if _, err := encode(nil); codeOf(err) != qr.CodeMalformed {
			t.Errorf("empty: %v", err)
		}
		if _, err := encode(make([]byte, qr.MaxInflated+1)); codeOf(err) != qr.CodeTooLarge {
			t.Errorf("too long: %v", err)
		}
		if text, err := encode(make([]byte, qr.MaxInflated)); err != nil {
			t.Errorf("longest: %v", err)
		} else if got, err := qr.Decode(text); err != nil || len(got) != qr.MaxInflated {
			t.Errorf("longest: %d bytes, %v", len(got), err)
		}
	}
}

// The bound on texts is exactly the longest text that EncodePlain can make.
func TestMaxText(t *testing.T) {
	text, err := qr.EncodePlain(bytes.Repeat([]byte{0xFF}, qr.MaxInflated))
	if err != nil || len(text) != qr.MaxText {
		t.Fatalf("%d characters, %v, want %d", len(text), err, qr.MaxText)
	}
	if _, err := qr.Decode(text + "00"); codeOf(err) != qr.CodeTooLarge {
		t.Errorf("one byte more: %v", err)
	}
	if _, err := qr.Decode(strings.Repeat("x", qr.MaxText+1)); codeOf(err) != qr.CodeTooLarge {
		t.Errorf("foreign long text: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, err := qr.EncodePlain([]byte("giayto"))
	if err != nil {
		t.Fatal(err)
	}
	body := good[len("VN1:"):]
	for _, c := range []struct {
		name, text string
		want       qr.Code
	}{
		{"empty", "", qr.CodeNotGiayto},
		{"only letters", "VN", qr.CodeNotGiayto},
		{"no number", "VN:" + body, qr.CodeNotGiayto},
		{"no colon", "VN1" + body, qr.CodeNotGiayto},
		{"number without end", "VN123", qr.CodeNotGiayto},
		{"lower-case prefix", "vn1:" + body, qr.CodeNotGiayto},
		{"white space before", " " + good, qr.CodeNotGiayto},
		{"byte order mark", "\ufeff" + good, qr.CodeNotGiayto},
		{"signed number", "VN+1:" + body, qr.CodeNotGiayto},
		{"full-width digit", "VN１:" + body, qr.CodeNotGiayto},
		{"space in prefix", "VN1 :" + body, qr.CodeNotGiayto},
		{"an address", "https://example.vn/", qr.CodeNotGiayto},
		{"health certificate", "HC1:" + body, qr.CodeNotGiayto},
		{"card back", "079200000001|123456789|NGUYEN VAN A|01012000|Nam", qr.CodeNotGiayto},
		{"invalid UTF-8", "\xff\xfe", qr.CodeNotGiayto},

		{"coding 0", "VN0:" + body, qr.CodeUnsupportedVersion},
		{"coding 3", "VN3:" + body, qr.CodeUnsupportedVersion},
		{"coding 10", "VN10:" + body, qr.CodeUnsupportedVersion},
		{"coding 01", "VN01:" + body, qr.CodeUnsupportedVersion},
		{"coding 3 in another alphabet", "VN3:abc\x00", qr.CodeUnsupportedVersion},
		{"coding beyond any integer", "VN" + strings.Repeat("9", 300) + ":", qr.CodeUnsupportedVersion},

		{"nothing after VN1", "VN1:", qr.CodeMalformed},
		{"nothing after VN2", "VN2:", qr.CodeMalformed},
		{"trailing line feed", good + "\n", qr.CodeMalformed},
		{"trailing spaces", good + "   ", qr.CodeMalformed},
		{"trailing single character", good + "0", qr.CodeMalformed},
		{"lower case", "VN1:" + strings.ToLower(body), qr.CodeMalformed},
		{"outside the alphabet", "VN1:" + body[:3] + "#" + body[4:], qr.CodeMalformed},
		{"not ASCII", "VN1:Đ0", qr.CodeMalformed},
		{"NUL", "VN1:\x00\x00\x00", qr.CodeMalformed},
		{"triplet 65536", "VN1:GGW", qr.CodeMalformed},
		{"highest triplet", "VN1::::", qr.CodeMalformed},
		{"pair 256", "VN1:V5", qr.CodeMalformed},
	} {
		got, err := qr.Decode(c.text)
		if codeOf(err) != c.want || got != nil {
			t.Errorf("%s: %x, %v, want %s", c.name, got, err, c.want)
		}
	}
	if got, err := qr.Decode(good); err != nil || string(got) != "giayto" {
		t.Errorf("the good text itself: %q, %v", got, err)
	}
}

// A refusal never repeats what was in the text.
func TestErrorsCarryNoContent(t *testing.T) {
	message := newCorpus(register).person().message(twelve)
	plain, err := qr.EncodePlain(message)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(plain) {
		for _, text := range []string{plain[:cut], plain[:cut] + "#", plain[:cut] + "a" + plain[cut:]} {
			_, err := qr.Decode(text)
			if err == nil {
				continue
			}
			if len(err.Error()) > 100 || (cut > 40 && strings.Contains(err.Error(), plain[cut-12:cut])) {
				t.Fatalf("error repeats the text: %v", err)
			}
		}
	}
}
