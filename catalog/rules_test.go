package catalog_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/giayto/giayto/catalog"
)

// class is one driving privilege; an empty end is none.
func class(code, scheme, from, until string, more ...any) map[string]any {
	item := map[string]any{"vehicle_category_code": code, "class_scheme": scheme, "issue_date": from, "expiry_date": nil}
	if until != "" {
		item["expiry_date"] = until
	}
	if len(more) > 0 {
		item["automatic_only"] = more[0]
	}
	return item
}

func licence(status string, classes ...any) catalog.Values {
	return catalog.Values{"licence_status": status, "date_of_issuance": "2015-01-01", "date_of_expiry": nil, "driving_privileges": classes}
}

// points is a licence in force with as many points left.
func points(left int64) catalog.Values {
	v := licence("in_force", class("B", "2024", "2025-02-01", ""))
	v["licence_points_remaining"] = left
	return v
}

func TestMayDrive(t *testing.T) {
	all := []string{"A1", "A", "B1", "B", "C1", "C", "D1", "D2", "D", "BE", "C1E", "CE", "D1E", "D2E", "DE"}
	tests := []struct {
		name   string
		values catalog.Values
		want   string // the classes that may be driven
	}{
		{"A1", licence("in_force", class("A1", "2024", "2025-02-01", "")), "A1"},
		{"A covers A1", licence("in_force", class("A", "2024", "2025-02-01", "")), "A1 A"},
		{"E35 B1 of 2024 is a three-wheeler", licence("in_force", class("B1", "2024", "2025-02-01", "")), "A1 B1"},
		{"E35 B1 of 2008 is a car", licence("in_force", class("B1", "2008", "2018-02-01", "2028-02-01", true)), "B"},
		{"E34 A1 of 2008", licence("in_force", class("A1", "2008", "2018-02-01", "")), "A1"},
		{"A2 of 2008", licence("in_force", class("A2", "2008", "2018-02-01", "")), "A1 A"},
		{"A3 of 2008", licence("in_force", class("A3", "2008", "2018-02-01", "")), "A1 B1"},
		{"C", licence("in_force", class("C", "2024", "2025-02-01", "2030-02-01")), "B C1 C"},
		{"D covers through D2, D1 and C", licence("in_force", class("D", "2024", "2025-02-01", "2030-02-01")), "B C1 C D1 D2 D"},
		{"E of 2008", licence("in_force", class("E", "2008", "2022-02-01", "2027-02-01")), "B C1 C D1 D2 D"},
		{"CE", licence("in_force", class("CE", "2024", "2025-02-01", "2030-02-01")), "B C1 C CE"},
		{"E33 unlimited A1 beside an expired B", licence("in_force", class("A1", "2024", "2015-02-01", ""), class("B", "2024", "2015-02-01", "2025-02-01")), "A1"},
		{"a class that begins tomorrow", licence("in_force", class("B", "2024", "2026-06-16", "")), ""},
		{"a class that ends today", licence("in_force", class("B", "2024", "2025-06-16", "2026-06-15")), "B"},
		{"E36 no points left", licence("points_exhausted", class("B", "2024", "2025-02-01", "")), ""},
		{"E36 no points left, and a status that does not know yet", points(0), ""},
		{"E36 one point left", points(1), "B"},
		{"E37 withheld", licence("withheld", class("B", "2024", "2025-02-01", "")), ""},
		{"no class", licence("in_force"), ""},
		{"one of the other scheme's classes", licence("in_force", class("B2", "2024", "2025-02-01", "")), ""},
	}
	d := catalog.Default().Document("gplx")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var may []string
			for _, c := range all {
				if derived(t, d, "may_drive."+c, test.values, catalog.Moment{Now: noon(t, "2026-06-15")}) == true {
					may = append(may, c)
				}
			}
			if got := strings.Join(may, " "); got != test.want {
				t.Errorf("may drive %q, want %q", got, test.want)
			}
		})
	}
}

func TestLicenceFacts(t *testing.T) {
	tests := []struct {
		name, claim string
		values      catalog.Values
		want        any
	}{
		{"in force", "licence_in_force", licence("in_force"), true},
		{"suspended", "licence_in_force", licence("suspended"), false},
		{"E36 no points left", "licence_in_force", points(0), false},
		{"E36 points left", "licence_in_force", points(12), true},
		{"automatic car beside a motorcycle", "automatic_only", licence("", class("A1", "2024", "2020-01-01", ""), class("B", "2024", "2025-01-02", "", true)), true},
		{"an older manual right", "automatic_only", licence("", class("B2", "2008", "2020-01-01", "2030-01-01", false), class("B", "2024", "2025-01-02", "", true)), false},
		{"the manual right has ended", "automatic_only", licence("", class("B2", "2008", "2015-01-01", "2025-01-01", false), class("B", "2024", "2025-01-02", "", true)), true},
		{"a car right of which it is not said", "automatic_only", licence("", class("C", "2008", "2024-01-01", "2029-01-01"), class("B", "2024", "2025-01-02", "", true)), catalog.CodeUndetermined},
		{"not said of one, manual the other", "automatic_only", licence("", class("C", "2008", "2024-01-01", "2029-01-01"), class("B", "2024", "2025-01-02", "", false)), false},
		{"not said at all", "automatic_only", licence("", class("B", "2024", "2025-01-02", "")), catalog.CodeUndetermined},
		{"said of a motorcycle", "automatic_only", licence("", class("A1", "2024", "2020-01-01", "", false), class("B", "2024", "2025-01-02", "", true)), true},
		{"motorcycles only", "automatic_only", licence("", class("A1", "2024", "2020-01-01", "")), catalog.CodeNotDerivable},
		{"held since the older class", "held_class_since_years.B", licence("", class("B", "2024", "2025-01-02", ""), class("B2", "2008", "2016-06-15", "2036-06-15")), int64(10)},
		{"a day short", "held_class_since_years.B", licence("", class("B2", "2008", "2016-06-16", "2036-06-15")), int64(9)},
		{"granted today", "held_class_since_years.B", licence("", class("B", "2024", "2026-06-15", "")), int64(0)},
		{"not held", "held_class_since_years.B", licence("", class("A1", "2024", "2020-01-01", "")), catalog.CodeNotDerivable},
		{"a class of 2008 under the name it has now", "licence_classes", licence("", class("D", "2008", "2020-01-01", ""), class("B1", "2008", "2020-01-01", "")), []any{"B", "C1", "C", "D1", "D2"}},
		{"the three-wheeler of 2024", "licence_classes", licence("", class("B1", "2024", "2020-01-01", "")), []any{"A1", "B1"}},
		{"a class that its law does not know", "licence_classes", licence("", class("A2", "2024", "2020-01-01", "")), []any{}},
		{"classes in date, each once", "licence_classes", licence("", class("A1", "2024", "2020-01-01", ""), class("B", "2024", "2020-01-01", ""), class("B", "2008", "2020-01-01", ""), class("C", "2024", "2020-01-01", "2026-06-14")), []any{"A1", "B"}},
		{"no classes known", "licence_classes", catalog.Values{}, catalog.CodeMissingSource},
	}
	d := catalog.Default().Document("gplx")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := derived(t, d, test.claim, test.values, catalog.Moment{Now: noon(t, "2026-06-15")}); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestVehicleAndInsuranceFacts(t *testing.T) {
	const holder = "079305000123"
	tests := []struct {
		name, document, claim string
		values                catalog.Values
		want                  any
	}{
		{"owner", "dang_ky_xe", "owner_is_holder", catalog.Values{"registered_owner.identifier": holder}, true},
		{"E39 a company's car", "dang_ky_xe", "owner_is_holder", catalog.Values{"registered_owner.identifier": "0301234567"}, false},
		{"owner unknown", "dang_ky_xe", "owner_is_holder", catalog.Values{}, catalog.CodeMissingSource},
		{"province of the plate", "dang_ky_xe", "plate_province", catalog.Values{"registration_number": "51K12345"}, "Thành phố Hồ Chí Minh"},
		{"merged province", "dang_ky_xe", "plate_province", catalog.Values{"registration_number": "72A12345"}, "Thành phố Hồ Chí Minh"},
		{"no such prefix", "dang_ky_xe", "plate_province", catalog.Values{"registration_number": "TM1234"}, catalog.CodeNotDerivable},
		{"plate shorter than the prefix", "dang_ky_xe", "plate_province", catalog.Values{"registration_number": "5"}, catalog.CodeNotDerivable},
		{"end of the chassis number", "dang_ky_xe", "vin_last6", catalog.Values{"vehicle_identification_number": "RL4B29F3XR0000123"}, "000123"},
		{"the end would be the whole", "dang_ky_xe", "vin_last6", catalog.Values{"vehicle_identification_number": "123456"}, catalog.CodeNotDerivable},
		{"yellow plate", "dang_ky_xe", "commercial_use", catalog.Values{"registration_plate_colour": "yellow"}, true},
		{"white plate", "dang_ky_xe", "commercial_use", catalog.Values{"registration_plate_colour": "white"}, false},
		{"registration without end", "dang_ky_xe", "registration_valid", catalog.Values{"date_of_registration": "2024-06-01", "date_of_expiry": nil}, true},
		{"inspected, end unknown", "dang_ky_xe", "inspection_valid", catalog.Values{"approval_date_technical_inspection": "2025-06-01"}, catalog.CodeMissingSource},
		{"insured today", "bhyt", "insured_on", catalog.Values{"valid_from": "2025-01-01", "valid_until": nil}, "2026-06-15"},
		{"E44 starts tomorrow", "bhyt", "insured_on", catalog.Values{"valid_from": "2026-06-16", "valid_until": nil}, catalog.CodeNotDerivable},
		{"E44 expired yesterday", "bhyt", "insured_on", catalog.Values{"valid_from": "2025-01-01", "valid_until": "2026-06-14"}, catalog.CodeNotDerivable},
		{"E44 five years in the future", "bhyt", "five_year_continuous", catalog.Values{"continuous_5y_from": "2027-01-01"}, false},
		{"five years reached", "bhyt", "five_year_continuous", catalog.Values{"continuous_5y_from": "2026-06-15"}, true},
		{"benefit level 4", "bhyt", "benefit_rate_percent", catalog.Values{"benefit_level": int64(4)}, int64(80)},
		{"benefit level 3", "bhyt", "benefit_rate_percent", catalog.Values{"benefit_level": int64(3)}, int64(95)},
		{"benefit level unknown", "bhyt", "benefit_rate_percent", catalog.Values{"benefit_level": int64(9)}, catalog.CodeNotDerivable},
		{"E43 end of a ten-digit number", "bhyt", "social_insurance_number_masked", catalog.Values{"social_insurance_number": "7912345678"}, "678"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := catalog.Moment{Now: noon(t, "2026-06-15"), Holder: holder}
			if got := derived(t, catalog.Default().Document(test.document), test.claim, test.values, m); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	d := catalog.Default().Document("dang_ky_xe")
	v := catalog.Values{"registered_owner.identifier": ""}
	if got := derived(t, d, "owner_is_holder", v, catalog.Moment{}); got != catalog.CodeMissingSource {
		t.Errorf("nobody owns a car of nobody: %v", got)
	}
}

func TestPlateDisplay(t *testing.T) {
	d := catalog.Default().Document("dang_ky_xe")
	for compact, want := range map[string]string{
		"51K12345":   "51K-123.45",
		"30F1234":    "30F-1234",
		"59X212345":  "59-X2 123.45",
		"29MĐ101353": "29-MĐ1 013.53",
		"29AA12345":  "29-AA 123.45",
		"51LD12345":  "51LD-123.45",
		"80011NG01":  "80-011-NG-01",
		"TM1234":     "TM 12-34",
		"99ZZ9":      "99ZZ9",
	} {
		if got := derived(t, d, "registration_number_display", catalog.Values{"registration_number": compact}, catalog.Moment{}); got != want {
			t.Errorf("%s: %v, want %s", compact, got, want)
		}
	}
}

// Three-valued logic: what is settled does not wait for what is not known.
func TestComposedRules(t *testing.T) {
	c, err := catalog.Load(layer(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	const missing = catalog.CodeMissingSource
	tests := []struct {
		values    catalog.Values
		all, some any
	}{
		{catalog.Values{"state": "good", "clean": true}, true, true},
		{catalog.Values{"state": "held", "clean": true}, false, true},
		{catalog.Values{"state": "good", "clean": false}, false, true},
		{catalog.Values{"state": "held", "clean": false}, false, false},
		{catalog.Values{"state": "held"}, false, missing},
		{catalog.Values{"state": "good"}, missing, true},
		{catalog.Values{"clean": true}, missing, true},
		{catalog.Values{"clean": false}, false, missing},
		{catalog.Values{}, missing, missing},
	}
	for _, test := range tests {
		if got := derived(t, c.Document("alpha"), "good_and_clean", test.values, catalog.Moment{}); got != test.all {
			t.Errorf("%v: all is %v, want %v", test.values, got, test.all)
		}
		if got := derived(t, c.Document("alpha"), "good_or_clean", test.values, catalog.Moment{}); got != test.some {
			t.Errorf("%v: any is %v, want %v", test.values, got, test.some)
		}
	}
	for _, test := range []struct {
		claim string
		v     catalog.Values
		want  any
	}{
		{"ended", catalog.Values{"until": nil}, true},
		{"reached", catalog.Values{"until": nil}, false},
		{"ended", catalog.Values{"until": "2026-06-15"}, true},
		{"reached", catalog.Values{"until": "2026-06-15"}, true},
		{"ended", catalog.Values{}, missing},
		{"grade", catalog.Values{"place.code": "VN"}, int64(7)},
		{"grade", catalog.Values{"place.code": "LA"}, catalog.CodeNotDerivable},
		{"tagged", catalog.Values{"tags": []any{"cd", "ab"}}, true},
		{"tagged", catalog.Values{"tags": "ab"}, catalog.CodeNotDerivable},
		{"adult", catalog.Values{"birthdate": "soon"}, catalog.CodeNotDerivable},
		{"adult", catalog.Values{"birthdate": nil}, catalog.CodeNotDerivable},
		{"drives_a", catalog.Values{"rights": []any{"B"}}, catalog.CodeNotDerivable},
		{"running_today", catalog.Values{"issued": nil}, catalog.CodeNotDerivable},
		{"running_today", catalog.Values{"issued": "2020-01-01", "until": "never"}, catalog.CodeNotDerivable},
	} {
		if got := derived(t, c.Document("alpha"), test.claim, test.v, catalog.Moment{Now: noon(t, "2026-06-15")}); got != test.want {
			t.Errorf("%s of %v: %v, want %v", test.claim, test.v, got, test.want)
		}
	}
}
