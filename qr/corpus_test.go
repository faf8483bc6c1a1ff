package qr_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
)

// A corpus makes presentations of the shape that wallets mint: COSE_Sign1, a
// CWT with exp and cti, one căn cước with integer keys. People, streets and
// wards are invented; kid, cti and signature are random like real ones.
type corpus struct {
	rng *rand.Rand
	v   vocabulary
}

// vocabulary is where a corpus takes its words from.
type vocabulary struct {
	families, middles, givens []string
	streets, wards, districts []string
	provinces                 []string
	marks                     []string
}

func newCorpus(v vocabulary) *corpus {
	return &corpus{rng: rand.New(rand.NewPCG(2026, 45)), v: v}
}

// person is one card's content, kept so that all sets show the same people.
type person struct {
	number          uint64
	name            string
	birth, issued   int
	expires         int
	sex             int
	origin, address string
	authority       string
	mark            string
	kid             [4]byte
	cti             [8]byte
	expiry          uint32
	signature       [64]byte
	cardNew         bool
	serial          string // digits and letters for plates and numbers
	kind            int    // which vehicle, class or hospital
	place, province string
}

func (c *corpus) pick(words []string) string { return words[c.rng.IntN(len(words))] }

// pickCommon prefers the head of a list sorted by frequency.
func (c *corpus) pickCommon(words []string) string {
	return words[min(c.rng.IntN(len(words)), c.rng.IntN(len(words)))]
}

func (c *corpus) person() person {
	p := person{
		sex:     1 + c.rng.IntN(2),
		birth:   c.rng.IntN(55*365) - 10*365,
		number:  uint64(1+c.rng.IntN(96)) * 1_000_000_000,
		expiry:  0x6AFD0000 + uint32(c.rng.IntN(1<<22)),
		cardNew: c.rng.IntN(3) == 0,
	}
	p.issued = 18800 + c.rng.IntN(1700)
	p.expires = p.issued + 3650 + c.rng.IntN(3650)
	p.number += uint64(c.rng.IntN(1_000_000_000))
	names := []string{c.pickCommon(c.v.families), c.pick(c.v.middles), c.pick(c.v.givens)}
	if c.rng.IntN(3) == 0 {
		names = append(names, c.pick(c.v.givens))
	}
	p.name = strings.ToUpper(strings.Join(names, " "))
	p.address = c.address()
	p.origin = c.origin()
	p.authority = "Cục trưởng Cục Cảnh sát quản lý hành chính về trật tự xã hội"
	if p.cardNew {
		p.authority = "Bộ Công an"
	}
	p.mark = fmt.Sprintf(c.pick(c.v.marks), 1+c.rng.IntN(5))
	p.place, p.province = c.pick(c.v.wards), c.pickCommon(c.v.provinces)
	p.kind = c.rng.IntN(1 << 16)
	p.serial = fmt.Sprintf("%012d", c.rng.Uint64()%1_000_000_000_000)
	for _, b := range [][]byte{p.cti[:], p.signature[:]} {
		for i := range b {
			b[i] = byte(c.rng.Uint32())
		}
	}
	// A register has one signing key at a time.
	p.kid = [4]byte{0x9C, 0x31, 0xE7, 0x52}
	return p
}

// address is printed with four levels on cards from before 2025-07-01 and with
// three on later ones.
func (c *corpus) address() string {
	street := fmt.Sprintf("%d %s", 1+c.rng.IntN(400), c.pick(c.v.streets))
	switch c.rng.IntN(6) {
	case 0:
		street = fmt.Sprintf("Tổ %d, %s", 1+c.rng.IntN(30), street)
	case 1:
		street = fmt.Sprintf("Số %d, Đường %s", 1+c.rng.IntN(400), c.pick(c.v.streets))
	}
	province := c.pickCommon(c.v.provinces)
	city := strings.HasPrefix(province, "Thành phố")
	ward, district := "Xã "+c.pick(c.v.wards), "Huyện "+c.pick(c.v.districts)
	if city || c.rng.IntN(3) == 0 {
		ward = "Phường " + c.pick(c.v.wards)
		district = "Quận " + c.pick(c.v.districts)
		if !city {
			district = "Thành phố " + c.pick(c.v.districts)
		}
	}
	if c.rng.IntN(2) == 0 {
		return street + ", " + ward + ", " + province
	}
	return street + ", " + ward + ", " + district + ", " + province
}

func (c *corpus) origin() string {
	ward, province := c.pick(c.v.wards), c.pickCommon(c.v.provinces)
	bare := strings.TrimPrefix(strings.TrimPrefix(province, "Tỉnh "), "Thành phố ")
	switch c.rng.IntN(3) {
	case 0:
		return ward + ", " + c.pick(c.v.districts) + ", " + bare
	case 1:
		return "Xã " + ward + ", Huyện " + c.pick(c.v.districts) + ", " + province
	}
	return "Xã " + ward + ", " + province
}

// set names what a presentation shows.
type set string

const (
	over18  set = "over18"
	five    set = "five"
	twelve  set = "twelve"
	licence set = "licence" // all of a driving licence
	vehicle set = "vehicle" // all of a vehicle registration
	health  set = "health"  // all of a health insurance card

	// keyAge is the wire key of the over-18 answer.
	keyAge = 12
)

// message returns the COSE_Sign1 bytes of a presentation.
func (p person) message(s set) []byte {
	fields := p.otherCard(s)
	if fields == nil {
		fields = p.fields(s)
	}
	claims := []byte{0xA3, 0x04, 0x1A}
	claims = binary.BigEndian.AppendUint32(claims, p.expiry)
	claims = append(claims, 0x07, 0x48)
	claims = append(claims, p.cti[:]...)
	claims = append(claims, 0x3A, 0, 1, 0, 0)
	claims = append(claims, fields...)

	m := []byte{0xD2, 0x84, 0x49, 0xA2, 0x01, 0x26, 0x04, 0x44}
	m = append(m, p.kid[:]...)
	m = append(m, 0xA0)
	m = append(cborHead(m, 2, uint64(len(claims))), claims...)
	m = append(m, 0x58, 0x40)
	return append(m, p.signature[:]...)
}

func (p person) fields(s set) []byte {
	f := fieldWriter{}
	switch s {
	case over18:
		f.head(2, 1)
		f.answer(keyAge)
	case five:
		f.head(6, 1)
		p.identity(&f)
	case twelve:
		f.head(13, 1)
		p.identity(&f)
		f.out = append(f.out, 6, 0x81)
		f.out = cborText(f.out, "VN")
		f.text(7, p.origin)
		f.integer(8, p.issued)
		f.integer(9, p.expires)
		f.text(10, p.authority)
		f.text(11, p.mark)
		f.answer(keyAge)
	}
	return f.out
}

func (p person) identity(f *fieldWriter) {
	f.number(1, p.number)
	f.text(2, p.name)
	f.integer(3, p.birth)
	f.integer(4, p.sex)
	f.text(5, p.address)
}

func cborInt(dst []byte, n int) []byte {
	if n < 0 {
		return cborHead(dst, 1, uint64(-1-n))
	}
	return cborHead(dst, 0, uint64(n))
}

func cborText(dst []byte, s string) []byte {
	return append(cborHead(dst, 3, uint64(len(s))), s...)
}

// cborHead appends a head in preferred form (RFC 8949 section 4.2.1).
func cborHead(dst []byte, major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n < 1<<8:
		return append(dst, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), n)
}
