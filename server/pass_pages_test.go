package server_test

import (
	"regexp"
	"strings"
	"testing"
)

// pagesPass loads the checker page and everything that it and its service worker
// name, as a browser does.
func pagesPass(t *testing.T, w *world) {
	html := w.do(call{method: "GET", path: "/verify"}).want(200)
	sw := w.do(call{method: "GET", path: "/verify/sw.js"}).want(200)
	paths := map[string]bool{"/verify": true, "/verify/sw.js": true}
	for _, found := range regexp.MustCompile(`"(/(?:verify|assets)/[^"]+)"`).FindAllSubmatch(append(html.body, sw.body...), -1) {
		paths[string(found[1])] = true
	}
	if len(paths) < 15 {
		t.Errorf("the page names only %v", paths)
	}
	for path := range paths {
		etag := w.do(call{method: "GET", path: path}).want(200).header.Get("ETag")
		if !strings.HasPrefix(etag, `"`) {
			t.Errorf("%s: ETag %q", path, etag)
		}
		again := w.do(call{method: "GET", path: path, header: map[string]string{"If-None-Match": etag}}).want(304)
		if len(again.body) != 0 || again.header.Get("ETag") != etag {
			t.Errorf("%s: 304 with %d bytes", path, len(again.body))
		}
	}
	w.do(call{method: "GET", path: "/verify/"}).want(308)
	w.do(call{method: "GET", path: "/verify/other.js"}).refused(404, "request.no_such_route")
	w.do(call{method: "GET", path: "/assets/other.js"}).refused(404, "request.no_such_route")
}
