package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/demo"
)

// bin is the folder with the two programs, built once for all tests; keyFile
// opens the private keys of what they make without --dev.
var bin, keyFile string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "giayto-bin-")
	if err == nil {
		bin = dir
		args := []string{"build", "-o", bin + string(filepath.Separator)}
		var out []byte
		out, err = exec.Command("go", append(args, "../giayto", "../giayto-verify")...).CombinedOutput()
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s\n", out)
		}
	}
	if err == nil {
		keyFile = filepath.Join(bin, "key-file")
		var out []byte
		if out, err = exec.Command(filepath.Join(bin, "giayto"), "keys", "new-file", "--out", keyFile).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%s\n", out)
		}
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// program is a running server, the real one.
type program struct {
	t      *testing.T
	data   string
	origin string
	code   string            // activation code of the demo citizen
	tokens map[string]string // agency tokens
	cmd    *exec.Cmd
	log    *buffer
	wait   sync.Once
	ended  error
}

// buffer collects what a process writes while others read it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var (
	runningAt  = regexp.MustCompile(`Giayto is running at (http://127\.0\.0\.1:\d+) `)
	activation = regexp.MustCompile(`^  ([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})$`)
	agencyWord = regexp.MustCompile(`^Token of agency (\w+): +(\S+)$`)
)

// start runs the server on a free port with demo data and waits until it has
// said how to begin.
func start(t *testing.T, data string, options ...string) *program {
	t.Helper()
	return startProgram(t, filepath.Join(bin, "giayto"), data, options...)
}

// startProgram is start for another build of the program.
func startProgram(t *testing.T, path, data string, options ...string) *program {
	t.Helper()
	p := &program{t: t, data: data, tokens: map[string]string{}, log: &buffer{},
		cmd: exec.Command(path, append([]string{"serve", "--dev", "--listen", "127.0.0.1:0", "--data", data}, options...)...)}
	p.cmd.Stderr = p.log
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill(); p.done() })
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		line := lines.Text()
		if m := runningAt.FindStringSubmatch(line); m != nil {
			p.origin = m[1]
		} else if m := activation.FindStringSubmatch(line); m != nil {
			p.code = m[1]
		} else if m := agencyWord.FindStringSubmatch(line); m != nil {
			p.tokens[m[1]] = m[2]
		} else if strings.HasPrefix(line, "README.md goes on") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return p
		}
	}
	t.Fatalf("the server ended early: %v\n%s", p.done(), p.log)
	return nil
}

// kill ends the process as a power cut would.
func (p *program) kill() { _ = p.cmd.Process.Signal(syscall.SIGKILL) }

// done waits for the end of the process.
func (p *program) done() error {
	p.wait.Do(func() { p.ended = p.cmd.Wait() })
	return p.ended
}

// call makes a request and decodes a JSON answer.
func (p *program) call(method, path, token string, body any) (int, map[string]any) {
	p.t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, p.origin+path, in)
	if err != nil {
		p.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var out map[string]any
	if len(raw) > 0 && strings.Contains(resp.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(raw, &out); err != nil {
			p.t.Fatalf("%s: %v", raw, err)
		}
	}
	return resp.StatusCode, out
}

// signIn opens a session with the activation code.
func (p *program) signIn() string {
	p.t.Helper()
	status, out := p.call("POST", "/v1/citizen/sessions", "", map[string]any{"activation_code": p.code})
	token, _ := out["token"].(string)
	if status != http.StatusCreated || token == "" {
		p.t.Fatalf("%d %v", status, out)
	}
	return token
}

// activate has an agency hand out a code for the demo citizen, after a check in
// person.
func (p *program) activate(agency string) {
	p.t.Helper()
	status, out := p.call("POST", "/v1/agency/activations", agency, map[string]any{"personal_administrative_number": demo.Star()})
	p.code, _ = out["activation_code"].(string)
	if status != http.StatusCreated || p.code == "" {
		p.t.Fatal(status, out)
	}
	status, out = p.call("POST", "/v1/agency/activations/confirm", agency, map[string]any{
		"personal_administrative_number": demo.Star(), "reference": out["reference"]})
	if status != http.StatusNoContent {
		p.t.Fatal(status, out)
	}
}

// phone is an authenticator that opens the wallet as a browser on this machine
// does, by the name that passkeys belong to.
func (p *program) phone(token string) *authenticator.Authenticator {
	p.t.Helper()
	a := &authenticator.Authenticator{Origin: strings.Replace(p.origin, "127.0.0.1", "localhost", 1)}
	options := p.options("/v1/citizen/passkeys/options", token, map[string]any{})
	answer, err := a.Create(options)
	if err != nil {
		p.t.Fatal(err)
	}
	if status, out := p.call("POST", "/v1/citizen/passkeys", token, map[string]any{"credential": json.RawMessage(answer)}); status != http.StatusCreated {
		p.t.Fatal(status, out)
	}
	return a
}

// options begins a ceremony.
func (p *program) options(path, token string, body map[string]any) []byte {
	p.t.Helper()
	status, out := p.call("POST", path, token, body)
	options, err := json.Marshal(out["publicKey"])
	if status != http.StatusCreated || err != nil {
		p.t.Fatal(status, out, err)
	}
	return options
}

// confirm has the phone confirm a request to share.
func (p *program) confirm(a *authenticator.Authenticator, token string, r map[string]any) map[string]any {
	p.t.Helper()
	answer, err := a.Get(p.options("/v1/citizen/presentations/options", token, r))
	if err != nil {
		p.t.Fatal(err)
	}
	confirmed := maps.Clone(r)
	confirmed["confirmation"] = json.RawMessage(answer)
	return confirmed
}

// needs fails in CI and skips elsewhere when a program of the system is missing.
func needs(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing", name)
		}
		t.Skipf("%s is not installed", name)
	}
}

// verify runs the offline checker and returns its exit code and output.
func verify(t *testing.T, prefix []string, args ...string) (int, string) {
	t.Helper()
	all := append(append(append([]string{}, prefix...), filepath.Join(bin, "giayto-verify")), args...)
	out, err := exec.Command(all[0], all[1:]...).CombinedOutput()
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.ExitCode(), string(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}
