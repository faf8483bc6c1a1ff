package main_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/demo"
)

// giayto runs the program once, with the key file of the tests unless the
// environment names another or none; exit code, standard output, standard error.
func giayto(t *testing.T, environment []string, args ...string) (int, string, string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "giayto"), args...)
	cmd.Env = append(append(os.Environ(), "GIAYTO_KEY_FILE="+keyFile), environment...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// registerFile writes the first register of the demo (căn cước) to a file.
func registerFile(t *testing.T, compressed bool) (path string, lines int) {
	t.Helper()
	register := demo.Registers(time.Now())[0]
	path = filepath.Join(t.TempDir(), "register.ndjson")
	content := register.NDJSON
	if compressed {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		content = b.Bytes()
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, bytes.Count(register.NDJSON, []byte("\n"))
}

func TestImport(t *testing.T) {
	for _, compressed := range []bool{false, true} {
		path, lines := registerFile(t, compressed)
		data := newCeremony(t, "https://giayto.example").data
		said := func(args ...string) (int, string, string) {
			return giayto(t, []string{"GIAYTO_DATA=" + data}, append([]string{"import", "--agency", "c06"}, append(args, path)...)...)
		}
		counts := func(text, word string) bool { return strings.Contains(text, word) }
		if exit, _, errs := said("--dry-run"); exit != 0 || !counts(errs, "nothing kept") || !counts(errs, itoa(lines)+" issued") {
			t.Errorf("dry run: %d %s", exit, errs)
		}
		if exit, out, errs := said(); exit != 0 || !counts(errs, itoa(lines)+" issued, 0 updated, 0 unchanged, 0 rejected") {
			t.Errorf("first: %d %s %s", exit, out, errs)
		}
		if exit, _, errs := said(); exit != 0 || !counts(errs, "0 issued, 0 updated, "+itoa(lines)+" unchanged") {
			t.Errorf("second: %d %s", exit, errs)
		}
	}
}

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestImportReportsBadLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.ndjson")
	const good = `{"document":"can_cuoc","claims":{"personal_administrative_number":"079205000456","name":"TRẦN VĂN VÍ DỤ","birthdate":"2005-03-01","sex":1,"nationalities":["VN"],"address":{"formatted":"Phường Ví Dụ, Thành phố Huế"},"date_of_issuance":"2025-03-01","date_of_expiry":"2030-03-01","issuing_authority":"Bộ Công an"}}`
	content := strings.Join([]string{good, "{", strings.Replace(good, "079205000456", "79205", 1),
		`{"document":"gplx","claims":{}}`, strings.Replace(good, "TRẦN", "TR\u200bẦN", 1)}, "\n")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	data := newCeremony(t, "https://giayto.example").data
	exit, out, errs := giayto(t, nil, "import", "--data", data, "--agency", "c06", path)
	if exit != 1 || !strings.Contains(errs, "5 lines: 1 issued, 0 updated, 0 unchanged, 4 rejected") {
		t.Errorf("%d %s", exit, errs)
	}
	for _, want := range []string{":2: rejected issuer.line_malformed", ":3: rejected issuer.claim_rejected personal_administrative_number=length",
		":4: rejected issuer.agency_not_allowed document=", ":5: rejected issuer.claim_rejected name=text_forbidden_character"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if all := out + errs; strings.Contains(all, "VÍ DỤ") || strings.Contains(all, "79205") {
		t.Errorf("a value is told:\n%s", all)
	}
	exit, out, _ = giayto(t, nil, "import", "--data", data, "--agency", "c06", "--json", path)
	var first struct {
		Line   int
		Status string
	}
	line, _, _ := strings.Cut(out, "\n")
	if err := json.Unmarshal([]byte(line), &first); err != nil || exit != 1 || first.Line != 1 || first.Status != "unchanged" {
		t.Errorf("%d %q %v", exit, line, err)
	}
}

func TestUsage(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, c := range []struct {
		args []string
		exit int
		said string
	}{
		{nil, 2, "usage"},
		{[]string{"--help"}, 0, "usage"},
		{[]string{"fly"}, 2, "usage"},
		{[]string{"serve", "--help"}, 0, "-listen"},
		{[]string{"serve", "more"}, 2, `unexpected "more"`},
		{[]string{"serve", "--listen", "here"}, 2, "HOST:PORT"},
		{[]string{"serve", "--listen", ""}, 2, "--listen is empty"},
		{[]string{"serve", "--dev", "--listen", ""}, 2, "--listen is empty"},
		{[]string{"serve", "--trusted-proxies", "10.0.0.0/8, proxy"}, 2, "neither an address"},
		{[]string{"serve", "--listen", "0.0.0.0:0"}, 2, "--origin"},
		{[]string{"serve", "--listen", ":0"}, 2, "--origin"},
		{[]string{"serve", "--listen", "0.0.0.0:0", "--origin", "http://giayto.example"}, 2, "https"},
		{[]string{"serve", "--listen", "0.0.0.0:0", "--origin", "http://127.0.0.1:8080"}, 2, "https"},
		{[]string{"serve", "--listen", "0.0.0.0:0", "--origin", "https://giayto.example/wallet"}, 2, "--origin"},
		{[]string{"serve", "--dev", "--listen", "0.0.0.0:0", "--origin", "https://giayto.example"}, 2, "--dev"},
		{[]string{"import"}, 2, "--agency"},
		{[]string{"import", "--agency", "c06"}, 2, "FILE"},
		{[]string{"import", "--agency", "c06", "--data", data, filepath.Join(data, "missing")}, 2, "no such file"},
		{[]string{"import", "--agency", "moon", "--data", data, "operations_test.go"}, 2, "issuer.agency_unknown"},
		{[]string{"agency-token"}, 2, "--agency"},
		{[]string{"agency-token", "--agency", "moon", "--data", data}, 2, "issuer.agency_unknown"},
		{[]string{"demo"}, 2, "--out"},
	} {
		exit, out, errs := giayto(t, nil, c.args...)
		if exit != c.exit || !strings.Contains(out+errs, c.said) {
			t.Errorf("giayto %v: exit %d, want %d with %q\n%s%s", c.args, exit, c.exit, c.said, out, errs)
		}
	}
}

func TestEnvironment(t *testing.T) {
	for variable, said := range map[string]string{"GIAYTO_LISTEN=": "--listen is empty", "GIAYTO_DEV=yes": "say true or false",
		"GIAYTO_TRUSTED_PROXIES=proxy": "neither an address", "GIAYTO_LISTEN=0.0.0.0:0": "--origin"} {
		exit, out, errs := giayto(t, []string{variable}, "serve", "--data", filepath.Join(t.TempDir(), "data"))
		if exit != 2 || !strings.Contains(errs, said) {
			t.Errorf("%s: exit %d, %s%s", variable, exit, out, errs)
		}
	}
	// 1 is as true as true: then this address is refused because of --dev.
	exit, _, errs := giayto(t, []string{"GIAYTO_DEV=1"}, "serve", "--listen", "0.0.0.0:0", "--origin", "https://giayto.example")
	if exit != 2 || !strings.Contains(errs, "--dev prints codes") {
		t.Errorf("exit %d, %s", exit, errs)
	}
}

// A folder that a server uses is told apart from a broken one.
func TestFolderInUse(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	path, _ := registerFile(t, false)
	exit, _, errs := giayto(t, nil, "import", "--data", p.data, "--agency", "c06", path)
	if exit != 2 || !strings.Contains(errs, "in use by another giayto process") {
		t.Errorf("%d %s", exit, errs)
	}
}

func TestKeysReadableByOthersAreRefused(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if exit, _, errs := giayto(t, nil, "agency-token", "--agency", "c06", "--data", data); exit != 0 {
		t.Fatal(errs)
	}
	names, err := filepath.Glob(filepath.Join(data, "keys", "*.key.json"))
	if err != nil || len(names) < 5 {
		t.Fatal(names, err)
	}
	if err := os.Chmod(names[0], 0o644); err != nil {
		t.Fatal(err)
	}
	if exit, _, errs := giayto(t, nil, "agency-token", "--agency", "c06", "--data", data); exit != 2 || !strings.Contains(errs, "can be read by others") {
		t.Errorf("%d %s", exit, errs)
	}
}

// Without --dev nothing is seeded, and no code or token is printed.
func TestServeWithoutDev(t *testing.T) {
	data := newCeremony(t, "https://giayto.example").data
	log := serveOnce(t, "--data", data)
	if !strings.Contains(log[0], `"listening"`) || !strings.Contains(log[0], "https://giayto.example") {
		t.Errorf("the first line of the log is %q", log[0])
	}
	path, n := registerFile(t, false)
	if exit, _, errs := giayto(t, nil, "import", "--agency", "c06", "--data", data, path); exit != 0 || !strings.Contains(errs, itoa(n)+" issued, 0 updated, 0 unchanged") {
		t.Errorf("somebody was there before: %d %s", exit, errs)
	}
}

// serveOnce runs a server without --dev until it listens and has told what is
// wrong, and returns its log.
func serveOnce(t *testing.T, options ...string) []string {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "giayto"), append([]string{"serve", "--listen", "127.0.0.1:0", "--key-file", keyFile}, options...)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	var lines []string
	for read := bufio.NewScanner(log); read.Scan(); {
		lines = append(lines, read.Text())
		if strings.Contains(read.Text(), `"listening"`) {
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil || out.Len() > 0 {
		t.Errorf("%v, printed %q", err, out.String())
	}
	return lines
}

// The origin of a deployment stays when a command does not name it.
func TestImportKeepsTheOrigin(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	read := func() string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(data, "trust-list.jws"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	p := start(t, data, "--origin", "https://giayto.example")
	p.kill()
	_ = p.done()
	before := read()
	path, _ := registerFile(t, false)
	if exit, _, errs := giayto(t, []string{"GIAYTO_KEY_FILE="}, "import", "--agency", "c06", "--data", data, path); exit != 0 {
		t.Fatal(errs)
	}
	if read() != before {
		t.Error("an import without --origin signed a new trust list")
	}
}

func TestDemo(t *testing.T) {
	needs(t, "zbarimg")
	out := filepath.Join(t.TempDir(), "demo")
	exit, said, errs := giayto(t, nil, "demo", "--out", out)
	if exit != 0 || !strings.Contains(said, "▄") {
		t.Fatalf("%d %s\n%s", exit, said, errs)
	}
	for _, name := range []string{"can_cuoc", "gplx", "dang_ky_xe", "bhyt", "preset-over18_shop", "preset-traffic_stop", "preset-clinic"} {
		text, err := os.ReadFile(filepath.Join(out, name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for _, picture := range []string{".png", ".svg"} {
			if info, err := os.Stat(filepath.Join(out, name+picture)); err != nil || info.Size() == 0 {
				t.Errorf("%s%s: %v", name, picture, err)
			}
		}
		scanned, err := exec.Command("zbarimg", "--quiet", "--raw", filepath.Join(out, name+".png")).Output()
		if err != nil || string(scanned) != string(text) {
			t.Errorf("%s: zbarimg reads %q (%v)", name, scanned, err)
		}
		if exit, said := verify(t, nil, "--trust-list", filepath.Join(out, "trust-list.jws"), "--root", filepath.Join(out, "root.jwk"),
			"--image", filepath.Join(out, name+".png")); exit != 0 {
			t.Errorf("%s: %s", name, said)
		}
	}
}
