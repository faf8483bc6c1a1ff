package admin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Limits of the listener, which answers a scrape every few seconds and no more.
const (
	readTimeout  = 5 * time.Second
	writeTimeout = 30 * time.Second
	maxHeader    = 8 << 10
	maxScrapes   = 4 // at once
)

// Deadlines tells for each thing that ends by itself when that is. The names
// are paths such as "trust-list" or "key/disclosure/pXbmp1Wo".
type Deadlines func(now time.Time) map[string]time.Time

// Server answers the operator's listener. Make one with New.
type Server struct {
	http      *http.Server
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	pushes    *prometheus.CounterVec
	durations *prometheus.HistogramVec
}

// New returns a server that tells the deadlines as they are at each scrape.
func New(deadlines Deadlines, now func() time.Time) *Server {
	s := &Server{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "giayto_http_requests_total",
			Help: "Requests answered, by method, pattern of the route, and status."}, []string{"method", "route", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "giayto_http_request_duration_seconds",
			Help:    "Time from reading a request to its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route"}),
	}
	s.pushes = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "giayto_push_attempts_total",
		Help: "Attempts to send a message to a device, by service and result."}, []string{"service", "result"})
	registry := prometheus.NewRegistry()
	s.registry = registry
	registry.MustRegister(s.requests, s.durations, endings{deadlines, now}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes}))
	s.http = &http.Server{Handler: mux, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, MaxHeaderBytes: maxHeader}
	return s
}

// Observe counts a request that has been answered. The route is its pattern.
func (s *Server) Observe(method, route string, status int, took time.Duration) {
	s.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	s.durations.WithLabelValues(route).Observe(took.Seconds())
}

// Serve answers connections of the listener until Shutdown; then the error is
// nil.
func (s *Server) Serve(listener net.Listener) error {
	if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("admin: %w", err)
	}
	return nil
}

// Shutdown takes no new connections and waits for the scrapes under way.
func (s *Server) Shutdown(ctx context.Context) error { return s.http.Shutdown(ctx) }

// endings collects the deadlines at the moment of a scrape, so that a process
// that hangs in its own loop cannot go on telling yesterday's.
type endings struct {
	deadlines Deadlines
	now       func() time.Time
}

var hoursLeft = prometheus.NewDesc("giayto_hours_until_end",
	"Hours until a trust list, status list, certificate or key window ends; negative when it has.", []string{"what"}, nil)

// Describe is for prometheus.Collector.
func (e endings) Describe(out chan<- *prometheus.Desc) { out <- hoursLeft }

// Collect is for prometheus.Collector.
func (e endings) Collect(out chan<- prometheus.Metric) {
	now := e.now()
	for what, until := range e.deadlines(now) {
		out <- prometheus.MustNewConstMetric(hoursLeft, prometheus.GaugeValue, until.Sub(now).Hours(), what)
	}
}
