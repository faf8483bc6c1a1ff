package sdjwt

import (
	"crypto/ecdsa"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"
)

// VerifyOptions is what the verifier knows and wants before it sees a token.
type VerifyOptions struct {
	// Key is the issuer's P-256 key. The caller chose it; a token never does.
	Key *ecdsa.PublicKey
	// Type is the typ header to insist on; "" means TypeVC.
	Type string
	// Now is the moment of verification. It has no default.
	Now time.Time
	// Skew is how far the clocks of issuer, holder and verifier may differ.
	Skew time.Duration
	// Required names top-level claims that must be there after disclosure.
	// Without exp in it, a token that never expires is accepted.
	Required []string

	// RequireKeyBinding makes a Key Binding JWT for Audience and Nonce
	// necessary. When false, one that is attached is not looked at: whether
	// it counts is policy and never the token's choice (RFC 9901 section 7.3).
	RequireKeyBinding bool
	// Audience is this verifier's identifier, compared exactly with aud in the
	// Key Binding JWT, and looked for in the credential's own aud where the
	// issuer wrote one.
	Audience string
	// Nonce is the value this verifier chose for this presentation.
	Nonce string
	// KeyBindingMaxAge limits the age of the Key Binding JWT; 0 means
	// DefaultKeyBindingMaxAge.
	KeyBindingMaxAge time.Duration
}

// Verify parses text and verifies it; see [SDJWT.Verify].
func Verify(text string, o VerifyOptions) (map[string]any, error) {
	s, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return s.Verify(o)
}

// Verify checks signature, type, digests, times, audience, for an SD-JWT VC its
// type claims, and, when required, the key binding (RFC 9901 section 7), and returns the claims as the issuer meant them:
// disclosed ones in their places, _sd and _sd_alg gone, undisclosed ones absent.
// Objects are map[string]any, arrays []any, numbers json.Number. It returns
// claims or an [Error], never both.
func (s *SDJWT) Verify(o VerifyOptions) (map[string]any, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	var sc scratch
	// The signature comes first: nothing an unknown party wrote is decoded
	// beyond the JOSE header.
	if err := s.jwt.verify(&sc, s.bound()[:len(s.jwt.input)], o.Key, o.Type, inJWT, ReasonSignature); err != nil {
		return nil, err
	}
	c, err := s.decode(&sc)
	if err != nil {
		return nil, err
	}
	claims, err := c.expand()
	if err != nil {
		return nil, err
	}
	if err := o.checkTimes(claims); err != nil {
		return nil, err
	}
	if err := o.checkAudience(claims); err != nil {
		return nil, err
	}
	if isVC(o.Type) {
		if err := checkVC(claims); err != nil {
			return nil, err
		}
	}
	for _, name := range o.Required {
		if _, ok := claims[name]; !ok {
			return nil, refuse(ReasonClaimMissing, name)
		}
	}
	if o.RequireKeyBinding {
		if err := s.verifyKeyBinding(&sc, c.payload, o); err != nil {
			return nil, err
		}
	}
	return claims, nil
}

// check refuses options that would quietly verify less than the caller thinks.
func (o *VerifyOptions) check() error {
	if o.Type == "" {
		o.Type = TypeVC
	}
	if o.KeyBindingMaxAge == 0 {
		o.KeyBindingMaxAge = DefaultKeyBindingMaxAge
	}
	switch {
	case !p256(o.Key):
		return refuse(ReasonKey, "issuer")
	case o.Now.IsZero():
		return refuse(ReasonOptions, "now")
	case o.Skew < 0:
		return refuse(ReasonOptions, "skew")
	case o.KeyBindingMaxAge < 0:
		return refuse(ReasonOptions, "key binding max age")
	case o.RequireKeyBinding && o.Audience == "":
		return refuse(ReasonOptions, "audience")
	case o.RequireKeyBinding && o.Nonce == "":
		return refuse(ReasonOptions, "nonce")
	}
	return nil
}

// checkTimes works on the processed claims, so that a selectively disclosed iat
// counts once it is disclosed (RFC 9901 section 7.1, step 6).
func (o *VerifyOptions) checkTimes(claims map[string]any) error {
	var times [3]time.Time
	var present [3]bool
	for i, name := range [...]string{"exp", "nbf", "iat"} {
		var v any
		if v, present[i] = claims[name]; !present[i] {
			continue
		}
		var err error
		if times[i], err = numericDate(v, name); err != nil {
			return err
		}
	}
	switch {
	// RFC 7519 section 4.1.4: refuse "on or after" exp.
	case present[0] && !o.Now.Before(times[0].Add(o.Skew)):
		return refuse(ReasonExpired, "exp")
	case present[1] && o.Now.Add(o.Skew).Before(times[1]):
		return refuse(ReasonNotYetValid, "nbf")
	case present[2] && o.Now.Add(o.Skew).Before(times[2]):
		return refuse(ReasonIssuedInFuture, "iat")
	}
	return nil
}

// checkAudience refuses a credential that its issuer meant for others only: who
// does not find itself in aud must reject (RFC 7519 section 4.1.3). Without an
// Audience of its own, a verifier is in no list.
func (o *VerifyOptions) checkAudience(claims map[string]any) error {
	v, present := claims["aud"]
	if !present {
		return nil
	}
	if list, ok := v.([]any); ok {
		if o.Audience != "" && slices.Contains(list, any(o.Audience)) {
			return nil
		}
	} else if o.Audience != "" && v == any(o.Audience) {
		return nil
	}
	return refuse(ReasonAudience, "aud")
}

// isTime tells whether a top-level claim is a NumericDate.
func isTime(name string) bool { return name == "exp" || name == "nbf" || name == "iat" }

// maxNumericDate is the last second of year 9999; time.Time arithmetic is safe
// up to it, and no paper is valid longer.
const maxNumericDate = 253402300799

// numericDate reads seconds since 1970, possibly with a fraction (RFC 7519
// section 2).
func numericDate(v any, name string) (time.Time, error) {
	n, _ := v.(json.Number)
	if seconds, err := strconv.ParseInt(string(n), 10, 64); err == nil && 0 <= seconds && seconds <= maxNumericDate {
		return time.Unix(seconds, 0), nil
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || !(0 <= f && f <= maxNumericDate) {
		return time.Time{}, refuse(ReasonTime, name)
	}
	seconds, fraction := math.Modf(f)
	return time.Unix(int64(seconds), int64(fraction*1e9)), nil
}
