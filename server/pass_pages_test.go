package server_test

import (
	"regexp"
	"strings"
	"testing"
)

// pagesPass loads the pages and everything that they and their service workers
// name, as a browser does.
func pagesPass(t *testing.T, w *world) {
	for _, page := range []string{"/verify", "/wallet"} {
		html := w.do(call{method: "GET", path: page}).want(200)
		sw := w.do(call{method: "GET", path: page + "/sw.js"}).want(200)
		paths := map[string]bool{page: true, page + "/sw.js": true}
		for _, found := range regexp.MustCompile(`"(/(?:verify|wallet|assets)/[^"]+)"`).FindAllSubmatch(append(html.body, sw.body...), -1) {
			paths[string(found[1])] = true
		}
		if len(paths) < 15 {
			t.Errorf("%s names only %v", page, paths)
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
		w.do(call{method: "GET", path: page + "/"}).want(308)
		w.do(call{method: "GET", path: page + "/other.js"}).refused(404, "request.no_such_route")
	}
	w.do(call{method: "GET", path: "/assets/other.js"}).refused(404, "request.no_such_route")
}
