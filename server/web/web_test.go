package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/server/problem"
	"github.com/giayto/giayto/server/web"
	"github.com/giayto/giayto/verifier"
)

var start = time.Date(2026, 11, 23, 3, 2, 0, 0, time.UTC)

const origin = "https://vi.example"

// ok unwraps what must not fail.
func ok[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	return ok(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
}

// trust is what a keyring would say.
type trust struct {
	text []byte
	list *verifier.TrustList
	root *verifier.Key
	err  error
}

func (t *trust) TrustList() ([]byte, *verifier.TrustList) { return t.text, t.list }
func (t *trust) PinnedRoot() (*verifier.Key, error)       { return t.root, t.err }

// publish signs the next list; next, if given, is the root that follows.
func (t *trust) publish(tb testing.TB, root *ecdsa.PrivateKey, next *ecdsa.PrivateKey) {
	tb.Helper()
	list := verifier.TrustList{Version: 1, Issuer: origin, IssuedAt: start, NextUpdate: start.Add(7 * 24 * time.Hour), Rules: verifier.DefaultRules()}
	if t.list != nil {
		list.Version = t.list.Version + 1
	}
	key := ok(verifier.NewKey(&root.PublicKey))(tb)
	if next != nil {
		list.NextRoot = ok(verifier.NewSuccession(origin, key, next))(tb)
	}
	t.text = ok(verifier.SignTrustList(list, root))(tb)
	t.list = ok(verifier.OpenTrustList(t.text, key))(tb)
}

// site is the pages behind a listener.
type site struct {
	t       *testing.T
	address string
	now     time.Time
	trust   *trust
}

func newSite(t *testing.T, change ...func(*web.Deps)) *site {
	t.Helper()
	s := &site{t: t, now: start, trust: &trust{}}
	s.trust.publish(t, newKey(t), nil)
	d := web.Deps{Trust: s.trust, Origin: origin, Now: func() time.Time { return s.now }}
	for _, f := range change {
		f(&d)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, CaseSensitive: true, StrictRouting: true, Immutable: true,
		ErrorHandler: problem.Handler(slog.New(slog.DiscardHandler), func(*fiber.Ctx) string { return "" })})
	if err := web.Routes(app, d); err != nil {
		t.Fatal(err)
	}
	listener := ok(net.Listen("tcp", "127.0.0.1:0"))(t)
	done := make(chan error, 1)
	go func() { done <- app.Listener(listener) }()
	t.Cleanup(func() {
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	s.address = listener.Addr().String()
	return s
}

// client asks for nothing by itself, and undoes nothing.
var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request with header fields in pairs of name and value.
func (s *site) ask(method, path string, fields ...string) answer {
	s.t.Helper()
	r := ok(http.NewRequestWithContext(s.t.Context(), method, "http://"+s.address+path, http.NoBody))(s.t)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	response := ok(client.Do(r))(s.t)
	defer response.Body.Close()
	return answer{response.StatusCode, response.Header, ok(io.ReadAll(response.Body))(s.t)}
}

// want gets a path that is there.
func (s *site) want(path string, fields ...string) answer {
	s.t.Helper()
	a := s.ask("GET", path, fields...)
	if a.status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return a
}

func unpack(t *testing.T, packed []byte) []byte {
	t.Helper()
	return ok(io.ReadAll(ok(gzip.NewReader(bytes.NewReader(packed)))(t)))(t)
}
