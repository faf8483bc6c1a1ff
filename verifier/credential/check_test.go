package credential_test

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/verifier/credential"
)

func (f vectorFile) named(t testing.TB, name string) vector {
	t.Helper()
	for _, v := range f.Vectors {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no vector %q", name)
	return vector{}
}

const (
	goodVector    = "can_cuoc: five fields, one in a group"
	revokedVector = "status_revoked: can_cuoc"
	provedVector  = "the holder's proof"
)

func refusalOf(t *testing.T, result any, err error) *verifier.Refusal {
	t.Helper()
	var refusal *verifier.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("%v, %v; want a refusal", result, err)
	}
	return refusal
}

// A refusal tells of the data behind it, and the report carries it on.
func TestRefusalTellsAges(t *testing.T) {
	f := readVectors(t)
	v := f.named(t, revokedVector)
	result, err := f.play(t, v)
	refusal := refusalOf(t, result, err)
	if refusal.TrustList == nil || refusal.TrustList.Version != 5 || refusal.ExpiresAt.IsZero() ||
		refusal.Status == nil || refusal.Status.Age != 10*time.Minute {
		t.Errorf("%+v", refusal)
	}
	raw, err := verifier.NewReport(nil, refusal).JSON()
	if err != nil || !strings.Contains(string(raw), `"status":{"issued_at":"2026-11-23T02:20:00Z","age_seconds":600}`) {
		t.Errorf("%s, %v", raw, err)
	}
	old := f.named(t, "status_unknown: older than the policy allows")
	result, err = f.play(t, old)
	if refusal := refusalOf(t, result, err); refusal.Status == nil || refusal.Status.Age != 10*time.Minute {
		t.Errorf("what is too old is not told: %+v", refusal)
	}
}

func TestReportOfAResult(t *testing.T) {
	f := readVectors(t)
	result, err := f.play(t, f.named(t, goodVector))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := verifier.NewReport(&result.Result, nil).JSON()
	if err != nil || !strings.Contains(string(raw), `"verdict":"established"`) || !strings.Contains(string(raw), `"age_seconds":600}`) {
		t.Errorf("%s, %v", raw, err)
	}
}

// A bundle that cannot be used says why, and which list is missing.
func TestOpenStatusSaysWhy(t *testing.T) {
	f := readVectors(t)
	now := f.Vectors[0].Now
	for name, want := range map[string]string{
		"a list missing":         "list_missing: https://giayto.example/status-lists/c06/1",
		"a list exchanged":       "hash_mismatch: https://giayto.example/status-lists/c06/1",
		"half a file":            "json_malformed",
		"signed by a stranger":   "key_unknown",
		"signed by an agency":    "key_unknown",
		"of another deployment":  "issuer_mismatch",
		"signed by a leaked key": "key_revoked",
	} {
		status, err := credential.OpenStatus([]byte(f.Status[name]), f.list(t, "usual"), now)
		if refusal := refusalOf(t, status, err); status != nil || refusal.Reason != verifier.ReasonStatusUnknown || !strings.Contains(refusal.Detail, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	status, err := credential.OpenStatus([]byte(f.Status["usual"]), nil, now)
	if refusal := refusalOf(t, status, err); refusal.Reason != verifier.ReasonTrustListMissing {
		t.Error(refusal)
	}
	status, err = credential.OpenStatus(make([]byte, credential.MaxStatusFile+1), f.list(t, "usual"), now)
	if refusal := refusalOf(t, status, err); refusal.Reason != verifier.ReasonStatusUnknown {
		t.Error(refusal)
	}
}

// Whatever one character of a good credential becomes, it is refused.
func TestFlips(t *testing.T) {
	f := readVectors(t)
	for _, name := range []string{goodVector, provedVector} {
		v := f.named(t, name)
		list := f.list(t, v.TrustList)
		status, err := credential.OpenStatus([]byte(f.Status[v.Status]), list, v.Now)
		if err != nil {
			t.Fatal(err)
		}
		for at := range v.Text {
			for _, bit := range []byte{1, 2, 32} {
				changed := []byte(v.Text)
				changed[at] ^= bit
				if result, err := credential.Verify(string(changed), v.check(), list, status); err == nil {
					t.Fatalf("%s: byte %d becomes %q and is established: %+v", name, at, changed[at], result)
				}
			}
		}
	}
}

// Whatever one character of a status file becomes, it is refused.
func TestStatusFlips(t *testing.T) {
	f := readVectors(t)
	list, file, now := f.list(t, "usual"), f.Status["usual"], f.Vectors[0].Now
	for at := range file {
		changed := []byte(file)
		changed[at] ^= 1
		if status, err := credential.OpenStatus(changed, list, now); err == nil {
			t.Fatalf("byte %d becomes %q and opens: %+v", at, changed[at], status.Stamp())
		}
	}
}

// No value of a paper stands in a refusal.
func TestRefusalsHoldNoValues(t *testing.T) {
	f := readVectors(t)
	for _, v := range f.Vectors {
		_, err := f.play(t, v)
		if err == nil {
			continue
		}
		for _, value := range []string{"NGUY", "0793", "2005-", "status-lists/c06/10"} {
			if strings.Contains(err.Error(), value) {
				t.Errorf("%s: %v", v.Name, err)
			}
		}
	}
}

func TestLooks(t *testing.T) {
	f := readVectors(t)
	for _, v := range f.Vectors {
		// Two vectors are no SD-JWT at all.
		if !strings.HasPrefix(v.Name, "malformed: ") && !credential.Looks(v.Text) {
			t.Errorf("%s is not recognised", v.Name)
		}
	}
	for _, text := range []string{"", "~", "VN1:ABC", "VN2:A~B.C.D~", "eyJ.b.c", "e.f~", "https://e.f.g/~", "079305000123||NGUYỄN VĂN VÍ DỤ|~"} {
		if credential.Looks(text) {
			t.Errorf("%q is taken for a credential", text)
		}
	}
}

// docs/credentials.md gives a step for every reason of this package, and no
// reason that is none.
func TestDocument(t *testing.T) {
	raw, err := os.ReadFile("../../docs/credentials.md")
	if err != nil {
		t.Fatal(err)
	}
	_, steps, _ := strings.Cut(string(raw), "| step | fails when | reason |\n")
	steps, _, _ = strings.Cut(steps, "\n\n")
	told := map[verifier.Reason]bool{}
	for row := range strings.Lines(steps) {
		cells := strings.Split(row, "|")
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[len(cells)-2], -1) {
			reason := verifier.Reason(name[1])
			if reason.Info().Why.EN == "" {
				t.Errorf("the document gives %s, which is no reason", reason)
			}
			told[reason] = true
		}
	}
	for _, v := range readVectors(t).Vectors {
		if v.Want.Reason != "" && !told[v.Want.Reason] {
			t.Errorf("the document does not say when the reason is %s", v.Want.Reason)
		}
	}
	if len(told) < 20 {
		t.Errorf("the steps give %d reasons; was the table read?", len(told))
	}
}

// Nothing below this package serves, stores, mints or opens a connection.
func TestPackagesBelow(t *testing.T) {
	const module = "github.com/giayto/giayto/"
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, path := range strings.Fields(string(out)) {
		if strings.HasPrefix(path, module) {
			ours = append(ours, strings.TrimPrefix(path, module))
		}
	}
	slices.Sort(ours)
	if want := []string{"catalog", "disclosure/sdjwt", "disclosure/statuslist", "qr", "verifier", "verifier/credential"}; !slices.Equal(ours, want) {
		t.Errorf("%v, want %v", ours, want)
	}
}
