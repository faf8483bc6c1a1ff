package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/server/problem"
	"github.com/giayto/giayto/server/web"
	"github.com/giayto/giayto/verifier"
)

type pageData struct {
	TrustList *string          `json:"trust_list"`
	RootKeys  []map[string]any `json:"root_keys"`
	ServedAt  string           `json:"served_at"`
	Origin    string           `json:"origin"`
}

// dataOf cuts the data out of a page as an HTML parser does: up to the first
// thing that looks like the end of the element.
func dataOf(t *testing.T, html []byte) (raw []byte, data pageData) {
	t.Helper()
	_, rest, found := bytes.Cut(html, []byte(`<script type="application/json" id="giayto-data">`))
	raw, _, ended := bytes.Cut(rest, []byte("</script"))
	if !found || !ended {
		t.Fatalf("no data in %s", html)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&data); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return raw, data
}

func TestPageHoldsTheList(t *testing.T) {
	s := newSite(t)
	_, data := dataOf(t, s.want("/verify").body)
	if data.TrustList == nil || *data.TrustList != string(s.trust.text) {
		t.Errorf("list %v", data.TrustList)
	}
	if data.Origin != origin || data.ServedAt != "2026-11-23T03:00:00Z" {
		t.Errorf("origin %q, served at %q", data.Origin, data.ServedAt)
	}
	if len(data.RootKeys) != 1 || data.RootKeys[0]["kid"] != s.trust.list.Roots()[0].Thumbprint {
		t.Errorf("roots %v", data.RootKeys)
	}
}

// TestPageHoldsBothRoots: while one root hands over to the next, a page that was
// opened before goes on with the list that comes after.
func TestPageHoldsBothRoots(t *testing.T) {
	s := newSite(t)
	root, next := newKey(t), newKey(t)
	s.trust.publish(t, root, next)
	_, data := dataOf(t, s.want("/verify").body)
	var kids []any
	for _, key := range data.RootKeys {
		kids = append(kids, key["kid"])
		members := slices.Sorted(maps.Keys(key))
		if want := []string{"alg", "crv", "kid", "kty", "use", "x", "y"}; !slices.Equal(members, want) {
			t.Errorf("a root key with %v, want %v", members, want)
		}
	}
	want := []any{ok(verifier.NewKey(&root.PublicKey))(t).Thumbprint, ok(verifier.NewKey(&next.PublicKey))(t).Thumbprint}
	if !slices.Equal(kids, want) {
		t.Errorf("roots %v, want %v", kids, want)
	}
}

func TestPageWithoutList(t *testing.T) {
	s := newSite(t)
	s.trust.list, s.trust.text = nil, nil
	raw, data := dataOf(t, s.want("/verify").body)
	if data.TrustList != nil || !bytes.Contains(raw, []byte(`"trust_list":null`)) || !bytes.Contains(raw, []byte(`"root_keys":[]`)) {
		t.Errorf("%s", raw)
	}
	s.trust.root = ok(verifier.NewKey(&newKey(t).PublicKey))(t)
	if _, data = dataOf(t, s.want("/verify").body); len(data.RootKeys) != 1 || data.RootKeys[0]["kid"] != s.trust.root.Thumbprint {
		t.Errorf("roots %v", data.RootKeys)
	}
	s.trust.err = errors.New("/srv/giayto/root.jwk cannot be read")
	a := s.ask("GET", "/verify")
	if a.status != 500 || a.header.Get("Content-Type") != problem.MediaType || bytes.Contains(a.body, []byte("root.jwk")) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestDataStaysInItsElement: no value ends the element or begins a comment.
func TestDataStaysInItsElement(t *testing.T) {
	evil := "https://vi.example/</script><script>alert(1)</script><!--<script>&\u2028\u2029\"\\"
	s := newSite(t, func(d *web.Deps) { d.Origin = evil })
	clean := newSite(t)
	html, usual := s.want("/verify").body, clean.want("/verify").body
	raw, data := dataOf(t, html)
	if data.Origin != evil {
		t.Errorf("origin %q", data.Origin)
	}
	if bytes.ContainsAny(raw, "<>&\u2028\u2029") {
		t.Errorf("not escaped: %s", raw)
	}
	for _, tag := range []string{"<script", "</script", "<!--"} {
		if bytes.Count(html, []byte(tag)) != bytes.Count(usual, []byte(tag)) {
			t.Errorf("%d of %s", bytes.Count(html, []byte(tag)), tag)
		}
	}
}

// TestPageTag: the tag changes with the list and every five minutes, and with
// nothing else.
func TestPageTag(t *testing.T) {
	s := newSite(t)
	tag := func() string { return s.want("/verify").header.Get("ETag") }
	first := tag()
	s.now = start.Add(2*time.Minute + 59*time.Second)
	if tag() != first {
		t.Error("another tag for the same page")
	}
	for _, accept := range []string{"identity", "gzip"} {
		a := s.ask("GET", "/verify", "If-None-Match", first, "Accept-Encoding", accept)
		if a.status != 304 || len(a.body) != 0 || a.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d with %d bytes, %v", accept, a.status, len(a.body), a.header)
		}
	}
	s.now = start.Add(3 * time.Minute)
	second := tag()
	if second == first {
		t.Error("the same tag in the next five minutes")
	}
	s.trust.publish(t, newKey(t), nil)
	if tag() == second {
		t.Error("the same tag with another list")
	}
	if a := s.ask("GET", "/verify", "If-None-Match", first); a.status != 200 {
		t.Errorf("an old tag gives %d", a.status)
	}
}

// TestWalletPage: it is the same for everybody, whoever is signed in, and tells
// nothing but the origin.
func TestWalletPage(t *testing.T) {
	s := newSite(t)
	first := s.want("/wallet")
	raw, _ := dataOf(t, first.body)
	if string(raw) != `{"origin":"`+origin+`"}` {
		t.Errorf("%s", raw)
	}
	s.now = start.Add(24 * time.Hour)
	s.trust.publish(t, newKey(t), nil)
	again := s.want("/wallet", "Cookie", "__Host-giayto=3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if !bytes.Equal(again.body, first.body) || again.header.Get("ETag") != first.header.Get("ETag") || again.header.Get("Set-Cookie") != "" {
		t.Errorf("another page: %v", again.header)
	}
	if a := s.ask("GET", "/wallet", "If-None-Match", first.header.Get("ETag")); a.status != 304 || a.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", a.status, a.header)
	}
	s.trust.err, s.trust.list = errors.New("no root"), nil
	s.want("/wallet") // it needs none
}

// TestMarkup: the policy of the pages allows no script, style or handler in them.
func TestMarkup(t *testing.T) {
	s := newSite(t)
	for _, page := range pages {
		html := string(s.want(page).body)
		if strings.Count(html, "<script") != 2 || !strings.Contains(html, `<script type="module" src="/assets/`) {
			t.Errorf("%s: a script beside the data and the one module", page)
		}
		for _, inline := range []string{"<style", " style=", " onload=", " onclick=", "javascript:", "http://", "https://fonts"} {
			if strings.Contains(html, inline) {
				t.Errorf("%s holds %q", page, inline)
			}
		}
		if !strings.HasPrefix(html, "<!doctype html>") || !strings.Contains(html, `<html lang="vi"`) {
			t.Errorf("%s begins %.40s", page, html)
		}
	}
}
