package main

import (
	"bytes"
	"compress/flate"
	"strings"
	"time"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// edges are pairs around every limit: what is just inside and just outside, and
// the forms that only a hostile writer makes.
func (w *workshop) edges() []vector {
	all := append(w.edgesOfRules(), w.edgesOfKeys()...)
	all = append(all, w.edgesOfPolicy()...)
	all = append(all, w.hostileClaims()...)
	return append(all, w.hostileMessages()...)
}

// under signs the usual list after a change, as version 5.
func (w *workshop) under(change func(*verifier.TrustList)) func(*vector) {
	return func(v *vector) {
		list := w.trustList(5, w.now.Add(-2*time.Hour))
		change(&list)
		v.TrustList = w.sign(list, w.root)
	}
}

// ending is a payload that ends so long after now.
func (w *workshop) ending(d time.Duration) payload {
	p := w.bearer(fields("can_cuoc", "name"))
	p[4] = w.now.Add(d).Unix()
	return p
}

func (w *workshop) edgesOfRules() []vector {
	narrow := w.under(func(l *verifier.TrustList) { l.Rules.ClockSkew, l.Rules.MaxLifetime = 0, 60 })
	wide := w.under(func(l *verifier.TrustList) { l.Rules.ClockSkew, l.Rules.MaxLifetime = 300, 600 })
	r := func(reason verifier.Reason, name string, d time.Duration, change func(*vector)) vector {
		return w.refuse(reason, name, w.present("disclosure", w.ending(d)), change)
	}
	later := func(from func(*vector), d time.Duration) func(*vector) {
		return func(v *vector) {
			if from != nil {
				from(v)
			}
			v.Now = v.Now.Add(d)
		}
	}
	const day = 24 * time.Hour
	return []vector{
		w.accept("no tolerance: the last second", w.ending(0), narrow),
		w.accept("no tolerance: the longest life", w.ending(time.Minute), narrow),
		r(verifier.ReasonExpired, "no tolerance: a second late", -time.Second, narrow),
		r(verifier.ReasonLifetimeTooLong, "no tolerance: a second too long", 61*time.Second, narrow),
		w.accept("widest rules: five minutes late", w.ending(-5*time.Minute), wide),
		w.accept("widest rules: the longest life", w.ending(15*time.Minute), wide),
		r(verifier.ReasonExpired, "widest rules: a second later", -5*time.Minute-time.Second, wide),
		r(verifier.ReasonLifetimeTooLong, "widest rules: a second longer", 15*time.Minute+time.Second, wide),
		w.accept("the clock is behind the trust list, within the tolerance", w.ending(-2*time.Hour), later(nil, -2*time.Hour-30*time.Second)),
		r(verifier.ReasonClockSuspect, "the clock is behind the trust list by a second more", -2*time.Hour, later(nil, -2*time.Hour-31*time.Second)),
		w.accept("last second of the days of grace", w.ending(0), func(v *vector) {
			v.TrustList = w.sign(w.trustList(2, w.now.Add(-14*day)), w.root)
		}),
		w.accept("trust list exactly as old as the policy allows", w.ending(0), func(v *vector) { v.Policy.MaxAgeSeconds = 7200 }),
		w.accept("the list that is held, again", w.ending(0), func(v *vector) { v.Policy.PreviousList = w.list }),
	}
}

func (w *workshop) edgesOfKeys() []vector {
	window := func(from, to time.Duration) func(*vector) {
		return w.under(func(l *verifier.TrustList) {
			l.Keys[0].NotBefore, l.Keys[0].NotAfter = w.now.Add(from), w.now.Add(to)
		})
	}
	revoked := func(d time.Duration) func(*vector) {
		return w.under(func(l *verifier.TrustList) {
			at := w.now.Add(d)
			l.Keys[0].RevokedAt = &at
		})
	}
	good := func(name string, change func(*vector)) vector { return w.accept(name, w.ending(time.Minute), change) }
	bad := func(reason verifier.Reason, name string, change func(*vector)) vector {
		return w.refuse(reason, name, w.present("disclosure", w.ending(time.Minute)), change)
	}
	return []vector{
		good("key whose window begins within the tolerance", window(30*time.Second, time.Hour)),
		good("key whose window ended within the tolerance", window(-time.Hour, -30*time.Second)),
		bad(verifier.ReasonKeyNotValid, "window begins a second after the tolerance", window(31*time.Second, time.Hour)),
		bad(verifier.ReasonKeyNotValid, "window ended a second before the tolerance", window(-time.Hour, -31*time.Second)),
		good("key that will be revoked", revoked(31*time.Second)),
		bad(verifier.ReasonKeyRevoked, "revoked in half a minute, by a clock that may be slow", revoked(30*time.Second)),
		bad(verifier.ReasonKeyRevoked, "revoked and past its window", w.under(func(l *verifier.TrustList) {
			at := w.now.Add(-time.Hour)
			l.Keys[0].RevokedAt, l.Keys[0].NotAfter = &at, at
		})),
	}
}

func (w *workshop) edgesOfPolicy() []vector {
	require := func(names ...string) func(*vector) { return func(v *vector) { v.Policy.Require = names } }
	truly := func(names ...string) func(*vector) { return func(v *vector) { v.Policy.RequireTrue = names } }
	vehicle := func(claims ...any) any { return fields("dang_ky_xe", claims...) }
	two := func(a, b any) payload { return w.bearer([]any{a, b}) }
	plate, valid := "dang_ky_xe/registration_number", "dang_ky_xe/registration_valid"
	r := func(name string, p payload, change func(*vector)) vector {
		return w.refuse(verifier.ReasonClaimMissing, name, w.present("disclosure", p), change)
	}
	no := func(name string, p payload, change func(*vector)) vector {
		return w.refuse(verifier.ReasonClaimNotMet, name, w.present("disclosure", p), change)
	}
	full := vehicle("registration_number", "registration_valid", set{true})
	long := w.bearer(fields("can_cuoc", "name"))
	long[3] = strings.Repeat("ờ", 21) + "."
	return []vector{
		w.accept("two vehicles, each meeting the policy", two(full, vehicle("registration_number", set{"51K12345"}, "registration_valid", set{true})), truly(valid)),
		r("two vehicles that meet the policy only together", two(vehicle("registration_number"), vehicle("registration_valid", set{true})), require(plate, valid)),
		r("two vehicles, the second lacks a claim", two(full, vehicle("registration_number", set{"51K12345"})), require(plate, valid)),
		no("two vehicles, the second with a false answer", two(full, vehicle("registration_number", set{"51K12345"}, "registration_valid", set{false})), truly(valid)),
		r("what is missing comes before what is not so", two(vehicle("registration_valid", set{false}), fields("can_cuoc", "name")), truly(valid, "can_cuoc/age_equal_or_over.18")),
		no("a claim that is no yes-or-no where true is needed", w.bearer(fields("can_cuoc", "name")), truly("can_cuoc/name")),
		w.accept("longest audience", long, func(v *vector) { v.Policy.Audience = long[3].(string) }),
		w.accept("a reader that spells its audience in NFD", long, func(v *vector) { v.Policy.Audience = strings.Repeat("o\u031b\u0300", 21) + "." }),
	}
}

// hostileClaims are payloads, rightly signed and canonical, that no writer of
// ours makes.
func (w *workshop) hostileClaims() []vector {
	var all []vector
	with := func(name string, change func(p payload)) {
		p := w.bearer(fields("can_cuoc", "name"))
		change(p)
		all = append(all, w.refuse(verifier.ReasonMalformed, name, w.present("disclosure", p), nil))
	}
	key := map[any]any{1: map[any]any{1: 2, -1: 1, -2: make([]byte, 32), -3: make([]byte, 32)}}
	with("audience not in NFC", func(p payload) { p[3] = "kha\u0301ch-sa\u0323n" })
	with("audience with a zero-width space", func(p payload) { p[3] = "bank\u200b.example" })
	with("audience with a letter that shows nothing", func(p payload) { p[3] = "bank\u3164" })
	with("audience turned from right to left", func(p payload) { p[3] = "elpmaxe.\u202eknab" })
	with("audience with a line break", func(p payload) { p[3] = "bank.example\n" })
	with("audience as bytes", func(p payload) { p[3] = []byte("bank.example") })
	with("nonce of seven bytes", func(p payload) { p[10] = make([]byte, 7) })
	with("empty nonce", func(p payload) { p[10] = []byte{} })
	with("nonce null", func(p payload) { p[10] = nil })
	with("token id of nine bytes", func(p payload) { p[7] = make([]byte, 9) })
	with("token id as text", func(p payload) { p[7] = "12345678" })
	with("expiry zero", func(p payload) { p[4] = 0 })
	with("expiry after the year 9999", func(p payload) { p[4] = int64(253402300800) })
	with("expiry over 63 bits", func(p payload) { p[4] = uint64(1<<63) + 60 })
	with("cnf without issued-at", func(p payload) { p[8] = key })
	with("cnf with a second member", func(p payload) { p[6], p[8] = w.now.Unix(), map[any]any{1: key[1], 3: "kid"} })
	with("cnf as bytes", func(p payload) { p[6], p[8] = w.now.Unix(), make([]byte, 32) })
	with("text as claim key", func(p payload) { p["exp"] = w.now.Unix() })
	with("another private claim", func(p payload) { p[-65538] = 1 })
	with("document code zero", func(p payload) { p[-65537] = map[any]any{0: 0, 2: "A"} })
	with("negative wire key", func(p payload) { p[-65537] = map[any]any{0: 1, -1: "A"} })
	with("fields null", func(p payload) { p[-65537] = nil })
	with("no documents", func(p payload) { p[-65537] = []any{} })
	with("null among the documents", func(p payload) { p[-65537] = []any{fields("can_cuoc", "name"), nil} })
	with("more fields than a document may have", func(p payload) {
		many := map[any]any{0: 1}
		for i := range verifier.MaxFields + 1 {
			many[i+1] = true
		}
		p[-65537] = many
	})
	with("deeper than any document", func(p payload) {
		var deep any = 1
		for range 12 {
			deep = []any{deep}
		}
		p[-65537] = map[any]any{0: 1, 2: deep}
	})
	invalid := []byte("\xa1\x02\x62\xc3\x28") // text that is not UTF-8
	p := w.bearer(map[any]any{0: 1, 2: "A?"})
	encoded := bytes.Replace(must(canonical.Marshal(p)), []byte("\x02\x62A?"), invalid[1:], 1)
	return append(all, w.refuse(verifier.ReasonMalformed, "text that is not UTF-8",
		must(qr.Encode(w.message("disclosure", encoded, "giayto/presentation/1"))), nil))
}

// hostileMessages are frames and COSE messages around a good payload.
func (w *workshop) hostileMessages() []vector {
	good := w.message("disclosure", must(canonical.Marshal(w.bearer(fields("can_cuoc", "name")))), "giayto/presentation/1")
	replace := func(old, with string) []byte { return bytes.Replace(good, []byte(old), []byte(with), 1) }
	deflated := func(b []byte) []byte {
		var out bytes.Buffer
		f := must(flate.NewWriterDict(&out, flate.BestCompression, qr.Dictionary()))
		must(f.Write(b))
		if err := f.Close(); err != nil {
			panic(err)
		}
		return out.Bytes()
	}
	packed := func(b []byte) string { return "VN2:" + must(qr.EncodePlain(b))[len("VN1:"):] }
	id := string(good[8:12])
	r := func(name string, b []byte) vector {
		return w.refuse(verifier.ReasonMalformed, name, must(qr.EncodePlain(b)), nil)
	}
	return []vector{
		w.refuse(verifier.ReasonTooLarge, "compressed text that inflates past the limit", packed(deflated(make([]byte, qr.MaxInflated+1))), nil),
		w.refuse(verifier.ReasonMalformed, "a byte after the compressed stream", packed(append(deflated(good), 0)), nil),
		w.refuse(verifier.ReasonMalformed, "plain text marked as compressed", packed(good), nil),
		w.refuse(verifier.ReasonNotGiayto, "prefix without a number", "VN:"+must(qr.EncodePlain(good))[4:], nil),
		w.refuse(verifier.ReasonNotGiayto, "a space before the prefix", " "+must(qr.EncodePlain(good)), nil),
		r("a byte after the message", append(bytes.Clone(good), 0)),
		r("unprotected header not empty", replace(id+"\xa0", id+"\xa1\x04\x41\x00")),
		r("algorithm ES384 in the header", replace("\xa2\x01\x26", "\xa2\x01\x38\x22")),
		r("algorithm EdDSA in the header", replace("\xa2\x01\x26\x04", "\xa2\x01\x27\x04")),
		r("no algorithm in the header", replace("\x49\xa2\x01\x26\x04\x44", "\x46\xa1\x04\x44")),
		r("key id of three bytes", replace("\x49\xa2\x01\x26\x04\x44"+id, "\x48\xa2\x01\x26\x04\x43"+id[:3])),
		r("COSE_Mac0 by its tag", replace("\xd2\x84", "\xd1\x84")),
		r("array of five", append(replace("\xd2\x84", "\xd2\x85"), 0)),
		r("signature of 63 bytes", append(bytes.Clone(good[:len(good)-66]), append([]byte{0x58, 63}, good[len(good)-64:len(good)-1]...)...)),
		r("signature with the longer length head", append(bytes.Clone(good[:len(good)-66]), append([]byte{0x59, 0, 64}, good[len(good)-64:]...)...)),
		r("payload null", append(bytes.Clone(good[:13]), append([]byte{0xf6}, good[len(good)-66:]...)...)),
	}
}
