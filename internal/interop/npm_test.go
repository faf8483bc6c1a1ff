package interop_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// installTime bounds npm ci; the packages are small, registries sometimes slow.
const installTime = 5 * time.Minute

// install makes sure once that the pinned packages are there.
var install = sync.OnceValue(func() error {
	if _, err := os.Stat(filepath.Join("node_modules", ".package-lock.json")); err == nil {
		return nil // npm writes this file last
	}
	ctx, cancel := context.WithTimeout(context.Background(), installTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w: %s", err, out)
	}
	return nil
})

// request is what foreign.mjs does; see there.
type request map[string]any

type answer struct {
	OK         bool
	Error      string
	Credential string
	Token      string
	Payload    map[string]any
	Header     map[string]any
	Status     *int
	// TypeMetadata is what vct leads to.
	TypeMetadata map[string]any
	KB           *struct {
		Payload map[string]any
	}
}

// foreign asks the foreign library. Without npm the test is skipped, unless CI
// promised that it is there.
func foreign(t *testing.T, r request) answer {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skipf("%s is not installed", program)
		}
	}
	if err := install(); err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "foreign.mjs")
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.Bytes())
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return a
}

// accepted is foreign for requests that must succeed.
func accepted(t *testing.T, r request) answer {
	t.Helper()
	a := foreign(t, r)
	if !a.OK {
		t.Fatalf("refused by the foreign library: %s", a.Error)
	}
	return a
}
