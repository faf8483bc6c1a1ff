package disclosure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/fault"
)

func TestShareTooDense(t *testing.T) {
	f := newFixture(t)
	var origin strings.Builder
	for i := 0; origin.Len() < 190; i++ {
		origin.WriteString(string(rune('A'+i*7%26)) + string(rune('a'+i*11%26)) + string(rune('0'+i*3%10)))
	}
	f.issue("can_cuoc", change{"place_of_origin": origin.String(), "identifying_features": reverse(origin.String())})
	_, err := f.Share(ctx, f.request("can_cuoc", "name", "place_of_origin", "identifying_features", "address.formatted"))
	if !fault.Is(err, fault.CodeTooDense) {
		t.Fatal(err)
	}
	msg := err.Error()
	for _, want := range []string{"version 13", "can_cuoc/place_of_origin", "can_cuoc/identifying_features"} {
		if !strings.Contains(msg, want) {
			t.Errorf("%q lacks %q", msg, want)
		}
	}
	if strings.Contains(msg, origin.String()[:9]) {
		t.Error("the error holds a value")
	}
}

// So large a selection that the text has no frame at all is told in the same way.
func TestShareFarTooDense(t *testing.T) {
	f := newFixture(t)
	relatives := make([]any, 20)
	for i := range relatives {
		name := strings.Repeat(string(rune('A'+i))+string(rune('a'+i*7%26)), 70)
		relatives[i] = map[string]any{"relation": "child", "name": name}
	}
	f.issue("can_cuoc", change{"relatives": relatives})
	_, err := f.Share(ctx, f.request("can_cuoc", "name", "relatives"))
	if !fault.Is(err, fault.CodeTooDense) || !strings.Contains(err.Error(), "can_cuoc/relatives (") {
		t.Fatal(err)
	}
	if strings.Contains(err.Error(), "AaAa") {
		t.Error("the error holds a value")
	}
}

func reverse(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}
