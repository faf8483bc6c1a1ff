package main

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/giayto/giayto/verifier"
)

// Lists by which trust passes from the root to the next one, and ways to forge
// that (docs/wire-format.md section 9).

const successionHeader = `{"alg":"ES256","typ":"giayto-root-succession+jwt"}`

// handover is the list of a version, signed by the root of the label; one that
// names a next root if it has a label too.
func (w *workshop) handover(version int64, by, next string) string {
	list := w.trustList(version, w.now.Add(-time.Hour))
	if next != "" {
		list.NextRoot = must(verifier.NewSuccession(list.Issuer, w.key(testKey(by)), repeatable{testKey(next)}))
	}
	return w.sign(list, testKey(by))
}

// pinned says which root the reader has pinned.
func (w *workshop) pinned(label string) *jsonRaw {
	raw := jsonRaw(must(json.Marshal(w.key(testKey(label)))))
	return &raw
}

func (w *workshop) succession() []vector {
	text := w.present("disclosure", w.bearer(fields("can_cuoc", "name")))
	lists := func(earlier, previous, list string) func(*vector) {
		return func(v *vector) { v.Policy.EarlierList, v.Policy.PreviousList, v.TrustList = earlier, previous, list }
	}
	good := func(name string, change func(*vector)) vector {
		return w.accept(name, w.bearer(fields("can_cuoc", "name")), change)
	}
	bad := func(name string, change func(*vector)) vector {
		return w.refuse(verifier.ReasonTrustListInvalid, name, text, change)
	}
	plain, named, again := w.handover(4, "root", ""), w.handover(4, "root", "next root"), w.handover(5, "root", "next root")
	byNext, namesThird := w.handover(5, "next root", ""), w.handover(5, "next root", "third root")
	all := []vector{
		good("the list names a next root", lists("", "", named)),
		good("the root goes on after it has named the next one", lists("", named, again)),
		good("the next root, after a list that named it", lists("", named, byNext)),
		good("the next root names its own successor", lists("", named, namesThird)),
		good("the third root, by way of the second", lists(named, namesThird, w.handover(6, "third root", ""))),
		good("whoever pins the next root", func(v *vector) { v.TrustList, v.Root = byNext, w.pinned("next root") }),
		bad("the next root, of which the reader knows nothing", lists("", "", byNext)),
		bad("the next root, after a list that does not name it", lists("", plain, byNext)),
		bad("the third root, which no list has named", lists("", named, w.handover(6, "third root", ""))),
		bad("the old root, after a list of the next one", lists(named, byNext, w.handover(9, "root", ""))),
		bad("the old root naming the next one, after a list of the next one", lists(named, byNext, w.handover(9, "root", "next root"))),
		bad("the old root, where the next one is pinned", func(v *vector) { v.TrustList, v.Root = named, w.pinned("next root") }),
		w.refuse(verifier.ReasonTrustListRollback, "the next root under an older version", text, lists("", named, w.handover(3, "next root", ""))),
		w.refuse(verifier.ReasonTrustListRollback, "the next root under the same version", text, lists("", named, w.handover(4, "next root", ""))),
	}
	for _, c := range w.forgedSuccessions() {
		all = append(all, bad(c.name+", rightly signed", lists("", "", w.jws(listHeader, c.payload, w.root))))
	}
	return all
}

// forgedSuccessions are contents of lists whose next root has not agreed, or is
// none.
func (w *workshop) forgedSuccessions() []content {
	next, key := testKey("next root"), w.key(testKey("next root"))
	from, to := w.key(w.root).Thumbprint, key.Thumbprint
	said := func(iss, from, to string) string {
		return `{"iss":"` + iss + `","from":"` + from + `","to":"` + to + `"}`
	}
	right := said("https://giayto.example", from, to)
	var all []content
	with := func(name string, jwk any, proof string) {
		all = append(all, content{name, w.listPayload(func(l map[string]any) {
			l["next_root"] = map[string]any{"jwk": jwk, "proof": proof}
		})})
	}
	proof := func(payload string) string { return w.jws(successionHeader, []byte(payload), next) }
	good := proof(right)
	with("next root without proof", key, "")
	with("next root: proof by the old root", key, w.jws(successionHeader, []byte(right), w.root))
	with("next root: proof with the type of a list", key, w.jws(listHeader, []byte(right), next))
	with("next root: proof without a type", key, w.jws(`{"alg":"ES256"}`, []byte(right), next))
	with("next root: proof with alg none", key, input(`{"alg":"none","typ":"giayto-root-succession+jwt"}`, []byte(right))+".")
	with("next root: proof with padding", key, good+"=")
	with("next root: proof about another old root", key, proof(said("https://giayto.example", to, to)))
	with("next root: proof about another new root", key, proof(said("https://giayto.example", from, from)))
	with("next root: proof about another deployment", key, proof(said("https://other.example", from, to)))
	with("next root: proof that says a thing twice", key, proof(`{"from":"x",`+right[1:]))
	with("next root: proof in capitals", key, proof(strings.Replace(right, `"from"`, `"From"`, 1)))
	with("next root: something behind the proof", key, proof(right+"{}"))
	with("next root: proof that is no JSON", key, proof("yes"))
	with("next root: longer than any genuine proof", key, proof(`{"x":"`+strings.Repeat("x", 4096)+`",`+right[1:]))
	with("next root without a key", nil, good)
	with("next root: its private key", map[string]any{"kty": "oct", "k": "AAAA"}, good)
	with("next root: the root itself", w.rootJWK, w.jws(successionHeader, []byte(said("https://giayto.example", from, from)), w.root))
	with("next root: another key than that of the proof", w.key(testKey("third root")), good)
	all = append(all, content{"next root that stands among the keys", w.listPayload(func(l map[string]any) {
		l["next_root"] = map[string]any{"jwk": key, "proof": good}
		first := l["keys"].([]any)[0].(map[string]any)
		second := map[string]any{"jwk": key}
		for _, name := range []string{"alg", "purpose", "not_before", "not_after"} {
			second[name] = first[name]
		}
		l["keys"] = append(l["keys"].([]any), second)
	})})
	return all
}
