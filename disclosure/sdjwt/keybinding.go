package sdjwt

import (
	"crypto"
	"time"
)

// BindOptions says for whom and when the holder presents.
type BindOptions struct {
	// Signer holds the private half of the key in the credential's cnf claim.
	Signer crypto.Signer
	// Audience is the verifier's identifier, written to aud.
	Audience string
	// Nonce is the value the verifier chose.
	Nonce string
	// Now is the moment of presentation, written to iat in whole seconds.
	Now time.Time
}

// Bind appends a Key Binding JWT over exactly the disclosures s carries (RFC
// 9901 section 4.3) and returns the compact SD-JWT+KB. A binding that is
// already attached is replaced. It refuses a signer that is not the one the
// credential was issued to, because no verifier would accept the result.
func (s *SDJWT) Bind(o BindOptions) (string, error) {
	key, err := checkSigner(o.Signer)
	if err != nil {
		return "", err
	}
	switch {
	case o.Audience == "":
		return "", refuse(ReasonOptions, "audience")
	case o.Nonce == "":
		return "", refuse(ReasonOptions, "nonce")
	case o.Now.IsZero():
		return "", refuse(ReasonOptions, "now")
	}
	payload, err := decodeObject(&scratch{}, s.jwt.payload, inPayload, ReasonPayload)
	if err != nil {
		return "", err
	}
	holder, err := holderKey(payload)
	if err != nil {
		return "", err
	}
	if !holder.Equal(key) {
		return "", refuse(ReasonHolderKey, "signer")
	}
	text := s.bound()
	claims, err := newBuilder(nil).object(nil, []Node{
		{Name: "iat", Value: o.Now.Unix()},
		{Name: "aud", Value: o.Audience},
		{Name: "nonce", Value: o.Nonce},
		{Name: "sd_hash", Value: digestText(text)},
	}, 0, 1)
	if err != nil {
		return "", err
	}
	binding, err := signJWS(o.Signer, []byte(keyBindingJSON), claims)
	if err != nil {
		return "", err
	}
	if len(binding) > MaxKeyBindingBytes || len(text)+len(binding) > MaxTextBytes {
		return "", refuse(ReasonTooLarge, "key binding")
	}
	return string(text) + binding, nil
}

// verifyKeyBinding is RFC 9901 section 7.3, step 5. The holder's key comes from
// the payload the issuer signed, never from the Key Binding JWT.
func (s *SDJWT) verifyKeyBinding(sc *scratch, payload *object, o VerifyOptions) error {
	if s.keyBinding == "" {
		return inKeyBinding.refuse(ReasonKeyBindingMissing)
	}
	key, err := holderKey(payload)
	if err != nil {
		return err
	}
	input := s.text[len(s.text)-len(s.keyBinding):][:len(s.binding.input)]
	if err := s.binding.verify(sc, input, key, TypeKeyBinding, inKeyBinding, ReasonKeyBindingSignature); err != nil {
		return err
	}
	claims, err := decodeObject(sc, s.binding.payload, inKeyBinding, ReasonKeyBinding)
	if err != nil {
		return err
	}
	var text [3]string
	for i, name := range [...]string{"aud", "nonce", "sd_hash"} {
		v, _ := claims.get(name)
		var ok bool
		if text[i], ok = v.(string); !ok {
			return inKeyBinding.in(name).refuse(ReasonKeyBinding)
		}
	}
	switch {
	case text[0] != o.Audience:
		return inKeyBinding.refuse(ReasonAudience)
	case text[1] != o.Nonce:
		return inKeyBinding.refuse(ReasonNonce)
	case text[2] != digestText(s.bound()):
		return inKeyBinding.refuse(ReasonDigestMismatch)
	}
	return o.checkBindingTimes(claims)
}

// checkBindingTimes looks at iat, which RFC 9901 requires, and at exp and nbf,
// which count in a Key Binding JWT as in every JWT when they are there (RFC
// 9901 section 7.3, step 5.h).
func (o *VerifyOptions) checkBindingTimes(claims *object) error {
	var times [3]time.Time
	var present [3]bool
	for i, name := range [...]string{"iat", "exp", "nbf"} {
		var v any
		if v, present[i] = claims.get(name); !present[i] && name != "iat" {
			continue
		}
		var err error
		if times[i], err = numericDate(v, name); err != nil {
			return inKeyBinding.in(name).refuse(ReasonKeyBinding)
		}
	}
	iat, exp, nbf := times[0], times[1], times[2]
	switch {
	case o.Now.Add(o.Skew).Before(iat), o.Now.After(iat.Add(o.KeyBindingMaxAge + o.Skew)),
		present[1] && !o.Now.Before(exp.Add(o.Skew)),
		present[2] && o.Now.Add(o.Skew).Before(nbf):
		return inKeyBinding.refuse(ReasonKeyBindingTime)
	}
	return nil
}
