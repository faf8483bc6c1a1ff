package wallet

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
)

// idBytes is the size of a random identifier: 128 bits cannot be guessed.
const idBytes = 16

// NewID returns a random identifier of 26 lower-case characters, safe in a URL
// path. It says nothing about its subject, its moment or its order.
func NewID() string {
	var b [idBytes]byte
	_, _ = rand.Read(b[:]) // crypto/rand never returns an error
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}
