package session

import (
	"net/netip"
	"sync"
	"time"
)

// Limits of sign-in attempts from one address. Many phones of one operator
// share an address in Viet Nam, so the limit is wide; what protects a single
// code is MaxTries, what protects the machine is the bound on hashing.
const (
	SignInBurst    = 30              // at once
	SignInInterval = 2 * time.Second // one more every so often
)

// Limits of sharing by one citizen, in all sessions. A wallet that keeps a code on the screen
// asks about once a minute; every request leaves an entry in the history for
// good, so somebody must not be able to write them without end.
const (
	ShareBurst    = 60
	ShareInterval = 2 * time.Second
)

// Limits of challenges that anybody may ask for, from one address. They are kept
// for five minutes each. Whoever exhausts them for a whole network makes its
// people wait for half a second, no more.
const (
	CeremonyBurst    = 240
	CeremonyInterval = time.Second / 2
)

// Limits of how often a citizen has the whole history signed: it is read from its
// beginning each time.
const (
	ExportBurst    = 6
	ExportInterval = 10 * time.Minute
)

// Limits of what one session may write beside sharing.
const (
	ChangeBurst    = 60
	ChangeInterval = 2 * time.Second
)

const (
	// maxKnown bounds the memory of a limiter. When so many are above zero at
	// once, new ones are let through: turning everybody away would be the
	// attacker's success.
	maxKnown = 1 << 16
	// ipv6Bits: a subscriber has a whole /64 at hand, so it counts as one.
	ipv6Bits = 64
)

// Limiter counts attempts by who makes them, in buckets that empty with time.
// It is safe for concurrent use.
type Limiter[Who comparable] struct {
	now      func() time.Time
	burst    int
	interval time.Duration

	mu sync.Mutex
	// full holds the moment at which somebody will have the whole burst again.
	// Those whose moment has passed are as good as unknown.
	full  map[Who]time.Time
	swept time.Time // when those were last forgotten
}

// NewLimiter returns a limiter that allows a burst, and one more every interval.
func NewLimiter[Who comparable](now func() time.Time, burst int, interval time.Duration) *Limiter[Who] {
	return &Limiter[Who]{now: now, burst: burst, interval: interval, full: map[Who]time.Time{}}
}

// Subscriber is whom an address counts as: an IPv4 address however written, or
// a /64 of IPv6.
func Subscriber(from netip.Addr) netip.Addr {
	from = from.Unmap().WithZone("")
	if from.Is6() {
		prefix, _ := from.Prefix(ipv6Bits) // 64 is within an IPv6 address
		from = prefix.Addr()
	}
	return from
}

// Allow counts an attempt. When it is one too many it is not counted, and wait
// says how long until the next one is allowed.
func (l *Limiter[Who]) Allow(from Who) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	full, known := l.full[from]
	if !known && len(l.full) >= maxKnown && !l.sweep(now) {
		return 0, true
	}
	if full.Before(now) {
		full = now
	}
	full = full.Add(l.interval)
	if over := full.Sub(now) - time.Duration(l.burst)*l.interval; over > 0 {
		return over, false
	}
	l.full[from] = full
	return 0, true
}

// sweep forgets those that have their whole burst again, and reports whether
// that made room. A flood must not make every attempt pay for it.
func (l *Limiter[Who]) sweep(now time.Time) bool {
	if now.Sub(l.swept) < l.interval {
		return false
	}
	l.swept = now
	for who, full := range l.full {
		if !full.After(now) {
			delete(l.full, who)
		}
	}
	return len(l.full) < maxKnown
}
