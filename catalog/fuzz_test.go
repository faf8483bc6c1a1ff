package catalog_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/giayto/giayto/catalog"
)

// A record that is accepted is in normal form: normalising it again changes
// nothing, every value passes its own check, travels and can be shown.
func FuzzNormalise(f *testing.F) {
	c := catalog.Default()
	for i, d := range c.Documents() {
		good := catalog.Values(record(f, d)).Canonical()
		f.Add(uint8(i), good)
		f.Add(uint8(i+1), good)
		f.Add(uint8(i), bytes.ReplaceAll(good, []byte("H"), []byte("\u202e")))
		f.Add(uint8(i), bytes.ReplaceAll(good, []byte(`"`), nil))
	}
	for _, s := range []string{`{}`, `null`, `[]`, `{"name":null}`, `{"address":{"address":{}}}`, `{"driving_privileges":[[]]}`,
		`{"birthdate":"1950","sex":1e400}`, `{"name":"A\u0301|\ud800"}`} {
		f.Add(uint8(0), []byte(s))
	}
	f.Fuzz(func(t *testing.T, n uint8, data []byte) {
		d := c.Documents()[int(n)%len(c.Documents())]
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var r map[string]any
		if decoder.Decode(&r) != nil {
			return
		}
		values, violations := d.Normalise(r)
		if catalog.Refused(violations) != (values == nil) || len(violations) > catalog.MaxViolations {
			t.Fatalf("values %v with %v", values != nil, violations)
		}
		for id, v := range values {
			cl := d.Claim(id)
			if violation := cl.Check(v); violation != nil {
				t.Fatalf("%s was accepted and breaks %s", id, violation.Code)
			}
			if cl.Key != 0 {
				if _, err := cl.ToWire(v); err != nil {
					t.Fatal(err)
				}
			}
			if shown := cl.Show(v); shown.VI == "" || shown.EN == "" {
				t.Fatalf("%s is shown as nothing", id)
			}
		}
		if values == nil {
			return
		}
		again, violations := d.Normalise(d.Nest(values))
		if catalog.Refused(violations) || !bytes.Equal(again.Canonical(), values.Canonical()) {
			t.Fatalf("not in normal form: %v", violations)
		}
		for _, cl := range d.Derived {
			if v, err := d.Derive(cl.ID, values, catalog.Moment{}); (err == nil) == (v == nil) || err == nil && cl.Check(v) != nil {
				t.Fatalf("%s: %v, %v", cl.ID, v, err)
			}
		}
	})
}

// A wire value that is accepted has one form only: it goes back onto the wire
// as it came, and passes the check of its claim.
func FuzzFromWire(f *testing.F) {
	c := catalog.Default()
	decoder, err := cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF}.DecMode()
	if err != nil {
		f.Fatal(err)
	}
	for i, d := range c.Documents() {
		for _, cl := range d.All() {
			w, err := cl.ToWire(cl.Example)
			if err != nil {
				continue
			}
			b, err := cbor.Marshal(w)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(i), uint16(cl.Key), b)
			f.Add(uint8(i), uint16(cl.Key), append([]byte{0x81}, b...))
		}
	}
	for _, b := range []string{"\xf6", "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", "\x3b\xff\xff\xff\xff\xff\xff\xff\xff", "\xa1\x01\x81\xf6", "\x62\xc3\x28", "\xf9\x7e\x00", "\xc1\x00"} {
		f.Add(uint8(0), uint16(2), []byte(b))
	}
	f.Fuzz(func(t *testing.T, n uint8, key uint16, data []byte) {
		cl := c.Documents()[int(n)%len(c.Documents())].ClaimByKey(int(key))
		var w any
		if cl == nil || decoder.Unmarshal(data, &w) != nil {
			return
		}
		v, err := cl.FromWire(w)
		if err != nil {
			if v != nil {
				t.Fatal("a value with an error")
			}
			return
		}
		if violation := cl.Check(v); violation != nil {
			t.Fatalf("accepted and breaks %s", violation.Code)
		}
		back, err := cl.ToWire(v)
		if err != nil {
			t.Fatal(err)
		}
		again, err := cl.FromWire(throughCBOR(t, back))
		if err != nil || !reflect.DeepEqual(again, v) {
			t.Fatalf("%v came back as %v: %v", v, again, err)
		}
	})
}

// Folding is idempotent and never fails.
func FuzzFoldName(f *testing.F) {
	for _, s := range []string{"NGUYỄN THỊ MINH ÁNH", "Hoà", "\u00D0ỗ", "a\u0301\u0323", "\xff\u0301", "İI", "\u0345"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := catalog.FoldName(s); catalog.FoldName(once) != once {
			t.Errorf("%q folds to %q, then to %q", s, once, catalog.FoldName(once))
		}
	})
}
