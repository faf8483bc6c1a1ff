package sdjwt

// UnsafeClaims puts the disclosed claims in their places without verifying the
// signature, the times or the key binding: for a holder reading its own token.
func (s *SDJWT) UnsafeClaims() (map[string]any, error) {
	c, err := s.decode(&scratch{})
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
	seen   digestSet // every digest met so far
	used   int       // disclosures some digest led to
	sealed bool      // inside a claim that must always be visible
}

func (c *contents) expand() (map[string]any, error) {
	e := expander{contents: c}
	claims, err := e.object(c.payload, 1, inPayload)
	if err != nil {
		return nil, err
	}
	// A digest leads to at most one disclosure and is met at most once, so
	// counting is enough to know that each was referenced.
	if e.used != len(c.disclosures) {
		return nil, inDisclosure(e.firstUnreferenced()).refuse(ReasonUnreferenced)
	}
	return claims, nil
}

func (e *expander) firstUnreferenced() int {
	for i := range e.disclosures {
		if !e.seen.has(e.digest(i)) {
			return i
		}
	}
	return len(e.disclosures)
}

func (e *expander) value(v any, depth int, where place) (any, error) {
	switch v := v.(type) {
	case *object:
		return e.object(v, depth, where)
	case []any:
		return e.array(v, depth, where)
	}
	return v, nil
}

// object handles the payload (depth 1) and every object below it.
func (e *expander) object(o *object, depth int, where place) (map[string]any, error) {
	if depth > MaxDepth {
		return nil, where.refuse(ReasonTooDeep)
	}
	out := make(map[string]any, len(o.members)+o.disclosed(len(e.disclosures)-e.used))
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
			return nil, where.refuse(ReasonReservedName)
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
func (e *expander) members(digests any, out map[string]any, depth int, where place) error {
	list, ok := digests.([]string)
	if !ok {
		return where.refuse(ReasonPayload)
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
			return inDisclosure(i).refuse(ReasonDisclosureKind)
		}
		if depth == 1 && neverDisclosable(d.name) {
			return inDisclosure(i).refuse(ReasonNotDisclosable)
		}
		if _, taken := out[d.name]; taken {
			return inDisclosure(i).refuse(ReasonNameCollision)
		}
		if out[d.name], err = e.value(d.value, depth+1, inDisclosure(i)); err != nil {
			return err
		}
	}
	return nil
}

// array keeps plain elements, replaces disclosed ones and drops the others
// (steps 3.c.iii and 3.d).
func (e *expander) array(items []any, depth int, where place) ([]any, error) {
	if depth > MaxDepth {
		return nil, where.refuse(ReasonTooDeep)
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		value, ok := elementDigest(item)
		if !ok {
			v, err := e.value(item, depth+1, where)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
			continue
		}
		digest, ok := value.(string)
		if !ok {
			return nil, where.refuse(ReasonPayload)
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
			return nil, inDisclosure(i).refuse(ReasonDisclosureKind)
		}
		v, err := e.value(d.value, depth+1, inDisclosure(i))
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
func (e *expander) resolve(text string, where place) (int, error) {
	if e.sealed {
		return 0, where.refuse(ReasonNotDisclosable)
	}
	if !e.seen.add(text) {
		return 0, where.refuse(ReasonDuplicateDigest)
	}
	i, ok := e.find(text)
	if !ok {
		return -1, nil
	}
	e.used++
	return i, nil
}

// disclosed guesses how many members the digests of o will add, at most most.
func (o *object) disclosed(most int) int {
	v, _ := o.get(nameDigests)
	digests, _ := v.([]string)
	return min(len(digests), most)
}
