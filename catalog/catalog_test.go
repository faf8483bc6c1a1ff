package catalog_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/giayto/giayto/catalog"
)

// record returns the nested register record that a document's examples make.
func record(t testing.TB, d *catalog.Document) map[string]any {
	t.Helper()
	values := catalog.Values{}
	for _, cl := range d.Claims {
		if cl.Example != nil || cl.Nullable {
			values[cl.ID] = cl.Example
		}
	}
	return decode(t, string(catalog.Values(d.Nest(values)).Canonical()))
}

// decode reads a record as an importer does.
func decode(t testing.TB, s string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	var m map[string]any
	if err := decoder.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// fifth is a layer with a document that the embedded catalogue does not have.
func fifth(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalog.Files(), os.DirFS("testdata/fifth"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefault(t *testing.T) {
	c := catalog.Default()
	var ids []string
	for i, d := range c.Documents() {
		ids = append(ids, d.ID)
		if d.Code != i+1 || c.Document(d.ID) != d || c.DocumentByCode(d.Code) != d {
			t.Errorf("%s: code %d, place %d, or not found by id and code", d.ID, d.Code, i)
		}
		if got := len(d.All()); got != len(d.Claims)+len(d.Derived) {
			t.Errorf("%s: All has %d claims", d.ID, got)
		}
		for _, cl := range d.All() {
			if d.Claim(cl.ID) != cl {
				t.Errorf("%s: %s not found by id", d.ID, cl.ID)
			}
			if cl.Key != 0 && d.ClaimByKey(cl.Key) != cl {
				t.Errorf("%s: %s not found by key", d.ID, cl.ID)
			}
		}
		if d.ClaimByKey(0) != nil || d.Claim("") != nil || d.Claim("no.such") != nil {
			t.Errorf("%s: found a claim that is not there", d.ID)
		}
		if agency, ok := c.Agency(d.Agency.ID); !ok || agency != d.Agency {
			t.Errorf("%s: agency %s not found", d.ID, d.Agency.ID)
		}
	}
	if want := []string{"can_cuoc", "gplx", "dang_ky_xe", "bhyt"}; !slices.Equal(ids, want) {
		t.Errorf("documents %v, want %v", ids, want)
	}
	if c.Document("passport") != nil || c.DocumentByCode(0) != nil || c.Preset("no") != nil {
		t.Error("found something that is not there")
	}
	if _, ok := c.Agency("no"); ok {
		t.Error("found an agency that is not there")
	}
	if catalog.Default() != c {
		t.Error("the default catalogue was loaded twice")
	}
}

func TestPresetsOfTheDefault(t *testing.T) {
	c := catalog.Default()
	for _, id := range []string{"over18_shop", "hotel_check_in", "pharmacy", "clinic", "bank_ekyc", "sim_registration",
		"traffic_stop", "car_rental", "courier", "school", "building_gate", "person_to_person"} {
		if c.Preset(id) == nil {
			t.Errorf("no preset %s", id)
		}
	}
	// E45: a health preset never asks for what reveals poverty, disability or
	// service in police and army.
	for _, id := range []string{"pharmacy", "clinic"} {
		for _, part := range c.Preset(id).Documents {
			for _, claim := range slices.Concat(part.Required, part.Optional) {
				if claim == "beneficiary_category" || claim == "health_insurance_code" {
					t.Errorf("%s asks for %s", id, claim)
				}
			}
		}
	}
}

// E38, E45: what the law calls sensitive is never shown in a list, needs a fresh
// proof of presence, is hidden in the credential, and its absence tells nothing.
func TestSensitiveClaims(t *testing.T) {
	seen := 0
	for _, d := range fifth(t).Documents() {
		for _, cl := range d.Claims {
			if cl.Sensitivity != catalog.Sensitive {
				continue
			}
			seen++
			if cl.Mask != "hidden" || cl.MinAuth < 3 || cl.Disclose != catalog.Choice {
				t.Errorf("%s: %s: mask %q, level %d, disclose %s", d.ID, cl.ID, cl.Mask, cl.MinAuth, cl.Disclose)
			}
			// A portrait is absent for children under six, and everybody knows.
			if !cl.Required && !cl.Decoy && cl.Volatility != catalog.Volatile && cl.Type != catalog.TypeImage {
				t.Errorf("%s: the absence of %s tells something", d.ID, cl.ID)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d sensitive claims", seen)
	}
}

// Every document's example is a record that its own rules accept unchanged.
func TestExamplesAreRecords(t *testing.T) {
	for _, d := range fifth(t).Documents() {
		in := record(t, d)
		values, violations := d.Normalise(in)
		if len(violations) > 0 {
			t.Errorf("%s: %v", d.ID, violations)
			continue
		}
		if got := decode(t, string(catalog.Values(d.Nest(values)).Canonical())); !reflect.DeepEqual(got, record(t, d)) {
			t.Errorf("%s: nesting is not the inverse of flattening:\n%v\n%v", d.ID, got, in)
		}
		var stored catalog.Values
		if err := json.Unmarshal(values.Canonical(), &stored); err != nil || !reflect.DeepEqual(stored, values) {
			t.Errorf("%s: values do not survive storing: %v\n%v\n%v", d.ID, err, stored, values)
		}
		again, violations := d.Normalise(d.Nest(values))
		if len(violations) > 0 || string(again.Canonical()) != string(values.Canonical()) {
			t.Errorf("%s: normalising twice changes something: %v", d.ID, violations)
		}
	}
}

func TestFifthDocumentAddsNothingElse(t *testing.T) {
	c, base := fifth(t), catalog.Default()
	if got, want := len(c.Documents()), len(base.Documents())+1; got != want {
		t.Fatalf("%d documents, want %d", got, want)
	}
	if c.DocumentByCode(5) == nil || base.DocumentByCode(5) != nil {
		t.Error("code 5 belongs to the fifth document alone")
	}
	if len(c.Agencies()) != len(base.Agencies()) {
		t.Error("the fifth document has an agency of its own, want the one of bhyt")
	}
	if c.Digest() == base.Digest() {
		t.Error("a further document does not change the digest")
	}
}

func TestDigest(t *testing.T) {
	a, b := layer(t, nil), layer(t, func(s string) string { return strings.ReplaceAll(s, `"alpha"`, `"beta"`) })
	b["documents/beta.json"].Data = []byte(strings.Replace(string(b["documents/beta.json"].Data), `"code": 1`, `"code": 2`, 1))
	delete(b, "documents/alpha.json")
	one, err := catalog.Load(a, b)
	if err != nil {
		t.Fatal(err)
	}
	two, err := catalog.Load(b, a)
	if err != nil {
		t.Fatal(err)
	}
	if one.Digest() != two.Digest() || len(one.Digest()) != 64 {
		t.Errorf("digests %s and %s, want the same 64 characters", one.Digest(), two.Digest())
	}
	a["documents/alpha.json"].Data = append(a["documents/alpha.json"].Data, '\n')
	three, err := catalog.Load(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if three.Digest() == one.Digest() {
		t.Error("a changed byte does not change the digest")
	}
}

// A returned slice is the caller's own.
func TestAccessorsCopy(t *testing.T) {
	c := catalog.Default()
	c.Documents()[0] = nil
	c.Documents()[1].All()[0] = nil
	c.Presets()[0] = nil
	c.Agencies()[0] = catalog.Agency{}
	if c.Documents()[0] == nil || c.Documents()[1].All()[0] == nil || c.Presets()[0] == nil || c.Agencies()[0].ID == "" {
		t.Error("a caller can change the catalogue")
	}
}

// layer returns a small catalogue as files; change edits the document's text.
func layer(t testing.TB, change func(string) string) fstest.MapFS {
	t.Helper()
	source, err := os.ReadFile("testdata/small/alpha.json")
	if err != nil {
		t.Fatal(err)
	}
	s := string(source)
	name := "documents/alpha.json"
	if change != nil {
		s = change(s)
		name = "documents/beta.json"
	}
	return fstest.MapFS{name: {Data: []byte(s)}}
}
