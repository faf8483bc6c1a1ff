package representation

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// File is an answer that is the same for everybody.
type File struct {
	MediaType string
	Cache     string // Cache-Control
	Body      []byte
	ETag      string // a strong validator, with its quotes
	// Gzip is Body compressed (RFC 1952); nil where there is only Body. Each
	// form has a tag of its own (RFC 9110 section 8.8.3.3).
	Gzip     []byte
	GzipETag string
}

// New returns a File with only Body, tagged with its hash.
func New(mediaType, cache string, body []byte) File {
	return File{MediaType: mediaType, Cache: cache, Body: body, ETag: `"` + digest(body) + `"`}
}

// digest is enough of a hash that two bodies do not share it.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// NamedTag is the tag of a body that was made from something with a name, which
// stands first, then a part of the body's own hash.
func NamedTag(name string, body []byte) string {
	return `"` + name + "." + digest(body)[:8] + `"`
}

// Compressed adds the form with compression, if it is the smaller one.
func (f File) Compressed() File {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return f // the level is one that exists
	}
	_, _ = w.Write(f.Body) // a Buffer takes everything
	_ = w.Close()
	if packed.Len() < len(f.Body) {
		f.Gzip = packed.Bytes()
		f.GzipETag = strings.TrimSuffix(f.ETag, `"`) + `.gzip"`
	}
	return f
}

// Send answers with the form that is asked for, or that the client has it.
func (f File) Send(c *fiber.Ctx) error {
	body, etag := f.Body, f.ETag
	packed := f.Gzip != nil && acceptsGzip(c.Get(fiber.HeaderAcceptEncoding))
	if packed {
		body, etag = f.Gzip, f.GzipETag
	}
	if f.Gzip != nil {
		c.Vary(fiber.HeaderAcceptEncoding)
	}
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, f.Cache)
	if match := c.Get(fiber.HeaderIfNoneMatch); matches(match, f.ETag) || f.Gzip != nil && matches(match, f.GzipETag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	if packed {
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	c.Set(fiber.HeaderContentType, f.MediaType)
	return c.Send(body)
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
