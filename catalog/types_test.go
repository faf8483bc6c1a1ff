package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/giayto/giayto/catalog"
)

const origin = "https://giayto.example"

// TestTypeMetadataIsKept: credentials carry the hash of the type metadata of
// their version, so a version, once issued, never changes.
func TestTypeMetadataIsKept(t *testing.T) {
	for _, layer := range []struct {
		folder  string
		catalog *catalog.Catalog
	}{{"types", catalog.Default()}, {"testdata/fifth/types", fifth(t)}} {
		for _, d := range layer.catalog.Documents() {
			if layer.folder != "types" && catalog.Default().Document(d.ID) != nil {
				continue
			}
			path := filepath.Join(layer.folder, fmt.Sprintf("%s.%d.json", d.ID, d.Version))
			want := d.TypeMetadata("{origin}")
			kept, err := os.ReadFile(path)
			switch {
			case err == nil && bytes.Equal(kept, want):
			case os.IsNotExist(err) && *update:
				if err := os.WriteFile(path, want, 0o644); err != nil {
					t.Error(err)
				}
			case os.IsNotExist(err):
				t.Errorf("%s is not kept yet; run go test ./catalog -run TypeMetadata -update", path)
			case err != nil:
				t.Error(err)
			default:
				t.Errorf("%s is no longer what the catalogue says. Credentials of version %d carry its hash: raise the version of %s, "+
					"or remove the file if that version was never released, and run go test ./catalog -run TypeMetadata -update", path, d.Version, d.ID)
			}
		}
	}
}

// metadata is the type metadata as another program reads it.
type metadata struct {
	Type    string `json:"vct"`
	Name    string
	Display []struct {
		Locale, Name, Description string
		Rendering                 struct {
			Simple struct {
				Background string `json:"background_color"`
				Text       string `json:"text_color"`
			}
		}
	}
	Claims []struct {
		Path    []any
		Display []struct{ Locale, Label, Description string }
		// Mandatory and SD say what an issuer does.
		Mandatory bool
		SD        string
	}
}

func read(t *testing.T, data []byte) metadata {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	var m metadata
	if err := decoder.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestTypeMetadata: everything that credentials carry is described once, in both
// languages, and nothing else is.
func TestTypeMetadata(t *testing.T) {
	c := fifth(t)
	for _, d := range c.Documents() {
		data := d.TypeMetadata(origin)
		if !bytes.Equal(data, d.TypeMetadata(origin)) || !bytes.Equal(data, c.TypeMetadata(d.ID, d.Version, origin)) {
			t.Errorf("%s: different bytes at different times", d.ID)
		}
		m := read(t, data)
		if m.Type != origin+"/vct/"+d.ID+"/1" || m.Type != d.Type(origin) || m.Name != d.Labels.EN {
			t.Errorf("%s: %s, %s", d.ID, m.Type, m.Name)
		}
		var shown []string
		for _, s := range m.Display {
			shown = append(shown, s.Locale+" "+s.Name+" "+s.Description+" "+s.Rendering.Simple.Background+" "+s.Rendering.Simple.Text)
		}
		if want := []string{"vi " + d.Labels.VI + " " + d.Agency.Name.VI + " " + d.Hue + " #ffffff",
			"en " + d.Labels.EN + " " + d.Agency.Name.EN + " " + d.Hue + " #ffffff"}; !slices.Equal(shown, want) {
			t.Errorf("%s: %v, want %v", d.ID, shown, want)
		}
		seen := map[string]bool{}
		for _, cl := range m.Claims {
			at := path(cl.Path)
			if seen[at] {
				t.Errorf("%s: %s is described twice", d.ID, at)
			}
			seen[at] = true
			if group, _, nested := cut(at); nested && !seen[group] {
				t.Errorf("%s: %s comes before its group", d.ID, at)
			}
			source := d.Claim(at)
			if source == nil {
				continue // a group, items or members
			}
			sd := map[catalog.Disclosure]string{catalog.Choice: "always", catalog.Always: "never"}[source.Disclose]
			if cl.SD != sd || cl.Mandatory != source.Required || len(cl.Display) != 2 || cl.Display[0].Label != source.Labels.VI || cl.Display[1].Label != source.Labels.EN {
				t.Errorf("%s: %+v does not describe the claim", d.ID, cl)
			}
		}
		for _, cl := range d.All() {
			if seen[cl.ID] != cl.Issued() {
				t.Errorf("%s: %s is described: %t", d.ID, cl.ID, seen[cl.ID])
			}
		}
	}
}

// path writes a claim path with its dots; nil is a star.
func path(parts []any) string {
	var names []string
	for _, part := range parts {
		if part == nil {
			part = "*"
		}
		names = append(names, part.(string))
	}
	return strings.Join(names, ".")
}

// cut takes the last part off.
func cut(at string) (group, last string, nested bool) {
	i := strings.LastIndexByte(at, '.')
	if i < 0 {
		return "", at, false
	}
	return at[:i], at[i+1:], true
}

// TestTypePaths: groups, items and members are told apart.
func TestTypePaths(t *testing.T) {
	for document, want := range map[string]map[string]string{
		"can_cuoc": {"address": "always mandatory", "address.formatted": "always mandatory", "address.region": "always",
			"temporary_address": "always", "nationalities.*": "always", "age_equal_or_over": "always", "age_equal_or_over.18": "always",
			"date_of_expiry": "never mandatory", "document_valid": "", "legacy_numbers.*.value": "never"},
		"gplx": {"driving_privileges": "always mandatory", "driving_privileges.*": "always", "driving_privileges.*.issue_date": "never",
			"licence_classes.*": "always", "licence_status": "", "may_drive": "", "held_class_since_years.B": "always"},
		"dang_ky_xe": {"registered_owner.address": "always", "registered_owner": "always mandatory", "inspection_valid": "always",
			"holder_name": "", "registration_valid": ""},
		"bhyt":    {"five_year_continuous": "always", "insured_on": "", "primary_care_facility": "always"},
		"so_bhxh": {"participating": "always", "personal_administrative_number": ""},
	} {
		said := map[string]string{}
		for _, cl := range read(t, fifth(t).Document(document).TypeMetadata(origin)).Claims {
			said[path(cl.Path)] = cl.SD + map[bool]string{true: " mandatory"}[cl.Mandatory]
		}
		for at, want := range want {
			if said[at] != want {
				t.Errorf("%s: %s is %q, want %q", document, at, said[at], want)
			}
		}
	}
}

// kept is a layer that keeps a version which is no longer issued.
func kept(t *testing.T, name, content string) fs.FS {
	t.Helper()
	files := layer(t, func(s string) string { return strings.ReplaceAll(s, `"version": 1`, `"version": 3`) })
	files["types/"+name] = &fstest.MapFile{Data: []byte(content)}
	return files
}

// TestFormerVersions: what was issued under a former version can be read on.
func TestFormerVersions(t *testing.T) {
	c, err := catalog.Load(kept(t, "alpha.2.json", `{"vct":"{origin}/vct/alpha/2","name":"Old"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(c.TypeMetadata("alpha", 2, origin)); got != `{"vct":"https://giayto.example/vct/alpha/2","name":"Old"}` {
		t.Error(got)
	}
	if got := c.TypeVersions("alpha"); !slices.Equal(got, []int{2, 3}) {
		t.Error(got)
	}
	if m := read(t, c.TypeMetadata("alpha", 3, origin)); m.Type != origin+"/vct/alpha/3" {
		t.Error(m.Type)
	}
	for _, version := range []int{-1, 0, 1, 4} {
		if c.TypeMetadata("alpha", version, origin) != nil {
			t.Errorf("version %d", version)
		}
	}
	if c.TypeMetadata("beta", 2, origin) != nil || c.TypeVersions("beta") != nil {
		t.Error("metadata of an unknown document")
	}
}

func TestTypeFilesAreChecked(t *testing.T) {
	for name, test := range map[string]struct{ file, content, want string }{
		"name":            {"alpha.json", `{"vct":"{origin}/vct/alpha/2"}`, "document.version.json"},
		"version":         {"alpha.02.json", `{"vct":"{origin}/vct/alpha/2"}`, "document.version.json"},
		"not JSON":        {"alpha.2.json", `{"vct":`, "JSON"},
		"other document":  {"alpha.2.json", `{"vct":"{origin}/vct/beta/2"}`, "not that of the file's name"},
		"other version":   {"alpha.2.json", `{"vct":"{origin}/vct/alpha/1"}`, "not that of the file's name"},
		"an origin":       {"alpha.2.json", `{"vct":"https://giayto.example/vct/alpha/2"}`, "not that of the file's name"},
		"the mark twice":  {"alpha.2.json", `{"vct":"{origin}/vct/alpha/2","name":"{origin}"}`, "not that of the file's name"},
		"without vct":     {"alpha.2.json", `{}`, "not that of the file's name"},
		"larger than any": {"alpha.2.json", strings.Repeat(" ", catalog.MaxFileSize+1), "more than"},
	} {
		if _, err := catalog.Load(kept(t, test.file, test.content)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	twice := kept(t, "alpha.2.json", `{"vct":"{origin}/vct/alpha/2"}`)
	only := fstest.MapFS{"presets.json": {Data: []byte("[]")}, "types/alpha.2.json": {Data: []byte(`{"vct":"{origin}/vct/alpha/2"}`)}}
	if _, err := catalog.Load(twice, only); err == nil || !strings.Contains(err.Error(), "stands twice") {
		t.Errorf("twice: %v", err)
	}
}

func ExampleDocument_TypeMetadata() {
	d := catalog.Default().Document("gplx")
	line, _, _ := bytes.Cut(d.TypeMetadata("https://giayto.example"), []byte(`,"description"`))
	fmt.Printf("%s…\n", line)
	// Output: {"vct":"https://giayto.example/vct/gplx/1","name":"Driving licence"…
}
