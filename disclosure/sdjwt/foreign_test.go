package sdjwt_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// issueAgain takes the claims that somebody else's token was processed to, issues
// them as our own with everything disclosable that may be, and demands the same
// claims back: from the compact form, from both JSON forms, and after a
// selection of everything.
func issueAgain(t *testing.T, claims map[string]any, typ string, at time.Time) {
	t.Helper()
	node := again("", claims, true)
	text := issue(t, node.Members, sdjwt.IssueOptions{Signer: rfcIssuer, Type: typ, Decoys: 2})
	o := sdjwt.VerifyOptions{Key: &rfcIssuer.PublicKey, Type: typ, Now: at}
	want := canonical(t, claims)
	forms := []string{text}
	for _, form := range []sdjwt.Form{sdjwt.Flattened, sdjwt.General} {
		written, err := parse(t, text).JSON(form)
		if err != nil {
			t.Fatal(err)
		}
		s, err := sdjwt.ParseJSON(written)
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, s.String())
	}
	for _, form := range forms {
		got, err := sdjwt.Verify(form, o)
		if err != nil {
			t.Fatal(err)
		}
		if canonical(t, got) != want {
			t.Errorf("issued again\n%s\nwant\n%s", canonical(t, got), want)
		}
	}
}

// again turns decoded claims into a tree. The claims that must stay visible are
// issued as they are.
func again(name string, v any, top bool) sdjwt.Node {
	n := sdjwt.Node{Name: name}
	switch v := v.(type) {
	case map[string]any:
		n.Members = []sdjwt.Node{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if top && sealed(name) {
				n.Members = append(n.Members, sdjwt.Node{Name: name, Value: v[name]})
				continue
			}
			m := again(name, v[name], false)
			m.Disclosable = true
			n.Members = append(n.Members, m)
		}
	case []any:
		n.Array = true
		for _, item := range v {
			m := again("", item, false)
			m.Disclosable = true
			n.Items = append(n.Items, m)
		}
	default:
		n.Value = v
	}
	return n
}

func sealed(name string) bool {
	return slices.Contains([]string{"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"}, name)
}

// rfc9901Vectors verifies what RFC 9901 prints and issues it again. The tests of
// vectors_test.go look at the same files more closely.
func rfc9901Vectors(t *testing.T) []tally {
	var all []tally
	verify := func(file string, o sdjwt.VerifyOptions, json bool) {
		v := tally{file: "rfc9901/" + file}
		v.run(t, v.file, func(t *testing.T) {
			text := readFile(t, "rfc9901", file)
			if json {
				s, err := sdjwt.ParseJSON(text)
				if err != nil {
					t.Fatal(err)
				}
				text = s.String()
			}
			if !strings.Contains(text, "~") { // 5.1-issuer-signed-jwt.txt
				text += "~"
			}
			claims, err := sdjwt.Verify(text, o)
			if err != nil {
				t.Fatal(err)
			}
			issueAgain(t, claims, rfcType, rfcNow)
		})
		all = append(all, v)
	}
	verify("5.1-issuance.sd-jwt.txt", rfcOptions(), false)
	verify("5.1-issuer-signed-jwt.txt", rfcOptions(), false)
	verify("5.2-presentation-kb.txt", rfcBindingOptions(), false)
	verify("8-flattened-issuance.json", rfcOptions(), true)
	verify("8-flattened-kb.json", rfcBindingOptions(), true)
	verify("8-general-kb.json", rfcBindingOptions(), true)
	verify("A.1-presentation.txt", rfcOptions(), false)
	return append(all, rfc9901Data(t)...)
}

// rfc9901Data are the files that hold something other than a token.
func rfc9901Data(t *testing.T) []tally {
	var list []struct{ Disclosure, SHA256 string }
	if err := json.Unmarshal([]byte(readFile(t, "rfc9901", "5.1-disclosures.json")), &list); err != nil {
		t.Fatal(err)
	}
	disclosures := tally{file: "rfc9901/5.1-disclosures.json"}
	for _, d := range list {
		disclosures.run(t, d.SHA256, func(t *testing.T) {
			if got := digest(unb64(t, d.Disclosure)); got != d.SHA256 {
				t.Errorf("digest %s", got)
			}
		})
	}
	expected := tally{file: "rfc9901/5.2-expected.json"}
	expected.run(t, expected.file, func(t *testing.T) {
		var want struct {
			Processed json.RawMessage `json:"processed_payload"`
		}
		if err := json.Unmarshal([]byte(readFile(t, "rfc9901", "5.2-expected.json")), &want); err != nil {
			t.Fatal(err)
		}
		claims, err := sdjwt.Verify(readFile(t, "rfc9901", "5.2-presentation-kb.txt"), rfcBindingOptions())
		if err != nil || canonical(t, claims) != canonicalText(t, string(want.Processed)) {
			t.Errorf("processed to %v, %v", claims, err)
		}
	})
	key := tally{file: "rfc9901/issuer.jwk.json"}
	key.run(t, key.file, func(t *testing.T) {
		got, err := sdjwt.HolderKey(readFile(t, "rfc9901", "issuer.jwk.json"))
		if err != nil || !got.Equal(&rfcIssuer.PublicKey) {
			t.Errorf("the key is %v, %v", got, err)
		}
	})
	return []tally{disclosures, expected, key}
}

// specificationVectors issues, selects, binds and verifies the inputs of the
// examples of RFC 9901 and of the SD-JWT VC draft.
func specificationVectors(t *testing.T) []tally {
	all := []tally{
		{file: "sd-jwt-spec-examples/examples/*/specification.yml"},
		{file: "sd-jwt-vc-spec-examples/examples/*/specification.yml"},
	}
	for _, e := range specificationExamples(t) {
		v := &all[0]
		if strings.HasPrefix(e.Name, "sd-jwt-vc/") {
			v = &all[1]
		}
		v.run(t, e.Name, func(t *testing.T) { e.run(t) })
	}
	return all
}
