package verifier_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/verifier"
)

func reportOf(t *testing.T, result *verifier.Result, err error) map[string]any {
	t.Helper()
	raw := ok(verifier.NewReport(result, err).JSON())(t)
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil || strings.Contains(string(raw), "\n") {
		t.Fatalf("%s: %v", raw, err)
	}
	return out
}

func TestReport(t *testing.T) {
	v := verifier.New(open(t, draft(t, 5)), verifier.Options{})
	token := name(1)
	token.Documents[0].Fields[12] = false
	text := show(t, token, "disclosure")
	list := map[string]any{"version": 5.0, "issued_at": "2026-11-23T04:00:00Z", "age_seconds": 3600.0}
	result, err := v.Verify(text, verifier.Check{Now: noon})
	want := map[string]any{"verdict": "established", "reason": nil, "expires_at": "2026-11-23T05:01:00Z", "trust_list": list,
		"documents": []any{map[string]any{"document": "can_cuoc", "label": textOf(catalog.Default().Document("can_cuoc").Labels), "claims": []any{
			map[string]any{"id": "name", "label": labelOf("name"), "value": "NGUYỄN THỊ VÍ DỤ", "text": map[string]any{"vi": "NGUYỄN THỊ VÍ DỤ", "en": "NGUYỄN THỊ VÍ DỤ"}},
			map[string]any{"id": "age_equal_or_over.18", "label": labelOf("age_equal_or_over.18"), "value": false, "text": map[string]any{"vi": "Không", "en": "No"}},
		}}}}
	if diff := cmp.Diff(want, reportOf(t, result, err)); diff != "" {
		t.Errorf("established (-want +got):\n%s", diff)
	}
	result, err = v.Verify(text, verifier.Check{Now: noon})
	info := verifier.ReasonReplayed.Info()
	want = map[string]any{"verdict": "not_established", "reason": "replayed", "expires_at": "2026-11-23T05:01:00Z", "trust_list": list,
		"why": textOf(info.Why), "do": textOf(info.Do)}
	if diff := cmp.Diff(want, reportOf(t, result, err)); diff != "" {
		t.Errorf("replayed (-want +got):\n%s", diff)
	}
	result, err = verifier.New(nil, verifier.Options{}).Verify(text, verifier.Check{Now: noon})
	info = verifier.ReasonTrustListMissing.Info()
	want = map[string]any{"verdict": "unknown", "reason": "trust_list_missing", "expires_at": nil, "trust_list": nil,
		"why": textOf(info.Why), "do": textOf(info.Do)}
	if diff := cmp.Diff(want, reportOf(t, result, err)); diff != "" {
		t.Errorf("no list (-want +got):\n%s", diff)
	}
}

func textOf(t catalog.Text) map[string]any { return map[string]any{"vi": t.VI, "en": t.EN} }

func labelOf(claim string) map[string]any {
	return textOf(catalog.Default().Document("can_cuoc").Claim(claim).Labels)
}

// Only a result without an error is established, whatever else is handed in.
func TestReportIsNeverGoodByAccident(t *testing.T) {
	good, err := verifier.New(open(t, draft(t, 1)), verifier.Options{}).Verify(show(t, name(1), "disclosure"), verifier.Check{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		result *verifier.Result
		err    error
		want   verifier.Verdict
	}{
		"nothing at all":        {nil, nil, verifier.Unknown},
		"a foreign error":       {nil, errors.New("disk"), verifier.Unknown},
		"both":                  {good, errors.New("disk"), verifier.Unknown},
		"both, with a reason":   {good, &verifier.Refusal{Reason: verifier.ReasonExpired}, verifier.NotEstablished},
		"a wrapped refusal":     {nil, fmt.Errorf("at the gate: %w", &verifier.Refusal{Reason: verifier.ReasonExpired}), verifier.NotEstablished},
		"an unheard-of reason":  {nil, &verifier.Refusal{Reason: "fine"}, verifier.Unknown},
		"a refusal of no words": {nil, &verifier.Refusal{}, verifier.Unknown},
	} {
		r := verifier.NewReport(c.result, c.err)
		if r.Verdict != c.want || r.Documents != nil {
			t.Errorf("%s: %s with %d documents, want %s", name, r.Verdict, len(r.Documents), c.want)
		}
	}
}

// No refusal carries a value, neither as an error nor as a report.
func TestRefusalsHoldNoValue(t *testing.T) {
	var values []string
	for _, d := range catalog.Default().Documents() {
		for _, c := range d.All() {
			if s, isText := c.Example.(string); isText && len(s) >= 6 {
				values = append(values, s)
			}
		}
	}
	values = append(values, "NGUYE\u0302\u0303N", "1950-13", "1000000000000", "khách-sạn-42", "bank.example", "hotel.example", "0102030405060708")
	checked := 0
	for _, v := range readVectors(t).Vectors {
		result, err := play(t, v.Text, v.TrustList, v.Root, v.Now, v.Policy)
		if err == nil {
			continue
		}
		checked++
		report := verifier.NewReport(result, err)
		report.Why, report.Do = nil, nil // the sentences of the reason, the same for everybody
		raw := ok(report.JSON())(t)
		refusal := err.(*verifier.Refusal)
		said := fmt.Sprintf("%s %s %+v", err, raw, *refusal)
		for _, value := range values {
			if strings.Contains(said, value) {
				t.Errorf("%s: %q stands in %s", v.Name, value, said)
			}
		}
	}
	if checked < 100 || len(values) < 30 {
		t.Errorf("%d refusals against %d values: the test has lost its data", checked, len(values))
	}
}

func TestReasons(t *testing.T) {
	seen := map[verifier.Reason]bool{}
	for _, info := range verifier.Reasons() {
		if seen[info.Reason] || info.Verdict == verifier.Established || info.Reason.Info() != info {
			t.Errorf("%+v", info)
		}
		seen[info.Reason] = true
		if (&verifier.Refusal{Reason: info.Reason}).Verdict() != info.Verdict {
			t.Errorf("%s: the refusal has another verdict", info.Reason)
		}
	}
	all := verifier.Reasons()
	all[0].Reason = "changed"
	if verifier.Reasons()[0].Reason == "changed" {
		t.Error("a caller can change the closed set")
	}
	for refusal, want := range map[*verifier.Refusal]string{
		{Reason: verifier.ReasonExpired}:               "verifier: expired",
		{Reason: verifier.ReasonExpired, Detail: "so"}: "verifier: expired: so",
	} {
		if refusal.Error() != want {
			t.Errorf("%q, want %q", refusal, want)
		}
	}
}

// Every preset asks for claims that the catalogue has, and for a yes where a
// genuine no would not serve.
func TestPresetPolicy(t *testing.T) {
	if shop := verifier.PresetPolicy(catalog.Default().Preset("over18_shop")); len(shop.RequireTrue) != 1 {
		t.Errorf("a shop is served by a no: %+v", shop)
	}
	for _, p := range catalog.Default().Presets() {
		policy, n, affirmed := verifier.PresetPolicy(p), 0, 0
		for _, d := range p.Documents {
			n += len(d.Required)
			affirmed += len(d.Affirmed)
		}
		if len(policy.Require) != n || n == 0 || len(policy.RequireTrue) != affirmed {
			t.Errorf("%s: %+v", p.ID, policy)
		}
		for _, q := range policy.Require {
			if d := catalog.Default().Document(q.Document); d == nil || d.Claim(q.Claim) == nil {
				t.Errorf("%s asks for %s/%s", p.ID, q.Document, q.Claim)
			}
		}
	}
}
