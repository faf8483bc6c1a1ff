package sdjwt_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// example is one entry of testdata/spec/examples.json, see SOURCE.txt there.
type example struct {
	Name          string
	Typ           string
	Decoys        bool
	KeyBinding    bool `json:"key_binding"`
	DefaultClaims bool `json:"default_claims"`
	Claims        []exampleNode
	Paths         [][]string
}

type exampleNode struct {
	Name    string
	SD      bool
	Value   any
	Members []exampleNode
	Items   []exampleNode
}

func (n exampleNode) node(decoys int) sdjwt.Node {
	out := sdjwt.Node{Name: n.Name, Disclosable: n.SD, Value: n.Value}
	if n.Members != nil {
		out.Members, out.Decoys = nodes(n.Members, decoys), decoys
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, item.node(decoys))
	}
	return out
}

func nodes(list []exampleNode, decoys int) []sdjwt.Node {
	out := []sdjwt.Node{}
	for _, n := range list {
		out = append(out, n.node(decoys))
	}
	return out
}

// reveal computes the claims a verifier should see from the tree alone, without
// any token: plain nodes always, disclosable ones when a path leads to them,
// through them or above them.
func (n exampleNode) reveal(paths [][]string) (any, bool) {
	whole := false
	for _, p := range paths {
		whole = whole || len(p) == 0
	}
	if n.SD && len(paths) == 0 {
		return nil, false
	}
	next := func(step string) (rest [][]string) {
		if whole {
			return [][]string{{}}
		}
		for _, p := range paths {
			if p[0] == step {
				rest = append(rest, p[1:])
			}
		}
		return rest
	}
	switch {
	case n.Members != nil:
		out := map[string]any{}
		for _, m := range n.Members {
			if v, ok := m.reveal(next(m.Name)); ok {
				out[m.Name] = v
			}
		}
		return out, true
	case n.Items != nil:
		out := []any{}
		for i, item := range n.Items {
			if v, ok := item.reveal(next(strconv.Itoa(i))); ok {
				out = append(out, v)
			}
		}
		return out, true
	}
	return n.Value, true
}

func specificationExamples(t *testing.T) []example {
	t.Helper()
	var examples []example
	dec := json.NewDecoder(strings.NewReader(readFile(t, "spec", "examples.json")))
	dec.UseNumber()
	if err := dec.Decode(&examples); err != nil {
		t.Fatal(err)
	}
	return examples
}

func (e example) run(t *testing.T) {
	if e.DefaultClaims {
		e.add("iss", "https://issuer.example.com")
		e.add("iat", json.Number("1683000000"))
		e.add("exp", json.Number("1883000000"))
	}
	decoys := 0
	if e.Decoys {
		decoys = 3
	}
	claims := nodes(e.Claims, decoys)
	if e.KeyBinding {
		cnf, err := sdjwt.Confirmation(&rfcHolder.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		claims = append(claims, cnf)
	}
	o := rfcOptions()
	o.Type = e.Typ
	text := issue(t, claims, sdjwt.IssueOptions{Signer: rfcIssuer, Type: e.Typ, Decoys: decoys})
	e.want(t, text, o, [][]string{{}})

	presented := selectPaths(t, text, e.Paths...)
	if !e.KeyBinding {
		e.want(t, presented.String(), o, e.Paths)
		return
	}
	o.RequireKeyBinding, o.Audience, o.Nonce = true, rfcAudience, rfcNonce
	bound, err := presented.Bind(sdjwt.BindOptions{Signer: rfcHolder, Audience: rfcAudience, Nonce: rfcNonce, Now: rfcNow})
	if err != nil {
		t.Fatal(err)
	}
	e.want(t, bound, o, e.Paths)
}

func (e *example) add(name string, value any) {
	for _, n := range e.Claims {
		if n.Name == name {
			return
		}
	}
	e.Claims = append(e.Claims, exampleNode{Name: name, Value: value})
}

func (e example) want(t *testing.T, text string, o sdjwt.VerifyOptions, paths [][]string) {
	t.Helper()
	claims, err := sdjwt.Verify(text, o)
	if err != nil {
		t.Fatal(err)
	}
	if e.KeyBinding {
		delete(claims, "cnf")
	}
	want, _ := exampleNode{Members: e.Claims}.reveal(paths)
	if got, want := canonical(t, claims), canonical(t, want); got != want {
		t.Errorf("claims\n%s\nwant\n%s", got, want)
	}
}
