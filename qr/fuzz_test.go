package qr_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/giayto/giayto/qr"
)

// FuzzDecode feeds the same bytes to both directions: as a text to Decode and
// as a message to Encode.
func FuzzDecode(f *testing.F) {
	people := newCorpus(heldOut)
	for _, s := range []set{over18, five, twelve, vehicle} {
		m := people.person().message(s)
		text, err := qr.Encode(m)
		if err != nil {
			f.Fatal(err)
		}
		plain, err := qr.EncodePlain(m)
		if err != nil {
			f.Fatal(err)
		}
		for _, seed := range []string{text, plain, text[:len(text)/2], text + "0", string(m)} {
			f.Add([]byte(seed))
		}
	}
	for _, seed := range []string{
		"", "VN", "VN1:", "VN2:", "VN3:ABC", "VN1:GGW", "VN2:ZZZ", "vn1:BB8", "VN1:BB8\n", "VN99999999999999999999:",
		"VN2:" + strings.Repeat("0", qr.MaxText), vn2(make([]byte, 40)), "Nguyễn", "Nguye\u0302\u0303n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if message, err := qr.Decode(string(data)); err == nil {
			if len(message) == 0 || len(message) > qr.MaxInflated {
				t.Fatalf("accepted a message of %d bytes", len(message))
			}
			checkRoundTrip(t, message)
		} else if message != nil || !knownCode(codeOf(err)) {
			t.Fatalf("%d bytes beside %v", len(message), err)
		}
		if len(data) > 0 && len(data) <= qr.MaxInflated {
			checkRoundTrip(t, data)
		}
	})
}

func checkRoundTrip(t *testing.T, message []byte) {
	t.Helper()
	text, err := qr.Encode(message)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > qr.MaxText {
		t.Fatalf("%d bytes make %d characters", len(message), len(text))
	}
	got, err := qr.Decode(text)
	if err != nil || !bytes.Equal(got, message) {
		t.Fatalf("%d bytes come back as %d, %v", len(message), len(got), err)
	}
	// The stream also holds up when VN1 was the shorter choice, and for a
	// reader that is not ours.
	if packed := inflateStandard(t, qr.Deflate(message)); !bytes.Equal(packed, message) {
		t.Fatalf("%d bytes inflate to %d", len(message), len(packed))
	}
}

func knownCode(code qr.Code) bool {
	switch code {
	case qr.CodeTooLarge, qr.CodeMalformed, qr.CodeUnsupportedVersion, qr.CodeNotGiayto:
		return true
	}
	return false
}

// FuzzBase45 holds that a text decodes only if it is the encoding of what it
// decodes to, and that it can then be drawn in alphanumeric mode.
func FuzzBase45(f *testing.F) {
	for _, seed := range []string{"", "BB8", "%69 VD92EX0", "UJCLQE7W581", "QED8WEX0", "FGW", "GGW", "::", "ABCD", "aa", "U5", "V5", "0\x000", "Đ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := qr.FromBase45(text)
		if err == nil {
			if again := string(qr.AppendBase45(nil, out)); again != text {
				t.Fatalf("%q decodes but encodes as %q", text, again)
			}
		} else if codeOf(err) != qr.CodeMalformed || out != nil {
			t.Fatalf("%x beside %v", out, err)
		}
		encoded := string(qr.AppendBase45(nil, []byte(text)))
		if back, err := qr.FromBase45(encoded); err != nil || string(back) != text {
			t.Fatalf("%q -> %q -> %q, %v", text, encoded, back, err)
		}
		if _, err := qr.Fit("VN1:" + encoded); codeOf(err) == qr.CodeMalformed {
			t.Fatalf("%q has no alphanumeric form: %v", encoded, err)
		}
	})
}
