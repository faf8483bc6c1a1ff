package catalog_test

import (
	"testing"

	"github.com/giayto/giayto/catalog"
)

// typical is the set that most presentations of a căn cước carry.
var typical = []string{"personal_administrative_number", "name", "birthdate", "sex", "address.formatted"}

func BenchmarkToWire(b *testing.B) {
	d := catalog.Default().Document("can_cuoc")
	b.ReportAllocs()
	for b.Loop() {
		for _, id := range typical {
			cl := d.Claim(id)
			if _, err := cl.ToWire(cl.Example); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkFromWire(b *testing.B) {
	d := catalog.Default().Document("can_cuoc")
	wire := map[int]any{}
	for _, id := range typical {
		w, err := d.Claim(id).ToWire(d.Claim(id).Example)
		if err != nil {
			b.Fatal(err)
		}
		wire[d.Claim(id).Key] = throughCBOR(b, w)
	}
	b.ReportAllocs()
	for b.Loop() {
		for key, w := range wire {
			if _, err := d.ClaimByKey(key).FromWire(w); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkNormalise(b *testing.B) {
	d := catalog.Default().Document("can_cuoc")
	r := record(b, d)
	b.ReportAllocs()
	for b.Loop() {
		if values, violations := d.Normalise(r); values == nil {
			b.Fatal(violations)
		}
	}
}

func BenchmarkDerive(b *testing.B) {
	d := catalog.Default().Document("can_cuoc")
	v := catalog.Values{"birthdate": "2005-02-28"}
	m := catalog.Moment{Now: noon(b, "2026-06-15")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Derive("age_equal_or_over.18", v, m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := catalog.Load(catalog.Files()); err != nil {
			b.Fatal(err)
		}
	}
}
