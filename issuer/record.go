package issuer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
)

// Limits of an export, shared by the importer and the HTTP surface.
const (
	// MaxLine is the longest line of an export in bytes; a portrait of 20 KB
	// in base64 is most of it.
	MaxLine = 64 << 10
	// MaxNote is the longest note of a record in bytes.
	MaxNote = 500
)

// line is one record of an export as JSON.
type line struct {
	Document string         `json:"document"`
	Claims   map[string]any `json:"claims"`
	// Note is for whoever reads the file; it is neither kept nor shown.
	Note string `json:"note"`
}

// record is a line that the catalogue accepts.
type record struct {
	document *catalog.Document
	values   catalog.Values
	number   string // personal number of the holder
	key      string
	digest   string
	order    string
	shared   string
	warnings []catalog.Violation
}

// parse reads one line strictly and normalises it. The faults are
// CodeLineMalformed, CodeDocumentUnknown, CodeAgencyNotAllowed and
// CodeClaimRejected; with the last, the violations say what is wrong. Beside a
// fault the record is nil or tells the document alone.
func (s *Service) parse(agency string, raw []byte) (*record, []catalog.Violation, error) {
	var l line
	if !unambiguous(raw) {
		return nil, nil, fault.New(fault.CodeLineMalformed, "not a JSON object with document, claims and note, each member once")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(&l); err != nil {
		return nil, nil, fault.New(fault.CodeLineMalformed, "not a JSON object with document, claims and note")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, fault.New(fault.CodeLineMalformed, "something follows the record on its line")
	}
	if len(l.Note) > MaxNote {
		return nil, nil, fault.Newf(fault.CodeLineMalformed, "at most %d bytes", MaxNote).At("note")
	}
	d := s.catalog.Document(l.Document)
	if d == nil {
		return nil, nil, fault.New(fault.CodeDocumentUnknown, "no such document").At("document")
	}
	if d.Agency.ID != agency {
		return &record{document: d}, nil, fault.New(fault.CodeAgencyNotAllowed, "another agency keeps this register").At("document")
	}
	values, violations := d.Normalise(l.Claims)
	if catalog.Refused(violations) {
		return &record{document: d}, violations, fault.New(fault.CodeClaimRejected, "the record breaks rules of the catalogue")
	}
	return newRecord(d, values, violations), violations, nil
}

// lineMembers are the members of a line as they must be written: encoding/json
// would take them in any letter case.
var lineMembers = []string{"document", "claims", "note"}

// unambiguous walks one JSON value and refuses a member that stands twice,
// which every reader would resolve in its own way (RFC 8259 section 4), and a
// member of the line that differs from a known one in letter case.
func unambiguous(raw []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(raw))
	var open []map[string]bool // members so far of each container; nil for a list
	name := false              // the next token of an object is a name
	for {
		token, err := dec.Token()
		if err != nil {
			return false
		}
		depth := len(open)
		member, text := token.(string)
		switch {
		case token == json.Delim('{'):
			open, name = append(open, map[string]bool{}), true
			continue
		case token == json.Delim('['):
			open, name = append(open, nil), false
			continue
		case token == json.Delim('}'), token == json.Delim(']'):
			open = open[:depth-1]
		case text && name:
			if open[depth-1][member] || depth == 1 && !slices.Contains(lineMembers, member) {
				return false
			}
			open[depth-1][member], name = true, false
			continue
		}
		if len(open) == 0 {
			return true
		}
		name = open[len(open)-1] != nil
	}
}

// newRecord names a record and digests it.
func newRecord(d *catalog.Document, values catalog.Values, warnings []catalog.Violation) *record {
	r := &record{document: d, values: values, warnings: warnings,
		number: text(values, d.Identity.Number), order: text(values, d.Record.Order), shared: text(values, d.Record.Shared)}
	r.key = keyOf(d, values)
	h := sha256.New()
	for _, part := range [][]byte{[]byte(d.ID), {byte(d.Version)}, []byte(d.Agency.ID), values.Canonical()} {
		var size [4]byte
		size[0], size[1], size[2], size[3] = byte(len(part)>>24), byte(len(part)>>16), byte(len(part)>>8), byte(len(part))
		h.Write(size[:])
		h.Write(part)
	}
	r.digest = hex.EncodeToString(h.Sum(nil))
	return r
}

// keyOf joins the claims that name a paper within its document.
func keyOf(d *catalog.Document, values catalog.Values) string {
	parts := make([]string, len(d.Record.Key))
	for i, id := range d.Record.Key {
		parts[i] = text(values, id)
	}
	return strings.Join(parts, "\x00")
}

// recordKey is keyOf claims that were given alone, normalised as those of a
// record are.
func recordKey(d *catalog.Document, record map[string]string) (string, error) {
	if len(record) != len(d.Record.Key) {
		return "", fault.New(fault.CodeRequestMalformed, "give exactly the claims of the record key: "+strings.Join(d.Record.Key, ", ")).At("record")
	}
	values := catalog.Values{}
	for _, id := range d.Record.Key {
		value, given := record[id]
		if !given {
			return "", fault.New(fault.CodeRequestMalformed, "a claim of the record key is missing: "+id).At("record")
		}
		normal, code := d.Claim(id).NormaliseText(value)
		if code != "" {
			return "", fault.New(fault.CodeRequestMalformed, "the value breaks a rule of the catalogue: "+code).At("record." + id)
		}
		values[id] = normal
	}
	return keyOf(d, values), nil
}

// text returns a text value, "" if it is absent or null.
func text(values catalog.Values, id string) string {
	s, _ := values[id].(string)
	return s
}

// formerNumbers returns the cancelled personal numbers that a root record names:
// the entries of the kind that the catalogue tells, and no other.
func (r *record) formerNumbers() []string {
	var numbers []string
	items, _ := r.values[r.document.Identity.Former].([]any)
	for _, item := range items {
		m, _ := item.(map[string]any)
		number, _ := m["value"].(string)
		if m["kind"] == r.document.Identity.FormerKind && len(number) == len(r.number) && number != r.number {
			numbers = append(numbers, number)
		}
	}
	return numbers
}
