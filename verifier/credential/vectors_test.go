package credential_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/verifier/credential"
)

// vectorFile is testdata/vectors/credentials.json; docs/credentials.md
// describes it.
type vectorFile struct {
	Root       json.RawMessage   `json:"root"`
	TrustLists map[string]string `json:"trust_lists"`
	Status     map[string]string `json:"status_files"`
	Vectors    []vector          `json:"vectors"`
}

type vector struct {
	Name      string    `json:"name"`
	Text      string    `json:"text"`
	TrustList string    `json:"trust_list"`
	Status    string    `json:"status"`
	Now       time.Time `json:"now"`
	Policy    struct {
		KeyBinding    bool     `json:"require_key_binding"`
		Audience      string   `json:"audience"`
		Nonce         string   `json:"nonce"`
		Require       []string `json:"require"`
		RequireTrue   []string `json:"require_true"`
		MaxListAge    int64    `json:"max_trust_list_age_seconds"`
		MaxStatusAge  int64    `json:"max_status_age_seconds"`
		ShortLived    int64    `json:"short_lived_seconds"`
		AcceptUnknown bool     `json:"unsafe_accept_unknown_status"`
		Previous      string   `json:"previous_status"`
	} `json:"policy"`
	Want struct {
		Verdict   verifier.Verdict `json:"verdict"`
		Reason    verifier.Reason  `json:"reason"`
		Documents []struct {
			Document string         `json:"document"`
			Claims   map[string]any `json:"claims"`
		} `json:"documents"`
		ExpiresAt *time.Time `json:"expires_at"`
		Agency    string     `json:"agency"`
		StatusAge *int64     `json:"status_age_seconds"`
	} `json:"want"`
}

func readVectors(t testing.TB) vectorFile {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/vectors/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f vectorFile) list(t testing.TB, name string) *verifier.TrustList {
	t.Helper()
	if name == "" {
		return nil
	}
	root, err := verifier.ParseKey(f.Root)
	if err != nil {
		t.Fatal(err)
	}
	list, err := verifier.OpenTrustList([]byte(f.TrustLists[name]), root)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (v vector) check() credential.Check {
	requirements := func(names []string) (out []verifier.Requirement) {
		for _, name := range names {
			document, claim, _ := strings.Cut(name, "/")
			out = append(out, verifier.Requirement{Document: document, Claim: claim})
		}
		return out
	}
	seconds := func(n int64) time.Duration { return time.Duration(n) * time.Second }
	p := v.Policy
	return credential.Check{Now: v.Now, RequireKeyBinding: p.KeyBinding, Audience: p.Audience, Nonce: p.Nonce,
		Policy: verifier.Policy{Require: requirements(p.Require), RequireTrue: requirements(p.RequireTrue), MaxTrustListAge: seconds(p.MaxListAge)},
		Status: credential.StatusPolicy{MaxAge: seconds(p.MaxStatusAge), ShortLived: seconds(p.ShortLived), UnsafeAcceptUnknown: p.AcceptUnknown}}
}

// play sets a checker up as the vector says and makes the check.
func (f vectorFile) play(t testing.TB, v vector) (*credential.Result, error) {
	t.Helper()
	list := f.list(t, v.TrustList)
	var status *credential.Status
	if v.Status != "" {
		// It was opened with the usual list, and is judged by the present one.
		var err error
		if status, err = credential.OpenStatus([]byte(f.Status[v.Status]), f.list(t, "usual"), v.Now); err != nil {
			return nil, err
		}
		if v.Policy.Previous != "" {
			previous, err := credential.OpenStatus([]byte(f.Status[v.Policy.Previous]), list, v.Now)
			if err != nil {
				t.Fatal(err)
			}
			if err := status.Supersedes(previous.Stamp()); err != nil {
				return nil, err
			}
		}
	}
	return credential.Verify(v.Text, v.check(), list, status)
}

func TestVectors(t *testing.T) {
	f := readVectors(t)
	for _, v := range f.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			result, err := f.play(t, v)
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
			f.compare(t, v, result)
		})
	}
	if len(f.Vectors) < 100 {
		t.Errorf("%d vectors", len(f.Vectors))
	}
}

func (f vectorFile) compare(t *testing.T, v vector, result *credential.Result) {
	t.Helper()
	if !result.ExpiresAt.Equal(*v.Want.ExpiresAt) || result.Agency != v.Want.Agency || !strings.HasPrefix(result.Type, "https://giayto.example/vct/") ||
		result.HolderProved != v.Policy.KeyBinding || result.TrustList.Version != 5 {
		t.Errorf("%+v", result)
	}
	switch {
	case v.Want.StatusAge == nil && result.Status != nil:
		t.Errorf("a status from nowhere: %+v", result.Status)
	case v.Want.StatusAge != nil && (result.Status == nil || result.Status.Age != time.Duration(*v.Want.StatusAge)*time.Second):
		t.Errorf("status %+v, want the age %d", result.Status, *v.Want.StatusAge)
	}
	if len(result.Documents) != 1 || result.Documents[0].ID != v.Want.Documents[0].Document {
		t.Fatalf("%+v", result.Documents)
	}
	got := map[string]any{}
	for _, c := range result.Documents[0].Claims {
		if c.Label.VI == "" || c.Label.EN == "" || c.Text().VI == "" {
			t.Errorf("%s has no label or no text", c.ID)
		}
		got[c.ID] = c.Value
	}
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(raw, &plain); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v.Want.Documents[0].Claims, plain); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

// Every reason that this package gives has a vector, and every one of those that
// concern status and proof has two.
func TestVectorsCoverReasons(t *testing.T) {
	count := map[verifier.Reason]int{}
	names := map[string]bool{}
	for _, v := range readVectors(t).Vectors {
		count[v.Want.Reason]++
		if names[v.Name] {
			t.Errorf("%q stands twice", v.Name)
		}
		names[v.Name] = true
	}
	notHere := map[verifier.Reason]bool{ // they concern QR codes, or opening a trust list
		verifier.ReasonNotGiayto: true, verifier.ReasonUnsupportedVersion: true, verifier.ReasonLifetimeTooLong: true,
		verifier.ReasonReplayed: true, verifier.ReasonTrustListInvalid: true, verifier.ReasonTrustListRollback: true}
	for _, info := range verifier.Reasons() {
		want := 1
		if strings.HasPrefix(string(info.Reason), "status_") || strings.HasPrefix(string(info.Reason), "proof_") {
			want = 2
		}
		if n := count[info.Reason]; notHere[info.Reason] != (n == 0) || n > 0 && n < want {
			t.Errorf("%s has %d vectors", info.Reason, n)
		}
	}
	if count[""] < 10 {
		t.Errorf("%d vectors are accepted", count[""])
	}
}
