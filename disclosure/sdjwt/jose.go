package sdjwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file is the only one that knows JWS. ES256 is crypto/ecdsa on the exact
// bytes received, and the parts around it are cut and read here: a general JOSE
// library re-encodes what it parsed before verifying, reads headers with a
// lenient JSON decoder, and costs more than the rest of a verification. The
// library of the trust list (verifier/jose.go) is the second opinion of this
// package's tests.

const algorithm = "ES256"

// keyBindingJSON is the header of every Key Binding JWT we write, and the
// spelling that needs no decoding when we read one.
const keyBindingJSON = `{"alg":"` + algorithm + `","typ":"` + TypeKeyBinding + `"}`

var keyBindingHeader = base64.RawURLEncoding.EncodeToString([]byte(keyBindingJSON))

// signed is a compact JWS cut into its parts (RFC 7515 section 7.1).
type signed struct {
	text      string
	input     string // <header>.<payload>, the signing input
	header    string
	payload   string
	signature string
}

func splitJWS(text string, where place) (signed, error) {
	header, rest, ok := strings.Cut(text, ".")
	payload, signature, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 || header == "" || payload == "" || signature == "" {
		return signed{}, where.refuse(ReasonMalformed)
	}
	if len(header) > MaxHeaderBytes {
		return signed{}, where.in("header").refuse(ReasonTooLarge)
	}
	if !base64url(header) || !base64url(payload) || !base64url(signature) {
		return signed{}, where.refuse(ReasonEncoding)
	}
	return signed{
		text: text, input: text[:len(header)+1+len(payload)],
		header: header, payload: payload, signature: signature,
	}, nil
}

// verify checks header and signature; input is s.input. The key is the caller's and the algorithm
// ours; what the header says about either can only lead to a refusal.
func (s signed) verify(sc *scratch, input []byte, key *ecdsa.PublicKey, typ string, where place, bad Reason) error {
	if typ != TypeKeyBinding || s.header != keyBindingHeader {
		h, err := s.decodeHeader(sc, where.in("header"))
		if err != nil {
			return err
		}
		if h.Algorithm != algorithm {
			return where.in("header").refuse(ReasonAlgorithm)
		}
		if h.Type != typ {
			return where.in("header").refuse(ReasonType)
		}
	}
	// A signature of another length is none, whatever it spells.
	var raw [signatureBytes]byte
	if strict64.DecodedLen(len(s.signature)) != len(raw) {
		return where.refuse(bad)
	}
	if _, err := strict64.Decode(raw[:], []byte(s.signature)); err != nil {
		return where.in("signature").refuse(ReasonEncoding)
	}
	if !verifyES256(key, input, raw[:]) {
		return where.refuse(bad)
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
func (s *SDJWT) UnsafeHeader() (Header, error) {
	return s.jwt.decodeHeader(&scratch{}, inJWT.in("header"))
}

func (s signed) decodeHeader(sc *scratch, where place) (Header, error) {
	o, err := decodeObject(sc, s.header, where, ReasonHeader)
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
			return Header{}, where.refuse(ReasonHeader)
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
	signature, err := signES256(signer, text)
	if err != nil {
		return "", err
	}
	text = append(text, '.')
	return string(enc.AppendEncode(text, signature)), nil
}

// verifyES256 checks r||s (RFC 7518 section 3.4) over input.
func verifyES256(key *ecdsa.PublicKey, input, raw []byte) bool {
	if len(raw) != signatureBytes {
		return false
	}
	var buffer [maxDERBytes]byte
	der := append(buffer[:0], 0x30, 0)
	der = appendInteger(der, raw[:signatureBytes/2])
	der = appendInteger(der, raw[signatureBytes/2:])
	der[1] = byte(len(der) - 2)
	digest := sha256.Sum256(input)
	return ecdsa.VerifyASN1(key, digest[:], der)
}

// maxDERBytes is the longest ASN.1 form of an ES256 signature: a header of two
// bytes, and twice a header of two, a zero against the sign bit and 32 bytes.
const maxDERBytes = 2 + 2*(2+1+signatureBytes/2)

// appendInteger appends a big-endian number as an ASN.1 INTEGER in DER.
func appendInteger(der, number []byte) []byte {
	for len(number) > 1 && number[0] == 0 {
		number = number[1:]
	}
	if number[0] >= 0x80 {
		der = append(der, 2, byte(len(number)+1), 0)
	} else {
		der = append(der, 2, byte(len(number)))
	}
	return append(der, number...)
}

// signES256 returns r||s over input. What the signer returns is read strictly:
// an HSM's driver that answers in another form must not make a broken token.
func signES256(signer crypto.Signer, input []byte) ([]byte, error) {
	digest := sha256.Sum256(input)
	der, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, &Error{Reason: ReasonSigning, Where: "signer", Err: err}
	}
	raw, ok := rawSignature(der)
	if !ok {
		return nil, refuse(ReasonSigning, "signer's answer")
	}
	return raw, nil
}

// rawSignature turns the ASN.1 form of a signature, in DER and nothing else, into r||s.
func rawSignature(der []byte) ([]byte, bool) {
	raw := make([]byte, signatureBytes)
	outer, inner := cryptobyte.String(der), cryptobyte.String(nil)
	ok := outer.ReadASN1(&inner, asn1.SEQUENCE) && outer.Empty() &&
		readInteger(&inner, raw[:signatureBytes/2]) && readInteger(&inner, raw[signatureBytes/2:]) && inner.Empty()
	return raw, ok
}

// readInteger reads a positive ASN.1 INTEGER and writes it to number, big-endian.
func readInteger(s *cryptobyte.String, number []byte) bool {
	var digits []byte
	if !s.ReadASN1Integer(&digits) || len(digits) > len(number) {
		return false
	}
	copy(number[len(number)-len(digits):], digits)
	return true
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

// decodeObject decodes a base64url part that must be a JSON object.
func decodeObject(sc *scratch, text string, where place, bad Reason) (*object, error) {
	raw := sc.bytes(strict64.DecodedLen(len(text)))
	// One spelling only is accepted: with leftover bits set, two texts would
	// mean the same bytes. The alphabet has been checked.
	if _, err := strict64.Decode(raw, []byte(text)); err != nil {
		return nil, where.refuse(ReasonEncoding)
	}
	v, err := decodeJSONBelow(sc, string(raw), where, 0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*object)
	if !ok {
		return nil, where.refuse(bad)
	}
	return o, nil
}
