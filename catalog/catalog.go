package catalog

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed documents/*.json presets.json types/*.json
var embedded embed.FS

// Catalog is a set of documents and presets. It is immutable once loaded and
// safe for concurrent use; callers must not change what it returns.
type Catalog struct {
	documents []*Document // by code
	byID      map[string]*Document
	byCode    map[int]*Document
	presets   []*Preset
	agencies  []Agency                  // by id
	types     map[string]map[int][]byte // type metadata by document and version
	digest    string
}

// Files returns the embedded source files: documents/*.json, presets.json
// and types/*.json.
func Files() fs.FS { return embedded }

var loadDefault = sync.OnceValue(func() *Catalog {
	c, err := Load(Files())
	if err != nil {
		// The files are part of the program and tested with it.
		panic("catalog: the embedded catalogue is broken: " + err.Error())
	}
	return c
})

// Default returns the catalogue embedded in the program, parsed once.
func Default() *Catalog { return loadDefault() }

// Documents returns all documents by wire code.
func (c *Catalog) Documents() []*Document { return slices.Clone(c.documents) }

// Document returns the document with this id, nil if unknown.
func (c *Catalog) Document(id string) *Document { return c.byID[id] }

// DocumentByCode returns the document with this wire code, nil if unknown.
func (c *Catalog) DocumentByCode(code int) *Document { return c.byCode[code] }

// Presets returns all presets, layer by layer in file order.
func (c *Catalog) Presets() []*Preset { return slices.Clone(c.presets) }

// Preset returns the preset with this id, nil if unknown.
func (c *Catalog) Preset(id string) *Preset {
	for _, p := range c.presets {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// Agencies returns the agencies of all documents by id.
func (c *Catalog) Agencies() []Agency { return slices.Clone(c.agencies) }

// Agency returns the agency with this id.
func (c *Catalog) Agency(id string) (Agency, bool) {
	i, ok := slices.BinarySearchFunc(c.agencies, id, func(a Agency, id string) int { return cmp.Compare(a.ID, id) })
	if !ok {
		return Agency{}, false
	}
	return c.agencies[i], true
}

// Digest is the hex SHA-256 over documents and presets in a canonical order. It
// changes with any byte of them, and serves as version and ETag.
func (c *Catalog) Digest() string { return c.digest }

// Claim returns the register or derived claim with this id, nil if unknown.
func (d *Document) Claim(id string) *Claim { return d.claims[id] }

// ClaimByKey returns the claim with this wire key, nil if unknown. Nothing has
// the key 0.
func (d *Document) ClaimByKey(key int) *Claim { return d.keys[key] }

// All returns the register claims, then the derived ones, in file order.
func (d *Document) All() []*Claim { return slices.Clone(d.all) }

// file is one source file of a layer.
type file struct {
	path string
	data []byte
}

// digest hashes path and content of each file, with lengths, so that nothing
// can move from one to the other. The order of layers does not matter.
func digest(files []file) string {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int {
		return cmp.Or(strings.Compare(a.path, b.path), slices.Compare(a.data, b.data))
	})
	h := sha256.New()
	for _, f := range files {
		var lengths [16]byte
		binary.BigEndian.PutUint64(lengths[:8], uint64(len(f.path)))
		binary.BigEndian.PutUint64(lengths[8:], uint64(len(f.data)))
		h.Write(lengths[:])
		h.Write([]byte(f.path))
		h.Write(f.data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// PersonalNumber is a personal number in the form of the root document, however
// it was typed. What breaks the form comes back as it is, and names nobody.
func (c *Catalog) PersonalNumber(typed string) string {
	for _, d := range c.documents {
		if d.Anchor == "" {
			if normal, code := d.Claim(d.Identity.Number).NormaliseText(typed); code == "" {
				return normal
			}
		}
	}
	return typed
}
