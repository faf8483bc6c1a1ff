package push

import (
	"context"
	"time"
)

// Note is what is sent to one device.
type Note struct {
	Token    string // of the target
	Event    string // wallet.Event.ID, by which the app tells a repetition
	Category Category
	// Lifetime is for how long from now the service may keep trying.
	Lifetime time.Duration
	Urgent   bool
}

// Verdict is what a service said to a note.
type Verdict int

const (
	// Failed: not now; the same note may be taken later.
	Failed Verdict = iota
	// Taken: the service will deliver it.
	Taken
	// Rejected: the note or the token will never be taken as it is.
	Rejected
	// Unregistered: the token does not lead to a device any more.
	Unregistered
)

// Reply is the answer of a service.
type Reply struct {
	Verdict Verdict
	// Reason says why it was not taken: a short word of the sender's own, never
	// a text of the service, which could quote the token.
	Reason string
	// RetryAfter is how long the service asked to wait; zero for nothing.
	RetryAfter time.Duration
}

// Sender hands notes to a service. It keeps to the deadline of the context and
// is safe for concurrent use.
type Sender interface {
	Send(ctx context.Context, n Note) Reply
}
