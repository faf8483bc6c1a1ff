package bolt_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// What records look like at rest. Data files of every released version look
// like this: a test that fails here means that they can no longer be read.
const (
	restCitizen = `{"v":1,"id":"c","number":"number-c","created_at":"2026-03-01T08:00:00.000000005Z"}`
	restHolding = `{"v":1,"id":"h","owner":"c","document":"gplx","agency":"csgt","record_key":"key-h","record_digest":"00ff",` +
		`"order":"2026-02-28","number":"999000000001",` +
		`"values":{"classes":[{"class":"B"}],"name":"Nguyễn Thị Ánh","points":12},` +
		`"credential":"e30.e30.c2ln~","issued_at":"2026-03-01T08:00:01.000000005Z","expires_at":"2026-03-01T08:01:40.000000005Z"}`
	restActivation = `{"v":1,"locator":"LOC","hash":"AQI=","salt":"AwQ=","owner":"c","agency":"c06",` +
		`"created_at":"2026-03-01T08:00:01.000000005Z","expires_at":"2026-03-01T08:01:40.000000005Z","tries":1}`
)

func activation() session.Activation {
	return session.Activation{
		Locator: "LOC", Hash: []byte{1, 2}, Salt: []byte{3, 4}, Owner: "c", Agency: "c06",
		CreatedAt: at(1), ExpiresAt: at(100), Tries: 1,
	}
}

func TestRecordsAtRest(t *testing.T) {
	s := open(t, newPath(t))
	give(t, s, "c", holding("c", "h"))
	if err := s.PutActivation(t.Context(), activation()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ bucket, key, want string }{
		{"citizens", "c", restCitizen}, {"holdings", "h", restHolding}, {"activations", "LOC", restActivation},
	} {
		if d := cmp.Diff(tt.want, string(s.Get(tt.bucket, tt.key))); d != "" {
			t.Errorf("%s at rest (-want +got):\n%s", tt.bucket, d)
		}
	}
}

// TestMomentsAreUTC: a moment of another zone is the same moment at rest.
func TestMomentsAreUTC(t *testing.T) {
	s := open(t, newPath(t))
	h := holding("c", "h")
	h.IssuedAt = h.IssuedAt.In(time.FixedZone("ICT", 7*60*60))
	give(t, s, "c", h)
	if d := cmp.Diff(restHolding, string(s.Get("holdings", "h"))); d != "" {
		t.Errorf("at rest (-want +got):\n%s", d)
	}
}

// TestUnknownMembersArePassedOver: a later version may add members without
// making the file unreadable for this one.
func TestUnknownMembersArePassedOver(t *testing.T) {
	s := open(t, newPath(t))
	give(t, s, "c", holding("c", "h"))
	more := strings.Replace(restHolding, `{"v":1,`, `{"later":{"x":[1.5,null]},"v":1,"also":"y",`, 1)
	if err := s.Put("holdings", "h", []byte(more)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Holding(t.Context(), "c", "h")
	if d := cmp.Diff(holding("c", "h"), got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

// TestDamagedRecords: what cannot be read is a fault that says so and quotes
// nothing of the record, which would be personal data.
func TestDamagedRecords(t *testing.T) {
	const secret = "Bí Mật"
	const damage, newer = "the data file is damaged", "written by a newer giayto"
	for _, tt := range []struct{ name, body, words string }{
		{"empty", "", damage},
		{"not JSON", secret, damage},
		{"cut off", restHolding[:len(restHolding)-5], damage},
		{"no version", `{"id":"h","owner":"c"}`, damage},
		{"version 0", strings.Replace(restHolding, `"v":1`, `"v":0`, 1), damage},
		{"a newer version", strings.Replace(restHolding, `"v":1`, `"v":2`, 1), newer},
		{"another type", strings.Replace(restHolding, `"owner":"c"`, `"owner":["`+secret+`"]`, 1), damage},
		{"not a moment", strings.Replace(restHolding, "2026-03-01T08:00:01.000000005Z", secret, 1), damage},
		{"a fraction", strings.Replace(restHolding, `"points":12`, `"points":12.5`, 1), damage},
		{"beyond int64", strings.Replace(restHolding, `"points":12`, `"points":9223372036854775808`, 1), damage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, newPath(t))
			give(t, s, "c", holding("c", "h"), holding("c", "h2"))
			if err := s.Put("holdings", "h", []byte(tt.body)); err != nil {
				t.Fatal(err)
			}
			_, one := s.Holding(t.Context(), "c", "h")
			_, all := s.Holdings(t.Context(), "c")
			for what, err := range map[string]error{"Holding": one, "Holdings": all} {
				wantInternal(t, what, err, tt.words)
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%s quotes the record: %v", what, err)
				}
			}
			if _, err := s.Holding(t.Context(), "c", "h2"); err != nil {
				t.Errorf("the other holding: %v", err)
			}
		})
	}
}

func wantInternal(t *testing.T, what string, err error, words string) {
	t.Helper()
	if !fault.Is(err, fault.CodeInternal) || !strings.Contains(err.Error(), words) {
		t.Errorf("%s gave %v, want internal with %q", what, err, words)
	}
}

// TestUnstorable: what would not come back as it went is refused, by name and
// without the value.
func TestUnstorable(t *testing.T) {
	s := open(t, newPath(t))
	give(t, s, "c")
	for name, v := range map[string]any{
		"float": 1.0, "int": 1, "int32": int32(1), "uint": uint64(1), "number": json.Number("1"), "bytes": []byte("x"),
		"strings": []string{"x"}, "moment": at(1), "not UTF-8": "a\xff", "in a list": []any{"x", 1.5},
		"in an object": map[string]any{"a": []any{map[string]any{"b": 1}}}, "a name": map[string]any{"a\xff": "x"},
	} {
		h := holding("c", "h")
		h.Values = catalog.Values{"claim": v}
		err := s.Issue(t.Context(), func(tx issuer.Tx) error { return tx.Add(h, issued(h)) })
		wantInternal(t, name, err, "the value of claim claim has a type that cannot be stored")
	}
	for name, change := range map[string]func(h *wallet.Holding){
		"claim id":   func(h *wallet.Holding) { h.Values = catalog.Values{"a\xff": "x"} },
		"credential": func(h *wallet.Holding) { h.Credential = "a\xff" },
		"record key": func(h *wallet.Holding) { h.RecordKey = "a\xff" },
	} {
		h := holding("c", "h")
		change(&h)
		err := s.Issue(t.Context(), func(tx issuer.Tx) error { return tx.Add(h, issued(h)) })
		wantInternal(t, name, err, "not UTF-8")
	}
	h := holding("c", "h")
	h.ExpiresAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) // RFC 3339 ends with the year 9999
	err := s.Issue(t.Context(), func(tx issuer.Tx) error { return tx.Add(h, issued(h)) })
	wantInternal(t, "year 10000", err, "out of range")

	e := entry("c", 1)
	e.Audience = "a\xff"
	wantInternal(t, "audience", s.Record(t.Context(), e), "not UTF-8")
	e = entry("c", 1, "h")
	e.Documents[0].Claims = []string{"a\xff"}
	wantInternal(t, "claims", s.Record(t.Context(), e), "not UTF-8")
	if p, err := s.History(t.Context(), "c", "", 1); err != nil || len(p.Entries) != 0 {
		t.Errorf("history %v, %v; want none", p, err)
	}
}

// FuzzValues: whatever JSON object is stored as claim values, what is read is
// what was written; or it was refused.
func FuzzValues(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1}`, `{"a":-9223372036854775808,"b":[1,[2,{"c":null}]]}`, `{"a":1.5}`, `{"a":1e2}`,
		`{"tên":"Nguyễn","x":true,"y":"\u0000\ud83e\udeaa"}`, `{"a":18446744073709551616}`, `[]`, `{"a":"\ud800"}`} {
		f.Add([]byte(s))
	}
	s := open(f, newPath(f))
	give(f, s, "c")
	n := 0
	f.Fuzz(func(t *testing.T, data []byte) {
		var values map[string]any
		d := json.NewDecoder(strings.NewReader(string(data)))
		d.UseNumber()
		if d.Decode(&values) != nil {
			return
		}
		integers, ok := withIntegers(values)
		n++
		h := holding("c", "h"+strings.Repeat("x", n%7)+time.Duration(n).String())
		h.Values, _ = integers.(map[string]any)
		err := s.Issue(t.Context(), func(tx issuer.Tx) error { return tx.Add(h, issued(h)) })
		if (err == nil) != ok {
			t.Fatalf("stored: %v, want %v", err, ok)
		}
		if err != nil {
			return
		}
		got, err := s.Holding(t.Context(), "c", h.ID)
		if d := cmp.Diff(h, got); err != nil || d != "" {
			t.Errorf("%v (-want +got):\n%s", err, d)
		}
	})
}

// withIntegers replaces numbers by int64 and leaves others, which are then to
// be refused.
func withIntegers(v any) (out any, ok bool) {
	switch x := v.(type) {
	case json.Number:
		n, err := x.Int64()
		if err != nil {
			return x, false
		}
		return n, true
	case []any:
		all := true
		for i := range x {
			x[i], ok = withIntegers(x[i])
			all = all && ok
		}
		return x, all
	case map[string]any:
		all := true
		for k := range x {
			x[k], ok = withIntegers(x[k])
			all = all && ok
		}
		return x, all
	default:
		return x, true
	}
}
