package sdjwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// This file is the only one that knows the JOSE library. It uses the library's
// ES256 primitive on the exact bytes received. The library's own message
// parsing is not used: it re-encodes what it parsed before verifying, and it
// reads headers with a lenient JSON decoder.

const algorithm = "ES256"

// signed is a compact JWS cut into its parts (RFC 7515 section 7.1).
type signed struct {
	text      string
	input     string // <header>.<payload>, the signing input
	header    string
	payload   string
	signature string
}

func splitJWS(text, where string) (signed, error) {
	header, rest, ok := strings.Cut(text, ".")
	payload, signature, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 || header == "" || payload == "" || signature == "" {
		return signed{}, refuse(ReasonMalformed, where)
	}
	if len(header) > MaxHeaderBytes {
		return signed{}, refuse(ReasonTooLarge, where+" header")
	}
	if !base64url(header) || !base64url(payload) || !base64url(signature) {
		return signed{}, refuse(ReasonEncoding, where)
	}
	return signed{
		text: text, input: text[:len(header)+1+len(payload)],
		header: header, payload: payload, signature: signature,
	}, nil
}

// verify checks header and signature. The key is the caller's and the algorithm
// ours; what the header says about either can only lead to a refusal.
func (s signed) verify(key *ecdsa.PublicKey, typ, where string, bad Reason) error {
	h, err := s.decodeHeader(where + " header")
	if err != nil {
		return err
	}
	if h.Algorithm != algorithm {
		return refuse(ReasonAlgorithm, where+" header")
	}
	if h.Type != typ {
		return refuse(ReasonType, where+" header")
	}
	raw, err := decode64(s.signature, where+" signature")
	if err != nil {
		return err
	}
	verifier, err := jws.NewVerifier(jwa.ES256)
	if err != nil {
		return &Error{Reason: bad, Where: where, Err: err}
	}
	if verifier.Verify([]byte(s.input), raw, key) != nil {
		return refuse(bad, where)
	}
	return nil
}

// Header is the JOSE header of the issuer-signed JWT.
type Header struct {
	// Algorithm is alg. Only ES256 is ever accepted.
	Algorithm string
	// Type is typ, for example TypeVC.
	Type string
	// KeyID is kid, "" when absent: a hint which of the issuer's keys to try.
	KeyID string
	// X5C is the certificate chain in DER, leaf first (RFC 7515 section 4.1.6).
	X5C [][]byte
}

// UnsafeHeader returns the header without verifying anything, so that a caller
// can choose among keys it already trusts. Nothing in it is established.
func (s *SDJWT) UnsafeHeader() (Header, error) { return s.jwt.decodeHeader("jwt header") }

func (s signed) decodeHeader(where string) (Header, error) {
	o, err := decodeObject(s.header, where, ReasonHeader)
	if err != nil {
		return Header{}, err
	}
	var h Header
	for _, m := range o.members {
		ok := true
		switch m.name {
		case "alg":
			h.Algorithm, ok = m.value.(string)
		case "typ":
			h.Type, ok = m.value.(string)
		case "kid":
			h.KeyID, ok = m.value.(string)
		case "x5c":
			h.X5C, ok = decodeX5C(m.value)
		case "crit":
			// RFC 7515 section 4.1.11: whoever does not implement a
			// critical extension must refuse, and we implement none.
			ok = false
		}
		if !ok {
			return Header{}, refuse(ReasonHeader, where)
		}
	}
	return h, nil
}

// decodeX5C reads standard base64 with padding, which x5c alone uses.
func decodeX5C(v any) ([][]byte, bool) {
	items, ok := v.([]any)
	if !ok || len(items) == 0 || len(items) > MaxCertificates {
		return nil, false
	}
	chain := make([][]byte, 0, len(items))
	for _, item := range items {
		text, _ := item.(string)
		der, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil || len(der) == 0 {
			return nil, false
		}
		chain = append(chain, der)
	}
	return chain, true
}

// jwsSize is the length of what signJWS returns.
func jwsSize(header, payload []byte) int {
	enc := base64.RawURLEncoding
	return enc.EncodedLen(len(header)) + len(".") + enc.EncodedLen(len(payload)) + len(".") + enc.EncodedLen(signatureBytes)
}

// signJWS signs header and payload, both JSON, and returns the compact form.
func signJWS(signer crypto.Signer, header, payload []byte) (string, error) {
	enc := base64.RawURLEncoding
	text := make([]byte, 0, jwsSize(header, payload))
	text = enc.AppendEncode(text, header)
	text = append(text, '.')
	text = enc.AppendEncode(text, payload)
	es256, err := jws.NewSigner(jwa.ES256)
	if err != nil {
		return "", &Error{Reason: ReasonSigning, Err: err}
	}
	signature, err := es256.Sign(text, struct{ crypto.Signer }{signer})
	if err != nil {
		return "", &Error{Reason: ReasonSigning, Err: err}
	}
	text = append(text, '.')
	return string(enc.AppendEncode(text, signature)), nil
}

// checkSigner refuses a signer before anything is built for it.
func checkSigner(signer crypto.Signer) (*ecdsa.PublicKey, error) {
	if signer == nil {
		return nil, refuse(ReasonOptions, "signer")
	}
	key, _ := signer.Public().(*ecdsa.PublicKey)
	if !p256(key) {
		return nil, refuse(ReasonKey, "signer")
	}
	return key, nil
}

func p256(key *ecdsa.PublicKey) bool { return key != nil && key.Curve == elliptic.P256() }

// Confirmation returns the cnf claim that binds a credential to the holder's
// key (RFC 7800 section 3.2), as a plain claim for Issue.
func Confirmation(holder *ecdsa.PublicKey) (Node, error) {
	if !p256(holder) {
		return Node{}, refuse(ReasonKey, "holder")
	}
	point, err := holder.Bytes()
	if err != nil {
		return Node{}, refuse(ReasonKey, "holder")
	}
	enc := base64.RawURLEncoding
	return Node{Name: "cnf", Members: []Node{{Name: "jwk", Members: []Node{
		{Name: "kty", Value: "EC"},
		{Name: "crv", Value: "P-256"},
		{Name: "x", Value: enc.EncodeToString(point[1:33])},
		{Name: "y", Value: enc.EncodeToString(point[33:])},
	}}}}, nil
}

// holderKey reads cnf.jwk. A private key there means the holder's secret went
// through the issuer, so possession of it proves nothing.
func holderKey(payload *object) (*ecdsa.PublicKey, error) {
	cnf, _ := payload.get("cnf")
	o, _ := cnf.(*object)
	if o == nil {
		return nil, refuse(ReasonHolderKey, "cnf")
	}
	v, _ := o.get("jwk")
	jwk, _ := v.(*object)
	if jwk == nil {
		return nil, refuse(ReasonHolderKey, "cnf")
	}
	if _, secret := jwk.get("d"); secret {
		return nil, refuse(ReasonHolderKey, "cnf")
	}
	kty, _ := jwk.get("kty")
	crv, _ := jwk.get("crv")
	if kty != "EC" || crv != "P-256" {
		return nil, refuse(ReasonHolderKey, "cnf")
	}
	point := []byte{4}
	for _, name := range []string{"x", "y"} {
		v, _ := jwk.get(name)
		text, _ := v.(string)
		if !base64url(text) {
			return nil, refuse(ReasonHolderKey, "cnf")
		}
		raw, err := decode64(text, "cnf")
		if err != nil || len(raw) != 32 {
			return nil, refuse(ReasonHolderKey, "cnf")
		}
		point = append(point, raw...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, refuse(ReasonHolderKey, "cnf")
	}
	return key, nil
}

// decodeObject decodes a base64url part that must be a JSON object.
func decodeObject(text, where string, bad Reason) (*object, error) {
	raw, err := decode64(text, where)
	if err != nil {
		return nil, err
	}
	v, err := decodeJSON(string(raw), where)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*object)
	if !ok {
		return nil, refuse(bad, where)
	}
	return o, nil
}
