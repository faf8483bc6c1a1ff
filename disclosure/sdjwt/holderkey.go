package sdjwt

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"slices"
)

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

// coordinateBytes is the length of x and y of a P-256 key (RFC 7518 section 6.2.1.2).
const coordinateBytes = 32

// forSignatures tells whether a key may verify ES256 signatures: what it says of
// its use may be left out, but not contradict it (RFC 7517 sections 4.2 to 4.4).
func forSignatures(jwk *object) bool {
	if use, present := jwk.get("use"); present && use != "sig" {
		return false
	}
	if alg, present := jwk.get("alg"); present && alg != algorithm {
		return false
	}
	ops, present := jwk.get("key_ops")
	if !present {
		return true
	}
	list, _ := ops.([]any)
	return slices.Contains(list, any("verify"))
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
	if kty != "EC" || crv != "P-256" || !forSignatures(jwk) {
		return nil, refuse(ReasonHolderKey, "cnf")
	}
	var point [1 + 2*coordinateBytes]byte
	point[0] = 4 // uncompressed (SEC 1 section 2.3.4)
	for i, name := range [...]string{"x", "y"} {
		v, _ := jwk.get(name)
		text, _ := v.(string)
		if strict64.DecodedLen(len(text)) != coordinateBytes || !base64url(text) {
			return nil, refuse(ReasonHolderKey, "cnf")
		}
		if _, err := strict64.Decode(point[1+i*coordinateBytes:], []byte(text)); err != nil {
			return nil, refuse(ReasonHolderKey, "cnf")
		}
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point[:])
	if err != nil {
		return nil, refuse(ReasonHolderKey, "cnf")
	}
	return key, nil
}
