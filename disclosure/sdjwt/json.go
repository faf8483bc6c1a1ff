package sdjwt

import (
	"strings"
	"unicode/utf8"
)

// object is a JSON object with its members in the order of the text, so that
// what a token is refused for never depends on the order of a Go map.
type object struct{ members []member }

type member struct {
	name  string
	value any // *object, []any, string, json.Number, bool or nil; []string for digests
}

func (o *object) get(name string) (any, bool) {
	for _, m := range o.members {
		if m.name == name {
			return m.value, true
		}
	}
	return nil, false
}

// linearNames is how many members are checked for duplicates by comparing;
// beyond it a map keeps a hostile object from costing quadratic time.
const linearNames = 16

// decoder reads one JSON text strictly. encoding/json is not used for input
// because it keeps the last of two members of one name and repairs broken
// UTF-8: two readers of one signed text could then see different claims.
type decoder struct {
	text  string
	pos   int
	where place
	// plain tells that no string of the text can need a second look.
	plain bool
	*scratch
}

// decodeJSON decodes exactly one JSON text; nothing may follow it.
func decodeJSON(text string, where place) (any, error) {
	return decodeJSONBelow(&scratch{}, text, where, 0)
}

// decodeJSONBelow decodes a text that will stand below depth objects and arrays.
func decodeJSONBelow(sc *scratch, text string, where place, depth int) (any, error) {
	if !utf8.ValidString(text) {
		return nil, where.refuse(ReasonNotUTF8)
	}
	d := newDecoder(sc, text, where)
	v, err := d.value(depth)
	if err != nil {
		return nil, err
	}
	if d.space(); d.pos != len(text) {
		return nil, d.bad()
	}
	return v, nil
}

func (d *decoder) bad() error { return d.where.refuse(ReasonJSON) }

func (d *decoder) space() {
	for d.pos < len(d.text) {
		switch d.text[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

// next skips white space and returns the next byte without consuming it, 0 at the end.
func (d *decoder) next() byte {
	if d.pos < len(d.text) && d.text[d.pos] > ' ' {
		return d.text[d.pos]
	}
	d.space()
	if d.pos == len(d.text) {
		return 0
	}
	return d.text[d.pos]
}

func (d *decoder) value(depth int) (any, error) {
	switch c := d.next(); {
	case c == '{':
		return d.object(depth + 1)
	case c == '[':
		return d.array(depth + 1)
	case c == '"':
		return d.string()
	case c == '-' || '0' <= c && c <= '9':
		return d.number()
	case d.literal("true"):
		return true, nil
	case d.literal("false"):
		return false, nil
	case d.literal("null"):
		return nil, nil
	}
	return nil, d.bad()
}

func (d *decoder) literal(word string) bool {
	if !strings.HasPrefix(d.text[d.pos:], word) {
		return false
	}
	d.pos += len(word)
	return true
}

func (d *decoder) object(depth int) (*object, error) {
	if depth > MaxDepth {
		return nil, d.where.refuse(ReasonTooDeep)
	}
	d.pos++
	if d.next() == '}' {
		d.pos++
		return &object{}, nil
	}
	base := len(d.pending)
	if d.pending == nil {
		d.pending = make([]member, 0, min(16, len(d.text)/24+2))
	}
	var names map[string]struct{}
	for {
		if d.next() != '"' {
			return nil, d.bad()
		}
		name, err := d.string()
		if err != nil {
			return nil, err
		}
		if names, err = d.unique(d.pending[base:], names, name); err != nil {
			return nil, err
		}
		if d.next() != ':' {
			return nil, d.bad()
		}
		d.pos++
		var v any
		if name == nameDigests && d.next() == '[' {
			v, err = d.digests(depth)
		} else {
			v, err = d.value(depth)
		}
		if err != nil {
			return nil, err
		}
		d.pending = append(d.pending, member{name, v})
		switch d.next() {
		case ',':
			d.pos++
		case '}':
			d.pos++
			return d.close(base), nil
		default:
			return nil, d.bad()
		}
	}
}

// unique refuses a name the object already has.
func (d *decoder) unique(members []member, names map[string]struct{}, name string) (map[string]struct{}, error) {
	if len(members) < linearNames {
		for i := range members {
			if members[i].name == name {
				return nil, d.where.refuse(ReasonDuplicateName)
			}
		}
		return nil, nil
	}
	if names == nil {
		names = make(map[string]struct{}, 4*linearNames)
		for _, m := range members {
			names[m.name] = struct{}{}
		}
	}
	if _, dup := names[name]; dup {
		return nil, d.where.refuse(ReasonDuplicateName)
	}
	names[name] = struct{}{}
	return names, nil
}

func (d *decoder) array(depth int) ([]any, error) {
	if depth > MaxDepth {
		return nil, d.where.refuse(ReasonTooDeep)
	}
	d.pos++
	if d.next() == ']' {
		d.pos++
		return []any{}, nil
	}
	items := make([]any, 0, 4)
	for {
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		switch d.next() {
		case ',':
			d.pos++
		case ']':
			d.pos++
			return items, nil
		default:
			return nil, d.bad()
		}
	}
}

// digests reads the array of an _sd member: a []string, or a []any when it holds
// anything but strings, which is for others to refuse.
func (d *decoder) digests(depth int) (any, error) {
	start := d.pos
	if depth+1 > MaxDepth {
		return nil, d.where.refuse(ReasonTooDeep)
	}
	d.pos++
	if d.next() == ']' {
		d.pos++
		return []string{}, nil
	}
	// What follows the digests may be long, so this is a bound, not a guess.
	list := make([]string, 0, min(16, (len(d.text)-d.pos)/digestTextBytes+1))
	for d.next() == '"' {
		digest, err := d.string()
		if err != nil {
			return nil, err
		}
		list = append(list, digest)
		switch d.next() {
		case ',':
			d.pos++
			continue
		case ']':
			d.pos++
			return list, nil
		}
		break
	}
	d.pos = start
	return d.array(depth + 1)
}
