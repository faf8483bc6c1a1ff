package journey_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/verifier"
)

// starOnly returns the registers with their first lines alone: the star's.
func starOnly() []demo.Register {
	registers := demo.Registers(noon)
	for i := range registers {
		registers[i].NDJSON = bytes.SplitAfter(registers[i].NDJSON, []byte("\n"))[0]
	}
	return registers
}

// each calls f for the claims of every record of an export that is JSON.
func each(export []byte, f func(claims map[string]any)) {
	for _, l := range bytes.Split(export, []byte("\n")) {
		var record struct {
			Claims map[string]any `json:"claims"`
		}
		if json.Unmarshal(l, &record) == nil && record.Claims != nil {
			f(record.Claims)
		}
	}
}

func numbersIn(export []byte) (numbers []string) {
	each(export, func(claims map[string]any) {
		numbers = append(numbers, claims["personal_administrative_number"].(string))
	})
	return numbers
}

// shortest is the length from which a text of a record is looked for.
const shortest = 6

// personal collects the texts that tell of a person: names, numbers, dates,
// addresses. Words of the catalogue (cccd_chip_2021, in_force) are left out.
func personal(into map[string]bool, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			personal(into, member)
		}
	case []any:
		for _, item := range v {
			personal(into, item)
		}
	case string:
		word := v == strings.ToLower(v) && !strings.ContainsAny(v, "0123456789") || strings.Contains(v, "_")
		if utf8.RuneCountInString(v) >= shortest && !word {
			into[v] = true
		}
	}
}

// TestNothingPersonalIsTold: whatever goes right or wrong between a register
// and a checker, neither outcome, error, event, history nor refusal repeats a
// value of a record.
func TestNothingPersonalIsTold(t *testing.T) {
	s := newStage(t, catalog.Default())
	values := map[string]bool{}
	var told strings.Builder
	for _, set := range [][]demo.Register{starOnly(), demo.Bad(noon), demo.Changes(noon), demo.Bad(noon)} {
		for _, r := range set {
			each(r.NDJSON, func(claims map[string]any) { personal(values, claims) })
			sum, err := s.issuer.Import(t.Context(), r.Agency, bytes.NewReader(r.NDJSON), issuer.ImportOptions{Each: func(o issuer.Outcome) {
				fmt.Fprintf(&told, "%+v\n", o)
			}})
			fmt.Fprintln(&told, sum, err)
		}
	}
	owner := s.owner(demo.Star())
	texts := s.shareEverything(owner, &told)
	check := s.checker(s.catalog)
	for _, text := range texts {
		for _, wrong := range []struct {
			text string
			c    verifier.Check
		}{
			{text, verifier.Check{Now: noon.Add(1 << 40)}}, {text, verifier.Check{Now: noon, Audience: "somebody"}},
			{text[:len(text)-3], verifier.Check{Now: noon}}, {"VN1:" + text, verifier.Check{Now: noon}},
			{text, verifier.Check{Now: noon, Policy: verifier.Policy{RequireTrue: []verifier.Requirement{{Document: "gplx", Claim: "nothing"}}}}},
		} {
			result, err := check.Verify(wrong.text, wrong.c)
			if result != nil || err == nil {
				t.Fatalf("established with %+v", wrong.c)
			}
			fmt.Fprintf(&told, "%v %+v\n", err, err)
		}
	}
	events, err := s.store.Events(t.Context(), owner, 100)
	fmt.Fprintf(&told, "%+v %v\n", events, err)
	for cursor := ""; ; {
		page, err := s.disclosure.History(t.Context(), owner, cursor, 20)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&told, "%+v\n", page.Entries)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(values) < 200 || len(texts) < 50 || told.Len() < 50_000 {
		t.Fatalf("%d values, %d presentations, %d bytes told: not much of a test", len(values), len(texts), told.Len())
	}
	// Reports carry their own moment, and some papers begin on that day.
	delete(values, catalog.Today(noon).String())
	for value := range values {
		if strings.Contains(told.String(), value) {
			t.Errorf("%q is told", value)
		}
	}
}

// shareEverything asks for every claim of every document by itself and for all
// together, right and wrong, and notes every answer but the text itself.
func (s *stage) shareEverything(owner string, told *strings.Builder) (texts []string) {
	s.t.Helper()
	ask := func(selection disclosure.Selection) {
		p, err := s.shareConfirmed(disclosure.Request{Owner: owner, Documents: []disclosure.Selection{selection}})
		if err == nil {
			texts = append(texts, p.Text)
		}
		fmt.Fprintln(told, p.ID, p.Symbol, err)
	}
	for _, d := range s.catalog.Documents() {
		var all []string
		for _, claim := range d.All() {
			all = append(all, claim.ID)
			ask(disclosure.Selection{Document: d.ID, Claims: []string{claim.ID}})
			ask(disclosure.Selection{Document: d.ID, Claims: []string{claim.ID, claim.ID}})
			ask(disclosure.Selection{Document: d.ID, Claims: []string{claim.ID}, Preset: "over18_shop"})
		}
		ask(disclosure.Selection{Document: d.ID, Claims: all})
		ask(disclosure.Selection{Document: d.ID, Claims: all[:min(len(all), 24)]})
	}
	return texts
}
