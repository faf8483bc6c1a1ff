package bolt

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/giayto/giayto/internal/fault"
)

// storable returns a copy of claim values of which JSON changes nothing:
// strings of UTF-8, int64, bool, nil, and lists and objects of them. Anything
// else is a fault that names the claim: a float64 would come back as an
// integer or not at all, a Go int as an int64.
func storable(values map[string]any) (map[string]any, error) {
	if values == nil {
		return nil, nil
	}
	out := make(map[string]any, len(values))
	for id, v := range values {
		if !utf8.ValidString(id) {
			return nil, fault.New(fault.CodeInternal, "a claim id is not UTF-8")
		}
		kept, ok := storableValue(v)
		if !ok {
			return nil, fault.Newf(fault.CodeInternal, "the value of claim %s has a type that cannot be stored", id)
		}
		out[id] = kept
	}
	return out, nil
}

func storableValue(v any) (any, bool) {
	switch x := v.(type) {
	case nil, bool, int64:
		return x, true
	case string:
		return x, utf8.ValidString(x)
	case []any:
		// Never nil: JSON would write null and lose that it is a list.
		out := make([]any, len(x))
		for i, item := range x {
			kept, ok := storableValue(item)
			if !ok {
				return nil, false
			}
			out[i] = kept
		}
		return out, true
	case map[string]any:
		out := make(map[string]any, len(x))
		for name, member := range x {
			kept, ok := storableValue(member)
			if !ok || !utf8.ValidString(name) {
				return nil, false
			}
			out[name] = kept
		}
		return out, true
	default:
		return nil, false
	}
}

// restore turns the numbers of decoded values back into int64, in place.
func restore(values map[string]any) error {
	for id, v := range values {
		restored, ok := restoreValue(v)
		if !ok {
			return damaged("claim value")
		}
		values[id] = restored
	}
	return nil
}

func restoreValue(v any) (any, bool) {
	switch x := v.(type) {
	case json.Number:
		n, err := x.Int64()
		return n, err == nil
	case []any:
		for i, item := range x {
			restored, ok := restoreValue(item)
			if !ok {
				return nil, false
			}
			x[i] = restored
		}
		return x, true
	case map[string]any:
		for name, member := range x {
			restored, ok := restoreValue(member)
			if !ok {
				return nil, false
			}
			x[name] = restored
		}
		return x, true
	default:
		return x, true
	}
}
