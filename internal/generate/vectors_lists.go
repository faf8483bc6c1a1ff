package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"time"

	"github.com/giayto/giayto/verifier"
)

// hostileLists are trust lists that a checker must refuse as a whole: forged in
// the ways that JOSE is known for (RFC 8725), or rightly signed with a content
// that no root should sign.
func (w *workshop) hostileLists() []vector {
	text := w.present("disclosure", w.bearer(fields("can_cuoc", "name")))
	r := func(name, list string) vector {
		return w.refuse(verifier.ReasonTrustListInvalid, name, text, func(v *vector) { v.TrustList = list })
	}
	var all []vector
	good := w.listPayload(nil)
	for _, c := range []struct{ name, header string }{
		{"no type in the header", `{"alg":"ES256"}`},
		{"type of an ordinary JWT", `{"alg":"ES256","typ":"JWT"}`},
		{"alg of the header is ES384", `{"alg":"ES384","typ":"giayto-trust-list+jwt"}`},
		{"no alg in the header", `{"typ":"giayto-trust-list+jwt"}`},
		{"critical header member", `{"alg":"ES256","typ":"giayto-trust-list+jwt","crit":["exp"],"exp":1}`},
		{"b64 header member", `{"alg":"ES256","typ":"giayto-trust-list+jwt","b64":true}`},
	} {
		all = append(all, r(c.name+", rightly signed", w.jws(c.header, good, w.root)))
	}
	stranger := string(must(json.Marshal(w.key(w.keys["stranger"]))))
	all = append(all,
		r("key of a stranger in the header", w.jws(`{"alg":"ES256","typ":"giayto-trust-list+jwt","jwk":`+stranger+`}`, good, w.keys["stranger"])),
		r("alg none", input(`{"alg":"none","typ":"giayto-trust-list+jwt"}`, good)+"."),
		r("HS256 with the public key as secret", w.hmacJWS(good)),
		r("JSON serialisation", w.jsonJWS(good)),
		r("empty payload", w.jws(listHeader, nil, w.root)),
	)
	for _, c := range w.hostileContents() {
		all = append(all, r(c.name+", rightly signed", w.jws(listHeader, c.payload, w.root)))
	}
	return append(all, r("something follows the list, rightly signed", w.jws(listHeader, append(good, "{}"...), w.root)))
}

const listHeader = `{"alg":"ES256","typ":"giayto-trust-list+jwt"}`

type content struct {
	name    string
	payload []byte
}

// listPayload is the usual list as JSON after a change to it.
func (w *workshop) listPayload(change func(list map[string]any)) []byte {
	var list map[string]any
	if err := json.Unmarshal(must(json.Marshal(w.trustList(6, w.now.Add(-time.Hour)))), &list); err != nil {
		panic(err)
	}
	if change != nil {
		change(list)
	}
	return must(json.Marshal(list))
}

func (w *workshop) hostileContents() []content {
	var all []content
	with := func(name string, change func(list map[string]any)) {
		all = append(all, content{name, w.listPayload(change)})
	}
	first := func(name string, change func(key map[string]any)) {
		with(name, func(l map[string]any) { change(l["keys"].([]any)[0].(map[string]any)) })
	}
	rule := func(name, member string, value any) {
		with(name, func(l map[string]any) { l["rules"].(map[string]any)[member] = value })
	}
	with("version zero", func(l map[string]any) { l["version"] = 0 })
	with("version as text", func(l map[string]any) { l["version"] = "6" })
	with("next_update not after issued_at", func(l map[string]any) { l["next_update"] = l["issued_at"] })
	with("no issued_at", func(l map[string]any) { delete(l, "issued_at") })
	rule("no lifetime", "max_lifetime_seconds", 0)
	rule("lifetime over ten minutes", "max_lifetime_seconds", 601)
	rule("negative tolerance", "clock_skew_seconds", -1)
	rule("tolerance over five minutes", "clock_skew_seconds", 301)
	rule("grace over ninety days", "grace_seconds", 90*86400+1)
	rule("lifetime that overflows nanoseconds", "max_lifetime_seconds", int64(1)<<55)
	with("a key twice", func(l map[string]any) {
		keys := l["keys"].([]any)
		l["keys"] = append(keys, keys[0])
	})
	with("a key under two purposes", func(l map[string]any) {
		keys := l["keys"].([]any)
		second := map[string]any{}
		for name, value := range keys[0].(map[string]any) {
			second[name] = value
		}
		second["purpose"] = "credential/c06"
		l["keys"] = append(keys, second)
	})
	first("the purpose of the root", func(k map[string]any) { k["purpose"] = "trust-list" })
	first("the root as a disclosure key", func(k map[string]any) { k["jwk"] = w.rootJWK })
	first("no purpose", func(k map[string]any) { delete(k, "purpose") })
	first("another algorithm", func(k map[string]any) { k["alg"] = "ES384" })
	first("window that ends before it begins", func(k map[string]any) { k["not_after"] = k["not_before"] })
	first("no key material", func(k map[string]any) { delete(k, "jwk") })
	first("a kid that is not the thumbprint", func(k map[string]any) { k["jwk"].(map[string]any)["kid"] = "1" })
	first("a private key", func(k map[string]any) {
		raw := must(w.keys["disclosure"].Bytes())
		k["jwk"].(map[string]any)["d"] = base64.RawURLEncoding.EncodeToString(raw)
	})
	first("a point that is not on the curve", func(k map[string]any) {
		jwk := k["jwk"].(map[string]any)
		delete(jwk, "kid")
		jwk["x"] = jwk["y"]
	})
	first("a P-384 key", func(k map[string]any) { k["jwk"] = largerKey() })
	first("a key for encryption", func(k map[string]any) { k["jwk"].(map[string]any)["use"] = "enc" })
	return all
}

// largerKey is a public key of another curve.
func largerKey() map[string]any {
	raw := make([]byte, 48)
	raw[47] = 7
	key := must(ecdsa.ParseRawPrivateKey(elliptic.P384(), raw))
	point := must(key.PublicKey.Bytes())
	b64 := base64.RawURLEncoding
	return map[string]any{"kty": "EC", "crv": "P-384", "x": b64.EncodeToString(point[1:49]), "y": b64.EncodeToString(point[49:])}
}

func input(header string, payload []byte) string {
	b64 := base64.RawURLEncoding
	return b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString(payload)
}

// jws signs with ES256 (RFC 7518 section 3.4) whatever the header says.
func (w *workshop) jws(header string, payload []byte, key *ecdsa.PrivateKey) string {
	digest := sha256.Sum256([]byte(input(header, payload)))
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(must(repeatable{key}.Sign(nil, digest[:], nil)), &sig); err != nil {
		panic(err)
	}
	raw := make([]byte, 64)
	sig.R.FillBytes(raw[:32])
	sig.S.FillBytes(raw[32:])
	return input(header, payload) + "." + base64.RawURLEncoding.EncodeToString(raw)
}

// hmacJWS takes the public root key, which everybody has, for a secret.
func (w *workshop) hmacJWS(payload []byte) string {
	signed := input(`{"alg":"HS256","typ":"giayto-trust-list+jwt"}`, payload)
	mac := hmac.New(sha256.New, *w.rootJWK)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// jsonJWS is the same signature in the other serialisation (RFC 7515 section 7.2).
func (w *workshop) jsonJWS(payload []byte) string {
	part := strings.Split(w.jws(listHeader, payload, w.root), ".")
	return string(must(json.Marshal(map[string]string{"protected": part[0], "payload": part[1], "signature": part[2]})))
}
