package verifier_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// The layout of profile 1, spelled by hand: what stands here is what a stranger
// reads in the format's description.
func TestSignLayout(t *testing.T) {
	key := testKey(t, "layout")
	id := named(t, key).ID
	expires := "1a6a68f7c0"
	for _, c := range []struct {
		name    string
		token   verifier.Token
		payload string
	}{
		{"one field", verifier.Token{Documents: []verifier.TokenDocument{{Code: 1, Fields: map[uint64]any{12: true}}}},
			"a3" + "04" + expires + "0748" + "0102030405060708" + "3a00010000" + "a2" + "0001" + "0cf5"},
		{"audience and nonce, keys in order", verifier.Token{Audience: "a", Nonce: []byte{8, 7, 6, 5, 4, 3, 2, 1},
			Documents: []verifier.TokenDocument{{Code: 4, Fields: map[uint64]any{300: nil, 23: int64(-1), 24: "é"}}}},
			"a5" + "036161" + "04" + expires + "0748" + "0102030405060708" + "0a48" + "0807060504030201" +
				"3a00010000" + "a4" + "0004" + "1720" + "1818" + "62c3a9" + "19012c" + "f6"},
		{"two documents", verifier.Token{Documents: []verifier.TokenDocument{
			{Code: 2, Fields: map[uint64]any{1: uint64(790123456789)}}, {Code: 3, Fields: map[uint64]any{2: []any{uint64(1), "B"}}}}},
			"a3" + "04" + expires + "0748" + "0102030405060708" + "3a00010000" + "82" +
				"a2" + "0002" + "01" + "1b000000b7f7072915" + "a2" + "0003" + "02" + "82" + "01" + "6142"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.token.ExpiresAt, c.token.ID = 0x6a68f7c0, [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
			message := ok(c.token.Sign(repeatable{key}, id))(t)
			payload := ok(hex.DecodeString(c.payload))(t)
			length := []byte{0x58, byte(len(payload))}
			want := bytes.Join([][]byte{{0xd2, 0x84, 0x49, 0xa2, 0x01, 0x26, 0x04, 0x44}, id[:], {0xa0}, length, payload, {0x58, 0x40}}, nil)
			if got := message[:len(message)-64]; !bytes.Equal(got, want) {
				t.Fatalf("message\n got %x\nwant %x", got, want)
			}
			// Sig_structure of RFC 9052 section 4.4, by hand.
			signed := bytes.Join([][]byte{{0x84, 0x6a}, []byte("Signature1"), {0x49, 0xa2, 0x01, 0x26, 0x04, 0x44}, id[:],
				{0x55}, []byte("giayto/presentation/1"), length, payload}, nil)
			if !verifies(key, signed, message[len(message)-64:]) {
				t.Error("the signature is not over the Sig_structure of this layout")
			}
		})
	}
}

func verifies(key *ecdsa.PrivateKey, signed, signature []byte) bool {
	digest := sha256.Sum256(signed)
	return ecdsa.Verify(&key.PublicKey, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

// A message whose signature is deterministic, byte for byte.
func TestSignGolden(t *testing.T) {
	key := testKey(t, "disclosure")
	token := name(7)
	message := ok(token.Sign(repeatable{key}, named(t, key).ID))(t)
	const want = "d28449a2012604446dfde6aca05832a3041a6b03c88c074807000000000000003a00010000a2000102774e475559" +
		"e1bb844e205448e1bb8a2056c38d2044e1bba45840bf8a0705e4240119378c2f19410a1eb5fa1eedbf7277b41be2a204b801f2ed8fdff50e7f6d9925e70ef7ffd67d3cb3bad52540349d0979c498e0f8cce5d55bf9"
	if got := hex.EncodeToString(message); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	again := ok(token.Sign(repeatable{key}, named(t, key).ID))(t)
	if !bytes.Equal(message, again) {
		t.Error("the same token under RFC 6979 gave two messages")
	}
}

// Payloads on both sides of every form of the length head.
func TestSignLengths(t *testing.T) {
	key := testKey(t, "disclosure")
	v := verifier.New(open(t, draft(t, 1)), verifier.Options{})
	for _, n := range []int{1, 150, 190, 191, 192, 193, 194, 195, 196, 197, 198, 250, 300, 1500} {
		token := name(1)
		token.Documents[0].Fields[2] = strings.Repeat("A", n)
		message := ok(token.Sign(repeatable{key}, named(t, key).ID))(t)
		result, err := v.Verify(ok(qr.EncodePlain(message))(t), verifier.Check{Now: noon})
		// Whatever the catalogue says of so long a name, the frame is intact.
		switch reason := reasonOf(t, result, err); reason {
		case "", verifier.ReasonClaimInvalid, verifier.ReasonReplayed:
		default:
			t.Errorf("%d letters: %s", n, reason)
		}
	}
	token := name(1)
	token.Documents[0].Fields[2] = strings.Repeat("A", 1<<16)
	if _, err := token.Sign(repeatable{key}, verifier.KeyID{}); err == nil {
		t.Error("signed a payload whose length does not fit its head")
	}
}

// What a checker would call malformed is not signed.
func TestSignRefuses(t *testing.T) {
	key := testKey(t, "disclosure")
	for _, c := range []struct {
		name   string
		change func(*verifier.Token)
	}{
		{"no expiry", func(k *verifier.Token) { k.ExpiresAt = 0 }},
		{"expiry after 9999", func(k *verifier.Token) { k.ExpiresAt = 253402300800 }},
		{"issued-at without cnf", func(k *verifier.Token) { k.IssuedAt = noon.Unix() }},
		{"cnf without issued-at", func(k *verifier.Token) { k.Confirmation = []byte{0xa0} }},
		{"audience too long", func(k *verifier.Token) { k.Audience = strings.Repeat("a", verifier.MaxAudience+1) }},
		{"audience in NFD", func(k *verifier.Token) { k.Audience = "kha\u0301ch" }},
		{"nonce too short", func(k *verifier.Token) { k.Nonce = make([]byte, 7) }},
		{"empty nonce", func(k *verifier.Token) { k.Nonce = []byte{} }},
		{"no document", func(k *verifier.Token) { k.Documents = nil }},
		{"five documents", func(k *verifier.Token) {
			d := k.Documents[0]
			k.Documents = []verifier.TokenDocument{d, d, d, d, d}
		}},
		{"document code zero", func(k *verifier.Token) { k.Documents[0].Code = 0 }},
		{"no field", func(k *verifier.Token) { k.Documents[0].Fields = nil }},
		{"a field in place of the code", func(k *verifier.Token) { k.Documents[0].Fields[0] = uint64(9) }},
		{"too many fields", func(k *verifier.Token) {
			for i := range uint64(verifier.MaxFields) {
				k.Documents[0].Fields[i+3] = true
			}
		}},
		{"a value that cannot travel", func(k *verifier.Token) { k.Documents[0].Fields[2] = func() {} }},
	} {
		token := name(1)
		c.change(&token)
		if message, err := token.Sign(repeatable{key}, named(t, key).ID); err == nil || message != nil {
			t.Errorf("%s: signed", c.name)
		}
	}
	raw := make([]byte, 48)
	raw[47] = 1
	larger := ok(ecdsa.ParseRawPrivateKey(elliptic.P384(), raw))(t)
	token := name(1)
	if _, err := token.Sign(larger, verifier.KeyID{}); err == nil {
		t.Error("signed with a P-384 key")
	}
}

func TestEncodedSize(t *testing.T) {
	for _, c := range []struct {
		value any
		want  int
	}{{true, 1}, {nil, 1}, {uint64(23), 1}, {uint64(24), 2}, {"ễ", 4}, {int64(-1), 1}, {[]any{uint64(1)}, 2}, {func() {}, 0}} {
		if got := verifier.EncodedSize(c.value); got != c.want {
			t.Errorf("%T: %d bytes, want %d", c.value, got, c.want)
		}
	}
}

func TestValidAudience(t *testing.T) {
	for _, c := range []struct {
		s    string
		want bool
	}{
		{"hotel.example", true}, {"khách sạn số 42", true}, {"Đ", true}, {strings.Repeat("a", 64), true}, {"😀", true},
		{"", false}, {strings.Repeat("a", 65), false}, {strings.Repeat("ạ", 22), false}, {"kha\u0301ch", false},
		{"a\nb", false}, {"a\x00", false}, {"a\x7f", false}, {"a\u0085", false}, {"a\u00a0b", false}, {"a\u200bb", false},
		{"a\u202eb", false}, {"a\u2028b", false}, {"\ufeffa", false}, {"\ufffd", false}, {"a\xff", false}, {"\ue000", false},
		{"a\u034f", false}, {"a\ufe0f", false}, {"a\u17b4", false}, {"a\U000e0100", false}, {"a\u3164", false},
	} {
		if got := verifier.ValidAudience(c.s); got != c.want {
			t.Errorf("%q: %t, want %t", c.s, got, c.want)
		}
	}
}

func TestParseChallenge(t *testing.T) {
	if got := ok(verifier.ParseChallenge("0102030405060aFF"))(t); !bytes.Equal(got, []byte{1, 2, 3, 4, 5, 6, 10, 255}) {
		t.Errorf("%x", got)
	}
	for _, s := range []string{"", "01020304050607", "010203040506070809", "010203040506070g", " 102030405060708", "0102030405060708\n"} {
		if b, err := verifier.ParseChallenge(s); err == nil || b != nil {
			t.Errorf("%q: %x", s, b)
		}
	}
}

// signByHand makes a COSE_Sign1 message around any payload.
func signByHand(t testing.TB, key *ecdsa.PrivateKey, payload []byte) []byte {
	t.Helper()
	id := named(t, key).ID
	var length []byte
	switch n := len(payload); {
	case n < 24:
		length = []byte{0x40 | byte(n)}
	case n < 256:
		length = []byte{0x58, byte(n)}
	default:
		length = []byte{0x59, byte(n >> 8), byte(n)}
	}
	header := append([]byte{0x49, 0xa2, 0x01, 0x26, 0x04, 0x44}, id[:]...)
	signed := bytes.Join([][]byte{{0x84, 0x6a}, []byte("Signature1"), header, {0x55}, []byte("giayto/presentation/1"), length, payload}, nil)
	digest := sha256.Sum256(signed)
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return bytes.Join([][]byte{{0xd2, 0x84}, header, {0xa0}, length, payload, {0x58, 0x40}, signature}, nil)
}

// What a stranger writes by the description alone is accepted.
func TestSignedByHand(t *testing.T) {
	token := name(1)
	message := signByHand(t, testKey(t, "disclosure"), ok(token.Payload())(t))
	result, err := verifier.New(open(t, draft(t, 1)), verifier.Options{}).Verify(ok(qr.EncodePlain(message))(t), verifier.Check{Now: noon})
	if got := reasonOf(t, result, err); got != "" {
		t.Error(err)
	}
}
