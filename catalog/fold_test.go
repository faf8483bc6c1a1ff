package catalog_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/catalog"
)

func TestFoldName(t *testing.T) {
	for _, same := range [][]string{
		{"hòa", "Hoà", "HÒA", "hoà ", " HOÀ", norm.NFD.String("Hoà"), norm.NFD.String("Hòa")},
		{"thủy", "thuỷ", "THUỶ", "Thủy"},
		{"khỏe", "khoẻ"},
		{"đỗ thị quý", "ĐỖ THỊ QÚY", "\u00D0ỗ  Thị\tQuý", "\u0189Ỗ THỊ QUÝ", norm.NFD.String("Đỗ Thị Quý")},
		{"nguyễn thị minh ánh", "NGUYỄN THỊ MINH ÁNH"},
		{"h'hen niê", "H'HEN NIÊ"},
		{"y-blơm kƀin", "Y-BLƠM KɃIN"},
	} {
		for _, name := range same {
			if a, b := catalog.FoldName(name), catalog.FoldName(same[0]); a != b {
				t.Errorf("%q folds to %q, %q to %q", name, a, same[0], b)
			}
		}
	}
	for _, pair := range [][2]string{
		{"Hòa", "Hóa"}, {"Hoa", "Hòa"}, {"Đỗ", "Dỗ"}, {"Lê", "Le"}, {"Ân", "An"}, {"Thị", "Thi"}, {"Ánh", "Anh"},
		{"Tuyền", "Tuyển"}, {"Ư", "U"}, {"Niê", "Nie"}, {"An Bình", "AnBình"}, {"ŏ", "o"}, {"Peña", "Pena"},
	} {
		if catalog.FoldName(pair[0]) == catalog.FoldName(pair[1]) {
			t.Errorf("%q and %q fold to the same name", pair[0], pair[1])
		}
	}
	for _, name := range []string{"", "Hoà Ý", "ŏ ƀ ĕ", "Ỹ Ặ ợ", "東京"} {
		folded := catalog.FoldName(name)
		if again := catalog.FoldName(folded); again != folded || !norm.NFC.IsNormalString(folded) {
			t.Errorf("%q folds to %q, then to %q", name, folded, again)
		}
	}
}

func TestDay(t *testing.T) {
	for _, s := range []string{"1970-01-01", "1850-01-01", "2200-12-31", "2024-02-29", "1999-12-31", "2000-01-01"} {
		if d, ok := catalog.ParseDay(s); !ok || d.String() != s {
			t.Errorf("%s came back as %s (%v)", s, d, ok)
		}
	}
	for _, s := range []string{"", "2025", "2025-01", "2025-1-1", "2025/01/01", "2025-02-29", "1900-02-29", "2025-04-31", "1849-12-31",
		"2201-01-01", "2025-00-10", "2025-10-00", "2025-01-01 ", "20a5-01-01", "+025-01-01", "2025-01-0١"} {
		if d, ok := catalog.ParseDay(s); ok {
			t.Errorf("%q was read as %s", s, d)
		}
	}
	a, _ := catalog.ParseDay("2024-02-28")
	b, _ := catalog.ParseDay("2024-03-01")
	if b-a != 2 {
		t.Errorf("%d days between, want 2", b-a)
	}
}
