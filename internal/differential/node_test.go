package differential_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier"
)

// request is one line to verifier/js/test/bridge.mjs.
type request struct {
	Op          string          `json:"op,omitempty"` // "" = verify
	Text        string          `json:"text,omitempty"`
	Root        json.RawMessage `json:"root,omitempty"`
	List        string          `json:"list,omitempty"`
	Now         int64           `json:"now"` // milliseconds since 1970
	Audience    string          `json:"audience,omitempty"`
	Nonce       string          `json:"nonce,omitempty"`
	Require     []string        `json:"require,omitempty"`
	RequireTrue []string        `json:"requireTrue,omitempty"`
	MaxAge      int64           `json:"maxAge,omitempty"` // seconds

	how string // the mutation, for the report of a difference
}

// node is a Node process that answers requests in their order.
type node struct {
	in  *json.Encoder
	out *bufio.Reader
}

// startNode runs the bridge. Where Node is missing the test is skipped, except
// in CI.
func startNode(t *testing.T) *node {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI needs node")
		}
		t.Skip("node is not installed")
	}
	cmd := exec.Command(path, "../../verifier/js/test/bridge.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error("node ended with ", err)
		}
	})
	encoder := json.NewEncoder(in)
	encoder.SetEscapeHTML(false)
	return &node{encoder, bufio.NewReaderSize(out, 1<<20)}
}

// answer reads the next answer into v.
func (n *node) answer(t *testing.T, v any) {
	t.Helper()
	line, err := n.out.ReadBytes('\n')
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, v); err != nil {
		t.Fatalf("node answered %q: %v", line, err)
	}
}

// ask sends one request and reads its answer.
func (n *node) ask(t *testing.T, r request, v any) {
	t.Helper()
	if err := n.in.Encode(r); err != nil {
		t.Fatal(err)
	}
	n.answer(t, v)
}

// check is the request as the Go SDK takes it.
func (r request) check(t *testing.T) verifier.Check {
	t.Helper()
	c := verifier.Check{Now: time.UnixMilli(r.Now).UTC(), Audience: r.Audience, Policy: verifier.Policy{
		Require: requirements(r.Require), RequireTrue: requirements(r.RequireTrue), MaxTrustListAge: time.Duration(r.MaxAge) * time.Second}}
	if r.Nonce != "" {
		var err error
		if c.Nonce, err = verifier.ParseChallenge(r.Nonce); err != nil {
			t.Fatal(err)
		}
	}
	return c
}
