package keys_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// A machine that started with its clock ahead is corrected. What checkers have
// pinned stays, the version grows, and the list counts on right clocks again.
func TestClockSetBack(t *testing.T) {
	for _, c := range []struct {
		name string
		back time.Duration
	}{{"by ten minutes", 10 * time.Minute}, {"by four years", 4 * 365 * 24 * time.Hour}} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, p := publisher(t, dir, "https://giayto.example")
			pinned, err := p.Root()
			if err != nil {
				t.Fatal(err)
			}
			first := refresh(t, p, start)
			now := start.Add(-c.back)
			for restart := range 3 {
				ring := open(t, filepath.Join(dir, "keys"))
				ensure(t, ring, verifier.PurposeTrustList, now, keys.RootLifetime)
				ensure(t, ring, verifier.PurposeDisclosure, now, keys.DisclosureLifetime)
				p, err := keys.NewPublisher(ring, dir, "")
				if err != nil {
					t.Fatalf("restart %d: %v", restart, err)
				}
				list := refresh(t, p, now)
				if list.IssuedAt.After(now) || list.Version <= first.Version {
					t.Errorf("restart %d: version %d issued at %v, now %v", restart, list.Version, list.IssuedAt, now)
				}
				if again := refresh(t, p, now.Add(time.Minute)); again != list {
					t.Errorf("restart %d: signed anew without need", restart)
				}
				kept, err := os.ReadFile(filepath.Join(dir, keys.RootFile))
				if err != nil || !bytes.Equal(kept, pinned) {
					t.Errorf("restart %d: another root is published (%v)", restart, err)
				}
				text, _ := p.TrustList()
				root, err := verifier.ParseKey(pinned)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := verifier.OpenTrustList(text, root); err != nil {
					t.Errorf("restart %d: not signed by the pinned root: %v", restart, err)
				}
			}
		})
	}
}

// What checkers pin cannot be exchanged by the passing of time.
func TestRootIsNeverReplaced(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	root, err := p.Root()
	if err != nil {
		t.Fatal(err)
	}
	ended := start.Add(keys.RootLifetime + time.Hour)
	ensure(t, ring, verifier.PurposeTrustList, ended, keys.RootLifetime)
	if now, err := p.Root(); err != nil || !bytes.Equal(now, root) {
		t.Errorf("another root (%v)", err)
	}
	if err := p.Refresh(ended); !errors.Is(err, keys.ErrNoKey) {
		t.Errorf("a root signed past its window: %v", err)
	}
}

// A checker that works from the oldest list it may use already knows the key
// with which the server begins to sign.
func TestSuccessorIsKnownBeforeItSigns(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	renew := func(now time.Time) {
		t.Helper()
		if err := ring.Renew(verifier.PurposeDisclosure, now, keys.DisclosureLifetime); err != nil {
			t.Fatal(err)
		}
	}
	current := func(now time.Time) keys.Entry {
		t.Helper()
		e, err := ring.Current(verifier.PurposeDisclosure, now)
		if err != nil {
			t.Fatalf("%v: %v", now, err)
		}
		return e
	}
	oldest := keys.TrustListLifetime + verifier.DefaultRules().Grace.Duration()
	var lists []*verifier.TrustList
	signers := map[string]bool{}
	for now := start; now.Before(start.Add(3 * keys.DisclosureLifetime)); now = now.Add(3 * keys.TrustListRenewal) {
		renew(now)
		renew(now) // the second makes nothing more
		signing := current(now)
		signers[signing.Key.Thumbprint] = true
		list := refresh(t, p, now)
		if len(lists) == 0 || lists[len(lists)-1] != list {
			lists = append(lists, list)
		}
		for _, l := range lists {
			if usable := now.Sub(l.IssuedAt) < oldest; usable && !names(l, signing) {
				t.Fatalf("%v: the list of %v does not know the key that signs", now, l.IssuedAt)
			}
		}
	}
	if len(signers) < 3 || len(signers) > 4 || len(ring.Entries()) > 5 {
		t.Errorf("%d keys have signed in three years, of %d", len(signers), len(ring.Entries()))
	}
}

// A server that was down while the successor should have been made has a gap
// in what checkers know, and none in what it can sign.
func TestLateSuccessor(t *testing.T) {
	ring, _ := publisher(t, t.TempDir(), "https://giayto.example")
	late := start.Add(keys.DisclosureLifetime - time.Hour)
	for _, now := range []time.Time{late, late.Add(time.Hour), late.Add(100 * 24 * time.Hour)} {
		if err := ring.Renew(verifier.PurposeDisclosure, now, keys.DisclosureLifetime); err != nil {
			t.Fatal(err)
		}
		if _, err := ring.Current(verifier.PurposeDisclosure, now); err != nil {
			t.Errorf("%v: %v", now, err)
		}
	}
	// After a longer stop no key is in its window: one is made that counts at once.
	lapsed := start.Add(5 * keys.DisclosureLifetime)
	if err := ring.Renew(verifier.PurposeDisclosure, lapsed, keys.DisclosureLifetime); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Current(verifier.PurposeDisclosure, lapsed); err != nil {
		t.Error(err)
	}
}

func names(l *verifier.TrustList, e keys.Entry) bool {
	for _, k := range l.Keys {
		if k.Purpose == e.Purpose && k.NotBefore.Equal(e.NotBefore) && k.NotAfter.Equal(e.NotAfter) {
			return true
		}
	}
	return false
}
