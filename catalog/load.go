package catalog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"golang.org/x/text/unicode/norm"
)

// Limits of the source files. They are far above what a catalogue needs and
// keep a wrong directory from being read.
const (
	MaxFileSize = 1 << 20 // bytes of one file
	MaxFiles    = 256     // files of one layer
)

const presetsFile = "presets.json"

// Load reads documents and presets of every layer and checks them. A layer
// holds its documents as documents/*.json, or beside presets.json where there
// is no such folder; presets.json may be missing. types/*.json keeps the type
// metadata of versions (see Catalog.TypeMetadata). Later layers add documents
// and presets and never replace one: a name or code that stands twice is an
// error, as is a member that Document or Preset does not have.
func Load(layers ...fs.FS) (*Catalog, error) {
	c := &Catalog{byID: map[string]*Document{}, byCode: map[int]*Document{}, types: map[string]map[int][]byte{}}
	var sources []file
	for _, layer := range layers {
		files, err := read(layer)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		for _, f := range files {
			if err := c.decode(f); err != nil {
				return nil, fmt.Errorf("catalog: %s: %w", f.path, err)
			}
		}
		if err := c.readTypes(layer); err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		sources = append(sources, files...)
	}
	if len(c.documents) == 0 {
		return nil, errors.New("catalog: no documents")
	}
	slices.SortFunc(c.documents, func(a, b *Document) int { return cmp.Compare(a.Code, b.Code) })
	if err := c.relate(); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	c.digest = digest(sources)
	return c, nil
}

// read returns the source files of a layer in the order of their paths.
func read(layer fs.FS) ([]file, error) {
	names, err := fs.Glob(layer, "documents/*.json")
	if err != nil {
		return nil, err
	}
	beside, err := fs.Glob(layer, "*.json")
	if err != nil {
		return nil, err
	}
	flat := len(names) == 0
	for _, name := range beside {
		if flat || name == presetsFile {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		// Most likely a wrong directory, which Glob passes over in silence.
		return nil, errors.New("a layer holds neither documents nor presets")
	}
	if len(names) > MaxFiles {
		return nil, fmt.Errorf("more than %d files", MaxFiles)
	}
	slices.Sort(names)
	files := make([]file, 0, len(names))
	for _, name := range names {
		data, err := readFile(layer, name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, data})
	}
	return files, nil
}

func readFile(layer fs.FS, name string) ([]byte, error) {
	f, err := layer.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFileSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxFileSize {
		return nil, fmt.Errorf("%s: more than %d bytes", name, MaxFileSize)
	}
	return data, nil
}

func (c *Catalog) decode(f file) error {
	if !norm.NFC.IsNormal(f.data) {
		return errors.New("the file is not in Unicode form NFC")
	}
	if path.Base(f.path) == presetsFile {
		var presets []*Preset
		if err := strict(f.data, &presets); err != nil {
			return err
		}
		c.presets = append(c.presets, presets...)
		return nil
	}
	d := new(Document)
	if err := strict(f.data, d); err != nil {
		return err
	}
	if err := d.compile(); err != nil {
		return err
	}
	if err := d.validate(); err != nil {
		return err
	}
	if c.byID[d.ID] != nil || c.byCode[d.Code] != nil {
		return fmt.Errorf("document %s or its code %d stands twice", d.ID, d.Code)
	}
	c.byID[d.ID], c.byCode[d.Code] = d, d
	c.documents = append(c.documents, d)
	return nil
}

// strict decodes one JSON value and refuses unknown and repeated members and
// anything behind it.
func strict(data []byte, into any) error {
	if err := repeated(json.NewDecoder(bytes.NewReader(data))); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// repeated walks one JSON value and finds a member that stands twice: the
// decoder would silently take the last, for instance of a table's rows.
func repeated(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	delimiter, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	names := map[string]bool{}
	for decoder.More() {
		if delimiter == '{' {
			token, err := decoder.Token()
			if err != nil {
				return err
			}
			name, _ := token.(string)
			if names[name] {
				return fmt.Errorf("member %q stands twice", name)
			}
			names[name] = true
		}
		if err := repeated(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}
