package representation

import (
	"strconv"
	"strings"
)

// maxEncodings bounds how many codings of an Accept-Encoding are looked at.
const maxEncodings = 16

// acceptsGzip evaluates Accept-Encoding (RFC 9110 section 12.5.3) for the one
// coding there is beside none. What "*" would allow is not used: a client that
// wants gzip says so.
func acceptsGzip(header string) bool {
	for range maxEncodings {
		var part string
		part, header, _ = strings.Cut(header, ",")
		coding, weight, weighted := strings.Cut(part, ";")
		if coding = strings.ToLower(strings.TrimSpace(coding)); coding == "gzip" || coding == "x-gzip" {
			return !weighted || positive(weight)
		}
		if header == "" {
			break
		}
	}
	return false
}

// positive reads q=0.5; what cannot be read is no.
func positive(weight string) bool {
	q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q=")
	value, err := strconv.ParseFloat(q, 64)
	return ok && err == nil && value > 0
}
