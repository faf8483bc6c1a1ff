package credential

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/verifier"
)

// registered are the claims about the credential itself, none of which is a
// claim of a document (RFC 7519 section 4.1, RFC 7800, SD-JWT VC).
var registered = map[string]bool{"iss": true, "sub": true, "aud": true, "iat": true, "nbf": true, "exp": true, "jti": true,
	"cnf": true, "vct": true, "vct#integrity": true, "aka_vcts": true, "status": true}

// reader turns the nested claims of a credential into facts of the catalogue.
type reader struct {
	document *catalog.Document
	values   map[string]any
	outdated bool // something that a newer catalogue may know
	invalid  bool // something that no catalogue allows
}

// read checks every disclosed claim by the catalogue and returns them in its
// order. What the catalogue does not know is no forgery: the reader is outdated,
// and nothing is shown.
func read(d *catalog.Document, claims map[string]any) ([]verifier.Claim, *verifier.Refusal) {
	r := &reader{document: d, values: map[string]any{}}
	for name, value := range claims {
		if !registered[name] {
			r.member(name, name, value)
		}
	}
	switch {
	case r.outdated:
		return nil, refuse(verifier.ReasonCatalogOutdated, "claim or value unknown")
	case r.invalid:
		return nil, refuse(verifier.ReasonClaimInvalid, "")
	}
	facts := make([]verifier.Claim, 0, len(r.values))
	for _, claim := range d.All() {
		if value, ok := r.values[claim.ID]; ok {
			facts = append(facts, verifier.NewClaim(claim, value))
		}
	}
	return facts, nil
}

// member reads one member with the path of names that leads to it.
func (r *reader) member(name, path string, value any) {
	if strings.Contains(name, ".") { // would be taken for a path
		r.outdated = true
		return
	}
	if claim := r.document.Claim(path); claim != nil {
		r.claim(claim, plain(value))
		return
	}
	group, ok := value.(map[string]any)
	if !ok || !r.isGroup(path) {
		r.outdated = true
		return
	}
	for name, value := range group {
		r.member(name, path+"."+name, value)
	}
}

func (r *reader) claim(claim *catalog.Claim, value any) {
	violation := claim.Check(value)
	switch {
	case violation == nil:
		r.values[claim.ID] = value
	// Values of lists and members of objects are only ever added.
	case violation.Code == catalog.CodeNotInEnum || violation.Code == catalog.CodeUnknownClaim:
		r.outdated = true
	default:
		r.invalid = true
	}
}

// isGroup reports whether some claim lies below the path, as address.region
// does below address.
func (r *reader) isGroup(path string) bool {
	for _, claim := range r.document.All() {
		if strings.HasPrefix(claim.ID, path+".") {
			return true
		}
	}
	return false
}

// plain gives integers the type that the catalogue has for them. Any other
// number stays what it is, and no claim allows it.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n
		}
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = plain(member)
		}
		return out
	}
	return v
}
