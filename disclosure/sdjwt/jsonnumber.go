package sdjwt

import "encoding/json"

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
