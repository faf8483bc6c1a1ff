package statuslist

import (
	"bytes"
	"encoding/json"
	"math"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"
)

// object is a JSON object by the exact names of its members. encoding/json would
// match the fields of a struct in any case, and keep the last of two members of
// one name: two readers of one signed text could then see different claims.
type object map[string]json.RawMessage

// decodeObject reads exactly one JSON object in which no name stands twice, at
// any depth. bad is the reason when it is JSON but no object.
func decodeObject(raw []byte, where string, bad Reason) (object, error) {
	if !utf8.Valid(raw) || !json.Valid(raw) {
		return nil, refuse(ReasonJSON, where)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := unique(dec, where, 0); err != nil {
		return nil, err
	}
	var o object
	if json.Unmarshal(raw, &o) != nil || o == nil {
		return nil, refuse(bad, where)
	}
	return o, nil
}

// unique walks one value and refuses a name that its object already has.
func unique(dec *json.Decoder, where string, depth int) error {
	token, err := dec.Token()
	if err != nil {
		return refuse(ReasonJSON, where)
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	if depth == maxDepth {
		return refuse(ReasonTooLarge, where)
	}
	var names map[json.Token]bool
	if delim == '{' {
		names = map[json.Token]bool{}
	}
	for dec.More() {
		if names != nil {
			name, err := dec.Token()
			if err != nil {
				return refuse(ReasonJSON, where)
			}
			if names[name] {
				return refuse(ReasonDuplicateName, where)
			}
			names[name] = true
		}
		if err := unique(dec, where, depth+1); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return refuse(ReasonJSON, where)
	}
	return nil
}

// text reads a member that must be a string; null is none.
func (o object) text(name string) (value string, ok bool) {
	raw := o[name]
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	return value, json.Unmarshal(raw, &value) == nil
}

// whole reads a member that must be a whole number, written without fraction or
// exponent.
func (o object) whole(name string) (int64, bool) {
	n, err := strconv.ParseInt(string(o[name]), 10, 64)
	return n, err == nil
}

// moment reads a NumericDate, possibly with a fraction, which is cut off (RFC
// 7519 section 2).
func (o object) moment(name string) (t time.Time, present bool, err error) {
	raw, present := o[name]
	if !present {
		return time.Time{}, false, nil
	}
	seconds, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || !(0 <= seconds && seconds <= maxNumericDate) {
		return time.Time{}, false, refuse(ReasonTime, name)
	}
	return time.Unix(int64(math.Floor(seconds)), 0).UTC(), true, nil
}

// checkURI accepts the absolute addresses under which a list can be published.
// http is for a deployment on the machine itself; whoever fetches decides.
func checkURI(uri, where string) error {
	if uri == "" || len(uri) > MaxURIBytes {
		return refuse(ReasonURI, where)
	}
	for _, c := range []byte(uri) {
		if c <= ' ' || c >= 0x7f {
			return refuse(ReasonURI, where)
		}
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return refuse(ReasonURI, where)
	}
	return nil
}
