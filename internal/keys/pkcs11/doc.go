// Package pkcs11 owns the way to keys inside a PKCS #11 token (an HSM, or
// SoftHSM): it makes P-256 keys there and signs with them. The private half
// never leaves the token.
//
// It deliberately knows nothing of purposes, windows or states: package keys
// keeps those, in a file that refers to the key by its id. The token's library
// is C, so this works only in a build with cgo; without it Open says so.
package pkcs11

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Config says which token and how to open it.
type Config struct {
	// Module is the path of the token's library, such as
	// /usr/lib/softhsm/libsofthsm2.so. Keys that name another one are refused: a
	// file in the data folder must not decide which code is loaded.
	Module string
	// Label names the token.
	Label string
	// PINFile is a file whose first line is the user's PIN.
	PINFile string
}

// maxPIN bounds the file with the PIN.
const maxPIN = 4 << 10

// pin reads the PIN. Errors never hold it.
func (c Config) pin() (string, error) {
	info, err := os.Stat(c.PINFile)
	if err != nil {
		return "", fmt.Errorf("pkcs11: PIN file: %w", err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("pkcs11: %s can be read by everybody (mode %04o)", c.PINFile, info.Mode().Perm())
	}
	if info.Size() > maxPIN {
		return "", fmt.Errorf("pkcs11: %s: too large for a PIN", c.PINFile)
	}
	raw, err := os.ReadFile(c.PINFile)
	if err != nil {
		return "", fmt.Errorf("pkcs11: PIN file: %w", err)
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", errors.New("pkcs11: the PIN file is empty")
	}
	return line, nil
}
