package public

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// cacheControl of what everybody may fetch: five minutes is short against the
// day in which a trust list is renewed, and long against a rush at a counter.
const cacheControl = "public, max-age=300"

// file is an answer that is the same for everybody.
type file struct {
	mediaType string
	body      []byte
	etag      string
	cache     string // Cache-Control; cacheControl when empty
}

// newFile tags the body with its own hash (a strong validator, RFC 9110 section
// 8.8.1), after the name of what it was made from if that has one.
func newFile(mediaType string, body []byte, source string) file {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:16])
	if source != "" {
		tag = source + "." + tag[:8]
	}
	return file{mediaType: mediaType, body: body, etag: `"` + tag + `"`}
}

func (f file) serve(c *fiber.Ctx) error {
	c.Set(fiber.HeaderETag, f.etag)
	c.Set(fiber.HeaderCacheControl, cmp.Or(f.cache, cacheControl))
	if matches(c.Get(fiber.HeaderIfNoneMatch), f.etag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, f.mediaType)
	return c.Send(f.body)
}

// matches evaluates If-None-Match by weak comparison (RFC 9110 section 13.1.2).
func matches(header, etag string) bool {
	for header != "" {
		var one string
		one, header, _ = strings.Cut(header, ",")
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == "*" || one == etag {
			return true
		}
	}
	return false
}
