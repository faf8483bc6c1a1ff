package sdjwt

// contents is the decoded inside of a token: the signed payload and the
// disclosures that came with it, found by digest.
type contents struct {
	payload     *object
	disclosures []disclosure
	byDigest    map[string]int
}

// decode reads payload and disclosures (RFC 9901 section 7.1, up to step 3.a).
func (s *SDJWT) decode() (*contents, error) {
	payload, err := decodeObject(s.jwt.payload, "payload", ReasonPayload)
	if err != nil {
		return nil, err
	}
	if alg, ok := payload.get(nameAlgorithm); ok && alg != hashAlgorithm {
		return nil, refuse(ReasonHashAlgorithm, "payload")
	}
	c := &contents{
		payload:     payload,
		disclosures: make([]disclosure, len(s.disclosures)),
		byDigest:    make(map[string]int, len(s.disclosures)),
	}
	for i, text := range s.disclosures {
		if c.disclosures[i], err = decodeDisclosure(text, i); err != nil {
			return nil, err
		}
		digest := digestText(text)
		if _, dup := c.byDigest[digest]; dup {
			return nil, refuse(ReasonDuplicateDisclosure, disclosureAt(i))
		}
		c.byDigest[digest] = i
	}
	return c, nil
}

// UnsafeClaims puts the disclosed claims in their places without verifying the
// signature, the times or the key binding: for a holder reading its own token.
func (s *SDJWT) UnsafeClaims() (map[string]any, error) {
	c, err := s.decode()
	if err != nil {
		return nil, err
	}
	return c.expand()
}

// expander replaces digests by what they disclose (RFC 9901 section 7.1, steps
// 3.b to 5) and refuses everything that could make two verifiers see different
// claims.
type expander struct {
	*contents
	seen   map[string]struct{} // every digest met so far
	used   int                 // disclosures some digest led to
	sealed bool                // inside a claim that must always be visible
}

func (c *contents) expand() (map[string]any, error) {
	e := expander{contents: c, seen: make(map[string]struct{}, 2*len(c.disclosures)+8)}
	claims, err := e.object(c.payload, 1, "payload")
	if err != nil {
		return nil, err
	}
	// A digest leads to at most one disclosure and is met at most once, so
	// counting is enough to know that each was referenced.
	if e.used != len(c.disclosures) {
		return nil, refuse(ReasonUnreferenced, e.firstUnreferenced())
	}
	return claims, nil
}

func (e *expander) firstUnreferenced() string {
	first := len(e.disclosures)
	for digest, i := range e.byDigest {
		if _, ok := e.seen[digest]; !ok {
			first = min(first, i)
		}
	}
	return disclosureAt(first)
}

func (e *expander) value(v any, depth int, where string) (any, error) {
	switch v := v.(type) {
	case *object:
		return e.object(v, depth, where)
	case []any:
		return e.array(v, depth, where)
	}
	return v, nil
}

// object handles the payload (depth 1) and every object below it.
func (e *expander) object(o *object, depth int, where string) (map[string]any, error) {
	if depth > MaxDepth {
		return nil, refuse(ReasonTooDeep, where)
	}
	out := make(map[string]any, len(o.members))
	var digests any
	hasDigests := false
	for _, m := range o.members {
		switch {
		case m.name == nameDigests:
			digests, hasDigests = m.value, true
			continue
		case m.name == nameAlgorithm && depth == 1:
			continue
		case reserved(m.name):
			return nil, refuse(ReasonReservedName, where)
		}
		if depth == 1 && neverDisclosable(m.name) {
			e.sealed = true
		}
		v, err := e.value(m.value, depth+1, where)
		if err != nil {
			return nil, err
		}
		if depth == 1 {
			e.sealed = false
		}
		out[m.name] = v
	}
	if !hasDigests {
		return out, nil
	}
	return out, e.members(digests, out, depth, where)
}

// members inserts the disclosed members of one object (step 3.c.ii).
func (e *expander) members(digests any, out map[string]any, depth int, where string) error {
	list, ok := digests.([]any)
	if !ok {
		return refuse(ReasonPayload, where)
	}
	for _, digest := range list {
		i, err := e.resolve(digest, where)
		if err != nil {
			return err
		}
		if i < 0 {
			continue
		}
		d := &e.disclosures[i]
		if d.element {
			return refuse(ReasonDisclosureKind, disclosureAt(i))
		}
		if depth == 1 && neverDisclosable(d.name) {
			return refuse(ReasonNotDisclosable, disclosureAt(i))
		}
		if _, taken := out[d.name]; taken {
			return refuse(ReasonNameCollision, disclosureAt(i))
		}
		if out[d.name], err = e.value(d.value, depth+1, disclosureAt(i)); err != nil {
			return err
		}
	}
	return nil
}

// array keeps plain elements, replaces disclosed ones and drops the others
// (steps 3.c.iii and 3.d).
func (e *expander) array(items []any, depth int, where string) ([]any, error) {
	if depth > MaxDepth {
		return nil, refuse(ReasonTooDeep, where)
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		digest, ok := elementDigest(item)
		if !ok {
			v, err := e.value(item, depth+1, where)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
			continue
		}
		i, err := e.resolve(digest, where)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			continue
		}
		d := &e.disclosures[i]
		if !d.element {
			return nil, refuse(ReasonDisclosureKind, disclosureAt(i))
		}
		v, err := e.value(d.value, depth+1, disclosureAt(i))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// elementDigest recognises {"...": digest}, which must have no other member
// (RFC 9901 section 4.2.4.2). One with more is left to object, which refuses it.
func elementDigest(item any) (digest any, ok bool) {
	o, _ := item.(*object)
	if o == nil || len(o.members) != 1 || o.members[0].name != nameElement {
		return nil, false
	}
	return o.members[0].value, true
}

// resolve returns the index of the disclosure behind a digest, -1 when it was
// not presented or is a decoy.
func (e *expander) resolve(digest any, where string) (int, error) {
	text, ok := digest.(string)
	if !ok {
		return 0, refuse(ReasonPayload, where)
	}
	if e.sealed {
		return 0, refuse(ReasonNotDisclosable, where)
	}
	if _, dup := e.seen[text]; dup {
		return 0, refuse(ReasonDuplicateDigest, where)
	}
	e.seen[text] = struct{}{}
	i, ok := e.byDigest[text]
	if !ok {
		return -1, nil
	}
	e.used++
	return i, nil
}
