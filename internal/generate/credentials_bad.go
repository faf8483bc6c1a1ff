package main

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/giayto/giayto/verifier"
)

func (w *credentialWorkshop) badTokens() []credentialVector {
	r := w.wrong
	good := w.altered(func(claims) {})
	jwt, disclosures, _ := strings.Cut(good, "~")
	parts := strings.Split(jwt, ".")
	kid := w.key(w.keys["credential"]).Thumbprint
	as := func(header string) string { return w.issueAs(header, "credential", w.credential("can_cuoc", 0)) }
	flipped := []byte(good)
	flipped[len(jwt)-10] ^= 3
	unreferenced := base64.RawURLEncoding.EncodeToString([]byte(`["c2FsdA","sex","Nam"]`))
	return []credentialVector{
		r(verifier.ReasonMalformed, "a JWT without disclosures", jwt, nil),
		r(verifier.ReasonMalformed, "tildes alone", "~~", nil),
		r(verifier.ReasonMalformed, "typ of an ordinary JWT", as(`{"alg":"ES256","typ":"JWT","kid":"`+kid+`"}`), nil),
		r(verifier.ReasonMalformed, "typ of a status list", as(`{"alg":"ES256","typ":"statuslist+jwt","kid":"`+kid+`"}`), nil),
		r(verifier.ReasonMalformed, "alg none", as(`{"alg":"none","typ":"dc+sd-jwt","kid":"`+kid+`"}`), nil),
		r(verifier.ReasonMalformed, "critical header member", as(`{"alg":"ES256","typ":"dc+sd-jwt","kid":"`+kid+`","crit":["x"]}`), nil),
		r(verifier.ReasonMalformed, "a disclosure that nothing refers to", good+unreferenced+"~", nil),
		r(verifier.ReasonMalformed, "a disclosure twice", good+disclosures, nil),
		r(verifier.ReasonMalformed, "no exp", w.altered(func(c claims) { delete(c, "exp") }), nil),
		r(verifier.ReasonMalformed, "no iat", w.altered(func(c claims) { delete(c, "iat") }), nil),
		r(verifier.ReasonMalformed, "no vct", w.altered(func(c claims) { delete(c, "vct") }), nil),
		r(verifier.ReasonMalformed, "no iss", w.altered(func(c claims) { delete(c, "iss") }), nil),
		r(verifier.ReasonMalformed, "exp as text", w.altered(func(c claims) { c["exp"] = "soon" }), nil),
		r(verifier.ReasonMalformed, "exp with a fraction", w.altered(func(c claims) { c["exp"] = float64(w.now.Unix()) + 1000.5 }), nil),
		r(verifier.ReasonTooLarge, "longer than any credential", good+strings.Repeat("A", 256<<10), nil),
		r(verifier.ReasonTooLarge, "too many disclosures", jwt+"~"+strings.Repeat("AAAA~", 513), nil),
		r(verifier.ReasonBadSignature, "one bit of the signature", string(flipped), nil),
		r(verifier.ReasonBadSignature, "another payload", parts[0]+"."+base64.RawURLEncoding.EncodeToString([]byte("{}"))+"."+parts[2]+"~", nil),
		r(verifier.ReasonBadSignature, "signed by a stranger with an agency's kid",
			w.issueAs(`{"alg":"ES256","typ":"dc+sd-jwt","kid":"`+kid+`"}`, "stranger", w.credential("can_cuoc", 0)), nil),
	}
}

func (w *credentialWorkshop) badIssuers() []credentialVector {
	r := w.wrong
	c := func() claims { return w.credential("can_cuoc", 0) }
	short := w.key(w.keys["credential"]).Thumbprint[:6]
	stranger := publicJWK(w.keys["stranger"])
	return []credentialVector{
		r(verifier.ReasonUnknownKey, "a stranger", w.issue("stranger", c()), nil),
		r(verifier.ReasonUnknownKey, "no kid", w.issueAs(`{"alg":"ES256","typ":"dc+sd-jwt"}`, "credential", c()), nil),
		r(verifier.ReasonUnknownKey, "the begin of a thumbprint", w.issueAs(`{"alg":"ES256","typ":"dc+sd-jwt","kid":"`+short+`"}`, "credential", c()), nil),
		r(verifier.ReasonUnknownKey, "a key in the header", w.issueAs(fmt.Sprintf(`{"alg":"ES256","typ":"dc+sd-jwt","jwk":{"kty":"EC","crv":"P-256","x":%q,"y":%q}}`,
			stranger["x"], stranger["y"]), "stranger", c()), nil),
		r(verifier.ReasonKeyWrongPurpose, "the key of presentations", w.issue("disclosure", c()), nil),
		r(verifier.ReasonKeyWrongPurpose, "the key of status lists", w.issue("status", c()), nil),
		r(verifier.ReasonKeyWrongPurpose, "another agency's key under the right iss", w.issue("csgt", c()), nil),
		r(verifier.ReasonKeyWrongPurpose, "another agency's key under its own iss", w.issue("csgt", func() claims {
			c := c()
			c["iss"] = vectorOrigin + "/agencies/csgt"
			return c
		}()), nil),
		r(verifier.ReasonKeyWrongPurpose, "iss of another deployment", w.altered(func(c claims) { c["iss"] = "https://other.example/agencies/c06" }), nil),
		r(verifier.ReasonKeyRevoked, "a leaked key", w.issue("leaked", c()), nil),
		r(verifier.ReasonKeyRevoked, "a leaked key, issued long before", w.issue("leaked", func() claims {
			c := c()
			c["iat"] = w.now.Add(-50 * 24 * time.Hour).Unix()
			return c
		}()), nil),
		r(verifier.ReasonKeyNotValid, "a key whose window has ended", w.issue("retired", c()), nil),
		r(verifier.ReasonKeyNotValid, "issued before the window of the key", w.issue("young", c()), nil),
	}
}

func (w *credentialWorkshop) badProofs() []credentialVector {
	r := w.wrong
	text := w.altered(func(claims) {})
	asked := func(v *credentialVector) {
		v.Policy.KeyBinding, v.Policy.Audience, v.Policy.Nonce = true, "https://bank.example", "n-0S6_WzA2Mj"
	}
	with := func(change func(claims)) string {
		b := w.binding(text)
		change(b)
		return w.bind(text, "holder", b)
	}
	good := with(func(claims) {})
	unbound := w.altered(func(c claims) { delete(c, "cnf") })
	other := w.credential("can_cuoc", 0)
	another := w.issue("credential", other, other.examples("can_cuoc", "name", "sex")...)
	return []credentialVector{
		r(verifier.ReasonProofMissing, "no proof", text, asked),
		r(verifier.ReasonProofMissing, "no proof, and an audience alone", text, func(v *credentialVector) { v.Policy.Audience = "https://bank.example" }),
		r(verifier.ReasonAudienceMismatch, "issued for somebody else", w.altered(func(c claims) { c["aud"] = "https://hotel.example" }), nil),
		r(verifier.ReasonAudienceMismatch, "made for somebody else", good, func(v *credentialVector) { asked(v); v.Policy.Audience = "https://hotel.example" }),
		r(verifier.ReasonAudienceMismatch, "a checker that does not say who it is", good, func(v *credentialVector) { asked(v); v.Policy.Audience = "" }),
		r(verifier.ReasonChallengeMismatch, "another nonce", good, func(v *credentialVector) { asked(v); v.Policy.Nonce = "other" }),
		r(verifier.ReasonChallengeMismatch, "a checker without a nonce", good, func(v *credentialVector) { asked(v); v.Policy.Nonce = "" }),
		r(verifier.ReasonProofStale, "six minutes old", with(func(b claims) { b["iat"] = w.now.Add(-6 * time.Minute).Unix() }), asked),
		r(verifier.ReasonProofStale, "of tomorrow", with(func(b claims) { b["iat"] = w.now.Add(24 * time.Hour).Unix() }), asked),
		r(verifier.ReasonProofInvalid, "signed by another key", w.bind(text, "stranger", w.binding(text)), asked),
		r(verifier.ReasonProofInvalid, "of another selection", w.bind(another, "holder", w.binding(text)), asked),
		r(verifier.ReasonProofInvalid, "no sd_hash", with(func(b claims) { delete(b, "sd_hash") }), asked),
		r(verifier.ReasonProofInvalid, "no iat", with(func(b claims) { delete(b, "iat") }), asked),
		r(verifier.ReasonProofInvalid, "a credential without cnf", w.bind(unbound, "holder", w.binding(unbound)), asked),
	}
}

func (w *credentialWorkshop) badRest() []credentialVector {
	r := w.wrong
	good := w.altered(func(claims) {})
	fact := func(path string, value any) string {
		c := w.credential("can_cuoc", 0)
		return w.issue("credential", c, c.fact(path, value))
	}
	vct := func(text string) string { return w.altered(func(c claims) { c["vct"] = vectorOrigin + text }) }
	none := func(v *credentialVector) { v.TrustList, v.Status = "", "" }
	list := func(name string) func(*credentialVector) { return func(v *credentialVector) { v.TrustList = name } }
	return []credentialVector{
		r(verifier.ReasonTrustListMissing, "none at all", good, none),
		r(verifier.ReasonTrustListTooOld, "past its days of grace", good, list("old")),
		r(verifier.ReasonTrustListTooOld, "older than the policy allows", good, func(v *credentialVector) { v.Policy.MaxListAge = 7199 }),
		r(verifier.ReasonClockSuspect, "the clock is before the trust list", good, func(v *credentialVector) { v.Now = w.now.Add(-3 * time.Hour) }),
		r(verifier.ReasonClockSuspect, "the clock is before the status", good, func(v *credentialVector) { v.Status = "ahead" }),
		r(verifier.ReasonExpired, "yesterday", w.altered(func(c claims) { c["exp"] = w.now.Add(-24 * time.Hour).Unix() }), nil),
		r(verifier.ReasonExpired, "just after the tolerance", w.altered(func(c claims) { c["exp"] = w.now.Add(-30 * time.Second).Unix() }), nil),
		r(verifier.ReasonNotYetValid, "nbf tomorrow", w.altered(func(c claims) { c["nbf"] = w.now.Add(24 * time.Hour).Unix() }), nil),
		r(verifier.ReasonNotYetValid, "iat in an hour", w.altered(func(c claims) { c["iat"] = w.now.Add(time.Hour).Unix() }), nil),
		r(verifier.ReasonCatalogOutdated, "unknown document", vct("/vct/ho_chieu/1"), nil),
		r(verifier.ReasonCatalogOutdated, "newer version of the type", vct("/vct/can_cuoc/99"), nil),
		r(verifier.ReasonCatalogOutdated, "unknown claim", fact("shoe_size", 42), nil),
		r(verifier.ReasonCatalogOutdated, "unknown value of a list of values", fact("sex", 77), nil),
		r(verifier.ReasonCatalogOutdated, "a dot in a name", w.altered(func(c claims) { c["address.formatted"] = "Hà Nội" }), nil),
		r(verifier.ReasonClaimInvalid, "a type of another host", w.altered(func(c claims) { c["vct"] = "https://other.example/vct/can_cuoc/1" }), nil),
		r(verifier.ReasonClaimInvalid, "version 01", vct("/vct/can_cuoc/01"), nil),
		r(verifier.ReasonClaimInvalid, "number of eleven digits", fact("personal_administrative_number", "07930500012"), nil),
		r(verifier.ReasonClaimInvalid, "number where text stands", fact("name", 1), nil),
		r(verifier.ReasonClaimInvalid, "name not in NFC", fact("name", "NGUYE\u0302\u0303N"), nil),
		r(verifier.ReasonClaimInvalid, "day 32", fact("birthdate", "2005-01-32"), nil),
		r(verifier.ReasonClaimMissing, "not disclosed", good, func(v *credentialVector) { v.Policy.Require = []string{"can_cuoc/birthdate"} }),
		r(verifier.ReasonClaimMissing, "another document", good, func(v *credentialVector) { v.Policy.Require = []string{"gplx/name"} }),
		r(verifier.ReasonClaimNotMet, "under 18", fact("age_equal_or_over.18", false), func(v *credentialVector) { v.Policy.RequireTrue = []string{"can_cuoc/age_equal_or_over.18"} }),
	}
}
