package catalog

import (
	"fmt"
	"slices"
	"strings"
)

func coverOrValue(d *Document, target *Claim, r *Rule) error {
	if r.Table == "" {
		return memberValue(d, target, r)
	}
	return coverTable(d, target, r)
}

// amongTable: what tells which items are concerned is there as a whole or not
// at all.
func amongTable(d *Document, target *Claim, r *Rule) error {
	if r.Among == nil && r.Class == "" && r.Scheme == "" && r.Table == "" {
		return nil
	}
	return coverTable(d, target, r.among())
}

// coverTable is coverRows with a row for the value in question.
func coverTable(d *Document, target *Claim, r *Rule) error {
	if err := coverRows(d, target, r); err != nil {
		return err
	}
	wanted, _ := r.Value.(string)
	if _, ok := d.closures[r.Table][newest(d.Tables[r.Table])+":"+wanted]; !ok {
		return fmt.Errorf("table %s has no row for the value %v", r.Table, r.Value)
	}
	return nil
}

// coveredEnum: the answer can name every class of the newest scheme.
func coveredEnum(d *Document, target *Claim, r *Rule) error {
	if target.Item == nil || target.Item.Type != TypeEnum {
		return fmt.Errorf("the answer is no list of an enum")
	}
	for key := range d.closures[r.Table] {
		if s, class, _ := strings.Cut(key, ":"); s == newest(d.Tables[r.Table]) && suits(target.Item, class) != nil {
			return fmt.Errorf("table %s: the answer cannot name %q", r.Table, class)
		}
	}
	return nil
}

// coverRows closes the rule's table and checks that its rows speak of
// classes that the register knows.
func coverRows(d *Document, _ *Claim, r *Rule) error {
	if d.closures[r.Table] == nil {
		closed, err := closeTable(d.Tables[r.Table])
		if err != nil {
			return fmt.Errorf("table %s: %w", r.Table, err)
		}
		d.closures[r.Table] = closed
	}
	class, err := memberOf(d, r, r.Member)
	if err != nil {
		return err
	}
	scheme, err := memberOf(d, r, r.Scheme)
	if err != nil {
		return err
	}
	for key := range d.closures[r.Table] {
		s, c, _ := strings.Cut(key, ":")
		if suits(scheme, s) != nil || suits(class, c) != nil {
			return fmt.Errorf("table %s: row %q names a class that the register does not have", r.Table, key)
		}
	}
	return nil
}

// newest is the greatest scheme of a table; schemes are named by the year of
// their law.
func newest(rows map[string]string) string {
	greatest := ""
	for key := range rows {
		scheme, _, _ := strings.Cut(key, ":")
		greatest = max(greatest, scheme)
	}
	return greatest
}

// closeTable follows the rows inside the newest scheme until nothing is added.
func closeTable(rows map[string]string) (map[string][]string, error) {
	for key := range rows {
		if scheme, class, ok := strings.Cut(key, ":"); !ok || scheme == "" || class == "" {
			return nil, fmt.Errorf("row %q does not read scheme:class", key)
		}
	}
	current := newest(rows)
	closed := make(map[string][]string, len(rows))
	for key, value := range rows {
		scheme, class, _ := strings.Cut(key, ":")
		var reached []string
		if scheme == current {
			reached = append(reached, class)
		}
		reached = append(reached, split(value)...)
		for i := 0; i < len(reached); i++ {
			next, known := rows[current+":"+reached[i]]
			if !known {
				return nil, fmt.Errorf("row %q covers %q, which has no row in scheme %s", key, reached[i], current)
			}
			for _, further := range split(next) {
				if !slices.Contains(reached, further) {
					reached = append(reached, further)
				}
			}
		}
		closed[key] = reached
	}
	return closed, nil
}

// split reads a comma-separated list; an empty text is an empty list.
func split(s string) []string {
	var out []string
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
