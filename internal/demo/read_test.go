package demo_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
)

// snapshot is the day that most tests look at.
var snapshot = demo.Snapshot()

// days are days on which calendars go wrong.
var days = []string{
	"2026-01-01", "2026-11-23", "2027-02-28", "2027-03-01", "2028-02-28", "2028-02-29", "2028-03-01", "2026-12-31", "2030-03-01", "2041-06-15",
}

// ict is noon of a civil day in Viet Nam.
func ict(t *testing.T, day string) time.Time {
	t.Helper()
	d, ok := catalog.ParseDay(day)
	if !ok {
		t.Fatalf("%s is no day", day)
	}
	return d.Start().Add(12 * time.Hour)
}

// entry is one line of a register, read as an importer does.
type entry struct {
	register   string
	line       int
	document   *catalog.Document
	note       string
	raw        map[string]any
	values     catalog.Values
	violations []catalog.Violation
}

func (e entry) text(id string) string {
	s, _ := e.values[id].(string)
	return s
}

func (e entry) number() string { return e.text("personal_administrative_number") }

// is reports whether the note names a case: "E13", or "E13 exactly 18" and on.
func (e entry) is(id string) bool {
	if !strings.Contains(id, " ") {
		id += " "
	}
	for part := range strings.SplitSeq(e.note, "; ") {
		if strings.HasPrefix(part, id) {
			return true
		}
	}
	return false
}

func lines(r demo.Register) [][]byte {
	return bytes.Split(bytes.TrimSuffix(r.NDJSON, []byte("\n")), []byte("\n"))
}

// read reads registers of which every line is a record.
func read(t *testing.T, registers []demo.Register) []entry {
	t.Helper()
	var all []entry
	for _, r := range registers {
		for i, raw := range lines(r) {
			var line struct {
				Document string         `json:"document"`
				Note     string         `json:"note"`
				Claims   map[string]any `json:"claims"`
			}
			decoder := json.NewDecoder(bytes.NewReader(raw))
			decoder.UseNumber()
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&line); err != nil {
				t.Fatalf("%s:%d: %v", r.Name, i+1, err)
			}
			d := catalog.Default().Document(line.Document)
			if d == nil || d.Agency.ID != r.Agency {
				t.Fatalf("%s:%d: document %q of agency %q", r.Name, i+1, line.Document, r.Agency)
			}
			e := entry{register: r.Name, line: i + 1, document: d, note: line.Note, raw: line.Claims}
			e.values, e.violations = d.Normalise(line.Claims)
			all = append(all, e)
		}
	}
	return all
}

// only selects the entries of a document.
func only(all []entry, document string) []entry {
	var some []entry
	for _, e := range all {
		if e.document.ID == document {
			some = append(some, e)
		}
	}
	return some
}

// of selects the entries whose note names a case.
func of(t *testing.T, all []entry, id string) []entry {
	t.Helper()
	var some []entry
	for _, e := range all {
		if e.is(id) {
			some = append(some, e)
		}
	}
	if len(some) == 0 {
		t.Fatalf("no record embodies %s", id)
	}
	return some
}

var expected = regexp.MustCompile(`; expect ([a-z_.]+)"`)

// expectation finds the code in the note of a line, even of a broken one.
func expectation(t *testing.T, line []byte) string {
	t.Helper()
	m := expected.FindSubmatch(line)
	if m == nil {
		t.Fatalf("the line does not tell what to expect: %.80s", line)
	}
	return string(m[1])
}
