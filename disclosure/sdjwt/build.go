package sdjwt

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// builder turns a tree of nodes into JSON and collects the disclosures.
type builder struct {
	rand        io.Reader
	disclosures []string
	path        []string // names from the root, for errors
	sealed      bool     // inside a claim that must always be visible
	random      [sha256.Size]byte
	scratch     []byte // reused for every disclosure's text
	buffer      bytes.Buffer
	encoder     *json.Encoder
}

func newBuilder(random io.Reader) *builder {
	b := &builder{rand: random}
	if b.rand == nil {
		b.rand = rand.Reader
	}
	b.encoder = json.NewEncoder(&b.buffer)
	// Escaping <, > and & protects HTML pages, and would make every other
	// implementation's disclosures of the same claim look different from ours.
	b.encoder.SetEscapeHTML(false)
	return b
}

func (b *builder) refuse(reason Reason) error {
	return refuse(reason, strings.Join(b.path, "."))
}

// object appends the object made of nodes that stands at the given depth, the
// payload being at depth 1.
func (b *builder) object(dst []byte, nodes []Node, decoys, depth int) ([]byte, error) {
	if err := b.checkLevel(decoys, depth); err != nil {
		return nil, err
	}
	dst = append(dst, '{')
	start := len(dst)
	var digests []string
	for i := range nodes {
		n := &nodes[i]
		b.path = append(b.path, n.Name)
		if err := b.checkMember(nodes[:i], n, depth); err != nil {
			return nil, err
		}
		if n.Disclosable {
			digest, err := b.disclose(n, depth)
			if err != nil {
				return nil, err
			}
			digests = append(digests, digest)
		} else {
			var err error
			if dst, err = b.member(separate(dst, start), n, depth); err != nil {
				return nil, err
			}
		}
		b.path = b.path[:len(b.path)-1]
		if depth == 1 {
			b.sealed = false
		}
	}
	for range decoys {
		digest, err := b.decoy()
		if err != nil {
			return nil, err
		}
		digests = append(digests, digest)
	}
	if len(digests) > 0 {
		dst = appendDigests(separate(dst, start), digests)
	}
	return append(dst, '}'), nil
}

// separate appends a comma unless the container that starts at start is empty.
func separate(dst []byte, start int) []byte {
	if len(dst) == start {
		return dst
	}
	return append(dst, ',')
}

// member appends "name":value.
func (b *builder) member(dst []byte, n *Node, depth int) ([]byte, error) {
	dst, err := b.string(dst, n.Name)
	if err != nil {
		return nil, err
	}
	return b.value(append(dst, ':'), n, depth)
}

func appendDigests(dst []byte, digests []string) []byte {
	slices.Sort(digests)
	dst = append(dst, `"`+nameDigests+`":[`...)
	for i, digest := range digests {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, digest...)
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

func (b *builder) array(dst []byte, n *Node, depth int) ([]byte, error) {
	if err := b.checkLevel(n.Decoys, depth); err != nil {
		return nil, err
	}
	dst = append(dst, '[')
	start := len(dst)
	for i := range n.Items {
		var err error
		b.path = append(b.path, strconv.Itoa(i))
		if dst, err = b.item(separate(dst, start), &n.Items[i], depth); err != nil {
			return nil, err
		}
		b.path = b.path[:len(b.path)-1]
	}
	// Behind the elements, so that their indexes stay what the caller gave.
	for range n.Decoys {
		digest, err := b.decoy()
		if err != nil {
			return nil, err
		}
		if dst, err = b.element(separate(dst, start), digest, depth); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func (b *builder) item(dst []byte, item *Node, depth int) ([]byte, error) {
	switch {
	case item.Name != "":
		return nil, b.refuse(ReasonClaim)
	case !item.Disclosable:
		return b.value(dst, item, depth)
	case b.sealed:
		return nil, b.refuse(ReasonNotDisclosable)
	}
	digest, err := b.disclose(item, depth)
	if err != nil {
		return nil, err
	}
	return b.element(dst, digest, depth)
}

// element appends {"...": digest}, an object of its own and therefore one level
// further down.
func (b *builder) element(dst []byte, digest string, depth int) ([]byte, error) {
	if depth+1 > MaxDepth {
		return nil, b.refuse(ReasonTooDeep)
	}
	return append(dst, `{"`+nameElement+`":"`+digest+`"}`...), nil
}

func (b *builder) checkLevel(decoys, depth int) error {
	switch {
	case depth > MaxDepth:
		return b.refuse(ReasonTooDeep)
	case decoys < 0 || decoys > MaxDecoys:
		return b.refuse(ReasonOptions)
	case decoys > 0 && b.sealed:
		return b.refuse(ReasonNotDisclosable)
	}
	return nil
}

// checkMember applies the rules for names, and seals the claims that must stay
// visible whole.
func (b *builder) checkMember(before []Node, n *Node, depth int) error {
	switch {
	case n.Name == "" || !utf8.ValidString(n.Name):
		return b.refuse(ReasonClaim)
	case reserved(n.Name):
		return b.refuse(ReasonReservedName)
	case depth == 1 && isTime(n.Name) && (n.Members != nil || n.Items != nil || n.Array):
		return b.refuse(ReasonTime)
	}
	for i := range before {
		if before[i].Name == n.Name {
			return b.refuse(ReasonNameCollision)
		}
	}
	if depth == 1 && neverDisclosable(n.Name) {
		b.sealed = true
	}
	if b.sealed && n.Disclosable {
		return b.refuse(ReasonNotDisclosable)
	}
	return nil
}

// disclose makes the disclosure of a member or element of the container at the
// given depth and returns its digest (RFC 9901 section 4.2).
func (b *builder) disclose(n *Node, depth int) (string, error) {
	salt := b.random[:saltBytes]
	if _, err := io.ReadFull(b.rand, salt); err != nil {
		return "", &Error{Reason: ReasonSigning, Where: "random source", Err: err}
	}
	text := append(make([]byte, 0, 128), `["`...)
	text = base64.RawURLEncoding.AppendEncode(text, salt)
	text = append(text, `",`...)
	var err error
	if n.Name != "" {
		if text, err = b.string(text, n.Name); err != nil {
			return "", err
		}
		text = append(text, ',')
	}
	if text, err = b.value(text, n, depth); err != nil {
		return "", err
	}
	text = append(text, ']')
	if len(b.disclosures) == MaxDisclosures {
		return "", b.refuse(ReasonTooManyDisclosures)
	}
	b.scratch = base64.RawURLEncoding.AppendEncode(b.scratch[:0], text)
	b.disclosures = append(b.disclosures, string(b.scratch))
	return encodeDigest(sha256.Sum256(b.scratch)), nil
}

// decoy hashes random bytes, so that a decoy cannot be told from the digest of
// a claim (RFC 9901 section 4.2.5).
func (b *builder) decoy() (string, error) {
	if _, err := io.ReadFull(b.rand, b.random[:]); err != nil {
		return "", &Error{Reason: ReasonSigning, Where: "random source", Err: err}
	}
	return encodeDigest(sha256.Sum256(b.random[:])), nil
}
