package verifier

import (
	"encoding/hex"
	"errors"
)

// ParseChallenge reads a challenge as a person or a program writes it: 16
// hexadecimal digits for the NonceSize bytes of a nonce.
func ParseChallenge(s string) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != NonceSize {
		return nil, errors.New("verifier: a challenge has 16 hexadecimal digits")
	}
	return b, nil
}
