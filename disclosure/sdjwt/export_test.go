package sdjwt

import "crypto/ecdsa"

// DecodeJSON lets tests compare the strict decoder with encoding/json.
func DecodeJSON(text string) (any, error) {
	v, err := decodeJSON(text, place{name: "test"})
	return toPlain(v), err
}

// VerifyJWS lets vectors that are about JWS alone, whatever the payload, reach
// the code that verifies every token: the header has no typ.
func VerifyJWS(text string, key *ecdsa.PublicKey) error {
	s, err := splitJWS(text, inJWT)
	if err != nil {
		return err
	}
	return s.verify(&scratch{}, []byte(s.input), key, "", inJWT, ReasonSignature)
}

// HolderKey reads a JWK as it stands in cnf.
func HolderKey(jwk string) (*ecdsa.PublicKey, error) {
	v, err := decodeJSON(`{"cnf":{"jwk":`+jwk+`}}`, inPayload)
	if err != nil {
		return nil, err
	}
	return holderKey(v.(*object))
}

// VerifyES256 and RawSignature are the two ends of a signature's encoding.
var (
	VerifyES256  = verifyES256
	RawSignature = rawSignature
)

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
	case []string:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out
	case []any:
		for i := range v {
			v[i] = toPlain(v[i])
		}
	}
	return v
}
