package session_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/giayto/giayto/server/session"
)

// signIns is the limiter as the server uses it for sign-ins.
type signIns struct{ *session.Limiter[netip.Addr] }

func newSignIns(now func() time.Time) signIns {
	return signIns{session.NewLimiter[netip.Addr](now, session.SignInBurst, session.SignInInterval)}
}

func (l signIns) Allow(from netip.Addr) (time.Duration, bool) {
	return l.Limiter.Allow(session.Subscriber(from))
}

func TestLimiter(t *testing.T) {
	now := start
	l := newSignIns(func() time.Time { return now })
	phone, other := netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("203.0.113.2")
	for i := range session.SignInBurst {
		if _, ok := l.Allow(phone); !ok {
			t.Fatalf("attempt %d refused", i+1)
		}
	}
	for range 3 { // a refused attempt does not make it worse
		if wait, ok := l.Allow(phone); ok || wait != session.SignInInterval {
			t.Fatalf("after the burst: %v, wait %v", ok, wait)
		}
	}
	if _, ok := l.Allow(netip.MustParseAddr("::ffff:203.0.113.1")); ok {
		t.Error("the same address in IPv6 form is let through")
	}
	if _, ok := l.Allow(other); !ok {
		t.Error("another address is refused")
	}
	now = now.Add(session.SignInInterval)
	if _, ok := l.Allow(phone); !ok {
		t.Error("refused after the interval")
	}
	if _, ok := l.Allow(phone); ok {
		t.Error("two attempts after one interval")
	}
	now = now.Add(session.SignInBurst * session.SignInInterval)
	for i := range session.SignInBurst {
		if _, ok := l.Allow(phone); !ok {
			t.Fatalf("attempt %d of the next burst refused", i+1)
		}
	}
}

// TestLimiterIsBounded: a flood of addresses neither fills the memory nor shuts
// anybody out, and is forgotten when it is over.
func TestLimiterIsBounded(t *testing.T) {
	now := start
	l := newSignIns(func() time.Time { return now })
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	const flood = 1 << 17
	for i := range flood {
		if _, ok := l.Allow(address(i)); !ok {
			t.Fatalf("address %d refused", i)
		}
	}
	now = now.Add(time.Minute)
	late := netip.MustParseAddr("203.0.113.1")
	for range session.SignInBurst {
		l.Allow(late)
	}
	if _, ok := l.Allow(late); ok {
		t.Error("after a flood nobody is limited any more")
	}
}

func TestLimiterTakesASubscriberAsOne(t *testing.T) {
	l := newSignIns(func() time.Time { return start })
	for i := range session.SignInBurst {
		a := netip.MustParseAddr("2001:db8::").As16()
		a[15] = byte(i)
		if _, ok := l.Allow(netip.AddrFrom16(a)); !ok {
			t.Fatalf("attempt %d refused", i+1)
		}
	}
	if _, ok := l.Allow(netip.MustParseAddr("2001:db8::ffff")); ok {
		t.Error("one more of the same /64 is let through")
	}
	if _, ok := l.Allow(netip.MustParseAddr("2001:db8:0:1::1")); !ok {
		t.Error("the next /64 is refused")
	}
	if _, ok := l.Allow(netip.Addr{}); !ok {
		t.Error("an address that could not be read is refused")
	}
}
