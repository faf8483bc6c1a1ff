package demo_test

import (
	"bytes"
	"testing"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
)

// starred reads the lines about the star, and the first one of each register.
func starred(t *testing.T, set []demo.Register) []entry {
	t.Helper()
	var some []demo.Register
	for _, r := range set {
		for i, line := range lines(r) {
			if i == 0 || bytes.Contains(line, []byte(demo.Star())) {
				some = append(some, demo.Register{Agency: r.Agency, Name: r.Name, NDJSON: append(bytes.Clone(line), '\n')})
			}
		}
	}
	return read(t, some)
}

func TestTheStarHoldsAllFourDocumentsInForce(t *testing.T) {
	for _, day := range days {
		asOf := ict(t, day)
		held := map[string]int{}
		for _, e := range starred(t, demo.Registers(asOf)) {
			if e.number() != demo.Star() {
				t.Errorf("%s: the star does not stand in the first line of %s", day, e.register)
			}
			held[e.document.ID]++
			if code := e.document.InForce(e.values, asOf); code != "" {
				t.Errorf("%s: %s is %s", day, e.document.ID, code)
			}
			name, birthdate := e.text(e.document.Identity.Name), e.text(e.document.Identity.Birthdate)
			if name != "MAI THỊ VÍ DỤ" || birthdate != "2005-02-28" {
				t.Errorf("%s: %s names %q, born %s", day, e.document.ID, name, birthdate)
			}
		}
		for _, d := range catalog.Default().Documents() {
			if held[d.ID] != 1 {
				t.Errorf("%s: the star holds %d of %s", day, held[d.ID], d.ID)
			}
		}
	}
}

// What every preset asks for is there, so that each can be shown.
func TestTheStarCanAnswerEveryPreset(t *testing.T) {
	values := map[string]catalog.Values{}
	for _, e := range starred(t, demo.Registers(snapshot)) {
		values[e.document.ID] = e.values
	}
	moment := catalog.Moment{Now: snapshot, Holder: demo.Star()}
	for _, p := range catalog.Default().Presets() {
		for _, part := range p.Documents {
			d := catalog.Default().Document(part.Document)
			for _, id := range part.Required {
				if _, err := d.Value(id, values[d.ID], moment); err != nil {
					t.Errorf("preset %s: %v", p.ID, err)
				}
			}
		}
	}
}
