package sdjwt

import (
	"strings"
	"unicode/utf8"
)

// Names of the claims that say what kind of credential an SD-JWT VC is.
const (
	nameType      = "vct"
	nameTypeHash  = "vct#integrity"
	nameMoreTypes = "aka_vcts"
)

func isVC(typ string) bool { return typ == TypeVC || typ == TypeVCLegacy }

// checkVC holds the claims of an SD-JWT VC to what the draft says of their form
// (draft-ietf-oauth-sd-jwt-vc-25, section 2.2.2): vct is required; aka_vcts is
// a list of further types, which vct is not one of; iss and sub are strings. A
// verifier that compares types must be able to rely on it.
func checkVC(claims map[string]any) error {
	vct, ok := claims[nameType].(string)
	if !ok || vct == "" {
		return refuse(ReasonCredentialType, nameType)
	}
	if v, present := claims[nameTypeHash]; present {
		text, _ := v.(string)
		if _, err := strongestHash(text); err != nil {
			return refuse(ReasonCredentialType, nameTypeHash)
		}
	}
	for _, name := range [...]string{"iss", "sub"} {
		if v, present := claims[name]; present {
			if _, ok := v.(string); !ok {
				return refuse(ReasonCredentialType, name)
			}
		}
	}
	v, present := claims[nameMoreTypes]
	if !present {
		return nil
	}
	list, _ := v.([]any)
	if len(list) == 0 || len(list) > MaxTypes {
		return refuse(ReasonCredentialType, nameMoreTypes)
	}
	for i, item := range list {
		text, ok := item.(string)
		if !ok || text == "" || text == vct {
			return refuse(ReasonCredentialType, nameMoreTypes)
		}
		for _, other := range list[:i] {
			if other == item {
				return refuse(ReasonCredentialType, nameMoreTypes)
			}
		}
	}
	return nil
}

// Types returns the types of a verified SD-JWT VC: vct and, behind it, aka_vcts.
// A credential is of each of them. It returns nil for claims without a vct.
func Types(claims map[string]any) []string {
	vct, ok := claims[nameType].(string)
	if !ok {
		return nil
	}
	types := []string{vct}
	list, _ := claims[nameMoreTypes].([]any)
	for _, item := range list {
		if text, ok := item.(string); ok {
			types = append(types, text)
		}
	}
	return types
}

// checkIssuedVC is checkVC for what is about to be signed: what we write we must
// be able to read.
func checkIssuedVC(nodes []Node) error {
	claims := make(map[string]any, 4)
	for i := range nodes {
		n := &nodes[i]
		switch n.Name {
		case nameType, nameTypeHash, "iss", "sub", nameMoreTypes:
			v, err := plainValue(n)
			if err != nil {
				return err
			}
			claims[n.Name] = v
		}
	}
	return checkVC(claims)
}

// plainValue returns a string, or a list of strings, as decoding would give it.
// Anything else comes back as nil, which checkVC refuses.
func plainValue(n *Node) (any, error) {
	switch v := n.Value.(type) {
	case string:
		if !utf8.ValidString(v) {
			return nil, refuse(ReasonNotUTF8, n.Name)
		}
		return strings.Clone(v), nil
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return list, nil
	}
	if n.Items == nil {
		return nil, nil
	}
	list := make([]any, len(n.Items))
	for i := range n.Items {
		list[i] = n.Items[i].Value
	}
	return list, nil
}
