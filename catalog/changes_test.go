package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/giayto/giayto/catalog"
)

// right is an item of the driving rights.
func right(name, scheme, from string, until any) map[string]any {
	return map[string]any{"vehicle_category_code": name, "class_scheme": scheme, "issue_date": from, "expiry_date": until}
}

func rights(items ...any) catalog.Values { return catalog.Values{"driving_privileges": items} }

// TestChangesAt: an answer of today ends at the beginning of the civil day in
// Viet Nam on which there is another one.
func TestChangesAt(t *testing.T) {
	born := func(s string) catalog.Values { return catalog.Values{"birthdate": s} }
	period := func(from, until any) catalog.Values { return catalog.Values{"valid_from": from, "valid_until": until} }
	inspected := func(from, until any) catalog.Values {
		return catalog.Values{"approval_date_technical_inspection": from, "expiry_date_technical_inspection": until}
	}
	const never = ""
	for _, test := range []struct {
		name, document, claim, today string
		values                       catalog.Values
		want                         string
	}{
		{"E13 turns 18 tomorrow", "can_cuoc", "age_equal_or_over.18", "2026-06-15", born("2008-06-16"), "2026-06-16"},
		{"E13 turned 18 today", "can_cuoc", "age_equal_or_over.18", "2026-06-15", born("2008-06-15"), never},
		{"E9 leap day turns 18 on 1 March", "can_cuoc", "age_equal_or_over.18", "2026-01-15", born("2008-02-29"), "2026-03-01"},
		{"E9 leap day turns 24 on 29 February", "can_cuoc", "age_equal_or_over.24", "2031-01-15", born("2008-02-29"), "2032-02-29"},
		{"E10 year only: no longer surely under", "can_cuoc", "age_equal_or_over.18", "2025-06-15", born("2008"), "2026-01-01"},
		{"E10 year only: surely over", "can_cuoc", "age_equal_or_over.18", "2026-06-15", born("2008"), "2026-12-31"},
		{"E11 month only: no longer surely under", "can_cuoc", "age_equal_or_over.18", "2026-02-15", born("2008-06"), "2026-06-01"},
		{"E11 month only: surely over", "can_cuoc", "age_equal_or_over.18", "2026-06-15", born("2008-06"), "2026-06-30"},
		{"E11 February of a leap year", "can_cuoc", "age_equal_or_over.18", "2026-02-15", born("2008-02"), "2026-03-01"},
		{"no birth date", "can_cuoc", "age_equal_or_over.18", "2026-06-15", catalog.Values{}, never},
		{"a birth date that is none", "can_cuoc", "age_equal_or_over.18", "2026-06-15", born("2008-02-30"), never},
		{"a year of birth", "can_cuoc", "birth_year", "2026-06-15", born("2008-06-16"), never},
		{"a register claim", "can_cuoc", "birthdate", "2026-06-15", born("2008-06-16"), never},
		{"no claim", "can_cuoc", "no.such", "2026-06-15", born("2008-06-16"), never},
		{"an insurance of tomorrow", "bhyt", "insured_on", "2026-06-15", period("2026-06-16", "2026-12-31"), "2026-06-16"},
		{"insured, every day anew", "bhyt", "insured_on", "2026-06-15", period("2026-01-01", "2026-12-31"), "2026-06-16"},
		{"no longer insured", "bhyt", "insured_on", "2027-06-15", period("2026-01-01", "2026-12-31"), never},
		{"five years tomorrow", "bhyt", "five_year_continuous", "2026-06-15", catalog.Values{"continuous_5y_from": "2026-06-16"}, "2026-06-16"},
		{"five years since long", "bhyt", "five_year_continuous", "2026-06-15", catalog.Values{"continuous_5y_from": "2020-06-16"}, never},
		{"inspected until today", "dang_ky_xe", "inspection_valid", "2026-06-15", inspected("2025-06-15", "2026-06-15"), "2026-06-16"},
		{"inspection over", "dang_ky_xe", "inspection_valid", "2026-06-16", inspected("2025-06-15", "2026-06-15"), never},
		{"inspection to come", "dang_ky_xe", "inspection_valid", "2026-06-16", inspected("2026-07-15", "2027-06-15"), "2026-07-15"},
		{"E33 the unlimited class stays, the other ends", "gplx", "licence_classes", "2026-06-15",
			rights(right("A1", "2024", "2020-01-01", nil), right("B", "2024", "2020-01-01", "2026-08-31")), "2026-09-01"},
		{"a class to come", "gplx", "licence_classes", "2026-06-15", rights(right("A1", "2024", "2020-01-01", nil), right("B", "2024", "2026-07-01", nil)), "2026-07-01"},
		{"the same class ends and goes on", "gplx", "licence_classes", "2026-06-15",
			rights(right("B", "2024", "2020-01-01", "2026-08-31"), right("B", "2024", "2026-09-01", "2036-08-31")), "2036-09-01"},
		{"a year more", "gplx", "held_class_since_years.B", "2026-06-15", rights(right("B", "2024", "2020-06-16", nil)), "2026-06-16"},
		{"a year more from a leap day", "gplx", "held_class_since_years.B", "2026-06-15", rights(right("B", "2024", "2020-02-29", nil)), "2027-03-01"},
		{"another class counts no years", "gplx", "held_class_since_years.B", "2026-06-15", rights(right("A1", "2024", "2020-06-16", nil)), never},
		{"the older class ends, and as many years remain", "gplx", "held_class_since_years.B", "2026-06-15",
			rights(right("B", "2024", "2019-12-01", "2026-08-31"), right("B", "2024", "2020-03-01", nil)), "2027-03-01"},
		{"may drive until the class ends", "gplx", "may_drive.B", "2026-06-15", func() catalog.Values {
			v := rights(right("B", "2024", "2020-01-01", "2026-08-31"))
			v["licence_status"], v["date_of_issuance"], v["date_of_expiry"] = "in_force", "2020-01-01", nil
			return v
		}(), "2026-09-01"},
		{"withheld, whatever the class", "gplx", "may_drive.B", "2026-06-15", func() catalog.Values {
			v := rights(right("B", "2024", "2020-01-01", "2026-08-31"))
			v["licence_status"], v["date_of_issuance"], v["date_of_expiry"] = "withheld", "2020-01-01", nil
			return v
		}(), never},
	} {
		t.Run(test.name, func(t *testing.T) {
			at, changes := catalog.Default().Document(test.document).ChangesAt(test.claim, test.values, catalog.Moment{Now: noon(t, test.today)})
			if !changes {
				at = time.Time{}
			}
			got := ""
			if changes {
				day := catalog.Today(at)
				if got = day.String(); !at.Equal(day.Start()) {
					t.Errorf("%v is not the beginning of a day", at)
				}
			}
			if got != test.want {
				t.Errorf("changes on %q, want %q", got, test.want)
			}
		})
	}
}

// TestChangesAtMidnight (E12): while it is still yesterday in UTC, today has
// begun in Viet Nam.
func TestChangesAtMidnight(t *testing.T) {
	d, v := catalog.Default().Document("can_cuoc"), catalog.Values{"birthdate": "2008-06-16"}
	midnight := time.Date(2026, 6, 15, 17, 0, 0, 0, time.UTC)
	if at, ok := d.ChangesAt("age_equal_or_over.18", v, catalog.Moment{Now: midnight.Add(-time.Nanosecond)}); !ok || !at.Equal(midnight) {
		t.Errorf("%v, %t", at, ok)
	}
	if at, ok := d.ChangesAt("age_equal_or_over.18", v, catalog.Moment{Now: midnight}); ok {
		t.Errorf("changes again at %v", at)
	}
}

// outcome is what Derive gives, value or code.
func outcome(d *catalog.Document, id string, v catalog.Values, now time.Time) string {
	value, err := d.Derive(id, v, catalog.Moment{Now: now, Holder: "079305000123"})
	return fmt.Sprintf("%#v %v", value, err)
}

// honest compares ChangesAt with Derive day by day: until then there is one
// answer, and then another.
func honest(t *testing.T, d *catalog.Document, id string, v catalog.Values, now time.Time, days int) {
	t.Helper()
	at, changes := d.ChangesAt(id, v, catalog.Moment{Now: now, Holder: "079305000123"})
	before := outcome(d, id, v, now)
	if changes {
		if !at.After(now) {
			t.Fatalf("%s of %v changes at %v, which is not after %v", id, v, at, now)
		}
		if outcome(d, id, v, at) == before || outcome(d, id, v, at.Add(-time.Nanosecond)) != before {
			t.Fatalf("%s of %v: %s does not turn at %v", id, v, before, at)
		}
	}
	for day := catalog.Today(now) + 1; day <= catalog.Today(now)+catalog.Day(days); day++ {
		if changes && !day.Start().Before(at) {
			return
		}
		if got := outcome(d, id, v, day.Start()); got != before {
			t.Fatalf("%s of %v is %s from %s on, and %s at %v; told: %v, %t", id, v, got, day, before, now, at, changes)
		}
	}
}

// everyRule has rules of operations and combinations that the documents lack.
func everyRule(t testing.TB) *catalog.Document {
	t.Helper()
	source, err := os.ReadFile("testdata/small/alpha.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(fstest.MapFS{"documents/alpha.json": {Data: source}})
	if err != nil {
		t.Fatal(err)
	}
	return c.Document("alpha")
}

// TestChangesAreHonest holds every derived claim of every document to its
// promise, over records with dates around the day of the question.
func TestChangesAreHonest(t *testing.T) {
	random := rand.New(rand.NewPCG(20260615, 1))
	documents := append(fifth(t).Documents(), everyRule(t))
	rounds := 20
	if testing.Short() {
		rounds = 5
	}
	for range rounds {
		now := time.Date(2026, 1, 1+random.IntN(1100), random.IntN(24), random.IntN(60), 0, 0, time.UTC)
		for _, d := range documents {
			v := scramble(d, now, random)
			for _, cl := range d.Derived {
				honest(t, d, cl.ID, v, now, 800)
			}
			until, ends := d.IssuedUntil(v, catalog.Moment{Now: now})
			for _, cl := range d.Derived {
				if at, changes := d.ChangesAt(cl.ID, v, catalog.Moment{Now: now}); changes && cl.Issued() && (!ends || until.After(at)) {
					t.Fatalf("%s: %s changes at %v, before %v, %t", d.ID, cl.ID, at, until, ends)
				}
			}
		}
	}
}

// scramble fills a record with values of the right types: the examples, with
// dates near the moment, ages near the thresholds, some precise and some not,
// and some claims left out.
func scramble(d *catalog.Document, now time.Time, random *rand.Rand) catalog.Values {
	v := catalog.Values{}
	for _, cl := range d.Claims {
		if random.IntN(8) > 0 {
			v[cl.ID] = anyValue(cl, now, random)
		}
	}
	return v
}

func anyValue(cl *catalog.Claim, now time.Time, random *rand.Rand) any {
	near := func() string {
		years := []int{0, 0, 0, -1, -5, -14, -18, -24, -60, -27, 1}[random.IntN(11)]
		return catalog.Today(now.AddDate(years, 0, random.IntN(700)-350)).String()
	}
	switch cl.Type {
	case catalog.TypeDate:
		if cl.Nullable && random.IntN(4) == 0 {
			return nil
		}
		return near()
	case catalog.TypePartialDate:
		return near()[:[]int{4, 7, 10}[random.IntN(3)]]
	case catalog.TypeEnum:
		return cl.Enum[random.IntN(len(cl.Enum))].Value
	case catalog.TypeList:
		list := make([]any, random.IntN(5))
		for i := range list {
			list[i] = anyValue(cl.Item, now, random)
		}
		return list
	case catalog.TypeObject:
		object := map[string]any{}
		for _, member := range cl.Members {
			if member.Required || random.IntN(3) > 0 {
				object[member.ID] = anyValue(member, now, random)
			}
		}
		return object
	}
	return cl.Example
}

// FuzzChangesAt holds ages to their promise for any text as a birth date and any
// moment, and periods for any pair of dates.
func FuzzChangesAt(f *testing.F) {
	for _, s := range []string{"2008-02-29", "2008", "2008-02", "1850-01-01", "2200-12-31", "0000", "9999-12-31", "2008-13-01", ""} {
		f.Add(s, "2026-06-15", int64(1781500000))
		f.Add("2026-06-01", s, int64(-1))
	}
	card, vehicle := catalog.Default().Document("can_cuoc"), catalog.Default().Document("dang_ky_xe")
	f.Fuzz(func(t *testing.T, a, b string, seconds int64) {
		now := time.Unix(seconds%(1<<34), 0)
		honest(t, card, "age_equal_or_over.18", catalog.Values{"birthdate": a}, now, 40)
		honest(t, vehicle, "inspection_valid", catalog.Values{"approval_date_technical_inspection": a, "expiry_date_technical_inspection": b}, now, 40)
	})
}

// TestIssued: what a credential carries is decided by the catalogue alone.
func TestIssued(t *testing.T) {
	want := map[string][]string{
		"can_cuoc": {"document_valid"}, "dang_ky_xe": {"registration_valid", "personal_administrative_number", "holder_name", "holder_birthdate"},
		"bhyt": {"insured_on", "personal_administrative_number"}, "so_bhxh": {"personal_administrative_number"},
	}
	for _, d := range fifth(t).Documents() {
		var out []string
		for _, cl := range d.All() {
			if !cl.Issued() {
				out = append(out, cl.ID)
			}
		}
		if d.ID == "gplx" {
			for _, id := range out {
				if !strings.HasPrefix(id, "may_drive.") && !strings.HasPrefix(id, "licence_") {
					t.Errorf("gplx leaves %s out", id)
				}
			}
			continue
		}
		got, set := map[string]bool{}, map[string]bool{}
		for _, id := range out {
			got[id] = true
		}
		for _, id := range want[d.ID] {
			set[id] = true
		}
		if !reflect.DeepEqual(got, set) {
			t.Errorf("%s leaves %v out, want %v", d.ID, out, want[d.ID])
		}
	}
}

// TestIssuedUntil: the first of many changes counts, and volatile facts do not.
func TestIssuedUntil(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	v := catalog.Values{"birthdate": "2008-06-16", "date_of_issuance": "2024-01-01", "date_of_expiry": "2026-03-01"}
	for _, test := range []struct{ today, want string }{
		{"2020-01-01", "2022-06-16"}, {"2026-01-01", "2026-06-16"}, {"2026-06-16", "2029-06-16"}, {"2040-01-01", "2068-06-16"}, {"2068-06-16", ""},
	} {
		until, ends := d.IssuedUntil(v, catalog.Moment{Now: noon(t, test.today)})
		got := ""
		if ends {
			got = catalog.Today(until).String()
		}
		if got != test.want {
			t.Errorf("on %s until %q, want %q", test.today, got, test.want)
		}
	}
}

// A catalogue that calls a fact of the day a lasting one is refused.
func TestTodayIsVolatile(t *testing.T) {
	source, err := os.ReadFile("documents/bhyt.json")
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(source), `"id": "insured_on"`)
	broken := string(source[:at]) + strings.Replace(string(source[at:]), `"volatility": "volatile"`, `"volatility": "changing"`, 1)
	card, err := os.ReadFile("documents/can_cuoc.json")
	if err != nil {
		t.Fatal(err)
	}
	_, err = catalog.Load(fstest.MapFS{"documents/bhyt.json": {Data: []byte(broken)}, "documents/can_cuoc.json": {Data: card}})
	if err == nil || !strings.Contains(err.Error(), "insured_on: volatility") {
		t.Error(err)
	}
}
