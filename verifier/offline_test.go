package verifier_test

import (
	"context"
	"errors"
	"go/parser"
	"go/token"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// alarm fails the test on any use of the network that goes through the standard
// library's defaults.
type alarm struct{ t *testing.T }

func (a alarm) RoundTrip(r *http.Request) (*http.Response, error) {
	a.t.Error("a request was made")
	return nil, errors.New("no network here")
}

func (a alarm) dial(context.Context, string, string) (net.Conn, error) {
	a.t.Error("a name was looked up")
	return nil, errors.New("no network here")
}

// Every vector ends as it must with a network that fails on use.
func TestNoNetworkIsUsed(t *testing.T) {
	a := alarm{t}
	transport, client, resolver := http.DefaultTransport, http.DefaultClient, net.DefaultResolver
	http.DefaultTransport, http.DefaultClient, net.DefaultResolver = a, &http.Client{Transport: a}, &net.Resolver{PreferGo: true, Dial: a.dial}
	defer func() { http.DefaultTransport, http.DefaultClient, net.DefaultResolver = transport, client, resolver }()
	for _, v := range readVectors(t).Vectors {
		result, err := play(t, v.Text, v.TrustList, v.Root, v.Now, v.Policy)
		if reason := reasonOf(t, result, err); reason != v.Want.Reason {
			t.Errorf("%s: %s", v.Name, reason)
		}
	}
}

// The packages of ours under verifier are catalog and qr, and nothing that
// serves, stores or mints.
func TestPackagesBelow(t *testing.T) {
	const module = "github.com/giayto/giayto/"
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, path := range strings.Fields(string(out)) {
		if strings.HasPrefix(path, module) {
			ours = append(ours, strings.TrimPrefix(path, module))
		}
	}
	slices.Sort(ours)
	if want := []string{"catalog", "qr", "verifier"}; !slices.Equal(ours, want) {
		t.Errorf("%v, want %v", ours, want)
	}
}

// The package's own files open no connection and no file.
func TestImports(t *testing.T) {
	files := ok(filepath.Glob("*.go"))(t)
	read := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		read++
		for _, spec := range ok(parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly))(t).Imports {
			path := ok(strconv.Unquote(spec.Path.Value))(t)
			for _, forbidden := range []string{"net", "os", "syscall", "unsafe", "plugin", "C", "io/fs", "golang.org/x/net", "golang.org/x/sys"} {
				if path == forbidden || strings.HasPrefix(path, forbidden+"/") {
					t.Errorf("%s imports %s", file, path)
				}
			}
		}
	}
	if read < 10 {
		t.Errorf("%d files were read", read)
	}
}
