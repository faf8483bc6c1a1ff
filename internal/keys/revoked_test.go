package keys_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// revokedAt is from when on the list says that the key does not count; zero if
// it does not say so.
func revokedAt(l *verifier.TrustList, kid string) time.Time {
	if k := l.KeyByThumbprint(kid); k != nil && k.RevokedAt != nil {
		return *k.RevokedAt
	}
	return time.Time{}
}

// A command that has read the keys before another one revoked one of them does
// not take the revocation back when it comes to sign.
func TestRevokedMeanwhile(t *testing.T) {
	dir := t.TempDir()
	first, p := publisher(t, dir, here)
	e := ensure(t, first, verifier.PurposeDisclosure, start, 300*day)
	refresh(t, p, start)
	second, q := publisher(t, dir, here)
	if _, err := second.Create(keys.CredentialPurpose("c06"), start, day); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Revoke(e.Key.Thumbprint, start, keys.ReasonCompromise, start); err != nil {
		t.Fatal(err)
	}
	signed := refresh(t, p, start)
	if at := revokedAt(signed, e.Key.Thumbprint); !at.Equal(start) {
		t.Fatal("not revoked:", at)
	}
	after := refresh(t, q, start)
	if at := revokedAt(after, e.Key.Thumbprint); !at.Equal(start) {
		t.Errorf("list %d takes back what list %d says", after.Version, signed.Version)
	}
	if _, _, err := q.Disclosure(start); err == nil {
		t.Error("the other process signs with the revoked key")
	}
	// What Refresh has found on the way is reported by the next Reload.
	if changed, err := second.Reload(); err != nil || !changed {
		t.Errorf("%v, %v", changed, err)
	}
	if changed, err := second.Reload(); err != nil || changed {
		t.Errorf("%v, %v", changed, err)
	}
}

// The same at an installation: the list of the root must be about the keys as
// they are by then.
func TestRevokedBeforeInstall(t *testing.T) {
	p := begun(t)
	now := start.Add(time.Hour)
	signed := p.sign(p.order(now))
	kid := keyOf(t, p.request(now).Keys[0].JWK)
	if _, err := open(t, filepath.Join(p.dir, "keys")).Revoke(kid, now, keys.ReasonCompromise, now); err != nil {
		t.Fatal(err)
	}
	if _, err := p.publisher.Install(signed, nil, now); err == nil || !strings.Contains(err.Error(), "has been revoked since the request") {
		t.Error(err)
	}
}

// Many commands at once, one of which revokes: the list that remains revokes.
func TestRevokeAmongMany(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, here)
	e := ensure(t, ring, verifier.PurposeDisclosure, start, 300*day)
	refresh(t, p, start)
	const others = 6
	results := make(chan error, others+1)
	for range others {
		other, q := publisher(t, dir, here)
		go func() {
			made, err := other.Create(verifier.PurposeStatus, start, day)
			if err == nil {
				_, err = other.Publish(made.Key.Thumbprint, start)
			}
			if err == nil {
				err = q.Refresh(start)
			}
			results <- err
		}()
	}
	go func() {
		_, err := ring.Revoke(e.Key.Thumbprint, start, keys.ReasonCompromise, start)
		if err == nil {
			err = p.Refresh(start)
		}
		results <- err
	}()
	for range others + 1 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	last, err := keys.NewPublisher(open(t, filepath.Join(dir, "keys")), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, list := last.TrustList(); revokedAt(list, e.Key.Thumbprint).IsZero() || len(list.Keys) != others+1 {
		t.Errorf("list %d of %d keys, revoked at %v", list.Version, len(list.Keys), revokedAt(list, e.Key.Thumbprint))
	}
}

// Whatever becomes of the keys on the server, a list says of a revocation at
// least what the one before it said, until the key's window has ended.
func TestRevocationIsNeverWeakened(t *testing.T) {
	const life = 300 * day
	now := start.Add(2 * day)
	file := func(t *testing.T, dir, kid string) string {
		t.Helper()
		names, err := filepath.Glob(filepath.Join(dir, "keys", "status-"+kid[:8]+"*"))
		if err != nil || len(names) != 1 {
			t.Fatal(names, err)
		}
		return names[0]
	}
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, path string, before []byte)
		at    time.Time
		want  string
		gone  bool
	}{
		{"file lost", func(t *testing.T, path string, _ []byte) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, now, "", false},
		{"file lost, window ended", func(t *testing.T, path string, _ []byte) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, start.Add(life + day), "", true},
		{"file restored from before", func(t *testing.T, path string, before []byte) { write(t, path, before) }, now, "which is not revoked here", false},
		{"a later moment", func(t *testing.T, path string, _ []byte) {
			edit(t, path, "revoked_at", now.UTC().Format(time.RFC3339))
		}, now, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			ring, p := publisher(t, dir, here)
			e := ensure(t, ring, verifier.PurposeStatus, start, life)
			kid := e.Key.Thumbprint
			refresh(t, p, start)
			before, err := os.ReadFile(file(t, dir, kid))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ring.Revoke(kid, start, keys.ReasonCompromise, start); err != nil {
				t.Fatal(err)
			}
			was := refresh(t, p, start)
			c.spoil(t, file(t, dir, kid), before)
			err = p.Refresh(c.at)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), kid) {
					t.Fatal(err)
				}
				// The operator does what the error says.
				if _, err := ring.Revoke(kid, c.at, keys.ReasonCompromise, c.at); err != nil {
					t.Fatal(err)
				}
				err = p.Refresh(c.at)
			}
			if err != nil {
				t.Fatal(err)
			}
			_, list := p.TrustList()
			if at := revokedAt(list, kid); list.Version != was.Version+1 || at.IsZero() != c.gone || !c.gone && !at.Equal(start) {
				t.Errorf("list %d after %d: revoked at %v", list.Version, was.Version, at)
			}
			if again := refresh(t, p, c.at.Add(time.Minute)); again != list {
				t.Error("signed anew without need")
			}
		})
	}
}
