package sdjwt

// DecodeJSON lets tests compare the strict decoder with encoding/json.
func DecodeJSON(text string) (any, error) {
	v, err := decodeJSON(text, "test")
	return toPlain(v), err
}

func toPlain(v any) any {
	switch v := v.(type) {
	case *object:
		if v == nil {
			return nil
		}
		out := make(map[string]any, len(v.members))
		for _, m := range v.members {
			out[m.name] = toPlain(m.value)
		}
		return out
	case []any:
		for i := range v {
			v[i] = toPlain(v[i])
		}
	}
	return v
}
