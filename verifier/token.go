package verifier

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/text/unicode/norm"
)

// Limits of a presentation, shared by the minting and the checking side.
const (
	// MaxDocuments is the most documents one presentation carries.
	MaxDocuments = 4
	// MaxFields is the most fields of one document in a presentation.
	MaxFields = 48
	// MaxAudience is the longest audience, in bytes of UTF-8.
	MaxAudience = 64
	// TokenIDSize and NonceSize are the sizes of cti and nonce in bytes.
	TokenIDSize = 8
	NonceSize   = 8
	// maxTime is the last second of the year 9999, where the RFC 3339 of the
	// answers ends.
	maxTime = 253402300799
	// maxDepth is the deepest nesting: claims, documents, list, object, list.
	maxDepth = 8
)

// CWT claim keys of profile 1 (RFC 8392 section 4; RFC 8747 for cnf; the fields
// claim is a private-use key, RFC 8392 section 9.1).
const (
	claimAudience     = 3
	claimExpiry       = 4
	claimIssuedAt     = 6
	claimTokenID      = 7
	claimConfirmation = 8
	claimNonce        = 10
	claimFields       = -65537
	keyDocumentCode   = 0 // inside a document's map of fields
)

// Token is the wire form of a presentation: the claims of a CWT. It is declared
// here once; the minting side writes it and the checking side reads it.
type Token struct {
	ExpiresAt int64             // seconds since 1970-01-01 UTC
	ID        [TokenIDSize]byte // cti, random
	Audience  string            // empty: for whoever checks
	Nonce     []byte            // the checker's challenge, NonceSize bytes, or nil
	IssuedAt  int64             // only in holder-bound presentations; 0 otherwise
	// Confirmation is the encoded cnf claim of a holder-bound presentation
	// (RFC 8747); nil for a bearer presentation.
	Confirmation []byte
	Documents    []TokenDocument
}

// TokenDocument is one document in a token: its wire code and its fields by
// wire key, with values as the catalogue's ToWire gives them.
type TokenDocument struct {
	Code   uint64
	Fields map[uint64]any
}

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		MaxNestedLevels:  maxDepth,
		MaxArrayElements: 64,
		MaxMapPairs:      64,
		UTF8:             cbor.UTF8RejectInvalid,
		IntDec:           cbor.IntDecConvertNone,
		DefaultMapType:   nil,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// cwt is the payload as CBOR writes it; CoreDet puts the keys in order.
type cwt struct {
	Audience     string          `cbor:"3,keyasint,omitempty"`
	ExpiresAt    int64           `cbor:"4,keyasint"`
	IssuedAt     int64           `cbor:"6,keyasint,omitempty"`
	ID           []byte          `cbor:"7,keyasint"`
	Confirmation cbor.RawMessage `cbor:"8,keyasint,omitempty"`
	Nonce        []byte          `cbor:"10,keyasint,omitempty"`
	Fields       any             `cbor:"-65537,keyasint"`
}

// Payload returns the deterministic encoding of the token (RFC 8949 section
// 4.2.1), the bytes that are signed.
func (t *Token) Payload() ([]byte, error) {
	maps := make([]map[uint64]any, len(t.Documents))
	for i, d := range t.Documents {
		m := make(map[uint64]any, len(d.Fields)+1)
		for k, v := range d.Fields {
			m[k] = v
		}
		m[keyDocumentCode] = d.Code
		maps[i] = m
	}
	var fields any = maps
	if len(maps) == 1 {
		fields = maps[0]
	}
	return encoding.Marshal(cwt{
		Audience: t.Audience, ExpiresAt: t.ExpiresAt, IssuedAt: t.IssuedAt, ID: t.ID[:],
		Confirmation: t.Confirmation, Nonce: t.Nonce, Fields: fields,
	})
}

// EncodedSize is how many bytes a wire value takes in a token, before
// compression; 0 for a value that cannot travel.
func EncodedSize(value any) int {
	b, err := encoding.Marshal(value)
	if err != nil {
		return 0
	}
	return len(b)
}

// parsePayload reads a token strictly: what Payload would not write is
// malformed. Document codes and wire keys are not judged here.
func parsePayload(payload []byte) (*Token, *Refusal) {
	if !canonical(payload) {
		return nil, refuse(ReasonMalformed, "payload is not deterministic CBOR of plain values")
	}
	var claims map[any]any
	if err := decoding.Unmarshal(payload, &claims); err != nil || claims == nil {
		return nil, refuse(ReasonMalformed, "payload is not a CBOR map of this profile")
	}
	t := &Token{}
	for key, value := range claims {
		if !t.take(key, value) {
			return nil, refuse(ReasonMalformed, "a claim of the payload is unknown or has the wrong form")
		}
	}
	if t.ExpiresAt <= 0 || t.Documents == nil || claims[uint64(claimTokenID)] == nil {
		return nil, refuse(ReasonMalformed, "a claim of the payload is missing")
	}
	if (t.IssuedAt != 0) != (t.Confirmation != nil) {
		return nil, refuse(ReasonMalformed, "iat and cnf come together or not at all")
	}
	return t, nil
}

// take stores one CWT claim; false if it is unknown or malformed.
func (t *Token) take(key, value any) bool {
	if k, negative := key.(int64); negative {
		return k == claimFields && t.takeDocuments(value)
	}
	k, ok := key.(uint64)
	if !ok {
		return false
	}
	switch k {
	case claimAudience:
		t.Audience, ok = value.(string)
		return ok && ValidAudience(t.Audience)
	case claimExpiry:
		return takeTime(value, &t.ExpiresAt)
	case claimIssuedAt:
		return takeTime(value, &t.IssuedAt)
	case claimTokenID:
		b, ok := value.([]byte)
		return ok && copy(t.ID[:], b) == TokenIDSize && len(b) == TokenIDSize
	case claimNonce:
		t.Nonce, ok = value.([]byte)
		return ok && len(t.Nonce) == NonceSize
	case claimConfirmation:
		return t.takeConfirmation(value)
	}
	return false
}

// check holds a token about to be signed to the limits of the reading side.
func (t *Token) check() error {
	switch {
	case t.ExpiresAt <= 0 || t.ExpiresAt > maxTime || t.IssuedAt < 0 || t.IssuedAt > maxTime:
		return errors.New("verifier: a time of the token is out of range")
	case (t.IssuedAt != 0) != (t.Confirmation != nil):
		return errors.New("verifier: iat and cnf come together or not at all")
	case t.Audience != "" && !ValidAudience(t.Audience):
		return errors.New("verifier: the audience is not printable text of its length in NFC")
	case t.Nonce != nil && len(t.Nonce) != NonceSize:
		return errors.New("verifier: a nonce has 8 bytes")
	case len(t.Documents) < 1 || len(t.Documents) > MaxDocuments:
		return errors.New("verifier: a presentation has 1 to 4 documents")
	}
	for _, d := range t.Documents {
		_, clash := d.Fields[keyDocumentCode]
		if d.Code == 0 || clash || len(d.Fields) < 1 || len(d.Fields) > MaxFields {
			return errors.New("verifier: a document has a code and 1 to 48 fields with keys from 1")
		}
	}
	return nil
}

// takeTime reads seconds since 1970.
func takeTime(value any, to *int64) bool {
	s, ok := value.(uint64)
	if !ok || s == 0 || s > maxTime {
		return false
	}
	*to = int64(s)
	return true
}

// takeConfirmation keeps the cnf claim of a holder-bound presentation: a map
// with one member, 1 (COSE_Key).
func (t *Token) takeConfirmation(value any) bool {
	m, ok := value.(map[any]any)
	if !ok || len(m) != 1 {
		return false
	}
	if _, ok := m[uint64(1)].(map[any]any); !ok {
		return false
	}
	raw, err := encoding.Marshal(value)
	t.Confirmation = raw
	return err == nil
}

// takeDocuments reads one map of fields or an array of at least two.
func (t *Token) takeDocuments(value any) bool {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	} else if len(list) < 2 {
		return false
	}
	if len(list) > MaxDocuments {
		return false
	}
	t.Documents = make([]TokenDocument, 0, len(list))
	for _, item := range list {
		m, ok := item.(map[any]any)
		if !ok || len(m) < 2 || len(m) > MaxFields+1 {
			return false
		}
		d := TokenDocument{Fields: make(map[uint64]any, len(m))}
		for key, v := range m {
			k, ok := key.(uint64)
			if !ok {
				return false
			}
			d.Fields[k] = v
		}
		if d.Code, ok = d.Fields[keyDocumentCode].(uint64); !ok || d.Code == 0 {
			return false
		}
		delete(d.Fields, keyDocumentCode)
		t.Documents = append(t.Documents, d)
	}
	return true
}

// blanks are characters that Unicode counts as letters or symbols and that show
// nothing: a name made of them would be an empty line to the holder. Variation
// selectors and other ignorable characters, which IsPrint counts as marks, are
// told by their property.
const blanks = "\u115F\u1160\u2800\u3164\uFFA0"

// Readable reports whether s is UTF-8 text in NFC of characters that can be
// seen, and plain spaces. It says nothing about length.
func Readable(s string) bool {
	if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) || strings.ContainsAny(s, blanks) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError || unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return false
		}
	}
	return true
}

// ValidAudience reports whether s can be an audience: 1 to MaxAudience bytes of
// Readable text. Audiences are compared byte by byte and read by people: what
// looks the same must be the same, so other spellings and invisible characters
// are out.
func ValidAudience(s string) bool {
	return s != "" && len(s) <= MaxAudience && Readable(s)
}
