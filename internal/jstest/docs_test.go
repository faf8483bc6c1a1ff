package jstest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxLines is how long an example of docs/verify.md may be.
const maxLines = 5

// block returns the only example of docs/verify.md in a language.
func block(t *testing.T, language string) string {
	t.Helper()
	page := string(ok(os.ReadFile("../../docs/verify.md"))(t))
	found := regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(found) != 1 {
		t.Fatalf("docs/verify.md has %d examples for %s", len(found), language)
	}
	return found[0][1]
}

func TestExamplesAreShort(t *testing.T) {
	for _, language := range []string{"go", "js", "html", "sh"} {
		lines := 0
		for _, line := range strings.Split(strings.TrimSpace(block(t, language)), "\n") {
			if !strings.Contains(line, "script") { // the tags around the browser's
				lines++
			}
		}
		if lines > maxLines {
			t.Errorf("the example for %s has %d lines", language, lines)
		}
	}
}

// TestGoExample compiles the example and runs it on a good code and a broken one.
func TestGoExample(t *testing.T) {
	folder, text := sample(t)
	source := `package main

import (
	"fmt"
	"os"

	"github.com/giayto/giayto/verifier"
)

func main() {
	rootJWK, trustList, text := read("root.jwk"), read("trust-list.jws"), os.Args[2]
` + block(t, "go") + `}

func read(name string) []byte {
	b, err := os.ReadFile(os.Args[1] + "/" + name)
	if err != nil {
		panic(err)
	}
	return b
}
`
	file := filepath.Join(folder, "main.go")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "example")
	run(t, "../..", nil, "go", "build", "-o", program, file)
	if out := run(t, folder, nil, program, folder, text); out != "established\n" {
		t.Errorf("a good code: %s", out)
	}
	if out := run(t, folder, nil, program, folder, text+"0"); out != "not_established\n" {
		t.Errorf("a broken code: %s", out)
	}
}

// TestCommandLineExample runs the example with the program that is built here.
func TestCommandLineExample(t *testing.T) {
	folder, text := sample(t)
	run(t, "../..", nil, "go", "build", "-o", filepath.Join(folder, "giayto-verify"), "./cmd/giayto-verify")
	environment := []string{"PATH=" + folder + ":" + os.Getenv("PATH"), "HOME=" + folder, "XDG_STATE_HOME=" + folder, "XDG_CACHE_HOME=" + folder, "XDG_CONFIG_HOME=" + folder}
	out := run(t, folder, append(environment, "TEXT="+text), "sh", "-c", block(t, "sh"))
	if !strings.Contains(out, name) {
		t.Errorf("a good code: %s", out)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", block(t, "sh"))
	cmd.Dir, cmd.Env = folder, append(append(os.Environ(), environment...), "TEXT="+text+"0")
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("a broken code: %v", err)
	}
}
