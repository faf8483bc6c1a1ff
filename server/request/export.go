package request

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

// Limits of a register export in one request; larger ones are sent in parts or
// go through the command line.
const (
	// MaxExport is the largest body in bytes, as sent.
	MaxExport = 8 << 20
	// MaxInflated is the largest export in bytes after decompression.
	MaxInflated = 32 << 20
	// MaxLines bounds the records, because each gets a result in the answer.
	MaxLines = 10_000
)

// Media types of an export.
const (
	MediaNDJSON = "application/x-ndjson"
	MediaGzip   = "application/gzip"
)

// gzipMagic begins every gzip file (RFC 1952 section 2.3.1).
var gzipMagic = []byte{0x1f, 0x8b}

// Export returns the body of a register export: lines of JSON, plain or gzip,
// the latter announced by its content type, by its content encoding or by
// nothing. It has been read to its end once, so that an export which breaks a
// limit or is cut off is refused before any of it is kept. The bytes are only
// valid during the request.
func Export(c *fiber.Ctx) ([]byte, error) {
	if err := mediaType(c, MediaNDJSON, MediaGzip); err != nil {
		return nil, err
	}
	encoding := strings.ToLower(c.Get(fiber.HeaderContentEncoding))
	if encoding != "" && encoding != "gzip" && encoding != "identity" {
		return nil, fault.New(fault.CodeRequestUnsupported, "expected Content-Encoding gzip or none")
	}
	body := c.BodyRaw() // Body would inflate without a bound
	packed := bytes.HasPrefix(body, gzipMagic)
	if encoding == "gzip" && !packed {
		return nil, wrong("", "the body is not gzip")
	}
	if len(body) > MaxExport {
		return nil, fault.Newf(fault.CodeRequestTooLarge, "at most %d bytes", MaxExport)
	}
	var in io.Reader = bytes.NewReader(body)
	if packed {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, wrong("", "the body is not a whole gzip file")
		}
		in = z
	}
	return body, measure(in)
}

// measure reads an export to its end and refuses one over the limits.
func measure(in io.Reader) error {
	chunk := make([]byte, 64<<10)
	size, lines, open := 0, 0, false
	for {
		n, err := in.Read(chunk)
		size += n
		lines += bytes.Count(chunk[:n], []byte{'\n'})
		if n > 0 {
			open = chunk[n-1] != '\n'
		}
		ended := errors.Is(err, io.EOF)
		if ended && open {
			lines++ // the last line may lack its end
		}
		switch {
		case size > MaxInflated:
			return fault.Newf(fault.CodeRequestTooLarge, "at most %d bytes after decompression", MaxInflated)
		case lines > MaxLines:
			return fault.Newf(fault.CodeRequestTooLarge, "at most %d lines", MaxLines)
		case ended:
			return nil
		case err != nil:
			return wrong("", "the body is not a whole gzip file")
		}
	}
}
