package demo

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"

	"github.com/giayto/giayto/catalog"
)

// fields are the claims of a record by claim id, as a register writes them:
// not yet normalised, dotted where the record nests.
type fields map[string]any

// set changes a record under construction and returns it.
func (f fields) set(id string, value any) fields {
	f[id] = value
	return f
}

// without drops claims from a record under construction.
func (f fields) without(ids ...string) fields {
	for _, id := range ids {
		delete(f, id)
	}
	return f
}

// edge is an edge case that a record embodies, and what must happen to it.
type edge struct{ id, note, must string }

// record is one line of an export.
type record struct {
	document string
	claims   fields
	edges    []edge
	// raw replaces the line for records that are no proper lines; %s is the
	// place of the note.
	raw string
}

// note tells the edge cases of a record to whoever reads the file.
func (r record) note() string {
	var notes []string
	for _, e := range r.edges {
		notes = append(notes, strings.TrimSpace(e.id+" "+e.note))
	}
	return strings.Join(notes, "; ")
}

// line writes the record as JSON, members and claims in a fixed order.
func (r record) line() []byte {
	if r.raw != "" {
		return []byte(strings.Replace(r.raw, "%s", r.note(), 1))
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(struct {
		Document string         `json:"document"`
		Note     string         `json:"note,omitempty"`
		Claims   map[string]any `json:"claims"`
	}{r.document, r.note(), r.claims.nest()})
	if err != nil {
		// Records are made of text, numbers, lists and maps only.
		panic("demo: a record cannot be written: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// nest turns dotted ids into objects, also those that no catalogue knows.
func (f fields) nest() map[string]any { return catalog.Values(f).Nest() }

// clone copies a record so that one thing in it can be changed.
func (f fields) clone() fields { return maps.Clone(f) }

// of returns a copy of the first record about a person.
func (b *book) of(p *person) fields {
	for _, r := range b.records {
		if r.claims["personal_administrative_number"] == p.number {
			return r.claims.clone()
		}
	}
	panic("demo: " + b.name + " has no record of a person of an edge case")
}
