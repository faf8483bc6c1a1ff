package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The drills of docs/trust.md, with the real programs. They live through weeks:
// the same program is linked once more for each moment, with its clock moved
// (see clock.go), and checkers are told the moment with --at.

// drill is a deployment at a series of moments.
type drill struct {
	t      *testing.T
	data   string
	work   string
	offset time.Duration
}

func newDrill(t *testing.T) *drill {
	t.Helper()
	return &drill{t: t, data: filepath.Join(t.TempDir(), "data"), work: t.TempDir()}
}

// program returns giayto with its clock moved.
func (d *drill) program() string {
	d.t.Helper()
	if d.offset == 0 {
		return filepath.Join(bin, "giayto")
	}
	path := filepath.Join(bin, "giayto-"+d.offset.String())
	if _, err := os.Stat(path); err == nil {
		return path
	}
	out, err := exec.Command("go", "build", "-ldflags", "-X main.clockOffset="+d.offset.String(), "-o", path, "../giayto").CombinedOutput()
	if err != nil {
		d.t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// run runs a command on the data folder and returns what it printed.
func (d *drill) run(want int, args ...string) string {
	d.t.Helper()
	command := exec.Command(d.program(), append(args, "--data", d.data)...)
	out, err := command.CombinedOutput()
	if got := command.ProcessState.ExitCode(); got != want {
		d.t.Fatalf("giayto %s: exit %d, want %d: %v\n%s", strings.Join(args, " "), got, want, err, out)
	}
	return string(out)
}

// key is one line of giayto keys list --json.
type key struct {
	Purpose string `json:"purpose"`
	KeyID   string `json:"kid"`
	State   string `json:"state"`
	Signs   bool   `json:"signs"`
}

// signing returns the key that signs presentations.
func (d *drill) signing() key {
	d.t.Helper()
	var list struct {
		Keys []key `json:"keys"`
	}
	if err := json.Unmarshal([]byte(d.run(0, "keys", "list", "--json")), &list); err != nil {
		d.t.Fatal(err)
	}
	for _, k := range list.Keys {
		if k.Purpose == "disclosure" && k.Signs {
			return k
		}
	}
	d.t.Fatalf("no key signs presentations: %+v", list.Keys)
	return key{}
}

// serve starts the server at the moment, mints one presentation, and returns its
// text and the trust list that a checker fetches then, in a file of that name.
func (d *drill) serve(list string) (text string) {
	d.t.Helper()
	p := startProgram(d.t, d.program(), d.data)
	status, out := p.call("POST", "/v1/citizen/presentations", p.signIn(), map[string]any{
		"documents": []any{map[string]any{"document": "can_cuoc", "claims": []string{"name"}}}, "ttl_seconds": 120})
	text, _ = out["text"].(string)
	if status != http.StatusCreated || text == "" {
		d.t.Fatalf("%d %v", status, out)
	}
	answer, err := http.Get(p.origin + "/v1/public/trust-list")
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(d.file(list), raw, 0o644); err != nil {
		d.t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		d.t.Fatal(err)
	}
	if err := p.done(); err != nil {
		d.t.Fatalf("%v\n%s", err, p.log)
	}
	return text
}

func (d *drill) file(name string) string { return filepath.Join(d.work, name) }

// answer is what giayto-verify --json says.
type answer struct {
	Verdict   string `json:"verdict"`
	Reason    string `json:"reason"`
	TrustList struct {
		Version int64 `json:"version"`
		Age     int64 `json:"age_seconds"`
	} `json:"trust_list"`
}

// check asks a checker with a list at the moment of the drill.
func (d *drill) check(list, text, verdict, reason string) answer {
	d.t.Helper()
	at := time.Now().Add(d.offset).UTC().Format(time.RFC3339)
	code, out := verify(d.t, nil, "--trust-list", d.file(list), "--root", filepath.Join(d.data, "root.jwk"), "--at", at, "--json", text)
	var a answer
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		d.t.Fatalf("%v: %s", err, out)
	}
	if want := map[string]int{"established": 0, "not_established": 1, "unknown": 3}[verdict]; a.Verdict != verdict || a.Reason != reason || code != want {
		d.t.Errorf("with %s: %s %s (exit %d), want %s %s", list, a.Verdict, a.Reason, code, verdict, reason)
	}
	return a
}

const drillDay = 24 * time.Hour

// A disclosure key is replaced while checkers go on with the lists they have.
func TestRotationDrill(t *testing.T) {
	d := newDrill(t)
	first := d.serve("v1")
	old := d.signing()
	d.check("v1", first, "established", "")

	kid := strings.TrimSpace(d.run(0, "keys", "create", "--purpose", "disclosure"))
	d.run(2, "keys", "retire", old.KeyID) // nothing else could sign
	d.run(2, "keys", "activate", kid)     // not published
	d.run(0, "keys", "publish", kid)
	if out := d.run(1, "keys", "activate", kid); !strings.Contains(out, "some checkers cannot know the key yet") {
		t.Errorf("activating too early said %s", out)
	}

	d.offset = 10 * drillDay // the server renews its list every day
	d.check("v1", d.serve("v2"), "established", "")
	if d.signing().KeyID != old.KeyID {
		t.Fatal("the new key signs before its time")
	}

	d.offset = 15 * drillDay
	d.run(0, "keys", "activate", kid)
	d.run(0, "keys", "retire", old.KeyID)
	if d.signing().KeyID != kid {
		t.Fatal("the new key does not sign")
	}
	text := d.serve("v3")
	a := d.check("v2", text, "established", "") // a list from before the change
	if a.TrustList.Age < int64((4 * drillDay).Seconds()) {
		t.Errorf("the list is said to be %d seconds old", a.TrustList.Age)
	}
	d.check("v3", text, "established", "")
	d.check("v1", text, "unknown", "trust_list_too_old")
	d.run(2, "keys", "activate", old.KeyID) // a retired key does not come back
}

// A disclosure key leaks: it is revoked and replaced within the hour.
func TestLeakDrill(t *testing.T) {
	d := newDrill(t)
	text := d.serve("before")
	leaked := d.signing()
	d.check("before", text, "established", "")

	kid := strings.TrimSpace(d.run(0, "keys", "create", "--purpose", "disclosure"))
	d.run(0, "keys", "publish", kid)
	d.run(2, "keys", "revoke", leaked.KeyID) // a reason is due
	d.run(0, "keys", "activate", kid, "--emergency", "--reason", "drill: the predecessor leaked")
	out := d.run(0, "keys", "revoke", leaked.KeyID, "--reason", "key_compromise")
	if !strings.Contains(out, "revoked") {
		t.Errorf("revoking said %s", out)
	}
	if list := d.run(0, "keys", "list"); !strings.Contains(list, "EMERGENCY: drill: the predecessor leaked") || !strings.Contains(list, "key_compromise") {
		t.Errorf("the list of keys does not tell: %s", list)
	}

	next := d.serve("after")
	d.check("after", text, "not_established", "key_revoked")
	d.check("after", next, "established", "")
	d.check("before", next, "not_established", "unknown_key")
	a := d.check("before", text, "established", "")
	if a.TrustList.Version != 1 {
		t.Errorf("the old list is said to be version %d", a.TrustList.Version)
	}

	d.offset = 15 * drillDay // and it cannot go on for long without
	d.check("before", text, "unknown", "trust_list_too_old")
	d.run(2, "keys", "revoke", leaked.KeyID, "--reason", "key_compromise") // once
}
