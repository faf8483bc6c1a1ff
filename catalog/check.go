package catalog

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Limits that hold where a claim does not tell its own.
const (
	DefaultMaxLength = 200       // characters of a text; legacy addresses exceed 150
	DefaultMaxItems  = 32        // items of a list
	DefaultMaxImage  = 64 << 10  // characters of a data: URI, about 48 KiB of picture
	maxSafeInteger   = 1<<53 - 1 // integers beyond are not exact in JavaScript verifiers
)

// Check reports how a value breaks the claim's rules, nil if it does not. The
// violation names an item by "[]": "driving_privileges[].issue_date". Check
// expects the Go value that Type tells and a normalised text; the unusual form
// that Expected describes is no violation here.
func (cl *Claim) Check(v any) *Violation {
	if at, code := cl.fault(v); code != "" {
		return &Violation{Claim: at.compiled.path, Code: code}
	}
	return nil
}

// fault returns the first rule that a value breaks and the claim, item or
// member it belongs to; an empty code if there is none.
func (cl *Claim) fault(v any) (at *Claim, code string) {
	if v == nil {
		if cl.Nullable {
			return cl, ""
		}
		return cl, CodeNotNullable
	}
	switch cl.Type {
	case TypeEnum:
		return cl, cl.enumFault(v)
	case TypeInt:
		n, ok := v.(int64)
		if !ok {
			return cl, CodeTypeMismatch
		}
		return cl, cl.intFault(n)
	case TypeBool:
		if _, ok := v.(bool); !ok {
			return cl, CodeTypeMismatch
		}
		return cl, ""
	case TypeList:
		return cl.listFault(v)
	case TypeObject:
		return cl.objectFault(v)
	}
	s, ok := v.(string)
	if !ok {
		return cl, CodeTypeMismatch
	}
	return cl, cl.stringFault(s)
}

func (cl *Claim) stringFault(s string) string {
	switch cl.Type {
	case TypeText:
		return cl.textFault(s)
	case TypeDigits:
		if len(s) != cl.Length {
			return CodeLength
		}
		if _, ok := digits(s); !ok || cl.compiled.pattern != nil && !cl.compiled.pattern.match(s) {
			return CodePattern
		}
	case TypeDate, TypePartialDate:
		p, ok := parsePartial(s)
		if !ok || cl.Type == TypeDate && p.day == 0 {
			return CodeNotADate
		}
		if !p.sane() {
			return CodeRange
		}
	case TypeImage:
		return cl.imageFault(s)
	}
	return ""
}

func (cl *Claim) textFault(s string) string {
	// A rune has at most four bytes: what is longer need not be read.
	if s == "" || len(s) > cl.maxLength()*utf8.UTFMax || utf8.RuneCountInString(s) > cl.maxLength() {
		return CodeLength
	}
	if forbiddenText(s) {
		return CodeForbidden
	}
	if !composed(s) {
		return CodeNotNormalised
	}
	if cl.compiled.pattern != nil && !cl.compiled.pattern.match(s) {
		return CodePattern
	}
	return ""
}

func (cl *Claim) intFault(n int64) string {
	if n > maxSafeInteger || n < -maxSafeInteger || cl.Min != nil && n < *cl.Min || cl.Max != nil && n > *cl.Max {
		return CodeRange
	}
	return ""
}

func (cl *Claim) enumFault(v any) string {
	switch v.(type) {
	case string, int64:
	default:
		return CodeTypeMismatch
	}
	if cl.compiled.byValue[v] != nil {
		return ""
	}
	if !sameKind(v, cl.Enum[0].Value) {
		return CodeTypeMismatch
	}
	return CodeNotInEnum
}

func sameKind(a, b any) bool {
	_, x := a.(string)
	_, y := b.(string)
	return x == y
}

// imagePrefixes are the forms of a portrait that a page can show by itself.
var imagePrefixes = []string{"data:image/jpeg;base64,", "data:image/png;base64,", "data:image/webp;base64,"}

func (cl *Claim) imageFault(s string) string {
	if len(s) > cl.maxLength() {
		return CodeLength
	}
	if cl.compiled.pattern != nil && !cl.compiled.pattern.match(s) {
		return CodePattern
	}
	for _, prefix := range imagePrefixes {
		// The decoder passes over line breaks; a data: URI has none.
		if body, ok := strings.CutPrefix(s, prefix); ok && body != "" && !strings.ContainsAny(body, "\r\n") {
			if _, err := base64.StdEncoding.Strict().DecodeString(body); err == nil {
				return ""
			}
		}
	}
	return CodeNotAnImage
}

func (cl *Claim) listFault(v any) (*Claim, string) {
	list, ok := v.([]any)
	if !ok {
		return cl, CodeTypeMismatch
	}
	if len(list) > cl.maxItems() {
		return cl, CodeTooManyItems
	}
	for _, item := range list {
		if at, code := cl.Item.fault(item); code != "" {
			return at, code
		}
	}
	return cl, ""
}

func (cl *Claim) objectFault(v any) (*Claim, string) {
	object, ok := v.(map[string]any)
	if !ok {
		return cl, CodeTypeMismatch
	}
	known := 0
	for _, member := range cl.Members {
		value, present := object[member.ID]
		if !present {
			if member.Required {
				return member, CodeMissing
			}
			continue
		}
		known++
		if at, code := member.fault(value); code != "" {
			return at, code
		}
	}
	if known != len(object) {
		return cl, CodeUnknownClaim
	}
	return cl, ""
}

// maxLength is the limit in characters (text) or bytes (image).
func (cl *Claim) maxLength() int {
	switch {
	case cl.MaxLength > 0:
		return cl.MaxLength
	case cl.Type == TypeImage:
		return DefaultMaxImage
	}
	return DefaultMaxLength
}

func (cl *Claim) maxItems() int {
	if cl.MaxItems > 0 {
		return cl.MaxItems
	}
	return DefaultMaxItems
}

// maxDigits: any number of 15 digits is an exact integer in JavaScript too.
const maxDigits = 15

// digits reads up to maxDigits ASCII digits.
func digits(s string) (uint64, bool) {
	if s == "" || len(s) > maxDigits {
		return 0, false
	}
	var n uint64
	for i := 0; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + uint64(c)
	}
	return n, true
}
