package main

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// rules are vectors for the rules of values, encoding and framing one by one: a
// reader that leaves any of them out fails at least one.
func (w *workshop) rules() []vector {
	all := slices.Concat(w.valueRules(), w.objectRules(), w.encodingRules(), w.framingRules(), w.compressionRules(), w.listSpelling())
	return append(all, w.sharedKeyID()...)
}

// stated signs a căn cước document with wire values by wire key.
func (w *workshop) stated(values map[any]any) string {
	values[0] = 1
	return w.present("disclosure", w.bearer(values))
}

func (w *workshop) valueRules() []vector {
	var all []vector
	invalid := func(name string, key int, value any) {
		all = append(all, w.refuse(verifier.ReasonClaimInvalid, name, w.stated(map[any]any{key: value}), nil))
	}
	outdated := func(name string, values map[any]any) {
		all = append(all, w.refuse(verifier.ReasonCatalogOutdated, name, w.stated(values), nil))
	}
	invalid("null where none may be", 2, nil)
	invalid("null for a yes-or-no answer", 12, nil)
	invalid("year below the least", 13, 1849)
	invalid("year above the greatest", 13, 2201)
	invalid("an integer above 2^63-1", 13, uint64(1)<<63)
	invalid("a negative year", 13, -1)
	invalid("empty text", 2, "")
	invalid("name longer than 150 characters", 2, strings.Repeat("A", 151))
	invalid("text that does not match its pattern", 22, "0901234567")
	invalid("text that matches its pattern only in part", 22, "+84901234567x")
	invalid("five nationalities", 6, []any{"VN", "VN", "VN", "VN", "VN"})
	invalid("an item that does not match its pattern", 6, []any{"vn"})
	invalid("a single value where a list stands", 6, "VN")
	invalid("a list where a text stands", 2, []any{"A"})
	invalid("a number for a yes-or-no answer", 12, 1)
	invalid("a day before 1850", 8, -43830)
	invalid("a day after 2200", 8, 84371)
	invalid("a day of the year 12005", 8, 3665409)
	invalid("a full date as text", 3, "1950-07-01")
	invalid("a year before 1850 as text", 3, "1849")
	invalid("a text for a date", 8, "2025-08-20")
	invalid("a text for an enum", 4, "2")
	invalid("a vertical bar in a name", 2, "A|B")
	invalid("a line feed in a name", 2, "A\nB")
	invalid("a private use character", 2, "A\ue000")
	invalid("a modifier symbol", 2, "A^B\u00b8")
	invalid("a letter of a later Unicode than 15", 2, "A\u1c89")
	invalid("an emoji", 2, "A\U0001F600")
	invalid("a variation selector", 2, "A\ufe0f")
	invalid("a blank of Hangul", 2, "A\u3164")
	invalid("a replacement character", 2, "A\ufffd")
	invalid("five combining marks in a row", 2, "A\u0324\u0330\u0331\u032e\u032d")
	outdated("a negative code of an enum", map[any]any{4: -1})
	outdated("an unknown code beside an invalid text", map[any]any{2: "", 4: 77})
	outdated("an unknown code before an invalid year", map[any]any{4: 77, 13: 1})
	outdated("an unknown key beside an invalid text", map[any]any{2: "", 9999: 1})
	return append(all,
		w.accept("four combining marks in a row", w.bearer(map[any]any{0: 1, 2: "A\u0324\u0330\u0331\u032e"}), nil),
		w.accept("the longest name", w.bearer(map[any]any{0: 1, 2: strings.Repeat("Ặ", 150)}), nil),
		w.accept("the first and the last year", w.bearer([]any{map[any]any{0: 1, 13: 1850}, map[any]any{0: 1, 13: 2200}}), nil),
		w.accept("the first day", w.bearer(map[any]any{0: 1, 8: -43829}), nil),
		w.accept("the last day", w.bearer(map[any]any{0: 1, 8: 84370}), nil),
		w.accept("an empty list", w.bearer(map[any]any{0: 1, 6: []any{}}), nil),
	)
}

// objectRules concern the members of the items of a list: key 38 of the căn cước
// has items {1: kind, 2: value}, both required.
func (w *workshop) objectRules() []vector {
	former := func(items ...any) string { return w.stated(map[any]any{38: items}) }
	good := map[any]any{1: 1, 2: "123456789"}
	invalid := func(name string, items ...any) vector {
		return w.refuse(verifier.ReasonClaimInvalid, name, former(items...), nil)
	}
	outdated := func(name string, items ...any) vector {
		return w.refuse(verifier.ReasonCatalogOutdated, name, former(items...), nil)
	}
	return []vector{
		w.accept("an object with its members", w.bearer(map[any]any{0: 1, 38: []any{good}}), nil),
		invalid("a required member missing", map[any]any{1: 1}),
		invalid("an empty object", map[any]any{}),
		invalid("a text as the key of a member", map[any]any{1: 1, 2: "123456789", "x": 1}),
		invalid("a negative key of a member", map[any]any{1: 1, 2: "123456789", -1: 1}),
		invalid("a text where an object stands", "123456789"),
		invalid("a null item", nil),
		invalid("a required member missing before an unknown one", map[any]any{1: 1, 99: 1}),
		invalid("an invalid item before an outdated one", map[any]any{1: 1}, map[any]any{1: 77, 2: "123456789"}),
		outdated("an unknown member", map[any]any{1: 1, 2: "123456789", 99: 1}),
		outdated("an unknown code in a member, before an invalid member", map[any]any{1: 77, 2: "x"}),
		outdated("an outdated item before an invalid one", map[any]any{1: 77, 2: "123456789"}, map[any]any{1: 1}),
	}
}

// spliced signs a căn cước document with a value that no encoder would write.
func (w *workshop) spliced(key int, value []byte) string {
	place := []byte("in place")
	encoded := must(canonical.Marshal(w.bearer(map[any]any{0: 1, key: place})))
	encoded = bytes.Replace(encoded, append([]byte{0x48}, place...), value, 1)
	return must(qr.Encode(w.message("disclosure", encoded, "giayto/presentation/1")))
}

// encodingRules: deterministic CBOR below the top level.
func (w *workshop) encodingRules() []vector {
	raw := func(name string, key int, value ...byte) vector {
		return w.refuse(verifier.ReasonMalformed, name, w.spliced(key, value), nil)
	}
	list := func(n int) []byte { return append([]byte{0x98, byte(n)}, bytes.Repeat([]byte{0x01}, n)...) }
	wide := []byte{0x81, 0xb8, 65}
	for i := range 65 {
		if i < 24 {
			wide = append(wide, byte(i), 0x01)
		} else {
			wide = append(wide, 0x18, byte(i), 0x01)
		}
	}
	deep := append(bytes.Repeat([]byte{0x81}, 6), 0x01) // the value of a claim is at level 3
	return []vector{
		raw("an integer of one byte in two", 13, 0x18, 0x17),
		raw("an integer of one byte in three", 13, 0x19, 0x00, 0xff),
		raw("an integer of two bytes in five", 13, 0x1a, 0x00, 0x00, 0x07, 0xd5),
		raw("an integer of two bytes in nine", 13, 0x1b, 0, 0, 0, 0, 0, 0, 0x07, 0xd5),
		raw("the length of a text in three bytes", 2, 0x79, 0x00, 0x01, 'A'),
		raw("the count of a list in two bytes", 6, 0x98, 0x01, 0x62, 'V', 'N'),
		raw("a negative integer below -2^63", 8, 0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0),
		raw("keys of an item out of order", 38, 0x81, 0xa2, 0x02, 0x61, 'A', 0x01, 0x01),
		raw("a key of an item twice", 38, 0x81, 0xa2, 0x01, 0x01, 0x01, 0x01),
		raw("an array as a key", 38, 0x81, 0xa1, 0x80, 0x01),
		raw("text that is not UTF-8", 2, 0x62, 0xc3, 0x28),
		raw("a text of parts", 2, 0x7f, 0x61, 'A', 0xff),
		raw("a half float", 13, 0xf9, 0x3c, 0x00),
		raw("true in two bytes", 12, 0xf8, 0x15),
		raw("sixty-five items", 6, list(65)...),
		raw("sixty-five members", 38, wide...),
		raw("nine levels", 6, deep...),
		w.refuse(verifier.ReasonClaimInvalid, "sixty-four items", w.spliced(6, list(64)), nil),
		w.refuse(verifier.ReasonClaimInvalid, "eight levels", w.spliced(6, deep[1:]), nil),
	}
}

// framingRules: text, base45 and the frame of the message.
func (w *workshop) framingRules() []vector {
	message := w.message("disclosure", must(canonical.Marshal(w.bearer(fields("can_cuoc", "name")))), "giayto/presentation/1")
	plain := must(qr.EncodePlain(message))
	if len(message)%2 == 0 {
		panic("vectors: the text does not end in a pair")
	}
	bad := func(name, text string) vector { return w.refuse(verifier.ReasonMalformed, name, text, nil) }
	framed := func(name string, m []byte) vector { return bad(name, must(qr.EncodePlain(m))) }
	at := bytes.Index(message, []byte{0xa0, 0x58})
	head := message[:at+1]
	tail := message[at+2:] // length byte, payload, signature
	return []vector{
		bad("a last pair above 255", plain[:len(plain)-2]+"V5"),
		bad("a character left over", plain+"0"),
		w.refuse(verifier.ReasonUnsupportedVersion, "VN01", strings.Replace(plain, "VN1:", "VN01:", 1), nil),
		w.refuse(verifier.ReasonNotGiayto, "no digit in the prefix", strings.Replace(plain, "VN1:", "VN:", 1), nil),
		w.refuse(verifier.ReasonNotGiayto, "a sign in the prefix", strings.Replace(plain, "VN1:", "VN+1:", 1), nil),
		w.refuse(verifier.ReasonNotGiayto, "a space before the prefix of a good code", " "+plain, nil),
		bad("a space behind a good code", plain+" "),
		framed("length of the payload in two bytes", slices.Concat(head, []byte{0x59, 0x00}, tail)),
		framed("length of the payload in four bytes", slices.Concat(head, []byte{0x5a, 0x00, 0x00, 0x00}, tail)),
		framed("a byte behind the signature", append(bytes.Clone(message), 0)),
		framed("an unprotected header", bytes.Replace(message, []byte{0xa0, 0x58}, []byte{0xa1, 0x01, 0x26, 0x58}, 1)),
		framed("an array of five", append([]byte{0xd2, 0x85}, append(bytes.Clone(message[2:]), 0xf6)...)),
	}
}

// compressionRules: every block type of DEFLATE, and streams that are not whole.
func (w *workshop) compressionRules() []vector {
	// One letter many times makes its own codes worth their cost.
	long := w.bearer(fields("can_cuoc", "place_of_origin", set{strings.Repeat("an ", 60) + "an"}, "address.street_address", set{strings.Repeat("na ", 60) + "na"}))
	message := w.message("disclosure", must(canonical.Marshal(long)), "giayto/presentation/1")
	packed := func(level int) []byte {
		var b bytes.Buffer
		z := must(flate.NewWriter(&b, level))
		must(z.Write(message))
		if err := z.Close(); err != nil {
			panic(err)
		}
		return b.Bytes()
	}
	text := func(stream []byte) string { return strings.Replace(must(qr.EncodePlain(stream)), "VN1:", "VN2:", 1) }
	block := func(name string, kind byte, stream []byte) vector {
		if stream[0]>>1&3 != kind {
			panic("vectors: " + name + ": the writer chose another block type")
		}
		return w.accept(name, long, func(v *vector) { v.Text = text(stream) })
	}
	stored, dynamic := packed(flate.NoCompression), packed(flate.HuffmanOnly)
	bad := func(name string, stream []byte) vector {
		return w.refuse(verifier.ReasonMalformed, name, text(stream), nil)
	}
	return []vector{
		block("a stored block", 0, stored),
		block("a block with its own codes", 2, dynamic),
		bad("a stream cut short", dynamic[:len(dynamic)-9]),
		bad("a byte behind the stream", append(bytes.Clone(dynamic), 0)),
		bad("a block type that does not exist", append([]byte{0x07}, dynamic[1:]...)),
		bad("an empty message, compressed", []byte{0x03, 0x00}),
		w.refuse(verifier.ReasonMalformed, "no stream at all", "VN2:", nil),
	}
}

// listSpelling: a trust list has one text and one reading.
func (w *workshop) listSpelling() []vector {
	p := w.bearer(fields("can_cuoc", "name"))
	text := w.present("disclosure", p)
	bad := func(name, list string) vector {
		return w.refuse(verifier.ReasonTrustListInvalid, name, text, func(v *vector) { v.TrustList = list })
	}
	payload := w.listPayload(nil)
	signed := w.jws(listHeader, payload, w.root)
	part := strings.Split(signed, ".")
	spelt := func(from, to string) string {
		changed := bytes.Replace(payload, []byte(from), []byte(to), 1)
		if bytes.Equal(changed, payload) {
			panic("vectors: nothing to change: " + from)
		}
		return w.jws(listHeader, changed, w.root)
	}
	return []vector{
		bad("padding behind the signature", signed+"=="),
		bad("a line feed inside the signature", part[0]+"."+part[1]+"."+part[2][:40]+"\n"+part[2][40:]),
		bad("unused bits in the last character", signed[:len(signed)-1]+next(signed[len(signed)-1])),
		bad("the type twice in the header", w.jws(`{"typ":"JWT",`+listHeader[1:], payload, w.root)),
		bad("the version twice, rightly signed", spelt(`"version":6`, `"version":5,"version":6`)),
		bad("a member of a key twice, rightly signed", spelt(`"purpose":"disclosure"`, `"purpose":"disclosure","purpose":"disclosure"`)),
		bad("VERSION alone, rightly signed", spelt(`"version":6`, `"VERSION":6`)),
		bad("Keys with a capital letter and no other version, rightly signed", spelt(`"version":6`, `"Version":6`)),
		bad("a version with a fraction of zero, rightly signed", spelt(`"version":6`, `"version":6.0`)),
		bad("a version above 2^53-1, rightly signed", spelt(`"version":6`, `"version":9007199254740992`)),
		bad("a comma before the fraction of a second, rightly signed", spelt(`:00Z"`, `:00,5Z"`)),
		bad("bytes that are not UTF-8, rightly signed", spelt(`"version":6`, `"version":6,"x":"`+"\xff"+`"`)),
		w.accept("a name in capitals is another name", p, func(v *vector) {
			v.TrustList = spelt(`"version":6`, `"version":6,"VERSION":0,"Keys":[],"Rules":null`)
		}),
		w.refuse(verifier.ReasonKeyRevoked, "a name in capitals does not lift a revocation", text, func(v *vector) {
			v.TrustList = spelt(`"purpose":"disclosure"`, `"purpose":"disclosure","revoked_at":"2026-11-20T00:00:00Z","Revoked_At":null`)
		}),
	}
}

// next is the character of base64url that differs in the lowest bit.
func next(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, c)^1])
}

// sharedKeyID: two keys whose thumbprints begin with the same four bytes,
// 4be19c7f. A reader tries both.
func (w *workshop) sharedKeyID() []vector {
	for _, label := range []string{"twin 11549", "twin 40344"} {
		w.keys[label] = testKey(label)
	}
	both := w.under(func(l *verifier.TrustList) {
		for _, label := range []string{"twin 11549", "twin 40344"} {
			l.Keys = append(l.Keys, verifier.TrustedKey{Purpose: verifier.PurposeDisclosure, Algorithm: "ES256",
				NotBefore: w.now.Add(-time.Hour), NotAfter: w.now.Add(time.Hour), JWK: must(json.Marshal(w.key(w.keys[label])))})
		}
	})
	var all []vector
	for _, label := range []string{"twin 11549", "twin 40344"} {
		p := w.bearer(fields("can_cuoc", "name"))
		all = append(all, w.accept("one of two keys with the same key id: "+label, p, func(v *vector) {
			both(v)
			v.Text = w.present(label, p)
		}))
	}
	return all
}
