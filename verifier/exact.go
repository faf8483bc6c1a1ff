package verifier

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// maxListDepth bounds the nesting of a trust list; ours have four levels.
const maxListDepth = 16

// exactMembers returns the JSON object with only those members whose names have
// no capital letter, and refuses an object anywhere in it that names a member
// twice. Every name of a trust list is in small letters: encoding/json would
// take "Version" or "VERSION" for "version" and the last of two, where the
// specification calls the one unknown and other readers take the other.
func exactMembers(raw []byte) ([]byte, error) {
	if !json.Valid(raw) {
		return nil, errors.New("the trust list is not one JSON text")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var out bytes.Buffer
	if err := copyExact(dec, &out, 0); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the trust list")
	}
	return out.Bytes(), nil
}

// copyExact copies one value to out; a nil out means that it is passed over.
func copyExact(dec *json.Decoder, out *bytes.Buffer, depth int) error {
	if depth > maxListDepth {
		return errors.New("the trust list is nested too deeply")
	}
	token, err := dec.Token()
	if err != nil {
		return errors.New("the trust list is not JSON")
	}
	switch token {
	case json.Delim('{'):
		return copyObject(dec, out, depth)
	case json.Delim('['):
		return copyArray(dec, out, depth)
	}
	return write(out, token)
}

func copyObject(dec *json.Decoder, out *bytes.Buffer, depth int) error {
	text(out, "{")
	seen := map[string]bool{}
	written := false
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return errors.New("the trust list is not JSON")
		}
		if seen[name] {
			return errors.New("a member stands twice in the trust list")
		}
		seen[name] = true
		to := out
		if strings.ToLower(name) != name || !ascii(name) {
			to = nil // no name of ours
		} else {
			if written {
				text(to, ",")
			}
			written = written || to != nil
			if err := write(to, name); err != nil {
				return err
			}
			text(to, ":")
		}
		if err := copyExact(dec, to, depth+1); err != nil {
			return err
		}
	}
	text(out, "}")
	_, err := dec.Token()
	return err
}

func copyArray(dec *json.Decoder, out *bytes.Buffer, depth int) error {
	text(out, "[")
	for i := 0; dec.More(); i++ {
		if i > 0 {
			text(out, ",")
		}
		if err := copyExact(dec, out, depth+1); err != nil {
			return err
		}
	}
	text(out, "]")
	_, err := dec.Token()
	return err
}

func text(out *bytes.Buffer, s string) {
	if out != nil {
		out.WriteString(s)
	}
}

// write copies a scalar or a name.
func write(out *bytes.Buffer, token json.Token) error {
	if out == nil {
		return nil
	}
	raw, err := json.Marshal(token)
	if err != nil {
		return errors.New("the trust list is not JSON")
	}
	out.Write(raw)
	return nil
}

// ascii: a letter outside could fold to one of ours, as the long s does.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
