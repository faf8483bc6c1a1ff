package bench_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/qr"
)

// set is a choice of claims whose size is told, with the bounds of its median
// on the fixture register and on the held-out one, in bytes of COSE or
// compressed COSE, whichever is sent; 0 = no bound.
type set struct {
	name, document      string
	claims              []string
	fixture, unfamiliar int
}

// twelve is the twelve-field set of the căn cước.
var twelve = []string{"personal_administrative_number", "name", "birthdate", "sex", "nationalities", "place_of_origin",
	"address.formatted", "date_of_issuance", "date_of_expiry", "issuing_authority", "identifying_features", "age_equal_or_over.18"}

var sets = []set{
	{"over 18", "can_cuoc", []string{"age_equal_or_over.18"}, 110, 110},
	{"five fields", "can_cuoc", typical, 190, 197},
	{"twelve fields", "can_cuoc", twelve, 260, 285},
	{"number, name", "gplx", []string{"document_number", "name"}, 0, 0},
	{"five fields", "gplx", []string{"document_number", "name", "birthdate", "driving_privileges", "address.formatted"}, 0, 0},
	{"plate, owner", "dang_ky_xe", []string{"registration_number", "registered_owner.name"}, 0, 0},
	{"five fields", "dang_ky_xe", []string{"registration_number", "vehicle_identification_number", "registered_owner.name",
		"basic_vehicle_info.make", "registered_owner.address.formatted"}, 0, 0},
	{"name, insured on", "bhyt", []string{"name", "insured_on"}, 0, 0},
	{"five fields", "bhyt", []string{"social_insurance_number", "name", "birthdate", "insured_on", "primary_care_facility.name"}, 0, 0},
}

// heldOutCitizens is how many citizens the held-out register has.
const heldOutCitizens = 300

// people are the values of every record of a document that has all claims of a
// set and is in force.
func people(tb testing.TB, registers []demo.Register, s set) []catalog.Values {
	tb.Helper()
	d := catalog.Default().Document(s.document)
	var all []catalog.Values
	for _, register := range registers {
		for _, line := range bytes.Split(bytes.TrimSpace(register.NDJSON), []byte("\n")) {
			var record struct {
				Document string         `json:"document"`
				Claims   map[string]any `json:"claims"`
			}
			dec := json.NewDecoder(bytes.NewReader(line))
			dec.UseNumber()
			if err := dec.Decode(&record); err != nil {
				tb.Fatal(err)
			}
			if record.Document != s.document {
				continue
			}
			values, violations := d.Normalise(record.Claims)
			if catalog.Refused(violations) || d.InForce(values, now) != "" {
				continue
			}
			if !slices.ContainsFunc(s.claims, func(id string) bool {
				_, err := d.Value(id, values, catalog.Moment{Now: now})
				return err != nil
			}) {
				all = append(all, values)
			}
		}
	}
	return all
}

// measure mints the set for everybody and returns the sorted sizes in bytes and
// the sorted QR versions.
func (s set) measure(tb testing.TB, sign signing, registers []demo.Register) (sizes, versions []int) {
	d := catalog.Default().Document(s.document)
	for _, values := range people(tb, registers, s) {
		text := sign.mint(tb, d, values, s.claims)
		symbol, err := qr.Fit(text)
		if err != nil {
			tb.Fatalf("%s, %s: %v", s.document, s.name, err)
		}
		sizes = append(sizes, (len(text)-len("VN1:"))*2/3)
		versions = append(versions, symbol.Version)
	}
	slices.Sort(sizes)
	slices.Sort(versions)
	return sizes, versions
}

// TestSizes keeps the bounds on the median size of a presentation.
func TestSizes(t *testing.T) {
	sign := newSigning(t)
	fixture, unfamiliar := demo.Registers(now), demo.HeldOut(now, heldOutCitizens)
	for _, s := range sets {
		for _, c := range []struct {
			name      string
			registers []demo.Register
			bound     int
		}{{"fixture register", fixture, s.fixture}, {"held-out register", unfamiliar, s.unfamiliar}} {
			sizes, versions := s.measure(t, sign, c.registers)
			if len(sizes) < 50 {
				t.Errorf("%s, %s, %s: only %d people", s.document, s.name, c.name, len(sizes))
				continue
			}
			middle := sizes[len(sizes)/2]
			if c.bound > 0 && middle > c.bound {
				t.Errorf("%s, %s, %s: median %d bytes, at most %d", s.document, s.name, c.name, middle, c.bound)
			}
			if top := versions[len(versions)-1]; top > qr.MaxVersion {
				t.Errorf("%s, %s, %s: QR version %d", s.document, s.name, c.name, top)
			}
		}
	}
}

// BenchmarkSize prints the sizes beside the speeds.
func BenchmarkSize(b *testing.B) {
	sign := newSigning(b)
	for _, source := range []struct {
		name      string
		registers []demo.Register
	}{{"fixture", demo.Registers(now)}, {"held-out", demo.HeldOut(now, heldOutCitizens)}} {
		for _, s := range sets {
			b.Run(fmt.Sprintf("%s/%s/%s", source.name, s.document, s.name), func(b *testing.B) {
				var sizes, versions []int
				for b.Loop() {
					sizes, versions = s.measure(b, sign, source.registers)
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(len(sizes)), "people")
				b.ReportMetric(float64(sizes[len(sizes)/2]), "median-B")
				b.ReportMetric(float64(sizes[len(sizes)-1]), "max-B")
				b.ReportMetric(float64(versions[len(versions)/2]), "median-version")
				b.ReportMetric(float64(versions[len(versions)-1]), "max-version")
			})
		}
	}
}
