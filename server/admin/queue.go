package admin

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// queueTimeout bounds the look at the queue, within writeTimeout.
const queueTimeout = 5 * time.Second

// QueueState is how deliveries to citizens stand.
type QueueState struct {
	// Oldest is the moment of the oldest event or message that waits, zero for
	// none.
	Oldest      time.Time
	DeadLetters int
	// Damaged counts events that could not be read and were put aside.
	Damaged int
}

// Queue tells how deliveries stand.
type Queue func(ctx context.Context) (QueueState, error)

// WatchQueue adds the queue to what is told, as it is at each scrape. It is
// called once.
func (s *Server) WatchQueue(q Queue, now func() time.Time) {
	s.registry.MustRegister(s.pushes, waiting{q, now})
}

// Pushed counts an attempt to send a message. service is "" where none was
// tried, result one of few words.
func (s *Server) Pushed(service, result string) {
	s.pushes.WithLabelValues(service, result).Inc()
}

// waiting collects the queue at the moment of a scrape.
type waiting struct {
	queue Queue
	now   func() time.Time
}

var (
	oldestWaiting = prometheus.NewDesc("giayto_push_oldest_waiting_seconds",
		"Age of the oldest event or message that has not been delivered yet; 0 when none waits.", nil, nil)
	deadLetters = prometheus.NewDesc("giayto_push_dead_letters",
		"Messages that were given up and are kept for the operator.", nil, nil)
	damagedEvents = prometheus.NewDesc("giayto_push_damaged_events",
		"Events that could not be read, were told to nobody and are kept; the data file is damaged.", nil, nil)
)

// Describe is for prometheus.Collector.
func (w waiting) Describe(out chan<- *prometheus.Desc) {
	out <- oldestWaiting
	out <- deadLetters
	out <- damagedEvents
}

// Collect is for prometheus.Collector. A store that cannot be read fails the
// scrape, which is an alarm of its own.
func (w waiting) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), queueTimeout)
	defer cancel()
	state, err := w.queue(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(oldestWaiting, err)
		return
	}
	age := time.Duration(0)
	if !state.Oldest.IsZero() {
		age = max(0, w.now().Sub(state.Oldest))
	}
	out <- prometheus.MustNewConstMetric(oldestWaiting, prometheus.GaugeValue, age.Seconds())
	out <- prometheus.MustNewConstMetric(deadLetters, prometheus.GaugeValue, float64(state.DeadLetters))
	out <- prometheus.MustNewConstMetric(damagedEvents, prometheus.GaugeValue, float64(state.Damaged))
}
