package request

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

// MaxJSON is the largest JSON body in bytes. The largest honest one, a
// selection of every claim of several documents, has about 4 KiB.
const MaxJSON = 16 << 10

// maxDepth bounds how deep objects nest in a member that is taken as it is.
const maxDepth = 8

// JSON reads the body into a struct, whose members are texts, numbers, booleans,
// structs, slices, and maps of texts. A member of type json.RawMessage takes an
// object of any form, for what a browser writes and somebody else reads. The content type must be application/json;
// an unknown or repeated member, a null, a member in other letter case, invalid
// UTF-8 and anything after the object are request.malformed, with the member's
// place in Field when it is known.
func JSON(c *fiber.Ctx, into any) error {
	if err := mediaType(c, fiber.MIMEApplicationJSON); err != nil {
		return err
	}
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return fault.New(fault.CodeRequestUnsupported, "a JSON body is sent without a content encoding")
	}
	body := c.BodyRaw() // Body would inflate without a bound
	if len(body) > MaxJSON {
		return fault.Newf(fault.CodeRequestTooLarge, "at most %d bytes of JSON", MaxJSON)
	}
	if !utf8.Valid(body) {
		return fault.New(fault.CodeRequestMalformed, "the body is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := form(d, reflect.TypeOf(into).Elem(), ""); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.CodeRequestMalformed, "something follows the JSON object")
	}
	if err := json.Unmarshal(body, into); err != nil {
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) {
			return wrong(mistyped.Field, "a value of another type is expected")
		}
		return wrong("", "the body is not JSON")
	}
	return nil
}

// mediaType refuses a body of another kind.
func mediaType(c *fiber.Ctx, allowed ...string) error {
	got, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	for _, want := range allowed {
		if err == nil && got == want {
			return nil
		}
	}
	return fault.New(fault.CodeRequestUnsupported, "expected Content-Type "+strings.Join(allowed, " or "))
}

func wrong(field, why string) error {
	return fault.New(fault.CodeRequestMalformed, why).At(field)
}

// form walks one value beside the Go type that it is meant for. It goes no
// deeper than the type does, so nesting in the body costs nothing.
func form(d *json.Decoder, t reflect.Type, at string) error {
	if t == reflect.TypeFor[json.RawMessage]() {
		return anyObject(d, at)
	}
	token, err := d.Token()
	if err != nil {
		return wrong(at, "the body is not JSON")
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case token == json.Delim('{') && t.Kind() == reflect.Struct:
		return members(d, t, at)
	case token == json.Delim('{') && t.Kind() == reflect.Map:
		return texts(d, at)
	case token == json.Delim('[') && t.Kind() == reflect.Slice:
		return items(d, t, at)
	case token == nil:
		return wrong(at, "null is not allowed; leave the member out")
	}
	_, compound := token.(json.Delim)
	if compound || t.Kind() == reflect.Struct || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		return wrong(at, "a value of another type is expected")
	}
	return nil
}

// anyObject passes over one object, whatever stands in it.
func anyObject(d *json.Decoder, at string) error {
	for depth, first := 0, true; first || depth > 0; first = false {
		token, err := d.Token()
		if err != nil {
			return wrong(at, "the body is not JSON")
		}
		if first && token != json.Delim('{') {
			return wrong(at, "an object is expected")
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth > maxDepth {
			return wrong(at, "the object is too deep")
		}
	}
	return nil
}

func members(d *json.Decoder, t reflect.Type, at string) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return wrong(at, "the body is not JSON")
		}
		field, known := member(t, name)
		place := below(at, name)
		if !known {
			return wrong(place, "unknown member")
		}
		if seen[name] {
			return wrong(place, "the member stands twice")
		}
		seen[name] = true
		if err := form(d, field, place); err != nil {
			return err
		}
	}
	return closed(d, at)
}

// texts walks an object whose names are the client's and whose values are texts.
func texts(d *json.Decoder, at string) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return wrong(at, "the body is not JSON")
		}
		place := below(at, name)
		if seen[name] {
			return wrong(place, "the member stands twice")
		}
		seen[name] = true
		value, err := d.Token()
		if err != nil {
			return wrong(place, "the body is not JSON")
		}
		if _, ok := value.(string); !ok {
			return wrong(place, "a text is expected")
		}
	}
	return closed(d, at)
}

// maxName bounds the names that an answer repeats.
const maxName = 40

// below names a member by its place. A name that does not look like one of ours
// is the client's own text, could be anything, and is not repeated.
func below(at, name string) string {
	for _, r := range name {
		if (r < 'a' || r > 'z') && r != '_' {
			return at
		}
	}
	switch {
	case name == "" || len(name) > maxName:
		return at
	case at == "":
		return name
	}
	return at + "." + name
}

func items(d *json.Decoder, t reflect.Type, at string) error {
	for i := 0; d.More(); i++ {
		if err := form(d, t.Elem(), at+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return closed(d, at)
}

func closed(d *json.Decoder, at string) error {
	if _, err := d.Token(); err != nil {
		return wrong(at, "the body is not JSON")
	}
	return nil
}

// member finds the type of a struct's member by its exact JSON name.
func member(t reflect.Type, name string) (reflect.Type, bool) {
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if tag == name && tag != "" {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}
