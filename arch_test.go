package giayto_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/giayto/giayto/"

// arrows says which packages of ours each package may import, tests aside. It
// is the drawing of docs/architecture.md in a form that a machine can check.
// internal/fault, the one error type, is open to every package that may use
// internal at all.
var arrows = map[string][]string{
	"catalog":                        {},
	"qr":                             {},
	"qr/image":                       {"qr"},
	"internal/fault":                 {},
	"verifier":                       {"catalog", "qr"},
	"verifier/credential":            {"verifier", "catalog", "disclosure/sdjwt", "disclosure/statuslist"},
	"wallet":                         {"catalog", "internal/fault"},
	"disclosure/sdjwt":               {},
	"disclosure/statuslist":          {},
	"issuer":                         {"wallet", "catalog", "disclosure/sdjwt", "internal/fault"},
	"issuer/cardqr":                  {},
	"issuer/status":                  {"issuer", "wallet", "disclosure/statuslist", "internal/fault"},
	"disclosure":                     {"wallet", "catalog", "qr", "verifier", "internal/fault"},
	"push":                           {"wallet", "internal/fault"},
	"push/fcm":                       {"push"},
	"push/remote":                    {"push", "internal/fault"},
	"internal/keys":                  {"verifier", "issuer"},
	"internal/keys/pkcs11":           {"internal/keys"},
	"internal/demo":                  {"catalog", "qr"},
	"internal/bench":                 {},
	"internal/browser":               {},
	"internal/journey":               {},
	"internal/interop":               {},
	"internal/differential":          {},
	"internal/jstest":                {},
	"internal/fcmtest":               {},
	"internal/authenticator":         {},
	"internal/authenticator/softkey": {"internal/authenticator"},
	"internal/generate/reasons":      {},
	"internal/generate":              {"catalog", "qr", "qr/image", "verifier", "disclosure/statuslist", "internal/demo"},

	"internal/store/bolt":      {"wallet", "catalog", "disclosure", "issuer", "issuer/status", "push", "server/session", "server/session/passkey", "internal/fault"},
	"internal/store/storetest": {"wallet", "catalog", "disclosure", "issuer", "issuer/status", "push", "server/session", "server/session/passkey", "internal/fault"},

	"server/request":         {"internal/fault"},
	"server/problem":         {"catalog", "internal/fault"},
	"server/session":         {"wallet", "catalog", "server/problem", "server/session/passkey", "internal/fault"},
	"server/session/passkey": {"internal/fault"},
	"server/citizen":         {"wallet", "disclosure", "catalog", "qr", "qr/image", "server/problem", "server/session", "server/request", "internal/fault"},
	"server/agency":          {"disclosure", "issuer", "issuer/cardqr", "wallet", "catalog", "server/problem", "server/session", "server/request", "internal/fault"},
	"server/public":          {"catalog", "verifier", "issuer/status", "disclosure/statuslist", "server/problem", "server/representation", "internal/fault"},
	"server/web":             {"verifier", "server/representation", "internal/fault"},
	"server/admin":           {},

	"server/representation": {},

	"server": {"", "catalog", "server/request", "server/agency", "server/citizen", "server/problem", "server/public", "server/session", "server/web", "internal/fault"},

	"cmd/giayto-verify": {"catalog", "qr", "verifier", "verifier/credential"},
}

// anything marks the one place where the concretes meet.
const meetingPlace = "cmd/giayto"

// only says who alone may import a module from outside.
var only = map[string][]string{
	"github.com/gofiber/fiber/v2":         {"server"},
	"github.com/valyala/fasthttp":         {"server"},
	"go.etcd.io/bbolt":                    {"internal/store/bolt", "cmd/giayto-verify"},
	"github.com/skip2/go-qrcode":          {"qr/image"},
	"github.com/lestrrat-go/jwx/v2":       {"disclosure/sdjwt", "disclosure/statuslist", "verifier"},
	"github.com/veraison/go-cose":         {"verifier", "internal/generate"},
	"github.com/fxamacker/cbor/v2":        {"verifier", "internal/generate", "internal/authenticator"},
	"github.com/makiuchi-d/gozxing":       {"cmd/giayto-verify"},
	"firebase.google.com/go/v4":           {"push/fcm"},
	"golang.org/x/oauth2":                 {"push/fcm"},
	"google.golang.org/api":               {"push/fcm"},
	"github.com/jackc/pgx/v5":             {"internal/store/postgres"},
	"github.com/go-webauthn/webauthn":     {"server/session"},
	"filippo.io/age":                      {"internal/keys"},
	"github.com/ThalesGroup/crypto11":     {"internal/keys/pkcs11"},
	"github.com/prometheus/client_golang": {"server"},
}

// joseFiles are the only files that speak JOSE.
var joseFiles = []string{"disclosure/sdjwt/jose.go", "disclosure/statuslist/jose.go", "verifier/jose.go"}

type pkg struct {
	ImportPath string
	Name       string
	Doc        string
	Dir        string
	Imports    []string
}

func (p pkg) path() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, strings.TrimSuffix(module, "/")), "/")
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Doc,Dir,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestArrows(t *testing.T) {
	for _, p := range packages(t) {
		name := p.path()
		if name == meetingPlace || name == "" {
			continue
		}
		allowed, drawn := arrows[name]
		if !drawn {
			t.Errorf("%s is not in the drawing: add it to arrows and to docs/architecture.md", name)
		}
		for _, imported := range p.Imports {
			own, ours := strings.CutPrefix(imported+"/", module)
			own = strings.TrimSuffix(own, "/")
			if ours && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %q", name, own)
			}
		}
	}
}

func TestOnly(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for guarded, owners := range only {
				if imported != guarded && !strings.HasPrefix(imported, guarded+"/") {
					continue
				}
				if !slices.ContainsFunc(owners, func(o string) bool { return p.path() == o || strings.HasPrefix(p.path(), o+"/") }) {
					t.Errorf("%s imports %s, which is for %v alone", p.path(), imported, owners)
				}
			}
		}
	}
}

// A package says what it owns, and no name is a drawer for everything.
func TestPackages(t *testing.T) {
	drawers := []string{"util", "utils", "common", "helper", "helpers", "types", "models", "pkg", "misc", "base", "shared"}
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.path())
		}
		for _, part := range strings.Split(p.path(), "/") {
			if slices.Contains(drawers, part) {
				t.Errorf("%s: %q says nothing", p.path(), part)
			}
		}
	}
}

// sources calls f for every Go file of ours.
func sources(t *testing.T, f func(path string, content []byte)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err == nil {
			f(filepath.ToSlash(path), content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestJOSEStaysBehindItsFiles(t *testing.T) {
	sources(t, func(path string, content []byte) {
		if bytes.Contains(content, []byte(`"github.com/lestrrat-go/jwx/`)) && !slices.Contains(joseFiles, path) && !strings.HasSuffix(path, "_test.go") {
			t.Errorf("%s speaks JOSE", path)
		}
		for _, forbidden := range []string{"jwk.Fetch", "jwk.NewCache", "WithKeySet", "WithInferAlgorithm", "SkipVerif"} {
			if slices.Contains(joseFiles, path) && bytes.Contains(content, []byte(forbidden)) {
				t.Errorf("%s uses %s", path, forbidden)
			}
		}
	})
}

func TestFileLength(t *testing.T) {
	const longest = 500
	sources(t, func(path string, content []byte) {
		generated := bytes.Contains(content[:min(len(content), 200)], []byte("DO NOT EDIT"))
		if n := bytes.Count(content, []byte("\n")); n > longest && !generated {
			t.Errorf("%s has %d lines, the end is %d", path, n, longest)
		}
	})
}

// floors are versions below which a dependency has a known weakness that
// reaches us, or was not looked at. The Firebase SDK alone would bring older
// ones: grpc before GO-2026-4762, otel before GO-2026-4394 and CVE-2026-41178.
var floors = map[string]string{
	"github.com/valyala/fasthttp":   "v1.77.0",
	"google.golang.org/grpc":        "v1.85.0",
	"go.opentelemetry.io/otel":      "v1.47.0",
	"go.opentelemetry.io/otel/sdk":  "v1.47.0",
	"github.com/go-jose/go-jose/v4": "v4.1.8",
	"google.golang.org/api":         "v0.311.0",
	"golang.org/x/crypto":           "v0.58.0",
	"golang.org/x/net":              "v0.61.0",
	"golang.org/x/oauth2":           "v0.37.0",
	"github.com/gofiber/fiber/v2":   "v2.52.15",
	"google.golang.org/protobuf":    "v1.36.12",
}

func TestDependenciesAreNotOlder(t *testing.T) {
	content, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(content)) {
		if words := strings.Fields(line); len(words) >= 2 && strings.HasPrefix(words[1], "v") {
			found[words[0]] = words[1]
		}
	}
	for module, floor := range floors {
		version, there := found[module]
		if !there {
			t.Errorf("go.mod has no %s: drop it from floors, if it is gone for good", module)
		} else if slices.Compare(numbersOf(t, version), numbersOf(t, floor)) < 0 {
			t.Errorf("%s is %s, and below %s something is known to be wrong", module, version, floor)
		}
	}
}

// numbersOf a version such as v1.2.3.
func numbersOf(t *testing.T, version string) []int {
	t.Helper()
	var n [3]int
	if _, err := fmt.Sscanf(version, "v%d.%d.%d", &n[0], &n[1], &n[2]); err != nil {
		t.Fatalf("version %q: %v", version, err)
	}
	return n[:]
}
