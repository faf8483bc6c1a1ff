package catalog

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxExpansion bounds how many bytes an unnormalised text may spend on one
// character that remains: base letter and marks in NFD, spaces to be folded.
const maxExpansion = 16

// Normalise turns a register record, decoded with json.Decoder.UseNumber and
// nested as claim ids tell, into flat values in normal form. It collects all
// violations, at most MaxViolations, in the order of the catalogue. The values
// are nil when one of the violations is more than a warning. Members that no
// register claim knows, derived claims among them, are refused.
func (d *Document) Normalise(record map[string]any) (Values, []Violation) {
	n := normaliser{values: make(Values, len(d.Claims))}
	n.group(d.tree, record, "")
	for i := range d.Checks {
		if claim := d.Checks[i].disagrees(d, n.values); claim != "" {
			n.report(Violation{Claim: claim, Code: d.Checks[i].Code, Warning: true})
		}
	}
	if from, ok := day(n.values[d.Validity.From]); ok {
		if until, ok := day(n.values[d.Validity.Until]); ok && until < from {
			n.report(Violation{Claim: d.Validity.Until, Code: CodePeriodReversed, Warning: true})
		}
	}
	if n.refused {
		return nil, n.violations
	}
	return n.values, n.violations
}

// normaliser collects the values and violations of one record.
type normaliser struct {
	values     Values
	violations []Violation
	refused    bool
}

func (n *normaliser) report(v Violation) {
	n.refused = n.refused || !v.Warning
	if len(n.violations) < MaxViolations {
		n.violations = append(n.violations, v)
	}
}

func (n *normaliser) fail(path, code string) { n.report(Violation{Claim: path, Code: code}) }

// group reads one level of the record. path is empty or ends with a dot.
func (n *normaliser) group(at *node, record map[string]any, path string) {
	seen := 0
	for _, name := range at.order {
		child := at.children[name]
		v, present := record[name]
		if present {
			seen++
		}
		switch {
		case child.claim == nil && !present:
			n.group(child, nil, path+name+".")
		case child.claim == nil:
			if nested, ok := v.(map[string]any); ok {
				n.group(child, nested, path+name+".")
			} else {
				n.fail(path+name, CodeTypeMismatch)
			}
		case present:
			if value, ok := n.value(child.claim, v, child.claim.ID); ok {
				n.values[child.claim.ID] = value
			}
		case child.claim.Required:
			n.fail(child.claim.ID, CodeMissing)
		}
	}
	if seen < len(record) {
		n.unknown(record, path, func(name string) bool { return at.children[name] != nil })
	}
}

// unknown reports the members of a record or object that have no claim.
func (n *normaliser) unknown(record map[string]any, path string, known func(string) bool) {
	var names []string
	for name := range record {
		if !known(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		n.fail(path+printable(name), CodeUnknownClaim)
	}
}

// printable bounds a member name that came from outside before it is told to
// anyone: it may be anything, even a value in the wrong place. Names of claims
// are lower-case and have few digits; plates, frame and card numbers are not so.
func printable(name string) string {
	const most, mostDigits = 48, 3
	digits := 0
	for i, r := range name {
		if r >= '0' && r <= '9' {
			digits++
		}
		if i >= most || digits > mostDigits || !strings.ContainsRune(nameRunes, r) || i == 0 && digits > 0 {
			return "(unknown)"
		}
	}
	return name
}

const nameRunes = "abcdefghijklmnopqrstuvwxyz0123456789_.-"

// value normalises and checks one value; false if it was refused.
func (n *normaliser) value(cl *Claim, v any, path string) (any, bool) {
	switch cl.Type {
	case TypeList:
		if list, ok := v.([]any); ok {
			return n.list(cl, list, path)
		}
	case TypeObject:
		if object, ok := v.(map[string]any); ok {
			return n.object(cl, object, path)
		}
	}
	value := v
	switch x := v.(type) {
	case string:
		normal, ok := cl.normalText(x)
		if !ok {
			n.fail(path, CodeLength)
			return nil, false
		}
		value = normal
	case json.Number, int:
		value = plain(v)
	}
	if _, code := cl.fault(value); code != "" {
		n.fail(path, code)
		return nil, false
	}
	if s, ok := value.(string); ok && cl.compiled.expected != nil && !cl.compiled.expected.match(s) {
		n.report(Violation{Claim: path, Code: CodeUnexpectedForm, Warning: true})
	}
	return value, true
}

// normalText applies NFC and the steps of the claim; false if the text is so
// long that normalising it would be wasted work.
func (cl *Claim) normalText(s string) (string, bool) {
	if cl.Type == TypeImage {
		return s, true
	}
	if len(s) > maxExpansion*max(cl.maxLength(), cl.Length) {
		return "", false
	}
	s = norm.NFC.String(s)
	for _, step := range cl.compiled.steps {
		s = step(s)
	}
	return s, true
}

// NormaliseText gives a text for this claim alone the form that Normalise gives
// it in a record. code is that of the violation which refuses it, or empty.
func (cl *Claim) NormaliseText(s string) (normal, code string) {
	normal, ok := cl.normalText(s)
	if !ok {
		return "", CodeLength
	}
	if _, code := cl.fault(normal); code != "" {
		return "", code
	}
	return normal, ""
}

func (n *normaliser) list(cl *Claim, list []any, path string) (any, bool) {
	if len(list) > cl.maxItems() {
		n.fail(path, CodeTooManyItems)
		return nil, false
	}
	if len(list) == 0 && cl.Required {
		n.fail(path, CodeMissing)
		return nil, false
	}
	out, fine := make([]any, 0, len(list)), true
	for i, item := range list {
		value, ok := n.value(cl.Item, item, path+"["+strconv.Itoa(i)+"]")
		out, fine = append(out, value), fine && ok
	}
	return out, fine
}

func (n *normaliser) object(cl *Claim, object map[string]any, path string) (any, bool) {
	out, fine, seen := make(map[string]any, len(object)), true, 0
	for _, member := range cl.Members {
		v, present := object[member.ID]
		if !present {
			if member.Required {
				n.fail(path+"."+member.ID, CodeMissing)
				fine = false
			}
			continue
		}
		seen++
		value, ok := n.value(member, v, path+"."+member.ID)
		out[member.ID], fine = value, fine && ok
	}
	if seen < len(object) {
		n.unknown(object, path+".", func(name string) bool { return cl.compiled.members[name] != nil })
		fine = false
	}
	return out, fine
}

// plain turns the numbers of a JSON decoder into int64 where they are exact
// integers, inside lists and objects too. Anything else stays what it is and
// fails the check of its type.
func plain(v any) any {
	switch x := v.(type) {
	case json.Number:
		if i, err := strconv.ParseInt(x.String(), 10, 64); err == nil && x.String() != "-0" {
			return i
		}
	case int:
		return int64(x)
	case []any:
		for i := range x {
			x[i] = plain(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = plain(x[k])
		}
	}
	return v
}

// disagrees returns the claim that a check is about if the values break it, else
// "".
func (c *Check) disagrees(d *Document, v Values) string {
	switch {
	case c.Op == checkPersonalNumber && c.personalNumber(v):
		return c.Number
	case c.Op == checkCovered && c.uncovered(d, v):
		return c.Claim
	}
	return ""
}

// uncovered reports whether an item has no row in the table, such as a class
// under a law that did not know it.
func (c *Check) uncovered(d *Document, v Values) bool {
	items, _ := v[c.Claim].([]any)
	return slices.ContainsFunc(items, func(item any) bool {
		object, _ := item.(map[string]any)
		class, _ := object[c.Member].(string)
		scheme, _ := object[c.Scheme].(string)
		_, known := d.Tables[c.Table][scheme+":"+class]
		return !known
	})
}

// personalNumber compares the personal number PPP G YY RRRRRR with sex and birth
// year: G is even for men and odd for women, and G/2 counts centuries from the
// 1900s. A fact that is not there disagrees with nothing.
func (c *Check) personalNumber(v Values) bool {
	number, ok := v[c.Number].(string)
	if _, numeric := digits(number); !ok || !numeric || len(number) != personalNumberLength {
		return false
	}
	g := int(number[3] - '0')
	if sex, ok := v[c.Sex].(int64); ok && int(sex) != 1+g%2 {
		return true
	}
	if birthdate, ok := v[c.Birthdate].(string); ok {
		p, ok := parsePartial(birthdate)
		return ok && p.year != 1900+100*(g/2)+twoDigits(number[4:6])
	}
	return false
}

// personalNumberLength is the length of a số định danh cá nhân.
const personalNumberLength = 12

// conforms reports whether a string stands in the form that Normalise gives.
func (cl *Claim) conforms(s string) bool {
	normal, ok := cl.normalText(s)
	return ok && normal == s
}
