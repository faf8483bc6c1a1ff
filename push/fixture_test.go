package push_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// start of every test.
var start = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// world is a real store with a clock that a test moves, and a service that
// answers as the test says.
type world struct {
	t       *testing.T
	store   *bolt.Store
	path    string
	clock   time.Time
	service *service
	log     bytes.Buffer
	told    []string
	results []string

	spreader  *push.Spreader
	deliverer *push.Deliverer
}

// service is a sender that keeps what it was given.
type service struct {
	mu    sync.Mutex
	notes []push.Note
	reply func(ctx context.Context, n push.Note) push.Reply
}

func (s *service) Send(ctx context.Context, n push.Note) push.Reply {
	s.mu.Lock()
	s.notes = append(s.notes, n)
	reply := s.reply
	s.mu.Unlock()
	return reply(ctx, n)
}

// take gives what has been sent since the last time.
func (s *service) take() []push.Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	notes := s.notes
	s.notes = nil
	return notes
}

// answers makes the service say the same to every note.
func (s *service) answers(r push.Reply) {
	s.reply = func(context.Context, push.Note) push.Reply { return r }
}

var taken = push.Reply{Verdict: push.Taken}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), "test.db"), clock: start, service: &service{}}
	w.service.answers(taken)
	w.open()
	t.Cleanup(func() { _ = w.store.Close() })
	return w
}

func (w *world) now() time.Time { return w.clock }

// open opens the store, as a started process would.
func (w *world) open() {
	w.t.Helper()
	if w.store != nil {
		if err := w.store.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
	var err error
	if w.store, err = bolt.Open(w.path, bolt.Options{}); err != nil {
		w.t.Fatal(err)
	}
	w.spreader = push.NewSpreader(w.store, []string{"fcm"}, w.now, func(owner string) { w.told = append(w.told, owner) })
	var mu sync.Mutex
	w.deliverer = push.NewDeliverer(push.DelivererConfig{Queue: w.store, Senders: map[string]push.Sender{"fcm": w.service}, Now: w.now,
		Random: func() float64 { return 0 }, Log: slog.New(slog.NewJSONHandler(&w.log, nil)),
		Observe: func(service, result string) {
			mu.Lock()
			defer mu.Unlock()
			w.results = append(w.results, service+" "+result)
		}})
}

// citizen makes one with an id like those of the domain.
func (w *world) citizen(name string) wallet.Citizen {
	w.t.Helper()
	c := wallet.Citizen{ID: wallet.NewID(), Number: "999" + name, CreatedAt: w.clock}
	if err := w.store.Issue(w.t.Context(), func(tx issuer.Tx) error { return tx.AddCitizen(c) }); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// device signs a device in, and registers it at a service unless that is "".
func (w *world) device(c wallet.Citizen, service string) push.Target {
	w.t.Helper()
	id := wallet.NewID()
	a := session.Activation{Locator: id, Owner: c.ID, CreatedAt: w.clock, ExpiresAt: w.clock.Add(time.Hour)}
	if err := w.store.PutActivation(w.t.Context(), a); err != nil {
		w.t.Fatal(err)
	}
	target := push.Target{Owner: c.ID, Device: id, Session: wallet.NewID(), Service: service, Token: "token-" + id, At: w.clock}
	opened := session.Session{ID: target.Session, Hash: [32]byte([]byte(fmt.Sprintf("%-32s", id))), Owner: c.ID, Device: id,
		CreatedAt: w.clock, UsedAt: w.clock, ExpiresAt: w.clock.Add(30 * 24 * time.Hour)}
	e := wallet.Event{ID: wallet.NewID(), Owner: c.ID, Kind: wallet.DeviceEnrolled, Device: id, At: w.clock}
	if err := w.store.Enrol(w.t.Context(), id, w.clock, wallet.Device{ID: id, Owner: c.ID, Name: "Điện thoại"}, opened, e); err != nil {
		w.t.Fatal(err)
	}
	if service != "" {
		if err := w.store.PutTarget(w.t.Context(), target); err != nil {
			w.t.Fatal(err)
		}
	}
	return target
}

// commit commits an event of a kind, from a device or "".
func (w *world) commit(c wallet.Citizen, kind wallet.EventKind, device string) wallet.Event {
	w.t.Helper()
	e := wallet.Event{ID: wallet.NewID(), Owner: c.ID, Kind: kind, Device: device, At: w.clock}
	if err := w.store.Issue(w.t.Context(), func(tx issuer.Tx) error { return tx.SetLock(c.ID, wallet.Lock{}, e) }); err != nil {
		w.t.Fatal(err)
	}
	return e
}

// spread empties the outbox.
func (w *world) spread() {
	w.t.Helper()
	for {
		n, err := w.spreader.Step(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// deliver delivers what is due.
func (w *world) deliver() int {
	w.t.Helper()
	n, err := w.deliverer.Step(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// sent spreads and delivers, and gives what was sent.
func (w *world) sent() []push.Note {
	w.t.Helper()
	w.spread()
	w.deliver()
	return w.service.take()
}

func (w *world) dead() []push.DeadLetter {
	w.t.Helper()
	dead, err := w.store.DeadLetters(w.t.Context(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return dead
}
