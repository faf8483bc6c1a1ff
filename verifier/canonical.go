package verifier

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Major types of CBOR (RFC 8949 section 3.1).
const (
	majorUnsigned = 0
	majorNegative = 1
	majorBytes    = 2
	majorText     = 3
	majorArray    = 4
	majorMap      = 5
	majorSimple   = 7

	simpleFalse = 20
	simpleNull  = 22
)

// canonical reports whether b is one item in the deterministic encoding of RFC
// 8949 section 4.2.1, made only of what the profile allows: integers of 64 bits,
// byte strings, text, arrays, maps, booleans and null. It reads heads alone;
// whether text is UTF-8 and what the items mean is for the decoder behind it.
// (The CBOR library can write this form and cannot insist on it; encoding again
// and comparing takes several times as long.)
func canonical(b []byte) bool {
	rest, ok := cutItem(b, maxDepth)
	return ok && len(rest) == 0
}

// cutItem skips one canonical item.
func cutItem(b []byte, depth int) (rest []byte, ok bool) {
	major, n, b, ok := cutHead(b)
	if !ok || depth == 0 {
		return nil, false
	}
	switch major {
	case majorUnsigned:
		return b, true
	case majorNegative:
		return b, n <= math.MaxInt64
	case majorBytes, majorText:
		if n > uint64(len(b)) {
			return nil, false
		}
		return b[n:], true
	case majorArray:
		for ; n > 0; n-- {
			if b, ok = cutItem(b, depth-1); !ok {
				return nil, false
			}
		}
		return b, true
	case majorMap:
		return cutPairs(b, n, depth-1)
	case majorSimple:
		return b, n >= simpleFalse && n <= simpleNull
	}
	return nil, false // a tag
}

// cutPairs skips the pairs of a map whose keys must rise bytewise, which also
// excludes a key that stands twice.
func cutPairs(b []byte, pairs uint64, depth int) (rest []byte, ok bool) {
	var last []byte
	for ; pairs > 0; pairs-- {
		after, ok := cutItem(b, depth)
		if !ok {
			return nil, false
		}
		key := b[:len(b)-len(after)]
		if last != nil && bytes.Compare(key, last) <= 0 {
			return nil, false
		}
		last = key
		if b, ok = cutItem(after, depth); !ok {
			return nil, false
		}
	}
	return b, true
}

// cutHead reads the head of an item in its shortest form.
func cutHead(b []byte) (major byte, n uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, 0, nil, false
	}
	major, short := b[0]>>5, b[0]&0x1f
	b = b[1:]
	switch {
	case short < 24:
		return major, uint64(short), b, true
	case major == majorSimple: // floats and simple values past one byte
		return 0, 0, nil, false
	case short == 24 && len(b) >= 1:
		n = uint64(b[0])
		return major, n, b[1:], n >= 24
	case short == 25 && len(b) >= 2:
		n = uint64(binary.BigEndian.Uint16(b))
		return major, n, b[2:], n > math.MaxUint8
	case short == 26 && len(b) >= 4:
		n = uint64(binary.BigEndian.Uint32(b))
		return major, n, b[4:], n > math.MaxUint16
	case short == 27 && len(b) >= 8:
		n = binary.BigEndian.Uint64(b)
		return major, n, b[8:], n > math.MaxUint32
	}
	return 0, 0, nil, false // cut short, reserved, or of indefinite length
}
