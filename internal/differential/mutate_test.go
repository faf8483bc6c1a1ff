package differential_test

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"
	random "math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/qr"
)

// mutator draws texts: the vectors, broken in every layer of the format.
type mutator struct {
	t        *testing.T
	r        *random.Rand
	key      *ecdsa.PrivateKey // a TEST key of the list in use
	id       []byte
	now      time.Time
	texts    []string
	messages [][]byte
	payloads [][]byte
}

// Places in a message: 8 bytes of head, the key id, an empty header.
const payloadAt = 13

// layers are the ways to break a text, by name.
var layers = []struct {
	name string
	text func(*mutator) string
}{
	{"text", (*mutator).brokenText},
	{"bytes behind base45", (*mutator).brokenBytes},
	{"DEFLATE stream", (*mutator).brokenStream},
	{"message", (*mutator).brokenMessage},
	{"bytes of the payload, signed anew", (*mutator).brokenPayload},
	{"an item of the payload, signed anew", (*mutator).brokenItem},
	{"values by the catalogue", (*mutator).drawnDocument},
	{"values by the catalogue", (*mutator).drawnDocument},
}

func pick[T any](r *random.Rand, list []T) T { return list[r.IntN(len(list))] }

// damage changes a few bytes of b: flips, replaces, cuts, doubles, moves.
func (m *mutator) damage(b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + m.r.IntN(3) {
		if len(b) == 0 {
			return b
		}
		i, j := m.r.IntN(len(b)), m.r.IntN(len(b))
		switch m.r.IntN(7) {
		case 0:
			b[i] ^= 1 << m.r.IntN(8)
		case 1:
			b[i] = byte(m.r.IntN(256))
		case 2:
			b = append(b[:i], b[i+1:]...)
		case 3:
			b = append(b[:i:i], append([]byte{byte(m.r.IntN(256))}, b[i:]...)...)
		case 4:
			b = b[:i]
		case 5:
			b[i], b[j] = b[j], b[i]
		case 6:
			low, high := min(i, j), max(i, j)
			b = append(b, b[low:min(high, low+16)]...)
		}
	}
	return b
}

func (m *mutator) brokenText() string {
	text := []byte(pick(m.r, m.texts))
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:a\n\x7f"
	switch m.r.IntN(8) {
	case 0:
		other := pick(m.r, m.texts)
		return strings.ToValidUTF8(string(text[:m.r.IntN(len(text)+1)])+other[m.r.IntN(len(other)+1):], "Đ")
	case 1:
		return pick(m.r, []string{"VN1:", "VN2:", "VN3:", "VN:", "vn1:", "VN01:", "VN1", " VN1:", "VN１:", "VN2:VN2:"}) + string(text[min(4, len(text)):])
	case 2:
		return strings.ToValidUTF8(string(m.damage(text)), "Đ")
	}
	for range 1 + m.r.IntN(2) {
		if len(text) > 0 {
			text[m.r.IntN(len(text))] = alphabet[m.r.IntN(len(alphabet))]
		}
	}
	return strings.ToValidUTF8(string(text), "Đ") // JSON carries nothing else
}

// frame writes bytes behind a prefix as they are.
func (m *mutator) frame(prefix string, b []byte) string {
	if len(b) == 0 {
		return prefix
	}
	if len(b) > qr.MaxInflated {
		b = b[:qr.MaxInflated]
	}
	text, err := qr.EncodePlain(b)
	if err != nil {
		m.t.Fatal(err)
	}
	return prefix + strings.TrimPrefix(text, "VN1:")
}

func (m *mutator) brokenBytes() string {
	text := pick(m.r, m.texts)
	raw, err := qr.Decode("VN1:" + text[min(4, len(text)):])
	if err != nil {
		raw = pick(m.r, m.messages)
	}
	return m.frame(pick(m.r, []string{"VN1:", "VN2:"}), m.damage(raw))
}

// brokenStream compresses a message in one of many ways, and mostly breaks the
// stream behind it.
func (m *mutator) brokenStream() string {
	message := pick(m.r, m.messages)
	if m.r.IntN(8) == 0 { // about the limit of what may be inflated
		message = append(bytes.Clone(message), make([]byte, qr.MaxInflated-len(message)-2+m.r.IntN(5))...)
	}
	var b bytes.Buffer
	level := pick(m.r, []int{flate.NoCompression, flate.BestSpeed, 5, flate.BestCompression, flate.HuffmanOnly, flate.HuffmanOnly})
	w, err := flate.NewWriterDict(&b, level, qr.Dictionary())
	if err != nil {
		m.t.Fatal(err)
	}
	cut := len(message)
	if m.r.IntN(3) == 0 {
		cut = m.r.IntN(len(message))
	}
	for _, part := range [][]byte{message[:cut], message[cut:]} {
		if _, err := w.Write(part); err != nil {
			m.t.Fatal(err)
		}
		if cut < len(message) {
			if err := w.Flush(); err != nil {
				m.t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		m.t.Fatal(err)
	}
	stream := b.Bytes()
	switch m.r.IntN(5) {
	case 0:
	case 1:
		stream = m.damage(stream)
	case 2:
		stream = append(stream, byte(m.r.IntN(2)))
	default: // one bit, mostly in the head of the first block, where its codes are told
		at := m.r.IntN(len(stream))
		if m.r.IntN(3) > 0 {
			at = m.r.IntN(min(len(stream), 60))
		}
		stream[at] ^= 1 << m.r.IntN(8)
	}
	return m.frame("VN2:", stream)
}

func (m *mutator) brokenMessage() string { return m.encode(m.damage(pick(m.r, m.messages))) }

// encode frames a message as the product does, or plainly.
func (m *mutator) encode(message []byte) string {
	if len(message) == 0 || len(message) > qr.MaxInflated || m.r.IntN(3) == 0 {
		return m.frame("VN1:", message)
	}
	text, err := qr.Encode(message)
	if err != nil {
		m.t.Fatal(err)
	}
	return text
}

// sign puts a payload into a message under the TEST key.
func (m *mutator) sign(payload []byte) string {
	head := (&item{major: 2, raw: payload}).encode(nil)
	header := append([]byte{0x49, 0xa2, 0x01, 0x26, 0x04, 0x44}, m.id...)
	signed := append(append([]byte("\x84\x6aSignature1"), header...), "\x55giayto/presentation/1"...)
	digest := sha256.Sum256(append(signed, head...))
	der, err := ecdsa.SignASN1(rand.Reader, m.key, digest[:])
	if err != nil {
		m.t.Fatal(err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		m.t.Fatal(err)
	}
	message := append(append([]byte{0xd2, 0x84}, header...), 0xa0)
	message = append(append(message, head...), 0x58, 0x40)
	return m.encode(append(message, append(rs.R.FillBytes(make([]byte, 32)), rs.S.FillBytes(make([]byte, 32))...)...))
}

func (m *mutator) brokenPayload() string { return m.sign(m.damage(pick(m.r, m.payloads))) }

// brokenItem changes items of a payload and, mostly, keeps its keys in order.
func (m *mutator) brokenItem() string {
	tree, _ := parse(pick(m.r, m.payloads))
	for range 1 + m.r.IntN(2) {
		all := tree.all()
		it := pick(m.r, all)
		switch m.r.IntN(9) {
		case 0:
			if len(it.kids) > 1 && it.major == 5 {
				it.kids = it.kids[2:]
			} else if len(it.kids) > 0 {
				it.kids = it.kids[1:]
			}
		case 1:
			if it.major == 5 {
				it.kids = append(it.kids, strange(m.r, 1), strange(m.r, 2))
			} else if it.major == 4 {
				it.kids = append(it.kids, strange(m.r, 2))
			}
		case 2:
			it.wide = 1
		case 3:
			it.kids = append(it.kids, it.kids...)
		case 4:
			if it.n > 0 && it.major < 2 {
				it.n += uint64(m.r.IntN(3)) - 1
			}
		default:
			*it = *strange(m.r, 9)
		}
	}
	if m.r.IntN(10) > 0 {
		tree.sorted()
	}
	return m.sign(tree.encode(nil))
}

// drawnDocument makes a presentation out of the catalogue, with values that fit
// their claims or just do not.
func (m *mutator) drawnDocument() string {
	var documents []*item
	for range 1 + m.r.IntN(3)*m.r.IntN(2) {
		d := pick(m.r, catalog.Default().Documents())
		pairs := []*item{unsigned(0), unsigned(uint64(d.Code))}
		used := map[int]bool{}
		for range 1 + m.r.IntN(6) {
			cl := pick(m.r, d.All())
			if used[cl.Key] {
				continue
			}
			used[cl.Key] = true
			pairs = append(pairs, unsigned(uint64(cl.Key)), m.value(cl))
		}
		documents = append(documents, object(pairs...))
	}
	fields := documents[0]
	if len(documents) > 1 {
		fields = list(documents...)
	}
	exp := m.now.Unix() + int64(m.r.IntN(120))
	claims := object(unsigned(4), unsigned(uint64(exp)), unsigned(7), &item{major: 2, raw: []byte("12345678")}, integer(-65537), fields)
	return m.sign(claims.sorted().encode(nil))
}

// value draws a value for a claim, member or item.
func (m *mutator) value(cl *catalog.Claim) *item {
	switch m.r.IntN(50) {
	case 0:
		return strange(m.r, 2)
	case 1:
		return simple(22)
	}
	odd := m.r.IntN(8) == 0
	switch cl.Type {
	case catalog.TypeDigits:
		limit := uint64(1)
		for range cl.Length {
			limit *= 10
		}
		if odd {
			return unsigned(pick(m.r, []uint64{0, 1, limit / 7, limit - 1, limit}))
		}
		return unsigned(m.r.Uint64N(limit))
	case catalog.TypeDate, catalog.TypePartialDate:
		if !odd {
			return integer(int64(m.r.IntN(120000) - 43000))
		}
		return pick(m.r, []*item{integer(-43829), integer(-43830), integer(84371), integer(84372), chars(pick(m.r, words))})
	case catalog.TypeInt:
		if !odd && cl.Min != nil && cl.Max != nil {
			return integer(*cl.Min + m.r.Int64N(*cl.Max-*cl.Min+1))
		}
		return integer(pick(m.r, []int64{0, 1, -1, int64(m.r.IntN(3000)), 2026, 1<<53 - 1, -(1<<53 - 1), 1 << 53, -(1 << 53)}))
	case catalog.TypeBool:
		return simple(20 + uint64(m.r.IntN(2)))
	case catalog.TypeEnum:
		if odd {
			return unsigned(uint64(m.r.IntN(60)))
		}
		return unsigned(uint64(pick(m.r, cl.Enum).Code))
	case catalog.TypeList:
		var kids []*item
		for range m.r.IntN(4) {
			kids = append(kids, m.value(cl.Item))
		}
		return list(kids...)
	case catalog.TypeObject:
		var pairs []*item
		for _, member := range cl.Members {
			if member.Required || m.r.IntN(2) == 0 {
				pairs = append(pairs, unsigned(uint64(member.Key)), m.value(member))
			}
		}
		if m.r.IntN(20) == 0 {
			pairs = append(pairs, strange(m.r, 0), unsigned(1))
		}
		return object(pairs...)
	}
	if s, ok := cl.Example.(string); ok && !odd {
		return chars(s)
	}
	return chars(strangeText(m.r))
}
