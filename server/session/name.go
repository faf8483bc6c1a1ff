package session

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/internal/fault"
)

// MaxName is the longest name of a device or a passkey in characters.
const MaxName = 60

// checkName normalises the name that a citizen gave a thing.
func checkName(field, name string) (string, error) {
	malformed := fault.Newf(fault.CodeRequestMalformed, "at most %d printable characters", MaxName).At(field)
	if len(name) > MaxName*utf8.UTFMax*2 || !utf8.ValidString(name) {
		return "", malformed
	}
	name = norm.NFC.String(name)
	if utf8.RuneCountInString(name) > MaxName {
		return "", malformed
	}
	for _, r := range name {
		if r == utf8.RuneError || (r != ' ' && !unicode.IsGraphic(r)) {
			return "", malformed
		}
	}
	return name, nil
}
