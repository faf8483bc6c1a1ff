package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// operation is one entry of the closed set of rules: what computes it, which
// types its answer may have, which arguments it needs, and when its answer can
// turn into another one.
type operation struct {
	run     func(*evaluation, *Rule) (any, error)
	answers []Type
	args    []argument
	turns   turning
}

// argument checks one part of a rule against the document.
type argument func(*Document, *Claim, *Rule) error

var operations map[string]operation

var boolean = []Type{TypeBool}

// The table is filled at start, because composed rules check their parts
// against it.
func init() {
	operations = map[string]operation{
		"age_at_least":   {ageAtLeast, boolean, []argument{source(TypePartialDate, TypeDate), years}, ofAge},
		"year":           {yearOf, []Type{TypeInt}, []argument{source(TypePartialDate, TypeDate)}, constant},
		"precision":      {precision, []Type{TypeEnum}, []argument{source(TypePartialDate, TypeDate), precisions}, constant},
		"last":           {last, []Type{TypeText, TypeDigits}, []argument{source(TypeText, TypeDigits), count}, constant},
		"initials":       {initials, []Type{TypeText}, []argument{source(TypeText)}, constant},
		"plate_display":  {plateDisplay, []Type{TypeText}, []argument{source(TypeText)}, constant},
		"contains":       {contains, boolean, []argument{source(TypeList), itemValue}, constant},
		"equals":         {equals, boolean, []argument{source(TypeText, TypeDigits, TypeEnum, TypeInt, TypeBool), claimValue}, constant},
		"states":         {states, boolean, []argument{source(TypeText, TypeDigits, TypeEnum, TypeInt, TypeBool), claimValue}, constant},
		"in_period":      {inPeriod, boolean, []argument{dates}, ofPeriod},
		"today_if":       {todayIf, []Type{TypeDate}, []argument{condition}, ofToday},
		"on_or_after":    {onOrAfter, boolean, []argument{source(TypeDate)}, ofStart},
		"on_or_before":   {onOrBefore, boolean, []argument{source(TypeDate)}, ofEnd},
		"lookup":         {lookup, []Type{TypeText, TypeInt, TypeEnum}, []argument{source(TypeText, TypeDigits, TypeEnum, TypeInt), table}, constant},
		"covers":         {covers, boolean, []argument{source(TypeList), member, coverTable, periodOf}, ofItems},
		"all_items_have": {allItemsHave, boolean, []argument{source(TypeList), member, memberValue, amongTable, periodOf}, ofItems},
		"years_since":    {yearsSince, []Type{TypeInt}, []argument{source(TypeList), member, coverOrValue, periodOf, start}, ofYears},
		"is_holder":      {isHolder, boolean, []argument{source(TypeText, TypeDigits)}, constant},
		"item_values":    {itemValues, []Type{TypeList}, []argument{source(TypeList), member, periodOf}, ofItems},
		"covered_values": {coveredValues, []Type{TypeList}, []argument{source(TypeList), member, coverRows, coveredEnum, periodOf}, ofItems},
		"all":            {all, boolean, []argument{parts}, ofParts},
		"any":            {anyOf, boolean, []argument{parts}, ofParts},
		"not":            {not, boolean, []argument{condition}, ofCondition},
	}
}

// bind checks a rule and its parts and links each to its function.
func (r *Rule) bind(d *Document, target *Claim, depth int) error {
	if depth > maxNesting {
		return errors.New("rule is nested too deeply")
	}
	op, ok := operations[r.Op]
	if !ok {
		return fmt.Errorf("rule: no operation is called %q", r.Op)
	}
	want := target.Type
	if depth > 0 {
		want = TypeBool
	}
	if !slices.Contains(op.answers, want) {
		return fmt.Errorf("rule: %s does not answer with a %s", r.Op, want)
	}
	r.Value = plain(r.Value)
	for _, check := range op.args {
		if err := check(d, target, r); err != nil {
			return fmt.Errorf("rule %s: %w", r.Op, err)
		}
	}
	for _, part := range append(slices.Clone(r.Of), r.If) {
		if part == nil {
			continue
		}
		if err := part.bind(d, target, depth+1); err != nil {
			return err
		}
	}
	r.run = op.run
	return nil
}

// register finds a claim of the register; a rule never builds on another
// derived claim, so that there is no order and no circle.
func (d *Document) register(id string, types ...Type) (*Claim, error) {
	cl := d.claims[id]
	if cl == nil || cl.Rule != nil {
		return nil, fmt.Errorf("%q is not a register claim", id)
	}
	if len(types) > 0 && !slices.Contains(types, cl.Type) {
		return nil, fmt.Errorf("%q has the type %s", id, cl.Type)
	}
	return cl, nil
}

func source(types ...Type) argument {
	return func(d *Document, _ *Claim, r *Rule) error {
		_, err := d.register(r.Claim, types...)
		return err
	}
}

func dates(d *Document, _ *Claim, r *Rule) error {
	for _, id := range []string{r.From, r.Until} {
		if _, err := d.register(id, TypeDate); err != nil {
			return err
		}
	}
	return nil
}

func years(_ *Document, _ *Claim, r *Rule) error {
	if r.Years < 1 || r.Years > 150 {
		return fmt.Errorf("years is %d", r.Years)
	}
	return nil
}

func count(_ *Document, target *Claim, r *Rule) error {
	if r.Count < 1 || target.Type == TypeDigits && target.Length != r.Count {
		return fmt.Errorf("count is %d", r.Count)
	}
	return nil
}

func precisions(_ *Document, target *Claim, _ *Rule) error {
	for _, v := range []string{"day", "month", "year"} {
		if target.compiled.byValue[v] == nil {
			return fmt.Errorf("the claim has no value %q", v)
		}
	}
	return nil
}

func claimValue(d *Document, _ *Claim, r *Rule) error {
	return suits(d.claims[r.Claim], r.Value)
}

func itemValue(d *Document, _ *Claim, r *Rule) error {
	return suits(d.claims[r.Claim].Item, r.Value)
}

func suits(cl *Claim, v any) error {
	if _, code := cl.fault(v); code != "" || v == nil {
		return fmt.Errorf("value %v is none of %s", v, cl.compiled.path)
	}
	return nil
}

// memberOf finds a member of the objects in the rule's list.
func memberOf(d *Document, r *Rule, id string) (*Claim, error) {
	m := d.claims[r.Claim].Item.compiled.members[id]
	if m == nil {
		return nil, fmt.Errorf("%q is not a member of %s", id, r.Claim)
	}
	return m, nil
}

func member(d *Document, _ *Claim, r *Rule) error {
	m, err := memberOf(d, r, r.Member)
	if err == nil && !slices.Contains([]Type{TypeText, TypeDigits, TypeEnum, TypeInt, TypeBool}, m.Type) {
		return fmt.Errorf("member %q cannot be compared", r.Member)
	}
	return err
}

func memberValue(d *Document, _ *Claim, r *Rule) error {
	m, err := memberOf(d, r, r.Member)
	if err != nil {
		return err
	}
	return suits(m, r.Value)
}

func periodOf(d *Document, _ *Claim, r *Rule) error {
	for _, id := range []string{r.From, r.Until} {
		if id == "" {
			continue
		}
		if m, err := memberOf(d, r, id); err != nil || m.Type != TypeDate {
			return fmt.Errorf("%q is not a date of the items", id)
		}
	}
	return nil
}

func start(_ *Document, _ *Claim, r *Rule) error {
	if r.From == "" {
		return errors.New("from is missing")
	}
	return nil
}

func table(d *Document, target *Claim, r *Rule) error {
	rows := d.Tables[r.Table]
	if len(rows) == 0 || r.Take < 0 {
		return fmt.Errorf("table %q is empty, or take is negative", r.Table)
	}
	for key, value := range rows {
		var v any = value
		if target.Type == TypeInt {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return fmt.Errorf("table %s: row %q is not an integer", r.Table, key)
			}
			v = n
		}
		if err := suits(target, v); err != nil {
			return fmt.Errorf("table %s: row %q: %w", r.Table, key, err)
		}
	}
	return nil
}

func condition(_ *Document, _ *Claim, r *Rule) error {
	if r.If == nil {
		return errors.New("if is missing")
	}
	return nil
}

func parts(_ *Document, _ *Claim, r *Rule) error {
	if len(r.Of) < 2 || slices.Contains(r.Of, nil) {
		return errors.New("of needs two rules or more")
	}
	return nil
}
