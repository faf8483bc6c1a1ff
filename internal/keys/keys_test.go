package keys_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

var start = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

func open(t testing.TB, dir string) *keys.Ring {
	t.Helper()
	ring, err := keys.Open(dir, keys.Options{Lock: lock()})
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// lock is one for all tests of the process.
var lock = sync.OnceValue(func() *keys.Lock {
	l, err := keys.NewLock()
	if err != nil {
		panic(err)
	}
	return l
})

func ensure(t testing.TB, ring *keys.Ring, purpose verifier.Purpose, now time.Time, lifetime time.Duration) keys.Entry {
	t.Helper()
	e, err := ring.Ensure(purpose, now, lifetime)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRingKeepsKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	ring := open(t, dir)
	made := ensure(t, ring, verifier.PurposeDisclosure, start, time.Hour)
	if again := ensure(t, ring, verifier.PurposeDisclosure, start.Add(time.Minute), time.Hour); again.Key.Thumbprint != made.Key.Thumbprint {
		t.Error("a second key was made while the first was good")
	}
	agency := ensure(t, ring, keys.CredentialPurpose("c06"), start, time.Hour)
	if agency.Key.Thumbprint == made.Key.Thumbprint {
		t.Error("two purposes share a key")
	}
	read, err := open(t, dir).Current(verifier.PurposeDisclosure, start)
	if err != nil || read.Key.Thumbprint != made.Key.Thumbprint || !read.NotAfter.Equal(made.NotAfter) {
		t.Errorf("read %+v, %v", read, err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) != 2 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range append(names, dir) {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v (%v)", name, info.Mode(), err)
		}
	}
}

// A process killed while it wrote leaves nothing for long.
func TestOpenSweeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	ensure(t, open(t, dir), verifier.PurposeDisclosure, start, time.Hour)
	left := filepath.Join(dir, ".new-123")
	write(t, left, []byte("half a key"))
	if _, err := open(t, dir).Current(verifier.PurposeDisclosure, start); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Error("the unfinished file is still there:", err)
	}
}

func TestRingWindows(t *testing.T) {
	ring := open(t, filepath.Join(t.TempDir(), "keys"))
	if _, err := ring.Current(verifier.PurposeDisclosure, start); !errors.Is(err, keys.ErrNoKey) {
		t.Error(err)
	}
	first := ensure(t, ring, verifier.PurposeDisclosure, start, time.Hour)
	for _, c := range []struct {
		at   time.Time
		want error
	}{
		{first.NotBefore.Add(-time.Second), keys.ErrNoKey}, {first.NotBefore, nil}, {start, nil},
		{first.NotAfter.Add(-time.Second), nil}, {first.NotAfter, keys.ErrNoKey},
	} {
		if _, err := ring.Current(verifier.PurposeDisclosure, c.at); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.at, err, c.want)
		}
	}
	second := ensure(t, ring, verifier.PurposeDisclosure, first.NotAfter, time.Hour)
	if second.Key.Thumbprint == first.Key.Thumbprint {
		t.Error("an ended key was used again")
	}
	if now, err := ring.Current(verifier.PurposeDisclosure, first.NotAfter.Add(-time.Second)); err != nil || now.Key.Thumbprint != second.Key.Thumbprint {
		t.Errorf("of two good keys the newer signs: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir, file string)
		want  string
	}{
		{"file readable by the group", func(t *testing.T, _, file string) { chmod(t, file, 0o640) }, "can be read by others"},
		{"file readable by all", func(t *testing.T, _, file string) { chmod(t, file, 0o604) }, "can be read by others"},
		{"folder readable by all", func(t *testing.T, dir, _ string) { chmod(t, dir, 0o755) }, "can be read by others"},
		{"not JSON", func(t *testing.T, _, file string) { write(t, file, []byte("no")) }, "not a key file"},
		{"empty", func(t *testing.T, _, file string) { write(t, file, nil) }, "not a key file"},
		{"too large", func(t *testing.T, _, file string) { write(t, file, bytes.Repeat([]byte(" "), 65<<10)) }, "too large"},
		{"unknown member", func(t *testing.T, _, file string) { edit(t, file, "extra", 1) }, "not a key file"},
		{"damaged key", func(t *testing.T, _, file string) { edit(t, file, "private_key", "AAAA") }, "damaged"},
		{"kid of another key", func(t *testing.T, _, file string) { edit(t, file, "kid", "x") }, "thumbprint"},
		{"another algorithm", func(t *testing.T, _, file string) { edit(t, file, "alg", "ES384") }, "not an ES256 key"},
		{"no purpose", func(t *testing.T, _, file string) { edit(t, file, "purpose", "") }, "purpose"},
		{"window turned round", func(t *testing.T, _, file string) { edit(t, file, "not_after", "2020-01-01T00:00:00Z") }, "window"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "keys")
			ensure(t, open(t, dir), verifier.PurposeDisclosure, start, time.Hour)
			names, err := filepath.Glob(filepath.Join(dir, "*.json"))
			if err != nil || len(names) != 1 {
				t.Fatal(names, err)
			}
			secret := member(t, names[0], "private_key")
			c.spoil(t, dir, names[0])
			ring, err := keys.Open(dir, keys.Options{Lock: lock()})
			if ring != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), secret[:20]) {
				t.Error("the error tells the key")
			}
		})
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func member(t *testing.T, path, name string) string {
	t.Helper()
	s, ok := read(t, path)[name].(string)
	if !ok {
		t.Fatalf("%s has no %s", path, name)
	}
	return s
}

func edit(t *testing.T, path, name string, value any) {
	t.Helper()
	m := read(t, path)
	m[name] = value
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, raw)
}

// publisher makes a deployment in dir with a root and a disclosure key.
func publisher(t *testing.T, dir, origin string) (*keys.Ring, *keys.Publisher) {
	t.Helper()
	ring := open(t, filepath.Join(dir, "keys"))
	ensure(t, ring, verifier.PurposeTrustList, start, keys.RootLifetime)
	ensure(t, ring, verifier.PurposeDisclosure, start, keys.DisclosureLifetime)
	p, err := keys.NewPublisher(ring, dir, origin)
	if err != nil {
		t.Fatal(err)
	}
	return ring, p
}

func refresh(t *testing.T, p *keys.Publisher, now time.Time) *verifier.TrustList {
	t.Helper()
	if err := p.Refresh(now); err != nil {
		t.Fatal(err)
	}
	_, list := p.TrustList()
	return list
}

func TestPublisher(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	if text, list := p.TrustList(); text != nil || list != nil {
		t.Error("a list before the first")
	}
	list := refresh(t, p, start)
	if list.Version != 1 || list.Issuer != "https://giayto.example" || len(list.Keys) != 1 || !list.NextUpdate.Equal(start.Add(keys.TrustListLifetime)) {
		t.Errorf("list %+v", list)
	}
	if again := refresh(t, p, start.Add(keys.TrustListRenewal-time.Second)); again != list {
		t.Error("a new list though nothing is new")
	}
	ensure(t, ring, keys.CredentialPurpose("c06"), start, time.Hour)
	if next := refresh(t, p, start.Add(time.Minute)); next.Version != 2 || len(next.Keys) != 2 {
		t.Errorf("a new key makes version 2: %+v", next)
	}
	if next := refresh(t, p, start.Add(keys.TrustListRenewal+time.Minute)); next.Version != 3 {
		t.Errorf("a day later version 3: %d", next.Version)
	}

	// After a restart the version goes on, and what checkers pin is the same.
	_, restarted := publisher(t, dir, "")
	if restarted.Origin() != "https://giayto.example" {
		t.Errorf("origin %q", restarted.Origin())
	}
	if next := refresh(t, restarted, start.Add(3*keys.TrustListRenewal)); next.Version != 4 {
		t.Errorf("version %d after a restart, want 4", next.Version)
	}
	text, err := os.ReadFile(filepath.Join(dir, keys.TrustListFile))
	if err != nil {
		t.Fatal(err)
	}
	rootJWK, err := os.ReadFile(filepath.Join(dir, keys.RootFile))
	if err != nil {
		t.Fatal(err)
	}
	root, err := verifier.ParseKey(rootJWK)
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := verifier.OpenTrustList(text, root); err != nil || opened.Version != 4 {
		t.Error(opened, err)
	}
	for _, public := range [][]byte{text, rootJWK} {
		if bytes.Contains(public, []byte(`"d"`)) {
			t.Error("a private half is published")
		}
	}
}

func TestPublisherRefuses(t *testing.T) {
	dir := t.TempDir()
	_, p := publisher(t, dir, "")
	if err := p.Refresh(start); err == nil {
		t.Error("a list without an origin")
	}
	_, p = publisher(t, dir, "https://giayto.example")
	refresh(t, p, start)
	path := filepath.Join(dir, keys.TrustListFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A damaged list is not silently begun again at version 1.
	write(t, path, text[:len(text)-3])
	if _, err := keys.NewPublisher(open(t, filepath.Join(dir, "keys")), dir, ""); err == nil {
		t.Error("a damaged list was accepted")
	}
	if err := os.Remove(filepath.Join(dir, keys.RootFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.NewPublisher(open(t, filepath.Join(t.TempDir(), "keys")), dir, ""); !errors.Is(err, keys.ErrNoKey) {
		t.Error("a list without its root:", err)
	}
}

func TestJWKS(t *testing.T) {
	_, p := publisher(t, t.TempDir(), "https://giayto.example")
	if raw, err := p.JWKS(); err != nil || string(raw) != `{"keys":[]}` {
		t.Errorf("before a list: %s, %v", raw, err)
	}
	refresh(t, p, start)
	raw, err := p.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(raw, &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s: %v", raw, err)
	}
	if _, err := verifier.ParseKey(set.Keys[0]); err != nil {
		t.Error(err)
	}
}
