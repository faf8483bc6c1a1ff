package cardqr

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/unicode/norm"
)

// mistaken are the encodings for which decoders take a card's UTF-8: its code
// does not say which it is (it has no ECI), so they guess.
var mistaken = []struct {
	name  string
	write func(text string) []byte
}{
	{"windows-1252", single(charmap.Windows1252)}, {"windows-1258", single(charmap.Windows1258)},
	{"shift_jis", multi(japanese.ShiftJIS)}, {"big5", multi(traditionalchinese.Big5)},
	{"gb18030", multi(simplifiedchinese.GB18030)}, {"euc-kr", multi(korean.EUCKR)},
}

// lost stands for what a decoder has thrown away. It is no byte of UTF-8.
const lost = 0xFF

// single writes a text in an encoding of one byte a character. Bytes that it
// leaves out stand for themselves, as in ISO-8859-1 and as browsers have it.
func single(c *charmap.Charmap) func(string) []byte {
	return func(text string) []byte {
		raw := make([]byte, 0, len(text))
		for _, r := range text {
			b, ok := c.EncodeRune(r)
			switch {
			case ok:
			case r <= 0xFF:
				b = byte(r)
			default:
				b = lost
			}
			raw = append(raw, b)
		}
		return raw
	}
}

// multi writes a text in an encoding of one to four bytes a character.
func multi(e encoding.Encoding) func(string) []byte {
	return func(text string) []byte {
		raw := make([]byte, 0, len(text))
		encoder := e.NewEncoder()
		for _, r := range text {
			b, err := encoder.Bytes([]byte(string(r)))
			if err != nil || r == utf8.RuneError {
				b = []byte{lost}
			}
			raw = append(raw, b...)
		}
		return raw
	}
}

// repair splits a text into its fields, read back out of the encoding that it was
// taken for, if that gives more of them. In some encodings a bar between two
// fields was taken for half a character, so the text is split only after it has
// been read back. What was lost on the way stays lost, and a field that is lost
// does not keep the others from being read.
func repair(text string) (fields []string, from string) {
	fields = strings.Split(text, bar)
	best := 0
	for _, field := range fields {
		if !ascii(field) && readable(norm.NFC.String(field)) {
			best++
		}
	}
	for _, m := range mistaken {
		back, score := m.write(text), 0
		candidate := strings.Split(string(back), bar)
		for i, field := range candidate {
			switch {
			case ascii(field):
			case utf8.ValidString(field) && readable(norm.NFC.String(field)):
				score++
			default:
				candidate[i] = string(utf8.RuneError)
			}
		}
		// Latin letters that, as bytes, are UTF-8 once more were never meant so:
		// as good as the text itself is good enough.
		if score > 0 && (score > best || from == "" && score == best) {
			fields, from, best = candidate, m.name, score
		}
	}
	return fields, from
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// vietnamese: everything beyond ASCII is a Latin letter or a mark on one.
func vietnamese(s string) bool {
	for _, r := range s {
		if r < utf8.RuneSelf {
			continue
		}
		switch {
		case r == 'ª', r == 'º': // letters to Unicode, halves of letters here
			return false
		case unicode.Is(unicode.Latin, r), unicode.Is(unicode.Mn, r), r == '’', r == '–':
		default:
			return false
		}
	}
	return true
}

// readable: what a form may show of a name or an address.
func readable(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return false
		}
	}
	return vietnamese(s)
}

// lookalikes of Đ and đ that keyboards and registers mix up.
var lookalikes = strings.NewReplacer("\u00d0", "Đ", "\u0189", "Đ", "\u00f0", "đ", "\u0256", "đ")
