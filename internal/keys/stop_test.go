package keys_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

var errStopped = errors.New("TEST stopped here")

// stopAt stops the program before its n-th change of a file and every later one.
func stopAt(t testing.TB, n int) (goOn func()) {
	return keys.StopBefore(t, func(string) error {
		if n--; n < 0 {
			return errStopped
		}
		return nil
	})
}

// eachStop runs work on a new pair, stopped before its first change of a file,
// before its second one, and so on; then once without a stop. check looks at
// what the next process finds.
func eachStop(t *testing.T, prepare func() *pair, work func(*pair) error, check func(t *testing.T, p *pair, done bool)) {
	t.Helper()
	done := false
	for n := 0; !done; n++ {
		p := prepare()
		goOn := stopAt(t, n)
		err := work(p)
		goOn()
		done = err == nil
		if !done && !errors.Is(err, errStopped) {
			t.Fatal(err)
		}
		t.Run(fmt.Sprintf("after %d changes", n), func(t *testing.T) {
			p.t = t
			p.restart()
			check(t, p, done)
		})
		if n > 30 {
			t.Fatal("never done")
		}
	}
}

// mints reports whether presentations can be signed.
func (p *pair) mints(now time.Time) error {
	_, _, err := p.publisher.Disclosure(now)
	return err
}

// A server stopped anywhere in its first installation mints as soon as the list
// is there: nobody can work from an earlier list.
func TestStopInFirstInstall(t *testing.T) {
	var signed []byte
	prepare := func() *pair {
		p := newPair(t)
		signed = p.sign(p.order(start))
		return p
	}
	install := func(p *pair) error {
		_, err := p.publisher.Install(signed, p.root.Root(), start)
		return err
	}
	for _, next := range []string{"upkeep", "the same list", "another list"} {
		t.Run(next, func(t *testing.T) {
			eachStop(t, prepare, install, func(t *testing.T, p *pair, done bool) {
				now := start.Add(time.Minute)
				switch _, list := p.publisher.TrustList(); {
				case list == nil && done:
					t.Fatal("no list")
				case list == nil || next == "the same list":
					p.install(signed, now)
				case next == "another list":
					p.install(p.sign(p.order(now)), now)
				}
				p.upkeep(now)
				if err := p.mints(now); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A key that a later list brings is known when every earlier list has ended: not
// later, and not before, wherever the program was stopped.
func TestStopInLaterInstall(t *testing.T) {
	var signed []byte
	var kid string
	now := start.Add(10 * day)
	prepare := func() *pair {
		p := begun(t)
		e, err := p.ring.Create(verifier.PurposeDisclosure, now, keys.DisclosureLifetime)
		if err != nil {
			t.Fatal(err)
		}
		kid = e.Key.Thumbprint
		if _, err := p.ring.Publish(kid, now); err != nil {
			t.Fatal(err)
		}
		o := p.order(now)
		o.Valid = keys.MaxValid
		signed = p.sign(o)
		return p
	}
	eachStop(t, prepare, func(p *pair) error {
		_, err := p.publisher.Install(signed, nil, now)
		return err
	}, func(t *testing.T, p *pair, _ bool) {
		want := start.Add(keys.DefaultValid + verifier.DefaultRules().Grace.Duration())
		p.upkeep(now.Add(time.Hour))
		p.install(signed, now.Add(2*time.Hour))
		p.upkeep(now.Add(3 * time.Hour))
		for _, e := range p.ring.Entries() {
			if e.Key.Thumbprint == kid && !e.KnownAt.Equal(want) {
				t.Errorf("known from %v, want %v", e.KnownAt, want)
			}
		}
		if err := p.mints(now.Add(3 * time.Hour)); err != nil {
			t.Error(err)
		}
	})
}

// The same where the server signs its lists itself.
func TestStopInRefresh(t *testing.T) {
	first := start.Add(keys.TrustListLifetime + verifier.DefaultRules().Grace.Duration())
	for n, done := 0, false; !done; n++ {
		dir := t.TempDir()
		ring, p := publisher(t, dir, here)
		refresh(t, p, start)
		now := start.Add(time.Hour)
		successor := created(t, ring, now)
		if _, err := ring.Publish(successor, now); err != nil {
			t.Fatal(err)
		}
		goOn := stopAt(t, n)
		err := p.Refresh(now)
		goOn()
		if done = err == nil; !done && !errors.Is(err, errStopped) {
			t.Fatal(err)
		}
		ring, p = publisher(t, dir, "")
		later := now.Add(time.Minute)
		list := refresh(t, p, later)
		if list.Version != 2 && list.Version != 3 {
			t.Errorf("stop %d: version %d", n, list.Version)
		}
		for _, e := range ring.Entries() {
			if e.Key.Thumbprint == successor && !e.KnownAt.Equal(first) {
				t.Errorf("stop %d: known from %v, want %v", n, e.KnownAt, first)
			}
		}
		if _, _, err := p.Disclosure(later); err != nil {
			t.Errorf("stop %d: %v", n, err)
		}
	}
}

// Trust passes from root to root to root, by lists that already name the one
// after the next. Stopped anywhere in it, the server starts, and goes on.
func TestStopInSuccession(t *testing.T) {
	next, last := newRoot(t, filepath.Join(t.TempDir(), "b"), start), newRoot(t, filepath.Join(t.TempDir(), "c"), start)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	var first *keys.Ceremony
	order := func(p *pair, now time.Time, by, successor *keys.Ceremony) []byte {
		p.root = by
		o := p.order(now)
		o.Next = successor
		return p.sign(o)
	}
	for _, c := range []struct {
		name  string
		given func(p *pair) // before the stop
		by    func() *keys.Ceremony
		names *keys.Ceremony
	}{
		{"a successor is named", func(*pair) {}, func() *keys.Ceremony { return first }, next},
		{"its first list names another", func(p *pair) { p.install(order(p, hour(1), first, next), hour(1)) }, func() *keys.Ceremony { return next }, last},
		{"its first list names nobody", func(p *pair) { p.install(order(p, hour(1), first, next), hour(1)) }, func() *keys.Ceremony { return next }, nil},
		{"another list of the first", func(p *pair) { p.install(order(p, hour(1), first, next), hour(1)) }, func() *keys.Ceremony { return first }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var signed []byte
			eachStop(t, func() *pair {
				p := begun(t)
				first = p.root
				c.given(p)
				signed = order(p, hour(2), c.by(), c.names)
				return p
			}, func(p *pair) error {
				_, err := p.publisher.Install(signed, nil, hour(2))
				return err
			}, func(t *testing.T, p *pair, _ bool) {
				p.install(signed, hour(3))
				list := p.install(order(p, hour(4), c.by(), nil), hour(4))
				root, err := p.publisher.Root()
				if err != nil || keyOf(t, root) != c.by().Root().Thumbprint || list.Roots()[0].Thumbprint != c.by().Root().Thumbprint {
					t.Error("not what checkers pin:", err)
				}
				if named, err := os.ReadFile(filepath.Join(p.dir, keys.NextRootFile)); list.NextRoot == nil {
					if !errors.Is(err, os.ErrNotExist) {
						t.Error("a successor is named that the list does not name:", err)
					}
				} else if err != nil || keyOf(t, named) != list.NextRoot.Key().Thumbprint {
					t.Error("the successor is not named:", err)
				}
				p.restart()
				if list.NextRoot != nil { // and its list is taken in turn
					by := map[string]*keys.Ceremony{next.Root().Thumbprint: next, last.Root().Thumbprint: last}[list.NextRoot.Key().Thumbprint]
					p.install(order(p, hour(5), by, nil), hour(5))
				}
			})
		})
	}
}

// A file that says of another list, or nothing, is no reason to sign early.
func TestArrivalOfAnotherList(t *testing.T) {
	for _, c := range []struct {
		name, content, want string
	}{
		{"half", `{"version":1,`, "trust-list.known: not JSON of its form"},
		{"no moment", `{"version":1,"sha256":""}`, "trust-list.known: no version or no moment"},
		{"another list", `{"version":1,"sha256":"AAAA","known_from":"2020-01-01T00:00:00Z"}`, ""},
	} {
		p := begun(t)
		write(t, filepath.Join(p.dir, "trust-list.known"), []byte(c.content))
		_, err := keys.NewPublisher(open(t, filepath.Join(p.dir, "keys")), p.dir, here)
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.want != "" {
			continue
		}
		p.restart()
		now := start.Add(time.Hour)
		kid := created(t, p.ring, now)
		if _, err := p.ring.Publish(kid, now); err != nil {
			t.Fatal(err)
		}
		p.install(p.sign(p.order(now)), now)
		if _, err := p.ring.Activate(kid, now.Add(time.Minute), ""); !errors.Is(err, keys.ErrTooEarly) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
