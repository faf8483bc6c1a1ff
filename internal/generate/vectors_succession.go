package main

import (
	"encoding/json"
	"time"

	"github.com/giayto/giayto/verifier"
)

// successions are lists that hand trust over to a new root, and lists that only
// claim to.
func (w *workshop) successions() []vector {
	next, stranger := testKey("next root"), w.keys["stranger"]
	issuer := w.trustList(1, w.now).Issuer
	old := w.key(w.root)
	handover := func(change func(*verifier.TrustList)) verifier.TrustList {
		l := w.trustList(7, w.now.Add(-2*time.Hour))
		l.NextRoot = must(verifier.NewSuccession(issuer, old, repeatable{next}))
		if change != nil {
			change(&l)
		}
		return l
	}
	announced := w.sign(handover(nil), w.root)
	newest := w.trustList(8, w.now.Add(-time.Hour))
	signed := w.sign(newest, next)
	text := w.present("disclosure", w.bearer(fields("can_cuoc", "age_equal_or_over.18")))
	five := w.bearer(fields("can_cuoc", "age_equal_or_over.18"))
	list := func(text, held string) func(*vector) {
		return func(v *vector) { v.TrustList, v.Policy.PreviousList = text, held }
	}
	all := []vector{
		w.accept("a list that names the next root", five, list(announced, "")),
		w.accept("a list by the root that the held list names", five, list(signed, announced)),
		w.accept("a list by the old root after it has named the next one", five, list(w.sign(newest, w.root), announced)),
		w.refuse(verifier.ReasonTrustListInvalid, "a list by a root that no held list names", text, list(signed, "")),
		w.refuse(verifier.ReasonTrustListInvalid, "a list by a root that the held list does not name", text, list(signed, w.list)),
		w.refuse(verifier.ReasonTrustListInvalid, "a list by a stranger after the next root is named", text, list(w.sign(newest, stranger), announced)),
		w.refuse(verifier.ReasonTrustListRollback, "an older list by the next root", text, list(w.sign(w.trustList(6, w.now.Add(-time.Hour)), next), announced)),
		w.refuse(verifier.ReasonTrustListRollback, "another list under the same version by the next root", text,
			list(w.sign(w.trustList(7, w.now.Add(-time.Hour)), next), announced)),
	}
	for _, c := range w.falseSuccessions(handover(nil), issuer) {
		all = append(all, w.refuse(verifier.ReasonTrustListInvalid, c.name+", rightly signed", text, list(w.jws(listHeader, c.payload, w.root), "")))
	}
	return all
}

// falseSuccessions are contents that the root signed, with a next root that must
// not be believed.
func (w *workshop) falseSuccessions(good verifier.TrustList, issuer string) []content {
	next, stranger := testKey("next root"), w.keys["stranger"]
	old, named := w.key(w.root), w.key(next)
	var all []content
	add := func(name string, jwk any, proof any) {
		var list map[string]any
		if err := json.Unmarshal(must(json.Marshal(good)), &list); err != nil {
			panic(err)
		}
		list["next_root"] = map[string]any{"jwk": jwk, "proof": proof}
		all = append(all, content{"next root: " + name, must(json.Marshal(list))})
	}
	const header = `{"alg":"ES256","typ":"giayto-root-succession+jwt"}`
	said := func(iss, from, to string) []byte {
		return must(json.Marshal(map[string]string{"iss": iss, "from": from, "to": to}))
	}
	right := said(issuer, old.Thumbprint, named.Thumbprint)
	add("proof by a stranger", named, w.jws(header, right, stranger))
	add("proof by the old root", named, w.jws(header, right, w.root))
	add("proof of the type of a trust list", named, w.jws(listHeader, right, next))
	add("proof about another old root", named, w.jws(header, said(issuer, named.Thumbprint, named.Thumbprint), next))
	add("proof about another new root", named, w.jws(header, said(issuer, old.Thumbprint, old.Thumbprint), next))
	add("proof about another deployment", named, w.jws(header, said("https://elsewhere.example", old.Thumbprint, named.Thumbprint), next))
	add("proof with something behind it", named, w.jws(header, append(append([]byte{}, right...), "{}"...), next))
	add("no proof", named, nil)
	add("proof that is a number", named, 1)
	add("no key", nil, w.jws(header, right, next))
	add("the old root itself", old, w.jws(header, said(issuer, old.Thumbprint, old.Thumbprint), w.root))
	disclosure := w.keys["disclosure"]
	add("a key of the list", w.key(disclosure), w.jws(header, said(issuer, old.Thumbprint, w.key(disclosure).Thumbprint), disclosure))
	return all
}
