package main

import (
	"fmt"
	"regexp/syntax"
	"strings"
)

// patternJS writes a pattern of the catalogue, which is RE2, as a regular
// expression of JavaScript with the flag u that matches the same texts. The two
// languages look alike and differ in what \s, \d, $ and the dot mean, so it is
// written from the parsed form, and a construct it does not know is an error.
func patternJS(pattern string) (string, error) {
	if pattern == "" {
		return "", nil
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := writeJS(&b, tree); err != nil {
		return "", fmt.Errorf("pattern %q: %w", pattern, err)
	}
	return b.String(), nil
}

func writeJS(b *strings.Builder, re *syntax.Regexp) error {
	if re.Flags&syntax.FoldCase != 0 {
		return fmt.Errorf("letter case is folded")
	}
	switch re.Op {
	case syntax.OpEmptyMatch:
	case syntax.OpBeginText:
		b.WriteByte('^')
	case syntax.OpEndText:
		b.WriteByte('$')
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			writeRune(b, r)
		}
	case syntax.OpCharClass:
		b.WriteByte('[')
		for i := 0; i < len(re.Rune); i += 2 {
			writeRune(b, re.Rune[i])
			if re.Rune[i+1] > re.Rune[i] {
				b.WriteByte('-')
				writeRune(b, re.Rune[i+1])
			}
		}
		b.WriteByte(']')
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		if err := writeGroup(b, re.Sub); err != nil {
			return err
		}
		b.WriteString(quantifier(re))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if err := writeJS(b, sub); err != nil {
				return err
			}
		}
	case syntax.OpAlternate, syntax.OpCapture:
		return writeGroup(b, re.Sub)
	default:
		return fmt.Errorf("%s is not translated", re.Op)
	}
	return nil
}

// writeGroup writes alternatives as one thing to repeat.
func writeGroup(b *strings.Builder, alternatives []*syntax.Regexp) error {
	if len(alternatives) == 1 && alternatives[0].Op == syntax.OpCharClass {
		return writeJS(b, alternatives[0])
	}
	b.WriteString("(?:")
	for i, sub := range alternatives {
		if i > 0 {
			b.WriteByte('|')
		}
		if err := writeJS(b, sub); err != nil {
			return err
		}
	}
	b.WriteByte(')')
	return nil
}

func quantifier(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpStar:
		return "*"
	case syntax.OpPlus:
		return "+"
	case syntax.OpQuest:
		return "?"
	}
	if re.Max < 0 {
		return fmt.Sprintf("{%d,}", re.Min)
	}
	if re.Max == re.Min {
		return fmt.Sprintf("{%d}", re.Min)
	}
	return fmt.Sprintf("{%d,%d}", re.Min, re.Max)
}

// writeRune writes letters and digits as they are, anything else by its number.
func writeRune(b *strings.Builder, r rune) {
	if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
		b.WriteRune(r)
		return
	}
	fmt.Fprintf(b, `\u{%x}`, r)
}
