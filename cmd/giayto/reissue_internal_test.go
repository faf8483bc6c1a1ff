package main

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/wallet"
)

// Midnight in Viet Nam is a full hour, and is not missed by a clock that is a
// little behind.
func TestNextReissue(t *testing.T) {
	midnight := time.Date(2026, 6, 15, 17, 0, 0, 0, time.UTC)
	for _, test := range []struct{ now, want time.Time }{
		{midnight.Add(-time.Hour + reissueDelay), midnight.Add(reissueDelay)},
		{midnight.Add(-time.Nanosecond), midnight.Add(reissueDelay)},
		{midnight, midnight.Add(reissueDelay)},
		{midnight.Add(reissueDelay - time.Nanosecond), midnight.Add(reissueDelay)},
		{midnight.Add(reissueDelay), midnight.Add(time.Hour + reissueDelay)},
		{midnight.Add(30 * time.Minute), midnight.Add(time.Hour + reissueDelay)},
	} {
		if got := nextReissue(test.now); !got.Equal(test.want) {
			t.Errorf("after %v comes %v, want %v", test.now, got, test.want)
		}
	}
}

// A server that was down when credentials ended signs them anew when it starts,
// and ends when it is told to.
func TestReissueAtStart(t *testing.T) {
	a, err := open(config{data: t.TempDir(), dev: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if _, err := a.seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := a.now()
	stale := func(now time.Time) (n int) {
		citizen, err := a.store.CitizenByNumber(t.Context(), demo.Star())
		if err != nil {
			t.Fatal(err)
		}
		held, err := a.store.Active(t.Context(), citizen.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range held {
			if !now.Before(h.CredentialExpiresAt) && now.Before(h.ExpiresAt) {
				n++
			}
		}
		return n
	}
	// A year of holding a class has become full by then.
	later := began.AddDate(0, 0, 364)
	if stale(later) == 0 {
		t.Fatal("the demo citizen has nothing that ends within a year")
	}
	for _, agency := range a.catalog.Agencies() {
		if _, err := a.ring.Credential(agency.ID, later); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var out bytes.Buffer
	a.now = func() time.Time { return later }
	if err := a.renew(); err != nil { // as a start does
		t.Fatal(err)
	}
	log := slog.New(stopping{slog.NewJSONHandler(&out, nil), stop})
	a.reissue(ctx, log) // returns because what it logs stops it
	if n := stale(later); n != 0 || !strings.Contains(out.String(), `"msg":"credentials signed anew"`) {
		t.Errorf("%d credentials are stale, log %s", n, out.String())
	}
	if strings.Contains(out.String(), demo.Star()) {
		t.Error("the log names a person")
	}
	star, err := a.store.CitizenByNumber(t.Context(), demo.Star())
	if err != nil {
		t.Fatal(err)
	}
	told, err := a.store.Events(t.Context(), star.ID, 10)
	if err != nil || len(told) == 0 || told[0].Kind != wallet.CredentialRenewed {
		t.Errorf("the citizen was told %v, %v", told, err)
	}
}

// Holders are reminded of papers that end soon, and the log names nobody.
func TestRemind(t *testing.T) {
	a, err := open(config{data: t.TempDir(), dev: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if _, err := a.seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	star, err := a.store.CitizenByNumber(t.Context(), demo.Star())
	if err != nil {
		t.Fatal(err)
	}
	held, err := a.store.Active(t.Context(), star.ID)
	if err != nil {
		t.Fatal(err)
	}
	var due wallet.Holding
	for _, h := range held {
		if !h.RemindAt.IsZero() && (due.RemindAt.IsZero() || h.RemindAt.Before(due.RemindAt)) {
			due = h
		}
	}
	if due.RemindAt.IsZero() {
		t.Fatal("the demo citizen has no paper that ends")
	}
	a.now = func() time.Time { return due.RemindAt }
	var out bytes.Buffer
	for range 2 {
		a.remind(t.Context(), slog.New(slog.NewJSONHandler(&out, nil)))
	}
	events, err := a.store.Events(t.Context(), star.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, e := range events {
		if e.Kind == wallet.CredentialExpiring && e.Holding == due.ID {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times of %s", told, due.Document)
	}
	if log := out.String(); strings.Count(log, "holders reminded") != 1 || strings.Contains(log, demo.Star()) || strings.Contains(log, due.ID) {
		t.Errorf("log %s", log)
	}
}

// stopping ends the work with the first line of its log.
type stopping struct {
	slog.Handler
	stop context.CancelFunc
}

func (s stopping) Handle(ctx context.Context, r slog.Record) error {
	s.stop()
	return s.Handler.Handle(ctx, r)
}
