package issuer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/issuer"
)

// count counts the entries of a bucket in a dump.
func count(dump map[string]string, prefix string) int {
	n := 0
	for key := range dump {
		if strings.HasPrefix(key, prefix) {
			n++
		}
	}
	return n
}

// shortest is the length from which a text of a record is looked for: what is
// shorter (VN, B, 2) occurs in codes and line numbers by chance.
const shortest = 6

// texts collects the texts of a record that a reader could recognise somebody
// or something by. Values of enumerations are words of the catalogue.
func texts(into map[string]bool, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if name != "note" && name != "document" {
				texts(into, member)
			}
		}
	case []any:
		for _, item := range v {
			texts(into, item)
		}
	case string:
		if utf8.RuneCountInString(v) >= shortest && strings.ToLower(v) != v || strings.ContainsAny(v, "0123456789") && len(v) >= shortest && !strings.Contains(v, "_") {
			into[v] = true
		}
	case json.Number:
		if len(v) >= shortest {
			into[v.String()] = true
		}
	}
}

// TestNothingOfARecordIsTold: reports of all registers, of changes and of bad
// exports hold no value of any record.
func TestNothingOfARecordIsTold(t *testing.T) {
	d := newDesk(t)
	values := map[string]bool{}
	var report strings.Builder
	rejected := 0
	for _, set := range [][]demo.Register{demo.Registers(noon), demo.Bad(noon), demo.Changes(noon), demo.Bad(noon)} {
		for _, r := range set {
			for _, l := range bytes.Split(r.NDJSON, []byte("\n")) {
				var record map[string]any
				dec := json.NewDecoder(bytes.NewReader(l))
				dec.UseNumber()
				if dec.Decode(&record) == nil {
					texts(values, record)
				}
			}
			sum, err := d.Import(t.Context(), r.Agency, bytes.NewReader(r.NDJSON), issuer.ImportOptions{Each: func(o issuer.Outcome) {
				b, err := json.Marshal(o)
				if err != nil {
					t.Fatal(err)
				}
				o.Credential = ""
				fmt.Fprintf(&report, "%s\n%+v\n", b, o)
			}})
			rejected += sum.Rejected
			fmt.Fprintln(&report, sum, err)
		}
	}
	if len(values) < 3000 || rejected < 100 || report.Len() < 100_000 {
		t.Fatalf("%d values, %d rejected, a report of %d bytes: not much of a test", len(values), rejected, report.Len())
	}
	told := report.String()
	for value := range values {
		if strings.Contains(told, value) {
			t.Errorf("the report contains %q", value)
		}
	}
}
