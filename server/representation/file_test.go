package representation_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/server/representation"
)

// get sends one request to a server of the file.
func get(t *testing.T, f representation.File, method string, header map[string]string) (*http.Response, []byte) {
	t.Helper()
	app := fiber.New()
	app.Get("/", f.Send)
	r := httptest.NewRequestWithContext(t.Context(), method, "/", http.NoBody)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

var (
	long  = []byte(strings.Repeat("Giấy tờ. ", 500))
	plain = representation.New("text/plain; charset=utf-8", "no-cache", long)
	both  = plain.Compressed()
)

func TestSend(t *testing.T) {
	response, body := get(t, plain, "GET", map[string]string{"Accept-Encoding": "gzip"})
	if response.StatusCode != 200 || !bytes.Equal(body, long) {
		t.Fatalf("%d with %d bytes", response.StatusCode, len(body))
	}
	for name, want := range map[string]string{"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache", "Content-Encoding": "", "Vary": ""} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s %q, want %q", name, got, want)
		}
	}
	head, body := get(t, plain, "HEAD", nil)
	if head.StatusCode != 200 || len(body) != 0 || head.Header.Get("ETag") != response.Header.Get("ETag") {
		t.Errorf("HEAD: %d, %d bytes, %v", head.StatusCode, len(body), head.Header)
	}
}

func TestAcceptEncoding(t *testing.T) {
	for accept, packed := range map[string]bool{
		"": false, "gzip": true, "x-gzip": true, "GZIP": true, "br, gzip": true, "br;q=1.0, gzip;q=0.2": true, "gzip ; q=0.001": true,
		"gzip;q=0": false, "gzip;q=0.000": false, "gzip;q=much": false, "gzip;q=": false, "gzip;level=9": false, "br": false, "*": false,
		"identity": false, "gzipped": false, ",": false, ", ,gzip": true, strings.Repeat("br,", 30) + "gzip": false,
	} {
		response, body := get(t, both, "GET", map[string]string{"Accept-Encoding": accept})
		if got := response.Header.Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("%q: compressed %v", accept, got)
		}
		if response.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: Vary %q", accept, response.Header.Get("Vary"))
		}
		want := both.ETag
		if packed {
			want = both.GzipETag
			r, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(body, long) || response.Header.Get("ETag") != want {
			t.Errorf("%q: %d bytes under %s", accept, len(body), response.Header.Get("ETag"))
		}
	}
}

func TestIfNoneMatch(t *testing.T) {
	for match, same := range map[string]bool{
		both.ETag: true, both.GzipETag: true, "W/" + both.ETag: true, `"a", ` + both.ETag + `, "b"`: true, "*": true, "," + both.ETag: true,
		"": false, `"other"`: false, strings.Trim(both.ETag, `"`): false, both.ETag[:9] + `"`: false, "w/" + both.ETag: false,
	} {
		for accept, tag := range map[string]string{"": both.ETag, "gzip": both.GzipETag} {
			response, body := get(t, both, "GET", map[string]string{"If-None-Match": match, "Accept-Encoding": accept})
			if got := response.StatusCode == 304; got != same || got && len(body) != 0 {
				t.Errorf("%s: %d with %d bytes", match, response.StatusCode, len(body))
			}
			if response.Header.Get("ETag") != tag || response.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: %v", match, response.Header)
			}
		}
	}
	// There is no other form whose tag could match.
	if response, _ := get(t, plain, "GET", map[string]string{"If-None-Match": `""`}); response.StatusCode != 200 {
		t.Errorf("an empty tag: %d", response.StatusCode)
	}
}

// What compression makes larger stays as it is.
func TestNotWorthCompressing(t *testing.T) {
	if f := representation.New("text/plain", "no-cache", []byte("x")).Compressed(); f.Gzip != nil || f.GzipETag != "" {
		t.Errorf("%+v", f)
	}
}

func TestTags(t *testing.T) {
	one, two := representation.New("a/b", "", []byte("1")), representation.New("a/b", "", []byte("2"))
	if one.ETag == two.ETag || one.ETag != representation.New("c/d", "x", []byte("1")).ETag {
		t.Errorf("%s and %s", one.ETag, two.ETag)
	}
	if a, b := representation.NamedTag("n", []byte("1")), representation.NamedTag("n", []byte("2")); a == b || !strings.HasPrefix(a, `"n.`) {
		t.Errorf("%s and %s", a, b)
	}
}
