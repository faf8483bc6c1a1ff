package catalog

import (
	"errors"
	"strconv"
	"time"
)

// Moment is what a derivation needs to know beside the values.
type Moment struct {
	// Now is the instant of the question. Dates are compared with its civil
	// day in Asia/Ho_Chi_Minh.
	Now time.Time
	// Holder is the personal number of the holder, for is_holder.
	Holder string
}

// Codes of derive errors.
const (
	// CodeMissingSource: a claim that the answer depends on is not there.
	CodeMissingSource = "missing_source"
	// CodeUndetermined: the values allow more than one answer, e.g. an age
	// from a year of birth alone. No answer is better than a guess.
	CodeUndetermined = "undetermined"
	// CodeNotDerivable: there is no such fact, e.g. no date on which a person
	// is insured who is not insured.
	CodeNotDerivable = "not_derivable"
)

// DeriveError says why a claim has no value. It never contains one.
type DeriveError struct {
	Claim string // id of the claim that was asked for
	Code  string // one of the codes above, or CodeUnknownClaim
}

func (e *DeriveError) Error() string { return "catalog: " + e.Claim + ": " + e.Code }

// errors inside a rule; Derive adds the claim.
var (
	errMissing      = errors.New(CodeMissingSource)
	errUndetermined = errors.New(CodeUndetermined)
	errNotDerivable = errors.New(CodeNotDerivable)
)

// Derive computes a derived claim from register values. The error is a
// *DeriveError.
func (d *Document) Derive(id string, v Values, m Moment) (any, error) {
	cl := d.claims[id]
	if cl == nil || cl.Rule == nil {
		return nil, &DeriveError{Claim: id, Code: CodeUnknownClaim}
	}
	e := evaluation{document: d, target: cl, values: v, holder: m.Holder, today: Today(m.Now)}
	answer, err := e.answer()
	if err != nil {
		return nil, &DeriveError{Claim: id, Code: err.Error()}
	}
	return answer, nil
}

// Value returns the register value of a claim, or computes a derived one. A
// register claim that the record lacks is a *DeriveError with missing_source.
func (d *Document) Value(id string, v Values, m Moment) (any, error) {
	cl := d.claims[id]
	if cl == nil || cl.Rule != nil {
		return d.Derive(id, v, m)
	}
	value, ok := v[id]
	if !ok {
		return nil, &DeriveError{Claim: id, Code: CodeMissingSource}
	}
	return value, nil
}

// InForce codes beside the values of a status claim.
const (
	CodeNotYetValid = "not_yet_valid"
	CodeExpired     = "expired"
)

// InForce tells whether the paper counts at the instant now: "" if it does,
// otherwise its register status where that is what ends it ("withheld"), or
// not_yet_valid or expired. The status comes first, because it says more than a
// date. A bound that the record lacks, or that is null, does not bound.
func (d *Document) InForce(v Values, now time.Time) (code string) {
	if status, ok := v[d.Validity.Status].(string); ok && status != d.Validity.InForce {
		return status
	}
	today := Today(now)
	if from, ok := day(v[d.Validity.From]); ok && today < from {
		return CodeNotYetValid
	}
	if until, ok := day(v[d.Validity.Until]); ok && today > until {
		return CodeExpired
	}
	return ""
}

func day(v any) (Day, bool) {
	s, ok := v.(string)
	if !ok {
		return 0, false
	}
	return ParseDay(s)
}

// evaluation is one run of a rule.
type evaluation struct {
	document *Document
	target   *Claim
	values   Values
	holder   string
	today    Day
}

// answer runs the rule of the target. What breaks the rules of its own claim is
// no answer.
func (e *evaluation) answer() (any, error) {
	answer, err := e.target.Rule.run(e, e.target.Rule)
	if err != nil {
		return nil, err
	}
	if _, code := e.target.fault(answer); code != "" {
		return nil, errNotDerivable
	}
	return answer, nil
}

// text and date return a source claim; a null has no text and no date.
func (e *evaluation) text(id string) (string, error) {
	v, ok := e.values[id]
	if !ok {
		return "", errMissing
	}
	switch x := v.(type) {
	case string:
		return x, nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	}
	return "", errNotDerivable
}

func (e *evaluation) date(id string) (d Day, null bool, err error) {
	v, ok := e.values[id]
	if !ok {
		return 0, false, errMissing
	}
	if v == nil {
		return 0, true, nil
	}
	if d, ok = day(v); !ok {
		return 0, false, errNotDerivable
	}
	return d, false, nil
}

func (e *evaluation) partial(id string) (partial, error) {
	s, err := e.text(id)
	if err != nil {
		return partial{}, err
	}
	p, ok := parsePartial(s)
	if !ok {
		return p, errNotDerivable
	}
	return p, nil
}

func (e *evaluation) list(id string) ([]any, error) {
	v, ok := e.values[id]
	if !ok {
		return nil, errMissing
	}
	list, ok := v.([]any)
	if !ok {
		return nil, errNotDerivable
	}
	return list, nil
}

// running returns the items of the rule's list whose own period, told by the
// members From and Until, holds today. A bound that is missing or null does
// not bound.
func (e *evaluation) running(r *Rule) ([]map[string]any, error) {
	list, err := e.list(r.Claim)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, 0, len(list))
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, errNotDerivable
		}
		if from, ok := day(object[r.From]); ok && e.today < from {
			continue
		}
		if until, ok := day(object[r.Until]); ok && e.today > until {
			continue
		}
		out = append(out, object)
	}
	return out, nil
}
