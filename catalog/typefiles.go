package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
)

// typesFolder holds the type metadata of every version of every document that
// credentials may still name, with originMark in place of the origin.
const typesFolder = "types"

// originMark cannot be part of a URL, so it stands for nothing else.
const originMark = "{origin}"

// TypeVersions lists the versions of a document whose type metadata is known,
// in order; none for an unknown document.
func (c *Catalog) TypeVersions(document string) []int {
	d := c.byID[document]
	if d == nil {
		return nil
	}
	versions := []int{d.Version}
	for version := range c.types[document] {
		if version != d.Version {
			versions = append(versions, version)
		}
	}
	slices.Sort(versions)
	return versions
}

// TypeMetadata returns the type metadata of a version of a document: that of an
// earlier version as it always was, because credentials of that version carry
// its hash. It returns nil for a version that there never was.
func (c *Catalog) TypeMetadata(document string, version int, origin string) []byte {
	d := c.byID[document]
	switch {
	case d == nil:
		return nil
	case d.Version == version:
		return d.TypeMetadata(origin)
	}
	kept := c.types[document][version]
	if kept == nil {
		return nil
	}
	return bytes.Replace(kept, []byte(originMark), []byte(origin), 1)
}

var typeFileForm = regexp.MustCompile(`^([a-z][a-z0-9_]{0,47})\.([1-9][0-9]{0,5})\.json$`)

// readTypes reads the type metadata that a layer keeps.
func (c *Catalog) readTypes(layer fs.FS) error {
	names, err := fs.Glob(layer, typesFolder+"/*")
	if err != nil || len(names) == 0 {
		return err
	}
	if len(names) > MaxFiles {
		return fmt.Errorf("more than %d files in %s", MaxFiles, typesFolder)
	}
	for _, name := range names {
		data, err := readFile(layer, name)
		if err == nil {
			err = c.keepType(path.Base(name), data)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (c *Catalog) keepType(name string, data []byte) error {
	parts := typeFileForm.FindStringSubmatch(name)
	if parts == nil {
		return errors.New("a file of type metadata is called document.version.json")
	}
	document := parts[1]
	version, err := strconv.Atoi(parts[2])
	if err != nil {
		return err
	}
	var said struct {
		Type string `json:"vct"`
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return err
	}
	if said.Type != originMark+TypePath(document, version) || bytes.Count(data, []byte(originMark)) != 1 {
		return errors.New("the vct is not that of the file's name")
	}
	if c.types[document][version] != nil {
		return errors.New("this version stands twice")
	}
	if c.types[document] == nil {
		c.types[document] = map[int][]byte{}
	}
	c.types[document][version] = data
	return nil
}
