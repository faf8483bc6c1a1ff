package catalog_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/giayto/giayto/catalog"
)

func TestLoadSmall(t *testing.T) {
	c, err := catalog.Load(layer(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := c.Document("alpha"); d == nil || d.Claim("adult") == nil || d.Claim("place.region") == nil {
		t.Fatal("the small catalogue is not whole")
	}
}

func TestLoadRefuses(t *testing.T) {
	source, err := os.ReadFile("testdata/small/alpha.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range slices.Concat(documentDefects, claimDefects, valueDefects, ruleDefects) {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(string(source), test.old) {
				t.Fatalf("the fixture does not contain %s", test.old)
			}
			_, err := catalog.Load(layer(t, func(s string) string { return strings.Replace(s, test.old, test.new, 1) }))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

const preset = `[{"id": "shop", "labels": {"vi": "Cửa hàng", "en": "Shop"}, "purpose": {"vi": "Mua", "en": "Buying"}, "category": "retail",
 "documents": [{"document": "alpha", "required": ["adult"], "optional": ["name"]}], "face_check": false, "retention_days": 0}]`

func TestLoadPresets(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"good", "", "", ""},
		{"unknown document", `"alpha"`, `"omega"`, "unknown"},
		{"unknown claim", `"adult"`, `"old"`, "old"},
		{"claim twice", `["name"]`, `["adult"]`, "adult"},
		{"claim without wire key", `["name"]`, `["picture"]`, "picture"},
		{"nothing required", `["adult"]`, `[]`, "requires nothing"},
		{"document twice", `{"document"`, `{"document": "alpha", "required": ["name"]}, {"document"`, "stands twice"},
		{"affirmed, not required", `"required": ["adult"]`, `"required": ["adult"], "affirmed": ["name"]`, "affirmed"},
		{"no documents", `[{"document": "alpha", "required": ["adult"], "optional": ["name"]}]`, `[]`, "documents is empty"},
		{"preset twice", "]}]", "", ""},
		{"label", `"Cửa hàng"`, `""`, "labels"},
		{"purpose", `"Buying"`, `""`, "purpose"},
		{"category", `"retail"`, `"Retail!"`, "category"},
		{"retention", `"retention_days": 0`, `"retention_days": -1`, "retention_days"},
		{"unknown member", `"face_check"`, `"voice_check"`, "unknown field"},
		{"null", preset, `[null]`, "null"},
		{"something behind", preset, preset + `[]`, "follows"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := layer(t, nil)
			text := strings.Replace(preset, test.old, test.new, 1)
			want := test.want
			if test.name == "preset twice" {
				element := strings.TrimSuffix(strings.TrimPrefix(preset, "["), "]")
				text, want = "["+element+","+element+"]", "stands twice"
			}
			files["presets.json"] = &fstest.MapFile{Data: []byte(text)}
			c, err := catalog.Load(files)
			if want == "" {
				if err != nil || c.Preset("shop") == nil {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error with %q", err, want)
			}
		})
	}
}

func TestLayers(t *testing.T) {
	small := layer(t, nil)
	alone := fstest.MapFS{"presets.json": {Data: []byte(preset)}}
	if c, err := catalog.Load(small, alone); err != nil || c.Preset("shop") == nil {
		t.Errorf("a layer of presets alone: %v", err)
	}
	if _, err := catalog.Load(alone, small); err != nil {
		t.Errorf("presets before their documents: %v", err)
	}
	if _, err := catalog.Load(small, small); err == nil {
		t.Error("the same document in two layers was accepted")
	}
	if _, err := catalog.Load(); err == nil {
		t.Error("a catalogue without documents was accepted")
	}
	if _, err := catalog.Load(small, os.DirFS("testdata/nowhere")); err == nil {
		t.Error("a directory that does not exist was accepted as a layer")
	}
	other := layer(t, func(s string) string {
		s = strings.Replace(s, `"id": "alpha"`, `"id": "beta"`, 1)
		s = strings.Replace(s, `"code": 1,`, `"code": 2,`, 1)
		return strings.Replace(s, `"en": "Test office"`, `"en": "Another office"`, 1)
	})
	if _, err := catalog.Load(small, other); err == nil || !strings.Contains(err.Error(), "another name") {
		t.Errorf("one agency with two names: %v", err)
	}
	huge := fstest.MapFS{"documents/a.json": {Data: make([]byte, catalog.MaxFileSize+1)}}
	if _, err := catalog.Load(huge); err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("a huge file: %v", err)
	}
	many := fstest.MapFS{}
	for i := range catalog.MaxFiles + 1 {
		many["documents/"+strings.Repeat("x", i+1)+".json"] = &fstest.MapFile{}
	}
	if _, err := catalog.Load(many); err == nil || !strings.Contains(err.Error(), "files") {
		t.Errorf("a directory of many files: %v", err)
	}
}
