package sdjwt_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

func TestVerifyTimes(t *testing.T) {
	at := func(name string, d time.Duration) string { return fmt.Sprintf(`"%s":%d`, name, now.Add(d).Unix()) }
	tests := []struct {
		name, members string
		skew          time.Duration
	}{
		{"no times", ``, 0},
		{"expires in a second", at("exp", time.Second), 0},
		{"expired within skew", at("exp", -29*time.Second), 30 * time.Second},
		{"valid from now", at("nbf", 0), 0},
		{"not yet valid within skew", at("nbf", 30*time.Second), 30 * time.Second},
		{"issued now", at("iat", 0), 0},
		{"issued in the future within skew", at("iat", 30*time.Second), 30 * time.Second},
		{"fraction", fmt.Sprintf(`"exp":%d.5`, now.Unix()), 0},
		{"exponent", `"exp":4e9,"nbf":1E0`, 0},
		{"year 9999", `"exp":253402300799`, 0},
		{"nested times mean nothing", `"document":{"exp":1,"nbf":"later"}`, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := plainOptions()
			o.Skew = test.skew
			if _, err := sdjwt.Verify(forgePlain(t, "{"+test.members+"}"), o); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Tokens others may write: every one of these is within RFC 9901.
func TestVerifyAccepts(t *testing.T) {
	spaced := " [ \"salt\" ,\n\t\"name\" , { \"a\" : [ ] } ] "
	shortSalt := `["","x",1]`
	inner := `["s",{"k":[null]}]`
	outer := `["t","list",["a",{"...":"` + digest(inner) + `"}]]`
	tests := []struct{ name, text, want string }{
		{"no digests at all", forgePlain(t, `{"a":1}`), `{"a":1}`},
		{"_sd_alg absent", forgePlain(t, `{"_sd":["`+digest(nameD)+`"]}`, nameD), `{"name":"Lê Thị Hoa"}`},
		{"empty _sd", forgePlain(t, `{"a":{"_sd":[]},"_sd":[]}`), `{"a":{}}`},
		{"only decoys", forgePlain(t, `{"_sd":["x","y"],"a":[{"...":"z"}]}`), `{"a":[]}`},
		{"white space and order in a disclosure", forgePlain(t, `{"_sd":["`+digest(spaced)+`"]}`, spaced), `{"name":{"a":[]}}`},
		{"short salt", forgePlain(t, `{"_sd":["`+digest(shortSalt)+`"]}`, shortSalt), `{"x":1}`},
		{"disclosures out of order", forgePlain(t, `{"_sd":["`+digest(outer)+`"]}`, inner, outer), `{"list":["a",{"k":[null]}]}`},
		{"big numbers kept", forgePlain(t, `{"n":12345678901234567890.10}`), `{"n":12345678901234567890.10}`},
		{"unknown header parameters", signRaw(t, issuerKey, `{"alg":"ES256","typ":"example+sd-jwt","jku":"https://evil.example","jwk":{},"cty":1}`, `{}`) + "~", `{}`},
		{"element whose name would be reserved", forgePlain(t, `{"a":["...","_sd"]}`), `{"a":["...","_sd"]}`},
		{"many members", forgePlain(t, manyMembers(40)+`}`), manyMembers(40) + `}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			claims, err := sdjwt.Verify(test.text, plainOptions())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t, claims), canonicalText(t, test.want); got != want {
				t.Errorf("claims %s, want %s", got, want)
			}
			unsafe, err := parse(t, test.text).UnsafeClaims()
			if err != nil || canonical(t, unsafe) != canonical(t, claims) {
				t.Errorf("the holder sees %v, %v", unsafe, err)
			}
		})
	}
}

// No single changed character of a token leaves it acceptable.
func TestVerifyEveryCharacterCounts(t *testing.T) {
	claims := append(plainClaims(t)[:4], sdjwt.Node{Name: "name", Value: "Lê Thị Hoa", Disclosable: true})
	text := issue(t, claims, sdjwt.IssueOptions{})
	o := verifyOptions()
	o.Required = []string{"name"}
	if _, err := sdjwt.Verify(text, o); err != nil {
		t.Fatal(err)
	}
	for i := range len(text) {
		for _, c := range []string{"A", "B", "~", ".", "", "\n", "="} {
			changed := text[:i] + c + text[i+1:]
			if changed == text {
				continue
			}
			if _, err := sdjwt.Verify(changed, o); err == nil {
				t.Fatalf("accepted with %q at %d of %d", c, i, len(text))
			}
		}
	}
	for i := range len(text) {
		if _, err := sdjwt.Verify(text[:i], o); err == nil {
			t.Fatalf("accepted when cut to %d of %d", i, len(text))
		}
	}
}

// The result is the caller's own: changing it does not reach into the token.
func TestVerifyReturnsFreshClaims(t *testing.T) {
	s := parse(t, issue(t, addressCredential(t), sdjwt.IssueOptions{}))
	first, err := s.Verify(verifyOptions())
	if err != nil {
		t.Fatal(err)
	}
	first["address"].(map[string]any)["province"] = "x"
	first["classes"].([]any)[0] = "x"
	second, err := s.Verify(verifyOptions())
	if err != nil {
		t.Fatal(err)
	}
	if got := canonical(t, withoutPlain(second)); got != canonicalText(t, "{"+addressClaims+"}") {
		t.Errorf("claims changed: %s", got)
	}
}

func TestParseJSONRefuses(t *testing.T) {
	jwt := strings.Split(strings.TrimSuffix(forgePlain(t, `{}`), "~"), ".")
	flat := func(rest string) string {
		return fmt.Sprintf(`{"protected":"%s","payload":"%s","signature":"%s"%s}`, jwt[0], jwt[1], jwt[2], rest)
	}
	general := func(signatures string) string {
		return fmt.Sprintf(`{"payload":"%s","signatures":[%s]}`, jwt[1], signatures)
	}
	one := func(header string) string {
		return fmt.Sprintf(`{"protected":"%s","signature":"%s","header":%s}`, jwt[0], jwt[2], header)
	}
	for _, text := range []string{flat(""), flat(`,"header":{}`), flat(`,"header":{"disclosures":[]}`), general(one(`{"kid":"x"}`) + "," + one(`{}`))} {
		s, err := sdjwt.ParseJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Verify(plainOptions()); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name, text string
		want       sdjwt.Reason
	}{
		{"empty", ``, sdjwt.ReasonJSON},
		{"compact", strings.Join(jwt, ".") + "~", sdjwt.ReasonJSON},
		{"array", `[]`, sdjwt.ReasonMalformed},
		{"too large", strings.Repeat(" ", sdjwt.MaxTextBytes) + "{}", sdjwt.ReasonTooLarge},
		{"payload missing", `{"protected":"AA","signature":"AA"}`, sdjwt.ReasonMalformed},
		{"payload twice", flat(`,"payload":"AA"`), sdjwt.ReasonDuplicateName},
		{"payload with a dot", `{"protected":"AA","payload":"A.A","signature":"AA"}`, sdjwt.ReasonEncoding},
		{"payload empty", `{"protected":"AA","payload":"","signature":"AA"}`, sdjwt.ReasonMalformed},
		{"both forms", flat(`,"signatures":[]`), sdjwt.ReasonMalformed},
		{"no signatures", general(``), sdjwt.ReasonMalformed},
		{"signature no object", general(`"x"`), sdjwt.ReasonMalformed},
		{"second signature no object", general(one(`{}`) + `,1`), sdjwt.ReasonMalformed},
		{"disclosures beside the second signature", general(one(`{}`) + "," + one(`{"disclosures":["AA"]}`)), sdjwt.ReasonMalformed},
		{"binding beside the second signature", general(one(`{}`) + "," + one(`{"kb_jwt":"AA"}`)), sdjwt.ReasonMalformed},
		{"second header no object", general(one(`{}`) + "," + one(`1`)), sdjwt.ReasonMalformed},
		{"typ protected and not", flat(`,"header":{"typ":"dc+sd-jwt"}`), sdjwt.ReasonHeader},
		{"crit not protected", flat(`,"header":{"crit":["x"]}`), sdjwt.ReasonHeader},
		{"protected no JSON", `{"protected":"AA","payload":"AA","signature":"AA","header":{}}`, sdjwt.ReasonJSON},
		{"header no object", flat(`,"header":[]`), sdjwt.ReasonMalformed},
		{"disclosures no array", flat(`,"header":{"disclosures":"AA"}`), sdjwt.ReasonMalformed},
		{"disclosure no string", flat(`,"header":{"disclosures":[1]}`), sdjwt.ReasonMalformed},
		{"disclosure empty", flat(`,"header":{"disclosures":[""]}`), sdjwt.ReasonMalformed},
		{"disclosure with a tilde", flat(`,"header":{"disclosures":["AA~AA"]}`), sdjwt.ReasonEncoding},
		{"too many disclosures", flat(`,"header":{"disclosures":["AA"` + strings.Repeat(`,"AA"`, sdjwt.MaxDisclosures) + `]}`), sdjwt.ReasonTooManyDisclosures},
		{"binding no string", flat(`,"header":{"kb_jwt":1}`), sdjwt.ReasonMalformed},
		{"binding empty", flat(`,"header":{"kb_jwt":""}`), sdjwt.ReasonMalformed},
		{"binding with a tilde", flat(`,"header":{"kb_jwt":"AA~A.A.A"}`), sdjwt.ReasonMalformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := sdjwt.ParseJSON(test.text)
			if s != nil {
				t.Error("a token came with the error")
			}
			wantReason(t, err, test.want)
		})
	}
}
