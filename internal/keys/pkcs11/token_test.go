//go:build cgo

package pkcs11_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/internal/keys/pkcs11"
	"github.com/giayto/giayto/verifier"
)

const (
	module = "/usr/lib/softhsm/libsofthsm2.so"
	label  = "giayto TEST"
	pin    = "TEST-pin-7391"
)

var start = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

// softHSM makes a token of its own for the test.
func softHSM(t *testing.T) pkcs11.Config {
	t.Helper()
	if _, err := os.Stat(module); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("SoftHSM is missing: ", err)
		}
		t.Skip("SoftHSM (Debian package softhsm2) is not installed")
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	tokens := filepath.Join(dir, "tokens")
	if err := errors.Join(os.Mkdir(tokens, 0o700), os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\n", tokens), 0o600),
		os.WriteFile(filepath.Join(dir, "pin"), []byte(pin+"\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", conf)
	out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "TEST-so-pin").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return pkcs11.Config{Module: module, Label: label, PINFile: filepath.Join(dir, "pin")}
}

func open(t *testing.T, c pkcs11.Config) *pkcs11.Token {
	t.Helper()
	token, err := pkcs11.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = token.Close() })
	return token
}

// A whole ring lives in the token: root, authority, keys and their certificates,
// across a restart, and no file has a private half.
func TestRingInToken(t *testing.T) {
	c := softHSM(t)
	dir := t.TempDir()
	for restart := range 2 {
		token := open(t, c)
		ring, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{Token: token, MakeInToken: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, purpose := range []verifier.Purpose{verifier.PurposeTrustList, keys.PurposeCertificate, verifier.PurposeDisclosure, verifier.PurposeStatus, keys.CredentialPurpose("c06")} {
			if _, err := ring.Ensure(purpose, start, keys.RootLifetime); err != nil {
				t.Fatal(err)
			}
		}
		if got := len(ring.All()); got != 5 {
			t.Fatalf("%d keys after start %d, want 5", got, restart)
		}
		p, err := keys.NewPublisher(ring, dir, "https://giayto.example")
		if err == nil {
			err = p.Refresh(start)
		}
		if err != nil {
			t.Fatal(err)
		}
		signing, err := p.Credential("c06", start)
		if err != nil || len(signing.Certificates) != 1 {
			t.Fatalf("%d certificates, %v", len(signing.Certificates), err)
		}
		if _, ok := signing.Signer.(*ecdsa.PrivateKey); ok {
			t.Error("the key is not in the token")
		}
		digest := sha256.Sum256([]byte("signed inside"))
		signature, err := signing.Signer.Sign(rand.Reader, digest[:], crypto.SHA256)
		public, _ := signing.Signer.Public().(*ecdsa.PublicKey)
		if err != nil || !ecdsa.VerifyASN1(public, digest[:], signature) {
			t.Errorf("not signed: %v", err)
		}
		if err := token.Close(); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if strings.Contains(string(raw), `"private_key"`) || strings.Contains(string(raw), pin) {
			t.Errorf("%s has what belongs into the token", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	c := softHSM(t)
	dir := t.TempDir()
	pinFile := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte(content), 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, k := range []struct {
		name   string
		change func(*pkcs11.Config)
		want   string
	}{
		{"no PIN file", func(c *pkcs11.Config) { c.PINFile = filepath.Join(dir, "none") }, "PIN file"},
		{"empty PIN file", func(c *pkcs11.Config) { c.PINFile = pinFile("empty", "\n", 0o600) }, "is empty"},
		{"PIN for all to read", func(c *pkcs11.Config) { c.PINFile = pinFile("open", pin, 0o604) }, "read by everybody"},
		{"PIN too large", func(c *pkcs11.Config) { c.PINFile = pinFile("large", strings.Repeat("9", 5000), 0o600) }, "too large"},
		{"wrong PIN", func(c *pkcs11.Config) { c.PINFile = pinFile("wrong", "TEST-wrong", 0o600) }, "CKR_PIN_INCORRECT"},
		{"no such token", func(c *pkcs11.Config) { c.Label = "another" }, "could not find"},
		{"no such library", func(c *pkcs11.Config) { c.Module = filepath.Join(dir, "none.so") }, "none.so"},
	} {
		changed := c
		k.change(&changed)
		token, err := pkcs11.Open(changed)
		if token != nil || err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: %v, want %q", k.name, err, k.want)
		}
		if err != nil && (strings.Contains(err.Error(), pin) || strings.Contains(err.Error(), "TEST-wrong")) {
			t.Errorf("%s: the error tells the PIN", k.name)
		}
	}
}

func TestSignerRefuses(t *testing.T) {
	c := softHSM(t)
	token := open(t, c)
	ref, _, err := token.Generate()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Signer(ref); err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		name   string
		change func(*keys.TokenRef)
		want   string
	}{
		{"another library", func(r *keys.TokenRef) { r.Module = "/tmp/evil.so" }, "is configured"},
		{"another token", func(r *keys.TokenRef) { r.Label = "other" }, "is configured"},
		{"no hexadecimal", func(r *keys.TokenRef) { r.ID = "xyz" }, "no key id"},
		{"no id", func(r *keys.TokenRef) { r.ID = "" }, "no key id"},
		{"no such key", func(r *keys.TokenRef) { r.ID = "00112233" }, "not found"},
	} {
		changed := ref
		k.change(&changed)
		if signer, err := token.Signer(changed); signer != nil || err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: %v, want %q", k.name, err, k.want)
		}
	}
}
