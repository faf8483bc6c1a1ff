package qr

import "sync"

// The general compressors parse greedily and are tuned for kilobytes. A
// presentation is 100 to 400 bytes against a dictionary known in advance, so
// this one finds the cheapest parse there is: over every position it keeps the
// fewest bits that reach it (a shortest path), and emits one final block with
// the fixed codes of RFC 1951 section 3.2.6. The result is plain DEFLATE.
//
// One fixed block is also the best block structure here. A dynamic code costs
// more to describe than so short a message wins back (a test holds this against
// a compressor that is free to choose), and sending the 64 signature bytes
// stored costs 10 bits of headers, 32 of lengths and up to 7 of padding to save
// the ninth bit of about 28 of them.

const (
	minMatch = 3   // RFC 1951 section 3.2.5
	maxMatch = 258 // RFC 1951 section 3.2.5

	// maxChain bounds the candidates tried at one position. The longest chain
	// in dictionary 1 is far below it; it only tames messages that repeat a
	// short pattern, which real ones do not.
	maxChain = 256

	hashBits = 12
)

// index finds earlier occurrences of three bytes: head holds the newest
// position plus one for a hash, prev the next older one for a position.
type index struct {
	head [1 << hashBits]uint16
	prev [maxDictionary + MaxInflated]uint16
}

func hash3(b []byte) uint32 {
	v := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	return v * 0x9E3779B1 >> (32 - hashBits)
}

func (x *index) add(window []byte, pos int) {
	if pos+minMatch > len(window) {
		return
	}
	h := hash3(window[pos:])
	x.prev[pos] = x.head[h]
	x.head[h] = uint16(pos + 1)
}

// step is the last symbol of the cheapest way to reach a position: a literal
// when length is 1, otherwise a match.
type step struct{ length, distance uint16 }

// deflater holds the buffers of one run. Everything is of fixed size: a pooled
// deflater never grows.
type deflater struct {
	window [maxDictionary + MaxInflated]byte // dictionary, then message
	index  index
	bits   [MaxInflated + 1]uint32
	steps  [MaxInflated + 1]step
	out    bitWriter
}

var deflaters = sync.Pool{New: func() any {
	d := &deflater{}
	copy(d.window[:], dictionary)
	d.index.prev = dictionaryIndex().prev
	return d
}}

// dictionaryIndex is computed once: every run starts from it.
var dictionaryIndex = sync.OnceValue(func() *index {
	x := &index{}
	for pos := range dictionary {
		x.add(dictionary, pos)
	}
	return x
})

// deflate returns message as one raw DEFLATE stream against dictionary 1. The
// result is valid until the next call. len(message) is at most MaxInflated.
func (d *deflater) deflate(message []byte) []byte {
	window := d.window[:len(dictionary)+copy(d.window[len(dictionary):], message)]
	d.index.head = dictionaryIndex().head
	// The two last dictionary positions could not be indexed alone: their
	// three bytes reach into the message.
	for pos := max(0, len(dictionary)-minMatch+1); pos < len(dictionary); pos++ {
		d.index.add(window, pos)
	}
	bits := d.bits[:len(message)+1]
	for i := range bits {
		bits[i] = ^uint32(0)
	}
	bits[0] = 0
	for i, b := range message {
		if cost := bits[i] + uint32(literalCodes[b].bits); cost < bits[i+1] {
			bits[i+1], d.steps[i+1] = cost, step{length: 1}
		}
		d.relax(window, i)
		d.index.add(window, len(dictionary)+i)
	}
	return d.emit(message)
}

// relax tries every match that starts at message position i. Chains run from
// near to far and a distance never gets cheaper with reach, so the first
// occurrence that gives a length is the cheapest for that length.
func (d *deflater) relax(window []byte, i int) {
	pos := len(dictionary) + i
	limit := min(maxMatch, len(window)-pos)
	if limit < minMatch {
		return
	}
	here := window[pos:]
	longest := minMatch - 1
	next := d.index.head[hash3(here)]
	for tries := 0; next != 0 && longest < limit && tries < maxChain; tries++ {
		from := int(next) - 1
		next = d.index.prev[from]
		there := window[from:]
		if there[longest] != here[longest] {
			continue
		}
		n := 0
		for n < limit && there[n] == here[n] {
			n++
		}
		base := d.bits[i] + uint32(distanceBits(pos-from))
		for length := longest + 1; length <= n; length++ {
			if cost := base + uint32(lengthCodes[length].bits); cost < d.bits[i+length] {
				d.bits[i+length] = cost
				d.steps[i+length] = step{uint16(length), uint16(pos - from)}
			}
		}
		longest = max(longest, n)
	}
}

// emit writes the cheapest way from the start to the end of message.
func (d *deflater) emit(message []byte) []byte {
	// The steps lead from the end to the start. Turning them round moves each
	// to the position where it begins.
	for at, turned := len(message), (step{}); ; {
		current := d.steps[at]
		d.steps[at] = turned
		if at == 0 {
			break
		}
		at, turned = at-int(current.length), current
	}
	d.out.reset()
	d.out.write(0b011, 3) // BFINAL, then BTYPE 01 (RFC 1951 section 3.2.3)
	for at := 0; at < len(message); {
		s := d.steps[at]
		if s.length == 1 {
			c := literalCodes[message[at]]
			d.out.write(c.value, c.bits)
		} else {
			c := lengthCodes[s.length]
			d.out.write(c.value, c.bits)
			d.out.write(distanceCode(int(s.distance)))
		}
		at += int(s.length)
	}
	d.out.write(0, endOfBlockBits)
	return d.out.close()
}
