package demo_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/demo"
)

const committed = "../../testdata/registers"

// unpacked is the content of a file without its compression, of which only the
// result is the same in every release of Go.
func unpacked(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	if !strings.HasSuffix(name, ".gz") {
		return content
	}
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCommittedRegistersAreThoseOfTheGenerator(t *testing.T) {
	files, err := demo.Files(demo.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, f := range files {
		want[f.Name] = true
		have, err := os.ReadFile(filepath.Join(committed, f.Name))
		if err != nil {
			t.Errorf("%v; run go run ./internal/generate registers", err)
			continue
		}
		if !bytes.Equal(unpacked(t, f.Name, have), unpacked(t, f.Name, f.Content)) {
			t.Errorf("%s is out of date; run go run ./internal/generate registers", f.Name)
		}
	}
	entries, err := os.ReadDir(committed)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !want[e.Name()] {
			t.Errorf("nobody makes %s", e.Name())
		}
	}
}

func TestExactlyOneFileIsCompressed(t *testing.T) {
	files, err := demo.Files(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	packed := 0
	for _, f := range files {
		if bytes.HasPrefix(f.Content, []byte{0x1f, 0x8b}) {
			packed++
		}
	}
	if packed != 1 {
		t.Errorf("%d files are compressed", packed)
	}
}

func TestTheReadmeSaysThatNobodyIsReal(t *testing.T) {
	files, err := demo.Files(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(files[len(files)-1].Content)
	for _, want := range []string{"Nobody in these files exists", demo.Star(), "2026-11-23", "| E46 |", "DO NOT EDIT"} {
		if !strings.Contains(readme, want) {
			t.Errorf("the README lacks %q", want)
		}
	}
}
