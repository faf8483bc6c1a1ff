package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// tokenBytes is the size of a bearer token: 256 random bits. A token needs no
// slow hash at rest, because there is nothing to guess it from.
const tokenBytes = 32

// newToken draws a token and gives the hash that is kept of it.
func newToken() (token string, hash [sha256.Size]byte) {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // crypto/rand never returns an error
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, sha256.Sum256([]byte(token))
}

// hashToken gives the hash of a token, false if it has not the form of one.
func hashToken(token string) (hash [sha256.Size]byte, ok bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return hash, false
	}
	if b, err := base64.RawURLEncoding.Strict().DecodeString(token); err != nil || len(b) != tokenBytes {
		return hash, false
	}
	return sha256.Sum256([]byte(token)), true
}
