package verifier

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxListDepth bounds the nesting of what a root signs; ours have four levels.
const maxListDepth = 16

// exactMembers returns the JSON object with only those members whose names have
// no capital letter, and refuses an object anywhere in it that names a member
// twice. Every name of a trust list and of a succession is in small letters:
// encoding/json would take "Version" or "VERSION" for "version" and the last of
// two, where the specification calls the one unknown and other readers take the
// other.
func exactMembers(raw []byte) ([]byte, error) {
	// The library takes bytes that are not UTF-8 for U+FFFD (RFC 8259 section 8.1).
	if !json.Valid(raw) || !utf8.Valid(raw) {
		return nil, errors.New("not one JSON text")
	}
	c := exactCopy{in: raw, out: make([]byte, 0, len(raw))}
	if err := c.value(0); err != nil {
		return nil, err
	}
	return c.out, nil
}

// exactCopy walks over valid JSON. It is written by hand because the tokens of
// encoding/json cost ten times as much, and a list of hundreds of keys is read
// on a phone while somebody waits.
type exactCopy struct {
	in, out []byte
	at      int
	skip    int // inside of how many members that are passed over
}

// emit copies the input between two places.
func (c *exactCopy) emit(from, to int) {
	if c.skip == 0 {
		c.out = append(c.out, c.in[from:to]...)
	}
}

// space passes over white space (RFC 8259 section 2).
func (c *exactCopy) space() {
	for c.at < len(c.in) && strings.IndexByte(" \t\r\n", c.in[c.at]) >= 0 {
		c.at++
	}
}

// take copies the next byte that is not white space and returns it.
func (c *exactCopy) take() byte {
	c.space()
	c.at++
	c.emit(c.at-1, c.at)
	return c.in[c.at-1]
}

func (c *exactCopy) value(depth int) error {
	if depth > maxListDepth {
		return errors.New("nested too deeply")
	}
	c.space()
	switch c.in[c.at] {
	case '{':
		return c.object(depth)
	case '[':
		return c.array(depth)
	case '"':
		from := c.at
		c.text()
		c.emit(from, c.at)
		return nil
	}
	from := c.at
	for c.at < len(c.in) && strings.IndexByte(",]} \t\r\n", c.in[c.at]) < 0 {
		c.at++
	}
	if scalar := c.in[from:c.at]; scalar[0] <= '9' && bytes.ContainsAny(scalar, ".eE") {
		return errors.New("a number with fraction or exponent") // 1.0 is an integer to some readers
	}
	c.emit(from, c.at)
	return nil
}

// text passes over a string and returns what stands between its quotes.
func (c *exactCopy) text() []byte {
	from := c.at + 1
	for c.at = from; c.in[c.at] != '"'; c.at++ {
		if c.in[c.at] == '\\' {
			c.at++
		}
	}
	c.at++
	return c.in[from : c.at-1]
}

func (c *exactCopy) array(depth int) error {
	c.take()
	if c.space(); c.in[c.at] == ']' {
		c.take()
		return nil
	}
	for {
		if err := c.value(depth + 1); err != nil {
			return err
		}
		if c.take() == ']' {
			return nil
		}
	}
}

func (c *exactCopy) object(depth int) error {
	c.take()
	if c.space(); c.in[c.at] == '}' {
		c.take()
		return nil
	}
	var names memberNames
	written := false
	for {
		c.space()
		from := c.at
		name := memberName(c.text())
		to := c.at
		if !names.add(name) {
			return errors.New("a member stands twice")
		}
		ours := !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf || 'A' <= r && r <= 'Z' })
		if !ours { // a letter beyond ASCII could fold to one of ours, as the long s does
			c.skip++
		} else if written && c.skip == 0 {
			c.out = append(c.out, ',')
		}
		written = written || ours
		c.emit(from, to)
		c.take() // the colon
		err := c.value(depth + 1)
		if !ours {
			c.skip--
		}
		if err != nil {
			return err
		}
		c.space()
		c.at++
		if c.in[c.at-1] == '}' {
			c.emit(c.at-1, c.at)
			return nil
		}
	}
}

// memberName is the name that is spelt so.
func memberName(spelt []byte) string {
	plain := !slices.ContainsFunc(spelt, func(b byte) bool { return b == '\\' || b >= utf8.RuneSelf })
	if plain {
		return string(spelt)
	}
	quoted := append(append([]byte{'"'}, spelt...), '"')
	var name string
	_ = json.Unmarshal(quoted, &name) // it is part of valid JSON
	return name
}

// memberNames are those of one object.
type memberNames struct {
	few  []string
	many map[string]bool
}

// fewNames is up to how many names are looked through one by one.
const fewNames = 16

// add notes a name and reports whether it is a new one.
func (m *memberNames) add(name string) bool {
	if slices.Contains(m.few, name) || m.many[name] {
		return false
	}
	if len(m.few) < fewNames {
		m.few = append(m.few, name)
		return true
	}
	if m.many == nil {
		m.many = map[string]bool{}
	}
	m.many[name] = true
	return true
}
