package catalog

// Codes of wire errors; the verifier uses them as reasons.
const (
	CodeClaimInvalid    = "claim_invalid"    // the value breaks the catalogue's rules
	CodeCatalogOutdated = "catalog_outdated" // the value may be right in a newer catalogue
)

// WireError says why a value cannot travel in a QR or was refused on arrival.
// It never contains the value.
type WireError struct {
	Claim string // claim id, with "[]" for items: "driving_privileges[].issue_date"
	Code  string // CodeClaimInvalid or CodeCatalogOutdated
}

func (e *WireError) Error() string { return "catalog: " + e.Claim + ": " + e.Code }

func (cl *Claim) wireError(code string) error {
	return &WireError{Claim: cl.compiled.path, Code: code}
}

// ToWire converts a value into what a presentation carries: uint64, int64,
// string, bool, nil, []any or map[uint64]any, ready for a CBOR encoder. The
// value is checked first, so that nothing is signed that checkers refuse. The
// error is a *WireError.
func (cl *Claim) ToWire(v any) (any, error) {
	if cl.Key == 0 {
		return nil, cl.wireError(CodeClaimInvalid)
	}
	if at, code := cl.fault(v); code != "" {
		return nil, at.wireError(CodeClaimInvalid)
	}
	return cl.toWire(v), nil
}

// toWire converts a value that has passed fault.
func (cl *Claim) toWire(v any) any {
	if v == nil {
		return nil
	}
	switch cl.Type {
	case TypeDigits:
		n, _ := digits(v.(string))
		return n
	case TypeDate, TypePartialDate:
		p, _ := parsePartial(v.(string))
		if p.day == 0 {
			return v
		}
		return int64(p.first())
	case TypeEnum:
		return uint64(cl.compiled.byValue[v].Code)
	case TypeList:
		list := v.([]any)
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = cl.Item.toWire(item)
		}
		return out
	case TypeObject:
		object := v.(map[string]any)
		out := make(map[uint64]any, len(object))
		for _, member := range cl.Members {
			if value, ok := object[member.ID]; ok {
				out[uint64(member.Key)] = member.toWire(value)
			}
		}
		return out
	}
	return v
}

// FromWire reads a value as a CBOR decoder gives it: uint64, int64, string,
// bool, nil, []any, map[any]any. It accepts exactly what ToWire produces, and
// the result has passed Check. The error is a *WireError; an enum code or a
// member that the catalogue does not know is catalog_outdated, because codes
// are only ever added.
func (cl *Claim) FromWire(w any) (any, error) {
	if cl.Key == 0 {
		return nil, cl.wireError(CodeClaimInvalid)
	}
	return cl.fromWire(w)
}

func (cl *Claim) fromWire(w any) (any, error) {
	switch cl.Type {
	case TypeList:
		if list, ok := w.([]any); ok {
			return cl.listFromWire(list)
		}
	case TypeObject:
		if object, ok := w.(map[any]any); ok {
			return cl.objectFromWire(object)
		}
	}
	v, code := cl.scalarFromWire(w)
	if code == "" {
		var fault string
		if _, fault = cl.fault(v); fault == "" {
			return v, nil
		}
		code = CodeClaimInvalid
	}
	return nil, cl.wireError(code)
}

// scalarFromWire brings the carried form back into the catalogue's. What it
// does not touch is judged by fault.
func (cl *Claim) scalarFromWire(w any) (v any, code string) {
	n, integer := wireInt(w)
	switch cl.Type {
	case TypeDigits:
		if integer {
			return cl.pad(n)
		}
	case TypeDate, TypePartialDate:
		if integer {
			return dayFromWire(n)
		}
		if s, ok := w.(string); ok {
			// A full date travels as a number only: one value, one form.
			if p, ok := parsePartial(s); ok && p.day == 0 && cl.Type == TypePartialDate {
				return w, ""
			}
		}
	case TypeEnum:
		if integer {
			if e := cl.compiled.byCode[uint64(n)]; e != nil && n >= 0 {
				return e.Value, ""
			}
			return nil, CodeCatalogOutdated
		}
	case TypeInt:
		if integer {
			return n, ""
		}
	case TypeText, TypeBool:
		return w, ""
	}
	if w == nil {
		return nil, "" // fault knows whether null is allowed
	}
	return nil, CodeClaimInvalid
}

// pad writes a number with the fixed length of its claim.
func (cl *Claim) pad(n int64) (any, string) {
	if n < 0 {
		return nil, CodeClaimInvalid
	}
	var b [maxDigits]byte
	for i := cl.Length - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	if n != 0 {
		return nil, CodeClaimInvalid
	}
	return string(b[:cl.Length]), ""
}

// Days outside the calendar of MinYear to MaxYear.
var firstDay, lastDay = dayOf(MinYear, 1, 1), dayOf(MaxYear, 12, 31)

func dayFromWire(n int64) (any, string) {
	if n < int64(firstDay) || n > int64(lastDay) {
		return nil, CodeClaimInvalid
	}
	return Day(n).String(), ""
}

// wireInt accepts both signednesses; numbers beyond int64 are no integer of
// the catalogue.
func wireInt(w any) (int64, bool) {
	switch n := w.(type) {
	case uint64:
		return int64(n), n <= 1<<63-1
	case int64:
		return n, true
	}
	return 0, false
}

func (cl *Claim) listFromWire(list []any) (any, error) {
	if len(list) > cl.maxItems() {
		return nil, cl.wireError(CodeClaimInvalid)
	}
	out := make([]any, len(list))
	for i, w := range list {
		v, err := cl.Item.fromWire(w)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (cl *Claim) objectFromWire(object map[any]any) (any, error) {
	out := make(map[string]any, len(object))
	for _, member := range cl.Members {
		w, ok := object[uint64(member.Key)]
		if !ok {
			w, ok = object[int64(member.Key)]
		}
		if !ok {
			if member.Required {
				return nil, cl.wireError(CodeClaimInvalid)
			}
			continue
		}
		v, err := member.fromWire(w)
		if err != nil {
			return nil, err
		}
		out[member.ID] = v
	}
	if len(out) == len(object) {
		return out, nil
	}
	for key := range object {
		if n, ok := wireInt(key); !ok || n < 0 {
			return nil, cl.wireError(CodeClaimInvalid)
		}
	}
	return nil, cl.wireError(CodeCatalogOutdated)
}
