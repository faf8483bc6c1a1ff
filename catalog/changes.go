package catalog

import (
	"reflect"
	"time"
)

// never is later than every day on which an answer can change. Dates end with
// MaxYear and ages with 150 years; what would change later is not looked for.
const never Day = 1 << 18

// turning tells the first day after today on which the answer of a rule can be
// another one. It may name a day on which nothing changes and never misses one
// on which something does.
type turning func(*evaluation, *Rule) Day

// ChangesAt returns the first instant after m.Now at which Derive gives another
// value, another code, or a value in place of a code, for the same values: the
// next birthday that counts, the day after a class has ended, the day on which
// an insurance begins. Until then the answer stays as it is. It returns false
// for what never changes by itself, and for what is no derived claim. All
// answers change at the beginning of a civil day in Asia/Ho_Chi_Minh.
func (d *Document) ChangesAt(id string, v Values, m Moment) (time.Time, bool) {
	cl := d.claims[id]
	if cl == nil || cl.Rule == nil {
		return time.Time{}, false
	}
	e := evaluation{document: d, target: cl, values: v, holder: m.Holder, today: Today(m.Now)}
	before, failure := e.answer()
	for {
		if e.today = cl.Rule.turns(&e); e.today >= never {
			return time.Time{}, false
		}
		after, err := e.answer()
		//nolint:errorlint // the errors of rules are sentinels
		if err != failure || !reflect.DeepEqual(after, before) {
			return e.today.Start(), true
		}
	}
}

// turns is the rule's turning at the day of the evaluation.
func (r *Rule) turns(e *evaluation) Day {
	return operations[r.Op].turns(e, r)
}

// soonest returns the first of the days that is after today.
func (e *evaluation) soonest(days ...Day) Day {
	first := never
	for _, day := range days {
		if day > e.today && day < first {
			first = day
		}
	}
	return first
}

// constant: the answer depends on the record alone.
func constant(*evaluation, *Rule) Day { return never }

// ofAge: an age from a year or month of birth is open from the first birthday
// that the date allows until the last.
func ofAge(e *evaluation, r *Rule) Day {
	born, err := e.partial(r.Claim)
	if err != nil {
		return never
	}
	return e.soonest(born.first().addYears(r.Years), born.last().addYears(r.Years))
}

// ofPeriod: both ends belong to the period.
func ofPeriod(e *evaluation, r *Rule) Day {
	return e.soonest(starts(e.values[r.From]), after(e.values[r.Until]))
}

func ofStart(e *evaluation, r *Rule) Day { return e.soonest(starts(e.values[r.Claim])) }

func ofEnd(e *evaluation, r *Rule) Day { return e.soonest(after(e.values[r.Claim])) }

// starts and after read a date: the day itself, and the first on which it is
// past. What is no date comes never.
func starts(v any) Day {
	if d, ok := day(v); ok {
		return d
	}
	return never
}

func after(v any) Day {
	if d, ok := day(v); ok {
		return d + 1
	}
	return never
}

// ofToday: while its condition holds, the answer is each day's own date.
func ofToday(e *evaluation, r *Rule) Day {
	if holds, err := e.holds(r.If); err == nil && holds {
		return e.today + 1
	}
	return r.If.turns(e)
}

// ofItems: an item of the list begins to run, or has run out.
func ofItems(e *evaluation, r *Rule) Day {
	first := never
	list, _ := e.values[r.Claim].([]any)
	for _, item := range list {
		object, _ := item.(map[string]any)
		first = min(first, e.soonest(starts(object[r.From]), after(object[r.Until])))
	}
	return first
}

// ofYears: beside what ofItems tells, a year of an item that matches is full.
func ofYears(e *evaluation, r *Rule) Day {
	first := ofItems(e, r)
	items, _ := e.running(r)
	year, _, _ := e.today.Date()
	for _, item := range items {
		if from, ok := day(item[r.From]); ok && e.matches(r, item) {
			start, _, _ := from.Date()
			first = min(first, e.soonest(from.addYears(year-start), from.addYears(year-start+1)))
		}
	}
	return first
}

func ofParts(e *evaluation, r *Rule) Day {
	first := never
	for _, part := range r.Of {
		first = min(first, part.turns(e))
	}
	return first
}

func ofCondition(e *evaluation, r *Rule) Day { return r.If.turns(e) }
