package public

import "github.com/giayto/giayto/server/representation"

// cacheControl of what everybody may fetch: five minutes is short against the
// day in which a trust list is renewed, and long against a rush at a counter.
const cacheControl = "public, max-age=300"

// newFile tags the body with its own hash.
func newFile(mediaType string, body []byte) representation.File {
	return representation.New(mediaType, cacheControl, body)
}
