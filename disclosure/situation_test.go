package disclosure_test

import (
	"testing"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
)

// A preset cannot be stretched by a second document, which would stand in the
// history under the preset's purpose.
func TestAPresetIsTheWholeRequest(t *testing.T) {
	rental := disclosure.Selection{Document: "gplx", Preset: "car_rental"}
	for _, c := range []struct {
		name      string
		documents []disclosure.Selection
	}{
		{"claims beside a preset", []disclosure.Selection{rental, {Document: "can_cuoc", Claims: []string{"religion"}}}},
		{"claims before a preset", []disclosure.Selection{{Document: "can_cuoc", Claims: []string{"religion"}}, rental}},
		{"two presets", []disclosure.Selection{rental, {Document: "can_cuoc", Preset: "bank_ekyc"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.issue("can_cuoc")
			f.issue("gplx")
			r := f.request("can_cuoc")
			r.Documents = c.documents
			_, err := f.Share(ctx, r)
			if !fault.Is(err, fault.CodeOverAsking) || asFault(t, err).Field != "documents[1].preset" {
				t.Fatal(err)
			}
			if e := f.history()[0]; e.Outcome != disclosure.Refused || len(e.Documents) != 2 {
				t.Errorf("entry %+v", e)
			}
		})
	}
}
