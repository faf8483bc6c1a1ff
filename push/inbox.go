package push

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Limits of following inboxes.
const (
	// MaxFollowers is how many follow at the same time.
	MaxFollowers = 4000
	// MaxFollowersOfOne is how many of them follow the inbox of one citizen. One
	// more ends the oldest: it may be a connection that a phone lost long ago
	// without our knowing, and must not keep that phone out.
	MaxFollowersOfOne = 8
	// Heartbeat is how long a follower hears nothing at most.
	Heartbeat = 15 * time.Second
	// followBatch is how many notices a follower is given at a time.
	followBatch = 50
)

// Inbox shows citizens their notices. It is safe for concurrent use.
type Inbox struct {
	store     Inboxes
	now       func() time.Time
	heartbeat time.Duration

	mu        sync.Mutex
	followers map[string][]*follower // by owner, oldest first
	count     int
}

// follower is somebody who follows an inbox.
type follower struct {
	wake  func()
	woken <-chan struct{}
	// replaced is closed when a newer one has taken the place.
	replaced chan struct{}
}

// NewInbox returns an inbox; heartbeat is Heartbeat but in tests.
func NewInbox(store Inboxes, now func() time.Time, heartbeat time.Duration) *Inbox {
	return &Inbox{store: store, now: now, heartbeat: heartbeat, followers: map[string][]*follower{}}
}

// List returns up to limit notices of the owner whose number is below before (0:
// from the newest on), newest first; wallet.MaxNotices when the limit is not
// within 1 and that.
func (i *Inbox) List(ctx context.Context, owner string, before uint64, limit int) (wallet.Notices, error) {
	if limit < 1 || limit > wallet.MaxNotices {
		limit = wallet.MaxNotices
	}
	return i.store.Notices(ctx, owner, before, limit)
}

// Read marks the owner's notices up to this number as read, and returns how
// many are not. Fault: wallet.notice_unknown for a number that is not there yet.
func (i *Inbox) Read(ctx context.Context, owner string, upTo uint64) (unread uint64, err error) {
	return i.store.ReadNotices(ctx, owner, upTo)
}

// Tell wakes who follows the inbox of the owner. It never blocks.
func (i *Inbox) Tell(owner string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, f := range i.followers[owner] {
		f.wake()
	}
}

// Follow admits a device that follows the inbox of its owner in a session, from
// behind a number on, or, if that is nil, from now on. run gives each the
// notices, oldest first, as they arrive, and none when it has been quiet for a
// heartbeat. It asks for the session before each of them, so that who was
// signed out is told nothing more. It ends with nil when the context ends or
// MaxFollowersOfOne newer ones follow the same inbox, with session.invalid, or
// with the error of each or of the store. run must be called, once.
//
// Faults: wallet.notice_unknown for a number that is not there yet,
// service.unavailable when MaxFollowers follow.
func (i *Inbox) Follow(ctx context.Context, owner, device, session string, after *uint64) (run func(ctx context.Context, each func([]wallet.Notice) error) error, err error) {
	var from uint64
	if after == nil {
		from, err = i.store.NewestNotice(ctx, owner)
	} else {
		from = *after
		_, err = i.store.NoticesAfter(ctx, owner, from, 1)
	}
	if err != nil {
		return nil, err
	}
	f, err := i.enter(owner)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, each func([]wallet.Notice) error) error {
		defer i.leave(owner, f)
		return i.follow(ctx, owner, from, f, func(list []wallet.Notice) error {
			open, err := i.store.SessionOpen(ctx, owner, device, session, i.now())
			if err == nil && !open {
				err = fault.New(fault.CodeSessionInvalid, "the session has ended")
			}
			if err != nil {
				return err
			}
			return each(list)
		})
	}, nil
}

func (i *Inbox) follow(ctx context.Context, owner string, from uint64, f *follower, each func([]wallet.Notice) error) error {
	quiet := time.NewTimer(i.heartbeat)
	defer quiet.Stop()
	for {
		notices, err := i.store.NoticesAfter(ctx, owner, from, followBatch)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if len(notices) > 0 {
			if err := each(notices); err != nil {
				return err
			}
			from = notices[len(notices)-1].Number
			quiet.Reset(i.heartbeat)
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-f.replaced:
			return nil
		case <-f.woken:
		case <-quiet.C:
			if err := each(nil); err != nil {
				return err
			}
			quiet.Reset(i.heartbeat)
		}
	}
}

func (i *Inbox) enter(owner string) (*follower, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if all := i.followers[owner]; len(all) >= MaxFollowersOfOne {
		close(all[0].replaced)
		i.remove(owner, all[0])
	}
	if i.count >= MaxFollowers {
		return nil, fault.New(fault.CodeUnavailable, "too many follow inboxes")
	}
	f := &follower{replaced: make(chan struct{})}
	f.wake, f.woken = Wake()
	i.followers[owner] = append(i.followers[owner], f)
	i.count++
	return f, nil
}

func (i *Inbox) leave(owner string, f *follower) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.remove(owner, f)
}

// remove takes a follower out, unless it is out already.
func (i *Inbox) remove(owner string, f *follower) {
	at := slices.Index(i.followers[owner], f)
	if at < 0 {
		return
	}
	i.followers[owner] = slices.Delete(i.followers[owner], at, at+1)
	if len(i.followers[owner]) == 0 {
		delete(i.followers, owner)
	}
	i.count--
}
