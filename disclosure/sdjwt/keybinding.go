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
	payload, err := decodeObject(s.jwt.payload, "payload", ReasonPayload)
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
	text := s.boundText()
	claims, err := newBuilder(nil).object(nil, []Node{
		{Name: "iat", Value: o.Now.Unix()},
		{Name: "aud", Value: o.Audience},
		{Name: "nonce", Value: o.Nonce},
		{Name: "sd_hash", Value: digestText(text)},
	}, 0, 1)
	if err != nil {
		return "", err
	}
	binding, err := signJWS(o.Signer, []byte(`{"alg":"`+algorithm+`","typ":"`+TypeKeyBinding+`"}`), claims)
	if err != nil {
		return "", err
	}
	if len(binding) > MaxKeyBindingBytes || len(text)+len(binding) > MaxTextBytes {
		return "", refuse(ReasonTooLarge, "key binding")
	}
	return text + binding, nil
}

// verifyKeyBinding is RFC 9901 section 7.3, step 5. The holder's key comes from
// the payload the issuer signed, never from the Key Binding JWT.
func (s *SDJWT) verifyKeyBinding(payload *object, o VerifyOptions) error {
	const where = "key binding"
	if s.keyBinding == "" {
		return refuse(ReasonKeyBindingMissing, where)
	}
	key, err := holderKey(payload)
	if err != nil {
		return err
	}
	binding, err := splitJWS(s.keyBinding, where)
	if err != nil {
		return err
	}
	if err := binding.verify(key, TypeKeyBinding, where, ReasonKeyBindingSignature); err != nil {
		return err
	}
	claims, err := decodeObject(binding.payload, where, ReasonKeyBinding)
	if err != nil {
		return err
	}
	var text [3]string
	for i, name := range []string{"aud", "nonce", "sd_hash"} {
		v, _ := claims.get(name)
		var ok bool
		if text[i], ok = v.(string); !ok {
			return refuse(ReasonKeyBinding, where+" "+name)
		}
	}
	v, _ := claims.get("iat")
	iat, present, err := numericDate(map[string]any{"iat": v}, "iat")
	if err != nil || !present {
		return refuse(ReasonKeyBinding, where+" iat")
	}
	switch {
	case text[0] != o.Audience:
		return refuse(ReasonAudience, where)
	case text[1] != o.Nonce:
		return refuse(ReasonNonce, where)
	case text[2] != digestText(s.boundText()):
		return refuse(ReasonDigestMismatch, where)
	case o.Now.Add(o.Skew).Before(iat), o.Now.After(iat.Add(o.KeyBindingMaxAge + o.Skew)):
		return refuse(ReasonKeyBindingTime, where)
	}
	return nil
}
