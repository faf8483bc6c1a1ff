package differential_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// item is one CBOR item as a tree, so that a payload can be changed in one place
// and stay well formed elsewhere.
type item struct {
	major byte
	n     uint64 // value, or the simple value; counts and lengths are those of the parts
	raw   []byte // of byte and text strings
	kids  []*item
	wide  int // bytes more than the head needs
}

func unsigned(n uint64) *item { return &item{major: 0, n: n} }
func integer(n int64) *item {
	if n < 0 {
		return &item{major: 1, n: uint64(-1 - n)}
	}
	return unsigned(uint64(n))
}
func chars(s string) *item        { return &item{major: 3, raw: []byte(s)} }
func list(kids ...*item) *item    { return &item{major: 4, kids: kids} }
func object(pairs ...*item) *item { return &item{major: 5, kids: pairs} }
func simple(n uint64) *item       { return &item{major: 7, n: n} }

// parse reads an item that is known to be well formed.
func parse(b []byte) (*item, []byte) {
	it := &item{major: b[0] >> 5}
	n := uint64(b[0] & 31)
	b = b[1:]
	if n >= 24 {
		size := 1 << (n - 24)
		n = 0
		for _, c := range b[:size] {
			n = n<<8 | uint64(c)
		}
		b = b[size:]
	}
	it.n = n
	kids := 0
	switch it.major {
	case 2, 3:
		it.raw, b = b[:n], b[n:]
	case 4:
		kids = int(n)
	case 5:
		kids = 2 * int(n)
	}
	for range kids {
		var kid *item
		kid, b = parse(b)
		it.kids = append(it.kids, kid)
	}
	return it, b
}

func (it *item) encode(out []byte) []byte {
	n := it.n
	switch it.major {
	case 2, 3:
		n = uint64(len(it.raw))
	case 4:
		n = uint64(len(it.kids))
	case 5:
		n = uint64(len(it.kids) / 2)
	}
	size := 0
	for ; size < 4 && (size > 0 || n > 23) && (size == 0 || n>>(8*(1<<(size-1))) != 0); size++ {
	}
	switch size = min(size+it.wide, 4); size {
	case 0:
		out = append(out, it.major<<5|byte(n))
	default:
		var wide [8]byte
		binary.BigEndian.PutUint64(wide[:], n)
		out = append(append(out, it.major<<5|byte(23+size)), wide[8-(1<<(size-1)):]...)
	}
	out = append(out, it.raw...)
	for _, kid := range it.kids {
		out = kid.encode(out)
	}
	return out
}

// sorted puts the keys of every map into their order.
func (it *item) sorted() *item {
	for _, kid := range it.kids {
		kid.sorted()
	}
	if it.major != 5 {
		return it
	}
	type pair struct {
		key   []byte
		parts []*item
	}
	var pairs []pair
	for i := 0; i+1 < len(it.kids); i += 2 {
		pairs = append(pairs, pair{it.kids[i].encode(nil), it.kids[i : i+2 : i+2]})
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return bytes.Compare(a.key, b.key) })
	kids := make([]*item, 0, len(it.kids))
	for _, p := range pairs {
		kids = append(kids, p.parts...)
	}
	it.kids = kids
	return it
}

// all lists the item and everything in it.
func (it *item) all() []*item {
	out := []*item{it}
	for _, kid := range it.kids {
		out = append(out, kid.all()...)
	}
	return out
}

// edges are integers at which readers part ways.
var edges = []uint64{0, 1, 2, 3, 23, 24, 255, 256, 65535, 65536, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32,
	253402300799, 253402300800, 999999999999, 1000000000000, 1<<53 - 2, 1<<53 - 1, 1 << 53, 1<<53 + 1, 1<<63 - 1, 1 << 63, 1<<64 - 1}

// strange is any item, drawn with a taste for the odd.
func strange(r *rand.Rand, depth int) *item {
	number := edges[r.IntN(len(edges))]
	if r.IntN(2) == 0 {
		number = uint64(r.IntN(90000))
	}
	switch kind := r.IntN(14); {
	case kind < 3:
		return unsigned(number)
	case kind < 5:
		return &item{major: 1, n: number}
	case kind == 5:
		return &item{major: 2, raw: make([]byte, r.IntN(10))}
	case kind < 9:
		return chars(strangeText(r))
	case kind == 9:
		return simple(20 + uint64(r.IntN(3)))
	case kind == 10:
		return simple(uint64(r.IntN(33)))
	case kind == 11:
		return &item{major: 6, n: number, kids: []*item{unsigned(1)}}
	case depth == 0:
		return simple(22)
	case kind == 12:
		var kids []*item
		for range r.IntN(5) {
			kids = append(kids, strange(r, depth-1))
		}
		return list(kids...)
	}
	var pairs []*item
	for key := range r.IntN(5) {
		pairs = append(pairs, unsigned(uint64(key)), strange(r, depth-1))
	}
	return object(pairs...)
}

// words are texts at the edges of what is allowed.
var words = []string{"", " ", "NGUYỄN THỊ VÍ DỤ", "NGUYE\u0302\u0303N", "a|b", "a\u200bb", "\u202ea", "x\u0301\u0302\u0303\u0304", "x\u0316\u0317\u0318\u0319\u0320",
	"2005", "2005-02", "2005-13", "1849", "1850", "2201-01", "2005-02-28", "0000", "51K12345", "VN", "vn", "°º²³№", "①", "½", "😀", "\ufffd", "\u3164", "\u2800",
	"\U0002ebf0", "\U000e0100", "\ufeffa", "a\u00a0b", "\u0378", "\u1c89", "A\u0338", "B2", "=", "<=", "a@b", "+84901234567", "DN4791234567890"}

func strangeText(r *rand.Rand) string {
	switch r.IntN(4) {
	case 0:
		return string(rune(r.IntN(0x30000)))
	case 1:
		return words[r.IntN(len(words))] + words[r.IntN(len(words))]
	case 2:
		long := ""
		for range r.IntN(210) {
			long += "Á"
		}
		return long
	}
	return words[r.IntN(len(words))]
}
