package qr

import "math/bits"

// code is a bit pattern ready for bitWriter: a Huffman code with its first bit
// lowest, followed by its extra bits (RFC 1951 section 3.1.1).
type code struct {
	value uint32
	bits  uint8
}

// endOfBlockBits is the length of symbol 256, whose fixed code is all zeros.
const endOfBlockBits = 7

var (
	literalCodes = makeLiteralCodes()
	lengthCodes  = makeLengthCodes()
)

// fixedCode returns the fixed literal/length code of a symbol (RFC 1951
// section 3.2.6).
func fixedCode(symbol int) code {
	var value uint32
	var n uint8
	switch s := uint32(symbol); {
	case s < 144:
		value, n = 0b00110000+s, 8
	case s < 256:
		value, n = 0b110010000+s-144, 9
	case s < 280:
		value, n = s-256, 7
	default:
		value, n = 0b11000000+s-280, 8
	}
	return code{reverse(value, n), n}
}

func reverse(value uint32, n uint8) uint32 { return bits.Reverse32(value) >> (32 - n) }

func makeLiteralCodes() (t [256]code) {
	for b := range t {
		t[b] = fixedCode(b)
	}
	return t
}

// makeLengthCodes builds the table of RFC 1951 section 3.2.5: eight lengths
// without extra bits, then four symbols for each number of extra bits, and a
// symbol of its own for 258.
func makeLengthCodes() (t [maxMatch + 1]code) {
	symbol, length := 257, minMatch
	for extra := uint8(0); length < maxMatch; extra++ {
		symbols := 4
		if extra == 0 {
			symbols = 8
		}
		for range symbols {
			c := fixedCode(symbol)
			for offset := uint32(0); offset < 1<<extra && length < maxMatch; offset++ {
				t[length] = code{c.value | offset<<c.bits, c.bits + extra}
				length++
			}
			symbol++
		}
	}
	t[maxMatch] = fixedCode(285)
	return t
}

// distanceExtra returns the number of extra bits of a distance: none up to 4,
// then one more for every doubling (RFC 1951 section 3.2.5).
func distanceExtra(distance int) int {
	return max(0, bits.Len(uint(distance-1))-2)
}

// distanceBits returns the cost of a distance: five bits of symbol and its extra bits.
func distanceBits(distance int) int { return 5 + distanceExtra(distance) }

// distanceCode returns the bits of a distance.
func distanceCode(distance int) (value uint32, n uint8) {
	d := uint32(distance - 1)
	extra := uint8(distanceExtra(distance))
	symbol := d >> extra
	if extra > 0 {
		// Two symbols for each number of extra bits: the two highest bits of
		// the distance name the symbol, the others follow it.
		symbol += 2 * uint32(extra)
	}
	return reverse(symbol, 5) | d&(1<<extra-1)<<5, 5 + extra
}

// bitWriter packs bits into bytes from the lowest bit up.
type bitWriter struct {
	out     [maxDeflated]byte
	n       int
	pending uint64
	count   uint8
}

// maxDeflated bounds a stream: no parse is longer than nine bits a literal,
// the three header bits and the end of the block.
const maxDeflated = (9*MaxInflated + 3 + endOfBlockBits + 7) / 8

func (w *bitWriter) reset() { w.n, w.pending, w.count = 0, 0, 0 }

// write appends at most 32 bits.
func (w *bitWriter) write(value uint32, n uint8) {
	w.pending |= uint64(value) << w.count
	w.count += n
	for w.count >= 8 {
		w.out[w.n] = byte(w.pending)
		w.n++
		w.pending >>= 8
		w.count -= 8
	}
}

// close pads the last byte with zero bits and returns the stream.
func (w *bitWriter) close() []byte {
	if w.count > 0 {
		w.write(0, 8-w.count)
	}
	return w.out[:w.n]
}
