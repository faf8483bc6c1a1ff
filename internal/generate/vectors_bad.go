package main

import (
	"bytes"
	"math/big"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

var cborUnmarshal = cbor.Unmarshal

// refuse is a vector that must end in exactly this reason.
func (w *workshop) refuse(reason verifier.Reason, name, text string, change func(*vector)) vector {
	v := vector{Name: string(reason) + ": " + name, Text: text, TrustList: w.list, Root: w.rootJWK, Now: w.now}
	v.Want = vectorWant{Verdict: reason.Info().Verdict, Reason: reason}
	if change != nil {
		change(&v)
	}
	return v
}

// bad are presentations that every checker must refuse, at least two a reason.
func (w *workshop) bad() []vector {
	all := w.badFraming()
	all = append(all, w.badPayloads()...)
	all = append(all, w.badKeys()...)
	all = append(all, w.badTimes()...)
	all = append(all, w.badMeaning()...)
	return append(all, w.badLists()...)
}

func (w *workshop) badFraming() []vector {
	name := w.bearer(fields("can_cuoc", "name"))
	text := w.present("disclosure", name)
	plain := must(qr.EncodePlain(must(qr.Decode(text))))
	r := w.refuse
	return []vector{
		r(verifier.ReasonNotGiayto, "empty", "", nil),
		r(verifier.ReasonNotGiayto, "a web address", "https://example.org/VN1:", nil),
		r(verifier.ReasonNotGiayto, "a printed identity card", "079305000123||NGUYỄN VĂN VÍ DỤ|28022005|Nam|Số 1, Phường Ví Dụ|20082021", nil),
		r(verifier.ReasonNotGiayto, "lower-case prefix", strings.Replace(plain, "VN1:", "vn1:", 1), nil),
		r(verifier.ReasonUnsupportedVersion, "VN3", strings.Replace(plain, "VN1:", "VN3:", 1), nil),
		r(verifier.ReasonUnsupportedVersion, "VN12", strings.Replace(plain, "VN1:", "VN12:", 1), nil),
		r(verifier.ReasonTooLarge, "longer than any code", "VN1:"+strings.Repeat("0", 1<<14), nil),
		r(verifier.ReasonTooLarge, "one character more than any code", "VN1:"+strings.Repeat("0", qr.MaxText-len("VN1:")+1), nil),
		r(verifier.ReasonMalformed, "prefix alone", "VN1:", nil),
		r(verifier.ReasonMalformed, "truncated by one character", plain[:len(plain)-1], nil),
		r(verifier.ReasonMalformed, "truncated by half", text[:len(text)/2], nil),
		r(verifier.ReasonMalformed, "base45 value over 65535", "VN1:"+":::"+plain[7:], nil),
		r(verifier.ReasonMalformed, "lower case", "VN1:"+strings.ToLower(plain[4:]), nil),
		r(verifier.ReasonMalformed, "compressed text marked as plain", strings.Replace(text, "VN2:", "VN1:", 1), nil),
		r(verifier.ReasonMalformed, "a line break at the end", plain+"\n", nil),
		r(verifier.ReasonMalformed, "not COSE", must(qr.EncodePlain([]byte("giayto"))), nil),
	}
}

// cbor payloads that the profile does not allow, each rightly signed.
func (w *workshop) badPayloads() []vector {
	const context = "giayto/presentation/1"
	var all []vector
	encoded := func(name string, b []byte) {
		all = append(all, w.refuse(verifier.ReasonMalformed, name, must(qr.Encode(w.message("disclosure", b, context))), nil))
	}
	with := func(name string, change func(p payload)) {
		p := w.bearer(fields("can_cuoc", "name"))
		change(p)
		encoded(name, must(canonical.Marshal(p)))
	}
	with("unknown CWT claim", func(p payload) { p[1] = "issuer" })
	with("no expiry", func(p payload) { delete(p, 4) })
	with("no token id", func(p payload) { delete(p, 7) })
	with("token id of seven bytes", func(p payload) { p[7] = make([]byte, 7) })
	with("no fields", func(p payload) { delete(p, -65537) })
	with("fields without a document code", func(p payload) { p[-65537] = map[any]any{2: "A"} })
	with("document code alone", func(p payload) { p[-65537] = map[any]any{0: 1} })
	with("array of one document", func(p payload) { p[-65537] = []any{fields("can_cuoc", "name")} })
	with("five documents", func(p payload) {
		one := fields("can_cuoc", "name")
		p[-65537] = []any{one, one, one, one, one}
	})
	with("text as wire key", func(p payload) { p[-65537] = map[any]any{0: 1, "name": "A"} })
	with("a float", func(p payload) { p[-65537] = map[any]any{0: 1, 2: 1.5} })
	with("a tag inside", func(p payload) {
		p[-65537] = map[any]any{0: 1, 2: cbor.Tag{Number: 0, Content: "2026-11-23T00:00:00Z"}}
	})
	with("undefined", func(p payload) { p[-65537] = map[any]any{0: 1, 2: cbor.SimpleValue(23)} })
	with("issued-at in a bearer presentation", func(p payload) { p[6] = w.now.Unix() })
	with("expiry as text", func(p payload) { p[4] = "soon" })
	with("negative expiry", func(p payload) { p[4] = -1 })
	with("nonce of nine bytes", func(p payload) { p[10] = make([]byte, 9) })
	with("audience too long", func(p payload) { p[3] = strings.Repeat("a", verifier.MaxAudience+1) })
	with("empty audience", func(p payload) { p[3] = "" })

	p := w.bearer(fields("can_cuoc", "name"))
	good := must(canonical.Marshal(p))
	encoded("something follows the payload", append(bytes.Clone(good), 0))
	encoded("payload is an array", must(canonical.Marshal([]any{1, 2})))
	// 0xa3 04 1a... written with the longer head 0xb8 03.
	encoded("map head not the shortest", append([]byte{0xb8, 0x03}, good[1:]...))
	encoded("indefinite map", append(append([]byte{0xbf}, good[1:]...), 0xff))
	loose := must(cbor.EncOptions{Sort: cbor.SortNone}.EncMode())
	encoded("keys out of order", must(loose.Marshal(reversed{must(canonical.Marshal(p[-65537])), p[7].([]byte), p[4].(int64)})))
	encoded("duplicate key", append([]byte{0xa4, 0x04, 0x01}, good[1:]...))

	tagless := w.message("disclosure", good, context)[1:]
	all = append(all, w.refuse(verifier.ReasonMalformed, "COSE without its tag", must(qr.Encode(tagless)), nil))
	return all
}

// reversed encodes a payload with its keys from last to first.
type reversed struct {
	Fields cbor.RawMessage `cbor:"-65537,keyasint"`
	ID     []byte          `cbor:"7,keyasint"`
	Expiry int64           `cbor:"4,keyasint"`
}

func (w *workshop) badKeys() []vector {
	p := w.bearer(fields("can_cuoc", "name", "birthdate"))
	encoded := must(canonical.Marshal(p))
	r := w.refuse
	var all []vector
	for _, c := range []struct {
		label  string
		reason verifier.Reason
	}{
		{"stranger", verifier.ReasonUnknownKey}, {"credential", verifier.ReasonKeyWrongPurpose},
		{"ended", verifier.ReasonKeyNotValid}, {"future", verifier.ReasonKeyNotValid}, {"revoked", verifier.ReasonKeyRevoked},
	} {
		all = append(all, r(c.reason, "key "+c.label, w.present(c.label, p), nil))
	}
	all = append(all,
		r(verifier.ReasonUnknownKey, "no key on the list", w.present("disclosure", p), func(v *vector) {
			list := w.trustList(3, w.now.Add(-time.Hour))
			list.Keys = nil
			v.TrustList = w.sign(list, w.root)
		}),
		r(verifier.ReasonKeyWrongPurpose, "the same key listed for credentials", w.present("disclosure", p), func(v *vector) {
			list := w.trustList(4, w.now.Add(-time.Hour))
			list.Keys[0].Purpose = "credential/c06"
			v.TrustList = w.sign(list, w.root)
		}),
		r(verifier.ReasonKeyRevoked, "revoked this very second", w.present("disclosure", p), func(v *vector) {
			list := w.trustList(4, w.now.Add(-time.Hour))
			at := w.now
			list.Keys[0].RevokedAt = &at
			v.TrustList = w.sign(list, w.root)
		}),
		r(verifier.ReasonBadSignature, "signed for another context", must(qr.Encode(w.message("disclosure", encoded, "giayto/presentation/2"))), nil),
		r(verifier.ReasonBadSignature, "signed without a context", must(qr.Encode(w.message("disclosure", encoded, ""))), nil),
		r(verifier.ReasonBadSignature, "key id of another key", w.foreignKeyID(encoded), nil),
	)
	for _, at := range []int{21, 28, -1, -40} { // expiry, token id, both halves of the signature
		all = append(all, r(verifier.ReasonBadSignature, "one bit flipped at byte "+number(at), w.flipped(encoded, at), nil))
	}
	return all
}

func number(n int) string { return big.NewInt(int64(n)).String() }

// foreignKeyID signs with one key and names another.
func (w *workshop) foreignKeyID(encoded []byte) string {
	m := w.message("stranger", encoded, "giayto/presentation/1")
	id := w.key(w.keys["disclosure"]).ID
	copy(m[8:], id[:])
	return must(qr.Encode(m))
}

// flipped changes one bit of a good message that leaves its form intact.
func (w *workshop) flipped(encoded []byte, at int) string {
	m := w.message("disclosure", encoded, "giayto/presentation/1")
	if at < 0 {
		at += len(m)
	}
	m[at] ^= 1
	return must(qr.Encode(m))
}

func (w *workshop) badTimes() []vector {
	r := w.refuse
	text := w.present("disclosure", w.bearer(fields("can_cuoc", "name")))
	lives := func(d time.Duration) string {
		p := w.bearer(fields("can_cuoc", "name"))
		p[4] = w.now.Add(d).Unix()
		return w.present("disclosure", p)
	}
	bound := func(issued, expires time.Duration) string {
		p := w.bearer(fields("can_cuoc", "name"))
		p[4], p[6] = w.now.Add(expires).Unix(), w.now.Add(issued).Unix()
		p[8] = map[any]any{1: map[any]any{1: 2, -1: 1, -2: make([]byte, 32), -3: make([]byte, 32)}}
		return w.present("disclosure", p)
	}
	later := func(d time.Duration) func(*vector) { return func(v *vector) { v.Now = w.now.Add(d) } }
	return []vector{
		r(verifier.ReasonExpired, "first second after the tolerance", text, later(91*time.Second)),
		r(verifier.ReasonExpired, "a screenshot of an hour ago", text, later(time.Hour)),
		r(verifier.ReasonExpired, "the checker's clock is five minutes fast", text, later(5*time.Minute)),
		r(verifier.ReasonLifetimeTooLong, "one second over", lives(151*time.Second), nil),
		r(verifier.ReasonLifetimeTooLong, "a day", lives(24*time.Hour), nil),
		r(verifier.ReasonLifetimeTooLong, "the checker's clock is five minutes slow", text, later(-5*time.Minute)),
		r(verifier.ReasonLifetimeTooLong, "holder-bound for more than a day", bound(0, 24*time.Hour+time.Second), nil),
		r(verifier.ReasonNotYetValid, "issued 31 seconds ahead", bound(31*time.Second, time.Hour), nil),
		r(verifier.ReasonNotYetValid, "issued tomorrow", bound(23*time.Hour, 24*time.Hour), nil),
		r(verifier.ReasonProofMissing, "holder-bound without the device's proof", bound(0, time.Hour), nil),
		r(verifier.ReasonProofMissing, "holder-bound and short", bound(-10*time.Second, 50*time.Second), nil),
		r(verifier.ReasonReplayed, "shown twice", text, func(v *vector) { v.Policy.AcceptedBefore = true }),
		r(verifier.ReasonReplayed, "the twin signature (r, n-s)", w.twin(text), func(v *vector) { v.Policy.AcceptedTwin = text }),
	}
}

// twin replaces s by n-s, which verifies as well.
func (w *workshop) twin(text string) string {
	m := must(qr.Decode(text))
	n := testKey("root").Params().N
	s := new(big.Int).SetBytes(m[len(m)-32:])
	s.Sub(n, s).FillBytes(m[len(m)-32:])
	return must(qr.Encode(m))
}

func (w *workshop) badMeaning() []vector {
	r := w.refuse
	say := func(p payload) string { return w.present("disclosure", p) }
	one := func(document int, key int, value any) string {
		return say(w.bearer(map[any]any{0: document, key: value}))
	}
	forNobody := say(w.bearer(fields("can_cuoc", "name")))
	p := w.bearer(fields("can_cuoc", "name"))
	p[3] = "hotel.example"
	forHotel := say(p)
	p = w.bearer(fields("can_cuoc", "name"))
	p[10] = []byte{1, 2, 3, 4, 5, 6, 7, 8}
	challenged := say(p)
	require := func(names ...string) func(*vector) { return func(v *vector) { v.Policy.Require = names } }
	return []vector{
		r(verifier.ReasonAudienceMismatch, "made for somebody else", forHotel, func(v *vector) { v.Policy.Audience = "bank.example" }),
		r(verifier.ReasonAudienceMismatch, "made for somebody, checked by anybody", forHotel, nil),
		r(verifier.ReasonAudienceMismatch, "made for nobody in particular", forNobody, func(v *vector) { v.Policy.Audience = "hotel.example" }),
		r(verifier.ReasonChallengeMismatch, "another challenge", challenged, func(v *vector) { v.Policy.Nonce = "ffffffffffffffff" }),
		r(verifier.ReasonChallengeMismatch, "no challenge was shown", challenged, nil),
		r(verifier.ReasonChallengeMismatch, "challenge not answered", forNobody, func(v *vector) { v.Policy.Nonce = "0102030405060708" }),
		r(verifier.ReasonClaimMissing, "no birth date", forNobody, require("can_cuoc/birthdate")),
		r(verifier.ReasonClaimMissing, "another document", forNobody, require("gplx/name")),
		r(verifier.ReasonClaimNotMet, "a false answer where true is needed", say(w.bearer(fields("can_cuoc", "age_equal_or_over.18", set{false}))),
			func(v *vector) { v.Policy.RequireTrue = []string{"can_cuoc/age_equal_or_over.18"} }),
		r(verifier.ReasonClaimInvalid, "number of thirteen digits", one(1, 1, uint64(1_000_000_000_000)), nil),
		r(verifier.ReasonClaimInvalid, "text where a number stands", one(1, 1, "079305000123"), nil),
		r(verifier.ReasonClaimInvalid, "name not in NFC", one(1, 2, "NGUYE\u0302\u0303N"), nil),
		r(verifier.ReasonClaimInvalid, "name with a zero-width space", one(1, 2, "NGUYỄN\u200bAN"), nil),
		r(verifier.ReasonClaimInvalid, "month 13", one(1, 3, "1950-13"), nil),
		r(verifier.ReasonCatalogOutdated, "unknown document", one(999, 1, "A"), nil),
		r(verifier.ReasonCatalogOutdated, "unknown wire key", one(1, 9999, "A"), nil),
		r(verifier.ReasonCatalogOutdated, "unknown code of a list of values", one(1, 4, uint64(77)), nil),
	}
}

func (w *workshop) badLists() []vector {
	r := w.refuse
	text := w.present("disclosure", w.bearer(fields("can_cuoc", "name")))
	list := func(l verifier.TrustList) func(*vector) {
		return func(v *vector) { v.TrustList = w.sign(l, w.root) }
	}
	const day = 24 * time.Hour
	tight := w.trustList(3, w.now.Add(-2*time.Hour))
	tight.Rules.Grace = 0
	tight.NextUpdate = w.now.Add(-time.Second)
	other := w.trustList(3, w.now.Add(-time.Hour))
	return []vector{
		r(verifier.ReasonTrustListMissing, "none at all", text, func(v *vector) { v.TrustList, v.Policy.WithoutTrustList = "", true }),
		r(verifier.ReasonTrustListMissing, "none, and a code that is broken otherwise", w.present("stranger", w.bearer(fields("can_cuoc", "name"))),
			func(v *vector) { v.TrustList, v.Policy.WithoutTrustList = "", true }),
		r(verifier.ReasonTrustListInvalid, "signed by a stranger", text, func(v *vector) { v.TrustList = w.sign(w.trustList(9, w.now), w.keys["stranger"]) }),
		r(verifier.ReasonTrustListInvalid, "truncated", text, func(v *vector) { v.TrustList = w.list[:len(w.list)-2] }),
		r(verifier.ReasonTrustListInvalid, "not a list", text, func(v *vector) { v.TrustList = "{}" }),
		r(verifier.ReasonTrustListTooOld, "past its days of grace", text, list(w.trustList(2, w.now.Add(-14*day-time.Second)))),
		r(verifier.ReasonTrustListTooOld, "no grace", text, list(tight)),
		r(verifier.ReasonTrustListTooOld, "older than the policy allows", text, func(v *vector) { v.Policy.MaxAgeSeconds = 7199 }),
		r(verifier.ReasonTrustListRollback, "an older version than the one held", text, func(v *vector) {
			v.Policy.PreviousList = w.sign(w.trustList(4, w.now.Add(-time.Hour)), w.root)
		}),
		r(verifier.ReasonTrustListRollback, "another list under the same version", text, func(v *vector) { v.Policy.PreviousList = w.sign(other, w.root) }),
		r(verifier.ReasonClockSuspect, "the clock is before the trust list", text, func(v *vector) { v.Now = w.now.Add(-3 * time.Hour) }),
		r(verifier.ReasonClockSuspect, "a clock reset to 1970", text, func(v *vector) { v.Now = time.Unix(0, 0).UTC() }),
	}
}
