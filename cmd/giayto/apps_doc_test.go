package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/demo"
)

// The commands of docs/apps.md, typed as they stand there, against the real
// programs: from the activation code to a phone that is lost and replaced.
func TestAppsDocument(t *testing.T) {
	needs(t, "curl")
	p := start(t, filepath.Join(t.TempDir(), "data"))
	document, err := os.ReadFile("../../docs/apps.md")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, part := range strings.Split(string(document), "```sh\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		script.WriteString(block + "\n")
	}
	softkey := filepath.Join(bin, "softkey")
	if out, err := exec.Command("go", "build", "-o", softkey, "../../internal/authenticator/softkey").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := script.String()
	for from, to := range map[string]string{
		"http://127.0.0.1:8080": p.origin,
		"CODE=...  ":            "CODE=" + p.code, "AGENCY=... ": "AGENCY=" + p.tokens["c06"],
		"go build -o softkey ./internal/authenticator/softkey": "",
		"./softkey":    softkey + " --origin " + strings.Replace(p.origin, "127.0.0.1", "localhost", 1),
		"079305000001": demo.Star(),
	} {
		if !strings.Contains(text, from) {
			t.Errorf("the commands lack %q", from)
		}
		text = strings.ReplaceAll(text, from, to)
	}
	shell := exec.Command("bash", "-euo", "pipefail", "-c", text)
	shell.Dir = t.TempDir()
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := string(out)
	for _, want := range []string{`"attestation_format":"packed"`, `"code":"disclosure.step_up_required"`, `"text":"VN`, `"credentials":4`} {
		if !strings.Contains(said, want) {
			t.Errorf("the commands do not print %s\n%s", want, said)
		}
	}
	if n := strings.Count(said, `"code":`); n != 1 {
		t.Errorf("%d refusals, want the one\n%s", n, said)
	}
}
