package verifier_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier"
)

// lines is a history of two entries as the deployment of draft would write it.
func lines() verifier.History {
	expires := noon.Add(-time.Minute)
	return verifier.History{Issuer: "https://giayto.example", IssuedAt: noon, Count: 2, Complete: true, Entries: []verifier.HistoryEntry{
		{ID: "b", At: noon.Add(-time.Minute), Outcome: "refused", Code: "disclosure.over_asking", Device: "d", Documents: []verifier.HistoryDocument{}},
		{ID: "a", At: noon.Add(-2 * time.Minute), ExpiresAt: &expires, Outcome: "shared", Purpose: "Nhận phòng khách sạn", Audience: "Khách sạn VÍ DỤ", Level: 2,
			Device: "d", Documents: []verifier.HistoryDocument{{Document: "can_cuoc", Credential: "c", Preset: "hotel_check_in", Claims: []string{"name"}}},
			Report: &verifier.HistoryReport{Kind: "not_me", At: noon}},
	}}
}

func signedLines(t testing.TB, h verifier.History, label string) []byte {
	t.Helper()
	return ok(verifier.SignHistory(h, repeatable{testKey(t, label)}))(t)
}

func TestHistory(t *testing.T) {
	list := open(t, draft(t, 1))
	text := signedLines(t, lines(), "disclosure")
	got := ok(verifier.OpenHistory(text, list, noon))(t)
	want := lines()
	if g, w := ok(json.Marshal(got))(t), ok(json.Marshal(want))(t); !bytes.Equal(g, w) {
		t.Errorf("got %s, want %s", g, w)
	}
	// It is looked at later than its key signs, while the list has the key.
	later := draft(t, 2)
	later.IssuedAt, later.NextUpdate = noon.Add(30*24*time.Hour), noon.Add(31*24*time.Hour)
	if _, err := verifier.OpenHistory(text, open(t, later), later.IssuedAt); err != nil {
		t.Errorf("after the window of its key: %v", err)
	}
}

func TestHistoryRefusals(t *testing.T) {
	text := signedLines(t, lines(), "disclosure")
	member := func(name string, change func(string) string) []byte {
		var m map[string]string
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		m[name] = change(m[name])
		return ok(json.Marshal(m))(t)
	}
	other := func(change func(h *verifier.History)) []byte {
		h := lines()
		change(&h)
		return signedLines(t, h, "disclosure")
	}
	// What the key of a deployment might sign for something else, or by mistake.
	flat := func(typ string, payload any) []byte { return forged(t, "disclosure", typ, payload) }
	fewer := map[string]any{"iss": "https://giayto.example", "issued_at": noon, "count": 2, "entries": []any{}}
	revoked := draft(t, 3)
	since := noon.Add(time.Hour)
	revoked.Keys[0].RevokedAt, revoked.Keys[0].Revoked = &since, "key_compromise"
	status := draft(t, 4)
	status.Keys[0].Purpose = verifier.PurposeStatus
	status.Keys = append(status.Keys, entry(t, "other"))
	plain := open(t, draft(t, 1))
	for what, c := range map[string]struct {
		text []byte
		list *verifier.TrustList
		now  time.Time
		want verifier.Reason
	}{
		"another key":              {signedLines(t, lines(), "stranger"), plain, noon, verifier.ReasonUnknownKey},
		"a key for something else": {text, open(t, status), noon, verifier.ReasonKeyWrongPurpose},
		"a key that was revoked":   {text, open(t, revoked), noon.Add(2 * time.Hour), verifier.ReasonKeyRevoked},
		"before the key's window":  {other(func(h *verifier.History) { h.IssuedAt = noon.Add(-48 * time.Hour) }), plain, noon, verifier.ReasonKeyNotValid},
		"from the future":          {other(func(h *verifier.History) { h.IssuedAt = noon.Add(time.Hour) }), plain, noon, verifier.ReasonClockSuspect},
		"of another deployment":    {other(func(h *verifier.History) { h.Issuer = "https://other.example" }), plain, noon, verifier.ReasonMalformed},
		"one entry taken out":      {flat("giayto-history+jwt", fewer), plain, noon, verifier.ReasonMalformed},
		"the type of a trust list": {flat("giayto-trust-list+jwt", lines()), plain, noon, verifier.ReasonMalformed},
		"the type of a credential": {flat("dc+sd-jwt", lines()), plain, noon, verifier.ReasonMalformed},
		"no type":                  {flat("", lines()), plain, noon, verifier.ReasonMalformed},
		"a changed signature":      {member("signature", func(s string) string { return strings.Repeat("A", len(s)) }), plain, noon, verifier.ReasonBadSignature},
		"a changed payload":        {member("payload", func(string) string { return base64.RawURLEncoding.EncodeToString([]byte(`{}`)) }), plain, noon, verifier.ReasonBadSignature},
		"a line feed in the parts": {member("payload", func(s string) string { return s[:4] + "\n" + s[4:] }), plain, noon, verifier.ReasonMalformed},
		"a dot in a part":          {member("payload", func(s string) string { return s + "." + s }), plain, noon, verifier.ReasonMalformed},
		"a compact JWS":            {[]byte("a.b.c"), plain, noon, verifier.ReasonMalformed},
		"rightly forged":           {flat("giayto-history+jwt", lines()), plain, noon, ""},
		"nothing":                  {nil, plain, noon, verifier.ReasonMalformed},
		"two members of one name":  {bytes.Replace(text, []byte(`{`), []byte(`{"payload":"",`), 1), plain, noon, verifier.ReasonMalformed},
		"too much":                 {make([]byte, verifier.MaxHistory+1), plain, noon, verifier.ReasonTooLarge},
		"a list that is too old":   {text, plain, noon.Add(365 * 24 * time.Hour), verifier.ReasonTrustListTooOld},
		"without a list":           {text, nil, noon, verifier.ReasonTrustListMissing},
	} {
		t.Run(what, func(t *testing.T) {
			h, err := verifier.OpenHistory(c.text, c.list, c.now)
			if c.want == "" { // the helper above makes what counts
				if err != nil {
					t.Error(err)
				}
				return
			}
			if h != nil {
				t.Error("a history beside the refusal")
			}
			wantReason(t, err, c.want)
		})
	}
	h := lines()
	h.Count = 1
	if _, err := verifier.SignHistory(h, repeatable{testKey(t, "disclosure")}); err == nil {
		t.Error("signed with a wrong count")
	}
	// Nor is it anything else that we open.
	for what, err := range map[string]error{
		"a trust list": second(verifier.OpenTrustList(compactOf(t, text), named(t, testKey(t, "disclosure")))),
		"a code":       second(verifier.New(plain, verifier.Options{}).Verify(string(compactOf(t, text)), verifier.Check{Now: noon})),
	} {
		if err == nil {
			t.Errorf("taken for %s", what)
		}
	}
}

// forged is a JWS by the TEST key of a label in the form of a signed history.
func forged(t testing.TB, label, typ string, payload any) []byte {
	t.Helper()
	key := testKey(t, label)
	b64 := base64.RawURLEncoding
	header := b64.EncodeToString(ok(json.Marshal(map[string]string{"alg": "ES256", "typ": typ, "kid": named(t, key).Thumbprint}))(t))
	body := b64.EncodeToString(ok(json.Marshal(payload))(t))
	digest := sha256.Sum256([]byte(header + "." + body))
	r, sig, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	sig.FillBytes(signature[32:])
	return ok(json.Marshal(map[string]string{"protected": header, "payload": body, "signature": b64.EncodeToString(signature)}))(t)
}

func second[T any](_ T, err error) error { return err }

func compactOf(t testing.TB, text []byte) []byte {
	t.Helper()
	var m map[string]string
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return []byte(m["protected"] + "." + m["payload"] + "." + m["signature"])
}

func FuzzOpenHistory(f *testing.F) {
	list := open(f, draft(f, 1))
	good := signedLines(f, lines(), "disclosure")
	f.Add(good)
	f.Add([]byte(`{"payload":"","protected":"","signature":""}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := verifier.OpenHistory(text, list, noon)
		if (h == nil) == (err == nil) {
			t.Fatalf("neither or both: %v, %v", h, err)
		}
		if h == nil {
			return
		}
		want := ok(json.Marshal(lines()))(t)
		if got := ok(json.Marshal(h))(t); !bytes.Equal(got, want) {
			t.Errorf("established what nobody signed: %s", got)
		}
	})
}
