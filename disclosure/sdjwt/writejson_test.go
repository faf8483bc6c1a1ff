package sdjwt_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// Both forms, read with encoding/json alone, have the members that RFC 9901
// section 8 and RFC 7515 section 7.2 name, and no others.
func TestJSONByHand(t *testing.T) {
	bound := parse(t, bind(t, selectPaths(t, issue(t, addressCredential(t), sdjwt.IssueOptions{}), []string{"name"}, []string{"address"})))
	bare := selectPaths(t, bound.String())
	for name, s := range map[string]*sdjwt.SDJWT{"bound": bound, "without disclosures": bare} {
		parts := strings.Split(s.String(), "~")
		jws := strings.Split(parts[0], ".")
		unprotected := map[string]any{"disclosures": parts[1 : len(parts)-1]}
		if kb := parts[len(parts)-1]; kb != "" {
			unprotected["kb_jwt"] = kb
		}
		signature := map[string]any{"protected": jws[0], "signature": jws[2], "header": unprotected}
		flattened := map[string]any{"payload": jws[1], "protected": jws[0], "signature": jws[2], "header": unprotected}
		general := map[string]any{"payload": jws[1], "signatures": []any{signature}}
		for form, want := range map[sdjwt.Form]any{sdjwt.Flattened: flattened, sdjwt.General: general} {
			t.Run(fmt.Sprint(name, " ", form), func(t *testing.T) {
				text, err := s.JSON(form)
				if err != nil {
					t.Fatal(err)
				}
				if got := canonicalText(t, text); got != canonical(t, want) {
					t.Errorf("written\n%s\nwant\n%s", got, canonical(t, want))
				}
				again, err := sdjwt.ParseJSON(text)
				if err != nil {
					t.Fatal(err)
				}
				if again.String() != s.String() {
					t.Error("it does not come back")
				}
			})
		}
	}
}

// A binding made over the compact form holds in the JSON forms, and the other
// way round.
func TestJSONKeepsTheBinding(t *testing.T) {
	text := bind(t, selectPaths(t, issue(t, addressCredential(t), sdjwt.IssueOptions{}), []string{"name"}))
	written, err := parse(t, text).JSON(sdjwt.General)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sdjwt.ParseJSON(written)
	if err != nil {
		t.Fatal(err)
	}
	if claims, err := s.Verify(bindingOptions()); err != nil || claims["name"] == nil {
		t.Fatalf("%v, %v", claims, err)
	}
	var broken map[string]any
	if err := json.Unmarshal([]byte(written), &broken); err != nil {
		t.Fatal(err)
	}
	broken["signatures"].([]any)[0].(map[string]any)["header"].(map[string]any)["disclosures"] = []string{}
	raw, err := json.Marshal(broken)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = sdjwt.ParseJSON(string(raw)); err != nil {
		t.Fatal(err)
	}
	_, err = s.Verify(bindingOptions())
	wantReason(t, err, sdjwt.ReasonDigestMismatch)
}

func TestJSONRefuses(t *testing.T) {
	_, err := parse(t, forge(t, `{}`)).JSON(sdjwt.Form(2))
	wantReason(t, err, sdjwt.ReasonOptions)
	// Quotes and commas make the JSON form longer than the compact one.
	jwt := strings.TrimSuffix(forge(t, `{}`), "~")
	room := sdjwt.MaxTextBytes - len(jwt) - len("~~") - 20
	_, err = parse(t, jwt+"~"+strings.Repeat("A", room)+"~").JSON(sdjwt.Flattened)
	wantReason(t, err, sdjwt.ReasonTooLarge)
}

func ExampleSDJWT_JSON() {
	s, err := sdjwt.Parse(exampleToken())
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := s.JSON(sdjwt.Flattened)
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := sdjwt.ParseJSON(text)
	fmt.Println(again.String() == s.String(), err)
	// Output: true <nil>
}
