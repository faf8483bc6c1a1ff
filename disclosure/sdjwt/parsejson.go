package sdjwt

import "strings"

// ParseJSON reads the JWS JSON serialisation, flattened or general (RFC 9901
// section 8), as [Parse] reads the compact one. Of a general serialisation it
// takes the first signature, the only one disclosures and a Key Binding JWT may
// stand beside. Unprotected header parameters other than those two are ignored:
// nothing that is not signed can influence verification.
func ParseJSON(text string) (*SDJWT, error) {
	const where = "token"
	if len(text) > MaxTextBytes {
		return nil, refuse(ReasonTooLarge, where)
	}
	v, err := decodeJSON(text, inToken)
	if err != nil {
		return nil, err
	}
	outer, ok := v.(*object)
	if !ok {
		return nil, refuse(ReasonMalformed, where)
	}
	first, err := firstSignature(outer)
	if err != nil {
		return nil, err
	}
	parts := make([]string, 0, 3)
	for _, from := range []struct {
		o    *object
		name string
	}{{first, "protected"}, {outer, "payload"}, {first, "signature"}} {
		v, _ := from.o.get(from.name)
		part, ok := v.(string)
		if !ok {
			return nil, refuse(ReasonMalformed, where)
		}
		if !base64url(part) {
			return nil, refuse(ReasonEncoding, where)
		}
		parts = append(parts, part)
	}
	disclosures, binding, err := unprotected(first)
	if err != nil {
		return nil, err
	}
	if err := disjoint(first, parts[0]); err != nil {
		return nil, err
	}
	compact := append([]string{strings.Join(parts, ".")}, disclosures...)
	return Parse(strings.Join(append(compact, binding), "~"))
}

// firstSignature returns the object with protected, header and signature.
func firstSignature(outer *object) (*object, error) {
	v, general := outer.get("signatures")
	if !general {
		return outer, nil
	}
	if _, flattened := outer.get("signature"); flattened {
		return nil, refuse(ReasonMalformed, "token")
	}
	list, _ := v.([]any)
	var first *object
	for i, item := range list {
		o, ok := item.(*object)
		if !ok {
			return nil, refuse(ReasonMalformed, "token")
		}
		if i == 0 {
			first = o
			continue
		}
		disclosures, binding, err := unprotected(o)
		if err != nil {
			return nil, err
		}
		if len(disclosures) > 0 || binding != "" {
			return nil, refuse(ReasonMalformed, "token")
		}
	}
	if first == nil {
		return nil, refuse(ReasonMalformed, "token")
	}
	return first, nil
}

// disjoint refuses a parameter that is both protected and not, and a crit that is
// not protected (RFC 7515 sections 7.2.1 and 4.1.11): readers would disagree on
// which of the two counts.
func disjoint(o *object, protected string) error {
	v, _ := o.get("header")
	header, _ := v.(*object)
	if header == nil {
		return nil
	}
	if len(protected) > MaxHeaderBytes {
		return inJWT.in("header").refuse(ReasonTooLarge)
	}
	signed, err := decodeObject(&scratch{}, protected, inJWT.in("header"), ReasonHeader)
	if err != nil {
		return err
	}
	for _, m := range header.members {
		if _, both := signed.get(m.name); both || m.name == "crit" {
			return inJWT.in("header").refuse(ReasonHeader)
		}
	}
	return nil
}

// unprotected reads disclosures and kb_jwt from the header beside a signature.
func unprotected(o *object) (disclosures []string, binding string, err error) {
	v, present := o.get("header")
	if !present {
		return nil, "", nil
	}
	header, ok := v.(*object)
	if !ok {
		return nil, "", refuse(ReasonMalformed, "token")
	}
	if v, present := header.get("kb_jwt"); present {
		// A tilde would smuggle in another disclosure.
		if binding, ok = v.(string); !ok || binding == "" || strings.Contains(binding, "~") {
			return nil, "", refuse(ReasonMalformed, "key binding")
		}
	}
	v, present = header.get("disclosures")
	if !present {
		return nil, binding, nil
	}
	items, ok := v.([]any)
	if !ok {
		return nil, "", refuse(ReasonMalformed, "token")
	}
	if len(items) > MaxDisclosures {
		return nil, "", refuse(ReasonTooManyDisclosures, "token")
	}
	for i, item := range items {
		d, ok := item.(string)
		if !ok || d == "" {
			return nil, "", inDisclosure(i).refuse(ReasonMalformed)
		}
		if !base64url(d) {
			return nil, "", inDisclosure(i).refuse(ReasonEncoding)
		}
		disclosures = append(disclosures, d)
	}
	return disclosures, binding, nil
}
