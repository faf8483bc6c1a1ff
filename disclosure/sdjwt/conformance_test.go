package sdjwt_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the rows of docs/conformance.md that this package proves")

// tally is a row of docs/conformance.md: what came of one file of vectors.
type tally struct {
	file                   string
	count, passed, skipped int
	why                    string // those were skipped
}

func (v tally) String() string {
	return fmt.Sprintf("| `%s` | %d | %d | %d | %s |\n", v.file, v.count, v.passed, v.skipped, v.why)
}

// run counts a vector and runs it.
func (v *tally) run(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	v.count++
	if t.Run(name, f) {
		v.passed++
	}
}

func (v *tally) skip(n int) {
	v.count += n
	v.skipped += n
}

const (
	conformanceFile  = "../../docs/conformance.md"
	conformanceStart = "<!-- checked by disclosure/sdjwt -->\n"
	conformanceEnd   = "<!-- end: disclosure/sdjwt -->\n"
)

// TestConformance runs every vector of this package and holds the rows of
// docs/conformance.md to what came of it. With -update it writes them.
func TestConformance(t *testing.T) {
	rows := "| vectors | count | passed | skipped | why skipped |\n|---|---|---|---|---|\n"
	for _, suite := range []func(*testing.T) []tally{
		rfc9901Vectors, specificationVectors, openIDVectors, joseVectors, wycheproofVectors,
	} {
		for _, v := range suite(t) {
			if v.count == 0 || v.count != v.passed+v.skipped {
				t.Errorf("%s: %d vectors, %d passed, %d skipped", v.file, v.count, v.passed, v.skipped)
			}
			rows += v.String()
		}
	}
	raw, err := os.ReadFile(conformanceFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(raw), conformanceStart)
	written, after, closed := strings.Cut(rest, conformanceEnd)
	if !found || !closed {
		t.Fatalf("%s lacks the marks %q and %q", conformanceFile, conformanceStart, conformanceEnd)
	}
	if written == rows {
		return
	}
	if !*update {
		t.Fatalf("%s says\n%s\nbut it is (go test ./disclosure/sdjwt -run Conformance -update)\n%s", conformanceFile, written, rows)
	}
	if err := os.WriteFile(conformanceFile, []byte(before+conformanceStart+rows+conformanceEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
