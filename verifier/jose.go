package verifier

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// This file is the only place of the package that speaks JOSE. The algorithm is
// ES256 and the key is the one that we name; nothing is taken from the token.

// What a root signs says what it is (RFC 8725 section 3.11): a list cannot pass
// for the word of a new root, nor that for a list.
const (
	trustListType  = "giayto-trust-list+jwt"
	successionType = "giayto-root-succession+jwt"
)

// MaxTrustList is the largest trust list in bytes that is looked at.
const MaxTrustList = 4 << 20

// Key is a public P-256 key with its names.
type Key struct {
	Public     *ecdsa.PublicKey
	Thumbprint string // RFC 7638, SHA-256, base64url without padding
	ID         KeyID  // its first bytes
}

// NewKey names a public key. Only P-256 is accepted.
func NewKey(public *ecdsa.PublicKey) (*Key, error) {
	if public == nil || public.Curve != elliptic.P256() {
		return nil, errors.New("verifier: not a P-256 key")
	}
	point, err := public.Bytes() // 0x04, X, Y; refuses what is no point of the curve
	if err != nil {
		return nil, fmt.Errorf("verifier: not a point of P-256: %w", err)
	}
	return newKey(public, point), nil
}

// newKey names a key by its thumbprint (RFC 7638 section 3.2).
func newKey(public *ecdsa.PublicKey, point []byte) *Key {
	b64 := base64.RawURLEncoding
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + b64.EncodeToString(point[1:33]) + `","y":"` + b64.EncodeToString(point[33:]) + `"}`))
	k := &Key{Public: public, Thumbprint: b64.EncodeToString(sum[:])}
	copy(k.ID[:], sum[:])
	return k
}

// jsonKey is a public EC key as a JWK (RFC 7517, RFC 7518 section 6.2).
type jsonKey struct {
	KeyType string `json:"kty"`
	Curve   string `json:"crv"`
	X       string `json:"x"`
	Y       string `json:"y"`
	Use     string `json:"use,omitempty"`
	Alg     string `json:"alg,omitempty"`
	ID      string `json:"kid,omitempty"`
}

// ParseKey reads a public P-256 key from a JWK. A JWK with a private part, of
// another type or curve, for another use or algorithm, or with a kid that is
// not its thumbprint is refused.
//
// It reads the few members that there are by itself: a trust list has hundreds
// of keys, and the library takes ten times as long.
func ParseKey(raw []byte) (*Key, error) {
	// By exact name: encoding/json would also take "D" for "d".
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, errors.New("verifier: not a JWK")
	}
	text := func(name string) string {
		value := members[name]
		if value == nil || string(value) == "null" {
			return ""
		}
		if n := len(value); value[0] == '"' && bytes.IndexByte(value, '\\') < 0 {
			return string(value[1 : n-1])
		}
		var s string
		if json.Unmarshal(value, &s) != nil {
			return "\x00" // not a text, hence nothing that is allowed
		}
		return s
	}
	if _, private := members["d"]; private || text("kty") != "EC" {
		return nil, errors.New("verifier: not a public EC key")
	}
	if text("crv") != "P-256" {
		return nil, errors.New("verifier: not a P-256 key")
	}
	// What a JWK says about its own use is optional (RFC 7517 section 4.2); said
	// otherwise, the key is meant for something else.
	if use := text("use"); use != "" && use != "sig" {
		return nil, errors.New("verifier: the use of the JWK is not sig")
	}
	if alg := text("alg"); alg != "" && alg != jwa.ES256.String() {
		return nil, errors.New("verifier: the alg of the JWK is not ES256")
	}
	point := make([]byte, 1, 65)
	point[0] = 4
	for _, name := range []string{"x", "y"} {
		// 32 bytes each, with leading zeros (RFC 7518 section 6.2.1.2).
		spelt := text(name)
		coordinate, err := base64.RawURLEncoding.Strict().DecodeString(spelt)
		if err != nil || len(coordinate) != 32 || strings.ContainsAny(spelt, "\r\n") { // which the decoder passes over
			return nil, errors.New("verifier: not a point of P-256")
		}
		point = append(point, coordinate...)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, errors.New("verifier: not a point of P-256")
	}
	k := newKey(public, point)
	if id := text("kid"); id != "" && id != k.Thumbprint {
		return nil, errors.New("verifier: the kid of the JWK is not its thumbprint")
	}
	return k, nil
}

// MarshalJSON writes the key as a JWK with its thumbprint as kid.
func (k *Key) MarshalJSON() ([]byte, error) {
	point, err := k.Public.Bytes() // 0x04, X, Y
	if err != nil {
		return nil, err
	}
	b64 := base64.RawURLEncoding
	return json.Marshal(jsonKey{
		KeyType: "EC", Curve: "P-256", Use: "sig", Alg: "ES256", ID: k.Thumbprint,
		X: b64.EncodeToString(point[1:33]), Y: b64.EncodeToString(point[33:]),
	})
}

// signJWS returns payload as a compact JWS of one of our types under ES256.
func signJWS(payload []byte, root crypto.Signer, typ string) ([]byte, error) {
	public, ok := root.Public().(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("verifier: the root key is not an EC key")
	}
	key, err := NewKey(public)
	if err != nil {
		return nil, err
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.TypeKey, typ); err != nil {
		return nil, err
	}
	if err := headers.Set(jws.KeyIDKey, key.Thumbprint); err != nil {
		return nil, err
	}
	return jws.Sign(payload, jws.WithKey(jwa.ES256, root, jws.WithProtectedHeaders(headers)))
}

// openJWS returns the payload of a compact JWS if this very key signed it under
// ES256 as something of that type.
func openJWS(text []byte, key *Key, typ string) ([]byte, error) {
	head, err := compactHeader(string(text))
	if err != nil {
		return nil, err
	}
	if head, err = exactMembers(head); err != nil {
		return nil, err
	}
	var header map[string]any
	if err := json.Unmarshal(head, &header); err != nil {
		return nil, errors.New("not a compact JWS")
	}
	if header["typ"] != typ {
		return nil, errors.New("not what it should be by its type")
	}
	// The library takes the algorithm that we name and does not compare it with
	// the header's own word (RFC 8725 section 3.1).
	if header["alg"] != jwa.ES256.String() {
		return nil, errors.New("not ES256 by its header")
	}
	// b64 changes what is signed (RFC 7797), with or without crit beside it.
	for _, name := range []string{"crit", "b64"} {
		if _, present := header[name]; present {
			return nil, errors.New("critical header members are not supported")
		}
	}
	return jws.Verify(text, jws.WithKey(jwa.ES256, key.Public), jws.WithCompact())
}

// compactHeader returns the header of a compact JWS of three parts (RFC 7515
// section 7.1), each in the one spelling that base64url without padding has: the
// library also takes padding, the other alphabet and line feeds, and a list
// would then have many texts.
func compactHeader(text string) ([]byte, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, errors.New("not a compact JWS")
	}
	var header []byte
	for i, part := range parts {
		// The decoder passes over line breaks.
		raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil || strings.ContainsAny(part, "\r\n") {
			return nil, errors.New("not a compact JWS")
		}
		if i == 0 {
			header = raw
		}
	}
	return header, nil
}
