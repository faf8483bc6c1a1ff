package sdjwt

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string returns a slice of the text when nothing in it is escaped.
func (d *decoder) string() (string, error) {
	d.pos++
	start := d.pos
	if d.plain {
		n := strings.IndexByte(d.text[start:], '"')
		if n < 0 {
			return "", d.bad()
		}
		d.pos += n + 1
		return d.text[start : start+n], nil
	}
	for d.pos < len(d.text) {
		switch c := d.text[d.pos]; {
		case c == '"':
			s := d.text[start:d.pos]
			d.pos++
			return s, nil
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return "", d.bad()
		}
		d.pos++
	}
	return "", d.bad()
}

func (d *decoder) escaped(start int) (string, error) {
	out := []byte(d.text[start:d.pos])
	for d.pos < len(d.text) {
		c := d.text[d.pos]
		d.pos++
		switch {
		case c == '"':
			return string(out), nil
		case c < ' ':
			return "", d.bad()
		case c != '\\':
			out = append(out, c)
			continue
		}
		if d.pos == len(d.text) {
			break
		}
		c = d.text[d.pos]
		d.pos++
		if c == 'u' {
			r, err := d.unicode()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
			continue
		}
		i := strings.IndexByte(`"\/bfnrt`, c)
		if i < 0 {
			return "", d.bad()
		}
		out = append(out, "\"\\/\b\f\n\r\t"[i])
	}
	return "", d.bad()
}

// unicode reads the digits of \uXXXX, and the second escape of a surrogate
// pair. Half a pair stands for no character (RFC 8259 section 8.2), so readers
// would disagree about it.
func (d *decoder) unicode() (rune, error) {
	r, ok := d.hex4()
	if !ok {
		return 0, d.bad()
	}
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if d.literal(`\u`) {
		low, ok := d.hex4()
		if !ok {
			return 0, d.bad()
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, nil
		}
	}
	return 0, d.where.refuse(ReasonNotUTF8)
}

func (d *decoder) hex4() (rune, bool) {
	if len(d.text)-d.pos < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(d.text[d.pos:d.pos+4], 16, 16)
	d.pos += 4
	return rune(n), err == nil
}
