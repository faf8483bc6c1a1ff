package main

import (
	"time"

	"github.com/giayto/giayto/verifier"
)

// badStatuses are genuine credentials whose status is bad, or that nobody can
// tell: a checker that takes one for good fails open.
func (w *credentialWorkshop) badStatuses() []credentialVector {
	r := w.wrong
	at := func(document, label string, index int) string {
		c := w.credential(document, index)
		return w.issue(label, c, c.examples(document, "name")...)
	}
	good := at("can_cuoc", "credential", 0)
	all := []credentialVector{}
	for index, reason := range []verifier.Reason{"", verifier.ReasonStatusRevoked, verifier.ReasonStatusSuspended, verifier.ReasonStatusWithheld} {
		if reason == "" {
			continue
		}
		all = append(all,
			r(reason, "can_cuoc", at("can_cuoc", "credential", index), nil),
			r(reason, "gplx", at("gplx", "csgt", index), nil),
			r(reason, "a checker that accepts what is unknown, not what is bad", at("can_cuoc", "credential", index),
				func(v *credentialVector) { v.Policy.AcceptUnknown = true }),
			r(reason, "bad even where the data is older than the policy allows", at("can_cuoc", "credential", index),
				func(v *credentialVector) { v.Policy.MaxStatusAge = 1 }),
			r(reason, "bad even where the data has ended", at("can_cuoc", "credential", index),
				func(v *credentialVector) { v.Status = "expired" }),
			r(reason, "the same, and a checker that accepts what is unknown", at("can_cuoc", "credential", index),
				func(v *credentialVector) { v.Status, v.Policy.AcceptUnknown = "expired", true }))
	}
	unknown := func(name, text string, change func(*credentialVector)) {
		all = append(all, r(verifier.ReasonStatusUnknown, name, text, change))
	}
	for _, file := range []string{"one agency", "expired", "of another deployment", "signed by a stranger", "signed by an agency",
		"signed by a leaked key", "a list missing", "a list exchanged", "half a file"} {
		unknown("status file: "+file, good, func(v *credentialVector) { v.Status = file })
	}
	unknown("no status file", good, func(v *credentialVector) { v.Status = "" })
	unknown("the status key has been revoked since", good, func(v *credentialVector) { v.TrustList = "status key revoked" })
	unknown("older than the policy allows", good, func(v *credentialVector) { v.Policy.MaxStatusAge = 599 })
	unknown("an older snapshot than one already seen", good, func(v *credentialVector) { v.Policy.PreviousSnapshot = "newer" })
	status := func(name string, value any, change func(*credentialVector)) {
		unknown(name, w.altered(func(c claims) { c["status"] = value }), change)
	}
	list := func(idx, uri any) map[string]any {
		return map[string]any{"status_list": map[string]any{"idx": idx, "uri": uri}}
	}
	accept := func(v *credentialVector) { v.Policy.AcceptUnknown = true }
	status("index beyond the list", list(listSize, statusURI("c06")), nil)
	status("index beyond the list, whatever the policy", list(listSize, statusURI("c06")), accept)
	status("negative index", list(-1, statusURI("c06")), accept)
	status("index as text", list("0", statusURI("c06")), accept)
	status("index with a fraction", list(0.5, statusURI("c06")), accept)
	status("index beyond any number", list(1e30, statusURI("c06")), accept)
	status("no address", list(0, ""), accept)
	status("address as a number", list(0, 1), accept)
	status("another mechanism", map[string]any{"token_revocation": true}, accept)
	status("null", nil, accept)
	status("a list that the snapshot does not name", list(0, statusURI("c06")+"0"), nil)
	none := w.altered(func(c claims) { delete(c, "status") })
	unknown("no status claim", none, nil)
	unknown("no status claim, and too long a life for the policy", none, func(v *credentialVector) { v.Policy.ShortLived = 86400 })
	short := w.altered(func(c claims) {
		delete(c, "status")
		c["iat"], c["exp"] = w.now.Unix(), w.now.Add(24*time.Hour).Unix()
	})
	unknown("no status claim, and a policy for shorter lives", short, func(v *credentialVector) { v.Policy.ShortLived = 86399 })
	return all
}
