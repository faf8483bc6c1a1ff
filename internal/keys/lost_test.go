package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// A server that signs its lists itself does not begin at version 1 again when
// the newest list is lost: it waits for the operator, and the version goes on
// even from an older list.
func TestListLost(t *testing.T) {
	for _, c := range []struct {
		name  string
		lost  []string
		older bool // what is restored
	}{
		{"list, and the newest restored", nil, false},
		{"list, and an older one restored", nil, true},
		{"list and trust-list.until", []string{"trust-list.until"}, false},
		{"all about the list", []string{"trust-list.until", "trust-list.known", keys.RootFile}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, p := publisher(t, dir, here)
			refresh(t, p, start)
			saved, _ := p.TrustList()
			list := refresh(t, p, start.Add(2*day))
			if newest, _ := p.TrustList(); !c.older {
				saved = newest
			}
			now := start.Add(2*day + time.Hour)
			for _, name := range append(c.lost, keys.TrustListFile) {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(dir, keys.TrustListFile)
			ring := open(t, filepath.Join(dir, "keys"))
			if _, err := keys.NewPublisher(ring, dir, here); err == nil || !strings.Contains(err.Error(), path+" is missing") {
				t.Fatal("starts without its list:", err)
			}
			if err := p.Refresh(start.Add(9 * day)); err == nil || !strings.Contains(err.Error(), path+" is missing") {
				t.Error("signs on while running:", err)
			}
			if _, still := p.TrustList(); still != list {
				t.Error("the list in memory is gone")
			}
			write(t, path, saved)
			restored, err := keys.NewPublisher(ring, dir, here)
			if err != nil {
				t.Fatal(err)
			}
			next := refresh(t, restored, now)
			if c.older {
				if next.Version <= list.Version {
					t.Errorf("version %d after %d", next.Version, list.Version)
				}
			} else if next.Version != list.Version {
				t.Errorf("version %d, want the restored %d", next.Version, list.Version)
			}
			if next = refresh(t, restored, start.Add(4*day)); next.Supersedes(list.Stamp()) != nil {
				t.Errorf("checkers refuse version %d after %d", next.Version, list.Version)
			}
		})
	}
}

// A first start that was stopped before its list was there is no loss.
func TestStopInFirstRefresh(t *testing.T) {
	for n, done := 0, false; !done; n++ {
		dir := t.TempDir()
		_, p := publisher(t, dir, here)
		goOn := stopAt(t, n)
		err := p.Refresh(start)
		goOn()
		if done = err == nil; !done && !errors.Is(err, errStopped) {
			t.Fatal(err)
		}
		_, p = publisher(t, dir, here)
		list := refresh(t, p, start.Add(time.Minute))
		pinned, err := os.ReadFile(filepath.Join(dir, keys.RootFile))
		if err != nil {
			t.Fatal(err)
		}
		root, err := verifier.ParseKey(pinned)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := p.TrustList()
		if _, err := verifier.OpenTrustList(text, root); err != nil || list.Version != 1 {
			t.Errorf("stop %d: version %d, %v", n, list.Version, err)
		}
		if _, _, err := p.Disclosure(start.Add(time.Minute)); err != nil {
			t.Errorf("stop %d: %v", n, err)
		}
	}
}

// Where the root is elsewhere the list is installed again. Until then nothing is
// minted, and a key that comes with it waits for the lists before it.
func TestInstalledListLost(t *testing.T) {
	p := begun(t)
	now := start.Add(time.Hour)
	first := p.sign(p.order(start))
	kid := created(t, p.ring, now)
	if _, err := p.ring.Publish(kid, now); err != nil {
		t.Fatal(err)
	}
	signed := p.sign(p.order(now))
	lose := func() {
		t.Helper()
		if err := os.Remove(filepath.Join(p.dir, keys.TrustListFile)); err != nil {
			t.Fatal(err)
		}
		p.restart()
		if err := p.mints(now); !errors.Is(err, keys.ErrNoKey) {
			t.Error("mints without a list:", err)
		}
	}
	lose()
	if _, err := p.publisher.Install(signed, nil, now); err != nil { // the pinned root is still known
		t.Fatal(err)
	}
	if err := p.mints(now); err != nil {
		t.Error(err)
	}
	if _, err := p.ring.Activate(kid, now.Add(day), ""); !errors.Is(err, keys.ErrTooEarly) {
		t.Error("a key signs before every checker knows it:", err)
	}
	lose()
	if _, err := p.publisher.Install(first, nil, now); err == nil || !strings.Contains(err.Error(), "the list lacks the published key "+kid) {
		t.Error("a list from before what was published:", err)
	}
}
