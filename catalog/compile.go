package catalog

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// compiled is what a claim keeps ready so that no value pays for it twice.
type compiled struct {
	path     string // for errors: "driving_privileges[].issue_date"
	pattern  *matcher
	expected *matcher
	steps    []func(string) string
	byValue  map[any]*EnumValue
	byCode   map[uint64]*EnumValue
	members  map[string]*Claim
	byKey    map[uint64]*Claim
}

// node is one level of a nested record: a claim, or a group of nodes.
type node struct {
	claim    *Claim
	children map[string]*node
	order    []string
}

// compile prepares a document for use. It reports what makes preparing
// impossible; everything else is left to validation.
func (d *Document) compile() error {
	d.claims = make(map[string]*Claim, len(d.Claims)+len(d.Derived))
	d.keys = make(map[int]*Claim, len(d.claims))
	d.tree = &node{children: map[string]*node{}}
	d.all = append(append(make([]*Claim, 0, len(d.Claims)+len(d.Derived)), d.Claims...), d.Derived...)
	shape := &node{children: map[string]*node{}}
	for i, cl := range d.all {
		if cl == nil {
			return fmt.Errorf("claim %d is null", i)
		}
		if d.claims[cl.ID] != nil {
			return fmt.Errorf("claim %s is declared twice", cl.ID)
		}
		if cl.Key != 0 && d.keys[cl.Key] != nil {
			return fmt.Errorf("claim %s: key %d already stands for %s", cl.ID, cl.Key, d.keys[cl.Key].ID)
		}
		d.claims[cl.ID], d.keys[cl.Key] = cl, cl
		if err := cl.compile(cl.ID, 0); err != nil {
			return err
		}
		if err := shape.add(cl); err != nil {
			return err
		}
		if i < len(d.Claims) {
			if err := d.tree.add(cl); err != nil {
				return err
			}
		}
	}
	delete(d.keys, 0)
	return nil
}

// add hangs a claim into the tree of a record. No claim may be a group too.
func (n *node) add(cl *Claim) error {
	segments := strings.Split(cl.ID, ".")
	for i, name := range segments {
		last := i == len(segments)-1
		child := n.children[name]
		if child == nil {
			child = &node{}
			n.children[name] = child
			n.order = append(n.order, name)
			if last {
				child.claim = cl
			} else {
				child.children = map[string]*node{}
			}
		} else if last || child.claim != nil {
			return fmt.Errorf("claim %s: a claim cannot be a group of claims as well", cl.ID)
		}
		n = child
	}
	return nil
}

// maxNesting bounds lists and objects inside each other in a definition.
const maxNesting = 6

func (cl *Claim) compile(path string, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("claim %s: nested too deeply", path)
	}
	c := &cl.compiled
	c.path = path
	var err error
	if c.pattern, err = compilePattern(cl.Pattern); err != nil {
		return fmt.Errorf("claim %s: pattern: %w", path, err)
	}
	if c.expected, err = compilePattern(cl.Expected); err != nil {
		return fmt.Errorf("claim %s: expected: %w", path, err)
	}
	for _, name := range cl.Normalise {
		step := steps[name]
		if step == nil {
			return fmt.Errorf("claim %s: no normalisation step is called %q", path, name)
		}
		c.steps = append(c.steps, step)
	}
	if err := cl.compileEnum(); err != nil {
		return err
	}
	if cl.Item != nil {
		if err := cl.Item.compile(path+"[]", depth+1); err != nil {
			return err
		}
	}
	if err := cl.compileMembers(depth); err != nil {
		return err
	}
	cl.Example = plain(cl.Example)
	return nil
}

func (cl *Claim) compileEnum() error {
	c := &cl.compiled
	if len(cl.Enum) == 0 {
		return nil
	}
	c.byValue = make(map[any]*EnumValue, len(cl.Enum))
	c.byCode = make(map[uint64]*EnumValue, len(cl.Enum))
	for i := range cl.Enum {
		e := &cl.Enum[i]
		e.Value = plain(e.Value)
		switch e.Value.(type) {
		case string, int64:
		default:
			return fmt.Errorf("claim %s: enum value %v is neither text nor integer", c.path, e.Value)
		}
		if e.Code < 0 || e.Code > maxKey {
			return fmt.Errorf("claim %s: enum code %d is out of range", c.path, e.Code)
		}
		if c.byValue[e.Value] != nil || c.byCode[uint64(e.Code)] != nil {
			return fmt.Errorf("claim %s: enum value %v or its code %d stands twice", c.path, e.Value, e.Code)
		}
		c.byValue[e.Value], c.byCode[uint64(e.Code)] = e, e
	}
	return nil
}

func (cl *Claim) compileMembers(depth int) error {
	c := &cl.compiled
	if len(cl.Members) == 0 {
		return nil
	}
	c.members = make(map[string]*Claim, len(cl.Members))
	c.byKey = make(map[uint64]*Claim, len(cl.Members))
	for _, m := range cl.Members {
		if m == nil || c.members[m.ID] != nil {
			return fmt.Errorf("claim %s: a member is null or stands twice", c.path)
		}
		if m.Key < 1 || m.Key > maxKey || c.byKey[uint64(m.Key)] != nil {
			return fmt.Errorf("claim %s.%s: key %d is out of range or stands twice", c.path, m.ID, m.Key)
		}
		c.members[m.ID], c.byKey[uint64(m.Key)] = m, m
		if err := m.compile(c.path+"."+m.ID, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// matcher is an anchored pattern. The plain form ^[class]{m,n}$, which most
// patterns have, is matched without the machinery of a regular expression.
type matcher struct {
	re       *regexp.Regexp
	ascii    [128]bool
	min, max int // max 0: use re
}

// compilePattern refuses patterns that could match a part of a value.
func compilePattern(pattern string) (*matcher, error) {
	if pattern == "" {
		return nil, nil
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if n := len(tree.Sub); tree.Op != syntax.OpConcat || n < 2 ||
		tree.Sub[0].Op != syntax.OpBeginText || tree.Sub[n-1].Op != syntax.OpEndText {
		return nil, fmt.Errorf("%q is not anchored at both ends", pattern)
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	m := &matcher{re: re}
	if len(tree.Sub) == 3 {
		m.simplify(tree.Sub[1])
	}
	return m, nil
}

func (m *matcher) simplify(body *syntax.Regexp) {
	low, high, class := 1, 1, body
	if body.Op == syntax.OpRepeat {
		low, high, class = body.Min, body.Max, body.Sub[0]
	}
	if class.Op != syntax.OpCharClass || high < 1 {
		return
	}
	for i := 0; i < len(class.Rune); i += 2 {
		if class.Rune[i+1] >= 128 {
			return
		}
		for r := class.Rune[i]; r <= class.Rune[i+1]; r++ {
			m.ascii[r] = true
		}
	}
	m.min, m.max = low, high
}

func (m *matcher) match(s string) bool {
	if m.max == 0 {
		return m.re.MatchString(s)
	}
	if len(s) < m.min || len(s) > m.max {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= 128 || !m.ascii[s[i]] {
			return false
		}
	}
	return true
}
