package main

import (
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/verifier"
)

// checked is a vector of the usual desk: the usual list and status.
func (w *credentialWorkshop) checked(name, text string, change func(*credentialVector)) credentialVector {
	v := credentialVector{Name: name, Text: text, TrustList: "usual", Status: "usual", Now: w.now}
	if change != nil {
		change(&v)
	}
	return v
}

// established is a vector that must be accepted with these claims.
func (w *credentialWorkshop) established(name, document, text string, c claims, facts map[string]any, change func(*credentialVector)) credentialVector {
	v := w.checked(name, text, nil)
	v.Want.Verdict = verifier.Established
	v.Want.Documents = []wantDocument{{Document: document, Claims: facts}}
	v.Want.Agency = catalog.Default().Document(document).Agency.ID
	expires := time.Unix(c["exp"].(int64), 0).UTC()
	v.Want.ExpiresAt = &expires
	age := int64(600)
	v.Want.StatusAge = &age
	if change != nil {
		change(&v)
	}
	return v
}

// exampleValues are the catalogue's examples as values.
func exampleValues(document string, paths ...string) map[string]any {
	out := map[string]any{}
	for _, path := range paths {
		out[path] = catalog.Default().Document(document).Claim(path).Example
	}
	return out
}

// goodCredentials are credentials that every checker must accept.
func (w *credentialWorkshop) goodCredentials() []credentialVector {
	var all []credentialVector
	add := func(name, document, label string, paths []string, change func(*credentialVector), alter func(claims)) {
		c := w.credential(document, 0)
		disclosures := c.examples(document, paths...)
		if alter != nil {
			alter(c)
		}
		all = append(all, w.established(name, document, w.issue(label, c, disclosures...), c, exampleValues(document, paths...), change))
	}
	noStatus := func(c claims) { delete(c, "status") }
	unsaid := func(v *credentialVector) { v.Want.StatusAge = nil }
	five := []string{"personal_administrative_number", "name", "birthdate", "sex", "address.formatted"}
	add("can_cuoc: nothing disclosed", "can_cuoc", "credential", nil, nil, nil)
	add("can_cuoc: five fields, one in a group", "can_cuoc", "credential", five, nil, nil)
	add("can_cuoc: over 18 alone", "can_cuoc", "credential", []string{"age_equal_or_over.18"}, func(v *credentialVector) {
		v.Policy.RequireTrue = []string{"can_cuoc/age_equal_or_over.18"}
	}, nil)
	add("gplx: a list of objects", "gplx", "csgt", []string{"document_number", "driving_privileges"}, nil, nil)
	add("valid at the last index of the list", "can_cuoc", "credential", []string{"name"}, nil, func(c claims) {
		c["status"] = map[string]any{"status_list": map[string]any{"idx": listSize - 1, "uri": statusURI("c06")}}
	})
	add("status just young enough for the policy", "can_cuoc", "credential", []string{"name"}, func(v *credentialVector) { v.Policy.MaxStatusAge = 600 }, nil)
	add("a newer status than the one seen", "can_cuoc", "credential", []string{"name"}, func(v *credentialVector) {
		v.Status, v.Policy.PreviousSnapshot = "newer", "usual"
		age := int64(300)
		v.Want.StatusAge = &age
	}, nil)
	add("the same status again", "can_cuoc", "credential", []string{"name"}, func(v *credentialVector) { v.Policy.PreviousSnapshot = "usual" }, nil)
	add("short-lived without a status, by policy", "can_cuoc", "credential", []string{"name"}, func(v *credentialVector) {
		v.Policy.ShortLived = 86400
		unsaid(v)
	}, func(c claims) {
		noStatus(c)
		c["iat"], c["nbf"], c["exp"] = w.now.Add(-time.Hour).Unix(), w.now.Add(-time.Hour).Unix(), w.now.Add(23*time.Hour).Unix()
	})
	add("no status, and a checker that does not care", "can_cuoc", "credential", []string{"name"}, func(v *credentialVector) {
		v.Policy.AcceptUnknown, v.Status = true, ""
		unsaid(v)
	}, noStatus)
	add("within the tolerance after exp", "can_cuoc", "credential", []string{"name"}, nil, func(c claims) { c["exp"] = w.now.Add(-29 * time.Second).Unix() })

	c := w.credential("can_cuoc", 0)
	text := w.issue("credential", c, c.examples("can_cuoc", "name")...)
	proved := func(v *credentialVector) {
		v.Policy.KeyBinding, v.Policy.Audience, v.Policy.Nonce = true, "https://bank.example", "n-0S6_WzA2Mj"
	}
	facts := exampleValues("can_cuoc", "name")
	all = append(all, w.established("the holder's proof", "can_cuoc", w.bind(text, "holder", w.binding(text)), c, facts, proved),
		w.established("a proof that nobody asked for", "can_cuoc", w.bind(text, "holder", w.binding(text)), c, facts, nil))
	return all
}

// wrong is a vector that must end in exactly this reason.
func (w *credentialWorkshop) wrong(reason verifier.Reason, name, text string, change func(*credentialVector)) credentialVector {
	v := w.checked(string(reason)+": "+name, text, change)
	v.Want.Verdict, v.Want.Reason = reason.Info().Verdict, reason
	return v
}

// altered is a good credential after a change to its payload, signed again.
func (w *credentialWorkshop) altered(alter func(claims)) string {
	c := w.credential("can_cuoc", 0)
	disclosures := c.examples("can_cuoc", "name")
	alter(c)
	return w.issue("credential", c, disclosures...)
}
