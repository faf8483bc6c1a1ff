package session

import (
	"crypto/rand"
	"strings"

	"github.com/giayto/giayto/internal/fault"
)

// Form of an activation code: Crockford base32 (no I, L, O, U), in groups.
const (
	// CodeLength is the number of characters of a code without its hyphens.
	CodeLength = 16
	// locatorLength characters find the activation (30 bits); the others are
	// the secret (50 bits, of which MaxTries guesses are allowed).
	locatorLength = 6
	groupLength   = 4
	// maxTyped bounds what is looked at: a code with generous separators.
	maxTyped = 64

	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// newCode draws a code.
func newCode() (locator, secret string) {
	var b [CodeLength]byte
	_, _ = rand.Read(b[:]) // crypto/rand never returns an error
	for i := range b {
		b[i] = alphabet[b[i]%byte(len(alphabet))] // 256 is a multiple of 32: no bias
	}
	return string(b[:locatorLength]), string(b[locatorLength:])
}

// written is the code as people read it: four groups of four.
func written(locator, secret string) string {
	code := locator + secret
	var groups []string
	for ; len(code) > groupLength; code = code[groupLength:] {
		groups = append(groups, code[:groupLength])
	}
	return strings.Join(append(groups, code), "-")
}

// parseCode reads a code as people type it: in any case, O for 0, I and L for
// 1, with spaces and hyphens anywhere.
func parseCode(typed string) (locator, secret string, err error) {
	malformed := fault.Newf(fault.CodeRequestMalformed, "an activation code has %d letters and digits", CodeLength).At("activation_code")
	if len(typed) > maxTyped {
		return "", "", malformed
	}
	code := make([]byte, 0, CodeLength)
	for i := range len(typed) {
		c := typed[i]
		switch {
		case c == ' ' || c == '-':
			continue
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		switch c {
		case 'O':
			c = '0'
		case 'I', 'L':
			c = '1'
		}
		if strings.IndexByte(alphabet, c) < 0 || len(code) == CodeLength {
			return "", "", malformed
		}
		code = append(code, c)
	}
	if len(code) != CodeLength {
		return "", "", malformed
	}
	return string(code[:locatorLength]), string(code[locatorLength:]), nil
}
