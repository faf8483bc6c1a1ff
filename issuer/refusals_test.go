package issuer_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
)

// refusal is a record that must be refused on top of what the registers said
// before.
type refusal struct {
	name   string
	before []string // agency, line, agency, line, ...
	now    time.Time
	agency string
	line   string
	code   fault.Code
	field  string // named by a problem; "" if none is
}

// held is what most refusals start from: one citizen with four documents and
// another with a card.
var held = []string{"c06", anh.cardLine(), "c06", binh.cardLine(), "csgt", anh.licenceLine(licence),
	"csgt", anh.vehicleLine(frame, certificate), "bhxh", anh.insuranceLine(insured)}

func refusals() []refusal {
	const mismatch, unknown, expired = fault.CodeHolderMismatch, fault.CodeHolderUnknown, fault.CodeRecordExpired
	const outdated, byOther, missing = fault.CodeRecordOutdated, fault.CodeHeldByOther, fault.CodeHolderMissing
	renewed := anh.licence("480000000999")
	cards, licences, vehicles := anh.card(), anh.licence(licence), anh.vehicle(frame, certificate)
	moved := person{"079306000124", anh.name, "2006-02-28", anh.sex}
	cancelled := append(slices.Clone(held), "c06", line("can_cuoc", moved.card().with("date_of_issuance", "2026-02-02", "legacy_numbers", former(anh.number))))
	stolen := lien.card().with("legacy_numbers", former(anh.number))
	return []refusal{
		{"another agency's register", held, noon, "bhxh", anh.licenceLine(licence), fault.CodeAgencyNotAllowed, "document"},
		{"nobody has the number", nil, noon, "csgt", anh.licenceLine(licence), unknown, "personal_administrative_number"},
		{"another citizen's card is no anchor", held, noon, "csgt", lien.licenceLine("480000000777"), unknown, "personal_administrative_number"},
		{"another name", held, noon, "csgt", line("gplx", renewed.with("name", "NGUYỄN THỊ MINH ANH")), mismatch, "name"},
		{"a diacritic less", held, noon, "csgt", line("gplx", renewed.with("name", "NGUYỄN THI MINH ÁNH")), mismatch, "name"},
		{"Đ is not D", append([]string{"c06", lien.cardLine()}, held...), noon, "csgt",
			line("gplx", lien.licence("480000000777").with("name", "DỖ THỊ THỦY LIÊN")), mismatch, "name"},
		{"another tone", held, noon, "csgt", line("gplx", renewed.with("name", "NGUYỄN THỊ MINH ẠNH")), mismatch, "name"},
		{"no diacritics at all", held, noon, "csgt", line("gplx", renewed.with("name", "NGUYEN THI MINH ANH")), mismatch, "name"},
		{"a word missing", held, noon, "csgt", line("gplx", renewed.with("name", "NGUYỄN MINH ÁNH")), mismatch, "name"},
		{"another day of birth", held, noon, "csgt", line("gplx", renewed.with("birthdate", "2005-02-27")), mismatch, "birthdate"},
		{"another month of birth", held, noon, "csgt", line("gplx", renewed.with("birthdate", "2005-03")), mismatch, "birthdate"},
		{"another year of birth", held, noon, "csgt", line("gplx", renewed.with("birthdate", "2006")), mismatch, "birthdate"},
		{"holder's name missing", held, noon, "csgt", line("dang_ky_xe", vehicles.with("holder_name", absent)), missing, "holder_name"},
		{"holder's birth date missing", held, noon, "csgt", line("dang_ky_xe", vehicles.with("holder_birthdate", absent)), missing, "holder_birthdate"},
		{"a claim breaks a rule", held, noon, "c06", line("can_cuoc", cards.with("sex", 3)), fault.CodeClaimRejected, "sex"},
		{"licence number of somebody else", held, noon, "csgt", binh.licenceLine(licence), byOther, "document_number"},
		{"insurance number of somebody else", held, noon, "bhxh", binh.insuranceLine(insured), byOther, "social_insurance_number"},
		{"older card", held, noon, "c06", line("can_cuoc", cards.with("date_of_issuance", "2024-08-19")), outdated, ""},
		{"older licence", held, noon, "csgt", line("gplx", licences.with("date_of_issuance", "2025-04-19")), outdated, ""},
		{"former holder of a vehicle", held, noon, "csgt",
			line("dang_ky_xe", binh.vehicle(frame, "43 000009").with("date_of_registration", "2025-05-31")), outdated, ""},
		{"card that ended yesterday", nil, noon, "c06", line("can_cuoc", cards.with("date_of_expiry", "2026-03-01")), expired, "date_of_expiry"},
		{"licence that ended yesterday", held, noon, "csgt", line("gplx", renewed.with("date_of_expiry", "2026-03-01")), expired, "date_of_expiry"},
		// 17:00 UTC is the next day in Viet Nam.
		{"card that ended at midnight in Viet Nam", nil, time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC), "c06",
			line("can_cuoc", cards.with("date_of_expiry", "2026-03-02")), expired, "date_of_expiry"},
		{"cancelled numbers of two people", held, noon, "c06",
			line("can_cuoc", lien.card().with("name", anh.name, "birthdate", anh.born, "legacy_numbers", former(anh.number, binh.number))),
			fault.CodePersonConflict, "legacy_numbers"},
		{"cancelled number of somebody with another wallet", held, noon, "c06",
			line("can_cuoc", binh.card().with("date_of_issuance", "2026-01-02", "legacy_numbers", former(anh.number))),
			fault.CodePersonConflict, "legacy_numbers"},
		{"card under a cancelled number", cancelled, noon, "c06", anh.cardLine(), fault.CodeNumberCancelled, "personal_administrative_number"},
		{"newer card under a cancelled number", cancelled, noon, "c06", line("can_cuoc", cards.with("date_of_issuance", "2026-03-01")),
			fault.CodeNumberCancelled, "personal_administrative_number"},
		{"licence under a cancelled number", cancelled, noon, "csgt", anh.licenceLine(licence), unknown, "personal_administrative_number"},
		{"cancelled number of a stranger", held, noon, "c06", line("can_cuoc", stolen), mismatch, "legacy_numbers"},
		{"cancelled number of a namesake", held, noon, "c06", line("can_cuoc", stolen.with("name", anh.name, "birthdate", "1970-12-31")), mismatch, "legacy_numbers"},
		{"born tomorrow", nil, noon, "c06", line("can_cuoc", cards.with("birthdate", "2026-03-03")), fault.CodeClaimRejected, "birthdate"},
		{"born next year", nil, noon, "c06", line("can_cuoc", cards.with("birthdate", "2027")), fault.CodeClaimRejected, "birthdate"},
		{"dated years ahead", nil, noon, "c06", line("can_cuoc", cards.with("date_of_issuance", "2052-01-01", "date_of_expiry", nil)), fault.CodeClaimRejected, "date_of_issuance"},
		{"cancelled number on an outdated card", held, noon, "c06",
			line("can_cuoc", stolen.with("name", anh.name, "birthdate", anh.born, "date_of_issuance", "2020-01-01")), outdated, ""},
	}
}

func former(numbers ...string) []any {
	var list []any
	for _, n := range numbers {
		list = append(list, map[string]any{"kind": "cancelled_personal_number", "value": n})
	}
	return list
}

// TestRefusals: every refusal has its code and field, and changes nothing: no
// citizen, no number, no holding, no event, not even a sequence number.
func TestRefusals(t *testing.T) {
	for _, test := range refusals() {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			for i := 0; i < len(test.before); i += 2 {
				if o := d.lines(test.before[i], test.before[i+1])[0]; o.Status == issuer.Rejected {
					t.Fatalf("%+v", o)
				}
			}
			d.now = test.now
			before := d.dump()
			outcomes := d.lines(test.agency, test.line)
			if got := told(outcomes); got != "1 "+string(test.code)+"\n" {
				t.Fatalf("got %swant %s", got, test.code)
			}
			if test.field != "" && !names(outcomes[0].Problems, test.field) || test.field == "" && len(outcomes[0].Problems) > 0 {
				t.Errorf("the problems are %v, want one with %q", outcomes[0].Problems, test.field)
			}
			d.unchanged(before)
		})
	}
}

// TestEveryCodeIsTested: the codes of this package that can refuse one line all
// occur in the tables above and in TestMalformedLines.
func TestEveryCodeIsTested(t *testing.T) {
	tested := []fault.Code{fault.CodeAgencyUnknown, fault.CodeLineMalformed, fault.CodeLineTooLong, // TestMalformedLines, TestUnreadableExports
		fault.CodeRecordRepeated,   // TestContradictions
		fault.CodeAgencyKeyMissing, // TestNoKey
		fault.CodeReissueTooMany}   // TestReissuesADay
	for _, test := range refusals() {
		tested = append(tested, test.code)
	}
	for _, test := range operationRefusals() {
		tested = append(tested, test.code)
	}
	for _, test := range revokedRecords() {
		tested = append(tested, test.code)
	}
	for _, code := range fault.Codes() {
		if strings.HasPrefix(string(code), "issuer.") && !slices.Contains(tested, code) {
			t.Errorf("no test expects %s", code)
		}
	}
}

// TestContradictions: where an export says two things about a paper under one
// date, the first counts, every time the export is read.
func TestContradictions(t *testing.T) {
	other := anh.card().with("address.region", "Thành phố Huế")
	bought := binh.vehicle(frame, "43 000099")
	const repeated = "issuer.record_repeated"
	for _, test := range []struct {
		name, agency string
		lines        []string
		first, again string
	}{
		{"the same twice", "c06", []string{anh.cardLine(), anh.cardLine()}, "1 issued\n2 unchanged\n", "1 unchanged\n2 unchanged\n"},
		{"another under the same date", "c06", []string{anh.cardLine(), line("can_cuoc", other), anh.cardLine()},
			"1 issued\n2 " + repeated + "\n3 unchanged\n", "1 unchanged\n2 " + repeated + "\n3 unchanged\n"},
		{"a newer one follows", "c06", []string{anh.cardLine(), line("can_cuoc", other.with("date_of_issuance", "2025-08-20"))},
			"1 issued\n2 updated\n", "1 issuer.record_outdated\n2 unchanged\n"},
		{"a newer one went before", "c06", []string{line("can_cuoc", other.with("date_of_issuance", "2025-08-20")), anh.cardLine()},
			"1 issued\n2 issuer.record_outdated\n", "1 unchanged\n2 issuer.record_outdated\n"},
		{"a vehicle for two holders on one day", "csgt",
			[]string{anh.vehicleLine(frame, certificate), line("dang_ky_xe", bought)},
			"1 issued\n2 " + repeated + "\n", "1 unchanged\n2 " + repeated + "\n"},
		{"a vehicle for two holders on two days", "csgt",
			[]string{anh.vehicleLine(frame, certificate), line("dang_ky_xe", bought.with("date_of_registration", "2025-07-01"))},
			"1 issued\n2 issued\n", "1 issuer.record_outdated\n2 unchanged\n"},
		{"a vehicle of two owners on one certificate", "csgt",
			[]string{anh.vehicleLine(frame, certificate), binh.vehicleLine(frame, certificate)},
			"1 issued\n2 issued\n", "1 unchanged\n2 unchanged\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			if test.agency != "c06" {
				d.issue("c06", anh.cardLine(), binh.cardLine())
			}
			if got := told(d.lines(test.agency, test.lines...)); got != test.first {
				t.Errorf("first\n%swant\n%s", got, test.first)
			}
			before := d.dump()
			if got := told(d.lines(test.agency, test.lines...)); got != test.again {
				t.Errorf("again\n%swant\n%s", got, test.again)
			}
			d.unchanged(before)
		})
	}
}

// TestDryRun: nothing is kept, and later lines see what earlier ones would do.
func TestDryRun(t *testing.T) {
	d := newDesk(t)
	before := d.dump()
	// More than one transaction would take, the last about the first.
	var lines []string
	for i := range 300 {
		p := person{number: number(i), name: "LÊ VĂN THỬ", born: "1990-01-01", sex: 1}
		lines = append(lines, p.cardLine())
	}
	first := person{number: number(0), name: "LÊ VĂN THỬ", born: "1990-01-01", sex: 1}
	lines = append(lines, line("can_cuoc", first.card().with("date_of_issuance", "2025-01-01")), line("can_cuoc", first.card().with("sex", 3)))
	outcomes, err := d.read("c06", strings.NewReader(strings.Join(lines, "\n")), issuer.ImportOptions{DryRun: true})
	if err != nil || len(outcomes) != len(lines) {
		t.Fatal(len(outcomes), err)
	}
	for i, o := range outcomes {
		want := issuer.Issued
		switch i {
		case 300:
			want = issuer.Updated
		case 301:
			want = issuer.Rejected
		}
		if o.Status != want || o.Credential != "" {
			t.Fatalf("line %d: %+v, want %s", o.Line, o, want)
		}
	}
	d.unchanged(before)
}
