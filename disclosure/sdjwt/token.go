package sdjwt

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
)

// SDJWT is a token cut into its parts. Parsing says nothing about who made it:
// only [SDJWT.Verify] does. It is immutable and safe for concurrent use.
type SDJWT struct {
	jwt         signed
	disclosures []string // base64url text, in the order of the token
	keyBinding  string   // compact Key Binding JWT, "" when there is none
}

// Parse splits the compact serialisation (RFC 9901 section 4) after checking
// every length against its limit. It checks the shape and the alphabet of each
// part, decodes nothing and verifies nothing.
func Parse(text string) (*SDJWT, error) {
	if len(text) > MaxTextBytes {
		return nil, refuse(ReasonTooLarge, "token")
	}
	if n := strings.Count(text, "~"); n == 0 {
		return nil, refuse(ReasonMalformed, "token")
	} else if n-1 > MaxDisclosures {
		return nil, refuse(ReasonTooManyDisclosures, "token")
	}
	parts := strings.Split(text, "~")
	last := len(parts) - 1
	jwt, err := splitJWS(parts[0], "jwt")
	if err != nil {
		return nil, err
	}
	s := &SDJWT{jwt: jwt, disclosures: parts[1:last], keyBinding: parts[last]}
	for i, d := range s.disclosures {
		if d == "" {
			return nil, refuse(ReasonMalformed, disclosureAt(i))
		}
		if !base64url(d) {
			return nil, refuse(ReasonEncoding, disclosureAt(i))
		}
	}
	if s.keyBinding != "" {
		if len(s.keyBinding) > MaxKeyBindingBytes {
			return nil, refuse(ReasonTooLarge, "key binding")
		}
		if _, err := splitJWS(s.keyBinding, "key binding"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// String returns the compact serialisation: <jwt>~<d1>~...~<dn>~ and, when the
// token has one, the Key Binding JWT.
func (s *SDJWT) String() string { return s.boundText() + s.keyBinding }

// HasKeyBinding tells whether a Key Binding JWT is attached, verified or not. A
// verifier's policy must never depend on it (RFC 9901 section 7.3).
func (s *SDJWT) HasKeyBinding() bool { return s.keyBinding != "" }

// Disclosures returns how many disclosures the token carries.
func (s *SDJWT) Disclosures() int { return len(s.disclosures) }

// boundText is what sd_hash is computed over: everything up to and including
// the last tilde (RFC 9901 section 4.3.1).
func (s *SDJWT) boundText() string {
	size := len(s.jwt.text) + len("~")
	for _, d := range s.disclosures {
		size += len(d) + len("~")
	}
	return join(size, s.jwt.text, s.disclosures)
}

// join writes <jwt>~<d1>~...~<dn>~, size bytes long.
func join(size int, jwt string, disclosures []string) string {
	var b strings.Builder
	b.Grow(size)
	b.WriteString(jwt)
	b.WriteByte('~')
	for _, d := range disclosures {
		b.WriteString(d)
		b.WriteByte('~')
	}
	return b.String()
}

// disclosure is a decoded [salt, name, value] or [salt, value].
type disclosure struct {
	name    string
	value   any
	element bool // [salt, value], the disclosure of an array element
}

// decodeDisclosure is RFC 9901 section 4.2.1 and 4.2.2 read backwards.
func decodeDisclosure(text string, i int) (disclosure, error) {
	raw, err := decode64(text, disclosureAt(i))
	if err != nil {
		return disclosure{}, err
	}
	v, err := decodeJSON(string(raw), disclosureAt(i))
	if err != nil {
		return disclosure{}, err
	}
	items, _ := v.([]any)
	if len(items) != 2 && len(items) != 3 {
		return disclosure{}, refuse(ReasonDisclosure, disclosureAt(i))
	}
	if _, ok := items[0].(string); !ok {
		return disclosure{}, refuse(ReasonDisclosure, disclosureAt(i))
	}
	if len(items) == 2 {
		return disclosure{value: items[1], element: true}, nil
	}
	name, ok := items[1].(string)
	if !ok {
		return disclosure{}, refuse(ReasonDisclosure, disclosureAt(i))
	}
	if reserved(name) {
		return disclosure{}, refuse(ReasonReservedName, disclosureAt(i))
	}
	return disclosure{name: name, value: items[2]}, nil
}

func disclosureAt(i int) string { return "disclosure " + strconv.Itoa(i+1) }

// digestText hashes the base64url text, not the JSON inside it, which is why
// white space and escapes in a disclosure do not matter (RFC 9901 section 4.2.3).
func digestText(text string) string {
	return encodeDigest(sha256.Sum256([]byte(text)))
}

func encodeDigest(sum [sha256.Size]byte) string {
	var text [digestTextBytes]byte
	base64.RawURLEncoding.Encode(text[:], sum[:])
	return string(text[:])
}

// alphabet64 is the alphabet of RFC 4648 section 5.
var alphabet64 = func() (in [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
		in[c] = true
	}
	return in
}()

// base64url tells whether text uses only that alphabet. The decoder of the
// standard library skips line breaks, so it is not enough.
func base64url(text string) bool {
	for i := range len(text) {
		if !alphabet64[text[i]] {
			return false
		}
	}
	return true
}

var strict64 = base64.RawURLEncoding.Strict()

// decode64 decodes text whose alphabet base64url has checked. It accepts one
// spelling only: with leftover bits set, two texts would mean the same bytes.
func decode64(text, where string) ([]byte, error) {
	raw, err := strict64.DecodeString(text)
	if err != nil {
		return nil, refuse(ReasonEncoding, where)
	}
	return raw, nil
}
