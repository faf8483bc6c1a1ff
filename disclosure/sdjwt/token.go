package sdjwt

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// SDJWT is a token cut into its parts. Parsing says nothing about who made it:
// only [SDJWT.Verify] does. It is immutable and safe for concurrent use.
type SDJWT struct {
	jwt         signed
	disclosures []string // base64url text, in the order of the token
	keyBinding  string   // compact Key Binding JWT, "" when there is none
	binding     signed   // the same, cut into its parts
	text        []byte   // the whole token, nil when it is to be built
}

// Parse splits the compact serialisation (RFC 9901 section 4) after checking
// every length against its limit. It checks the shape and the alphabet of each
// part, decodes nothing and verifies nothing.
func Parse(text string) (*SDJWT, error) {
	if len(text) > MaxTextBytes {
		return nil, inToken.refuse(ReasonTooLarge)
	}
	if n := strings.Count(text, "~"); n == 0 {
		return nil, inToken.refuse(ReasonMalformed)
	} else if n-1 > MaxDisclosures {
		return nil, inToken.refuse(ReasonTooManyDisclosures)
	}
	parts := strings.Split(text, "~")
	last := len(parts) - 1
	jwt, err := splitJWS(parts[0], inJWT)
	if err != nil {
		return nil, err
	}
	s := &SDJWT{jwt: jwt, disclosures: parts[1:last], keyBinding: parts[last]}
	s.text = []byte(text)
	for i, d := range s.disclosures {
		if d == "" {
			return nil, inDisclosure(i).refuse(ReasonMalformed)
		}
		if !base64url(d) {
			return nil, inDisclosure(i).refuse(ReasonEncoding)
		}
	}
	if s.keyBinding != "" {
		if len(s.keyBinding) > MaxKeyBindingBytes {
			return nil, inKeyBinding.refuse(ReasonTooLarge)
		}
		if s.binding, err = splitJWS(s.keyBinding, inKeyBinding); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// String returns the compact serialisation: <jwt>~<d1>~...~<dn>~ and, when the
// token has one, the Key Binding JWT.
func (s *SDJWT) String() string { return string(s.bound()) + s.keyBinding }

// HasKeyBinding tells whether a Key Binding JWT is attached, verified or not. A
// verifier's policy must never depend on it (RFC 9901 section 7.3).
func (s *SDJWT) HasKeyBinding() bool { return s.keyBinding != "" }

// Disclosures returns how many disclosures the token carries.
func (s *SDJWT) Disclosures() int { return len(s.disclosures) }

// bound is what sd_hash is computed over: everything up to and including the
// last tilde (RFC 9901 section 4.3.1). What is signed and what is digested are
// parts of it, so the bytes that are hashed are at hand once for all. They must
// not be changed.
func (s *SDJWT) bound() []byte {
	if s.text != nil {
		return s.text[:len(s.text)-len(s.keyBinding)]
	}
	size := len(s.jwt.text) + len("~")
	for _, d := range s.disclosures {
		size += len(d) + len("~")
	}
	return []byte(join(size, s.jwt.text, s.disclosures))
}

// join returns <jwt>~<d1>~...~<dn>~, size bytes long.
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

// decodeDisclosure is RFC 9901 section 4.2.1 and 4.2.2 read backwards. text is
// the JSON.
func decodeDisclosure(sc *scratch, text string, where place) (disclosure, error) {
	d := newDecoder(sc, text, where)
	if d.next() != '[' {
		return disclosure{}, d.notADisclosure()
	}
	// A disclosure that is well formed is read without building the array
	// around it; what else it may be is for notADisclosure to tell.
	d.pos++
	if d.next() != '"' {
		return disclosure{}, d.notADisclosure()
	}
	if _, err := d.string(); err != nil { // the salt
		return disclosure{}, err
	}
	var name string
	named := false
	for {
		if d.next() != ',' {
			return disclosure{}, d.notADisclosure()
		}
		d.pos++
		if c := d.next(); !named && c == '"' {
			text, err := d.string()
			if err != nil {
				return disclosure{}, err
			}
			if d.next() == ']' {
				return d.closed(disclosure{value: text, element: true})
			}
			name, named = text, true
			continue
		}
		value, err := d.value(1)
		if err != nil {
			return disclosure{}, err
		}
		if d.next() != ']' {
			return disclosure{}, d.notADisclosure()
		}
		if named && reserved(name) {
			return disclosure{}, where.refuse(ReasonReservedName)
		}
		return d.closed(disclosure{name: name, value: value, element: !named})
	}
}

// closed consumes the bracket that ends a disclosure, and makes sure that
// nothing follows.
func (d *decoder) closed(out disclosure) (disclosure, error) {
	d.pos++
	if d.space(); d.pos != len(d.text) {
		return disclosure{}, d.bad()
	}
	return out, nil
}

// notADisclosure tells why the text is none: because it is no JSON, or because
// it is something else.
func (d *decoder) notADisclosure() error {
	if _, err := decodeJSON(d.text, d.where); err != nil {
		return err
	}
	return d.where.refuse(ReasonDisclosure)
}

// digestText hashes the base64url text, not the JSON inside it, which is why
// white space and escapes in a disclosure do not matter (RFC 9901 section 4.2.3).
func digestText(text []byte) string { return encodeDigest(sha256.Sum256(text)) }

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
	ok := true
	for ; len(text) >= 8; text = text[8:] {
		ok = ok && alphabet64[text[0]] && alphabet64[text[1]] && alphabet64[text[2]] && alphabet64[text[3]] &&
			alphabet64[text[4]] && alphabet64[text[5]] && alphabet64[text[6]] && alphabet64[text[7]]
	}
	for i := range len(text) {
		ok = ok && alphabet64[text[i]]
	}
	return ok
}

var strict64 = base64.RawURLEncoding.Strict()
