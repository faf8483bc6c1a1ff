package push

import (
	"context"
	"time"

	"github.com/giayto/giayto/wallet"
)

// Target is where messages to a device go: what the device was given by a
// service, and registered in a session. It counts for as long as that session
// is open; not while the device is frozen, and then again.
type Target struct {
	Owner   string // wallet.Citizen.ID
	Device  string // wallet.Device.ID
	Session string
	Service string // such as "fcm"
	Token   string // of the service, for this installation of the app
	At      time.Time
}

// Message is to tell a device of an event. There is one for each event and
// device, however often it is tried.
type Message struct {
	ID       uint64 // given by the store, growing, never used twice
	Event    string // wallet.Event.ID
	Owner    string
	Device   string
	Category Category
	Urgent   bool
	At       time.Time // of the event
	// ExpiresAt is from when on it is not worth sending.
	ExpiresAt time.Time
	// Attempts counts those that have begun.
	Attempts int
	// NotBefore is when the next attempt may begin.
	NotBefore time.Time
	// Failure of the last attempt, a word of the sender's; "" for none.
	Failure string
}

// Plan is what becomes of an event that leaves the outbox.
type Plan struct {
	// Inbox: it enters the inbox of its owner.
	Inbox bool
	// Messages to devices of its owner.
	Messages []Message
}

// Spread counts what Outbox.Spread has done.
type Spread struct {
	Events int
	// Told are the owners whose inbox has grown, each once.
	Told []string
}

// Outbox is where events wait until they are told.
type Outbox interface {
	// Spread takes up to limit events out of the outbox, oldest first, and
	// stores what plan makes of each, all in one transaction. to are the targets
	// of the event's owner whose session is open at now. An event that cannot be read
	// is put aside and counts as taken. plan may be called again for an event when
	// the store has to retry, so it must have no effect.
	Spread(ctx context.Context, now time.Time, limit int, plan func(e wallet.Event, to []Target) Plan) (Spread, error)
}

// Delivery is a message on its way to a target.
type Delivery struct {
	Message Message
	Target  Target
}

// Claim is what Queue.Claim found.
type Claim struct {
	Deliveries []Delivery
	// Expired are messages that have become dead letters.
	Expired []Message
	// Dropped counts messages to devices that have no target any more.
	Dropped int
}

// Outcome of an attempt.
type Outcome int

const (
	// Again: the message goes back into the queue, as it is given.
	Again Outcome = iota
	// Done: the message leaves the queue.
	Done
	// Dead: it becomes a dead letter.
	Dead
	// Gone: it leaves the queue, and the device has no target any more unless
	// it has registered another since.
	Gone
)

// Settlement is what became of a delivery.
type Settlement struct {
	Delivery Delivery
	Outcome  Outcome
	At       time.Time
}

// Queue is where messages wait until they have been delivered.
type Queue interface {
	// Claim gives up to limit messages that are due at now, with their targets,
	// and counts an attempt of each. Until the moment until nobody else is given them; then they
	// are due again, whatever became of who claimed them. Messages that have
	// expired become dead letters, and those whose device has no target any more
	// are dropped.
	Claim(ctx context.Context, now, until time.Time, limit int) (Claim, error)
	// Settle stores the outcomes of deliveries in one transaction. A message
	// that is not in the queue any more is passed over.
	Settle(ctx context.Context, done []Settlement) error
}

// DeadLetter is a message that was given up.
type DeadLetter struct {
	Message Message // Failure says why
	At      time.Time
}

// Expired is the Failure of a dead letter that was never tried.
const Expired = "expired"

// MaxDeadLetters is how many dead letters are kept; then the oldest are
// forgotten.
const MaxDeadLetters = 10_000

// State is how deliveries stand.
type State struct {
	// Oldest is the moment of the oldest event or message that waits; zero when
	// nothing does.
	Oldest time.Time
	// DeadLetters counts those that are kept.
	DeadLetters int
	// Damaged counts events that could not be read and were put aside.
	Damaged int
}

// Overview is what an operator may ask of the queue.
type Overview interface {
	// DeadLetters returns up to limit dead letters, newest first.
	DeadLetters(ctx context.Context, limit int) ([]DeadLetter, error)
	// PushState tells how deliveries stand.
	PushState(ctx context.Context) (State, error)
}

// Targets is where devices register.
type Targets interface {
	// PutTarget stores the target of a device in place of the one that it had,
	// if its session is open at the moment t.At; otherwise a fault: session.invalid. The same token
	// of the same service is taken from any other device, whoever owns that:
	// an installation of the app belongs to who signed in there last.
	PutTarget(ctx context.Context, t Target) error
	// RemoveTarget forgets the target of a device, if there is one.
	RemoveTarget(ctx context.Context, owner, device string) error
}

// MaxNotices is how many notices of an owner are kept; then the oldest are
// forgotten.
const MaxNotices = 10_000

// Inboxes is where notices are kept.
type Inboxes interface {
	// SessionOpen reports whether this session of the device is open at now.
	// Asking is no use of the session.
	SessionOpen(ctx context.Context, owner, device, session string, now time.Time) (bool, error)
	// Notices returns up to limit notices of the owner whose number is below
	// before (0: from the newest on), newest first.
	Notices(ctx context.Context, owner string, before uint64, limit int) (wallet.Notices, error)
	// NoticesAfter returns up to limit notices of the owner whose number is
	// above after, oldest first. A number that no notice of the owner has yet is
	// a fault: wallet.notice_unknown.
	NoticesAfter(ctx context.Context, owner string, after uint64, limit int) ([]wallet.Notice, error)
	// NewestNotice is the number of the owner's newest notice, 0 for none.
	NewestNotice(ctx context.Context, owner string) (uint64, error)
	// ReadNotices marks the owner's notices up to this number as read, and returns
	// how many are not. Nothing becomes unread. A number that no notice of the owner has
	// yet is a fault: wallet.notice_unknown.
	ReadNotices(ctx context.Context, owner string, upTo uint64) (unread uint64, err error)
}

// Store is all that push needs of storage.
type Store interface {
	Outbox
	Queue
	Overview
	Targets
	Inboxes
}
