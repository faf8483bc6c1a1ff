package sdjwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// refusal is one bad input and the reason it must be refused for.
type refusal struct {
	name string
	text string
	o    sdjwt.VerifyOptions
	want sdjwt.Reason
}

const (
	nameD    = `["c2FsdA","name","Lê Thị Hoa"]`
	elementD = `["c2FsdA","VN"]`
)

// payloadWith puts members into an otherwise good payload.
func payloadWith(members string) string {
	return fmt.Sprintf(`{"iss":"https://cap.example.vn","vct":"urn:vn:giayto:can_cuoc:1","exp":%d,"_sd_alg":"sha-256"%s}`, now.Unix()+60, members)
}

func signatureRefusals(t *testing.T) []refusal {
	o := verifyOptions()
	payload := payloadWith("")
	with := func(header string) string { return signRaw(t, issuerKey, header, payload) + "~" }
	good := with(vcHeader)
	other := o
	other.Key = &otherKey.PublicKey
	legacy := o
	legacy.Type = "vc+sd-jwt"
	parts := strings.Split(strings.TrimSuffix(good, "~"), ".")
	hijacked := b64(`{"alg":"ES256","typ":"dc+sd-jwt","jwk":` + rfcConfirmation + `}`)
	return []refusal{
		{"alg none", b64(`{"alg":"none","typ":"dc+sd-jwt"}`) + "." + parts[1] + ".AA~", o, sdjwt.ReasonAlgorithm},
		{"alg None", with(`{"alg":"None","typ":"dc+sd-jwt"}`), o, sdjwt.ReasonAlgorithm},
		{"alg HS256", with(`{"alg":"HS256","typ":"dc+sd-jwt"}`), o, sdjwt.ReasonAlgorithm},
		{"alg ES384", with(`{"alg":"ES384","typ":"dc+sd-jwt"}`), o, sdjwt.ReasonAlgorithm},
		{"alg es256", with(`{"alg":"es256","typ":"dc+sd-jwt"}`), o, sdjwt.ReasonAlgorithm},
		{"alg missing", with(`{"typ":"dc+sd-jwt"}`), o, sdjwt.ReasonAlgorithm},
		{"alg in other case", with(`{"ALG":"ES256","typ":"dc+sd-jwt"}`), o, sdjwt.ReasonAlgorithm},
		{"alg no string", with(`{"alg":256,"typ":"dc+sd-jwt"}`), o, sdjwt.ReasonHeader},
		{"alg twice", with(`{"alg":"none","alg":"ES256","typ":"dc+sd-jwt"}`), o, sdjwt.ReasonDuplicateName},
		{"typ missing", with(`{"alg":"ES256"}`), o, sdjwt.ReasonType},
		{"typ JWT", with(`{"alg":"ES256","typ":"JWT"}`), o, sdjwt.ReasonType},
		{"typ of key binding", with(`{"alg":"ES256","typ":"kb+jwt"}`), o, sdjwt.ReasonType},
		{"typ in capitals", with(`{"alg":"ES256","typ":"DC+SD-JWT"}`), o, sdjwt.ReasonType},
		{"typ of old drafts", with(`{"alg":"ES256","typ":"vc+sd-jwt"}`), o, sdjwt.ReasonType},
		{"typ not the asked one", good, legacy, sdjwt.ReasonType},
		{"crit", with(`{"alg":"ES256","typ":"dc+sd-jwt","crit":["b64"],"b64":false}`), o, sdjwt.ReasonHeader},
		{"header is an array", with(`["ES256"]`), o, sdjwt.ReasonHeader},
		{"kid no string", with(`{"alg":"ES256","typ":"dc+sd-jwt","kid":1}`), o, sdjwt.ReasonHeader},
		{"x5c no array", with(`{"alg":"ES256","typ":"dc+sd-jwt","x5c":"MA=="}`), o, sdjwt.ReasonHeader},
		{"x5c empty", with(`{"alg":"ES256","typ":"dc+sd-jwt","x5c":[]}`), o, sdjwt.ReasonHeader},
		{"x5c in base64url", with(`{"alg":"ES256","typ":"dc+sd-jwt","x5c":["-_8"]}`), o, sdjwt.ReasonHeader},
		{"x5c too long", with(`{"alg":"ES256","typ":"dc+sd-jwt","x5c":["MA=="` + strings.Repeat(`,"MA=="`, sdjwt.MaxCertificates) + `]}`), o, sdjwt.ReasonHeader},
		{"another issuer's key", good, other, sdjwt.ReasonSignature},
		{"key in the header", hijacked + "." + parts[1] + "." + strings.Split(signRaw(t, rfcHolder, `{"alg":"ES256"}`, payload), ".")[2] + "~", o, sdjwt.ReasonSignature},
		{"payload exchanged", parts[0] + "." + b64(payloadWith(`,"sub":"1"`)) + "." + parts[2] + "~", o, sdjwt.ReasonSignature},
		{"header exchanged", b64(`{"alg":"ES256","typ":"dc+sd-jwt","kid":"x"}`) + "." + parts[1] + "." + parts[2] + "~", o, sdjwt.ReasonSignature},
		{"signature cut", parts[0] + "." + parts[1] + "." + parts[2][:84] + "~", o, sdjwt.ReasonSignature},
		{"signature of zeros", parts[0] + "." + parts[1] + "." + strings.Repeat("A", 86) + "~", o, sdjwt.ReasonSignature},
		{"signature with a byte more", parts[0] + "." + parts[1] + "." + b64(unb64(t, parts[2])+"\x00") + "~", o, sdjwt.ReasonSignature},
	}
}

func timeRefusals(t *testing.T) []refusal {
	o := verifyOptions()
	skewed := o
	skewed.Skew = time.Minute
	required := o
	required.Required = []string{"iss", "document_number"}
	at := func(name string, d time.Duration) string {
		return forge(t, fmt.Sprintf(`{"%s":%d}`, name, now.Add(d).Unix()))
	}
	iat := fmt.Sprintf(`["s","iat",%d]`, now.Unix()+10)
	return []refusal{
		{"expired", at("exp", -time.Second), o, sdjwt.ReasonExpired},
		{"expires this second", at("exp", 0), o, sdjwt.ReasonExpired},
		{"expired, skew used up", at("exp", -time.Minute), skewed, sdjwt.ReasonExpired},
		{"expired, fraction", forge(t, `{"exp":0.5}`), o, sdjwt.ReasonExpired},
		{"not yet valid", at("nbf", time.Second), o, sdjwt.ReasonNotYetValid},
		{"not yet valid, skew used up", at("nbf", 61*time.Second), skewed, sdjwt.ReasonNotYetValid},
		{"issued in the future", at("iat", time.Second), o, sdjwt.ReasonIssuedInFuture},
		{"disclosed iat in the future", forge(t, `{"_sd":["`+digest(iat)+`"]}`, iat), o, sdjwt.ReasonIssuedInFuture},
		{"exp is text", forge(t, `{"exp":"2030"}`), o, sdjwt.ReasonTime},
		{"exp is null", forge(t, `{"exp":null}`), o, sdjwt.ReasonTime},
		{"exp is negative", forge(t, `{"exp":-1}`), o, sdjwt.ReasonTime},
		{"exp is astronomic", forge(t, `{"exp":1e300}`), o, sdjwt.ReasonTime},
		{"exp beyond numbers", forge(t, `{"exp":1e999}`), o, sdjwt.ReasonTime},
		{"nbf is an array", forge(t, `{"nbf":[1]}`), o, sdjwt.ReasonTime},
		{"iat is a bool", forge(t, `{"iat":true}`), o, sdjwt.ReasonTime},
		{"required claim missing", forge(t, payloadWith("")), required, sdjwt.ReasonClaimMissing},
	}
}

func optionRefusals(t *testing.T) []refusal {
	good := forge(t, payloadWith(""))
	with := func(change func(*sdjwt.VerifyOptions)) sdjwt.VerifyOptions {
		o := bindingOptions()
		change(&o)
		return o
	}
	p384, err := ecdsa.ParseRawPrivateKey(elliptic.P384(), append(make([]byte, 47), 7))
	if err != nil {
		t.Fatal(err)
	}
	return []refusal{
		{"no key", good, with(func(o *sdjwt.VerifyOptions) { o.Key = nil }), sdjwt.ReasonKey},
		{"key of another curve", good, with(func(o *sdjwt.VerifyOptions) { o.Key = &p384.PublicKey }), sdjwt.ReasonKey},
		{"no time", good, with(func(o *sdjwt.VerifyOptions) { o.Now = time.Time{} }), sdjwt.ReasonOptions},
		{"negative skew", good, with(func(o *sdjwt.VerifyOptions) { o.Skew = -1 }), sdjwt.ReasonOptions},
		{"negative age", good, with(func(o *sdjwt.VerifyOptions) { o.KeyBindingMaxAge = -1 }), sdjwt.ReasonOptions},
		{"no audience", good, with(func(o *sdjwt.VerifyOptions) { o.Audience = "" }), sdjwt.ReasonOptions},
		{"no nonce", good, with(func(o *sdjwt.VerifyOptions) { o.Nonce = "" }), sdjwt.ReasonOptions},
	}
}

func verifyRefusals(t *testing.T) []refusal {
	return slices.Concat(formRefusals(t), vcRefusals(t), signatureRefusals(t), digestRefusals(t), timeRefusals(t),
		optionRefusals(t), bindingRefusals(t))
}

func TestVerifyRefuses(t *testing.T) {
	for _, r := range verifyRefusals(t) {
		t.Run(r.name, func(t *testing.T) {
			claims, err := sdjwt.Verify(r.text, r.o)
			if claims != nil {
				t.Error("claims came with the error")
			}
			wantReason(t, err, r.want)
			var e *sdjwt.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Error(), "sdjwt: "+string(r.want)) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// Every reason of the closed set is reachable, and nothing else is given.
func TestEveryReasonIsGiven(t *testing.T) {
	given := map[sdjwt.Reason]bool{}
	for _, r := range verifyRefusals(t) {
		_, err := sdjwt.Verify(r.text, r.o)
		given[sdjwt.ReasonOf(err)] = true
	}
	for _, r := range issueRefusals(t) {
		_, err := sdjwt.Issue(r.claims, r.o)
		given[sdjwt.ReasonOf(err)] = true
	}
	for _, r := range chainRefusals(t) {
		_, _, err := sdjwt.VerifyChain(r.chain, r.roots, r.at)
		given[sdjwt.ReasonOf(err)] = true
	}
	for _, r := range integrityRefusals() {
		given[sdjwt.ReasonOf(sdjwt.CheckIntegrity(r.metadata, []byte(document)))] = true
	}
	_, err := parse(t, forge(t, `{}`)).Select([]string{"a"})
	given[sdjwt.ReasonOf(err)] = true
	for _, reason := range sdjwt.Reasons() {
		if !given[reason] {
			t.Errorf("%s is never given", reason)
		}
		delete(given, reason)
	}
	for reason := range given {
		t.Errorf("%q is not in Reasons()", reason)
	}
	if got := sdjwt.ReasonOf(errors.New("foreign")); got != "" {
		t.Errorf("a foreign error has reason %q", got)
	}
}

// Errors reach logs, so no refusal may repeat a claim value.
func TestErrorsCarryNoValues(t *testing.T) {
	const secret = "079203001234"
	d := `["c2FsdA","name","` + secret + `"]`
	for _, text := range []string{
		forge(t, `{"sub":"`+secret+`"`),
		forge(t, `{"exp":"`+secret+`"}`),
		forge(t, `{"sub":"`+secret+`","sub":1}`),
		forge(t, payloadWith(`,"name":"x","_sd":["`+digest(d)+`"]`), d),
		forge(t, payloadWith(""), d),
		forge(t, payloadWith(""), `["`+secret+`"]`),
		signRaw(t, issuerKey, `{"alg":"`+secret+`"}`, `{}`) + "~",
	} {
		_, err := sdjwt.Verify(text, verifyOptions())
		if err == nil {
			t.Fatal("accepted")
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the value is in %q", err)
		}
	}
}
