package catalog_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/catalog"
)

// judged is the example record of a document with one claim replaced, and what
// must be told about it.
type judged struct {
	name, document, claim string
	value                 any
	want                  string
}

// numberAndDateRecords: the personal number, what it must agree with, and dates.
var numberAndDateRecords = []judged{
	{"good", "can_cuoc", "sex", numberOf("2"), ""},
	{"E16 number instead of text", "can_cuoc", "personal_administrative_number", numberOf("1095000123"), "personal_administrative_number type_mismatch"},
	{"E16 lost zeros", "can_cuoc", "personal_administrative_number", "1095000123", "personal_administrative_number length"},
	{"letters among digits", "can_cuoc", "personal_administrative_number", "07930500O123", "personal_administrative_number pattern"},
	{"other scripts' digits", "can_cuoc", "personal_administrative_number", "٠79305000123", "personal_administrative_number length"},
	{"E15 sex corrected", "can_cuoc", "sex", numberOf("1"), "personal_administrative_number number_disagrees?"},
	{"E14 year of another century", "can_cuoc", "birthdate", "1905-02-28", "personal_administrative_number number_disagrees?"},
	{"E10 year only", "can_cuoc", "birthdate", "2005", ""},
	{"E11 year and month", "can_cuoc", "birthdate", "2005-07", ""},
	{"E17 foreign country code", "can_cuoc", "personal_administrative_number", "123305000123", ""},
	{"not a date", "can_cuoc", "birthdate", "2005-02-29", "birthdate not_a_date"},
	{"E9 leap day", "can_cuoc", "birthdate", "2004-02-29", "personal_administrative_number number_disagrees?"},
	{"printed form of a date", "can_cuoc", "birthdate", "28/02/2005", "birthdate not_a_date"},
	{"month 13", "can_cuoc", "birthdate", "2005-13", "birthdate not_a_date"},
	{"day 0", "can_cuoc", "birthdate", "2005-01-00", "birthdate not_a_date"},
	{"year of another calendar", "can_cuoc", "birthdate", "1000-01-01", "birthdate range"},
	{"partial date where none may be", "can_cuoc", "date_of_issuance", "2025-08", "date_of_issuance not_a_date"},
	{"E30 no expiry", "can_cuoc", "date_of_expiry", nil, ""},
	{"a period that ends before it begins", "can_cuoc", "date_of_expiry", "2019-01-01", "date_of_expiry period_reversed?"},
	{"a class that the law of 2024 does not know", "gplx", "driving_privileges", []any{map[string]any{"vehicle_category_code": "A2", "class_scheme": "2024", "issue_date": "2020-01-01", "expiry_date": nil}}, "driving_privileges class_unknown_in_scheme?"},
	{"null where none may be", "can_cuoc", "date_of_issuance", nil, "date_of_issuance not_nullable"},
}

// shapeRecords: what is missing, empty, too long, nested wrongly or unknown.
var shapeRecords = []judged{
	{"missing", "can_cuoc", "name", "absent", "name missing"},
	{"missing inside a group", "can_cuoc", "address", "absent", "address.formatted missing"},
	{"empty", "can_cuoc", "name", "", "name length"},
	{"only spaces", "can_cuoc", "name", " \t ", "name length"},
	{"too long", "can_cuoc", "name", strings.Repeat("Ân ", 60), "name length"},
	{"endless", "can_cuoc", "name", strings.Repeat("n", 1<<20), "name length"},
	{"group is not an object", "can_cuoc", "address", "Hà Nội", "address type_mismatch"},
	{"group is null", "can_cuoc", "address", nil, "address type_mismatch"},
	{"unknown member", "can_cuoc", "fingerprint", "x", "fingerprint unknown_claim"},
	{"unknown member of a group", "can_cuoc", "address.ward", "x", "address.ward unknown_claim"},
	{"dotted id instead of nesting", "can_cuoc", "079305000123", "x", "(unknown) unknown_claim"},
	{"card number for a name", "can_cuoc", "GD4797912345678", "x", "(unknown) unknown_claim"},
	{"frame number for a name", "can_cuoc", "rl4b29f3xr0000123", "x", "(unknown) unknown_claim"},
	{"derived claim in a record", "can_cuoc", "birth_year", numberOf("2005"), "birth_year unknown_claim"},
}

// typeRecords: values of another type or outside their set, and lists.
var typeRecords = []judged{
	{"fraction", "can_cuoc", "sex", numberOf("2.0"), "sex type_mismatch"},
	{"float of a careless decoder", "can_cuoc", "sex", 2.0, "sex type_mismatch"},
	{"unknown value", "can_cuoc", "sex", numberOf("3"), "sex not_in_enum"},
	{"text for an integer value", "can_cuoc", "sex", "2", "sex type_mismatch"},
	{"bool for text", "can_cuoc", "name", true, "name type_mismatch"},
	{"object for text", "can_cuoc", "name", map[string]any{}, "name type_mismatch"},
	{"list for text", "can_cuoc", "name", []any{"x"}, "name type_mismatch"},
	{"text for a list", "can_cuoc", "nationalities", "VN", "nationalities type_mismatch"},
	{"empty list where one is required", "can_cuoc", "nationalities", []any{}, "nationalities missing"},
	{"too many items", "can_cuoc", "nationalities", []any{"VN", "LA", "KH", "FR", "US"}, "nationalities too_many_items"},
	{"bad item", "can_cuoc", "nationalities", []any{"VN", "Lào"}, "nationalities[1] length"},
	{"null item", "can_cuoc", "nationalities", []any{nil}, "nationalities[0] not_nullable"},
	{"E19 two numbers of two provinces", "can_cuoc", "legacy_numbers", []any{map[string]any{"kind": "cmnd9", "value": "123456789"}, map[string]any{"kind": "cmnd9", "value": "023456789"}}, ""},
	{"E25 temporary residence", "can_cuoc", "address_kind", "temporary", ""},
}

// otherDocumentRecords: privileges and points of a licence, plates, frame
// numbers, insurance numbers, portraits.
var otherDocumentRecords = []judged{
	{"item is no object", "gplx", "driving_privileges", []any{"B"}, "driving_privileges[0] type_mismatch"},
	{"unknown member of an item", "gplx", "driving_privileges", privileges(map[string]any{"note": "x"}), "driving_privileges[1].note unknown_claim"},
	{"missing member of an item", "gplx", "driving_privileges", privileges(map[string]any{"issue_date": "absent"}), "driving_privileges[1].issue_date missing"},
	{"bad member of an item", "gplx", "driving_privileges", privileges(map[string]any{"vehicle_category_code": "Z"}), "driving_privileges[1].vehicle_category_code not_in_enum"},
	{"E33 unlimited class", "gplx", "driving_privileges", privileges(nil), ""},
	{"points above twelve", "gplx", "licence_points_remaining", numberOf("13"), "licence_points_remaining range"},
	{"points beyond 64 bits", "gplx", "licence_points_remaining", numberOf("99999999999999999999"), "licence_points_remaining type_mismatch"},
	{"E41 unknown series", "dang_ky_xe", "registration_number", "99ZZ9", "registration_number unexpected_form?"},
	{"E41 diplomatic", "dang_ky_xe", "registration_number", "80-011-NG-01", ""},
	{"E41 not a plate at all", "dang_ky_xe", "registration_number", "51K 123:45", "registration_number pattern"},
	{"E42 17 characters with O", "dang_ky_xe", "vehicle_identification_number", "RL4B29F3XRO000123", "vehicle_identification_number pattern"},
	{"E42 17 characters with I", "dang_ky_xe", "vehicle_identification_number", "RL4B29F3XRI000123", "vehicle_identification_number pattern"},
	{"E42 17 characters with Q", "dang_ky_xe", "vehicle_identification_number", "RL4B29F3XRQ000123", "vehicle_identification_number pattern"},
	{"E42 a frame of another length", "dang_ky_xe", "vehicle_identification_number", "KHUNG0012345", "vehicle_identification_number unexpected_form?"},
	{"E43 eleven digits", "bhyt", "social_insurance_number", "79123456789", "social_insurance_number pattern"},
	{"E43 level before category", "bhyt", "health_insurance_code", "4GD797912345678", "health_insurance_code pattern"},
	{"no image", "can_cuoc", "picture", "https://example.com/a.jpg", "picture not_an_image"},
	{"broken image", "gplx", "picture", "data:image/png;base64,????", "picture not_an_image"},
	{"huge image", "gplx", "picture", "data:image/png;base64," + strings.Repeat("A", 40000), "picture length"},
}

// privileges are two driving privileges, the second with members replaced; the
// value "absent" removes one.
func privileges(item map[string]any) []any {
	base := map[string]any{"vehicle_category_code": "B", "class_scheme": "2024", "issue_date": "2025-04-10", "expiry_date": nil}
	for k, v := range item {
		if v == "absent" {
			delete(base, k)
		} else {
			base[k] = v
		}
	}
	return []any{map[string]any{"vehicle_category_code": "A1", "class_scheme": "2024", "issue_date": "2025-04-10", "expiry_date": nil}, base}
}

func TestNormaliseViolations(t *testing.T) {
	for _, test := range slices.Concat(numberAndDateRecords, shapeRecords, typeRecords, otherDocumentRecords) {
		t.Run(test.name, func(t *testing.T) {
			d := catalog.Default().Document(test.document)
			values, violations := d.Normalise(with(t, test.document, test.claim, test.value))
			if got := told(violations); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if refused := catalog.Refused(violations); refused != (values == nil) {
				t.Errorf("refused %v, but values %v", refused, values != nil)
			}
		})
	}
}

func TestViolationsAreBoundedAndOrdered(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	r := map[string]any{}
	for i := range 500 {
		r[fmt.Sprintf("extra_%03d", i)] = "secret"
	}
	_, first := d.Normalise(r)
	if len(first) != catalog.MaxViolations {
		t.Fatalf("%d violations, want %d", len(first), catalog.MaxViolations)
	}
	for range 5 {
		if _, again := d.Normalise(r); !slices.Equal(again, first) {
			t.Fatal("the order of violations changes")
		}
	}
	if first[0].Claim != "personal_administrative_number" || first[0].Code != catalog.CodeMissing {
		t.Errorf("first violation %v, want the first claim of the catalogue", first[0])
	}
}

// Nothing that stood in a record may be told by a violation.
func TestViolationsTellNoValues(t *testing.T) {
	const secret = "Bí Mật Riêng 123456"
	for _, d := range catalog.Default().Documents() {
		r := map[string]any{secret: secret}
		for _, cl := range d.Claims {
			name, _, nested := strings.Cut(cl.ID, ".")
			if nested {
				r[name] = map[string]any{secret: secret}
			} else {
				r[name] = []any{secret, map[string]any{secret: secret}}
			}
		}
		values, violations := d.Normalise(r)
		if values != nil || len(violations) == 0 {
			t.Fatalf("%s: accepted", d.ID)
		}
		for _, v := range violations {
			if strings.Contains(fmt.Sprint(v, v.Text()), "Mật") {
				t.Errorf("%s: %v tells a value", d.ID, v)
			}
			if v.Text().VI == "" || v.Text().EN == "" {
				t.Errorf("%s has no sentence", v.Code)
			}
		}
	}
}

// numberOf is a number as json.Decoder.UseNumber gives it.
func numberOf(s string) json.Number { return json.Number(s) }
