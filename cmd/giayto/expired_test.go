package main_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/keys"
)

var listeningAt = regexp.MustCompile(`"msg":"listening","addr":"([^"]+)"`)

// startPlain runs a server without --dev until it listens.
func startPlain(t *testing.T, data string, options ...string) *program {
	t.Helper()
	p := &program{t: t, data: data, tokens: map[string]string{}, log: &buffer{},
		cmd: exec.Command(filepath.Join(bin, "giayto"), append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--key-file", keyFile}, options...)...)}
	p.cmd.Stdout = io.Discard
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill(); _ = p.done() })
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		_, _ = p.log.Write(append(lines.Bytes(), '\n'))
		if m := listeningAt.FindStringSubmatch(lines.Text()); m != nil {
			p.origin = "http://" + m[1]
			go func() {
				for lines.Scan() {
					_, _ = p.log.Write(append(lines.Bytes(), '\n'))
				}
			}()
			return p
		}
	}
	t.Fatalf("the server ended early: %v\n%s", p.done(), p.log)
	return nil
}

// agePast puts a list in the place of the server's that the root signed long ago.
func (c *ceremony) agePast(ago, valid time.Duration) {
	c.t.Helper()
	lock, err := keys.KeyFileLock(keyFile)
	if err != nil {
		c.t.Fatal(err)
	}
	root, err := keys.OpenCeremony(c.root, keys.Options{Lock: lock})
	if err != nil {
		c.t.Fatal(err)
	}
	request, err := keys.ParseRequest(readFile(c.t, c.request()))
	if err != nil {
		c.t.Fatal(err)
	}
	order := keys.Order{Request: request, After: request.After, Valid: valid, Now: time.Now().Add(-ago)}
	draft, err := root.Draft(keys.Order{Request: request, After: request.After, Valid: valid, Now: order.Now})
	if err != nil {
		c.t.Fatal(err)
	}
	signed, err := root.Sign(draft, order)
	if err != nil {
		c.t.Fatal(err)
	}
	var p keys.Package
	if err := json.Unmarshal(signed, &p); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(c.list(), []byte(p.TrustList), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// A server that starts with its list past its end says so loudly, mints and
// issues nothing, and goes on by itself when a new list is installed beside it.
func TestStartWithAnEndedList(t *testing.T) {
	c := newCeremony(t, "https://giayto.example")
	path, _ := registerFile(t, false)
	must(t, "import", "--agency", "c06", "--data", c.data, path)
	agency := strings.TrimSpace(must(t, "agency-token", "--agency", "c06", "--data", c.data))
	p := startPlain(t, c.data)
	p.activate(agency)
	token := p.signIn()
	share := map[string]any{"documents": []any{map[string]any{"document": "can_cuoc", "claims": []string{"name"}}}}
	if status, out := p.call("POST", "/v1/citizen/presentations", token, share); status != http.StatusCreated {
		t.Fatal(status, out)
	}
	p.kill()
	_ = p.done()

	c.agePast(40*24*time.Hour, 30*24*time.Hour)
	p = startPlain(t, c.data)
	if status, out := p.call("GET", "/readyz", "", nil); status != http.StatusServiceUnavailable || out["checks"].(map[string]any)["signing_key"] != "missing" {
		t.Errorf("ready: %d %v", status, out)
	}
	if status, out := p.call("POST", "/v1/citizen/presentations", token, share); status != http.StatusServiceUnavailable || out["code"] != "disclosure.signing_key_missing" {
		t.Errorf("mints: %d %v", status, out)
	}
	if status, _ := p.call("GET", "/v1/public/status-snapshot", "", nil); status != http.StatusServiceUnavailable {
		t.Errorf("publishes statuses: %d", status)
	}
	good := c.sign(c.request(), "--version-after", "2")
	c.install(good)
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); ; {
		status, out := p.call("POST", "/v1/citizen/presentations", token, share)
		if status == http.StatusCreated {
			break
		}
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("the new list is not taken up: %d %v\n%s", status, out, p.log)
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.done(); err != nil {
		t.Error(err)
	}
	if log := p.log.String(); !strings.Contains(log, `"level":"ERROR","msg":"cannot sign: something has ended or is missing","what":"trust-list"`) || !strings.Contains(log, "trust list 2 ended at ") {
		t.Errorf("not said loudly:\n%s", log)
	}
	// An import beside it says why, too.
	c.agePast(40*24*time.Hour, 30*24*time.Hour)
	if exit, _, errs := giayto(t, nil, "import", "--agency", "c06", "--data", c.data, changedRegister(t, path)); exit != 2 ||
		!strings.Contains(errs, "cannot sign: trust list 4 ended at ") || !strings.Contains(errs, "issuer.signing_key_missing") {
		t.Errorf("import: %d %s", exit, errs)
	}
}

// changedRegister is the register with another issuing authority in each record.
func changedRegister(t *testing.T, path string) string {
	t.Helper()
	changed := filepath.Join(t.TempDir(), "changed.ndjson")
	text := strings.ReplaceAll(string(readFile(t, path)), "Bộ Công an", "Cục Cảnh sát")
	if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

// A corrupt key file or list is named, and the server does not start half-blind.
func TestDamagedFilesStopTheStart(t *testing.T) {
	c := newCeremony(t, "https://giayto.example")
	names, err := filepath.Glob(filepath.Join(c.data, "keys", "disclosure-*.key.json"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	for _, path := range []string{names[0], c.list(), filepath.Join(c.data, "root.jwk"), filepath.Join(c.data, "trust-list.until")} {
		whole := readFile(t, path)
		if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
			t.Fatal(err)
		}
		exit, out, errs := giayto(t, nil, "serve", "--listen", "127.0.0.1:0", "--data", c.data)
		if exit != 2 || !strings.Contains(errs, path) || out != "" || strings.Contains(errs, "listening") {
			t.Errorf("%s: exit %d\n%s%s", path, exit, out, errs)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if log := serveOnce(t, "--data", c.data); len(log) == 0 {
		t.Error("does not start with whole files")
	}
}

// No document of the catalogue asks for a credential that outlives the keys.
func TestCredentialsFitTheKeys(t *testing.T) {
	for _, d := range catalog.Default().Documents() {
		if life := time.Duration(d.LifetimeDays) * 24 * time.Hour; life > keys.LongestCredential || life > keys.CredentialLifetime {
			t.Errorf("credentials of %s live for %v", d.ID, life)
		}
	}
}
