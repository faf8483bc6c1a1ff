package statuslist

import "slices"

// Status is what a list says about one credential (draft section 7.1).
type Status uint8

// The statuses that are ours to set. Values above 3 do not fit into 2 bits.
const (
	// Valid: the credential counts.
	Valid Status = 0
	// Revoked is INVALID in the draft: withdrawn for good.
	Revoked Status = 1
	// Suspended: does not count now and may again.
	Suspended Status = 2
	// Withheld is application specific: the paper itself is held by an
	// authority, as a licence is after an offence.
	Withheld Status = 3
)

// String returns the name of the status; "application_specific" above 3.
func (s Status) String() string {
	switch s {
	case Valid:
		return "valid"
	case Revoked:
		return "revoked"
	case Suspended:
		return "suspended"
	case Withheld:
		return "withheld"
	}
	return "application_specific"
}

// List is an array of statuses, each 1, 2, 4 or 8 bits wide, the first in the
// lowest bits of the first byte (draft section 4.1). Reading is safe for
// concurrent use as long as nobody calls Set.
type List struct {
	bits  uint8
	shift uint8 // an index shifted right by it is a byte's number
	mask  Status
	raw   []byte
}

// New returns a list of at least size entries, all Valid, of bits each: 1, 2, 4
// or 8. The size is rounded up to whole bytes, because a reader cannot tell the
// padding from entries.
func New(bits, size int) (*List, error) {
	if !validBits(bits) {
		return nil, refuse(ReasonBits, "bits")
	}
	if size < 1 || size > MaxSize(bits) {
		return nil, refuse(ReasonSize, "size")
	}
	return newList(bits, make([]byte, (size*bits+7)/8)), nil
}

// FromBytes returns the list whose inflated form is raw, which it copies.
func FromBytes(bits int, raw []byte) (*List, error) {
	if !validBits(bits) {
		return nil, refuse(ReasonBits, "bits")
	}
	if len(raw) == 0 || len(raw) > MaxListBytes {
		return nil, refuse(ReasonSize, "list")
	}
	return newList(bits, slices.Clone(raw)), nil
}

func newList(bits int, raw []byte) *List {
	l := &List{bits: uint8(bits), raw: raw, mask: Status(1<<bits - 1)}
	for n := 8 / bits; n > 1; n /= 2 {
		l.shift++
	}
	return l
}

func validBits(bits int) bool { return bits == 1 || bits == 2 || bits == 4 || bits == 8 }

// Bits is the width of one entry.
func (l *List) Bits() int { return int(l.bits) }

// Size is the number of entries.
func (l *List) Size() int { return len(l.raw) << l.shift }

// Bytes returns a copy of the inflated form.
func (l *List) Bytes() []byte { return slices.Clone(l.raw) }

// Clone returns a copy that Set changes alone.
func (l *List) Clone() *List {
	c := *l
	c.raw = slices.Clone(l.raw)
	return &c
}

// Get returns the status at index. An index that the list does not have is an
// error, never Valid (draft section 8.3). It allocates nothing but that error.
func (l *List) Get(index int) (Status, error) {
	if index < 0 || index>>l.shift >= len(l.raw) {
		return 0, refuse(ReasonIndex, "index")
	}
	return Status(l.raw[index>>l.shift]>>l.offset(index)) & l.mask, nil
}

// Set changes the status at index.
func (l *List) Set(index int, s Status) error {
	if index < 0 || index>>l.shift >= len(l.raw) {
		return refuse(ReasonIndex, "index")
	}
	if s > l.mask {
		return refuse(ReasonStatus, "status")
	}
	b, offset := &l.raw[index>>l.shift], l.offset(index)
	*b = *b&^byte(l.mask<<offset) | byte(s)<<offset
	return nil
}

// offset is how far the entry stands from the lowest bit of its byte.
func (l *List) offset(index int) uint8 {
	return uint8(index&(1<<l.shift-1)) * l.bits
}
