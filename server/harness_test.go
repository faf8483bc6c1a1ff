package server_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server"
	"github.com/giayto/giayto/server/public"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/server/session/passkey"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/wallet"
)

// origin of the deployment under test.
const origin = "https://vi.example"

// start of every test, 10:00 in Ha Noi.
var start = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// world is a whole deployment on a real store and real keys, behind a listener.
type world struct {
	t         *testing.T
	clock     atomic.Int64 // seconds after start
	store     *bolt.Store
	ring      *keys.Ring
	publisher *keys.Publisher
	sessions  *session.Service
	issuing   *issuer.Service
	sharing   *disclosure.Service
	status    *status.Publisher
	inbox     *push.Inbox
	spreader  *push.Spreader
	server    *server.Server
	address   string
	log       *lines
	spec      *spec
}

// deadlines are those of the trust list and of one thing that ends later.
func (w *world) deadlines(time.Time) map[string]time.Time {
	_, list := w.publisher.TrustList()
	return map[string]time.Time{"trust-list": list.NextUpdate, "certificate/test": start.Add(1000 * time.Hour)}
}

func (w *world) now() time.Time { return start.Add(time.Duration(w.clock.Load()) * time.Second) }

func (w *world) advance(d time.Duration) { w.clock.Add(int64(d / time.Second)) }

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newWorld starts a deployment; change may alter what the server gets.
func newWorld(t *testing.T, change ...func(*server.Deps)) *world {
	t.Helper()
	return newBeatingWorld(t, push.Heartbeat, change...)
}

// newBeatingWorld is newWorld with another heartbeat of its streams.
func newBeatingWorld(t *testing.T, heartbeat time.Duration, change ...func(*server.Deps)) *world {
	t.Helper()
	w := &world{t: t, log: &lines{}, spec: loadSpec(t)}
	dir := t.TempDir()
	store, err := bolt.Open(filepath.Join(dir, "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	w.store = store
	held := w.openKeys(dir)
	c := catalog.Default()
	w.sharing = disclosure.New(disclosure.Config{Catalog: c, Store: store, Keys: held, Now: w.now, Origin: origin})
	w.issuing = issuer.New(issuer.Config{Catalog: c, Store: store, Keys: held, Origin: origin, Now: w.now,
		Locked: func(owner string) { w.sharing.Forget(owner, "") }})
	w.sessions = session.New(session.Config{Catalog: c, Store: store, Now: w.now, Random: rand.Reader, Wallets: w.issuing, DeviceEnded: w.sharing.Forget,
		Party: passkey.New(passkey.Config{ID: "vi.example", Name: "Giayto", Origins: []string{origin}})})
	w.status = status.New(status.Config{Store: store, Keys: held, Origin: origin, Now: w.now})
	if err := w.status.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.inbox = push.NewInbox(store, w.now, heartbeat)
	w.spreader = push.NewSpreader(store, []string{"fcm"}, w.now, func(owner string) { w.inbox.Tell(owner) })
	d := server.Deps{Sessions: w.sessions, Papers: wallet.NewPapers(store, c, w.now), Sharing: w.sharing, Issuing: w.issuing,
		Inbox: w.inbox, Targets: push.NewRegistry(store, []string{"fcm"}, w.now),
		Catalog: c, Trust: w.publisher, Issuers: w.publisher, StatusLists: w.status, SigningKey: held, Deadlines: w.deadlines,
		StoreReadable: func(ctx context.Context) error {
			_, err := store.Events(ctx, "nobody", 1)
			return err
		},
		Apps: public.Apps{Android: []public.AndroidApp{{Package: "vn.giayto.example", Fingerprints: []string{"AB:CD"}}},
			Apple: []string{"A1B2C3D4E5.vn.giayto.example"}},
		Origin: origin, Log: slog.New(slog.NewJSONHandler(w.log, nil)), Now: w.now}
	for _, f := range change {
		f(&d)
	}
	w.serve(d)
	return w
}

func (w *world) serve(d server.Deps) {
	w.t.Helper()
	s, err := server.New(d)
	if err != nil {
		w.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.server, w.address = s, listener.Addr().String()
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			w.t.Errorf("Shutdown: %v", err)
		}
		if err := <-done; err != nil {
			w.t.Errorf("Serve: %v", err)
		}
	})
}

func (w *world) openKeys(dir string) *keys.Ring {
	w.t.Helper()
	lock, err := keys.NewLock()
	if err != nil {
		w.t.Fatal(err)
	}
	ring, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{Lock: lock})
	if err != nil {
		w.t.Fatal(err)
	}
	w.ring = ring
	purposes := []verifier.Purpose{verifier.PurposeTrustList, keys.PurposeCertificate, verifier.PurposeDisclosure, verifier.PurposeStatus}
	for _, a := range catalog.Default().Agencies() {
		purposes = append(purposes, keys.CredentialPurpose(a.ID))
	}
	for _, p := range purposes {
		if _, err := ring.Ensure(p, w.now(), keys.RootLifetime); err != nil {
			w.t.Fatal(err)
		}
	}
	if w.publisher, err = keys.NewPublisher(ring, dir, origin); err != nil {
		w.t.Fatal(err)
	}
	if err := w.publisher.Refresh(w.now()); err != nil {
		w.t.Fatal(err)
	}
	return ring
}

// call is one request.
type call struct {
	method, path, token string
	body                any // string and []byte as they are, anything else as JSON
	header              map[string]string
	// wrong says that the request breaks the description on purpose.
	wrong bool
}

// answer is what came back.
type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
}

var client = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// do sends a request and holds both sides against openapi.yaml.
func (w *world) do(c call) answer {
	w.t.Helper()
	r := w.request(c)
	payload := w.payload(c)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(payload)), int64(len(payload))
	response, err := client.Do(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	w.spec.check(w.t, w.request(c), payload, c.wrong, response, body)
	return answer{w.t, c.method + " " + c.path, response.StatusCode, response.Header, body}
}

func (w *world) payload(c call) []byte {
	switch b := c.body.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	case []byte:
		return b
	}
	payload, err := json.Marshal(c.body)
	if err != nil {
		w.t.Fatal(err)
	}
	return payload
}

func (w *world) request(c call) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), c.method, "http://"+w.address+c.path, http.NoBody)
	if err != nil {
		w.t.Fatal(err)
	}
	if c.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	return r
}

// want asks for a status and returns the answer.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d: %s", a.what, a.status, status, a.body)
	}
	return a
}

// problem is what a refusal says.
type problem struct {
	Type, Title, Code, Detail, Field string
	Status                           int
	Titles                           catalog.Text
	RequestID                        string `json:"request_id"`
}

// refused asks for a problem with this status and code.
func (a answer) refused(status int, code string) problem {
	a.t.Helper()
	var p problem
	a.want(status).into(&p)
	if p.Code != code || p.Status != status {
		a.t.Errorf("%s: got %d %q (%s), want %d %q", a.what, p.Status, p.Code, p.Detail, status, code)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("%s: a refusal as %q", a.what, got)
	}
	if p.RequestID == "" || p.RequestID != a.header.Get("X-Request-Id") {
		a.t.Errorf("%s: request id %q in the body and %q in the header", a.what, p.RequestID, a.header.Get("X-Request-Id"))
	}
	return p
}

// into reads a JSON answer.
func (a answer) into(v any) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("%s: %v in %s", a.what, err, a.body)
	}
}

// get one value of a JSON answer by its path.
func (a answer) get(path ...string) any {
	a.t.Helper()
	var v any
	a.into(&v)
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok || m[name] == nil {
			a.t.Fatalf("%s: no %s in %s", a.what, strings.Join(path, "."), a.body)
		}
		v = m[name]
	}
	return v
}
