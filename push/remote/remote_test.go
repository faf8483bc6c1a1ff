package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/push/remote"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

var start = time.Date(2026, 11, 23, 3, 0, 0, 123456789, time.UTC)

// world is a store, and its queue at the other end of a socket.
type world struct {
	t       *testing.T
	store   *bolt.Store
	path    string
	server  *http.Server
	queue   *remote.Queue
	results []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	w := &world{t: t, store: store, path: socketPath(t)}
	w.listen()
	w.queue = remote.NewQueue(w.path)
	t.Cleanup(w.queue.Close)
	return w
}

// socketPath is short: a path of a socket has some hundred bytes.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "giayto")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "push.sock")
}

func (w *world) listen() {
	w.t.Helper()
	listener, err := remote.Listen(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.server = remote.NewServer(w.store, func(service, result string) { w.results = append(w.results, service+" "+result) })
	ended := make(chan error, 1)
	go func() { ended <- w.server.Serve(listener) }()
	w.t.Cleanup(func() {
		_ = w.server.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			w.t.Errorf("Serve: %v", err)
		}
	})
}

// message queues a message to one of the devices of a citizen.
func (w *world) message(n int) {
	w.t.Helper()
	c := wallet.Citizen{ID: fmt.Sprint("citizen", n), Number: fmt.Sprint("999", n)}
	device := fmt.Sprint("device", n)
	if err := w.store.Issue(w.t.Context(), func(tx issuer.Tx) error { return tx.AddCitizen(c) }); err != nil {
		w.t.Fatal(err)
	}
	if err := w.store.PutActivation(w.t.Context(), session.Activation{Locator: device, Owner: c.ID, ExpiresAt: start.Add(time.Hour)}); err != nil {
		w.t.Fatal(err)
	}
	opened := session.Session{ID: "session" + device, Hash: [32]byte([]byte(fmt.Sprintf("%32s", device))), Owner: c.ID, Device: device, UsedAt: start, ExpiresAt: start.Add(24 * time.Hour)}
	e := wallet.Event{ID: fmt.Sprint("event", n), Owner: c.ID, Kind: wallet.DeviceEnrolled, At: start}
	err := w.store.Enrol(w.t.Context(), device, start, wallet.Device{ID: device, Owner: c.ID}, opened, e)
	if err == nil {
		err = w.store.PutTarget(w.t.Context(), push.Target{Owner: c.ID, Device: device, Session: opened.ID, Service: "fcm", Token: "token-" + device, At: start})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	spreader := push.NewSpreader(w.store, []string{"fcm"}, func() time.Time { return start }, func(string) {})
	if _, err := spreader.Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// same is a sender whose answer never changes.
type same struct {
	reply push.Reply
	sent  chan push.Note
}

func (s same) Send(_ context.Context, n push.Note) push.Reply {
	s.sent <- n
	return s.reply
}

// TestDeliver: a deliverer at one end of the socket works as it does beside the
// store.
func TestDeliver(t *testing.T) {
	for verdict, want := range map[push.Verdict]string{push.Taken: "fcm taken", push.Failed: "fcm failed", push.Rejected: "fcm rejected", push.Unregistered: "fcm unregistered"} {
		w := newWorld(t)
		w.message(1)
		sender := same{push.Reply{Verdict: verdict, Reason: "because"}, make(chan push.Note, 10)}
		now := start
		deliverer := push.NewDeliverer(push.DelivererConfig{Queue: w.queue, Senders: map[string]push.Sender{"fcm": sender},
			Now: func() time.Time { return now }, Random: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler)})
		if n, err := deliverer.Step(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if n := <-sender.sent; n.Token != "token-device1" || n.Event != "event1" || n.Category != push.CategorySecurity {
			t.Errorf("sent %+v", n)
		}
		if len(w.results) != 1 || w.results[0] != want {
			t.Errorf("results %q, want %q", w.results, want)
		}
		now = now.Add(time.Minute)
		again, err := w.store.Claim(t.Context(), now, now.Add(time.Minute), 10)
		if err != nil || len(again.Deliveries) > 0 != (verdict == push.Failed) {
			t.Errorf("verdict %d: again %+v, %v", verdict, again, err)
		}
		letters, err := w.queue.DeadLetters(t.Context(), 10)
		if err != nil || len(letters) > 0 != (verdict == push.Rejected) {
			t.Errorf("verdict %d: dead letters %+v, %v", verdict, letters, err)
		}
	}
}

// TestSameAsTheStore: everything that passes through the socket comes out as it
// went in, to the nanosecond.
func TestSameAsTheStore(t *testing.T) {
	w := newWorld(t)
	for n := range 3 {
		w.message(n)
	}
	state, err := w.queue.PushState(t.Context())
	if direct, _ := w.store.PushState(t.Context()); err != nil || !cmp.Equal(state, direct) || !state.Oldest.Equal(start) {
		t.Errorf("state %+v, %v", state, err)
	}
	claim, err := w.queue.Claim(t.Context(), start, start.Add(time.Second), 2)
	if err != nil || len(claim.Deliveries) != 2 || claim.Deliveries[0].Target.Token != "token-device0" || !claim.Deliveries[0].Message.At.Equal(start) {
		t.Fatalf("%+v, %v", claim, err)
	}
	back, err := w.store.Claim(t.Context(), start.Add(time.Second), start.Add(time.Hour), 10)
	if err != nil || len(back.Deliveries) != 3 {
		t.Fatalf("%+v, %v", back, err)
	}
	var done []push.Settlement
	for _, d := range back.Deliveries {
		d.Message.Failure = "because"
		done = append(done, push.Settlement{Delivery: d, Outcome: push.Dead, At: start.Add(time.Minute)})
	}
	if err := errors.Join(w.queue.Settle(t.Context(), nil), w.queue.Settle(t.Context(), done)); err != nil {
		t.Fatal(err)
	}
	letters, err := w.queue.DeadLetters(t.Context(), 10)
	direct, storeErr := w.store.DeadLetters(t.Context(), 10)
	if err := errors.Join(err, storeErr); err != nil || !cmp.Equal(letters, direct) || len(letters) != 3 {
		t.Errorf("%v: %s", err, cmp.Diff(direct, letters))
	}
	w.message(7)
	late := start.Add(8 * 24 * time.Hour)
	if expired, err := w.queue.Claim(t.Context(), late, late.Add(time.Second), 10); err != nil || len(expired.Expired) != 1 {
		t.Errorf("%+v, %v", expired, err)
	}
	if last := w.results[len(w.results)-1]; last != " expired" {
		t.Errorf("results %q", w.results)
	}
}

// TestServerGone: what cannot be reached is told as such, and reached again when
// it is back.
func TestServerGone(t *testing.T) {
	w := newWorld(t)
	if _, err := w.queue.PushState(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.server.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := w.queue.Claim(t.Context(), start, start.Add(time.Second), 1)
	if !fault.Is(err, fault.CodeUnavailable) || !strings.Contains(err.Error(), w.path) {
		t.Errorf("with nobody there: %v", err)
	}
	w.listen()
	if _, err := w.queue.PushState(t.Context()); err != nil {
		t.Errorf("back again: %v", err)
	}
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.queue.PushState(t.Context()); !fault.Is(err, fault.CodeUnavailable) || !strings.Contains(err.Error(), "503") {
		t.Errorf("a closed store: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.queue.Settle(ended, []push.Settlement{{}}); !fault.Is(err, fault.CodeUnavailable) {
		t.Errorf("a context that has ended: %v", err)
	}
}

// TestStrict: what does not come from this package is refused, and changes
// nothing.
func TestStrict(t *testing.T) {
	w := newWorld(t)
	w.message(1)
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", w.path)
	}}}
	defer client.CloseIdleConnections()
	moment := start.Format(time.RFC3339Nano)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
	}{
		"another path":     {"POST", "/v2/claim", `{}`, 404},
		"another method":   {"GET", "/v1/claim", ``, 405},
		"nothing":          {"POST", "/v1/claim", ``, 400},
		"not JSON":         {"POST", "/v1/claim", `x`, 400},
		"an unknown part":  {"POST", "/v1/claim", `{"limit":1,"owner":"x"}`, 400},
		"another form":     {"POST", "/v1/settle", `{}`, 400},
		"too large":        {"POST", "/v1/settle", `[` + strings.Repeat(" ", 5<<20) + `]`, 400},
		"for no time":      {"POST", "/v1/claim", `{"now":"` + moment + `","until":"` + moment + `","limit":1}`, 500},
		"none":             {"POST", "/v1/claim", `{"now":"` + moment + `","until":"2027-01-01T00:00:00Z","limit":-1}`, 500},
		"no limit":         {"GET", "/v1/dead-letters", ``, 400},
		"a limit of words": {"GET", "/v1/dead-letters?limit=many", ``, 400},
		"a limit below":    {"GET", "/v1/dead-letters?limit=0", ``, 500},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, "http://x"+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != c.status || bytes.Contains(body, []byte("token-")) {
			t.Errorf("%s: %d %s, want %d", name, response.StatusCode, body, c.status)
		}
	}
	if claim, err := w.queue.Claim(t.Context(), start, start.Add(time.Hour), 5000); err != nil || len(claim.Deliveries) != 1 || claim.Deliveries[0].Message.Attempts != 1 {
		t.Errorf("%+v, %v", claim, err)
	}
}

// TestOtherEnd: an answer of another program is not taken for one.
func TestOtherEnd(t *testing.T) {
	for body, status := range map[string]int{"<html>": 200, "[]": 200, `{"Deliveries":7}`: 200, "no": 404} {
		path := socketPath(t)
		listener, err := remote.Listen(path)
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})}
		go func() { _ = s.Serve(listener) }()
		queue := remote.NewQueue(path)
		if _, err := queue.Claim(t.Context(), start, start.Add(1), 1); !fault.Is(err, fault.CodeUnavailable) {
			t.Errorf("%s: %v", body, err)
		}
		queue.Close()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestListen(t *testing.T) {
	path := socketPath(t)
	first, err := remote.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := remote.Listen(path); err == nil || !strings.Contains(err.Error(), "another process answers") {
		t.Errorf("a second one: %v", err)
	}
	// A killed process leaves its socket behind.
	first.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := remote.Listen(path)
	if err != nil {
		t.Fatalf("after a killed one: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Listen(path); err == nil || !strings.Contains(err.Error(), "is not a socket") {
		t.Errorf("a file: %v", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "precious" {
		t.Errorf("the file is %q, %v", content, err)
	}
	if _, err := remote.Listen(filepath.Join(filepath.Dir(path), "missing", "push.sock")); err == nil {
		t.Error("a folder that is not there")
	}
}
