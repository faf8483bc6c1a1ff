package demo_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
)

// derive asks for a derived fact of a record.
func derive(e entry, id string, now string, t *testing.T) any {
	t.Helper()
	v, err := e.document.Derive(id, e.values, catalog.Moment{Now: ict(t, now), Holder: e.number()})
	if err == nil {
		return v
	}
	var d *catalog.DeriveError
	if !errors.As(err, &d) {
		t.Fatal(err)
	}
	return d.Code
}

func TestEveryCaseIsThere(t *testing.T) {
	seen := map[string]int{}
	for _, c := range demo.Cases(snapshot) {
		seen[c.ID]++
		if c.Note == "" || c.Must == "" || c.Line < 1 {
			t.Errorf("case %s in %s:%d does not tell what it is or what must happen", c.ID, c.Register, c.Line)
		}
	}
	for n := 1; n <= 46; n++ {
		if id := fmt.Sprintf("E%d", n); seen[id] == 0 {
			t.Errorf("no record embodies %s", id)
		}
	}
}

// The note in the line is where Cases says it is.
func TestCasesTellTheLines(t *testing.T) {
	byName := map[string]demo.Register{}
	for _, r := range slices.Concat(demo.Registers(snapshot), demo.Changes(snapshot), demo.Bad(snapshot)) {
		byName[r.Name] = r
	}
	for _, c := range demo.Cases(snapshot) {
		if line := string(lines(byName[c.Register])[c.Line-1]); !strings.Contains(line, c.ID+" "+c.Note) {
			t.Errorf("%s:%d does not say %q", c.Register, c.Line, c.Note)
		}
	}
}

func TestNamesAreTypedInManyWays(t *testing.T) {
	all := read(t, demo.Registers(snapshot))
	raw := func(e entry) string { return e.raw["name"].(string) }
	for _, e := range of(t, only(all, "can_cuoc"), "E1") {
		if norm.NFC.IsNormalString(raw(e)) || norm.NFD.String(raw(e)) != raw(e) {
			t.Error("E1 is not typed in NFD")
		}
		if e.text("name") != "VÕ THỊ ÁNH NGUYỆT" {
			t.Errorf("E1 became %q", e.text("name"))
		}
	}
	for _, e := range of(t, only(all, "can_cuoc"), "E2") {
		if norm.NFC.IsNormalString(raw(e)) || norm.NFD.String(raw(e)) == raw(e) {
			t.Error("E2 does not mix the forms")
		}
	}
	for _, e := range of(t, only(all, "can_cuoc"), "E3") {
		if !strings.Contains(raw(e), "\u00D0") || e.text("name") != "ĐỖ ĐĂNG ĐẠT" {
			t.Errorf("E3 became %q", e.text("name"))
		}
	}
	hoa := of(t, all, "E4")
	spellings := map[string]bool{}
	for _, e := range hoa {
		spellings[e.text("name")] = true
		if catalog.FoldName(e.text("name")) != catalog.FoldName(hoa[0].text("name")) {
			t.Errorf("E4: %q is another person", e.text("name"))
		}
	}
	if len(spellings) != 3 {
		t.Errorf("E4 is spelt in %d ways", len(spellings))
	}
	if words := strings.Fields(of(t, all, "E7")[0].text("name")); len(words) < 12 {
		t.Errorf("E7 has %d words", len(words))
	}
}

func TestAgesAroundToday(t *testing.T) {
	for _, day := range days {
		all := read(t, demo.Registers(ict(t, day))[:1])
		today, _ := catalog.ParseDay(day)
		for _, age := range []string{"14", "18", "60"} {
			claim := "age_equal_or_over." + age
			for word, want := range map[string]bool{"since yesterday": true, "today": true, "tomorrow": false} {
				e := of(t, all, "E13 exactly "+age+" "+word)[0]
				if got := derive(e, claim, day, t); got != want {
					t.Errorf("%s: %s %s: %v", day, age, word, got)
				}
				yesterday := today - 1
				if word != "today" || day == "2028-02-29" || day == "2027-03-01" {
					continue // on these days a birthday of 28 or 29 February falls elsewhere
				}
				if got := derive(e, claim, yesterday.String(), t); got != false {
					t.Errorf("%s: %s counted the day before: %v", day, age, got)
				}
			}
		}
	}
}

func TestBirthDatesOfReducedPrecision(t *testing.T) {
	all := only(read(t, demo.Registers(snapshot)), "can_cuoc")
	for id, want := range map[string]string{"E10": "year", "E11": "month", "E9": "day"} {
		for _, e := range of(t, all, id) {
			if got := derive(e, "birthdate_precision", "2026-11-23", t); got != want {
				t.Errorf("%s: precision %v", id, got)
			}
		}
	}
	leap := of(t, all, "E9")[0]
	if born := leap.text("birthdate"); born != "2008-02-29" {
		t.Fatalf("E9 was born on %s", born)
	}
	for day, want := range map[string]bool{"2026-02-28": false, "2026-03-01": true} {
		if got := derive(leap, "age_equal_or_over.18", day, t); got != want {
			t.Errorf("E9 on %s: %v", day, got)
		}
	}
}

// facts are derived answers that the cases promise.
func TestCasesDeriveWhatTheyPromise(t *testing.T) {
	all := slices.Concat(read(t, demo.Registers(snapshot)), read(t, demo.Changes(snapshot)))
	for _, c := range []struct {
		id, claim string
		want      any
	}{
		{"E33 unlimited A1", "may_drive.A1", true},
		{"E33 unlimited A1", "may_drive.B", false},
		{"E33 unlimited A1", "licence_in_force", true},
		{"E34 A1 of before 2025: under", "may_drive.A1", true},
		{"E34 A1 of before 2025: under", "may_drive.A", false},
		{"E34 A1 of since 2025", "may_drive.A", false},
		{"E34 A1 of before 2025 exchanged", "may_drive.A1", true},
		{"E34 A1 of before 2025 exchanged", "may_drive.A", false},
		{"E35 B1 of before 2025", "may_drive.B", true},
		{"E35 B1 of before 2025", "automatic_only", true},
		{"E35 B1 of since 2025", "may_drive.A1", true},
		{"E35 B1 of since 2025", "may_drive.B", false},
		{"E36 no points left", "licence_in_force", false},
		{"E36 points restored to 12", "licence_in_force", true},
		{"E36 points restored after", "licence_in_force", true},
		{"E37 in force today", "licence_in_force", true},
		{"E37 licence withheld", "licence_in_force", false},
		{"X3 professional", "may_drive.A", true},
		{"X3 professional", "may_drive.C1", true},
		{"X3 professional", "may_drive.DE", false},
		{"X4 last day", "licence_in_force", true},
		{"X6 licence begins", "licence_in_force", false},
		{"E39 owned by a company", "owner_is_holder", false},
		{"E39 owned by a company", "commercial_use", true},
		{"E39 owned by two people: the first", "owner_is_holder", true},
		{"E39 owned by two people: the second", "owner_is_holder", true},
		{"E40 lent", "owner_is_holder", true},
		{"E41 electric", "registration_number_display", "29-MĐ1 013.53"},
		{"E41 plate with four digits", "registration_number_display", "15K-0012"},
		{"E41 diplomatic", "registration_number_display", "80-011-NG-01"},
		{"E41 temporary", "registration_valid", true},
		{"E44 insured again", "five_year_continuous", false},
		{"E44 five years", "five_year_continuous", true},
		{"E44 insurance begins tomorrow", "insured_on", "not_derivable"},
		{"E44 insurance ends today", "insured_on", "2026-11-23"},
		{"E44 insurance ends tomorrow", "insured_on", "2026-11-23"},
		{"E44 renewed", "insured_on", "not_derivable"},
		{"E45 category HN", "benefit_rate_percent", int64(100)},
		{"E18 prefix 024, card", "document_valid", true},
		{"E30 card without", "document_valid", true},
		{"E31 card issued", "document_valid", true},
		{"E17 born abroad", "is_vn_citizen", true},
	} {
		e := of(t, all, c.id)[0]
		if got := derive(e, c.claim, "2026-11-23", t); got != c.want {
			t.Errorf("%s:%d %s: %s is %v, want %v", e.register, e.line, c.id, c.claim, got, c.want)
		}
	}
}

func TestRecordsHoldWhatTheirCaseIsAbout(t *testing.T) {
	all := read(t, demo.Registers(snapshot))
	cards := only(all, "can_cuoc")
	for id, check := range map[string]func(entry) bool{
		"E16": func(e entry) bool { return strings.HasPrefix(e.number(), "001") },
		"E17": func(e entry) bool { return strings.HasPrefix(e.number(), "999") },
		"E18": func(e entry) bool { return strings.HasPrefix(e.number(), "024") },
		"E19": func(e entry) bool { return len(e.values["legacy_numbers"].([]any)) == 2 },
		"E23": func(e entry) bool { return len([]rune(e.text("address.formatted"))) > 200 },
		"E25": func(e entry) bool {
			return e.text(e.text("address_kind")+"_address.formatted") == e.text("address.formatted")
		},
		"E26": func(e entry) bool {
			return e.text("document_model") == "can_cuoc_2024_u6" && e.values["picture"] == nil
		},
		"E30": func(e entry) bool { return e.values["date_of_expiry"] == nil },
		"E31": func(e entry) bool { return e.text("date_of_expiry")[:4] == "2040" },
		"E46": func(e entry) bool { return e.text("religion") != "" && e.text("picture") != "" },
	} {
		for _, e := range of(t, cards, id) {
			if !check(e) {
				t.Errorf("%s: c06-can-cuoc:%d is not what its note says: %s", id, e.line, e.note)
			}
		}
	}
	var levels []int
	for _, e := range of(t, all, "E24") {
		levels = append(levels, strings.Count(e.text("address.formatted"), ",")+1)
	}
	if slices.Sort(levels); !slices.Equal(levels, []int{3, 4}) {
		t.Errorf("E24 has addresses of %v levels", levels)
	}
	plates := of(t, all, "E42")
	if plates[0].text("registration_number") != plates[1].text("registration_number") ||
		plates[0].text("vehicle_identification_number") == plates[1].text("vehicle_identification_number") {
		t.Error("E42 does not show one plate on two vehicles")
	}
}
