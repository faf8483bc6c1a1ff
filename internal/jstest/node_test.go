package jstest_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	packageFolder = "../../verifier/js"
	exampleFolder = "../../examples/verify-in-your-page"
	// runTime bounds one program; npm ci waits for a registry.
	runTime = 5 * time.Minute
)

// run runs a program in a folder and returns what it printed.
func run(t *testing.T, folder string, environment []string, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), runTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), environment...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, tail(out))
	}
	return string(out)
}

// tail is the end of a long output, where the failures are summed up.
func tail(out []byte) []byte {
	const most = 12000
	return out[max(0, len(out)-most):]
}

// needNode skips the test where Node or npm is missing, except in CI.
func needNode(t *testing.T) {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skipf("%s is not installed", program)
		}
	}
}

// install brings the pinned packages of a folder, unless they are there.
func install(t *testing.T, folder string) {
	t.Helper()
	lock := ok(os.Stat(filepath.Join(folder, "package-lock.json")))(t)
	// npm writes this file last.
	installed, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return
	}
	run(t, folder, nil, "npm", "ci")
}

// TestPackage runs the tests of the npm package: every vector in Node, in a page
// and in a worker of Chromium, types, size, what is packed; and the examples for
// Node and browsers.
func TestPackage(t *testing.T) {
	needNode(t)
	install(t, packageFolder)
	install(t, exampleFolder)
	run(t, exampleFolder, nil, "npm", "run", "build")
	folder, _ := sample(t)
	tests := ok(filepath.Glob(packageFolder + "/test/*.test.mjs"))(t)
	if len(tests) < 5 {
		t.Fatalf("only %v", tests)
	}
	args := []string{"--test", "--test-reporter=spec"}
	for _, test := range tests {
		args = append(args, "test/"+filepath.Base(test))
	}
	out := run(t, packageFolder, []string{"GIAYTO_SAMPLE=" + folder}, "node", args...)
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, "ℹ ") {
			t.Log(line)
		}
	}
}

// TestBuiltFiles holds the committed dist against its sources, so that a change
// of src cannot go out unbuilt.
func TestBuiltFiles(t *testing.T) {
	needNode(t)
	install(t, packageFolder)
	fresh := t.TempDir()
	run(t, packageFolder, nil, "node", "build.mjs", fresh)
	built, committed := tree(t, fresh), tree(t, packageFolder+"/dist")
	if len(built) == 0 {
		t.Error("nothing is built")
	}
	for name, want := range built {
		if !bytes.Equal(committed[name], want) {
			t.Errorf("verifier/js/dist/%s is not what its source gives: run make generate", name)
		}
		delete(committed, name)
	}
	for name := range committed {
		t.Errorf("verifier/js/dist/%s comes from no source: run make generate", name)
	}
}

// tree reads every file below a folder.
func tree(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root := os.DirFS(folder)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
