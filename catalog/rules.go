package catalog

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

func ageAtLeast(e *evaluation, r *Rule) (any, error) {
	born, err := e.partial(r.Claim)
	if err != nil {
		return nil, err
	}
	switch {
	case e.today >= born.last().addYears(r.Years):
		return true, nil
	case e.today < born.first().addYears(r.Years):
		return false, nil
	}
	return nil, errUndetermined
}

func yearOf(e *evaluation, r *Rule) (any, error) {
	p, err := e.partial(r.Claim)
	if err != nil {
		return nil, err
	}
	return int64(p.year), nil
}

func precision(e *evaluation, r *Rule) (any, error) {
	p, err := e.partial(r.Claim)
	switch {
	case err != nil:
		return nil, err
	case p.month == 0:
		return "year", nil
	case p.day == 0:
		return "month", nil
	}
	return "day", nil
}

// last gives the end of a text, and nothing if that would be the whole of it.
func last(e *evaluation, r *Rule) (any, error) {
	s, err := e.text(r.Claim)
	if err != nil {
		return nil, err
	}
	runes := []rune(s)
	if len(runes) <= r.Count {
		return nil, errNotDerivable
	}
	return string(runes[len(runes)-r.Count:]), nil
}

// initials gives the first letter of each word without its tone: Đ, Ê and Ơ
// are letters of the alphabet, Á is the letter A.
func initials(e *evaluation, r *Rule) (any, error) {
	s, err := e.text(r.Claim)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, word := range strings.Fields(withoutTones(strings.ToUpper(s))) {
		at := strings.IndexFunc(word, unicode.IsLetter)
		if at < 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune([]rune(word[at:])[0])
		b.WriteByte('.')
	}
	return b.String(), nil
}

func contains(e *evaluation, r *Rule) (any, error) {
	list, err := e.list(r.Claim)
	if err != nil {
		return nil, err
	}
	return slices.Contains(list, r.Value), nil
}

func equals(e *evaluation, r *Rule) (any, error) {
	v, ok := e.values[r.Claim]
	if !ok {
		return nil, errMissing
	}
	return v == r.Value, nil
}

// states asks what the record says, where equals asks what is the case: of what
// the record leaves out it says nothing.
func states(e *evaluation, r *Rule) (any, error) {
	v, ok := e.values[r.Claim]
	return ok && v == r.Value, nil
}

// inPeriod: both ends belong to the period. An end that is null does not come;
// an end that the record lacks is unknown, and so is the answer once the period
// has begun.
func inPeriod(e *evaluation, r *Rule) (any, error) {
	from, null, err := e.date(r.From)
	if err != nil {
		return nil, err
	}
	if null {
		return nil, errNotDerivable
	}
	if e.today < from {
		return false, nil
	}
	until, null, err := e.date(r.Until)
	if err != nil {
		return nil, err
	}
	return null || e.today <= until, nil
}

func todayIf(e *evaluation, r *Rule) (any, error) {
	holds, err := e.holds(r.If)
	if err != nil {
		return nil, err
	}
	if !holds {
		return nil, errNotDerivable
	}
	return e.today.String(), nil
}

// onOrAfter: a null date is a date that does not come.
func onOrAfter(e *evaluation, r *Rule) (any, error) {
	d, null, err := e.date(r.Claim)
	if err != nil {
		return nil, err
	}
	return !null && e.today >= d, nil
}

// onOrBefore: a null date is an end that does not come.
func onOrBefore(e *evaluation, r *Rule) (any, error) {
	d, null, err := e.date(r.Claim)
	if err != nil {
		return nil, err
	}
	return null || e.today <= d, nil
}

func lookup(e *evaluation, r *Rule) (any, error) {
	s, err := e.text(r.Claim)
	if err != nil {
		return nil, err
	}
	if r.Take > 0 {
		runes := []rune(s)
		s = string(runes[:min(r.Take, len(runes))])
	}
	found, ok := e.document.Tables[r.Table][s]
	if !ok {
		return nil, errNotDerivable
	}
	if e.target.Type != TypeInt {
		return found, nil
	}
	n, err := strconv.ParseInt(found, 10, 64)
	if err != nil {
		return nil, errNotDerivable
	}
	return n, nil
}

// covers: one of the running items has a class that covers Value.
func covers(e *evaluation, r *Rule) (any, error) {
	items, err := e.running(r)
	if err != nil {
		return nil, err
	}
	return slices.ContainsFunc(items, func(item map[string]any) bool { return e.matches(r, item) }), nil
}

// matches compares the member of an item with Value: through the table of
// covered classes where the rule names one, else for equality.
func (e *evaluation) matches(r *Rule, item map[string]any) bool {
	if r.Table == "" {
		return item[r.Member] == r.Value
	}
	class, _ := item[r.Member].(string)
	scheme, _ := item[r.Scheme].(string)
	wanted, _ := r.Value.(string)
	return slices.Contains(e.document.closures[r.Table][scheme+":"+class], wanted)
}

// allItemsHave speaks of the running items that are concerned: where the rule
// names Among, those whose Class covers it, because to drive automatic gears
// only concerns cars and not motorcycles; else those that carry the member at
// all. A concerned item that lacks the member leaves the answer open. Where none
// is concerned there is nothing to say.
func allItemsHave(e *evaluation, r *Rule) (any, error) {
	items, err := e.running(r)
	if err != nil {
		return nil, err
	}
	concerned, open := false, false
	for _, item := range items {
		v := item[r.Member]
		if r.Among != nil && !e.matches(r.among(), item) || r.Among == nil && v == nil {
			continue
		}
		concerned = true
		if v != nil && v != r.Value {
			return false, nil
		}
		open = open || v == nil
	}
	switch {
	case !concerned:
		return nil, errNotDerivable
	case open:
		return nil, errUndetermined
	}
	return true, nil
}

// among is the question whether an item's Class covers Among.
func (r *Rule) among() *Rule {
	return &Rule{Claim: r.Claim, Member: r.Class, Scheme: r.Scheme, Table: r.Table, Value: r.Among}
}

// yearsSince counts full years since the earliest running item that matches.
func yearsSince(e *evaluation, r *Rule) (any, error) {
	items, err := e.running(r)
	if err != nil {
		return nil, err
	}
	earliest, found := Day(0), false
	for _, item := range items {
		if from, ok := day(item[r.From]); ok && e.matches(r, item) && (!found || from < earliest) {
			earliest, found = from, true
		}
	}
	if !found {
		return nil, errNotDerivable
	}
	year, _, _ := e.today.Date()
	start, _, _ := earliest.Date()
	years := year - start
	if e.today < earliest.addYears(years) {
		years--
	}
	return int64(years), nil
}

func isHolder(e *evaluation, r *Rule) (any, error) {
	s, err := e.text(r.Claim)
	if err != nil {
		return nil, err
	}
	if e.holder == "" {
		return nil, errMissing
	}
	return s == e.holder, nil
}

// itemValues lists the member of the running items, each value once.
func itemValues(e *evaluation, r *Rule) (any, error) {
	items, err := e.running(r)
	if err != nil {
		return nil, err
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		if v := item[r.Member]; v != nil && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out, nil
}

// coveredValues lists what the running items cover together, in the terms of
// the newest scheme: a class that changed its meaning with the law would
// otherwise read like the class that has its name now.
func coveredValues(e *evaluation, r *Rule) (any, error) {
	items, err := e.running(r)
	if err != nil {
		return nil, err
	}
	var reached []string
	for _, item := range items {
		class, _ := item[r.Member].(string)
		scheme, _ := item[r.Scheme].(string)
		reached = append(reached, e.document.closures[r.Table][scheme+":"+class]...)
	}
	out := []any{}
	for _, value := range e.target.Item.Enum {
		if name, _ := value.Value.(string); slices.Contains(reached, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// holds runs a rule that answers yes or no.
func (e *evaluation) holds(r *Rule) (bool, error) {
	v, err := r.run(e, r)
	if err != nil {
		return false, err
	}
	answer, ok := v.(bool)
	if !ok {
		return false, errNotDerivable
	}
	return answer, nil
}

// all and anyOf are three-valued: an answer that some parts already settle does
// not wait for the others.
func all(e *evaluation, r *Rule) (any, error) { return e.combine(r, false) }

func anyOf(e *evaluation, r *Rule) (any, error) { return e.combine(r, true) }

func (e *evaluation) combine(r *Rule, settles bool) (any, error) {
	var open error
	for _, part := range r.Of {
		answer, err := e.holds(part)
		if err == nil && answer == settles {
			return settles, nil
		}
		if open == nil {
			open = err
		}
	}
	if open != nil {
		return nil, open
	}
	return !settles, nil
}

func not(e *evaluation, r *Rule) (any, error) {
	answer, err := e.holds(r.If)
	if err != nil {
		return nil, err
	}
	return !answer, nil
}
