package sdjwt_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

func TestDecodeJSON(t *testing.T) {
	tests := []struct {
		text string
		want string // canonical form, or a Reason
	}{
		{`null`, `null`}, {`true`, `true`}, {` false `, `false`}, {"\t\r\n{ }\n", `{}`}, {`[ ]`, `[]`},
		{`0`, `0`}, {`-0`, `-0`}, {`10`, `10`}, {`-1.50e+10`, `-1.50e+10`}, {`1E-2`, `1E-2`},
		{`123456789012345678901234567890`, `123456789012345678901234567890`},
		{`{"b":[1,"x",null,{"c":{}}],"a":true}`, `{"a":true,"b":[1,"x",null,{"c":{}}]}`},
		{`"Đặng"`, `"Đặng"`}, {`"\u0110\u1eb7ng"`, `"Đặng"`}, {`"\ud83d\uDE00"`, `"😀"`},
		{`"\"\\\/\b\f\n\r\t"`, `"\"\\/\b\f\n\r\t"`}, {`"\ufffd"`, "\"\ufffd\""}, {"\"\x7f\"", "\"\x7f\""},
		{`{"":1}`, `{"":1}`}, {`{"a":1,"A":2}`, `{"A":2,"a":1}`},
		{``, "json_malformed"}, {` `, "json_malformed"}, {`nul`, "json_malformed"}, {`nulll`, "json_malformed"},
		{`True`, "json_malformed"}, {`NaN`, "json_malformed"}, {`01`, "json_malformed"}, {`-`, "json_malformed"},
		{`+1`, "json_malformed"}, {`.5`, "json_malformed"}, {`1.`, "json_malformed"}, {`1e`, "json_malformed"},
		{`1e+`, "json_malformed"}, {`0x1`, "json_malformed"}, {`1 2`, "json_malformed"}, {`'a'`, "json_malformed"},
		{`"a`, "json_malformed"}, {`"a\`, "json_malformed"}, {`"\x"`, "json_malformed"}, {`"\u12"`, "json_malformed"},
		{`"\u12g4"`, "json_malformed"}, {`"\u+123"`, "json_malformed"}, {"\"a\nb\"", "json_malformed"}, {"\"\\t\x00\"", "json_malformed"},
		{`[1,]`, "json_malformed"}, {`[,1]`, "json_malformed"}, {`[1 2]`, "json_malformed"}, {`[1`, "json_malformed"}, {`[`, "json_malformed"},
		{`{`, "json_malformed"}, {`{"a"}`, "json_malformed"}, {`{"a":}`, "json_malformed"}, {`{"a":1,}`, "json_malformed"},
		{`{a:1}`, "json_malformed"}, {`{1:1}`, "json_malformed"}, {`{"a":1 "b":2}`, "json_malformed"}, {`{"a":1`, "json_malformed"},
		{`{}{}`, "json_malformed"}, {`[]]`, "json_malformed"}, {"\ufeff{}", "json_malformed"}, {`{} // x`, "json_malformed"},
		{"\u00a0{}", "json_malformed"}, {"{\"a\":1\v}", "json_malformed"},
		{"\"\xff\"", "not_utf8"}, {"\"\xed\xa0\x80\"", "not_utf8"}, {"\"\xc0\x80\"", "not_utf8"}, {"[\"a\"]\xfe", "not_utf8"},
		{`"\ud800"`, "not_utf8"}, {`"\ud800x"`, "not_utf8"}, {`"\udc00\ud800"`, "not_utf8"}, {`"\ud800\ud800"`, "not_utf8"},
		{`"\ud800\ufffd"`, "not_utf8"}, {`"\ud800\u00"`, "json_malformed"},
		{`{"a":1,"a":1}`, "duplicate_name"}, {`{"a":1,"\u0061":1}`, "duplicate_name"}, {`[{"x":{"":1,"":2}}]`, "duplicate_name"},
		{manyMembers(17) + `,"m0":1}`, "duplicate_name"}, {manyMembers(16) + `,"m15":1}`, "duplicate_name"},
		{strings.Repeat("[", sdjwt.MaxDepth+1), "too_deep"}, {strings.Repeat(`{"a":`, sdjwt.MaxDepth+1), "too_deep"},
		{strings.Repeat("[", sdjwt.MaxDepth) + strings.Repeat("]", sdjwt.MaxDepth), strings.Repeat("[", sdjwt.MaxDepth) + strings.Repeat("]", sdjwt.MaxDepth)},
	}
	for _, test := range tests {
		got, err := sdjwt.DecodeJSON(test.text)
		if err != nil {
			if string(sdjwt.ReasonOf(err)) != test.want {
				t.Errorf("%q: %v, want %s", test.text, err, test.want)
			}
			continue
		}
		if canonical(t, got) != test.want {
			t.Errorf("%q is %s, want %s", test.text, canonical(t, got), test.want)
		}
	}
}

// FuzzDecodeJSON holds the strict decoder against encoding/json: whatever it
// accepts the other accepts with the same meaning, and whatever it refuses as
// no JSON the other refuses.
func FuzzDecodeJSON(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,-0.5e+3,"\u0110\ud83d\ude00",null,true]}`, `["salt","tên","Đặng Thị Hường"]`, `{"a":1,"a":2}`,
		`"\ud800"`, `[1,]`, `01`, "\"\xff\"", `{"_sd":["x"],"...":{}}`, strings.Repeat("[", 20),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := sdjwt.DecodeJSON(text)
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var want any
		wantErr := dec.Decode(&want)
		if wantErr == nil && dec.More() {
			wantErr = errBroken
		}
		valid := json.Valid([]byte(text)) && utf8.ValidString(text)
		switch {
		case err == nil && (!valid || wantErr != nil):
			t.Fatalf("accepted %q", text)
		case err == nil && canonical(t, got) != canonical(t, want):
			t.Fatalf("%q is %s, want %s", text, canonical(t, got), canonical(t, want))
		case sdjwt.ReasonOf(err) == sdjwt.ReasonJSON && valid:
			t.Fatalf("refused %q: %v", text, err)
		}
	})
}
