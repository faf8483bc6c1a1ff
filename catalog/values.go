package catalog

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Values holds the claims of one record by claim id, each as the Go value that
// its Type tells. A nil that is present is a null: "no expiry" is a statement,
// a missing claim is none.
type Values map[string]any

// UnmarshalJSON reads what encoding/json or Canonical wrote. Integers come back
// as int64, as the catalogue has them, and not as floating-point numbers.
func (v *Values) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var m map[string]any
	if err := decoder.Decode(&m); err != nil {
		return err
	}
	for id := range m {
		m[id] = plain(m[id])
	}
	*v = m
	return nil
}

// Canonical returns deterministic JSON: members sorted, no white space, no
// escapes beyond what JSON needs. Equal values give equal bytes, so a digest of
// them tells whether a record has changed. Values of other Go types than the
// catalogue's give nil.
func (v Values) Canonical() []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any(v)); err != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Nest turns flat values, register and derived ones, into the nested form of a
// record or credential: "address.region" becomes {"address":{"region":…}}. Ids
// that the document does not know are left out. Lists and objects are shared
// with v, not copied.
func (d *Document) Nest(v Values) map[string]any {
	known := make(Values, len(v))
	for id, value := range v {
		if d.claims[id] != nil {
			known[id] = value
		}
	}
	return known.Nest()
}

// Nest is Document.Nest for every id, also those that no document knows.
func (v Values) Nest() map[string]any {
	out := make(map[string]any, len(v))
	for id, value := range v {
		at, rest := out, id
		for {
			group, tail, more := strings.Cut(rest, ".")
			if !more {
				break
			}
			inner, ok := at[group].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[group] = inner
			}
			at, rest = inner, tail
		}
		at[rest] = value
	}
	return out
}
