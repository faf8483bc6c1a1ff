package catalog_test

import (
	"errors"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
)

// noon is an instant in the middle of a civil day in Viet Nam.
func noon(t testing.TB, day string) time.Time {
	t.Helper()
	d, ok := catalog.ParseDay(day)
	if !ok {
		t.Fatalf("%q is not a day", day)
	}
	return d.Start().Add(12 * time.Hour)
}

// derived computes a claim and returns its value, or the code of its error.
func derived(t testing.TB, d *catalog.Document, id string, v catalog.Values, m catalog.Moment) any {
	t.Helper()
	answer, err := d.Derive(id, v, m)
	if err == nil {
		return answer
	}
	var failure *catalog.DeriveError
	if !errors.As(err, &failure) || failure.Claim != id || answer != nil {
		t.Fatalf("%s: %v with %v", id, err, answer)
	}
	return failure.Code
}

func TestAges(t *testing.T) {
	const undetermined = catalog.CodeUndetermined
	tests := []struct {
		name, birthdate, today, claim string
		want                          any
	}{
		{"E9 leap day, the day before", "2008-02-29", "2026-02-28", "age_equal_or_over.18", false},
		{"E9 leap day, 1 March", "2008-02-29", "2026-03-01", "age_equal_or_over.18", true},
		{"E9 leap day in a leap year", "2008-02-29", "2032-02-29", "age_equal_or_over.24", true},
		{"E9 leap day in a leap year, the day before", "2008-02-29", "2032-02-28", "age_equal_or_over.24", false},
		{"E10 year only, surely", "2007", "2026-06-15", "age_equal_or_over.18", true},
		{"E10 year only, surely not", "2009", "2026-06-15", "age_equal_or_over.18", false},
		{"E10 year only, open", "2008", "2026-06-15", "age_equal_or_over.18", undetermined},
		{"E10 year only, 31 December settles it", "2008", "2026-12-31", "age_equal_or_over.18", true},
		{"E10 year only, 30 December does not", "2008", "2026-12-30", "age_equal_or_over.18", undetermined},
		{"E10 year only, 1 January opens it", "2008", "2026-01-01", "age_equal_or_over.18", undetermined},
		{"E11 month before", "2008-05", "2026-06-15", "age_equal_or_over.18", true},
		{"E11 this month", "2008-06", "2026-06-15", "age_equal_or_over.18", undetermined},
		{"E11 last day of the month", "2008-06", "2026-06-30", "age_equal_or_over.18", true},
		{"E11 month after", "2008-07", "2026-06-15", "age_equal_or_over.18", false},
		{"E11 February of a leap year", "2008-02", "2026-02-28", "age_equal_or_over.18", undetermined},
		{"E11 February of a leap year, 1 March", "2008-02", "2026-03-01", "age_equal_or_over.18", true},
		{"E13 14 today", "2012-06-15", "2026-06-15", "age_equal_or_over.14", true},
		{"E13 14 tomorrow", "2012-06-16", "2026-06-15", "age_equal_or_over.14", false},
		{"E13 18 yesterday", "2008-06-14", "2026-06-15", "age_equal_or_over.18", true},
		{"E13 60 today", "1966-06-15", "2026-06-15", "age_equal_or_over.60", true},
		{"E13 60 tomorrow", "1966-06-16", "2026-06-15", "age_equal_or_over.60", false},
		{"E14 born in another century", "1899-12-31", "2026-06-15", "age_equal_or_over.60", true},
		{"E14 last day of the 1900s", "1999-12-31", "2026-12-30", "age_equal_or_over.27", false},
		{"E14 first day of the 2000s", "2000-01-01", "2027-01-01", "age_equal_or_over.27", true},
		{"not born yet", "2030-01-01", "2026-06-15", "age_equal_or_over.14", false},
		{"E10 birth year", "1950", "2026-06-15", "birth_year", int64(1950)},
		{"E10 precision", "1950", "2026-06-15", "birthdate_precision", "year"},
		{"E11 precision", "1950-07", "2026-06-15", "birthdate_precision", "month"},
		{"precision", "1950-07-01", "2026-06-15", "birthdate_precision", "day"},
	}
	d := catalog.Default().Document("can_cuoc")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := catalog.Values{"birthdate": test.birthdate}
			if got := derived(t, d, test.claim, v, catalog.Moment{Now: noon(t, test.today)}); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if got := derived(t, d, "age_equal_or_over.18", catalog.Values{}, catalog.Moment{}); got != catalog.CodeMissingSource {
		t.Errorf("without birth date: %v", got)
	}
}

// E12: at midnight in Ha Noi it is still yesterday in London.
func TestBirthdayBeginsInHanoi(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	v := catalog.Values{"birthdate": "2008-06-15"}
	midnight := time.Date(2026, 6, 14, 17, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		now  time.Time
		want bool
	}{{midnight.Add(-time.Second), false}, {midnight, true}, {midnight.In(time.FixedZone("west", -8*3600)), true}} {
		if got := derived(t, d, "age_equal_or_over.18", v, catalog.Moment{Now: test.now}); got != test.want {
			t.Errorf("at %v: %v, want %v", test.now, got, test.want)
		}
	}
	if got := catalog.Today(midnight).String(); got != "2026-06-15" {
		t.Errorf("today is %s", got)
	}
	if got := catalog.Today(midnight).Start(); !got.Equal(midnight) {
		t.Errorf("the day starts at %v", got)
	}
}

func TestIdentityFacts(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	m := catalog.Moment{Now: noon(t, "2026-06-15")}
	tests := []struct {
		name, claim string
		values      catalog.Values
		want        any
	}{
		{"last digits", "personal_number_masked", catalog.Values{"personal_administrative_number": "079305000123"}, "123"},
		{"citizen", "is_vn_citizen", catalog.Values{"nationalities": []any{"FR", "VN"}}, true},
		{"foreigner", "is_vn_citizen", catalog.Values{"nationalities": []any{"FR"}}, false},
		{"initials", "name_initials", catalog.Values{"name": "NGUYỄN THỊ MINH ÁNH"}, "N. T. M. A."},
		{"initials keep letters of the alphabet", "name_initials", catalog.Values{"name": "Đỗ Ông ẩn ước"}, "Đ. Ô. Â. Ư."},
		{"E6 initials", "name_initials", catalog.Values{"name": "H'Hen Niê 'Êban"}, "H. N. Ê."},
		{"E5 initials of one word", "name_initials", catalog.Values{"name": "Khăm"}, "K."},
		{"E30 card without end", "document_valid", catalog.Values{"date_of_issuance": "2020-01-01", "date_of_expiry": nil}, true},
		{"card ends today", "document_valid", catalog.Values{"date_of_issuance": "2020-01-01", "date_of_expiry": "2026-06-15"}, true},
		{"card ended yesterday", "document_valid", catalog.Values{"date_of_issuance": "2020-01-01", "date_of_expiry": "2026-06-14"}, false},
		{"card starts tomorrow", "document_valid", catalog.Values{"date_of_issuance": "2026-06-16", "date_of_expiry": nil}, false},
		{"end unknown", "document_valid", catalog.Values{"date_of_issuance": "2020-01-01"}, catalog.CodeMissingSource},
		{"start unknown", "document_valid", catalog.Values{"date_of_expiry": nil}, catalog.CodeMissingSource},
		{"no derived claim", "name", catalog.Values{"name": "x"}, catalog.CodeUnknownClaim},
		{"no claim", "height", catalog.Values{}, catalog.CodeUnknownClaim},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := derived(t, d, test.claim, test.values, m); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestValue(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	v := catalog.Values{"name": "Khăm", "birthdate": "1950", "date_of_expiry": nil}
	if got, err := d.Value("name", v, catalog.Moment{}); got != "Khăm" || err != nil {
		t.Errorf("register claim: %v, %v", got, err)
	}
	if got, err := d.Value("date_of_expiry", v, catalog.Moment{}); got != nil || err != nil {
		t.Errorf("null: %v, %v", got, err)
	}
	if got, err := d.Value("birth_year", v, catalog.Moment{}); got != int64(1950) || err != nil {
		t.Errorf("derived claim: %v, %v", got, err)
	}
	var failure *catalog.DeriveError
	if _, err := d.Value("sex", v, catalog.Moment{}); !errors.As(err, &failure) || failure.Code != catalog.CodeMissingSource {
		t.Errorf("absent register claim: %v", err)
	}
	if _, err := d.Value("height", v, catalog.Moment{}); !errors.As(err, &failure) || failure.Code != catalog.CodeUnknownClaim {
		t.Errorf("unknown claim: %v", err)
	}
}

func TestInForce(t *testing.T) {
	gplx, bhyt := catalog.Default().Document("gplx"), catalog.Default().Document("bhyt")
	tests := []struct {
		name   string
		d      *catalog.Document
		values catalog.Values
		want   string
	}{
		{"good", gplx, catalog.Values{"licence_status": "in_force", "date_of_issuance": "2026-06-15", "date_of_expiry": "2026-06-15"}, ""},
		{"no end", gplx, catalog.Values{"licence_status": "in_force", "date_of_issuance": "2020-01-01", "date_of_expiry": nil}, ""},
		{"E37 withheld", gplx, catalog.Values{"licence_status": "withheld", "date_of_issuance": "2020-01-01", "date_of_expiry": nil}, "withheld"},
		{"withheld and expired", gplx, catalog.Values{"licence_status": "withheld", "date_of_expiry": "2021-01-01"}, "withheld"},
		{"E44 starts tomorrow", bhyt, catalog.Values{"valid_from": "2026-06-16", "valid_until": nil}, catalog.CodeNotYetValid},
		{"E44 ended yesterday", bhyt, catalog.Values{"valid_from": "2025-01-01", "valid_until": "2026-06-14"}, catalog.CodeExpired},
		{"no bounds known", bhyt, catalog.Values{}, ""},
	}
	for _, test := range tests {
		if got := test.d.InForce(test.values, noon(t, "2026-06-15")); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
