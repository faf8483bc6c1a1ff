package sdjwt

import (
	"encoding/binary"
	"strings"
)

// scratch is what decoding works with. The parts of one token share it: they are
// decoded into a few pieces of memory instead of two for every object. What has
// been handed out is never written to again.
type scratch struct {
	pending []member // of the objects that are not closed yet
	spare   []member // closed objects are made of these
	objects []object
	raw     []byte // decoded base64url, until it has become a string
}

// bytes returns n bytes to decode into, which the next call takes back.
func (sc *scratch) bytes(n int) []byte {
	if cap(sc.raw) < n {
		sc.raw = make([]byte, max(n, 1<<10))
	}
	return sc.raw[:n]
}

func newDecoder(sc *scratch, text string, where place) decoder {
	return decoder{text: text, where: where, plain: unescaped(text), scratch: sc}
}

// unescaped tells whether a text has neither a backslash nor a control
// character, white space between its tokens included. Most of what is signed is
// like that, and then a string ends at the next quote.
func unescaped(text string) bool {
	if strings.IndexByte(text, '\\') >= 0 {
		return false
	}
	const low, high = 0x2020202020202020, 0x8080808080808080
	rest := text
	for ; len(rest) >= 8; rest = rest[8:] {
		word := binary.LittleEndian.Uint64([]byte(rest[:8]))
		if (word-low)&^word&high != 0 {
			return false
		}
	}
	for i := range len(rest) {
		if rest[i] < ' ' {
			return false
		}
	}
	return true
}

// close makes an object of the members pending since base.
func (d *decoder) close(base int) *object {
	members := d.pending[base:]
	n := len(members)
	if len(d.spare) < n {
		d.spare = make([]member, max(n, min(24, len(d.text)/24)))
	}
	copy(d.spare, members)
	if len(d.objects) == 0 {
		d.objects = make([]object, min(6, len(d.text)/64+1))
	}
	o := &d.objects[0]
	o.members = d.spare[:n:n]
	d.spare, d.objects, d.pending = d.spare[n:], d.objects[1:], d.pending[:base]
	return o
}
