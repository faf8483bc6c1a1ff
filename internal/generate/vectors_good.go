package main

import (
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// accept is a vector that must be established, with its documents spelled from
// the wire by the catalogue.
func (w *workshop) accept(name string, p payload, change func(*vector)) vector {
	v := vector{Name: name, Text: w.present("disclosure", p), TrustList: w.list, Root: w.rootJWK, Now: w.now}
	v.Want.Verdict = verifier.Established
	list, ok := p[-65537].([]any)
	if !ok {
		list = []any{p[-65537]}
	}
	for _, item := range list {
		v.Want.Documents = append(v.Want.Documents, wanted(item.(map[any]any)))
	}
	expires := time.Unix(p[4].(int64), 0).UTC()
	v.Want.ExpiresAt = &expires
	if change != nil {
		change(&v)
	}
	return v
}

func wanted(m map[any]any) wantDocument {
	d := catalog.Default().DocumentByCode(m[0].(int))
	out := wantDocument{Document: d.ID, Claims: map[string]any{}}
	for key, value := range m {
		if key == 0 {
			continue
		}
		claim := d.ClaimByKey(key.(int))
		out.Claims[claim.ID] = must(claim.FromWire(decoded(value)))
	}
	return out
}

// decoded is a wire value as a CBOR decoder gives it.
func decoded(value any) any {
	var out any
	if err := cborUnmarshal(must(canonical.Marshal(value)), &out); err != nil {
		panic(err)
	}
	return out
}

// good are presentations that every checker must accept.
func (w *workshop) good() []vector {
	five := fields("can_cuoc", "personal_administrative_number", "name", "birthdate", "sex", "address.formatted")
	var all []vector
	add := func(name string, p payload, change func(*vector)) { all = append(all, w.accept(name, p, change)) }

	add("can_cuoc: over 18 alone", w.bearer(fields("can_cuoc", "age_equal_or_over.18", set{true})), nil)
	add("can_cuoc: a false answer is an answer", w.bearer(fields("can_cuoc", "age_equal_or_over.18", set{false})), nil)
	add("can_cuoc: five fields", w.bearer(five), nil)
	add("can_cuoc: five fields, uncompressed text", w.bearer(five), func(v *vector) {
		v.Text = must(qr.EncodePlain(must(qr.Decode(v.Text))))
	})
	add("can_cuoc: leading zeros of the number", w.bearer(fields("can_cuoc", "personal_administrative_number", set{"001099000007"})), nil)
	add("can_cuoc: born before 1970", w.bearer(fields("can_cuoc", "birthdate", set{"1931-12-31"})), nil)
	add("can_cuoc: only the year of birth is known", w.bearer(fields("can_cuoc", "birthdate", set{"1950"})), nil)
	add("can_cuoc: month and year of birth", w.bearer(fields("can_cuoc", "birthdate", set{"1950-07"})), nil)
	add("can_cuoc: no expiry", w.bearer(fields("can_cuoc", "name", set{"H'HEN NIÊ"}, "date_of_expiry", set{nil})), nil)
	add("can_cuoc: single-word name", w.bearer(fields("can_cuoc", "name", set{"ĐIỂU"})), nil)
	add("can_cuoc: long royal-style name", w.bearer(fields("can_cuoc", "name", set{"CÔNG TẰNG TÔN NỮ THỊ HUYỀN TRÂN BẢO NGỌC QUỲNH ANH THƯ"})), nil)
	add("gplx: number, name, one class", w.bearer(fields("gplx", "document_number", "name", "may_drive.B", set{true})), nil)
	add("gplx: driving privileges", w.bearer(fields("gplx", "driving_privileges")), nil)
	add("dang_ky_xe: plate, make, owner", w.bearer(fields("dang_ky_xe", "registration_number", set{"29MĐ101353"}, "basic_vehicle_info.make", "registered_owner.name")), nil)
	add("bhyt: insured today", w.bearer(fields("bhyt", "name", "insured_on", set{"2026-11-23"})), nil)
	add("two documents", w.bearer([]any{fields("gplx", "name", "licence_in_force", set{true}), fields("dang_ky_xe", "registration_number")}), nil)
	add("four documents", w.bearer([]any{fields("can_cuoc", "name"), fields("gplx", "may_drive.A1", set{true}), fields("dang_ky_xe", "registration_number"), fields("bhyt", "insured_on")}), nil)
	add("two vehicles", w.bearer([]any{fields("dang_ky_xe", "registration_number"), fields("dang_ky_xe", "registration_number", set{"51K12345"})}), nil)

	p := w.bearer(fields("can_cuoc", "name"))
	p[3] = "khách-sạn-42"
	add("made for this audience", p, func(v *vector) { v.Policy.Audience = "khách-sạn-42" })
	p = w.bearer(fields("can_cuoc", "name"))
	p[10] = []byte{1, 2, 3, 4, 5, 6, 7, 8}
	add("answers this challenge", p, func(v *vector) { v.Policy.Nonce = "0102030405060708" })
	p = w.bearer(fields("can_cuoc", "name"))
	p[3], p[10] = "bank.example", []byte{8, 7, 6, 5, 4, 3, 2, 1}
	add("audience and challenge", p, func(v *vector) { v.Policy.Audience, v.Policy.Nonce = "bank.example", "0807060504030201" })

	add("last second of the tolerance", w.bearer(five), func(v *vector) { v.Now = w.now.Add(90 * time.Second) })
	p = w.bearer(five)
	p[4] = w.now.Add(150 * time.Second).Unix()
	add("longest life and the tolerance", p, nil)
	add("trust list in its days of grace", w.bearer(five), func(v *vector) {
		v.TrustList = w.sign(w.trustList(2, w.now.Add(-13*24*time.Hour)), w.root)
	})
	add("newer trust list than the one held", w.bearer(five), func(v *vector) {
		v.Policy.PreviousList = w.sign(w.trustList(2, w.now.Add(-3*time.Hour)), w.root)
	})
	add("policy satisfied", w.bearer(fields("can_cuoc", "name", "age_equal_or_over.18", set{true})), func(v *vector) {
		v.Policy.Require, v.Policy.RequireTrue = []string{"can_cuoc/name"}, []string{"can_cuoc/age_equal_or_over.18"}
	})
	return all
}
