package sdjwt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

func formRefusals(t *testing.T) []refusal {
	o := verifyOptions()
	good := forge(t, payloadWith(`,"_sd":["`+digest(nameD)+`"]`), nameD)
	if _, err := sdjwt.Verify(good, o); err != nil {
		t.Fatal(err)
	}
	jwt, _, _ := strings.Cut(good, "~")
	header, rest, _ := strings.Cut(jwt, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	signed := func(payload string) string { return signRaw(t, issuerKey, vcHeader, payload) + "~" }
	return []refusal{
		{"empty", "", o, sdjwt.ReasonMalformed},
		{"no tilde", jwt, o, sdjwt.ReasonMalformed},
		{"two parts", header + "." + payload + "~", o, sdjwt.ReasonMalformed},
		{"four parts", jwt + ".x~", o, sdjwt.ReasonEncoding},
		{"empty header", "." + rest + "~", o, sdjwt.ReasonMalformed},
		{"empty payload", header + ".." + signature + "~", o, sdjwt.ReasonMalformed},
		{"empty signature", header + "." + payload + ".~", o, sdjwt.ReasonMalformed},
		{"empty disclosure", jwt + "~~", o, sdjwt.ReasonMalformed},
		{"no closing tilde", strings.TrimSuffix(good, "~"), o, sdjwt.ReasonMalformed},
		{"leading space", " " + good, o, sdjwt.ReasonEncoding},
		{"line break at the end", good + "\n", o, sdjwt.ReasonMalformed},
		{"line break in disclosure", jwt + "~" + b64(nameD)[:8] + "\n" + b64(nameD)[8:] + "~", o, sdjwt.ReasonEncoding},
		{"line break in signature", jwt[:len(jwt)-4] + "\r\n" + jwt[len(jwt)-4:] + "~", o, sdjwt.ReasonEncoding},
		{"padding", jwt + "~" + b64(nameD) + "=~", o, sdjwt.ReasonEncoding},
		{"standard base64 alphabet", jwt + "~" + "++//" + "~", o, sdjwt.ReasonEncoding},
		{"leftover bits in signature", spoilLeftover(jwt) + "~", o, sdjwt.ReasonEncoding},
		{"leftover bits in disclosure", jwt + "~WyJh~", o, sdjwt.ReasonJSON},
		{"impossible base64 length", jwt + "~AAAAA~", o, sdjwt.ReasonEncoding},
		{"too large", jwt + "~" + strings.Repeat("A", sdjwt.MaxTextBytes) + "~", o, sdjwt.ReasonTooLarge},
		{"header too large", signRaw(t, issuerKey, `{"alg":"ES256","typ":"dc+sd-jwt","x":"`+strings.Repeat("x", sdjwt.MaxHeaderBytes)+`"}`, `{}`) + "~", o, sdjwt.ReasonTooLarge},
		{"key binding too large", good + jwt + strings.Repeat("A", sdjwt.MaxKeyBindingBytes), o, sdjwt.ReasonTooLarge},
		{"too many disclosures", jwt + "~" + strings.Repeat("AA~", sdjwt.MaxDisclosures+1), o, sdjwt.ReasonTooManyDisclosures},
		{"payload too deep", signed(`{"a":` + strings.Repeat("[", sdjwt.MaxDepth) + strings.Repeat("]", sdjwt.MaxDepth) + `}`), o, sdjwt.ReasonTooDeep},
		{"payload no JSON", signed(`{"a":}`), o, sdjwt.ReasonJSON},
		{"payload empty object then text", signed(`{} {}`), o, sdjwt.ReasonJSON},
		{"payload is an array", signed(`[]`), o, sdjwt.ReasonPayload},
		{"payload is null", signed(`null`), o, sdjwt.ReasonPayload},
		{"payload not UTF-8", signed("{\"a\":\"\xff\"}"), o, sdjwt.ReasonNotUTF8},
		{"payload half a surrogate pair", signed(`{"a":"\ud83d"}`), o, sdjwt.ReasonNotUTF8},
		{"payload duplicate name", signed(`{"a":1,"a":2}`), o, sdjwt.ReasonDuplicateName},
		{"payload duplicate name, escaped", signed(`{"exp":1,"\u0065xp":2}`), o, sdjwt.ReasonDuplicateName},
		{"nested duplicate name", signed(`{"o":{"a":1,"b":{"x":1,"x":1}}}`), o, sdjwt.ReasonDuplicateName},
		{"duplicate name among many", signed(manyMembers(40) + `,"m20":1}`), o, sdjwt.ReasonDuplicateName},
	}
}

// spoilLeftover sets a bit that the 64 bytes of a signature do not use.
func spoilLeftover(jwt string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, jwt[len(jwt)-1])
	return jwt[:len(jwt)-1] + alphabet[last+1:last+2]
}

func manyMembers(n int) string {
	var b strings.Builder
	b.WriteString(`{"m0":0`)
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, `,"m%d":0`, i)
	}
	return b.String()
}
