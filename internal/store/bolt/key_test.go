package bolt_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/store/bolt"
)

// awkward parts: separators, the key's own bytes, and text that looks alike.
var awkward = []string{
	"", "a", "b", "ab", "abc", "\x00", "\x01", "\x00\x01", "\x00\xff", "\xff", "\x00\x00", "a\x00", "\x00a", "a\x00\x01", "a\x00\xff",
	"a/b", "a:b", "a|b", "Đ", "\u00d0", "\u00e1", "a\u0301", "Nguyễn Thị", "Nguyễn", " Thị", strings.Repeat("Ưỡ", 300),
}

func TestJoinKeyKeepsTuplesApart(t *testing.T) {
	tuples := [][]string{}
	for _, a := range awkward {
		tuples = append(tuples, []string{a})
		for _, b := range awkward {
			tuples = append(tuples, []string{a, b}, []string{a, b, "\x00"}, []string{"\x00", a, b})
		}
	}
	seen := map[string][]string{}
	for _, parts := range tuples {
		key := string(bolt.JoinKey(parts...))
		if other, ok := seen[key]; ok && !slices.Equal(other, parts) {
			t.Errorf("%q and %q have the same key", parts, other)
		}
		seen[key] = parts
	}
}

func FuzzJoinKey(f *testing.F) {
	f.Add("a", "b", "ab", "")
	f.Add("a\x00", "b", "a", "\x00b")
	f.Add("\x00\x01", "\x00\xff", "\x00", "\x01\x00\xff")
	f.Add("Nguyễn", "Thị", "Nguyễn Thị", "")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		x, y := bolt.JoinKey(a, b), bolt.JoinKey(c, d)
		if got, want := bytes.Compare(x, y), slices.Compare([]string{a, b}, []string{c, d}); got != want {
			t.Errorf("keys of (%q, %q) and (%q, %q) compare as %d, tuples as %d", a, b, c, d, got, want)
		}
		if bytes.HasPrefix(x, bolt.JoinKey(c)) != (a == c) {
			t.Errorf("(%q, %q) stands under %q: %v", a, b, c, a != c)
		}
		if got, err := bolt.LastPart(x[len(bolt.JoinKey(a)):]); err != nil || got != b {
			t.Errorf("last part of (%q, %q) is %q, %v", a, b, got, err)
		}
	})
}

func TestLastPartRefusesDamage(t *testing.T) {
	for _, rest := range []string{"", "\x00", "\x01", "a", "a\x00", "a\x01", "a\x00\x02"} {
		if got, err := bolt.LastPart([]byte(rest)); err == nil {
			t.Errorf("last part of %q is %q, want an error", rest, got)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	for _, s := range []string{"", "A", strings.Repeat("A", 27), strings.Repeat("_", 27), strings.Repeat("A", 26) + "\n", strings.Repeat("A", 26) + "B"} {
		f.Add(s)
	}
	seen := map[string]string{}
	f.Fuzz(func(t *testing.T, cursor string) {
		place, ok := bolt.ParseCursor(cursor)
		if !ok {
			return
		}
		if other, again := seen[string(place)]; again && other != cursor {
			t.Errorf("cursors %q and %q name the same place", cursor, other)
		}
		seen[string(place)] = cursor
		if len(place) != 20 {
			t.Errorf("a place of %d bytes", len(place))
		}
	})
}
