package sdjwt

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// Integrity returns the integrity metadata of a document, exactly as it is
// served, byte for byte: the value of vct#integrity for type metadata
// (draft-ietf-oauth-sd-jwt-vc-25, "Document Integrity").
func Integrity(document []byte) string {
	sum := sha256.Sum256(document)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// CheckIntegrity tells whether document is the one that integrity metadata, such
// as the value of vct#integrity, stands for. Of several hashes the strongest
// algorithm decides, and one hash of it must match (W3C Subresource Integrity,
// section 3.3.5). Metadata without a hash that we can compute is refused with
// ReasonIntegrity: browsers let such a document pass, but here it decides what
// a credential means.
func CheckIntegrity(metadata string, document []byte) error {
	strongest, err := strongestHash(metadata)
	if err != nil {
		return err
	}
	var sum []byte
	switch strongest {
	case sha256.Size:
		s := sha256.Sum256(document)
		sum = s[:]
	case sha512.Size384:
		s := sha512.Sum384(document)
		sum = s[:]
	case sha512.Size:
		s := sha512.Sum512(document)
		sum = s[:]
	}
	for rest := metadata; rest != ""; {
		var hash integrityHash
		if hash, rest, err = nextHash(rest); err != nil {
			return err
		}
		if hash.size == strongest && subtle.ConstantTimeCompare(hash.sum[:hash.size], sum) == 1 {
			return nil
		}
	}
	return refuse(ReasonIntegrity, "document")
}

// strongestHash reads integrity metadata as a whole and returns the length of
// its strongest hash, which tells the algorithm.
func strongestHash(metadata string) (int, error) {
	if len(metadata) > MaxIntegrityBytes {
		return 0, refuse(ReasonTooLarge, "integrity")
	}
	strongest := 0
	for rest := metadata; rest != ""; {
		var hash integrityHash
		var err error
		if hash, rest, err = nextHash(rest); err != nil {
			return 0, err
		}
		strongest = max(strongest, hash.size)
	}
	if strongest == 0 {
		return 0, refuse(ReasonIntegrity, "integrity")
	}
	return strongest, nil
}

// integrityHash is one hash of integrity metadata; size is 0 for an algorithm we
// do not know.
type integrityHash struct {
	sum  [sha512.Size + 2]byte
	size int
}

const integritySpace = " \t\n\f\r"

// nextHash reads the first of the hashes, which stand between white space: each
// is alg-base64, possibly followed by ?options, which mean nothing to us. Unknown
// algorithms are skipped, as the recommendation says; a known one with something
// that is no hash of it is refused.
func nextHash(text string) (hash integrityHash, rest string, err error) {
	text = strings.TrimLeft(text, integritySpace)
	if i := strings.IndexAny(text, integritySpace); i >= 0 {
		text, rest = text[:i], text[i:]
	}
	algorithm, value, _ := strings.Cut(text, "-")
	size := 0
	switch algorithm {
	case "sha256":
		size = sha256.Size
	case "sha384":
		size = sha512.Size384
	case "sha512":
		size = sha512.Size
	default:
		return hash, rest, nil
	}
	value, _, _ = strings.Cut(value, "?")
	enc := base64.StdEncoding.Strict()
	if len(value) != enc.EncodedLen(size) {
		return hash, "", refuse(ReasonIntegrity, "integrity")
	}
	if hash.size, err = enc.Decode(hash.sum[:], []byte(value)); err != nil || hash.size != size {
		return hash, "", refuse(ReasonIntegrity, "integrity")
	}
	return hash, rest, nil
}
