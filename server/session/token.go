package session

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// tokenBytes is the size of a token: 256 random bits. A token needs no slow
// hash at rest, because there is nothing to guess it from.
const tokenBytes = 32

// newToken draws a token and gives the hash that is kept of it.
func (s *Service) newToken() (token string, hash [sha256.Size]byte) {
	token = base64.RawURLEncoding.EncodeToString(s.draw(tokenBytes))
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

// CSRFToken is what a page sends with a request that changes something, beside
// the cookie: it follows from the token of the session and does not give it
// away, so nothing is kept for it and it ends with the token.
func CSRFToken(token string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("giayto csrf 1"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// csrfMatches compares in constant time.
func csrfMatches(token, sent string) bool {
	return subtle.ConstantTimeCompare([]byte(CSRFToken(token)), []byte(sent)) == 1
}
