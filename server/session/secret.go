package session

import (
	"context"
	"crypto/subtle"

	"golang.org/x/crypto/argon2"

	"github.com/giayto/giayto/internal/fault"
)

// Parameters of argon2id (RFC 9106) after the OWASP Password Storage Cheat
// Sheet: 19 MiB, two passes, one lane. They are part of what is stored: a
// change needs a field in Activation.
const (
	argonMemory = 19 << 10 // KiB
	argonPasses = 2
	argonLanes  = 1
	hashBytes   = 32
	saltBytes   = 16
)

// Each hash holds 19 MiB for some ten milliseconds. Without a bound, a flood of
// sign-ins would exhaust the memory of the machine.
const (
	maxHashing = 4   // at the same time: 76 MiB
	maxWaiting = 256 // for a place; one more is told to come back later
)

func hashSecret(secret string, salt []byte) []byte {
	return argon2.IDKey([]byte(secret), salt, argonPasses, argonMemory, argonLanes, hashBytes)
}

// matches compares in constant time.
func matches(secret string, salt, hash []byte) bool {
	return subtle.ConstantTimeCompare(hashSecret(secret, salt), hash) == 1
}

// hashing admits a bounded number of callers to the hash function.
type hashing struct {
	waiting chan struct{}
	places  chan struct{}
}

func newHashing() *hashing {
	return &hashing{waiting: make(chan struct{}, maxWaiting), places: make(chan struct{}, maxHashing)}
}

// enter waits for a place; leave must be called when the error is nil.
func (h *hashing) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.waiting <- struct{}{}:
	default:
		return nil, fault.New(fault.CodeRequestTooMany, "too many sign-ins are waiting")
	}
	defer func() { <-h.waiting }()
	select {
	case h.places <- struct{}{}:
		return func() { <-h.places }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.CodeUnavailable, "the sign-in was given up while waiting")
	}
}
