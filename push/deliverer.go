package push

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// claimBatch is how many messages are claimed at a time, sendWorkers how
	// many of them are sent at once.
	claimBatch  = 64
	sendWorkers = 16
	// sendTimeout is how long a service may take for one note.
	sendTimeout = 10 * time.Second
	// claimTime is for how long a claim keeps others away: longer than a whole
	// batch can take, so that a message is sent twice only when a process was
	// killed.
	claimTime = claimBatch/sendWorkers*sendTimeout + 20*time.Second
)

// DelivererConfig is what a Deliverer needs. All members are required but
// Observe.
type DelivererConfig struct {
	Queue   Queue
	Senders map[string]Sender // by service
	Now     func() time.Time
	// Random gives numbers of [0, 1), so that messages which failed together
	// are not tried again together.
	Random func() float64
	Log    *slog.Logger
	// Observe is told of every attempt; may be nil.
	Observe func(service, result string)
}

// Deliverer takes messages out of the queue and has them sent.
type Deliverer struct{ DelivererConfig }

// NewDeliverer returns a deliverer.
func NewDeliverer(c DelivererConfig) *Deliverer {
	if c.Observe == nil {
		c.Observe = func(string, string) {}
	}
	return &Deliverer{c}
}

// Run delivers until the context ends: whenever woken, and every so often.
// failed is told of what went wrong with the queue, which is tried again.
func (d *Deliverer) Run(ctx context.Context, woken <-chan struct{}, failed func(error)) {
	run(ctx, woken, failed, d.Step)
}

// Step delivers what is due, up to a bounded number of messages, and reports
// how many it was. A context that ends keeps what was sent from being sent
// again only if that can still be stored.
func (d *Deliverer) Step(ctx context.Context) (int, error) {
	now := d.Now()
	claim, err := d.Queue.Claim(ctx, now, now.Add(claimTime), claimBatch)
	if err != nil {
		return 0, err
	}
	for _, m := range claim.Expired {
		d.Observe("", ResultExpired)
		d.buried(ctx, m)
	}
	done := make([]Settlement, len(claim.Deliveries))
	places := make(chan struct{}, sendWorkers)
	var sent sync.WaitGroup
	for i, one := range claim.Deliveries {
		places <- struct{}{}
		sent.Go(func() {
			done[i] = d.send(ctx, one)
			<-places
		})
	}
	sent.Wait()
	// What has been sent is stored even if the process is told to end now.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	if err := d.Queue.Settle(keep, done); err != nil {
		return 0, err
	}
	return len(claim.Deliveries) + len(claim.Expired) + claim.Dropped, nil
}

// send makes one attempt and says what becomes of the message.
func (d *Deliverer) send(ctx context.Context, one Delivery) Settlement {
	reply := Reply{Verdict: Failed, Reason: "no_sender"}
	if sender := d.Senders[one.Target.Service]; sender != nil {
		bounded, cancel := context.WithTimeout(ctx, sendTimeout)
		reply = sender.Send(bounded, Note{Token: one.Target.Token, Event: one.Message.Event, Category: one.Message.Category,
			Lifetime: one.Message.ExpiresAt.Sub(d.Now()), Urgent: one.Message.Urgent})
		cancel()
	}
	now := d.Now()
	s := Settlement{Delivery: one, At: now}
	s.Delivery.Message.Failure = reply.Reason
	switch reply.Verdict {
	case Taken:
		s.Outcome = Done
	case Unregistered:
		s.Outcome = Gone
	case Rejected:
		s.Outcome = Dead
		d.buried(ctx, s.Delivery.Message)
	default:
		s.Outcome = Again
		s.Delivery.Message.NotBefore = now.Add(max(Backoff(one.Message.Attempts, d.Random()), min(reply.RetryAfter, maxRetryAfter)))
	}
	d.Observe(one.Target.Service, Result(s.Outcome))
	return s
}

// ResultExpired is the word for a message that ran out of time in the queue.
const ResultExpired = "expired"

// Result is the word for an outcome in metrics.
func Result(o Outcome) string {
	switch o {
	case Done:
		return "taken"
	case Gone:
		return "unregistered"
	case Dead:
		return "rejected"
	}
	return "failed"
}

// buried tells the log of a dead letter: why, and no id of anything.
func (d *Deliverer) buried(ctx context.Context, m Message) {
	d.Log.LogAttrs(ctx, slog.LevelWarn, "a push message was given up", slog.String("reason", m.Failure),
		slog.String("category", string(m.Category)), slog.Int("attempts", m.Attempts))
}

// The pauses between attempts.
const (
	firstPause = 10 * time.Second
	lastPause  = time.Hour
	// maxRetryAfter bounds what a service may ask for.
	maxRetryAfter = 6 * time.Hour
)

// Backoff is the pause after an attempt, counted from 1: it doubles from ten
// seconds to an hour, and random, a number of [0, 1), takes up to half of it away.
func Backoff(attempt int, random float64) time.Duration {
	pause := lastPause
	if doublings := attempt - 1; doublings < 9 { // 10 s times 2^9 is more than an hour
		pause = min(firstPause<<max(doublings, 0), lastPause)
	}
	return pause - time.Duration(random*float64(pause/2))
}
