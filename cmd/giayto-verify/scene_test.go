package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// vector is the part of testdata/vectors/presentations.json that the command
// line can play.
type vector struct {
	Name      string          `json:"name"`
	Text      string          `json:"text"`
	TrustList string          `json:"trust_list"`
	Root      json.RawMessage `json:"root"`
	Now       time.Time       `json:"now"`
	Policy    struct {
		Audience         string   `json:"audience"`
		Nonce            string   `json:"nonce"`
		Require          []string `json:"require"`
		RequireTrue      []string `json:"require_true"`
		MaxAgeSeconds    int64    `json:"max_trust_list_age_seconds"`
		AcceptedBefore   bool     `json:"accepted_before"`
		AcceptedTwin     string   `json:"accepted_twin"`
		PreviousList     string   `json:"previous_trust_list"`
		EarlierList      string   `json:"earlier_trust_list"`
		WithoutTrustList bool     `json:"without_trust_list"`
	} `json:"policy"`
	Want struct {
		Verdict string `json:"verdict"`
		Reason  string `json:"reason"`
	} `json:"want"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/vectors/presentations.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

func vectorNamed(t testing.TB, name string) vector {
	t.Helper()
	for _, v := range vectors(t) {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no vector %q", name)
	return vector{}
}

// scene is a checker's desk: the files of a vector in a folder of their own.
type scene struct {
	vector
	dir, list, root, state string
}

func newScene(t testing.TB, name string) scene {
	t.Helper()
	return sceneOf(t, vectorNamed(t, name))
}

func sceneOf(t testing.TB, v vector) scene {
	t.Helper()
	s := scene{vector: v, dir: t.TempDir()}
	s.list, s.root, s.state = s.file(t, "trust-list.jws", []byte(v.TrustList)), s.file(t, "root.jwk", v.Root), filepath.Join(s.dir, "state")
	return s
}

func (s scene) file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// args are the options that every check needs, at the vector's moment.
func (s scene) args(more ...string) []string {
	return append([]string{"--trust-list", s.list, "--root", s.root, "--at", s.Now.Format(time.RFC3339)}, more...)
}

// call runs the program without a process.
func call(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// report runs with --json and reads the answer.
func report(t testing.TB, args ...string) (code int, answer map[string]any) {
	t.Helper()
	code, stdout, stderr := call("", append([]string{"--json"}, args...)...)
	if code == exitUsage {
		t.Fatalf("usage or files: %s", stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || strings.Count(stdout, "\n") != 1 || stderr != "" {
		t.Fatalf("%q, %q: %v", stdout, stderr, err)
	}
	return code, answer
}

// alarm is a network that fails the test on use.
type alarm struct{ t *testing.T }

func (a alarm) RoundTrip(*http.Request) (*http.Response, error) {
	a.t.Error("a request was made")
	return nil, errors.New("no network here")
}

func (a alarm) dial(context.Context, string, string) (net.Conn, error) {
	a.t.Error("a name was looked up")
	return nil, errors.New("no network here")
}

// withoutNetwork replaces the standard library's defaults until the test ends.
func withoutNetwork(t *testing.T) {
	a := alarm{t}
	transport, client, resolver := http.DefaultTransport, http.DefaultClient, net.DefaultResolver
	http.DefaultTransport, http.DefaultClient = a, &http.Client{Transport: a}
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: a.dial}
	t.Cleanup(func() { http.DefaultTransport, http.DefaultClient, net.DefaultResolver = transport, client, resolver })
}
