package verifier_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/giayto/giayto/verifier"
)

// vectorFile is the part of testdata/vectors/presentations.json that a checker
// needs; docs/wire-format.md describes it.
type vectorFile struct {
	Vectors []struct {
		Name      string          `json:"name"`
		Text      string          `json:"text"`
		TrustList string          `json:"trust_list"`
		Root      json.RawMessage `json:"root"`
		Now       time.Time       `json:"now"`
		Policy    vectorPolicy    `json:"policy"`
		Want      vectorWant      `json:"want"`
	} `json:"vectors"`
}

type vectorPolicy struct {
	Audience         string   `json:"audience"`
	Nonce            string   `json:"nonce"`
	Require          []string `json:"require"`
	RequireTrue      []string `json:"require_true"`
	MaxAgeSeconds    int64    `json:"max_trust_list_age_seconds"`
	AcceptedBefore   bool     `json:"accepted_before"`
	AcceptedTwin     string   `json:"accepted_twin"`
	PreviousList     string   `json:"previous_trust_list"`
	EarlierList      string   `json:"earlier_trust_list"`
	WithoutTrustList bool     `json:"without_trust_list"`
}

type vectorWant struct {
	Verdict   verifier.Verdict `json:"verdict"`
	Reason    verifier.Reason  `json:"reason"`
	Documents []struct {
		Document string         `json:"document"`
		Claims   map[string]any `json:"claims"`
	} `json:"documents"`
	ExpiresAt *time.Time `json:"expires_at"`
}

func readVectors(t testing.TB) vectorFile {
	t.Helper()
	raw, err := os.ReadFile("../testdata/vectors/presentations.json")
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func (p vectorPolicy) check(t *testing.T, now time.Time) verifier.Check {
	t.Helper()
	c := verifier.Check{Now: now, Audience: p.Audience}
	if p.Nonce != "" {
		var err error
		if c.Nonce, err = verifier.ParseChallenge(p.Nonce); err != nil {
			t.Fatal(err)
		}
	}
	requirements := func(names []string) (out []verifier.Requirement) {
		for _, name := range names {
			document, claim, _ := strings.Cut(name, "/")
			out = append(out, verifier.Requirement{Document: document, Claim: claim})
		}
		return out
	}
	c.Policy = verifier.Policy{Require: requirements(p.Require), RequireTrue: requirements(p.RequireTrue),
		MaxTrustListAge: time.Duration(p.MaxAgeSeconds) * time.Second}
	return c
}

// play sets a checker up as the vector says and makes the check.
func play(t *testing.T, text, list string, rootJWK []byte, now time.Time, p vectorPolicy) (*verifier.Result, error) {
	t.Helper()
	root, err := verifier.ParseKey(rootJWK)
	if err != nil {
		t.Fatal(err)
	}
	check := p.check(t, now)
	if p.WithoutTrustList {
		return verifier.New(nil, verifier.Options{}).Verify(text, check)
	}
	v, roots := verifier.New(nil, verifier.Options{}), []*verifier.Key{root}
	for _, held := range []string{p.EarlierList, p.PreviousList} {
		if held != "" {
			opened := ok(verifier.OpenTrustList([]byte(held), roots...))(t)
			if err := v.Update(opened); err != nil {
				t.Fatal(err)
			}
			roots = opened.Roots()
		}
	}
	opened, err := verifier.OpenTrustList([]byte(list), roots...)
	if err != nil {
		return nil, err
	}
	if err := v.Update(opened); err != nil {
		return nil, err
	}
	for _, before := range []struct {
		text string
		need bool
	}{{text, p.AcceptedBefore}, {p.AcceptedTwin, p.AcceptedTwin != ""}} {
		if before.need {
			if _, err := v.Verify(before.text, check); err != nil {
				t.Fatalf("the first showing was refused: %v", err)
			}
		}
	}
	return v.Verify(text, check)
}

func TestVectors(t *testing.T) {
	for _, v := range readVectors(t).Vectors {
		t.Run(v.Name, func(t *testing.T) {
			result, err := play(t, v.Text, v.TrustList, v.Root, v.Now, v.Policy)
			if v.Want.Verdict != verifier.Established {
				var refusal *verifier.Refusal
				if result != nil || !errors.As(err, &refusal) {
					t.Fatalf("result %v, error %v; want a refusal", result, err)
				}
				if refusal.Reason != v.Want.Reason || refusal.Verdict() != v.Want.Verdict {
					t.Fatalf("%s (%s: %s), want %s (%s)", refusal.Reason, refusal.Verdict(), refusal.Detail, v.Want.Reason, v.Want.Verdict)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !result.ExpiresAt.Equal(*v.Want.ExpiresAt) {
				t.Errorf("expires %v, want %v", result.ExpiresAt, v.Want.ExpiresAt)
			}
			if len(result.Documents) != len(v.Want.Documents) {
				t.Fatalf("%d documents, want %d", len(result.Documents), len(v.Want.Documents))
			}
			for i, d := range result.Documents {
				got := map[string]any{}
				for _, c := range d.Claims {
					got[c.ID] = c.Value
				}
				if d.ID != v.Want.Documents[i].Document {
					t.Errorf("document %s, want %s", d.ID, v.Want.Documents[i].Document)
				}
				if diff := cmp.Diff(v.Want.Documents[i].Claims, viaJSON(t, got)); diff != "" {
					t.Errorf("claims (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// viaJSON makes values comparable with those of the file.
func viaJSON(t *testing.T, v map[string]any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every reason that this release produces has at least two vectors, and no
// reserved one has any. Those of status and proof are given for credentials.
func TestVectorsCoverReasons(t *testing.T) {
	count := map[verifier.Reason]int{}
	for _, v := range readVectors(t).Vectors {
		count[v.Want.Reason]++
	}
	var credentials struct {
		Vectors []struct {
			Want struct{ Reason verifier.Reason }
		}
	}
	if err := json.Unmarshal(ok(os.ReadFile("../testdata/vectors/credentials.json"))(t), &credentials); err != nil {
		t.Fatal(err)
	}
	for _, v := range credentials.Vectors {
		if reason := string(v.Want.Reason); strings.HasPrefix(reason, "status_") || strings.HasPrefix(reason, "proof_") {
			count[v.Want.Reason]++
		}
	}
	for _, info := range verifier.Reasons() {
		switch n := count[info.Reason]; {
		case info.Reserved && n > 0:
			t.Errorf("%s is reserved and has %d vectors", info.Reason, n)
		case !info.Reserved && n < 2:
			t.Errorf("%s has %d vectors, want at least 2", info.Reason, n)
		}
	}
	if count[""] < 20 {
		t.Errorf("%d vectors are accepted, want at least 20", count[""])
	}
}
