package request_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/request"
)

type body struct {
	Name  string          `json:"name"`
	Count *int64          `json:"count"`
	Yes   bool            `json:"yes"`
	List  []item          `json:"list"`
	Raw   json.RawMessage `json:"raw"`
	plain string          // no request may set it
}

var _ = body{plain: ""}

type item struct {
	Words []string `json:"words"`
}

// with runs f on the context of one request.
func with(t testing.TB, change func(r *fasthttp.Request), f func(c *fiber.Ctx) error) error {
	t.Helper()
	app := fiber.New()
	var raw fasthttp.RequestCtx
	raw.Request.Header.SetMethod("POST")
	change(&raw.Request)
	c := app.AcquireCtx(&raw)
	defer app.ReleaseCtx(c)
	return f(c)
}

func read(t testing.TB, contentType, text string, into *body) error {
	t.Helper()
	return with(t, func(r *fasthttp.Request) {
		r.Header.SetContentType(contentType)
		r.SetBodyString(text)
	}, func(c *fiber.Ctx) error { return request.JSON(c, into) })
}

func TestJSON(t *testing.T) {
	var got body
	err := read(t, "application/json; charset=utf-8", ` {"name":"Nguyễn","count":9223372036854775807,"yes":true,"list":[{"words":["a","b"]},{}]} `, &got)
	if err != nil || got.Name != "Nguyễn" || *got.Count != 9223372036854775807 || !got.Yes || len(got.List) != 2 || got.List[0].Words[1] != "b" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestRawObjects: what a browser writes is taken as it is, as long as it is one
// object and not too deep.
func TestRawObjects(t *testing.T) {
	for _, object := range []string{`{}`, `{"a":null,"A":1,"a":[{"b":1.5e3}]}`, strings.Repeat(`{"a":`, 7) + `{}` + strings.Repeat(`}`, 7)} {
		var got body
		if err := read(t, "application/json", `{"name":"x","raw":`+object+`,"yes":true}`, &got); err != nil || string(got.Raw) != object || !got.Yes {
			t.Errorf("%s: %q, %v", object, got.Raw, err)
		}
	}
	for _, bad := range []string{`null`, `[]`, `"x"`, `1`, `{]`, `{"a"}`, strings.Repeat(`{"a":`, 8) + `{}` + strings.Repeat(`}`, 8), `{"a":` + strings.Repeat("[", 8000)} {
		err := read(t, "application/json", `{"raw":`+bad+`}`, &body{})
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.CodeRequestMalformed || f.Field != "raw" {
			t.Errorf("%.30s: %v", bad, err)
		}
	}
	if err := read(t, "application/json", `{"raw":{},"raw":{}}`, &body{}); !fault.Is(err, fault.CodeRequestMalformed) {
		t.Errorf("twice: %v", err)
	}
}

func TestJSONRefusals(t *testing.T) {
	for name, c := range map[string]struct{ text, field string }{
		"nothing": {``, ""}, "not JSON": {`name=x`, ""}, "cut off": {`{"name":"x"`, ""}, "list": {`[]`, ""}, "text": {`"x"`, ""}, "null": {`null`, ""},
		"unknown": {`{"nam":"x"}`, "nam"}, "unknown below": {`{"list":[{"word":[]}]}`, "list[0].word"}, "unknown, odd name": {`{"NGUYỄN":1}`, ""},
		"long name": {`{"` + strings.Repeat("a", 41) + `":1}`, ""}, "other case": {`{"Name":"x"}`, ""}, "unexported": {`{"plain":"x"}`, "plain"}, "empty name": {`{"":1}`, ""},
		"twice": {`{"name":"x","name":"y"}`, "name"}, "twice, escaped": {`{"name":"x","n\u0061me":"y"}`, "name"}, "twice below": {`{"list":[{"words":[],"words":[]}]}`, "list[0].words"},
		"trailing": {`{} {}`, ""}, "trailing garbage": {`{}x`, ""}, "trailing comma": {`{"yes":true,}`, ""},
		"null member": {`{"name":null}`, "name"}, "null item": {`{"list":[null]}`, "list[0]"},
		"number for text": {`{"name":1}`, "name"}, "text for number": {`{"count":"1"}`, "count"}, "fraction": {`{"count":1.5}`, "count"},
		"too large a number": {`{"count":9223372036854775808}`, "count"}, "object for text": {`{"name":{}}`, "name"}, "text for list": {`{"list":"x"}`, "list"},
		"list for object": {`{"list":[[]]}`, "list[0]"}, "deep": {`{"name":` + strings.Repeat("[", 8000) + `}`, "name"}, "invalid UTF-8": {"{\"name\":\"\xff\"}", ""},
		"byte order mark": {"\ufeff{}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := read(t, "application/json", c.text, &body{})
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.CodeRequestMalformed || f.Field != c.field {
				t.Errorf("%v, want request.malformed at %q", err, c.field)
			}
		})
	}
	for _, contentType := range []string{"", "text/plain", "application/jsonx", "application/problem+json", "application/json; x", "multipart/form-data"} {
		if err := read(t, contentType, `{}`, &body{}); !fault.Is(err, fault.CodeRequestUnsupported) {
			t.Errorf("%q: %v", contentType, err)
		}
	}
	if err := read(t, "application/json", strings.Repeat(" ", request.MaxJSON)+"{}", &body{}); !fault.Is(err, fault.CodeRequestTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if err := read(t, "application/json", strings.Repeat(" ", request.MaxJSON-2)+"{}", &body{}); err != nil {
		t.Errorf("just as large as allowed: %v", err)
	}
	err := with(t, func(r *fasthttp.Request) {
		r.Header.SetContentType("application/json")
		r.Header.Set("Content-Encoding", "gzip")
		r.SetBody(packed(t, []byte(`{}`)))
	}, func(c *fiber.Ctx) error { return request.JSON(c, &body{}) })
	if !fault.Is(err, fault.CodeRequestUnsupported) {
		t.Errorf("compressed: %v", err)
	}
}

func packed(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestExport(t *testing.T) {
	line := []byte("{}\n")
	full := bytes.Repeat([]byte(strings.Repeat(" ", 1023)+"\n"), 8<<10)
	whole := packed(t, full)
	for name, c := range map[string]struct {
		contentType, encoding string
		body                  []byte
		want                  fault.Code
	}{
		"plain": {"application/x-ndjson", "", line, ""}, "with charset": {"application/x-ndjson; charset=utf-8", "identity", line, ""},
		"empty": {"application/x-ndjson", "", nil, ""}, "gzip body": {"application/x-ndjson", "", whole, ""},
		"gzip encoding": {"application/x-ndjson", "GZIP", whole, ""}, "gzip type": {"application/gzip", "", whole, ""},
		"8 MiB": {"application/x-ndjson", "", full, ""}, "two gzip members": {"application/gzip", "", append(packed(t, line), packed(t, line)...), ""},
		"more than 8 MiB":                {"application/x-ndjson", "", append(full[:len(full):len(full)], '\n'), fault.CodeRequestTooLarge},
		"10,000 lines":                   {"application/x-ndjson", "", bytes.Repeat(line, request.MaxLines), ""},
		"too many lines":                 {"application/x-ndjson", "", bytes.Repeat(line, request.MaxLines+1), fault.CodeRequestTooLarge},
		"one line more, without its end": {"application/x-ndjson", "", append(bytes.Repeat(line, request.MaxLines), '{', '}'), fault.CodeRequestTooLarge},
		"the last line without its end":  {"application/x-ndjson", "", append(bytes.Repeat(line, request.MaxLines-1), '{', '}'), ""},
		"a bomb":                         {"application/gzip", "", packed(t, make([]byte, request.MaxInflated+1)), fault.CodeRequestTooLarge},
		"as large as allowed":            {"application/gzip", "", packed(t, make([]byte, request.MaxInflated)), ""},
		"cut off":                        {"application/gzip", "", whole[:len(whole)-4], fault.CodeRequestMalformed}, "only a head": {"application/gzip", "", whole[:2], fault.CodeRequestMalformed},
		"flipped": {"application/gzip", "", flipped(whole), fault.CodeRequestMalformed}, "trailing garbage": {"application/gzip", "", append(packed(t, line), "garbage"...), fault.CodeRequestMalformed},
		"announced and not gzip": {"application/x-ndjson", "gzip", line, fault.CodeRequestMalformed},
		"brotli":                 {"application/x-ndjson", "br", line, fault.CodeRequestUnsupported}, "twice": {"application/x-ndjson", "gzip, gzip", whole, fault.CodeRequestUnsupported},
		"JSON": {"application/json", "", line, fault.CodeRequestUnsupported}, "no type": {"", "", line, fault.CodeRequestUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			err := with(t, func(r *fasthttp.Request) {
				r.Header.SetContentType(c.contentType)
				if c.encoding != "" {
					r.Header.Set("Content-Encoding", c.encoding)
				}
				r.SetBody(c.body)
			}, func(ctx *fiber.Ctx) error {
				got, err := request.Export(ctx)
				if err == nil && !bytes.Equal(got, c.body) {
					t.Error("another body")
				}
				return err
			})
			if fault.CodeOf(err) != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func flipped(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)/2] ^= 1
	return b
}

func TestQuery(t *testing.T) {
	for query, want := range map[string]string{
		"": "|20|false", "cursor=a%20b&limit=7&dry_run=true": "a b|7|true", "limit=100": "|100|false", "dry_run=false": "|20|false",
		"limit=0": "limit", "limit=101": "limit", "limit=-1": "limit", "limit=+1": "limit", "limit=1e1": "limit", "limit=": "limit", "limit=99999999999999999999": "limit",
		"dry_run=1": "dry_run", "dry_run=": "dry_run", "dry_run": "dry_run", "dry_run=TRUE": "dry_run",
		"cursor=" + "aaaaaaaaaaa": "cursor", "limit=1&limit=1": "limit", "Limit=1": "unknown", "x=1": "unknown", "limit[]=1": "unknown",
	} {
		err := with(t, func(r *fasthttp.Request) { r.SetRequestURI("/?" + query) }, func(c *fiber.Ctx) error {
			q := request.ReadQuery(c, "cursor", "limit", "dry_run")
			got := fmt.Sprintf("%s|%d|%v", q.Text("cursor", 10), q.Int("limit", 100, 20), q.Bool("dry_run"))
			if q.Err() == nil && got != want {
				t.Errorf("%q: %s, want %s", query, got, want)
			}
			return q.Err()
		})
		if strings.Contains(want, "|") {
			if err != nil {
				t.Errorf("%q: %v", query, err)
			}
			continue
		}
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.CodeRequestMalformed || (want != "unknown" && f.Field != want) || (want == "unknown" && f.Field != "") {
			t.Errorf("%q: %v, want a fault at %s", query, err, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for query, want := range map[string]string{
		"": "none", "after=0": "0", "after=1": "1", "after=007": "7", "after=9007199254740991": "9007199254740991",
		"after=9007199254740992": "after", "after=18446744073709551616": "after", "after=-1": "after", "after=+1": "after", "after=": "after",
		"after=1.5": "after", "after=0x1": "after", "after=1_0": "after", "after=1&after=1": "after",
	} {
		_ = with(t, func(r *fasthttp.Request) { r.SetRequestURI("/?" + query) }, func(c *fiber.Ctx) error {
			q := request.ReadQuery(c, "after")
			n, got := q.Number("after"), "none"
			var f *fault.Error
			switch err := q.Err(); {
			case errors.As(err, &f):
				got = f.Field
			case n != nil:
				got = fmt.Sprint(*n)
			}
			if got != want {
				t.Errorf("%q: %s, want %s", query, got, want)
			}
			return nil
		})
	}
}

// FuzzJSON: a body that is accepted is read the same after it has been written
// again; everything else is one of three faults.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"name":"x","count":1,"yes":true,"list":[{"words":["a"]}]}`, `{"name":null}`, `{"name":"x","name":"y"}`, `{} {}`, `[`, "\xff", `{"count":1e400}`, `{"list":[{"words":[[]]}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got body
		err := read(t, "application/json", string(text), &got)
		switch code := fault.CodeOf(err); code {
		case "", fault.CodeRequestMalformed, fault.CodeRequestTooLarge:
		default:
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && bytes.Count(text, []byte(`"name"`)) > 1 && !bytes.Contains(text, []byte(`\`)) && !strings.Contains(got.Name, `name`) && len(got.List) == 0 {
			t.Errorf("%q: a repeated member is accepted", text)
		}
	})
}

// A handler reads its body strictly and returns the fault as it is.
func ExampleJSON() {
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		fmt.Println(err)
		return c.SendStatus(400)
	}})
	app.Post("/", func(c *fiber.Ctx) error {
		var b struct {
			Name string `json:"name"`
		}
		if err := request.JSON(c, &b); err != nil {
			return err
		}
		fmt.Println("hello", b.Name)
		return nil
	})
	for _, text := range []string{`{"name":"Ánh"}`, `{"name":"Ánh","nmae":1}`} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(text))
		r.Header.Set("Content-Type", "application/json")
		if _, err := app.Test(r); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// hello Ánh
	// request.malformed (nmae): unknown member
}

// TestTexts: a map of texts takes any names, each once, and texts only.
func TestTexts(t *testing.T) {
	type named struct {
		Texts map[string]string `json:"texts"`
	}
	read := func(text string) (got named, err error) {
		err = with(t, func(r *fasthttp.Request) {
			r.Header.SetContentType("application/json")
			r.SetBodyString(text)
		}, func(c *fiber.Ctx) error { return request.JSON(c, &got) })
		return got, err
	}
	got, err := read(`{"texts":{"a":"1","A":"2","số":""}}`)
	if err != nil || len(got.Texts) != 3 || got.Texts["A"] != "2" {
		t.Errorf("%v, %v", got, err)
	}
	for text, field := range map[string]string{
		`{"texts":{"a":"1","a":"1"}}`: "texts.a", `{"texts":{"a":1}}`: "texts.a", `{"texts":{"a":null}}`: "texts.a",
		`{"texts":{"a":{}}}`: "texts.a", `{"texts":{"a":["1"]}}`: "texts.a", `{"texts":{"Nguyễn":true}}`: "texts",
		`{"texts":"a"}`: "texts", `{"texts":1}`: "texts", `{"texts":null}`: "texts", `{"texts":["a"]}`: "texts", `{"texts":{"a":"1"}`: "",
		`{"texts":{"a":"1"`: "texts", `{"texts":{"a":`: "texts.a", `{"texts":{"a"`: "texts.a", `{"texts":{1:"a"}}`: "texts",
	} {
		var f *fault.Error
		if _, err := read(text); !errors.As(err, &f) || f.Code != fault.CodeRequestMalformed || f.Field != field {
			t.Errorf("%s: %v, want field %q", text, err, field)
		}
	}
}
