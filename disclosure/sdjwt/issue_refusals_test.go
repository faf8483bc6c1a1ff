package sdjwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

type issueRefusal struct {
	name   string
	claims []sdjwt.Node
	o      sdjwt.IssueOptions
	want   sdjwt.Reason
}

func issueRefusals(t *testing.T) []issueRefusal {
	return slices.Concat(issueOptionRefusals(t), claimRefusals(), sizeRefusals())
}

func issueOptionRefusals(t *testing.T) []issueRefusal {
	good := sdjwt.IssueOptions{Signer: issuerKey, Type: plainType}
	one := func(n sdjwt.Node) []sdjwt.Node { return []sdjwt.Node{n} }
	with := func(change func(*sdjwt.IssueOptions)) sdjwt.IssueOptions { o := good; change(&o); return o }
	p384, err := ecdsa.ParseRawPrivateKey(elliptic.P384(), append(make([]byte, 47), 7))
	if err != nil {
		t.Fatal(err)
	}
	list := []issueRefusal{
		{"no signer", nil, sdjwt.IssueOptions{}, sdjwt.ReasonOptions},
		{"signer of another curve", nil, sdjwt.IssueOptions{Signer: p384}, sdjwt.ReasonKey},
		{"signer of another kind", nil, sdjwt.IssueOptions{Signer: &rsa.PrivateKey{}}, sdjwt.ReasonKey},
		{"signer fails", nil, sdjwt.IssueOptions{Signer: opaqueSigner{issuerKey, errBroken}, Type: plainType}, sdjwt.ReasonSigning},
		{"no randomness for a salt", one(sdjwt.Node{Name: "a", Disclosable: true}), with(func(o *sdjwt.IssueOptions) { o.Rand = iotest.ErrReader(errBroken) }), sdjwt.ReasonSigning},
		{"no randomness for a decoy", nil, with(func(o *sdjwt.IssueOptions) { o.Rand, o.Decoys = strings.NewReader("short"), 1 }), sdjwt.ReasonSigning},
		{"no randomness for an array's decoy", one(sdjwt.Node{Name: "a", Array: true, Decoys: 1}), with(func(o *sdjwt.IssueOptions) { o.Rand = iotest.ErrReader(errBroken) }), sdjwt.ReasonSigning},
		{"negative decoys of an array", one(sdjwt.Node{Name: "a", Array: true, Decoys: -1}), good, sdjwt.ReasonOptions},
		{"negative decoys", nil, with(func(o *sdjwt.IssueOptions) { o.Decoys = -1 }), sdjwt.ReasonOptions},
		{"too many decoys", nil, with(func(o *sdjwt.IssueOptions) { o.Decoys = sdjwt.MaxDecoys + 1 }), sdjwt.ReasonOptions},
		{"empty certificate", nil, with(func(o *sdjwt.IssueOptions) { o.X5C = [][]byte{{}} }), sdjwt.ReasonOptions},
		{"empty chain", nil, with(func(o *sdjwt.IssueOptions) { o.X5C = [][]byte{} }), sdjwt.ReasonOptions},
		{"chain too long", nil, with(func(o *sdjwt.IssueOptions) { o.X5C = make([][]byte, sdjwt.MaxCertificates+1) }), sdjwt.ReasonOptions},
		{"chain too large", nil, with(func(o *sdjwt.IssueOptions) { o.X5C = [][]byte{make([]byte, sdjwt.MaxHeaderBytes)} }), sdjwt.ReasonTooLarge},
		{"type not UTF-8", nil, with(func(o *sdjwt.IssueOptions) { o.Type = "\xff" }), sdjwt.ReasonNotUTF8},
	}
	return list
}

// claimRefusals are trees that must not become a token.
func claimRefusals() []issueRefusal {
	good := sdjwt.IssueOptions{Signer: issuerKey, Type: plainType}
	one := func(n sdjwt.Node) []sdjwt.Node { return []sdjwt.Node{n} }
	leaf := func(v any) []sdjwt.Node { return one(sdjwt.Node{Name: "a", Value: v}) }
	list := []issueRefusal{
		{"no name", one(sdjwt.Node{Value: 1}), good, sdjwt.ReasonClaim},
		{"name not UTF-8", one(sdjwt.Node{Name: "\xff"}), good, sdjwt.ReasonClaim},
		{"named element", one(sdjwt.Node{Name: "a", Items: []sdjwt.Node{{Name: "b"}}}), good, sdjwt.ReasonClaim},
		{"object and array", one(sdjwt.Node{Name: "a", Members: []sdjwt.Node{}, Array: true}), good, sdjwt.ReasonClaim},
		{"object and value", one(sdjwt.Node{Name: "a", Members: []sdjwt.Node{}, Value: 1}), good, sdjwt.ReasonClaim},
		{"array and value", one(sdjwt.Node{Name: "a", Array: true, Value: 1}), good, sdjwt.ReasonClaim},
		{"decoys in a leaf", one(sdjwt.Node{Name: "a", Value: 1, Decoys: 1}), good, sdjwt.ReasonClaim},
		{"NaN", leaf(math.NaN()), good, sdjwt.ReasonClaim},
		{"function", leaf(func() {}), good, sdjwt.ReasonClaim},
		{"name twice", []sdjwt.Node{{Name: "a"}, {Name: "a"}}, good, sdjwt.ReasonNameCollision},
		{"name twice, one disclosable", []sdjwt.Node{{Name: "a"}, {Name: "a", Disclosable: true}}, good, sdjwt.ReasonNameCollision},
		{"value not UTF-8", leaf("\xc3("), good, sdjwt.ReasonNotUTF8},
		{"list not UTF-8", leaf([]string{"a", `\`, "\xff"}), good, sdjwt.ReasonNotUTF8},
		{"raw value with a name twice", leaf(json.RawMessage(`{"a":1,"a":2}`)), good, sdjwt.ReasonDuplicateName},
		{"exp is text", one(sdjwt.Node{Name: "exp", Value: "2030"}), good, sdjwt.ReasonTime},
		{"nbf is negative", one(sdjwt.Node{Name: "nbf", Value: -1}), good, sdjwt.ReasonTime},
		{"iat is a time.Time", one(sdjwt.Node{Name: "iat", Value: time.Unix(1, 0), Disclosable: true}), good, sdjwt.ReasonTime},
		{"exp is an object", one(sdjwt.Node{Name: "exp", Members: []sdjwt.Node{}}), good, sdjwt.ReasonTime},
		{"decoys in status", one(sdjwt.Node{Name: "status", Members: []sdjwt.Node{}, Decoys: 1}), good, sdjwt.ReasonNotDisclosable},
		{"disclosable inside cnf", one(sdjwt.Node{Name: "cnf", Members: []sdjwt.Node{{Name: "jwk", Disclosable: true}}}), good, sdjwt.ReasonNotDisclosable},
		{"disclosable element in aka_vcts", one(sdjwt.Node{Name: "aka_vcts", Items: []sdjwt.Node{{Value: "x", Disclosable: true}}}), good, sdjwt.ReasonNotDisclosable},
	}
	for _, name := range []string{"_sd", "...", "_sd_alg"} {
		list = append(list,
			issueRefusal{"claim called " + name, one(sdjwt.Node{Name: name}), good, sdjwt.ReasonReservedName},
			issueRefusal{"disclosable claim called " + name, one(sdjwt.Node{Name: name, Disclosable: true}), good, sdjwt.ReasonReservedName},
			issueRefusal{"value with a member called " + name, leaf([]any{map[string]any{"b": map[string]any{name: 1}}}), good, sdjwt.ReasonReservedName})
	}
	for _, name := range []string{"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"} {
		list = append(list, issueRefusal{"disclosable " + name, one(sdjwt.Node{Name: name, Value: 1, Disclosable: true}), good, sdjwt.ReasonNotDisclosable})
	}
	return list
}

// sizeRefusals are each one step beyond a limit.
func sizeRefusals() []issueRefusal {
	good := sdjwt.IssueOptions{Signer: issuerKey, Type: plainType}
	one := func(n sdjwt.Node) []sdjwt.Node { return []sdjwt.Node{n} }
	leaf := func(v any) []sdjwt.Node { return one(sdjwt.Node{Name: "a", Value: v}) }
	deepNode := sdjwt.Node{Name: "a", Value: 1}
	for range sdjwt.MaxDepth {
		deepNode = sdjwt.Node{Name: "a", Members: []sdjwt.Node{deepNode}, Disclosable: true}
	}
	deepValue := any(1)
	for range sdjwt.MaxDepth {
		deepValue = []any{deepValue}
	}
	deepArray := sdjwt.Node{Items: []sdjwt.Node{{Value: 1, Disclosable: true}}}
	for range sdjwt.MaxDepth - 2 {
		deepArray = sdjwt.Node{Items: []sdjwt.Node{deepArray}}
	}
	deepArray.Name = "a"
	deepDecoy := sdjwt.Node{Array: true, Decoys: 1}
	for range sdjwt.MaxDepth - 2 {
		deepDecoy = sdjwt.Node{Items: []sdjwt.Node{deepDecoy}}
	}
	deepDecoy.Name = "a"
	deeperArray := sdjwt.Node{Name: "a", Items: []sdjwt.Node{{Items: deepArray.Items}}}
	var many []sdjwt.Node
	for i := range sdjwt.MaxDisclosures + 1 {
		many = append(many, sdjwt.Node{Name: "a" + string(rune(0x4e00+i)), Disclosable: true})
	}
	return []issueRefusal{
		{"value too deep", leaf(deepValue), good, sdjwt.ReasonTooDeep},
		{"tree too deep", one(deepNode), good, sdjwt.ReasonTooDeep},
		{"element's digest too deep", one(deepArray), good, sdjwt.ReasonTooDeep},
		{"too many disclosures", many, good, sdjwt.ReasonTooManyDisclosures},
		{"too large", leaf(strings.Repeat("x", sdjwt.MaxTextBytes)), good, sdjwt.ReasonTooLarge},
		{"decoy element too deep", one(deepDecoy), good, sdjwt.ReasonTooDeep},
		{"arrays too deep", one(deeperArray), good, sdjwt.ReasonTooDeep},
	}
}

func TestIssueRefuses(t *testing.T) {
	for _, r := range issueRefusals(t) {
		t.Run(r.name, func(t *testing.T) {
			text, err := sdjwt.Issue(r.claims, r.o)
			if text != "" {
				t.Error("a token came with the error")
			}
			wantReason(t, err, r.want)
			if r.want == sdjwt.ReasonSigning && r.name != "no randomness for a decoy" && !errors.Is(err, errBroken) {
				t.Errorf("the cause is lost: %v", err)
			}
		})
	}
}
