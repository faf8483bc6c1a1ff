package session

import (
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
func (s *Service) newCode() (locator, secret string) {
	code := s.characters(CodeLength)
	return code[:locatorLength], code[locatorLength:]
}

// characters draws n characters of the alphabet.
func (s *Service) characters(n int) string {
	b := s.draw(n)
	for i := range b {
		b[i] = alphabet[b[i]%byte(len(alphabet))] // 256 is a multiple of 32: no bias
	}
	return string(b)
}

// Reference is how a code begins, grouped as it is written: what names it
// without giving it away.
func Reference(code string) string {
	return code[:min(len(code), locatorLength+locatorLength/groupLength)]
}

// parseCode reads a code as people type it.
func parseCode(typed string) (locator, secret string, err error) {
	code, ok := typedCharacters(typed, CodeLength)
	if !ok {
		return "", "", fault.Newf(fault.CodeRequestMalformed, "an activation code has %d letters and digits", CodeLength).At("activation_code")
	}
	return code[:locatorLength], code[locatorLength:], nil
}

// parseReference reads how a code begins.
func parseReference(typed string) (locator string, err error) {
	locator, ok := typedCharacters(typed, locatorLength)
	if !ok {
		return "", fault.Newf(fault.CodeRequestMalformed, "the reference is the first %d letters and digits of the code", locatorLength).At("reference")
	}
	return locator, nil
}

// typedCharacters reads exactly n characters of the alphabet as people type
// them: in any case, O for 0, I and L for 1, with spaces and hyphens anywhere.
func typedCharacters(typed string, n int) (string, bool) {
	if len(typed) > maxTyped {
		return "", false
	}
	code := make([]byte, 0, n)
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
		if strings.IndexByte(alphabet, c) < 0 || len(code) == n {
			return "", false
		}
		code = append(code, c)
	}
	return string(code), len(code) == n
}
