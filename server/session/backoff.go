package session

import (
	"sync"
	"time"

	"github.com/giayto/giayto/internal/fault"
)

// Lockout after failed proofs. The first few are free, because people mistype;
// then each one doubles the time until the next.
const (
	// FreeFailures of an address: many phones of one operator share one.
	FreeFailures = 20
	// freePasskeyFailures of one passkey, whether there is such a passkey or not.
	freePasskeyFailures = 5

	FirstLockout = 10 * time.Second
	LastLockout  = 15 * time.Minute
	// forgiven is after how long without a failure the count begins anew.
	forgiven = time.Hour
)

// Backoff counts failures by who makes them, and tells for how long to turn them
// away. Success does not reset it, or whoever has one good code could go on
// guessing. It never stands before a right passkey: where it is asked, the
// signature has been looked at. It is safe for concurrent use.
type Backoff[Who comparable] struct {
	now  func() time.Time
	free int

	mu    sync.Mutex
	by    map[Who]tally
	swept time.Time // when those that are forgiven were last forgotten
}

type tally struct {
	failures int
	last     time.Time
	until    time.Time // locked out until then
}

// NewBackoff returns a count that lets so many failures pass.
func NewBackoff[Who comparable](now func() time.Time, free int) *Backoff[Who] {
	return &Backoff[Who]{now: now, free: free, by: map[Who]tally{}}
}

// Wait is for how much longer somebody is locked out; 0 for not at all.
func (b *Backoff[Who]) Wait(who Who) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(0, b.by[who].until.Sub(b.now()))
}

// Fail counts a failure. One during a lockout does not prolong it: others may
// share the name.
func (b *Backoff[Who]) Fail(who Who) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	t, known := b.by[who]
	switch {
	case !known && len(b.by) >= maxKnown && !b.sweep(now):
		return // turning everybody away would be the attacker's success
	case now.Before(t.until):
		return
	case now.Sub(t.last) >= forgiven:
		t = tally{}
	}
	t.failures++
	t.last = now
	if over := t.failures - b.free; over > 0 {
		t.until = now.Add(lockout(over))
	}
	b.by[who] = t
}

// lockout after so many failures too many.
func lockout(over int) time.Duration {
	wait := FirstLockout
	for range over - 1 {
		if wait *= 2; wait >= LastLockout {
			return LastLockout
		}
	}
	return wait
}

// sweep forgets those that are forgiven, and reports whether that made room. A
// flood must not make every failure pay for it.
func (b *Backoff[Who]) sweep(now time.Time) bool {
	if now.Sub(b.swept) < FirstLockout {
		return false
	}
	b.swept = now
	for who, t := range b.by {
		if now.Sub(t.last) >= forgiven {
			delete(b.by, who)
		}
	}
	return len(b.by) < maxKnown
}

// Failed reports whether a refusal is a failed proof of who somebody is, which
// counts towards a lockout.
func Failed(err error) bool {
	switch fault.CodeOf(err) {
	case fault.CodeActivationUnknown, fault.CodeRecoveryUnknown, fault.CodePasskeyUnknown, fault.CodePasskeyChallenge,
		fault.CodePasskeyOrigin, fault.CodePasskeyRPID, fault.CodePasskeyUser:
		return true
	}
	return false
}
