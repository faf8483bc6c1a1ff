package sdjwt_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// vcRefusals are credentials whose signature and disclosures are right, and whose
// type claims are not what SD-JWT VC asks for, or that are for others.
func vcRefusals(t *testing.T) []refusal {
	o := verifyOptions()
	named := o
	named.Audience = audience
	legacy := o
	legacy.Type = sdjwt.TypeVCLegacy
	with := func(members string) string { return forge(t, `{"vct":"urn:vn:giayto:bhyt:1",`+members+`}`) }
	many := strings.Repeat(`"urn:x:%d",`, sdjwt.MaxTypes+1)
	numbers := make([]any, sdjwt.MaxTypes+1)
	for i := range numbers {
		numbers[i] = i
	}
	return []refusal{
		{"vct missing", forge(t, `{"iss":"https://cap.example.vn"}`), o, sdjwt.ReasonCredentialType},
		{"vct empty", forge(t, `{"vct":""}`), o, sdjwt.ReasonCredentialType},
		{"vct is a list", forge(t, `{"vct":["urn:vn:giayto:bhyt:1"]}`), o, sdjwt.ReasonCredentialType},
		{"vct missing under the old type", forgeAs(t, `{"alg":"ES256","typ":"vc+sd-jwt"}`, `{}`), legacy, sdjwt.ReasonCredentialType},
		{"iss is an object", with(`"iss":{"id":"https://cap.example.vn"}`), o, sdjwt.ReasonCredentialType},
		{"sub is a number", with(`"sub":1`), o, sdjwt.ReasonCredentialType},
		{"vct#integrity is no hash", with(`"vct#integrity":"x"`), o, sdjwt.ReasonCredentialType},
		{"vct#integrity is a number", with(`"vct#integrity":1`), o, sdjwt.ReasonCredentialType},
		{"vct#integrity of a short hash", with(`"vct#integrity":"sha256-AAAA"`), o, sdjwt.ReasonCredentialType},
		{"aka_vcts is a string", with(`"aka_vcts":"urn:x"`), o, sdjwt.ReasonCredentialType},
		{"aka_vcts is empty", with(`"aka_vcts":[]`), o, sdjwt.ReasonCredentialType},
		{"aka_vcts holds a number", with(`"aka_vcts":["urn:x",1]`), o, sdjwt.ReasonCredentialType},
		{"aka_vcts holds vct", with(`"aka_vcts":["urn:x","urn:vn:giayto:bhyt:1"]`), o, sdjwt.ReasonCredentialType},
		{"aka_vcts holds one twice", with(`"aka_vcts":["urn:x","urn:x"]`), o, sdjwt.ReasonCredentialType},
		{"aka_vcts too long", with(`"aka_vcts":[` + strings.TrimSuffix(fmt.Sprintf(many, numbers...), ",") + `]`), o, sdjwt.ReasonCredentialType},
		{"aud without a name of our own", with(`"aud":"` + audience + `"`), o, sdjwt.ReasonAudience},
		{"aud is another", with(`"aud":"https://x.example"`), named, sdjwt.ReasonAudience},
		{"aud lists others", with(`"aud":["https://x.example",1]`), named, sdjwt.ReasonAudience},
		{"aud is null", with(`"aud":null`), named, sdjwt.ReasonAudience},
	}
}

func TestVerifyVC(t *testing.T) {
	o := verifyOptions()
	o.Audience = audience
	for _, members := range []string{
		`"vct#integrity":"` + sdjwt.Integrity([]byte("{}")) + `"`, `"aka_vcts":["urn:x","urn:y"]`,
		`"iss":"https://cap.example.vn","sub":"x"`, `"aud":"` + audience + `"`, `"aud":["https://x.example","` + audience + `"]`,
	} {
		claims, err := sdjwt.Verify(forge(t, `{"vct":"urn:v",`+members+`}`), o)
		if err != nil {
			t.Errorf("%s: %v", members, err)
			continue
		}
		want := []string{"urn:v"}
		if claims["aka_vcts"] != nil {
			want = append(want, "urn:x", "urn:y")
		}
		if got := sdjwt.Types(claims); !slices.Equal(got, want) {
			t.Errorf("types are %v, want %v", got, want)
		}
	}
	if got := sdjwt.Types(map[string]any{"vct": 1}); got != nil {
		t.Errorf("types of no credential are %v", got)
	}
}

// What Verify would refuse Issue does not write.
func TestIssueVC(t *testing.T) {
	vct := sdjwt.Node{Name: "vct", Value: "urn:v"}
	tests := []struct {
		name   string
		claims []sdjwt.Node
		want   sdjwt.Reason
	}{
		{"good", []sdjwt.Node{vct, {Name: "vct#integrity", Value: sdjwt.Integrity(nil)}, {Name: "aka_vcts", Value: []string{"urn:x"}}}, ""},
		{"types as a tree", []sdjwt.Node{vct, {Name: "aka_vcts", Items: []sdjwt.Node{{Value: "urn:x"}}}}, ""},
		{"no vct", nil, sdjwt.ReasonCredentialType},
		{"vct is a number", []sdjwt.Node{{Name: "vct", Value: 1}}, sdjwt.ReasonCredentialType},
		{"vct is a list", []sdjwt.Node{{Name: "vct", Value: []string{"urn:v"}}}, sdjwt.ReasonCredentialType},
		{"integrity of nothing", []sdjwt.Node{vct, {Name: "vct#integrity", Value: "md5-AAAA"}}, sdjwt.ReasonCredentialType},
		{"further types hold vct", []sdjwt.Node{vct, {Name: "aka_vcts", Value: []string{"urn:v"}}}, sdjwt.ReasonCredentialType},
		{"further types as a tree hold vct", []sdjwt.Node{vct, {Name: "aka_vcts", Items: []sdjwt.Node{{Value: "urn:v"}}}}, sdjwt.ReasonCredentialType},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, err := sdjwt.Issue(test.claims, sdjwt.IssueOptions{Signer: issuerKey})
			if test.want != "" {
				wantReason(t, err, test.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := sdjwt.Verify(text, verifyOptions()); err != nil {
				t.Error(err)
			}
		})
	}
}
