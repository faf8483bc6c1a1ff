package web

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/giayto/giayto/server/representation"
)

// dist is what web/build.mjs wrote: a page NAME.html with the folder NAME for each
// page, and assets. The folders are served under these names.
//
//go:embed dist
var dist embed.FS

// Cache-Control of what has a hash in its name, and of what stands at a fixed
// address and must be asked for each time.
const (
	immutable = "public, max-age=31536000, immutable"
	askAgain  = "no-cache"
)

// mediaTypes of all that a build gives. The packed kinds (PNG, WOFF2) gain
// nothing from gzip.
var mediaTypes = map[string]struct {
	name   string
	packed bool
}{
	".css":         {"text/css; charset=utf-8", false},
	".html":        {"text/html; charset=utf-8", false},
	".js":          {"text/javascript; charset=utf-8", false},
	".png":         {"image/png", true},
	".svg":         {"image/svg+xml", false},
	".wasm":        {"application/wasm", false},
	".webmanifest": {"application/manifest+json", false},
	".woff2":       {"font/woff2", true},
}

// files are all files of dist by the path below it, such as
// assets/verify-2T3XKQ7M.js. They are read and compressed once for all servers of
// a process.
var files = sync.OnceValues(func() (map[string]representation.File, error) {
	all := map[string]representation.File{}
	err := fs.WalkDir(dist, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kind, ok := mediaTypes[path.Ext(name)]
		if !ok {
			return fmt.Errorf("web: %s has no media type", name)
		}
		body, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		f := representation.New(kind.name, cacheOf(path.Base(name)), body)
		if !kind.packed {
			f = f.Compressed()
		}
		all[strings.TrimPrefix(name, "dist/")] = f
		return nil
	})
	return all, err
})

// hashed matches a name that never changes its content: NAME-HASH.EXTENSION.
var hashed = regexp.MustCompile(`-([0-9A-Z]{8}|[0-9a-f]{16})\.[a-z0-9]+$`)

// cacheOf tells the two kinds of names apart.
func cacheOf(name string) string {
	if hashed.MatchString(name) {
		return immutable
	}
	return askAgain
}
