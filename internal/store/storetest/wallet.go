package storetest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

var walletTests = []test{
	{"a holding comes back as it went", holdingRoundTrip},
	{"claim values keep their types", valuesRoundTrip},
	{"text keeps its bytes", textRoundTrip},
	{"holdings are ordered", holdingsOrdered},
	{"somebody else's is not found", walletOwnership},
	{"events newest first", eventsOrdered},
	{"a cancelled context is told", cancelledWallet},
}

func holdingRoundTrip(t *testing.T, s Subject) {
	c := citizen(1)
	h := holding(c, "h1", canCuoc, c.Number)
	bare := wallet.Holding{ID: "h2", Owner: c.ID, Document: gplx, State: wallet.Active}
	give(t, s, c, h, bare)
	same(t, "holding", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
	same(t, "bare holding", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, bare.ID)), bare)
	same(t, "holdings", must[[]wallet.Holding](t)(s.Holdings(t.Context(), c.ID)), []wallet.Holding{h, bare})
	same(t, "active", must[[]wallet.Holding](t)(s.Active(t.Context(), c.ID)), []wallet.Holding{h, bare})
}

func valuesRoundTrip(t *testing.T, s Subject) {
	c := citizen(1)
	h := holding(c, "h1", gplx, "k")
	h.Values = catalog.Values{
		"text": nameNFC, "empty": "", "digits": "012345678901", "like_number": "1e3", "html": `<a href="x">&amp;</a>`,
		"controls": "a\tb\nc\u2028d", "astral": "𠀋 🪪",
		"int": int64(7), "zero": int64(0), "negative": int64(-1), "max": int64(math.MaxInt64), "min": int64(math.MinInt64),
		"beyond_float": int64(1<<53 + 1),
		"yes":          true, "no": false, "null": nil,
		"empty_list": []any{}, "empty_object": map[string]any{},
		"list": []any{"A1", int64(2), nil, true, []any{int64(3)}},
		"classes": []any{
			map[string]any{"class": "B2", "points": int64(12), "until": nil, "codes": []any{int64(1), int64(1<<62 + 1)}},
			map[string]any{"class": "A1", "nested": map[string]any{"năm": int64(2026), "ok": false}},
		},
	}
	give(t, s, c, h)
	same(t, "values", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
	issue(t, s, func(tx issuer.Tx) error {
		same(t, "in a transaction", must[[]wallet.Holding](t)(tx.ActiveByDocument(c.ID, gplx)), []wallet.Holding{h})
		same(t, "by record", must[[]wallet.Holding](t)(tx.ActiveByRecord(gplx, "k")), []wallet.Holding{h})
		return nil
	})
	s = s.Reopen(t)
	same(t, "after a restart", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
}

func textRoundTrip(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	for i, text := range []string{
		nameNFC, nameNFD, nameLong, "Đặng", "\u00d0\u1eb7ng", "xã Thạnh Đông A, Kiên Giang", " hai  khoảng trắng ", "\u200b\ufeff",
		`"\\/`, strings.Repeat("Ưỡ", 4000),
	} {
		h := holding(c, fmt.Sprintf("h%d", i), "giấy_tờ", strings.ToValidUTF8(text[:min(len(text), 1000)], ""))
		h.Agency, h.Shared, h.Number, h.Order = text, text, text, text
		h.Values = catalog.Values{"tên": text, "list": []any{text}}
		issue(t, s, func(tx issuer.Tx) error { return tx.Add(h, event(h, wallet.CredentialIssued, i)) })
		same(t, "holding", must[wallet.Holding](t)(s.Holding(t.Context(), c.ID, h.ID)), h)
		issue(t, s, func(tx issuer.Tx) error {
			same(t, "by record", must[[]wallet.Holding](t)(tx.ActiveByRecord(h.Document, h.RecordKey)), []wallet.Holding{h})
			return nil
		})
	}
}

func holdingsOrdered(t *testing.T, s Subject) {
	c := citizen(1)
	var hs []wallet.Holding
	for i, x := range []struct {
		id, document string
		issued       int
	}{
		{"e", gplx, 5}, {"d", xe, 9}, {"z", canCuoc, 30}, {"a", xe, 10}, {"b", gplx, -5}, {"c", xe, -2_000_000_000}, {"m", "a", 3},
	} {
		h := holding(c, x.id, x.document, fmt.Sprint(i))
		h.IssuedAt = at(x.issued)
		hs = append(hs, h)
	}
	give(t, s, c, hs...)
	want := []string{"m", "z", "c", "d", "a", "b", "e"}
	same(t, "holdings", ids(must[[]wallet.Holding](t)(s.Holdings(t.Context(), c.ID))), want)
}

func walletOwnership(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	h, old := holding(a, "h1", gplx, "k"), holding(a, "h2", gplx, "k2")
	give(t, s, a, h, old)
	give(t, s, b)
	end(t, s, old)
	for _, x := range []struct{ what, owner, id string }{
		{"another citizen's", b.ID, h.ID}, {"another citizen's ended one", b.ID, old.ID}, {"nobody's", "", h.ID},
		{"an unknown id", a.ID, "h3"}, {"no id", a.ID, ""}, {"part of an id", a.ID, "h"}, {"the number as owner", a.Number, h.ID},
	} {
		got, err := s.Holding(t.Context(), x.owner, x.id)
		wantFault(t, x.what, err, fault.CodeCredentialUnknown)
		same(t, x.what, got, wallet.Holding{})
	}
	for _, owner := range []string{b.ID, "", "citizen-", "citizen-11", a.Number} {
		same(t, "holdings of "+owner, ids(must[[]wallet.Holding](t)(s.Holdings(t.Context(), owner))), []string{})
		same(t, "active of "+owner, ids(must[[]wallet.Holding](t)(s.Active(t.Context(), owner))), []string{})
		if es := must[[]wallet.Event](t)(s.Events(t.Context(), owner, many)); len(es) != 0 {
			t.Errorf("events of %q: %d, want none", owner, len(es))
		}
	}
}

func eventsOrdered(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	var stored []wallet.Event
	for i, moment := range []int{5, 5, -9, 5, 70, 70, 6} { // equal moments: what was stored last is newest
		h := holding(c, fmt.Sprintf("h%d", i), gplx, fmt.Sprint(i))
		e := event(h, wallet.CredentialIssued, moment)
		issue(t, s, func(tx issuer.Tx) error { return tx.Add(h, e) })
		stored = append(stored, e)
	}
	want := []wallet.Event{stored[5], stored[4], stored[6], stored[3], stored[1], stored[0], stored[2]}
	for _, limit := range []int{1, 3, 7, many, math.MaxInt} {
		same(t, fmt.Sprintf("limit %d", limit),
			must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, limit)), want[:min(limit, len(want))])
	}
	for _, limit := range []int{0, -1} {
		_, err := s.Events(t.Context(), c.ID, limit)
		wantFault(t, fmt.Sprintf("limit %d", limit), err, fault.CodeInternal)
	}
}

func cancelledWallet(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c, holding(c, "h1", gplx, "k"))
	ctx := cancelled(t)
	_, err := s.Holdings(ctx, c.ID)
	wantCancelled(t, "Holdings", err)
	_, err = s.Active(ctx, c.ID)
	wantCancelled(t, "Active", err)
	_, err = s.Holding(ctx, c.ID, "h1")
	wantCancelled(t, "Holding", err)
	_, err = s.Events(ctx, c.ID, 1)
	wantCancelled(t, "Events", err)
}
