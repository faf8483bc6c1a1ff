package sdjwt_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

const bindingHeader = `{"alg":"ES256","typ":"kb+jwt"}`

// sdHash recomputes sd_hash from the text alone.
func sdHash(text string) string {
	sum := sha256.Sum256([]byte(text[:strings.LastIndexByte(text, '~')+1]))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func bindingClaims(text string, iat time.Time) string {
	return fmt.Sprintf(`{"iat":%d,"aud":"%s","nonce":"%s","sd_hash":"%s"}`, iat.Unix(), audience, nonce, sdHash(text))
}

func holderJWK(t *testing.T, cnf string) string {
	t.Helper()
	return forge(t, payloadWith(`,"cnf":`+cnf+`,"_sd":["`+digest(nameD)+`"]`), nameD)
}

func bindingRefusals(t *testing.T) []refusal {
	o := bindingOptions()
	point, err := holderKey.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	x, y := b64(string(point[1:33])), b64(string(point[33:]))
	jwk := func(members string) string { return `{"jwk":{"kty":"EC","crv":"P-256",` + members + `}}` }
	text := holderJWK(t, jwk(`"x":"`+x+`","y":"`+y+`"`))
	good := bindingClaims(text, now)
	kb := func(header, claims string) string { return text + signRaw(t, holderKey, header, claims) }
	if _, err := sdjwt.Verify(kb(bindingHeader, good), o); err != nil {
		t.Fatal(err)
	}
	without := func(name string) string { return strings.Replace(good, `"`+name+`"`, `"x-`+name+`"`, 1) }
	undisclosed := text[:strings.IndexByte(text, '~')+1]
	list := []refusal{
		{"no key binding", text, o, sdjwt.ReasonKeyBindingMissing},
		{"key binding no JWS", text + "AA", o, sdjwt.ReasonMalformed},
		{"key binding alg none", kb(`{"alg":"none","typ":"kb+jwt"}`, good), o, sdjwt.ReasonAlgorithm},
		{"key binding typ missing", kb(`{"alg":"ES256"}`, good), o, sdjwt.ReasonType},
		{"key binding typ of a credential", kb(vcHeader, good), o, sdjwt.ReasonType},
		{"key binding signed by another", text + signRaw(t, otherKey, bindingHeader, good), o, sdjwt.ReasonKeyBindingSignature},
		{"key binding signed by the issuer", text + signRaw(t, issuerKey, bindingHeader, good), o, sdjwt.ReasonKeyBindingSignature},
		{"key binding is an array", kb(bindingHeader, `[]`), o, sdjwt.ReasonKeyBinding},
		{"key binding names nonce twice", kb(bindingHeader, strings.TrimSuffix(good, "}")+`,"nonce":"x"}`), o, sdjwt.ReasonDuplicateName},
		{"aud is an array", kb(bindingHeader, strings.Replace(good, `"`+audience+`"`, `["`+audience+`"]`, 1)), o, sdjwt.ReasonKeyBinding},
		{"iat is text", kb(bindingHeader, strings.Replace(good, `"iat":`, `"iat":"x","y":`, 1)), o, sdjwt.ReasonKeyBinding},
		{"another audience", kb(bindingHeader, strings.Replace(good, audience, audience+"/", 1)), o, sdjwt.ReasonAudience},
		{"another nonce", kb(bindingHeader, strings.Replace(good, nonce, nonce+"x", 1)), o, sdjwt.ReasonNonce},
		{"sd_hash of fewer disclosures", kb(bindingHeader, bindingClaims(undisclosed, now)), o, sdjwt.ReasonDigestMismatch},
		{"sd_hash without the last tilde", kb(bindingHeader, strings.Replace(good, sdHash(text), digestOf(strings.TrimSuffix(text, "~")), 1)), o, sdjwt.ReasonDigestMismatch},
		{"a disclosure dropped after binding", undisclosed + signRaw(t, holderKey, bindingHeader, good), o, sdjwt.ReasonDigestMismatch},
		{"key binding too old", kb(bindingHeader, bindingClaims(text, now.Add(-sdjwt.DefaultKeyBindingMaxAge-time.Second))), o, sdjwt.ReasonKeyBindingTime},
		{"key binding expired", kb(bindingHeader, extended(good, "exp", now)), o, sdjwt.ReasonKeyBindingTime},
		{"key binding not yet valid", kb(bindingHeader, extended(good, "nbf", now.Add(time.Second))), o, sdjwt.ReasonKeyBindingTime},
		{"key binding exp is text", kb(bindingHeader, strings.TrimSuffix(good, "}")+`,"exp":"later"}`), o, sdjwt.ReasonKeyBinding},
		{"key binding nbf is null", kb(bindingHeader, strings.TrimSuffix(good, "}")+`,"nbf":null}`), o, sdjwt.ReasonKeyBinding},
		{"key binding from the future", kb(bindingHeader, bindingClaims(text, now.Add(time.Second))), o, sdjwt.ReasonKeyBindingTime},
	}
	for _, name := range []string{"iat", "aud", "nonce", "sd_hash"} {
		list = append(list, refusal{"key binding without " + name, kb(bindingHeader, without(name)), o, sdjwt.ReasonKeyBinding})
	}
	for name, cnf := range map[string]string{
		"no object":      `"x"`,
		"no jwk":         `{"kid":"x"}`,
		"RSA":            `{"jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}}`,
		"other curve":    `{"jwk":{"kty":"EC","crv":"P-384","x":"` + x + `","y":"` + y + `"}}`,
		"no y":           jwk(`"x":"` + x + `"`),
		"short x":        jwk(`"x":"` + x[:40] + `","y":"` + y + `"`),
		"line break":     jwk(`"x":"` + x + `\n","y":"` + y + `"`),
		"not a point":    jwk(`"x":"` + y + `","y":"` + x + `"`),
		"private key":    jwk(`"x":"` + x + `","y":"` + y + `","d":"` + x + `"`),
		"broken base64":  jwk(`"x":"` + x[:42] + `_","y":"` + y + `"`),
		"number for key": jwk(`"x":1,"y":2`),
		"for encryption": jwk(`"use":"enc","x":"` + x + `","y":"` + y + `"`),
		"for deriving":   jwk(`"key_ops":["deriveKey"],"x":"` + x + `","y":"` + y + `"`),
		"other alg":      jwk(`"alg":"ES384","x":"` + x + `","y":"` + y + `"`),
	} {
		bad := holderJWK(t, cnf)
		list = append(list, refusal{"cnf: " + name, bad + signRaw(t, holderKey, bindingHeader, bindingClaims(bad, now)), o, sdjwt.ReasonHolderKey})
	}
	bare := forge(t, payloadWith(""))
	return append(list, refusal{"no cnf", bare + signRaw(t, holderKey, bindingHeader, bindingClaims(bare, now)), o, sdjwt.ReasonHolderKey})
}

// extended adds a time to the claims of a Key Binding JWT.
func extended(claims, name string, at time.Time) string {
	return fmt.Sprintf(`%s,"%s":%d}`, strings.TrimSuffix(claims, "}"), name, at.Unix())
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestBindIsWhatRFC9901Says(t *testing.T) {
	s := selectPaths(t, issue(t, addressCredential(t), sdjwt.IssueOptions{}), []string{"name"})
	text := bind(t, s)
	presented, binding := text[:strings.LastIndexByte(text, '~')+1], text[strings.LastIndexByte(text, '~')+1:]
	if presented != s.String() {
		t.Errorf("binding changed the token")
	}
	parts := strings.Split(binding, ".")
	if got := unb64(t, parts[0]); got != bindingHeader {
		t.Errorf("header is %s", got)
	}
	if got, want := canonicalText(t, unb64(t, parts[1])), canonicalText(t, bindingClaims(text, now)); got != want {
		t.Errorf("claims are %s, want %s", got, want)
	}
	if claims, err := sdjwt.Verify(text, bindingOptions()); err != nil || claims["name"] != "Nguyễn Thị Ánh Tuyết" {
		t.Errorf("verified to %v, %v", claims, err)
	}
}

func TestKeyBindingWindow(t *testing.T) {
	text := bind(t, selectPaths(t, issue(t, addressCredential(t), sdjwt.IssueOptions{})))
	tests := []struct {
		name         string
		at           time.Duration
		maxAge, skew time.Duration
		want         sdjwt.Reason
	}{
		{"at once", 0, time.Minute, 0, ""},
		{"last second", time.Minute, time.Minute, 0, ""},
		{"a second late", time.Minute + time.Second, time.Minute, 0, sdjwt.ReasonKeyBindingTime},
		{"a second late, within skew", time.Minute + time.Second, time.Minute, time.Second, ""},
		{"verifier's clock is behind", -30 * time.Second, time.Minute, 30 * time.Second, ""},
		{"verifier's clock is too far behind", -31 * time.Second, time.Minute, 30 * time.Second, sdjwt.ReasonKeyBindingTime},
		{"default age", sdjwt.DefaultKeyBindingMaxAge, 0, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := bindingOptions()
			o.Now, o.KeyBindingMaxAge, o.Skew = now.Add(test.at), test.maxAge, test.skew
			_, err := sdjwt.Verify(text, o)
			if test.want == "" && err != nil {
				t.Fatal(err)
			}
			if test.want != "" {
				wantReason(t, err, test.want)
			}
		})
	}
}

// A binding that is attached but not asked for decides nothing.
func TestKeyBindingIgnoredWhenNotRequired(t *testing.T) {
	text := selectPaths(t, issue(t, addressCredential(t), sdjwt.IssueOptions{})).String()
	forged := text + signRaw(t, otherKey, bindingHeader, bindingClaims(text, now))
	if _, err := sdjwt.Verify(forged, verifyOptions()); err != nil {
		t.Fatal(err)
	}
	if s := parse(t, forged); !s.HasKeyBinding() || s.String() != forged {
		t.Error("the binding was lost in parsing")
	}
	if s := selectPaths(t, forged); s.HasKeyBinding() || s.String() != text {
		t.Error("a binding survived a selection it was not made for")
	}
}

// Members of a JWK that say that the key may do this, and times of the binding
// that are kept, change nothing.
func TestKeyBindingAccepts(t *testing.T) {
	point, err := holderKey.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, members := range []string{`"use":"sig"`, `"alg":"ES256"`, `"key_ops":["sign","verify"]`, `"kid":"x"`} {
		text := holderJWK(t, fmt.Sprintf(`{"jwk":{"kty":"EC","crv":"P-256","x":"%s","y":"%s",%s}}`, b64(string(point[1:33])), b64(string(point[33:])), members))
		claims := extended(extended(bindingClaims(text, now), "exp", now.Add(time.Second)), "nbf", now)
		if _, err := sdjwt.Verify(text+signRaw(t, holderKey, bindingHeader, claims), bindingOptions()); err != nil {
			t.Errorf("%s: %v", members, err)
		}
	}
}

func TestBindRefuses(t *testing.T) {
	s := parse(t, issue(t, addressCredential(t), sdjwt.IssueOptions{}))
	unbound := parse(t, forge(t, `{}`))
	good := sdjwt.BindOptions{Signer: holderKey, Audience: audience, Nonce: nonce, Now: now}
	tests := []struct {
		name   string
		s      *sdjwt.SDJWT
		change func(*sdjwt.BindOptions)
		want   sdjwt.Reason
	}{
		{"no signer", s, func(o *sdjwt.BindOptions) { o.Signer = nil }, sdjwt.ReasonOptions},
		{"no audience", s, func(o *sdjwt.BindOptions) { o.Audience = "" }, sdjwt.ReasonOptions},
		{"no nonce", s, func(o *sdjwt.BindOptions) { o.Nonce = "" }, sdjwt.ReasonOptions},
		{"no time", s, func(o *sdjwt.BindOptions) { o.Now = time.Time{} }, sdjwt.ReasonOptions},
		{"another holder's key", s, func(o *sdjwt.BindOptions) { o.Signer = otherKey }, sdjwt.ReasonHolderKey},
		{"no cnf", unbound, func(*sdjwt.BindOptions) {}, sdjwt.ReasonHolderKey},
		{"audience not UTF-8", s, func(o *sdjwt.BindOptions) { o.Audience = "\xff" }, sdjwt.ReasonNotUTF8},
		{"nonce too long", s, func(o *sdjwt.BindOptions) { o.Nonce = strings.Repeat("n", sdjwt.MaxKeyBindingBytes) }, sdjwt.ReasonTooLarge},
		{"signer fails", s, func(o *sdjwt.BindOptions) { o.Signer = opaqueSigner{holderKey, errBroken} }, sdjwt.ReasonSigning},
		{"payload is an array", parse(t, forge(t, `[]`)), func(*sdjwt.BindOptions) {}, sdjwt.ReasonPayload},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := good
			test.change(&o)
			_, err := test.s.Bind(o)
			wantReason(t, err, test.want)
		})
	}
}
