package verifier

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestExactMembers(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 17) + "1" + strings.Repeat("}", 17)
	for _, c := range []struct{ in, out, err string }{
		{` { "a" : 1 , "B" : { "c" : 2 } , "d" : [ 1 , { "E" : 3 } ] } `, `{"a":1,"d":[1,{}]}`, ""},
		{`{"A":1,"b":2}`, `{"b":2}`, ""},
		{`{"ſ":1,"b":"A\"b]}","K":{}}`, `{"b":"A\"b]}"}`, ""},
		{`{"\u0061":1}`, `{"\u0061":1}`, ""},
		{`[]`, `[]`, ""}, {`{}`, `{}`, ""}, {`-15`, `-15`, ""}, {"\tnull\n", `null`, ""},
		{`{"a":1,"a":1}`, "", "stands twice"},
		{`{"a":1,"\u0061":1}`, "", "stands twice"},
		{`{"B":{"c":1,"c":2}}`, "", "stands twice"},
		{`[[{"X":1,"X":1}]]`, "", "stands twice"},
		{`{"\ud800":1,"\ud801":2}`, "", "stands twice"}, // both are U+FFFD to a reader
		{"{\"\xff\":1}", "", "not one JSON text"},
		{`{"a":1.0}`, "", "fraction or exponent"}, {`[{"B":-1e0}]`, "", "fraction or exponent"}, {`1E1`, "", "fraction or exponent"},
		{`{"a":1}{}`, "", "not one JSON text"},
		{`{"a":1,}`, "", "not one JSON text"},
		{``, "", "not one JSON text"},
		{deep, "", "nested too deeply"},
	} {
		out, err := exactMembers([]byte(c.in))
		if c.err != "" {
			if err == nil || out != nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.in, err, c.err)
			}
		} else if err != nil || string(out) != c.out {
			t.Errorf("%s: %s (%v), want %s", c.in, out, err, c.out)
		}
	}
	var many strings.Builder
	for i := range 40 {
		many.WriteString(`"` + strings.Repeat("a", i+1) + `":0,`)
	}
	for _, last := range []string{"aaa", strings.Repeat("a", 30)} {
		if _, err := exactMembers([]byte("{" + many.String() + `"` + last + `":0}`)); err == nil {
			t.Errorf("%q stands twice among many", last)
		}
	}
}

// FuzzExactMembers holds the walk by hand against encoding/json.
func FuzzExactMembers(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"B":"\\\""}],"c":{"d":null}}`, `{"a":1,"a":2}`, `[{"ſ":19}, true]`, `[1e9, "1.5", false]`, `"x"`, `{"A":{"b":1,"b":1}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := exactMembers(raw)
		twice, tooDeep, fraction := tokens(raw)
		if want := json.Valid(raw) && utf8.Valid(raw) && !twice && !tooDeep && !fraction; want != (err == nil) {
			t.Fatalf("%v, valid %v, twice %v, deep %v, fraction %v", err, json.Valid(raw), twice, tooDeep, fraction)
		}
		if err != nil {
			return
		}
		if want, have := decode(t, raw), decode(t, out); !reflect.DeepEqual(without(want), have) {
			t.Fatalf("%v, want %v", have, want)
		}
	})
}

func decode(t *testing.T, raw []byte) (value any) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return value
}

// without removes what is no name of ours.
func without(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if strings.ToLower(name) != name || strings.ContainsFunc(name, func(r rune) bool { return r > 127 }) {
				delete(v, name)
			} else {
				v[name] = without(member)
			}
		}
	case []any:
		for i := range v {
			v[i] = without(v[i])
		}
	}
	return value
}

var errTwice, errDeep, errFraction = errors.New("twice"), errors.New("deep"), errors.New("fraction")

// tokens reports, by the tokens of encoding/json, whether a member stands twice,
// the nesting is too deep or a number no plain integer, whichever comes first.
func tokens(raw []byte) (twice, tooDeep, fraction bool) {
	if !json.Valid(raw) {
		return false, false, false
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	err := walk(dec, 0)
	return errors.Is(err, errTwice), errors.Is(err, errDeep), errors.Is(err, errFraction)
}

func walk(dec *json.Decoder, depth int) error {
	if depth > maxListDepth {
		return errDeep
	}
	token, err := dec.Token()
	if number, is := token.(json.Number); is && strings.ContainsAny(string(number), ".eE") {
		return errFraction
	}
	if err != nil || token != json.Delim('{') && token != json.Delim('[') {
		return err
	}
	seen := map[any]bool{}
	for dec.More() {
		if token == json.Delim('{') {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			if seen[name] {
				return errTwice
			}
			seen[name] = true
		}
		if err := walk(dec, depth+1); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}
