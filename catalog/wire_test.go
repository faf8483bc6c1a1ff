package catalog_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/giayto/giayto/catalog"
)

// throughCBOR encodes and decodes a wire value as a presentation does.
func throughCBOR(t testing.TB, w any) any {
	t.Helper()
	encoder, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	b, err := encoder.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := decoder.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every claim of every document comes back from the wire as it went.
func TestWireRoundTrip(t *testing.T) {
	for _, d := range fifth(t).Documents() {
		for _, cl := range d.All() {
			if cl.Example == nil && !cl.Nullable {
				continue
			}
			w, err := cl.ToWire(cl.Example)
			if cl.Key == 0 {
				if err == nil {
					t.Errorf("%s: %s has no wire key and travels", d.ID, cl.ID)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", d.ID, err)
				continue
			}
			got, err := cl.FromWire(throughCBOR(t, w))
			if err != nil || !reflect.DeepEqual(got, cl.Example) {
				t.Errorf("%s: %s: %v came back as %v: %v", d.ID, cl.ID, cl.Example, got, err)
			}
			if v := cl.Check(got); v != nil {
				t.Errorf("%s: %s: what came back breaks %s", d.ID, cl.ID, v.Code)
			}
		}
	}
}

func TestWireForms(t *testing.T) {
	tests := []struct {
		document, claim string
		value, want     any
	}{
		{"can_cuoc", "personal_administrative_number", "001095000123", uint64(1095000123)},
		{"can_cuoc", "personal_administrative_number", "000000000000", uint64(0)},
		{"can_cuoc", "birthdate", "1970-01-01", int64(0)},
		{"can_cuoc", "birthdate", "1969-12-31", int64(-1)},
		{"can_cuoc", "birthdate", "2005-02-28", int64(12842)},
		{"can_cuoc", "birthdate", "1850-01-01", int64(-43829)},
		{"can_cuoc", "birthdate", "1950", "1950"},
		{"can_cuoc", "birthdate", "1950-07", "1950-07"},
		{"can_cuoc", "date_of_expiry", nil, nil},
		{"can_cuoc", "sex", int64(2), uint64(2)},
		{"can_cuoc", "name", "ÁNH", "ÁNH"},
		{"can_cuoc", "nationalities", []any{"VN", "FR"}, []any{"VN", "FR"}},
		{"can_cuoc", "age_equal_or_over.18", false, false},
		{"gplx", "licence_points_remaining", int64(10), int64(10)},
		{"gplx", "driving_privileges", []any{class("B", "2024", "2025-04-10", "", true)},
			[]any{map[uint64]any{1: uint64(4), 2: uint64(2), 3: int64(20188), 4: nil, 5: true}}},
		{"gplx", "licence_classes", []any{"A1", "B"}, []any{uint64(1), uint64(4)}},
	}
	for _, test := range tests {
		cl := catalog.Default().Document(test.document).Claim(test.claim)
		w, err := cl.ToWire(test.value)
		if err != nil || !reflect.DeepEqual(w, test.want) {
			t.Errorf("%s of %v: %#v, want %#v (%v)", test.claim, test.value, w, test.want, err)
			continue
		}
		if back, err := cl.FromWire(throughCBOR(t, w)); err != nil || !reflect.DeepEqual(back, test.value) {
			t.Errorf("%s: %v came back as %v: %v", test.claim, test.value, back, err)
		}
	}
}

func TestToWireRefuses(t *testing.T) {
	for _, test := range []struct {
		claim string
		value any
	}{
		{"personal_administrative_number", "79305000123"}, {"personal_administrative_number", int64(1)},
		{"name", ""}, {"name", "a|b"}, {"name", nil}, {"name", []byte("x")}, {"birthdate", "2005-02-30"},
		{"date_of_issuance", nil}, {"sex", int64(3)}, {"sex", 2}, {"picture", "data:image/png;base64,AAAA"},
		{"nationalities", []any{"VN", nil}}, {"legacy_numbers", []any{map[string]any{"kind": "cmnd9"}}},
		{"legacy_numbers", []any{map[string]any{"kind": "cmnd9", "value": "123456789", "note": "x"}}},
	} {
		w, err := catalog.Default().Document("can_cuoc").Claim(test.claim).ToWire(test.value)
		var failure *catalog.WireError
		if w != nil || !errors.As(err, &failure) || failure.Code != catalog.CodeClaimInvalid {
			t.Errorf("%s: %v, %v", test.claim, w, err)
		}
	}
}

// wireRefusal is a wire value that a claim must not accept, and the code.
type wireRefusal struct {
	name, document, claim string
	wire                  any
	want                  string
}

// cardWireRefusals: numbers, dates, texts and lists of the identity card.
var cardWireRefusals = []wireRefusal{
	{"number with a digit too many", "can_cuoc", "personal_administrative_number", uint64(1_000_000_000_000), catalog.CodeClaimInvalid},
	{"negative number", "can_cuoc", "personal_administrative_number", int64(-1), catalog.CodeClaimInvalid},
	{"number beyond int64", "can_cuoc", "personal_administrative_number", uint64(math.MaxUint64), catalog.CodeClaimInvalid},
	{"number as text", "can_cuoc", "personal_administrative_number", "079305000123", catalog.CodeClaimInvalid},
	{"number as float", "can_cuoc", "personal_administrative_number", 1.0, catalog.CodeClaimInvalid},
	{"null number", "can_cuoc", "personal_administrative_number", nil, catalog.CodeClaimInvalid},
	{"full date as text", "can_cuoc", "birthdate", "2005-02-28", catalog.CodeClaimInvalid},
	{"bad partial date", "can_cuoc", "birthdate", "2005-13", catalog.CodeClaimInvalid},
	{"partial date out of range", "can_cuoc", "birthdate", "0001", catalog.CodeClaimInvalid},
	{"partial date where none may be", "can_cuoc", "date_of_issuance", "2005", catalog.CodeClaimInvalid},
	{"day after the last", "can_cuoc", "birthdate", uint64(1 << 40), catalog.CodeClaimInvalid},
	{"day before the first", "can_cuoc", "birthdate", int64(-43830), catalog.CodeClaimInvalid},
	{"null date where none may be", "can_cuoc", "date_of_issuance", nil, catalog.CodeClaimInvalid},
	{"unknown value", "can_cuoc", "sex", uint64(3), catalog.CodeCatalogOutdated},
	{"negative code", "can_cuoc", "sex", int64(-1), catalog.CodeCatalogOutdated},
	{"value instead of its code", "can_cuoc", "document_model", "can_cuoc_2024", catalog.CodeClaimInvalid},
	{"bytes for text", "can_cuoc", "name", []byte("A"), catalog.CodeClaimInvalid},
	{"integer for text", "can_cuoc", "name", uint64(1), catalog.CodeClaimInvalid},
	{"forbidden character", "can_cuoc", "name", "A\u202eB", catalog.CodeClaimInvalid},
	{"text that is not NFC", "can_cuoc", "name", "A\u0301", catalog.CodeClaimInvalid},
	{"broken UTF-8", "can_cuoc", "name", "A\xff", catalog.CodeClaimInvalid},
	{"too long", "can_cuoc", "name", strings.Repeat("A", 151), catalog.CodeClaimInvalid},
	{"integer for bool", "can_cuoc", "age_equal_or_over.18", uint64(1), catalog.CodeClaimInvalid},
	{"null for bool", "can_cuoc", "age_equal_or_over.18", nil, catalog.CodeClaimInvalid},
	{"text for list", "can_cuoc", "nationalities", "VN", catalog.CodeClaimInvalid},
	{"too many items", "can_cuoc", "nationalities", []any{"VN", "VN", "VN", "VN", "VN"}, catalog.CodeClaimInvalid},
	{"bad item", "can_cuoc", "nationalities", []any{"vn"}, catalog.CodeClaimInvalid},
	{"image", "can_cuoc", "picture", "data:image/jpeg;base64,/9j/", catalog.CodeClaimInvalid},
}

// licenceWireRefusals: integers and the members of objects.
var licenceWireRefusals = []wireRefusal{
	{"integer out of range", "gplx", "licence_points_remaining", uint64(13), catalog.CodeClaimInvalid},
	{"text for integer", "gplx", "licence_points_remaining", "10", catalog.CodeClaimInvalid},
	{"item is no map", "gplx", "driving_privileges", []any{uint64(1)}, catalog.CodeClaimInvalid},
	{"map with text keys", "gplx", "driving_privileges", []any{map[any]any{"class": "B"}}, catalog.CodeClaimInvalid},
	{"further member with a text key", "gplx", "driving_privileges", wirePrivilege(map[any]any{"x": uint64(1)}), catalog.CodeClaimInvalid},
	{"further member with a negative key", "gplx", "driving_privileges", wirePrivilege(map[any]any{int64(-1): uint64(1)}), catalog.CodeClaimInvalid},
	{"member of a newer catalogue", "gplx", "driving_privileges", wirePrivilege(map[any]any{uint64(99): uint64(1)}), catalog.CodeCatalogOutdated},
	{"class of a newer catalogue", "gplx", "driving_privileges", wirePrivilege(map[any]any{uint64(1): uint64(999)}), catalog.CodeCatalogOutdated},
	{"member missing", "gplx", "driving_privileges", wirePrivilege(map[any]any{uint64(3): "absent"}), catalog.CodeClaimInvalid},
	{"member null", "gplx", "driving_privileges", wirePrivilege(map[any]any{uint64(3): nil}), catalog.CodeClaimInvalid},
	{"class of a newer catalogue in a list", "gplx", "licence_classes", []any{uint64(999)}, catalog.CodeCatalogOutdated},
}

// wirePrivilege is a list of one driving privilege with members replaced; the
// value "absent" removes one.
func wirePrivilege(more map[any]any) []any {
	m := map[any]any{uint64(1): uint64(4), uint64(2): uint64(2), uint64(3): uint64(20188), uint64(4): nil}
	for k, v := range more {
		if v == "absent" {
			delete(m, k)
		} else {
			m[k] = v
		}
	}
	return []any{m}
}

func TestFromWireRefuses(t *testing.T) {
	for _, test := range slices.Concat(cardWireRefusals, licenceWireRefusals) {
		t.Run(test.name, func(t *testing.T) {
			v, err := catalog.Default().Document(test.document).Claim(test.claim).FromWire(test.wire)
			var failure *catalog.WireError
			if v != nil || !errors.As(err, &failure) || failure.Code != test.want {
				t.Fatalf("got %v and %v, want %s", v, err, test.want)
			}
			if !strings.HasPrefix(failure.Claim, test.claim) {
				t.Errorf("the error names %s", failure.Claim)
			}
		})
	}
}

// Decoders differ in how they give small positive integers.
func TestFromWireTakesBothIntegers(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	for _, claim := range []string{"personal_administrative_number", "birthdate", "sex"} {
		a, errA := d.Claim(claim).FromWire(uint64(2))
		b, errB := d.Claim(claim).FromWire(int64(2))
		if errA != nil || errB != nil || a != b {
			t.Errorf("%s: %v %v, %v %v", claim, a, errA, b, errB)
		}
	}
}
