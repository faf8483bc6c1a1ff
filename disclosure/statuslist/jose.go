package statuslist

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// This file is the only one of the package that knows the JOSE library. It uses
// the library's ES256 primitive on the exact bytes received; algorithm and key
// are ours, and what a header says about either can only lead to a refusal.

const algorithm = "ES256"

// signatureBytes is the length of an ES256 signature (RFC 7518 section 3.4).
const signatureBytes = 64

var strict64 = base64.RawURLEncoding.Strict()

// signed is a compact JWS cut into its parts (RFC 7515 section 7.1).
type signed struct {
	input     string // <header>.<payload>
	payload   string
	signature string
	keyID     string // kid, "" when absent
}

// splitJWS cuts a token and checks its header: nothing is verified yet.
func splitJWS(text, typ string, limit int) (signed, error) {
	if len(text) > limit {
		return signed{}, refuse(ReasonTooLarge, "token")
	}
	header, rest, ok := strings.Cut(text, ".")
	payload, signature, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 || header == "" || payload == "" || signature == "" || strings.Contains(signature, ".") {
		return signed{}, refuse(ReasonMalformed, "token")
	}
	if len(header) > MaxHeaderBytes {
		return signed{}, refuse(ReasonTooLarge, "header")
	}
	s := signed{input: text[:len(header)+1+len(payload)], payload: payload, signature: signature}
	return s, s.checkHeader(header, typ)
}

func (s *signed) checkHeader(text, typ string) error {
	const where = "header"
	raw, err := decode64(text, where)
	if err != nil {
		return err
	}
	h, err := decodeObject(raw, where, ReasonHeader)
	if err != nil {
		return err
	}
	// We implement no critical extension (RFC 7515 section 4.1.11), and b64
	// changes what is signed (RFC 7797).
	for _, name := range []string{"crit", "b64"} {
		if _, present := h[name]; present {
			return refuse(ReasonHeader, where)
		}
	}
	if alg, _ := h.text("alg"); alg != algorithm {
		return refuse(ReasonAlgorithm, where)
	}
	if t, _ := h.text("typ"); t != typ {
		return refuse(ReasonType, where)
	}
	if _, present := h["kid"]; present {
		var ok bool
		if s.keyID, ok = h.text("kid"); !ok {
			return refuse(ReasonHeader, where)
		}
	}
	return nil
}

// verify returns nil only if this very key made the signature.
func (s signed) verify(key *ecdsa.PublicKey) error {
	if !p256(key) {
		return refuse(ReasonKey, "key")
	}
	raw, err := decode64(s.signature, "signature")
	if err != nil {
		return err
	}
	es256, err := jws.NewVerifier(jwa.ES256)
	if err != nil {
		return &Error{Reason: ReasonSignature, Where: "signature", Err: err}
	}
	if es256.Verify([]byte(s.input), raw, key) != nil {
		return refuse(ReasonSignature, "signature")
	}
	return nil
}

// claims decodes the payload, which says nothing about who wrote it.
func (s signed) claims() (object, error) {
	raw, err := decode64(s.payload, "payload")
	if err != nil {
		return nil, err
	}
	return decodeObject(raw, "payload", ReasonPayload)
}

// joseHeader is the header we write.
type joseHeader struct {
	Algorithm string   `json:"alg"`
	Type      string   `json:"typ"`
	KeyID     string   `json:"kid,omitempty"`
	X5C       []string `json:"x5c,omitempty"`
}

// signJWS signs the payload, JSON, and returns the compact form.
func signJWS(signer crypto.Signer, typ, keyID string, certificates [][]byte, payload []byte) (string, error) {
	if signer == nil {
		return "", refuse(ReasonOptions, "signer")
	}
	if key, _ := signer.Public().(*ecdsa.PublicKey); !p256(key) {
		return "", refuse(ReasonKey, "signer")
	}
	if len(certificates) > MaxCertificates {
		return "", refuse(ReasonTooLarge, "x5c")
	}
	h := joseHeader{Algorithm: algorithm, Type: typ, KeyID: keyID}
	for _, der := range certificates {
		if len(der) == 0 {
			return "", refuse(ReasonOptions, "x5c")
		}
		h.X5C = append(h.X5C, base64.StdEncoding.EncodeToString(der))
	}
	header, err := json.Marshal(h)
	if err != nil {
		return "", &Error{Reason: ReasonSigning, Err: err}
	}
	enc := base64.RawURLEncoding
	if enc.EncodedLen(len(header)) > MaxHeaderBytes {
		return "", refuse(ReasonTooLarge, "header")
	}
	size := enc.EncodedLen(len(header)) + enc.EncodedLen(len(payload)) + enc.EncodedLen(signatureBytes) + len("..")
	text := make([]byte, 0, size)
	text = append(enc.AppendEncode(text, header), '.')
	text = enc.AppendEncode(text, payload)
	es256, err := jws.NewSigner(jwa.ES256)
	if err != nil {
		return "", &Error{Reason: ReasonSigning, Err: err}
	}
	signature, err := es256.Sign(text, struct{ crypto.Signer }{signer})
	if err != nil {
		return "", &Error{Reason: ReasonSigning, Err: err}
	}
	return string(enc.AppendEncode(append(text, '.'), signature)), nil
}

func p256(key *ecdsa.PublicKey) bool { return key != nil && key.Curve == elliptic.P256() }

// decode64 accepts one spelling only. The decoder of the standard library skips
// line breaks, so two texts would mean the same bytes.
func decode64(text, where string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, refuse(ReasonEncoding, where)
	}
	raw, err := strict64.DecodeString(text)
	if err != nil {
		return nil, refuse(ReasonEncoding, where)
	}
	return raw, nil
}
