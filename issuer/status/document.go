package status

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Document is something published, in both forms in which it is sent. It is
// made once and read by many; nobody may change its bytes.
type Document struct {
	Body []byte
	Gzip []byte // Body, compressed (RFC 1952)
	// ETag and GzipETag are strong validators with their quotes: each form has
	// its own (RFC 9110 section 8.8.3.3).
	ETag     string
	GzipETag string
	// MaxAge is how long a cache may keep it.
	MaxAge time.Duration

	ends time.Time
}

func newDocument(body []byte, ends time.Time) (Document, error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(body); err != nil {
		return Document{}, fmt.Errorf("status lists: %w", err)
	}
	if err := z.Close(); err != nil {
		return Document{}, fmt.Errorf("status lists: %w", err)
	}
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:16])
	return Document{Body: body, Gzip: packed.Bytes(), ETag: `"` + tag + `"`, GzipETag: `"` + tag + `.gz"`,
		MaxAge: TTL, ends: ends}, nil
}
