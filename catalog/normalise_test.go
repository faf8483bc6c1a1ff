package catalog_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/catalog"
)

// with returns the example record of a document with one member replaced; a
// dotted path names the member, and the value "absent" removes it.
func with(t testing.TB, document, path string, value any) map[string]any {
	t.Helper()
	r := record(t, catalog.Default().Document(document))
	at, names := r, strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		at = at[name].(map[string]any)
	}
	last := names[len(names)-1]
	if value == "absent" {
		delete(at, last)
	} else {
		at[last] = value
	}
	return r
}

// told writes violations as "claim code", warnings with a question mark.
func told(violations []catalog.Violation) string {
	var out []string
	for _, v := range violations {
		s := v.Claim + " " + v.Code
		if v.Warning {
			s += "?"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestNormaliseText(t *testing.T) {
	const name = "NGUYỄN THỊ MINH ÁNH"
	tests := []struct{ name, document, claim, in, want string }{
		{"E1 name typed in NFD", "can_cuoc", "name", norm.NFD.String(name), name},
		{"E2 NFC and NFD in one name", "can_cuoc", "name", "NGUYỄN " + norm.NFD.String("THỊ MINH") + " ÁNH", name},
		{"E3 Icelandic Ð", "can_cuoc", "name", "\u00D0Ỗ THỊ HOA", "ĐỖ THỊ HOA"},
		{"E3 African Ɖ", "can_cuoc", "name", "\u0189ỗ Thị Hoa", "Đỗ Thị Hoa"},
		{"E3 small ð and ɖ", "can_cuoc", "name", "Nguy\u00F0 \u0256", "Nguyđ đ"},
		{"E4 the legal name keeps its spelling", "can_cuoc", "name", "LÊ THỊ HOÀ", "LÊ THỊ HOÀ"},
		{"E5 a single word", "can_cuoc", "name", "Khăm", "Khăm"},
		{"E6 minority letters", "can_cuoc", "name", "H'Hen Niê Êban ŏ ƀ ĕ", "H'Hen Niê Êban ŏ ƀ ĕ"},
		{"E6 Y with hyphen", "can_cuoc", "name", "Y-Blơm Kƀin", "Y-Blơm Kƀin"},
		{"E7 twelve words", "can_cuoc", "name", "Công Tằng Tôn Nữ Thị Thanh Ngọc Bảo Minh Châu Anh", "Công Tằng Tôn Nữ Thị Thanh Ngọc Bảo Minh Châu Anh"},
		{"E8 foreign origin", "can_cuoc", "name", "Anna-Maria J. Nguyễn", "Anna-Maria J. Nguyễn"},
		{"white space", "can_cuoc", "name", "\t NGUYỄN \u00a0 THỊ  MINH\nÁNH ", name},
		{"E16 leading zeros", "can_cuoc", "personal_administrative_number", "001095000123", "001095000123"},
		{"E16 grouped digits", "can_cuoc", "personal_administrative_number", " 001 095-000.123 ", "001095000123"},
		{"E23 an address over 150 characters", "can_cuoc", "address.formatted", strings.Repeat("Ấp Ngã Ba Lộ Đá, ", 14) + "Huế", strings.Repeat("Ấp Ngã Ba Lộ Đá, ", 14) + "Huế"},
		{"E24 four levels", "can_cuoc", "address.formatted", "Thôn 3, xã A, huyện B, tỉnh C", "Thôn 3, xã A, huyện B, tỉnh C"},
		{"E41 electric motorcycle", "dang_ky_xe", "registration_number", "29-MĐ1 013.53", "29MĐ101353"},
		{"E41 electric, look-alike Đ, small letters", "dang_ky_xe", "registration_number", "29-m\u00f01 013.53", "29MĐ101353"},
		{"E41 four digits", "dang_ky_xe", "registration_number", "30F-1234", "30F1234"},
		{"E42 a frame of another length", "dang_ky_xe", "vehicle_identification_number", "rl-123*45/6.a", "RL-123*45/6.A"},
		{"E43 ten digits", "bhyt", "social_insurance_number", "7912345678", "7912345678"},
		{"E43 twelve digits", "bhyt", "social_insurance_number", "079305000123", "079305000123"},
		{"E43 15 characters with letters", "bhyt", "health_insurance_code", "gd4 79 7912345A7B", "GD4797912345A7B"},
		{"E43 newborn", "bhyt", "health_insurance_code", "TE1797912345678", "TE1797912345678"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := catalog.Default().Document(test.document)
			values, violations := d.Normalise(with(t, test.document, test.claim, test.in))
			if catalog.Refused(violations) {
				t.Fatalf("refused: %s", told(violations))
			}
			if got := values[test.claim]; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// E1, E2: every way of typing a name leads to the same digest.
func TestNormaliseDigestOfForms(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	var first []byte
	for i, name := range []string{"ĐỖ THỊ THUỶ", norm.NFD.String("ĐỖ THỊ THUỶ"), "ĐỖ  THỊ" + norm.NFD.String(" THUỶ"), "\u00D0Ỗ THỊ THUỶ"} {
		values, violations := d.Normalise(with(t, "can_cuoc", "name", name))
		if values == nil {
			t.Fatalf("form %d: %s", i, told(violations))
		}
		if first == nil {
			first = values.Canonical()
		} else if string(values.Canonical()) != string(first) {
			t.Errorf("form %d gives other bytes:\n%s\n%s", i, values.Canonical(), first)
		}
	}
}

func TestForbiddenCharacters(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	for name, s := range map[string]string{
		"control": "\u0007", "delete": "\u007f", "C1 control": "\u0090", "zero-width space": "\u200b", "zero-width joiner": "\u200d",
		"right-to-left override": "\u202e", "isolate": "\u2066", "byte order mark": "\ufeff", "emoji": "😀", "emoji of the BMP": "☺",
		"variation selector": "a\ufe0f", "skin tone": "🏻", "private use": "\ue000", "unassigned": "\u0378", "not a character": "\ufdd0",
		"replacement": "\ufffd", "broken UTF-8": "\xff", "bar": "|", "soft hyphen": "\u00ad", "grapheme joiner": "a\u034f",
		"Hangul filler": "\u3164", "tag": "\U000e0041", "line separator": "a\u2028b", "keycap": "1\u20e3",
		"pile of marks": "a" + strings.Repeat("\u0334", 5),
	} {
		in := "AN" + s + "BÌNH"
		_, violations := d.Normalise(with(t, "can_cuoc", "issuing_authority", in))
		// A separator is white space, and the claim folds white space.
		if got := told(violations); name != "line separator" && got != "issuing_authority text_forbidden_character" {
			t.Errorf("%s: %q", name, got)
		}
		if v := d.Claim("issuing_authority").Check(in); v == nil || v.Code != catalog.CodeForbidden {
			t.Errorf("%s: Check says %v", name, v)
		}
	}
	for _, s := range []string{"Số 5/3 ngõ 12, P. 3", "Công ty A & B (Việt Nam) – \"chi nhánh\"", "10 m², 30°", "Ấp 3; khu 2: tổ #4 @ + = < >", "東京", "Ê-đê’s"} {
		if v := d.Claim("issuing_authority").Check(s); v != nil {
			t.Errorf("%q: %s", s, v.Code)
		}
	}
}

func TestCheckRefusesWhatIsNotComposed(t *testing.T) {
	cl := catalog.Default().Document("can_cuoc").Claim("name")
	if v := cl.Check(norm.NFD.String("ÁNH")); v == nil || v.Code != catalog.CodeNotNormalised || v.Claim != "name" {
		t.Errorf("got %v", v)
	}
}

// NormaliseText agrees with what Normalise makes of a whole record.
func TestNormaliseTextAlone(t *testing.T) {
	for _, test := range []struct{ document, claim, in, want, code string }{
		{"dang_ky_xe", "vehicle_identification_number", " rl4b29f3xr 0000123 ", "RL4B29F3XR0000123", ""},
		{"dang_ky_xe", "vehicle_identification_number", "RL4!", "", catalog.CodePattern},
		{"gplx", "document_number", "790123456789", "790123456789", ""},
		{"gplx", "document_number", strings.Repeat("7", 1000), "", catalog.CodeLength},
		{"can_cuoc", "name", "Nguye\u0302\u0303n  A\u0301nh", "Nguyễn Ánh", ""},
	} {
		d := catalog.Default().Document(test.document)
		got, code := d.Claim(test.claim).NormaliseText(test.in)
		if got != test.want || code != test.code {
			t.Errorf("%s %.20q: %q, %q; want %q, %q", test.claim, test.in, got, code, test.want, test.code)
		}
	}
}
