package main_test

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// spoken collects everything that commands print.
type spoken struct {
	t    *testing.T
	data string
	all  bytes.Buffer
}

// keys runs giayto keys on the data folder.
func (s *spoken) keys(exit int, want string, args ...string) string {
	s.t.Helper()
	got, out, errs := giayto(s.t, []string{"GIAYTO_KEY_FILE="}, append([]string{"keys", args[0], "--data", s.data}, args[1:]...)...)
	s.all.WriteString(out + errs)
	if got != exit || !strings.Contains(out+errs, want) {
		s.t.Errorf("giayto keys %s: exit %d, want %d with %q\n%s%s", strings.Join(args, " "), got, exit, want, out, errs)
	}
	return out
}

// listed are the keys of giayto keys list --json.
func (s *spoken) listed() map[string]map[string]any {
	s.t.Helper()
	var list struct{ Keys []map[string]any }
	if err := json.Unmarshal([]byte(s.keys(0, "", "list", "--json")), &list); err != nil {
		s.t.Fatal(err)
	}
	byID := map[string]map[string]any{}
	for _, k := range list.Keys {
		byID[k["kid"].(string)] = k
	}
	return byID
}

// The life of a key by commands, beside a server that has its root at hand; and
// no command ever prints a private key, in any form.
func TestKeysCommands(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	s := &spoken{t: t, data: p.data}
	kid := strings.TrimSpace(s.keys(0, "", "create", "--purpose", "disclosure", "--days", "200"))
	if k := s.listed()[kid]; k == nil || k["state"] != "created" || k["private_key"] != "file" || k["signs"] != false {
		t.Fatalf("%v", k)
	}
	s.keys(2, "is created and not published", "activate", kid)
	s.keys(0, "trust list 2 is signed", "publish", kid)
	s.keys(0, "known to every checker from", "list")
	s.keys(1, "may be in use until", "activate", kid)
	s.keys(2, "--emergency needs --reason", "activate", kid, "--emergency")
	s.keys(2, "--emergency needs --reason", "activate", "--reason", "why not", kid)
	s.keys(0, "is active", "activate", kid, "--emergency", "--reason", "TEST of an emergency")
	s.keys(0, "signs; EMERGENCY: TEST of an emergency", "list")
	old := ""
	for id, k := range s.listed() {
		if k["purpose"] == "disclosure" && id != kid {
			old = id
		}
	}
	s.keys(0, "is retired", "retire", old)
	s.keys(2, "activate its successor first", "retire", kid)
	s.keys(2, "a reason of revocation is one of", "revoke", kid)
	s.keys(2, "--at is a moment", "revoke", kid, "--reason", "key_compromise", "--at", "yesterday")
	s.keys(2, "not from a later one", "revoke", kid, "--reason", "key_compromise", "--at", "2999-01-01T00:00:00Z")
	s.keys(0, "trust list", "revoke", kid, "--reason", "key_compromise", "--at", "2026-11-01T00:00:00+07:00")
	s.keys(0, "revoked from 2026-10-31T17:00:00Z: key_compromise", "list")
	root, err := verifier.ParseKey(readFile(t, filepath.Join(p.data, "root.jwk")))
	if err != nil {
		t.Fatal(err)
	}
	list, err := verifier.OpenTrustList(readFile(t, filepath.Join(p.data, "trust-list.jws")), root)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, k := range list.Keys {
		found = found || k.Key().Thumbprint == kid && k.RevokedAt != nil && k.Revoked == keys.ReasonCompromise
	}
	if !found {
		t.Error("the list does not revoke the key")
	}
	s.all.WriteString(p.log.String())
	noPrivateKeys(t, p.data, map[string][]byte{"output": s.all.Bytes()})
}

// readFile reads a file of a test.
func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// noPrivateKeys looks for every private key of a folder of keys, in every form
// in which one could be written down.
func noPrivateKeys(t *testing.T, data string, said map[string][]byte) {
	t.Helper()
	path := filepath.Join(data, "dev.key")
	if _, err := os.Stat(path); err != nil {
		path = keyFile
	}
	lock, err := keys.KeyFileLock(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(data, "keys")
	if _, err := os.Stat(dir); err != nil {
		dir = data // the folder of a root
	}
	ring, err := keys.Open(dir, keys.Options{Lock: lock})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range ring.All() {
		private, ok := e.Signer().(*ecdsa.PrivateKey)
		if !ok {
			continue
		}
		d, err := private.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		n++
		for form, secret := range map[string]string{"raw": string(d), "hex": hex.EncodeToString(d),
			"base64": strings.TrimRight(base64.StdEncoding.EncodeToString(d), "="), "base64url": base64.RawURLEncoding.EncodeToString(d),
			"decimal": new(big.Int).SetBytes(d).String()} {
			for name, content := range said {
				if strings.Contains(strings.ToLower(string(content)), strings.ToLower(secret)) {
					t.Errorf("%s has the private key of %s as %s", name, e.Purpose, form)
				}
			}
		}
	}
	if n < 2 {
		t.Fatalf("%d private keys to look for", n)
	}
}

// The ceremony by commands, from the first list to the next root.
func TestCeremonyCommands(t *testing.T) {
	c := newCeremony(t, "https://giayto.example")
	pinned := c.read(filepath.Join(c.root, "root.jwk"))
	if c.read(filepath.Join(c.data, "root.jwk")) != pinned {
		t.Error("the server tells checkers to pin another root")
	}
	said := map[string][]byte{"request": readFile(t, c.path("request.json")), "package": readFile(t, c.path("package.json")), "list": readFile(t, c.list())}
	keep := func(name, out string) { said[name] = []byte(out) }
	first := c.read(c.list())
	keep("dry run", must(t, "root", "sign", "--dir", c.root, "--request", c.request(), "--previous", c.list(), "--dry-run"))
	if !strings.Contains(string(said["dry run"]), "keys as before") || !strings.Contains(string(said["dry run"]), "list 2 of https://giayto.example") {
		t.Errorf("%s", said["dry run"])
	}
	c.install(c.sign(c.request(), "--previous", c.path("package.json"), "--valid", "240h"))
	if exit, _, errs := giayto(t, nil, "keys", "install", "--data", c.data, "--list", c.write("old.json", string(said["package"]))); exit != 1 || !strings.Contains(errs, "trust_list_rollback") {
		t.Errorf("rollback: %d %s", exit, errs)
	}
	// The next root, under a passphrase of its own.
	next := c.path("next")
	secret := c.write("passphrase", "TEST a passphrase of the next root\n")
	if err := os.Chmod(secret, 0o600); err != nil {
		t.Fatal(err)
	}
	if exit, out, errs := giayto(t, []string{"GIAYTO_KEY_FILE="}, "root", "init", "--dir", next, "--key-passphrase-file", secret); exit != 0 || !strings.Contains(out, "BEGIN CERTIFICATE") {
		t.Fatal(exit, out, errs)
	}
	keep("succeed", must(t, "root", "succeed", "--dir", c.root, "--new", next, "--new-key-passphrase-file", secret, "--request", c.request(),
		"--previous", c.list(), "--out", c.path("package.json")))
	if !strings.Contains(string(said["succeed"]), "! the next root is ") {
		t.Errorf("%s", said["succeed"])
	}
	c.install(c.path("package.json"))
	exit, out, errs := giayto(t, []string{"GIAYTO_KEY_FILE="}, "root", "sign", "--dir", next, "--key-passphrase-file", secret, "--request", c.request(),
		"--previous", c.list(), "--out", c.path("package.json"))
	if exit != 0 {
		t.Fatal(out, errs)
	}
	c.install(c.path("package.json"))
	if c.read(filepath.Join(c.data, "root.jwk")) != c.read(filepath.Join(next, "root.jwk")) {
		t.Error("the server does not tell checkers to pin the new root")
	}
	keep("old list", first)
	noPrivateKeys(t, c.root, said)
	noPrivateKeys(t, c.data, said)
}

// The commands of the README for operators, typed as they stand there.
func TestReadmeOperators(t *testing.T) {
	_, section, _ := strings.Cut(string(readFile(t, "../../README.md")), "## For operators")
	_, script, _ := strings.Cut(section, "```sh\n")
	script, _, found := strings.Cut(script, "```")
	if !found || !strings.Contains(script, "giayto root sign") {
		t.Fatal("the README's script has moved")
	}
	shell := exec.Command("bash", "-euo", "pipefail", "-c", "PATH="+bin+":$PATH\n"+script)
	shell.Dir = t.TempDir()
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"+ new: disclosure ", "trust list 1 is installed", "credential/c06"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	data := filepath.Join(shell.Dir, "giayto-data")
	if log := serveOnce(t, "--data", data, "--key-file", filepath.Join(shell.Dir, "server.key")); strings.Contains(strings.Join(log, ""), "cannot sign") {
		t.Errorf("the server cannot sign: %s", log)
	}
}

// write makes a file in the work folder.
func (c *ceremony) write(name, content string) string {
	c.t.Helper()
	if err := os.WriteFile(c.path(name), []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return c.path(name)
}

// What the commands refuse, each with its own words.
func TestKeyUsage(t *testing.T) {
	c := newCeremony(t, "https://giayto.example")
	broken := c.write("broken.json", c.read(c.path("package.json"))[:200])
	none, other := []string{"GIAYTO_KEY_FILE="}, []string{"GIAYTO_KEY_FILE=" + c.path("other-file")}
	must(t, "keys", "new-file", "--out", c.path("other-file"))
	shared := c.write("shared-file", string(readFile(t, keyFile)))
	if err := os.Chmod(shared, 0o644); err != nil {
		t.Fatal(err)
	}
	data, req := "--data="+c.data, "--request="+c.path("request.json")
	for _, k := range []struct {
		env  []string
		exit int
		said string
		args []string
	}{
		{nil, 2, "usage: giayto keys", []string{"keys"}},
		{nil, 0, "new-file", []string{"keys", "--help"}},
		{nil, 2, "usage: giayto keys", []string{"keys", "burn"}},
		{nil, 2, "usage: giayto root", []string{"root"}},
		{nil, 2, "there are no keys yet", []string{"keys", "list", "--data=" + c.path("nowhere")}},
		{nil, 2, "unexpected", []string{"keys", "list", data, "all"}},
		{nil, 2, "give disclosure, status, or credential/", []string{"keys", "create", data, "--purpose=trust-list"}},
		{nil, 2, "give disclosure, status, or credential/", []string{"keys", "create", data, "--purpose=credential/moon"}},
		{nil, 2, "nothing else", []string{"keys", "create", data, "--purpose=status", "--days=-1"}},
		{nil, 2, "give the KID of one key", []string{"keys", "publish", data}},
		{nil, 2, `there is no key "nobody"`, []string{"keys", "retire", data, "nobody"}},
		{nil, 2, "give --out FILE", []string{"keys", "new-file"}},
		{nil, 2, "file exists", []string{"keys", "new-file", "--out", keyFile}},
		{nil, 2, "give --out FILE", []string{"keys", "request", data}},
		{nil, 2, "give --list FILE", []string{"keys", "install", data}},
		{nil, 1, "broken.json: keys: not a package of the root", []string{"keys", "install", data, "--list=" + broken}},
		{nil, 2, "no such file", []string{"keys", "install", data, "--list=" + c.path("missing")}},
		{none, 2, "private keys are encrypted: give --key-file", []string{"keys", "create", data, "--purpose=status"}},
		{none, 2, "private keys are encrypted: give --key-file", []string{"serve", "--listen=127.0.0.1:0", data}},
		{none, 2, "private keys are encrypted: give --key-file", []string{"serve", "--listen=127.0.0.1:0", "--data=" + c.path("fresh")}},
		{other, 2, "closed with another key file", []string{"serve", "--listen=127.0.0.1:0", data}},
		{nil, 2, "can be read by everybody", []string{"keys", "request", data, "--out=" + c.path("x"), "--key-file=" + shared}},
		{nil, 2, "not both", []string{"keys", "request", data, "--out=" + c.path("x"), "--key-passphrase-file=" + shared}},
		{nil, 2, "not behind a passphrase", []string{"keys", "request", data, "--out=" + c.path("x"), "--key-file=", "--key-passphrase-file=" + c.write("p", "TEST long enough\n")}},
		{nil, 2, "needs all of --pkcs11-module", []string{"keys", "request", data, "--out=" + c.path("x"), "--pkcs11-token=t"}},
		{nil, 2, "give --dir DIR", []string{"root", "init"}},
		{nil, 2, "a root is made once", []string{"root", "init", "--dir=" + c.root}},
		{none, 2, "private keys are encrypted", []string{"root", "init", "--dir=" + c.path("root2")}},
		{nil, 2, "--out FILE or --dry-run", []string{"root", "sign", "--dir=" + c.root, req, "--version-after=0"}},
		{nil, 2, "give --previous LIST or --version-after", []string{"root", "sign", "--dir=" + c.root, req, "--dry-run"}},
		{nil, 2, "give --new DIR", []string{"root", "succeed", "--dir=" + c.root, req, "--dry-run", "--version-after=0"}},
		{nil, 1, "a list is good for", []string{"root", "sign", "--dir=" + c.root, req, "--dry-run", "--version-after=1", "--valid=1m"}},
		{nil, 2, "not a request", []string{"root", "sign", "--dir=" + c.root, "--request=" + broken, "--dry-run", "--version-after=1"}},
		{nil, 2, "neither a trust list nor a package", []string{"root", "sign", "--dir=" + c.root, req, "--dry-run", "--previous=" + broken}},
		{nil, 2, "trust_list_invalid", []string{"root", "sign", "--dir=" + c.root, req, "--dry-run", "--previous=" + c.write("forged.jws", c.read(c.list())[1:])}},
		{nil, 2, "holds no root", []string{"root", "sign", "--dir=" + filepath.Join(c.data, "keys"), req, "--dry-run", "--version-after=1"}},
		{nil, 2, "install a list that names it", []string{"serve", "--listen=127.0.0.1:0", data, "--origin=https://other.example"}},
	} {
		exit, out, errs := giayto(t, k.env, k.args...)
		if exit != k.exit || !strings.Contains(out+errs, k.said) {
			t.Errorf("giayto %v: exit %d, want %d with %q\n%s%s", k.args, exit, k.exit, k.said, out, errs)
		}
		if strings.Contains(out+errs, "AGE-SECRET-KEY-1Q") {
			t.Errorf("giayto %v tells what opens the keys", k.args)
		}
	}
}
