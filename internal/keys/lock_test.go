package keys_test

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// passphrase writes a file with a passphrase.
func passphrase(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrase")
	write(t, path, []byte(text))
	return path
}

func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key-file")
	if err := keys.MakeKeyFile(path, start); err != nil {
		t.Fatal(err)
	}
	return path
}

// What one lock closes, the same lock opens after a restart and no other does.
func TestLocks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	file := keyFile(t)
	byFile := func(path string) *keys.Lock {
		l, err := keys.KeyFileLock(path)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	ring, err := keys.Open(dir, keys.Options{Lock: byFile(file)})
	if err != nil {
		t.Fatal(err)
	}
	ensure(t, ring, verifier.PurposeDisclosure, start, time.Hour)
	again, err := keys.Open(dir, keys.Options{Lock: byFile(file)})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := again.Disclosure(start); err != nil {
		t.Error(err)
	}
	if _, err := keys.Open(dir, keys.Options{Lock: byFile(keyFile(t))}); err == nil || !strings.Contains(err.Error(), "closed with another key file or passphrase") {
		t.Error("another key file:", err)
	}
	if _, err := keys.PassphraseLock(passphrase(t, "TEST a long passphrase"), dir); err == nil || !strings.Contains(err.Error(), "not behind a passphrase") {
		t.Error("a passphrase for keys behind a key file:", err)
	}
	// Without any lock what is public can be read, and nothing can be signed or made.
	public, err := keys.Open(dir, keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := public.Current(verifier.PurposeDisclosure, start); err != nil || e.Signer() != nil || e.State != keys.Active {
		t.Errorf("%v %v", e.State, err)
	}
	if _, _, err := public.Disclosure(start); !errors.Is(err, keys.ErrLocked) {
		t.Error("signs without a lock:", err)
	}
	if _, err := public.Create(verifier.PurposeStatus, start, time.Hour); !errors.Is(err, keys.ErrLocked) {
		t.Error("made a key without a lock:", err)
	}
}

func TestPassphrase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	right := passphrase(t, "TEST đủ dài và đúng\nonly the first line counts")
	for range 2 { // the second start opens what the first made
		l, err := keys.PassphraseLock(right, dir)
		if err != nil {
			t.Fatal(err)
		}
		ring, err := keys.Open(dir, keys.Options{Lock: l})
		if err != nil {
			t.Fatal(err)
		}
		ensure(t, ring, verifier.PurposeDisclosure, start, time.Hour)
		if n := len(ring.All()); n != 1 {
			t.Errorf("%d keys", n)
		}
	}
	wrong := passphrase(t, "TEST đủ dài và sai")
	if _, err := keys.PassphraseLock(wrong, dir); err == nil || !strings.Contains(err.Error(), "not the passphrase of") || strings.Contains(err.Error(), "sai") {
		t.Error(err)
	}
	write(t, filepath.Join(dir, "passphrase.age"), []byte("half"))
	if _, err := keys.PassphraseLock(right, dir); err == nil || !strings.Contains(err.Error(), "passphrase.age is damaged") {
		t.Error(err)
	}
}

// Processes that use a passphrase for the first time at once have one lock: each
// opens what the others have closed, and so does the next start. (Each opens the
// folder by itself, so goroutines wait for each other as processes do.)
func TestPassphraseFirstUsedAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	secret := passphrase(t, "TEST a long passphrase")
	const processes = 3
	results := make(chan error, processes)
	begin := make(chan struct{})
	for range processes {
		go func() {
			<-begin
			l, err := keys.PassphraseLock(secret, dir)
			var ring *keys.Ring
			if err == nil {
				ring, err = keys.Open(dir, keys.Options{Lock: l})
			}
			if err == nil {
				_, err = ring.Create(verifier.PurposeStatus, start, time.Hour)
			}
			results <- err
		}()
	}
	close(begin)
	for range processes {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	l, err := keys.PassphraseLock(secret, dir)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keys.Open(dir, keys.Options{Lock: l})
	if err != nil {
		t.Fatal("private keys are lost:", err)
	}
	if n := len(ring.All()); n != processes {
		t.Errorf("%d keys, want %d", n, processes)
	}
}

// A lock that another process made in between stays, also where processes cannot
// take turns.
func TestPassphraseLockStays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	made := []byte("TEST what another process has made")
	keys.StopBefore(t, func(path string) error { return os.WriteFile(path, made, 0o600) })
	if _, err := keys.PassphraseLock(passphrase(t, "TEST a long passphrase"), dir); err == nil || !strings.Contains(err.Error(), "passphrase.age is damaged") {
		t.Error("does not read what the other process has made:", err)
	}
	if now, err := os.ReadFile(filepath.Join(dir, "passphrase.age")); err != nil || !bytes.Equal(now, made) {
		t.Error("the lock was replaced:", err)
	}
}

func TestSecretsRefused(t *testing.T) {
	open := passphrase(t, "TEST a long passphrase")
	chmod(t, open, 0o604)
	two := keyFile(t)
	raw, err := os.ReadFile(two)
	if err != nil {
		t.Fatal(err)
	}
	write(t, two, append(raw, raw...))
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"key file missing", second(keys.KeyFileLock(filepath.Join(t.TempDir(), "none"))), "no such file"},
		{"key file empty", second(keys.KeyFileLock(passphrase(t, ""))), "not a key file"},
		{"key file with a passphrase", second(keys.KeyFileLock(passphrase(t, "TEST a long passphrase"))), "not a key file"},
		{"key file with two keys", second(keys.KeyFileLock(two)), "not a key file"},
		{"key file for all to read", second(keys.KeyFileLock(open)), "read by everybody"},
		{"key file too large", second(keys.KeyFileLock(passphrase(t, strings.Repeat("#", 20<<10)))), "too large"},
		{"key file exists", keys.MakeKeyFile(two, start), "file exists"},
		{"passphrase short", second(keys.PassphraseLock(passphrase(t, "TEST short\n"), t.TempDir())), "at least 12 bytes"},
		{"passphrase for all to read", second(keys.PassphraseLock(open, t.TempDir())), "read by everybody"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, c.err, c.want)
		}
		if c.err != nil && (strings.Contains(c.err.Error(), "AGE-SECRET-KEY-1Q") || strings.Contains(c.err.Error(), "passphrase\n")) {
			t.Errorf("%s: the error tells the secret", c.name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// forms are the ways in which a private key could be written down.
func forms(t *testing.T, e keys.Entry) map[string][]byte {
	t.Helper()
	private, ok := e.Signer().(*ecdsa.PrivateKey)
	if !ok {
		t.Fatal("no private key to look for")
	}
	d, err := private.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"raw": d, "hex": []byte(hex.EncodeToString(d)), "HEX": []byte(strings.ToUpper(hex.EncodeToString(d))),
		"base64url": []byte(base64.RawURLEncoding.EncodeToString(d)), "base64": []byte(strings.TrimRight(base64.StdEncoding.EncodeToString(d), "=")),
		// Within PKCS #8 the scalar stands at another offset: bits shifted by it.
		"base64+1": []byte(base64.StdEncoding.EncodeToString(append([]byte{0}, d...))[2:40]),
		"base64+2": []byte(base64.StdEncoding.EncodeToString(append([]byte{0, 0}, d...))[3:40]),
		"decimal":  []byte(new(big.Int).SetBytes(d).String())}
}

// No file of a deployment or ceremony has a private half in any form, nor has
// anything that is printed about keys.
func TestPrivateHalvesStayInside(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	ensure(t, ring, keys.PurposeCertificate, start, keys.RootLifetime)
	ensure(t, ring, keys.CredentialPurpose("c06"), start, time.Hour)
	refresh(t, p, start)
	request, err := p.Request(start)
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	for _, e := range ring.All() {
		for _, verb := range []string{"%v", "%+v", "%s"} {
			fmt.Fprintf(&printed, verb, struct {
				keys.Entry
				Lock *keys.Lock
			}{Lock: lock()})
		}
		fmt.Fprintf(&printed, "%v %s %v", e.History, e.Place(), e.Key)
	}
	all := map[string][]byte{"request": request, "printed": printed.Bytes()}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil || len(all) < 8 {
		t.Fatal(len(all), err)
	}
	for _, e := range ring.All() {
		for form, secret := range forms(t, e) {
			for name, content := range all {
				if bytes.Contains(content, secret) {
					t.Errorf("%s has the private key of %s as %s", name, e.Purpose, form)
				}
			}
		}
	}
}
