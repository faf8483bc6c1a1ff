package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// must runs the program, which has to succeed, and returns what it printed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	exit, out, errs := giayto(t, nil, args...)
	if exit != 0 {
		t.Fatalf("giayto %s: exit %d\n%s%s", strings.Join(args, " "), exit, out, errs)
	}
	return out
}

// ceremony is a deployment whose root is on a machine of its own.
type ceremony struct {
	t          *testing.T
	data, root string // folders
	work       string
}

// newCeremony makes a data folder with its first list.
func newCeremony(t *testing.T, origin string) *ceremony {
	t.Helper()
	work := t.TempDir()
	c := &ceremony{t: t, data: filepath.Join(work, "data"), root: filepath.Join(work, "root"), work: work}
	must(t, "root", "init", "--dir", c.root)
	c.install(c.sign(c.request("--origin", origin), "--version-after", "0"), "--root", filepath.Join(c.root, "root.jwk"))
	return c
}

func (c *ceremony) path(name string) string { return filepath.Join(c.work, name) }

// request, sign and install are the three steps; each returns the file that it
// has written.
func (c *ceremony) request(more ...string) string {
	c.t.Helper()
	must(c.t, append([]string{"keys", "request", "--data", c.data, "--out", c.path("request.json")}, more...)...)
	return c.path("request.json")
}

func (c *ceremony) sign(request string, more ...string) string {
	c.t.Helper()
	must(c.t, append([]string{"root", "sign", "--dir", c.root, "--request", request, "--out", c.path("package.json")}, more...)...)
	return c.path("package.json")
}

func (c *ceremony) install(file string, more ...string) {
	c.t.Helper()
	must(c.t, append([]string{"keys", "install", "--data", c.data, "--list", file}, more...)...)
}

// list is the file with the trust list that the server has.
func (c *ceremony) list() string { return filepath.Join(c.data, "trust-list.jws") }

func (c *ceremony) read(path string) string {
	c.t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}
