package admin_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/server/admin"
)

var now = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// scrape starts the listener and fetches a path.
func scrape(t *testing.T, s *admin.Server, method, path string) (status int, body string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+listener.Addr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatalf("Serve after Shutdown: %v", err)
	}
	return answer.StatusCode, string(raw)
}

func TestMetrics(t *testing.T) {
	s := admin.New(func(at time.Time) map[string]time.Time {
		if !at.Equal(now) {
			t.Errorf("asked about %v", at)
		}
		return map[string]time.Time{"trust-list": now.Add(36 * time.Hour), "key/disclosure/aaaaaaaa": now.Add(-90 * time.Minute)}
	}, func() time.Time { return now })
	s.Observe("POST", "/v1/citizen/presentations", 201, 3*time.Millisecond)
	s.Observe("POST", "/v1/citizen/presentations", 201, 40*time.Millisecond)
	s.Observe("GET", "unmatched", 404, time.Millisecond)
	status, body := scrape(t, s, http.MethodGet, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	for _, want := range []string{
		`giayto_hours_until_end{what="trust-list"} 36`,
		`giayto_hours_until_end{what="key/disclosure/aaaaaaaa"} -1.5`,
		`giayto_http_requests_total{method="POST",route="/v1/citizen/presentations",status="201"} 2`,
		`giayto_http_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`giayto_http_request_duration_seconds_bucket{route="/v1/citizen/presentations",le="0.005"} 1`,
		`giayto_http_request_duration_seconds_count{route="/v1/citizen/presentations"} 2`,
		"go_goroutines ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestQueue(t *testing.T) {
	for name, c := range map[string]struct {
		state  admin.QueueState
		err    error
		status int
		told   []string
	}{
		"nothing waits": {admin.QueueState{}, nil, 200, []string{"giayto_push_oldest_waiting_seconds 0", "giayto_push_dead_letters 0", "giayto_push_damaged_events 0"}},
		"behind":        {admin.QueueState{Oldest: now.Add(-90 * time.Second), DeadLetters: 7, Damaged: 2}, nil, 200, []string{"giayto_push_oldest_waiting_seconds 90", "giayto_push_dead_letters 7", "giayto_push_damaged_events 2"}},
		"of tomorrow":   {admin.QueueState{Oldest: now.Add(time.Hour)}, nil, 200, []string{"giayto_push_oldest_waiting_seconds 0"}},
		"not readable":  {admin.QueueState{Oldest: now}, errors.New("the store is closed"), 500, []string{"the store is closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := admin.New(func(time.Time) map[string]time.Time { return nil }, func() time.Time { return now })
			s.WatchQueue(func(ctx context.Context) (admin.QueueState, error) {
				if _, bounded := ctx.Deadline(); !bounded {
					t.Error("a scrape may hang")
				}
				return c.state, c.err
			}, func() time.Time { return now })
			s.Pushed("fcm", "taken")
			s.Pushed("fcm", "taken")
			status, body := scrape(t, s, http.MethodGet, "/metrics")
			if status != c.status {
				t.Fatalf("status %d: %s", status, body)
			}
			if c.err == nil {
				c.told = append(c.told, `giayto_push_attempts_total{result="taken",service="fcm"} 2`)
			}
			for _, want := range c.told {
				if !strings.Contains(body, want) {
					t.Errorf("%q is missing in\n%s", want, body)
				}
			}
		})
	}
}

func TestNothingElse(t *testing.T) {
	for _, one := range []struct {
		method, path string
		want         int
	}{
		{http.MethodPost, "/metrics", http.StatusMethodNotAllowed},
		{http.MethodGet, "/", http.StatusNotFound},
		{http.MethodGet, "/debug/pprof/", http.StatusNotFound},
		{http.MethodGet, "/v1/citizen/credentials", http.StatusNotFound},
	} {
		s := admin.New(func(time.Time) map[string]time.Time { return nil }, func() time.Time { return now })
		if status, _ := scrape(t, s, one.method, one.path); status != one.want {
			t.Errorf("%s %s: status %d, want %d", one.method, one.path, status, one.want)
		}
	}
}
