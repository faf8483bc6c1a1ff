package bolt_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/fault"
)

// FuzzDamagedRecord: whatever stands in the file, reading it gives a holding
// or a fault, never a panic; and a holding that can be read says what it is.
func FuzzDamagedRecord(f *testing.F) {
	for _, body := range []string{
		restHolding, "", "{}", "null", "[]", `{"v":1}`, `{"v":2}`, `{"v":1e0}`, `{"V":1,"ID":"h"}`, restHolding[:60],
		strings.Replace(restHolding, `"values":{`, `"values":{"x":[[[{"y":-0}]]],`, 1),
		strings.Replace(restHolding, `12}`, `1.0}`, 1), strings.Replace(restHolding, "2026-03", "2026-13", 1),
	} {
		f.Add([]byte(body))
	}
	s := open(f, newPath(f))
	give(f, s, "c", holding("c", "h"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := s.Put("holdings", "h", body); err != nil {
			t.Fatal(err)
		}
		h, err := s.Holding(t.Context(), "c", "h")
		var told *fault.Error
		if err != nil && (!errors.As(err, &told) || h.ID != "" || h.Values != nil) {
			t.Errorf("%v with %v", err, h)
		}
		if err == nil && h.Owner != "c" {
			t.Errorf("the owner of the holding is %q", h.Owner)
		}
	})
}
