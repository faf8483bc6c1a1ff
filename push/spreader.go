package push

import (
	"context"
	"slices"
	"time"

	"github.com/giayto/giayto/wallet"
)

const (
	// spreadBatch is how many events leave the outbox in one transaction.
	spreadBatch = 200
	// lookEvery is how long an event or message waits at most when nobody has
	// been woken for it.
	lookEvery = time.Second
)

// Spreader takes events out of the outbox: into the inbox of their owner, and
// as messages into the queue. One is enough; several do no harm.
type Spreader struct {
	outbox   Outbox
	services []string
	now      func() time.Time
	told     func(owner string)
}

// NewSpreader returns a spreader that makes messages for targets of these
// services. told is called when the inbox of an owner has grown; it must not
// block.
func NewSpreader(outbox Outbox, services []string, now func() time.Time, told func(owner string)) *Spreader {
	return &Spreader{outbox: outbox, services: services, now: now, told: told}
}

// Step takes what waits, up to a bounded number of events, and reports how many
// it was.
func (s *Spreader) Step(ctx context.Context) (int, error) {
	now := s.now()
	done, err := s.outbox.Spread(ctx, now, spreadBatch, func(e wallet.Event, to []Target) Plan { return s.plan(e, to, now) })
	if err != nil {
		return 0, err
	}
	for _, owner := range done.Told {
		s.told(owner)
	}
	return done.Events, nil
}

// plan makes one message for each device; not for one that did it itself, where
// it is known.
func (s *Spreader) plan(e wallet.Event, to []Target, now time.Time) Plan {
	rule := RuleOf(e.Kind)
	if !rule.Told {
		return Plan{}
	}
	p := Plan{Inbox: true}
	expires := e.At.Add(rule.Lifetime)
	if !now.Before(expires) {
		return p
	}
	for _, t := range to {
		if rule.OthersOnly && t.Device == e.Device || !slices.Contains(s.services, t.Service) {
			continue
		}
		p.Messages = append(p.Messages, Message{Event: e.ID, Owner: e.Owner, Device: t.Device, Category: rule.Category,
			Urgent: rule.Urgent, At: e.At, ExpiresAt: expires, NotBefore: now})
	}
	return p
}

// Run takes events out of the outbox until the context ends: whenever woken,
// and every so often. failed is told of what went wrong, which is tried again.
func (s *Spreader) Run(ctx context.Context, woken <-chan struct{}, failed func(error)) {
	run(ctx, woken, failed, s.Step)
}

// run repeats a step until the context ends. When the step has found nothing or
// has failed, it waits.
func run(ctx context.Context, woken <-chan struct{}, failed func(error), step func(context.Context) (int, error)) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for ctx.Err() == nil {
		found, err := step(ctx)
		if err != nil && ctx.Err() == nil {
			failed(err)
		}
		if err == nil && found > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-woken:
		case <-look.C:
		}
	}
}

// Wake returns a function that wakes whoever reads the channel, once however
// often it is called in between. It never blocks.
func Wake() (wake func(), woken <-chan struct{}) {
	c := make(chan struct{}, 1)
	return func() {
		select {
		case c <- struct{}{}:
		default: // about to look already
		}
	}, c
}
