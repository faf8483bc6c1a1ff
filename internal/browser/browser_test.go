package browser_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	webFolder  = "../../web"
	distFolder = "../../server/web/dist"
	// runTime bounds one program; npm ci waits for a registry.
	runTime = 8 * time.Minute
)

// clocks are the servers that the tests start, by the clock that each works with.
var clocks = map[string]string{
	"giayto":               "",
	"giayto-6-minutes-ago": "-6m",
	"giayto-40-days-ago":   "-960h", // longer than a trust list and its grace
	"giayto-tomorrow":      "25h",
}

// run runs a program in a folder and returns what it printed.
func run(t *testing.T, folder string, environment []string, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), runTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), environment...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		const most = 20000
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out[max(0, len(out)-most):])
	}
	return string(out)
}

// needs skips the test where a program is missing, except in CI.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skipf("%s is not installed", program)
		}
	}
}

// install brings the pinned packages, unless they are there. No other package may
// do so for this folder: tests of several packages run at once.
func install(t *testing.T) {
	t.Helper()
	needs(t, "node", "npm")
	lock, err := os.Stat(filepath.Join(webFolder, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	// npm writes this file last.
	installed, err := os.Stat(filepath.Join(webFolder, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return
	}
	run(t, webFolder, nil, "npm", "ci")
}

// prepare builds the servers and returns the environment of what starts them.
func prepare(t *testing.T) []string {
	t.Helper()
	needs(t, "chromium", "ffmpeg")
	install(t)
	bin := t.TempDir()
	for name, offset := range clocks {
		run(t, "../..", nil, "go", "build", "-ldflags", "-X main.clockOffset="+offset, "-o", filepath.Join(bin, name), "./cmd/giayto")
	}
	run(t, "../..", nil, "go", "build", "-o", filepath.Join(bin, "softkey"), "./internal/authenticator/softkey")
	run(t, "../..", nil, "go", "build", "-o", filepath.Join(bin, "giayto-verify"), "./cmd/giayto-verify")
	buildNext(t, filepath.Join(bin, "giayto-next"))
	return []string{"GIAYTO_BIN=" + bin}
}

// buildNext builds a server whose page is one change further: a release to come.
func buildNext(t *testing.T, path string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "web")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"src", "static"} {
		if err := os.CopyFS(filepath.Join(folder, name), os.DirFS(filepath.Join(webFolder, name))); err != nil {
			t.Fatal(err)
		}
	}
	scripts, err := filepath.Glob(webFolder + "/*.*js*")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		writeFile(t, filepath.Join(folder, filepath.Base(script)), readFile(t, script))
	}
	if err := os.Symlink(absolute(t, webFolder+"/node_modules"), filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	style := filepath.Join(folder, "src", "verify", "verify.css")
	writeFile(t, style, append(readFile(t, style), "\n:root { --build: next }\n"...))
	fresh := t.TempDir()
	run(t, folder, nil, "node", "build.mjs", fresh)

	// The program embeds the new files in the place of the committed ones.
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	committed := absolute(t, distFolder)
	for _, file := range files(t, committed) {
		overlay.Replace[filepath.Join(committed, file)] = "" // not there
	}
	for _, file := range files(t, fresh) {
		overlay.Replace[filepath.Join(committed, file)] = filepath.Join(fresh, file)
	}
	raw, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "overlay.json"), raw)
	run(t, "../..", nil, "go", "build", "-overlay", filepath.Join(folder, "overlay.json"), "-o", path, "./cmd/giayto")
}

// files lists the files below a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, filepath.FromSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestBuiltFiles holds what the server embeds against its sources, so that a
// change of src cannot go out unbuilt.
func TestBuiltFiles(t *testing.T) {
	install(t)
	fresh := t.TempDir()
	run(t, webFolder, nil, "node", "build.mjs", fresh)
	built, committed := files(t, fresh), files(t, distFolder)
	if len(built) == 0 || !slices.Equal(built, committed) {
		t.Errorf("built are %v, committed %v: run make generate", built, committed)
	}
	for _, file := range built {
		have, err := os.ReadFile(filepath.Join(distFolder, file))
		if err != nil || !bytes.Equal(have, readFile(t, filepath.Join(fresh, file))) {
			t.Errorf("%s is not what its source gives: run make generate", file)
		}
	}
}

// latency is the test that measures times; it runs alone.
const latency = "latency.test.mjs"

// TestPages runs web/test.
func TestPages(t *testing.T) {
	environment := prepare(t)
	paths, err := filepath.Glob(webFolder + "/test/*.test.mjs")
	if err != nil {
		t.Fatal(err)
	}
	var tests []string
	for _, path := range paths {
		if name := filepath.Base(path); name != latency {
			tests = append(tests, "test/"+name)
		}
	}
	if len(tests) < 6 || len(tests) == len(paths) {
		t.Fatalf("only %v", paths)
	}
	for _, turn := range [][]string{tests, {"test/" + latency}} {
		args := append([]string{"--test", "--test-concurrency=2", "--test-timeout=200000", "--test-reporter=spec"}, turn...)
		out := run(t, webFolder, environment, "node", args...)
		for _, line := range strings.Split(out, "\n") {
			if strings.HasPrefix(line, "ℹ ") { // counts, and the times that were measured
				t.Log(line)
			}
		}
	}
}

// TestScreenshots writes a picture of each state of the pages into the folder
// that GIAYTO_SCREENSHOTS names; make screenshots does.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("GIAYTO_SCREENSHOTS")
	if folder == "" {
		t.Skip("GIAYTO_SCREENSHOTS is not set")
	}
	t.Log(run(t, webFolder, prepare(t), "node", "test/screenshots.mjs", folder))
}
