package web_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/server/problem"
)

// firstLoad bounds what a first visit takes over the wire, in bytes, without the
// reader of codes, which is loaded when somebody scans.
const firstLoad = 350 << 10

// walletScript bounds the scripts of the wallet over the wire, in bytes, without the
// reader of codes.
const walletScript = 150 << 10

// pages are the addresses of the pages.
var pages = []string{"/verify", "/wallet"}

// fixed says whether an address names its content anew at each release.
func fixed(address string) bool {
	return path.Base(address) == "sw.js" || path.Base(address) == "manifest.webmanifest"
}

// built lists the files of dist as the addresses that give them, without the pages.
func built(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root := os.DirFS("dist")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) != ".html" {
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
		if fixed(address) {
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
		if hashed.MatchString(address) == fixed(address) {
			t.Error(address)
		}
	}
}

func TestNothingElse(t *testing.T) {
	s := newSite(t)
	for _, address := range []string{"/assets", "/assets/", "/assets/none.js", "/assets/sw.js", "/assets/verify.html", "/assets/..%2fverify.html",
		"/assets/%2e%2e%2fverify%2fsw.js", "/assets/..%5cverify.html", "/assets/.", "/assets/x/../../verify.html", "/assets//verify.html",
		"/assets/%00", "/assets/sw.js%00.png", "/assets/verify/sw.js", "/verify/verify.html", "/verify/sw.js/", "/verify/sw.JS",
		"/verify/..%2fverify.html", "/verify/sw.js.map", "/Verify", "/verify.html", "/wallet.html", "/wallet/wallet.html", "/Wallet",
		"/wallet/..%2fverify%2fsw.js", "/wallet/history", "/verify/..%2fwallet.html", "/dist/verify.html", "/verify/page.go",
		"/assets/..%2f..%2f..%2f..%2fetc%2fpasswd", "/assets/" + strings.Repeat("a", 2000)} {
		for _, method := range []string{"GET", "HEAD"} {
			a := s.ask(method, address)
			if a.status != 404 || a.header.Get("Content-Type") != problem.MediaType || strings.Contains(a.header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s %.60s: %d %v", method, address, a.status, a.header)
			}
		}
	}
	for _, page := range pages {
		if a := s.ask("GET", page+"/"); a.status != 308 || a.header.Get("Location") != page {
			t.Errorf("%s/: %d %v", page, a.status, a.header)
		}
		if a := s.ask("POST", page); a.status != 405 && a.status != 404 {
			t.Errorf("POST %s: %d", page, a.status)
		}
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
	wallet := s.want("/wallet")
	for _, name := range []string{"Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cache-Control"} {
		if page.header.Get(name) == "" || wallet.header.Get(name) != page.header.Get(name) {
			t.Errorf("%s: the wallet has %q, the checker %q", name, wallet.header.Get(name), page.header.Get(name))
		}
	}
	if page.header.Get("Cross-Origin-Opener-Policy") != "same-origin" {
		t.Errorf("%v", page.header)
	}
	// Passkeys are for the wallet alone, and everything else is off in both.
	passkeys := []string{"publickey-credentials-create", "publickey-credentials-get"}
	for _, c := range []struct {
		page answer
		on   []string
	}{{page, []string{"camera", "screen-wake-lock"}}, {wallet, append([]string{"camera", "screen-wake-lock"}, passkeys...)}} {
		got := strings.Split(c.page.header.Get("Permissions-Policy"), ", ")
		for _, feature := range got {
			name, value, _ := strings.Cut(feature, "=")
			if want := map[bool]string{true: "(self)", false: "()"}[slices.Contains(c.on, name)]; value != want {
				t.Errorf("%s: %s, want %s", name, value, want)
			}
		}
		for _, name := range append([]string{"microphone", "geolocation", "payment", "camera", "screen-wake-lock"}, passkeys...) {
			if !slices.ContainsFunc(got, func(feature string) bool { return strings.HasPrefix(feature, name+"=") }) {
				t.Errorf("nothing is said of %s: %v", name, got)
			}
		}
	}
	for address := range built(t) {
		a := s.want(address)
		wasm := strings.Contains(a.header.Get("Content-Security-Policy"), "'wasm-unsafe-eval'")
		if wasm != strings.HasPrefix(path.Base(address), "reader-") {
			t.Errorf("%s may compile WebAssembly: %v", address, wasm)
		}
		scope := ""
		if path.Base(address) == "sw.js" {
			scope = path.Dir(address)
		}
		if scoped := a.header.Get("Service-Worker-Allowed"); scoped != scope {
			t.Errorf("%s: Service-Worker-Allowed %q", address, scoped)
		}
		script := !strings.HasPrefix(address, "/assets/") && path.Ext(address) == ".js"
		if a.header.Get("Content-Security-Policy") == "" == script {
			t.Errorf("%s: policy %q", address, a.header.Get("Content-Security-Policy"))
		}
	}
}

func TestManifest(t *testing.T) {
	s := newSite(t)
	for page, name := range map[string]string{"/verify": "Giayto: kiểm tra giấy tờ", "/wallet": "Giayto: ví giấy tờ"} {
		var manifest struct {
			ID, Name, Scope, Display string
			StartURL                 string `json:"start_url"`
			Icons                    []struct{ Src, Sizes, Type, Purpose string }
		}
		if err := json.Unmarshal(s.want(page+"/manifest.webmanifest").body, &manifest); err != nil {
			t.Fatal(err)
		}
		if manifest.Name != name || manifest.ID != page || manifest.StartURL != page || manifest.Scope != page || manifest.Display != "standalone" {
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
				t.Errorf("%s: no icon %s", page, want)
			}
		}
	}
}

// loads lists the addresses that a page's service worker keeps, the page among
// them: all that the page can load but, for the wallet, the reader of codes.
func loads(t *testing.T, s *site, page string) []string {
	t.Helper()
	list := regexp.MustCompile(`\["/assets/[^\]]+\]`).Find(s.want(page + "/sw.js").body)
	var addresses []string
	if err := json.Unmarshal(list, &addresses); err != nil || !slices.Contains(addresses, page) {
		t.Fatalf("%s: %v in %s", page, err, list)
	}
	return addresses
}

// TestFirstLoad counts everything but the reader of codes, although a browser
// takes only the fonts and icons that it needs; and the scripts of the wallet, all
// that it may ever load.
func TestFirstLoad(t *testing.T) {
	s := newSite(t)
	for page, bound := range map[string]int{"/verify": firstLoad, "/wallet": firstLoad + walletScript} {
		total, script := 0, len(s.want(page+"/sw.js", "Accept-Encoding", "gzip").body)
		for _, address := range loads(t, s, page) {
			if path.Ext(address) == ".wasm" || strings.HasPrefix(address, page+"/reader-") {
				continue
			}
			n := len(s.want(address, "Accept-Encoding", "gzip").body)
			t.Logf("%7d %s", n, address)
			if total += n; path.Ext(address) == ".js" {
				script += n
			}
		}
		t.Logf("%7d in all, %d of it scripts", total+script, script)
		if total > bound {
			t.Errorf("a first visit of %s takes %d bytes, the bound is %d", page, total, bound)
		}
		if page == "/wallet" && script > walletScript {
			t.Errorf("the wallet has %d bytes of scripts, the bound is %d", script, walletScript)
		}
	}
}

// TestWalletKeepsNoReader: where it reads a code it asks the server next, and a
// megabyte is too much to keep for that.
func TestWalletKeepsNoReader(t *testing.T) {
	s := newSite(t)
	for page, keeps := range map[string]bool{"/verify": true, "/wallet": false} {
		wasm := slices.ContainsFunc(loads(t, s, page), func(address string) bool { return path.Ext(address) == ".wasm" })
		reader := slices.ContainsFunc(loads(t, s, page), func(address string) bool { return strings.HasPrefix(address, page+"/reader-") })
		if wasm != keeps || reader != keeps {
			t.Errorf("%s keeps the reader: %v, %v", page, wasm, reader)
		}
	}
}
