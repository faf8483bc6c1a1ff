package demo

import (
	"time"

	"github.com/giayto/giayto/catalog"
)

// Register is one agency's export of one register.
type Register struct {
	// Agency is the id of the agency in the catalogue.
	Agency string
	// Name is the base name of the file, e.g. "c06-can-cuoc".
	Name string
	// NDJSON is one JSON record a line, each line ended by a line feed.
	NDJSON []byte
}

// Case is an edge case of the product and the record that embodies it.
type Case struct {
	ID       string // "E13"; cases beyond the product's list have ids with X
	Register string // Register.Name
	Line     int    // from 1
	Note     string // what the record is, as its note says
	Must     string // what must happen to it
}

// Registers returns the registers as of the civil day of asOf in Viet Nam, in
// the order to import: an anchored document needs its căn cước first. Every
// line of them is good. The same day gives the same bytes.
func Registers(asOf time.Time) []Register { return registers(population(asOf).books()) }

// Changes returns exports of the day after: records that change, replace or
// move what Registers gave out. They are to be imported after Registers, on the
// same day, and are good too.
func Changes(asOf time.Time) []Register { return registers(changes(population(asOf))) }

// Bad returns exports of which every line must be refused when it is imported
// after Registers. Its note ends with "expect CODE": the code of a violation of
// the catalogue or, with a dot in it, of a fault of the issuer.
func Bad(asOf time.Time) []Register { return registers(bad(population(asOf))) }

// Cases returns the edge cases of all registers, file by file and line by line.
func Cases(asOf time.Time) []Case {
	p := population(asOf)
	var cases []Case
	for _, books := range [][]*book{p.books(), changes(p), bad(p)} {
		for _, b := range books {
			for i, r := range b.records {
				for _, e := range r.edges {
					cases = append(cases, Case{ID: e.id, Register: b.name, Line: i + 1, Note: e.note, Must: e.must})
				}
			}
		}
	}
	return cases
}

// MaxHeldOut is the most citizens of HeldOut: their running numbers end there.
const MaxHeldOut = 200_000

// HeldOut returns registers of n citizens, at most MaxHeldOut, of the same shape as
// those of Registers, written with words that the dictionary of QR texts has not
// seen: sizes measured on them are what a stranger's papers would need.
func HeldOut(asOf time.Time, n int) []Register {
	p := newTown(catalog.Today(asOf), &unseen, heldOutSeed)
	for i := range min(n, MaxHeldOut) {
		p.settle(i)
	}
	return registers(p.books())
}

// Star returns the personal number of the citizen whom demonstrations show:
// MAI THỊ VÍ DỤ, born 2005-02-28, who holds all four documents in force.
func Star() string { return "079305000001" }

// population makes everybody of Registers.
func population(asOf time.Time) *town {
	p := newTown(catalog.Today(asOf), &familiar, registerSeed)
	p.star()
	for i := range citizens {
		p.settle(i)
	}
	p.names()
	p.writing()
	p.birthdays()
	p.births()
	p.numbers()
	p.residences()
	p.families()
	p.validity()
	p.licenceClasses()
	p.licenceStates()
	p.owners()
	p.plates()
	p.frames()
	p.insuranceNumbers()
	p.insurancePeriods()
	return p
}

// book collects the records of one register.
type book struct {
	agency, name, document string
	records                []record
}

func (b *book) add(claims fields, edges ...edge) {
	b.records = append(b.records, record{document: b.document, claims: claims, edges: edges})
}

func registers(books []*book) []Register {
	var out []Register
	for _, b := range books {
		var text []byte
		for _, r := range b.records {
			text = append(append(text, r.line()...), '\n')
		}
		out = append(out, Register{Agency: b.agency, Name: b.name, NDJSON: text})
	}
	return out
}
