package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/demo"
)

// The README's commands, typed as they stand there, against the real programs.
func TestReadme(t *testing.T) {
	needs(t, "curl")
	needs(t, "zbarimg")
	p := start(t, filepath.Join(t.TempDir(), "data"))
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## The scene, with curl")
	_, script, _ := strings.Cut(section, "CODE=...")
	_, script, _ = strings.Cut(script, "\n")
	script, _, found := strings.Cut(script, "```")
	if !found {
		t.Fatal("the README's script has moved")
	}
	for from, to := range map[string]string{
		"http://127.0.0.1:8080":       p.origin,
		"go run ./cmd/giayto-verify":  filepath.Join(bin, "giayto-verify"),
		"--root giayto-data/root.jwk": "--root " + filepath.Join(p.data, "root.jwk"),
	} {
		if !strings.Contains(script, from) {
			t.Errorf("the README's script lacks %q", from)
		}
		script = strings.ReplaceAll(script, from, to)
	}
	work := t.TempDir()
	shell := exec.Command("bash", "-euo", "pipefail", "-c", "CODE="+p.code+"\n"+script)
	shell.Dir = work
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := string(out)
	for _, want := range []string{`"document":"can_cuoc"`, `"document":"gplx"`, `"document":"dang_ky_xe"`, `"document":"bhyt"`,
		"[✓] ĐÚNG", "MAI THỊ VÍ DỤ", "28/02/2005", `"verdict":"established"`} {
		if !strings.Contains(said, want) {
			t.Errorf("the README's commands do not print %q\n%s", want, said)
		}
	}
	checkShared(t, p, work)
}

// checkShared reads the picture that the README's commands left, and refuses
// what must be refused, without network.
func checkShared(t *testing.T, p *program, work string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(work, "share.json"))
	if err != nil {
		t.Fatal(err)
	}
	var share struct {
		Text      string
		ExpiresAt time.Time `json:"expires_at"`
	}
	if err := json.Unmarshal(raw, &share); err != nil {
		t.Fatal(err)
	}
	scanned, err := exec.Command("zbarimg", "--quiet", "--raw", filepath.Join(work, "share.png")).Output()
	if err != nil || strings.TrimSuffix(string(scanned), "\n") != share.Text {
		t.Errorf("zbarimg reads %q (%v), want %q", scanned, err, share.Text)
	}
	trust := []string{"--trust-list", filepath.Join(work, "trust-list.jws"), "--root", filepath.Join(p.data, "root.jwk")}
	offline := []string{"unshare", "--net"}
	if exec.Command("unshare", "--net", "true").Run() != nil {
		if os.Getenv("CI") != "" && os.Getuid() == 0 {
			t.Error("no namespace without network can be made")
		}
		offline = nil
	}
	flipped := []byte(share.Text)
	if at := len(flipped) / 2; flipped[at] == 'A' {
		flipped[at] = 'B'
	} else {
		flipped[at] = 'A'
	}
	for _, c := range []struct {
		name, text string
		more       []string
		exit       int
		said       string
	}{
		{"genuine", share.Text, nil, 0, "MAI THỊ VÍ DỤ"},
		{"just before the end of tolerance", share.Text, []string{"--at", share.ExpiresAt.Add(30 * time.Second).Format(time.RFC3339)}, 0, "ĐÚNG"},
		{"expired", share.Text, []string{"--at", share.ExpiresAt.Add(31 * time.Second).Format(time.RFC3339)}, 1, "(expired)"},
		{"one character changed", string(flipped), nil, 1, "KHÔNG CHẤP NHẬN"},
		{"for somebody else", share.Text, []string{"--audience", "bank"}, 1, "(audience_mismatch)"},
		{"keys too old", share.Text, []string{"--at", share.ExpiresAt.AddDate(0, 1, 0).Format(time.RFC3339)}, 3, "(trust_list_too_old)"},
	} {
		exit, said := verify(t, offline, append(append(append([]string{}, trust...), c.more...), c.text)...)
		if exit != c.exit || !strings.Contains(said, c.said) {
			t.Errorf("%s: exit %d, want %d with %q\n%s", c.name, exit, c.exit, c.said, said)
		}
	}
}

// What was answered survives a kill, and the server comes back by itself.
func TestKilledServerLosesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, data)
	token := p.signIn()
	var ids []string
	for i := range 10 {
		status, out := p.call("POST", "/v1/citizen/presentations", token, map[string]any{
			"documents": []any{map[string]any{"document": "can_cuoc", "claims": []string{"name"}}}, "purpose": fmt.Sprint("lần ", i)})
		if status != http.StatusCreated {
			t.Fatalf("%d %v", status, out)
		}
		ids = append(ids, out["id"].(string))
	}
	p.kill()
	_ = p.done()
	p = start(t, data)
	status, out := p.call("GET", "/v1/citizen/history", token, nil)
	raw, err := json.Marshal(out)
	if status != http.StatusOK || err != nil {
		t.Fatal(status, out, err)
	}
	for _, id := range ids {
		if !strings.Contains(string(raw), id) {
			t.Errorf("presentation %s is not in the history", id)
		}
	}
	if strings.Contains(string(raw), "VÍ DỤ") {
		t.Error("the history holds a value")
	}
	if status, out := p.call("GET", "/v1/citizen/credentials", token, nil); status != http.StatusOK || strings.Count(fmt.Sprint(out), "document:") != 4 {
		t.Errorf("%d %v", status, out)
	}
}

func TestStopsOnSignal(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.done(); err != nil {
		t.Errorf("%v\n%s", err, p.log)
	}
}

// One code and many hands: one of them gets in.
func TestActivationCodeWorksOnce(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	var mu sync.Mutex
	counts := map[int]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			status, _ := p.call("POST", "/v1/citizen/sessions", "", map[string]any{"activation_code": p.code})
			mu.Lock()
			defer mu.Unlock()
			counts[status]++
		})
	}
	wg.Wait()
	if counts[http.StatusCreated] != 1 || counts[http.StatusGone] != 3 {
		t.Errorf("answers %v, want one 201 and three 410", counts)
	}
}

// No name, number or address of the demo's people is in what the server logs.
func TestLogsHoldNoPersonalData(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	token := p.signIn()
	p.call("GET", "/v1/citizen/credentials", token, nil)
	r := map[string]any{"documents": []any{
		map[string]any{"document": "can_cuoc", "claims": []string{"name", "address.formatted", "personal_administrative_number"}}}}
	if status, out := p.call("POST", "/v1/citizen/presentations", token, p.confirm(p.phone(token), token, r)); status != http.StatusCreated {
		t.Fatal(status, out)
	}
	p.call("POST", "/v1/citizen/presentations", token, map[string]any{"documents": "NGUYỄN"})
	p.call("POST", "/v1/agency/activations", p.tokens["c06"], map[string]any{"personal_administrative_number": demo.Star()})
	p.call("GET", "/v1/citizen/credentials/"+demo.Star()+"?name=MAI", token, nil)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.done(); err != nil {
		t.Fatal(err)
	}
	log := p.log.String()
	if strings.Count(log, "\n") < 6 {
		t.Fatalf("hardly a log:\n%s", log)
	}
	for _, secret := range append([]string{demo.Star(), token, p.code, p.tokens["c06"]}, texts(t)...) {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// texts is every name, number and address of the demo registers.
func texts(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, register := range demo.Registers(time.Now()) {
		for line := range strings.Lines(string(register.NDJSON)) {
			var record struct {
				Claims map[string]any `json:"claims"`
			}
			if err := json.Unmarshal([]byte(line), &record); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"name", "personal_administrative_number", "document_number", "place_of_origin"} {
				if s, ok := record.Claims[name].(string); ok && len(s) > 6 {
					all = append(all, s)
				}
			}
			if address, ok := record.Claims["address"].(map[string]any); ok {
				if s, ok := address["formatted"].(string); ok {
					all = append(all, s)
				}
			}
		}
	}
	if len(all) < 1000 {
		t.Fatalf("only %d texts to look for", len(all))
	}
	return all
}
