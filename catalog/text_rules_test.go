package catalog_test

import (
	"slices"
	"testing"

	"github.com/giayto/giayto/catalog"
)

// Every text that a clerk types freely takes Ð and Ɖ for Đ: three letters
// that look alike and would be three different signed values.
func TestEveryTypedTextFoldsEth(t *testing.T) {
	for _, d := range catalog.Default().Documents() {
		for _, cl := range d.Claims {
			foldsEth(t, d.ID+"/"+cl.ID, cl)
		}
	}
}

func foldsEth(t *testing.T, at string, cl *catalog.Claim) {
	t.Helper()
	if cl.Type == catalog.TypeText && cl.Pattern == "" && slices.Contains(cl.Normalise, "spaces") && !slices.Contains(cl.Normalise, "viet_d") {
		t.Errorf("%s keeps Ð and Ɖ", at)
	}
	if cl.Item != nil {
		foldsEth(t, at+"[]", cl.Item)
	}
	for _, m := range cl.Members {
		foldsEth(t, at+"."+m.ID, m)
	}
}

func TestEthInAddress(t *testing.T) {
	for _, letter := range []string{"Đ", "\u00d0", "\u0189"} {
		record := with(t, "can_cuoc", "place_of_origin", letter+"ồng Tháp")
		values, violations := catalog.Default().Document("can_cuoc").Normalise(record)
		if values["place_of_origin"] != "Đồng Tháp" {
			t.Errorf("%U became %q (%v)", []rune(letter)[0], values["place_of_origin"], violations)
		}
	}
}
