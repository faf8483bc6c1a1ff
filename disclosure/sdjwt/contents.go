package sdjwt

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"unicode/utf8"
)

// contents is the decoded inside of a token: the signed payload and the
// disclosures that came with it, found by digest.
type contents struct {
	payload     *object
	disclosures []disclosure
	digests     string         // of the disclosures, digestTextBytes each
	byDigest    map[string]int // nil when there are few
}

// decode reads payload and disclosures (RFC 9901 section 7.1, up to step 3.a).
func (s *SDJWT) decode(sc *scratch) (*contents, error) {
	payload, err := decodeObject(sc, s.jwt.payload, inPayload, ReasonPayload)
	if err != nil {
		return nil, err
	}
	if alg, ok := payload.get(nameAlgorithm); ok && alg != hashAlgorithm {
		return nil, inPayload.refuse(ReasonHashAlgorithm)
	}
	c := &contents{
		payload:     payload,
		disclosures: make([]disclosure, len(s.disclosures)),
		digests:     s.digests(),
	}
	if len(s.disclosures) > linearNames {
		c.byDigest = make(map[string]int, len(s.disclosures))
	}
	text, err := s.decodeDisclosures(sc)
	if err != nil {
		return nil, err
	}
	for i := range s.disclosures {
		where := inDisclosure(i)
		size := strict64.DecodedLen(len(s.disclosures[i]))
		if c.disclosures[i], err = decodeDisclosure(sc, text[:size], where); err != nil {
			return nil, err
		}
		digest := c.digest(i)
		if found, dup := c.find(digest); dup && found < i {
			return nil, where.refuse(ReasonDuplicateDisclosure)
		}
		if c.byDigest != nil {
			c.byDigest[digest] = i
		}
		text = text[size:]
	}
	return c, nil
}

func (c *contents) digest(i int) string {
	return c.digests[i*digestTextBytes : (i+1)*digestTextBytes]
}

// find returns the first disclosure with the digest.
func (c *contents) find(digest string) (int, bool) {
	if c.byDigest != nil {
		i, ok := c.byDigest[digest]
		return i, ok
	}
	for i := range c.disclosures {
		if c.digest(i) == digest {
			return i, true
		}
	}
	return 0, false
}

// decodeDisclosures returns the JSON of all disclosures, one behind the other,
// and digests what their digests are: one piece of memory each for all of them,
// since a presentation has a few and is verified in less time than it takes to
// clean up after many.
func (s *SDJWT) decodeDisclosures(sc *scratch) (string, error) {
	size := 0
	for _, text := range s.disclosures {
		size += strict64.DecodedLen(len(text))
	}
	raw, at := sc.bytes(size), 0
	for i, text := range s.disclosures {
		n, err := strict64.Decode(raw[at:], []byte(text))
		if err != nil {
			return "", inDisclosure(i).refuse(ReasonEncoding)
		}
		if !utf8.Valid(raw[at : at+n]) {
			return "", inDisclosure(i).refuse(ReasonNotUTF8)
		}
		at += n
	}
	return string(raw), nil
}

func (s *SDJWT) digests() string {
	all := make([]byte, 0, len(s.disclosures)*digestTextBytes)
	var sum [sha256.Size]byte
	rest := s.bound()[len(s.jwt.text)+len("~"):]
	for _, text := range s.disclosures {
		sum = sha256.Sum256(rest[:len(text)])
		rest = rest[len(text)+len("~"):]
		all = base64.RawURLEncoding.AppendEncode(all, sum[:])
	}
	return string(all)
}

// digestSet compares a few digests one by one; beyond linearNames a map keeps a
// hostile token from costing quadratic time.
type digestSet struct {
	list  []string
	index map[string]struct{}
}

func (s *digestSet) has(digest string) bool {
	if s.index == nil {
		return slices.Contains(s.list, digest)
	}
	_, ok := s.index[digest]
	return ok
}

// add returns false when the digest is there already.
func (s *digestSet) add(digest string) bool {
	if s.has(digest) {
		return false
	}
	if s.index == nil && len(s.list) < linearNames {
		if s.list == nil {
			s.list = make([]string, 0, linearNames)
		}
		s.list = append(s.list, digest)
		return true
	}
	if s.index == nil {
		s.index = make(map[string]struct{}, 4*linearNames)
		for _, d := range s.list {
			s.index[d] = struct{}{}
		}
	}
	s.index[digest] = struct{}{}
	return true
}
