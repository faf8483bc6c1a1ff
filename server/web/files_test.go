package web_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/giayto/giayto/server/problem"
)

// firstLoad bounds what a first visit takes over the wire, in bytes, without the
// reader of codes, which is loaded when somebody scans.
const firstLoad = 350 << 10

// built lists the files of dist as the addresses that give them.
func built(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root := os.DirFS("dist")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && name != "verify.html" {
			files["/"+name], err = fs.ReadFile(root, name)
		}
		return err
	})
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}

func TestFiles(t *testing.T) {
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".png": "image/png",
		".svg": "image/svg+xml", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
	s := newSite(t)
	seen := map[string]bool{}
	for address, want := range built(t) {
		kind := path.Ext(address)
		seen[kind] = true
		a := s.want(address)
		if !bytes.Equal(a.body, want) || a.header.Get("Content-Type") != types[kind] {
			t.Errorf("%s: %d bytes as %s", address, len(a.body), a.header.Get("Content-Type"))
		}
		cache := "public, max-age=31536000, immutable"
		if address == "/verify/sw.js" || address == "/verify/manifest.webmanifest" {
			cache = "no-cache"
		}
		if got := a.header.Get("Cache-Control"); got != cache {
			t.Errorf("%s: Cache-Control %q", address, got)
		}
		etag := a.header.Get("ETag")
		if again := s.ask("GET", address, "If-None-Match", etag); again.status != 304 || len(again.body) != 0 || etag == "" {
			t.Errorf("%s: %d with %d bytes", address, again.status, len(again.body))
		}
		head := s.ask("HEAD", address)
		for _, name := range []string{"ETag", "Content-Type", "Cache-Control", "Content-Length", "Vary", "Content-Security-Policy"} {
			if head.header.Get(name) != a.header.Get(name) {
				t.Errorf("HEAD %s: %s %q, GET says %q", address, name, head.header.Get(name), a.header.Get(name))
			}
		}
		if head.status != 200 || len(head.body) != 0 {
			t.Errorf("HEAD %s: %d with %d bytes", address, head.status, len(head.body))
		}
		packed := s.want(address, "Accept-Encoding", "br, gzip")
		if packed.header.Get("Content-Encoding") != "gzip" {
			if kind != ".png" && kind != ".woff2" {
				t.Errorf("%s is not compressed", address)
			}
			continue
		}
		if kind == ".png" || kind == ".woff2" || len(packed.body) >= len(want) || !bytes.Equal(unpack(t, packed.body), want) {
			t.Errorf("%s: compressed to %d of %d bytes", address, len(packed.body), len(want))
		}
		if packed.header.Get("ETag") == etag || packed.header.Get("Vary") != "Accept-Encoding" || a.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: two forms under %s, Vary %q", address, etag, packed.header.Get("Vary"))
		}
	}
	for kind := range types {
		if !seen[kind] {
			t.Errorf("the build has no %s", kind)
		}
	}
}

// TestNames: what may be kept for good has a hash in its name.
func TestNames(t *testing.T) {
	hashed := regexp.MustCompile(`-([0-9A-Z]{8}|[0-9a-f]{16})\.\w+$`)
	for address := range built(t) {
		if fixed := address == "/verify/sw.js" || address == "/verify/manifest.webmanifest"; hashed.MatchString(address) == fixed {
			t.Error(address)
		}
	}
}

func TestNothingElse(t *testing.T) {
	s := newSite(t)
	for _, address := range []string{"/assets", "/assets/", "/assets/none.js", "/assets/sw.js", "/assets/verify.html", "/assets/..%2fverify.html",
		"/assets/%2e%2e%2fverify%2fsw.js", "/assets/..%5cverify.html", "/assets/.", "/assets/x/../../verify.html", "/assets//verify.html",
		"/assets/%00", "/assets/sw.js%00.png", "/assets/verify/sw.js", "/verify/verify.html", "/verify/sw.js/", "/verify/sw.JS",
		"/verify/..%2fverify.html", "/verify/sw.js.map", "/Verify", "/verify.html", "/dist/verify.html", "/verify/page.go",
		"/assets/..%2f..%2f..%2f..%2fetc%2fpasswd", "/assets/" + strings.Repeat("a", 2000)} {
		for _, method := range []string{"GET", "HEAD"} {
			a := s.ask(method, address)
			if a.status != 404 || a.header.Get("Content-Type") != problem.MediaType || strings.Contains(a.header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s %.60s: %d %v", method, address, a.status, a.header)
			}
		}
	}
	if a := s.ask("GET", "/verify/"); a.status != 308 || a.header.Get("Location") != "/verify" {
		t.Errorf("/verify/: %d %v", a.status, a.header)
	}
	if a := s.ask("POST", "/verify"); a.status != 405 && a.status != 404 {
		t.Errorf("POST: %d", a.status)
	}
}

// directives reads a Content-Security-Policy.
func directives(policy string) map[string]string {
	all := map[string]string{}
	for _, one := range strings.Split(policy, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(one), " ")
		all[name] = value
	}
	return all
}

func TestPolicies(t *testing.T) {
	s := newSite(t)
	page := s.want("/verify")
	policy := directives(page.header.Get("Content-Security-Policy"))
	for name, want := range map[string]string{"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "worker-src": "'self'",
		"connect-src": "'self'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
		"require-trusted-types-for": "'script'", "trusted-types": "giayto"} {
		if policy[name] != want {
			t.Errorf("%s %q, want %q", name, policy[name], want)
		}
	}
	// Of a picture from a file the size is read before it is unpacked.
	if policy["img-src"] != "'self' blob:" {
		t.Errorf("img-src %q", policy["img-src"])
	}
	delete(policy, "img-src")
	for name, value := range policy {
		if strings.Contains(value, "unsafe") || strings.Contains(value, "*") || strings.Contains(value, ":") {
			t.Errorf("%s %s", name, value)
		}
	}
	if got := page.header.Get("Permissions-Policy"); !strings.HasPrefix(got, "camera=(self), ") || !strings.Contains(got, "microphone=()") {
		t.Errorf("Permissions-Policy %q", got)
	}
	if page.header.Get("Cross-Origin-Opener-Policy") != "same-origin" {
		t.Errorf("%v", page.header)
	}
	for address := range built(t) {
		a := s.want(address)
		wasm := strings.Contains(a.header.Get("Content-Security-Policy"), "'wasm-unsafe-eval'")
		if wasm != strings.HasPrefix(address, "/verify/reader-") {
			t.Errorf("%s may compile WebAssembly: %v", address, wasm)
		}
		if scoped := a.header.Get("Service-Worker-Allowed"); (scoped == "/verify") != (address == "/verify/sw.js") {
			t.Errorf("%s: Service-Worker-Allowed %q", address, scoped)
		}
		script := strings.HasPrefix(address, "/verify/") && path.Ext(address) == ".js"
		if a.header.Get("Content-Security-Policy") == "" == script {
			t.Errorf("%s: policy %q", address, a.header.Get("Content-Security-Policy"))
		}
	}
}

func TestManifest(t *testing.T) {
	s := newSite(t)
	var manifest struct {
		Name, Scope, Display string
		StartURL             string `json:"start_url"`
		Icons                []struct{ Src, Sizes, Type, Purpose string }
	}
	if err := json.Unmarshal(s.want("/verify/manifest.webmanifest").body, &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Name != "Giayto: kiểm tra giấy tờ" || manifest.StartURL != "/verify" || manifest.Scope != "/verify" || manifest.Display != "standalone" {
		t.Errorf("%+v", manifest)
	}
	has := map[string]bool{}
	for _, icon := range manifest.Icons {
		has[icon.Sizes+icon.Purpose] = true
		if a := s.want(icon.Src); a.header.Get("Content-Type") != icon.Type {
			t.Errorf("%s as %s", icon.Src, a.header.Get("Content-Type"))
		}
	}
	for _, want := range []string{"192x192", "512x512", "192x192maskable", "512x512maskable"} {
		if !has[want] {
			t.Errorf("no icon %s", want)
		}
	}
}

// TestFirstLoad counts everything but the reader of codes, although a browser
// takes only the fonts and icons that it needs.
func TestFirstLoad(t *testing.T) {
	s := newSite(t)
	total := len(s.want("/verify", "Accept-Encoding", "gzip").body)
	for address := range built(t) {
		if path.Ext(address) == ".wasm" || strings.HasPrefix(address, "/verify/reader-") {
			continue
		}
		n := len(s.want(address, "Accept-Encoding", "gzip").body)
		t.Logf("%7d %s", n, address)
		total += n
	}
	t.Logf("%7d in all", total)
	if total > firstLoad {
		t.Errorf("a first visit takes %d bytes, the bound is %d", total, firstLoad)
	}
}
