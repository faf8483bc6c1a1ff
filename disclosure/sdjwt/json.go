package sdjwt

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// object is a JSON object with its members in the order of the text, so that
// what a token is refused for never depends on the order of a Go map.
type object struct{ members []member }

type member struct {
	name  string
	value any // *object, []any, string, json.Number, bool or nil
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
	where string
}

// decodeJSON decodes exactly one JSON text; nothing may follow it.
func decodeJSON(text, where string) (any, error) { return decodeJSONBelow(text, where, 0) }

// decodeJSONBelow decodes a text that will stand below depth objects and arrays.
func decodeJSONBelow(text, where string, depth int) (any, error) {
	if !utf8.ValidString(text) {
		return nil, refuse(ReasonNotUTF8, where)
	}
	d := decoder{text: text, where: where}
	v, err := d.value(depth)
	if err != nil {
		return nil, err
	}
	if d.space(); d.pos != len(text) {
		return nil, d.bad()
	}
	return v, nil
}

func (d *decoder) bad() error { return refuse(ReasonJSON, d.where) }

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
		return nil, refuse(ReasonTooDeep, d.where)
	}
	d.pos++
	o := &object{}
	if d.next() == '}' {
		d.pos++
		return o, nil
	}
	o.members = make([]member, 0, 4)
	var names map[string]struct{}
	for {
		if d.next() != '"' {
			return nil, d.bad()
		}
		name, err := d.string()
		if err != nil {
			return nil, err
		}
		if names, err = d.unique(o, names, name); err != nil {
			return nil, err
		}
		if d.next() != ':' {
			return nil, d.bad()
		}
		d.pos++
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		o.members = append(o.members, member{name, v})
		switch d.next() {
		case ',':
			d.pos++
		case '}':
			d.pos++
			return o, nil
		default:
			return nil, d.bad()
		}
	}
}

// unique refuses a name the object already has.
func (d *decoder) unique(o *object, names map[string]struct{}, name string) (map[string]struct{}, error) {
	if len(o.members) < linearNames {
		if _, dup := o.get(name); dup {
			return nil, refuse(ReasonDuplicateName, d.where)
		}
		return nil, nil
	}
	if names == nil {
		names = make(map[string]struct{}, 4*linearNames)
		for _, m := range o.members {
			names[m.name] = struct{}{}
		}
	}
	if _, dup := names[name]; dup {
		return nil, refuse(ReasonDuplicateName, d.where)
	}
	names[name] = struct{}{}
	return names, nil
}

func (d *decoder) array(depth int) ([]any, error) {
	if depth > MaxDepth {
		return nil, refuse(ReasonTooDeep, d.where)
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

// number follows the grammar of RFC 8259 section 6 and keeps the digits as
// they were written: a float64 would lose digits of what was signed.
func (d *decoder) number() (any, error) {
	start := d.pos
	d.accept('-')
	if !d.accept('0') && d.digits() == 0 {
		return nil, d.bad()
	}
	if d.accept('.') && d.digits() == 0 {
		return nil, d.bad()
	}
	if d.accept('e') || d.accept('E') {
		if !d.accept('+') {
			d.accept('-')
		}
		if d.digits() == 0 {
			return nil, d.bad()
		}
	}
	return json.Number(d.text[start:d.pos]), nil
}

func (d *decoder) accept(c byte) bool {
	if d.pos < len(d.text) && d.text[d.pos] == c {
		d.pos++
		return true
	}
	return false
}

func (d *decoder) digits() int {
	start := d.pos
	for d.pos < len(d.text) && '0' <= d.text[d.pos] && d.text[d.pos] <= '9' {
		d.pos++
	}
	return d.pos - start
}
