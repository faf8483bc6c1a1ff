package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier/credential"
)

// credentialVectors is the part of testdata/vectors/credentials.json that the
// command line can play.
type credentialVectors struct {
	Root       json.RawMessage   `json:"root"`
	TrustLists map[string]string `json:"trust_lists"`
	Status     map[string]string `json:"status_files"`
	Vectors    []struct {
		Name, Text, Status string
		TrustList          string    `json:"trust_list"`
		Now                time.Time `json:"now"`
		Policy             struct {
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
			Verdict   string `json:"verdict"`
			Reason    string `json:"reason"`
			StatusAge *int64 `json:"status_age_seconds"`
		} `json:"want"`
	}
}

// bank is a checker's desk for credentials.
type bank struct {
	credentialVectors
	dir, root, state string
}

func newBank(t testing.TB) bank {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/vectors/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	b := bank{dir: t.TempDir()}
	if err := json.Unmarshal(raw, &b.credentialVectors); err != nil {
		t.Fatal(err)
	}
	b.root, b.state = b.file(t, "root.jwk", string(b.Root)), filepath.Join(b.dir, "state")
	return b
}

func (b bank) file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// at are the options of a check with the named list and status ("" for none).
func (b bank) at(t testing.TB, now time.Time, list, status string, more ...string) []string {
	t.Helper()
	args := []string{"--root", b.root, "--trust-list", b.file(t, "list "+list, b.TrustLists[list]), "--at", now.Format(time.RFC3339)}
	if status != "" {
		args = append(args, "--status", b.file(t, "status "+status, b.Status[status]))
	}
	return append(args, more...)
}

func (b bank) text(t testing.TB, name string) (string, time.Time) {
	t.Helper()
	for _, v := range b.Vectors {
		if v.Name == name {
			return v.Text, v.Now
		}
	}
	t.Fatalf("no vector %q", name)
	return "", time.Time{}
}

// Every vector that the command line can express ends in its reason and in the
// exit code of its verdict, with a network that fails on use.
func TestCredentialVectors(t *testing.T) {
	withoutNetwork(t)
	b := newBank(t)
	played := 0
	for _, v := range b.Vectors {
		p := v.Policy
		proof := p.KeyBinding || p.Audience != "" || p.Nonce != ""
		switch {
		case v.TrustList == "" || p.MaxListAge != 0: // no option says so
			continue
		case proof && (p.Audience == "" || p.Nonce == ""): // a matter of usage here
			continue
		case !credential.Looks(v.Text):
			continue
		case strings.HasSuffix(v.Name, "has been revoked since"): // the file is opened with the list of the check
			v.Want.Reason = "status_unknown"
		}
		played++
		options := []string{"--audience", p.Audience, "--nonce", p.Nonce, "--key-binding=" + strconv.FormatBool(p.KeyBinding),
			"--unsafe-unknown-status=" + strconv.FormatBool(p.AcceptUnknown)}
		for _, name := range p.Require {
			options = append(options, "--require", name)
		}
		for _, name := range p.RequireTrue {
			options = append(options, "--require", name+"=true")
		}
		for name, seconds := range map[string]int64{"--max-status-age": p.MaxStatusAge, "--short-lived": p.ShortLived} {
			if seconds > 0 {
				options = append(options, name, (time.Duration(seconds) * time.Second).String())
			}
		}
		if p.Previous != "" {
			if err := os.RemoveAll(b.state); err != nil {
				t.Fatal(err)
			}
			options = append(options, "--state", b.state)
			call("", append(b.at(t, v.Now, v.TrustList, p.Previous), "--state", b.state, v.Text)...)
		}
		args := append(b.at(t, v.Now, v.TrustList, v.Status, options...), "--json", "-")
		code, stdout, _ := call(v.Text+"\n", args...)
		var answer struct {
			Verdict   string
			Reason    *string
			Documents []any
			Status    *struct {
				AgeSeconds int64 `json:"age_seconds"`
			}
		}
		if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
			t.Fatalf("%s: %q", v.Name, stdout)
		}
		reason := ""
		if answer.Reason != nil {
			reason = *answer.Reason
		}
		if code != exitOf[v.Want.Verdict] || answer.Verdict != v.Want.Verdict || reason != v.Want.Reason || (len(answer.Documents) > 0) != (code == exitEstablished) {
			t.Errorf("%s: exit %d, %s", v.Name, code, stdout)
		}
		if v.Want.StatusAge != nil && (answer.Status == nil || answer.Status.AgeSeconds != *v.Want.StatusAge) {
			t.Errorf("%s: %s, want a status of %d seconds", v.Name, stdout, *v.Want.StatusAge)
		}
	}
	if played < 105 {
		t.Errorf("%d vectors were played", played)
	}
}

// The newest status is remembered, and only a genuine one.
func TestStatusRollback(t *testing.T) {
	b := newBank(t)
	text, now := b.text(t, "can_cuoc: nothing disclosed")
	for i, step := range []struct {
		status string
		code   int
		note   string
	}{
		{"usual", exitEstablished, ""},
		{"usual", exitEstablished, ""},
		{"newer", exitEstablished, ""},
		{"usual", exitUnknown, "older than one already seen"},
		{"ahead", exitUnknown, "clock"}, // from the future: not remembered
		{"signed by a leaked key", exitUnknown, "key_revoked"},
		{"a list missing", exitUnknown, "list_missing: https://giayto.example/status-lists/c06/1"},
		{"newer", exitEstablished, ""},
	} {
		code, stdout, stderr := call("", b.at(t, now, "usual", step.status, "--state", b.state, text)...)
		if code != step.code || !strings.Contains(stderr, step.note) || (stderr == "") != (step.note == "") {
			t.Errorf("step %d: exit %d, %s%s", i, code, stdout, stderr)
		}
	}
	// A policy that accepts what is unknown does not accept a file that is bad.
	code, stdout, _ := call("", b.at(t, now, "usual", "usual", "--state", b.state, "--unsafe-unknown-status", text)...)
	if code != exitUnknown || !strings.Contains(stdout, "(status_unknown)") {
		t.Errorf("exit %d, %s", code, stdout)
	}
}

func TestCredentialUsage(t *testing.T) {
	b := newBank(t)
	text, now := b.text(t, "can_cuoc: nothing disclosed")
	code := newScene(t, "can_cuoc: over 18 alone")
	with := func(more ...string) []string { return b.at(t, now, "usual", "usual", more...) }
	for name, args := range map[string][]string{
		"an audience without a nonce":   with("--audience", "https://bank.example", text),
		"a nonce without an audience":   with("--nonce", "n", text),
		"a proof for nobody":            with("--key-binding", text),
		"a nonce without end":           with("--audience", "a", "--nonce", strings.Repeat("n", maxExpected+1), text),
		"a proof of a QR":               code.args("--key-binding", code.Text),
		"an age that is none":           with("--max-status-age", "old", text),
		"an age of zero":                with("--max-status-age", "0s", text),
		"a life below zero":             with("--short-lived", "-1h", text),
		"a status that is not there":    b.at(t, now, "usual", "", "--status", filepath.Join(b.dir, "missing"), text),
		"the same, with a state":        b.at(t, now, "usual", "", "--status", filepath.Join(b.dir, "missing"), "--state", b.state, text),
		"a status that is a folder":     b.at(t, now, "usual", "", "--status", b.dir, text),
		"a challenge of a QR too short": code.args("--nonce", "0102", code.Text),
	} {
		code, stdout, stderr := call("", args...)
		if code != exitUsage || stdout != "" || stderr == "" || strings.Contains(stderr, text) {
			t.Errorf("%s: exit %d, %q, %q", name, code, stdout, stderr)
		}
	}
}

// What a person reads: the facts, until when, how fresh, and that a copy is a copy.
func TestCredentialWords(t *testing.T) {
	b := newBank(t)
	name, now := b.text(t, "can_cuoc: five fields, one in a group")
	proved, _ := b.text(t, "the holder's proof")
	revoked, _ := b.text(t, "status_revoked: can_cuoc")
	proof := []string{"--audience", "https://bank.example", "--nonce", "n-0S6_WzA2Mj"}
	for _, c := range []struct {
		args []string
		want []string
		not  string
	}{
		{b.at(t, now, "usual", "usual", name), []string{"[✓] ĐÚNG", "Họ và tên: NGUYỄN THỊ MINH ÁNH", "có hiệu lực đến hết ngày 11/06/2027.",
			"Không có chứng minh của người giữ", "Tình trạng giấy tờ theo dữ liệu 10 phút trước."}, "giây."},
		{b.at(t, now, "usual", "usual", append(proof, "--lang", "en", proved)...), []string{"ESTABLISHED", "Status of the document as of 10 minutes ago."}, "copy"},
		{b.at(t, now, "usual", "", "--unsafe-unknown-status", "--lang", "en", name), []string{"ESTABLISHED", "has not been checked", "may be a copy"}, "as of"},
		{b.at(t, now, "usual", "usual", "--lang", "en", revoked), []string{"NOT ACCEPTED", "The document has been revoked.", "as of 10 minutes ago", "(status_revoked)"}, "MINH"},
		{b.at(t, now, "usual", "", "--lang", "en", name), []string{"CANNOT TELL", "(status_unknown)"}, "MINH"},
	} {
		_, stdout, stderr := call("", c.args...)
		for _, want := range c.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%q is not in %s%s", want, stdout, stderr)
			}
		}
		if strings.Contains(stdout, c.not) {
			t.Errorf("%q is in %s", c.not, stdout)
		}
	}
}
