package sdjwt

import "strconv"

// EveryElement stands in a claim path for all elements of an array.
const EveryElement = "*"

// Select returns a token that discloses the claims at the given paths and
// nothing else that is selectively disclosable. Without paths it discloses
// nothing. A Key Binding JWT is dropped, because it covers another selection;
// call [SDJWT.Bind] on the result.
//
// A path names one claim from the root: object member names, and for array
// elements the index in the array as the issuer signed it, in decimal, digests
// included, so that an index means the same element in every selection; or
// [EveryElement]. The disclosures that the claim is nested in are kept with it,
// and so is everything below it that s can disclose: what the holder named is
// what the verifier gets, whole. To show less of an object, name its members.
//
// A path that leads nowhere is refused with ReasonPath rather than passed over,
// since a presentation that silently lacks a claim fails at the verifier. So is
// an empty path, which would disclose everything by accident.
func (s *SDJWT) Select(paths ...[]string) (*SDJWT, error) {
	if len(paths) > MaxPaths {
		return nil, refuse(ReasonOptions, "paths")
	}
	c, err := s.decode(&scratch{})
	if err != nil {
		return nil, err
	}
	// What a verifier would refuse is refused here already: afterwards every
	// digest is known to be met once and every member name to be unique.
	if _, err := c.expand(); err != nil {
		return nil, err
	}
	keep := selection{contents: c, keep: make([]bool, len(s.disclosures))}
	for i, path := range paths {
		if len(path) == 0 || !keep.path(c.payload, path) {
			return nil, refuse(ReasonPath, "path "+strconv.Itoa(i+1))
		}
	}
	out := &SDJWT{jwt: s.jwt}
	for i, d := range s.disclosures {
		if keep.keep[i] {
			out.disclosures = append(out.disclosures, d)
		}
	}
	return out, nil
}

// selection marks the disclosures that a holder's paths need.
type selection struct {
	*contents
	keep []bool
}

// path follows path from v and marks what it needs, all of it or, when the path
// leads nowhere, nothing.
func (s *selection) path(v any, path []string) bool {
	if len(path) == 0 {
		s.below(v)
		return true
	}
	switch v := v.(type) {
	case *object:
		return s.member(v, path)
	case []any:
		if path[0] == EveryElement {
			found := false
			for _, item := range v {
				found = s.item(item, path[1:]) || found
			}
			return found
		}
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= len(v) || strconv.Itoa(i) != path[0] {
			return false
		}
		return s.item(v[i], path[1:])
	}
	return false
}

func (s *selection) member(o *object, path []string) bool {
	if reserved(path[0]) {
		return false
	}
	if v, ok := o.get(path[0]); ok {
		return s.path(v, path[1:])
	}
	for _, i := range s.hidden(o) {
		if s.disclosures[i].name == path[0] {
			return s.through(i, path[1:])
		}
	}
	return false
}

func (s *selection) item(item any, path []string) bool {
	digest, ok := elementDigest(item)
	if !ok {
		return s.path(item, path)
	}
	i, ok := s.lookup(digest)
	return ok && s.through(i, path)
}

// through keeps a disclosure only when the rest of the path exists inside it.
func (s *selection) through(i int, path []string) bool {
	if !s.path(s.disclosures[i].value, path) {
		return false
	}
	s.keep[i] = true
	return true
}

// below marks every disclosure inside v.
func (s *selection) below(v any) {
	switch v := v.(type) {
	case *object:
		for _, m := range v.members {
			if m.name != nameDigests {
				s.below(m.value)
			}
		}
		for _, i := range s.hidden(v) {
			s.through(i, nil)
		}
	case []any:
		for _, item := range v {
			s.item(item, nil)
		}
	}
}

// hidden returns the disclosures that the digests of one object lead to.
func (s *selection) hidden(o *object) []int {
	v, _ := o.get(nameDigests)
	digests, _ := v.([]string)
	var found []int
	for _, digest := range digests {
		if i, ok := s.lookup(digest); ok {
			found = append(found, i)
		}
	}
	return found
}

func (s *selection) lookup(digest any) (int, bool) {
	text, _ := digest.(string)
	return s.find(text)
}
