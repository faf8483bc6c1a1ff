package sdjwt

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// value appends a node's value. depth is that of the container it stands in.
func (b *builder) value(dst []byte, n *Node, depth int) ([]byte, error) {
	object, array := n.Members != nil, n.Items != nil || n.Array
	switch {
	case object && array, (object || array) && n.Value != nil:
		return nil, b.refuse(ReasonClaim)
	case object:
		return b.object(dst, n.Members, n.Decoys, depth+1)
	case array:
		return b.array(dst, n, depth+1)
	case n.Decoys != 0:
		return nil, b.refuse(ReasonClaim)
	}
	start := len(dst)
	dst, err := b.leaf(dst, n.Value, depth)
	if err != nil {
		return nil, err
	}
	if depth == 1 && isTime(n.Name) {
		if _, err := numericDate(json.Number(dst[start:]), n.Name); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func (b *builder) leaf(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case string:
		return b.string(dst, v)
	}
	text, err := b.encode(v)
	if err != nil {
		return nil, err
	}
	// What comes out of a caller's own types is held to the same rules as a
	// token from outside: no duplicate names, no reserved names, no depth.
	decoded, err := decodeJSONBelow(&scratch{}, text, place{name: strings.Join(b.path, ".")}, depth)
	if err != nil {
		return nil, err
	}
	if hasReserved(decoded) {
		return nil, b.refuse(ReasonReservedName)
	}
	if repaired(text) {
		return nil, b.refuse(ReasonNotUTF8)
	}
	return append(dst, text...), nil
}

// string appends a JSON string. Text that needs no escape, which is nearly all
// of it, is copied; the rest goes through encoding/json.
func (b *builder) string(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, b.refuse(ReasonNotUTF8)
	}
	if plain(s) {
		dst = append(dst, '"')
		dst = append(dst, s...)
		return append(dst, '"'), nil
	}
	text, err := b.encode(s)
	if err != nil {
		return nil, err
	}
	return append(dst, text...), nil
}

// plain tells whether encoding/json would copy s as it is. Besides quotes,
// backslashes and controls it escapes DEL-free U+2028 and U+2029, whose first
// byte in UTF-8 is 0xE2; no Vietnamese letter starts with that byte.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == 0xE2 {
			return false
		}
	}
	return true
}

func (b *builder) encode(v any) (string, error) {
	b.buffer.Reset()
	if err := b.encoder.Encode(v); err != nil {
		// The cause is dropped: a Marshaler may put the value into its error.
		return "", b.refuse(ReasonClaim)
	}
	return strings.TrimSuffix(b.buffer.String(), "\n"), nil
}

// repaired tells whether encoding/json met broken UTF-8: it writes the escape
// \ufffd for it, and the character itself, unescaped, when the text really has
// a U+FFFD.
func repaired(text string) bool {
	for rest := text; ; {
		i := strings.IndexByte(rest, '\\')
		if i < 0 || len(rest) < i+2 {
			return false
		}
		if strings.HasPrefix(rest[i:], `\ufffd`) {
			return true
		}
		rest = rest[i+2:]
	}
}

func hasReserved(v any) bool {
	switch v := v.(type) {
	case *object:
		for _, m := range v.members {
			if reserved(m.name) || hasReserved(m.value) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if hasReserved(item) {
				return true
			}
		}
	}
	return false
}
