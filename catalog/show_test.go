package catalog_test

import (
	"testing"

	"github.com/giayto/giayto/catalog"
)

func TestShow(t *testing.T) {
	tests := []struct {
		document, claim string
		value           any
		vi, en          string
	}{
		{"can_cuoc", "name", "NGUYỄN THỊ MINH ÁNH", "NGUYỄN THỊ MINH ÁNH", "NGUYỄN THỊ MINH ÁNH"},
		{"can_cuoc", "birthdate", "2005-02-28", "28/02/2005", "28/02/2005"},
		{"can_cuoc", "birthdate", "1950-07", "07/1950", "07/1950"},
		{"can_cuoc", "birthdate", "1950", "1950", "1950"},
		{"can_cuoc", "sex", int64(2), "Nữ", "Female"},
		{"can_cuoc", "date_of_expiry", nil, "Không thời hạn", "No expiry"},
		{"can_cuoc", "age_equal_or_over.18", true, "Có", "Yes"},
		{"can_cuoc", "age_equal_or_over.18", false, "Không", "No"},
		{"can_cuoc", "nationalities", []any{"VN", "FR"}, "VN, FR", "VN, FR"},
		{"can_cuoc", "also_known_as", []any{}, "Không có", "None"},
		{"can_cuoc", "personal_number_masked", "123", "•••123", "•••123"},
		{"can_cuoc", "birth_year", int64(1950), "1950", "1950"},
		{"can_cuoc", "legacy_numbers", []any{
			map[string]any{"kind": "cmnd9", "value": "123456789"},
			map[string]any{"kind": "cancelled_personal_number", "value": "079305000999"},
		}, "Loại số: Chứng minh nhân dân 9 số, Số: 123456789; Loại số: Số định danh đã hủy, Số: 079305000999",
			"Kind of number: Nine-digit identity card, Number: 123456789; Kind of number: Cancelled personal number, Number: 079305000999"},
		{"can_cuoc", "picture", "data:image/jpeg;base64,/9j/4AAQSkZJRg==", "(ảnh)", "(image)"},
		{"can_cuoc", "name", "A\u202eB", "(không đọc được)", "(unreadable)"},
		{"can_cuoc", "sex", int64(9), "(không đọc được)", "(unreadable)"},
		{"can_cuoc", "name", nil, "(không đọc được)", "(unreadable)"},
		{"gplx", "licence_points_remaining", int64(0), "0", "0"},
	}
	for _, test := range tests {
		got := catalog.Default().Document(test.document).Claim(test.claim).Show(test.value)
		if got.VI != test.vi || got.EN != test.en {
			t.Errorf("%s of %v: %q and %q, want %q and %q", test.claim, test.value, got.VI, got.EN, test.vi, test.en)
		}
	}
}

func TestShowHasWordsForEveryExample(t *testing.T) {
	for _, d := range fifth(t).Documents() {
		for _, cl := range d.All() {
			if cl.Example == nil && !cl.Nullable {
				continue
			}
			if got := cl.Show(cl.Example); got.VI == "" || got.EN == "" || got.EN == "(unreadable)" {
				t.Errorf("%s: %s is shown as %q and %q", d.ID, cl.ID, got.VI, got.EN)
			}
		}
	}
}
