package disclosure

import (
	"container/heap"
	"sync"
	"time"

	"github.com/giayto/giayto/internal/fault"
)

// Presentation texts hold values, so they are kept in memory only, and no longer
// than until the first call after they have expired.
const (
	// maxLive bounds how many are kept. Beyond it the oldest loses its image;
	// its text, already delivered, stays good.
	maxLive = 1 << 16
	// remember is how long an expired presentation still answers "expired".
	remember = 10 * time.Minute
)

type liveEntry struct {
	id, owner, device, session, text string
	expires                          time.Time
}

// live is the set of presentations whose image can be fetched.
type live struct {
	mu     sync.Mutex
	byID   map[string]*liveEntry
	order  []*liveEntry // by moment of minting
	values soonest      // those that still have their text
}

func newLive() *live { return &live{byID: map[string]*liveEntry{}} }

func (l *live) put(p Presentation, owner, device, session string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	e := &liveEntry{id: p.ID, owner: owner, device: device, session: session, text: p.Text, expires: p.ExpiresAt}
	l.byID[e.id] = e
	l.order = append(l.order, e)
	heap.Push(&l.values, e)
}

// forget drops what a device of the owner has shared, or with "" all of the
// owner's.
func (l *live) forget(owner, device string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, e := range l.byID {
		if e.owner == owner && (device == "" || e.device == device) {
			delete(l.byID, id)
			e.text = ""
		}
	}
}

// sweep forgets what has been expired for a while, the values at once.
func (l *live) sweep(now time.Time) {
	for len(l.order) > 0 && (len(l.order) >= maxLive || now.After(l.order[0].expires.Add(remember))) {
		delete(l.byID, l.order[0].id)
		l.order[0].text = ""
		l.order[0] = nil
		l.order = l.order[1:]
	}
	for len(l.values) > 0 && !now.Before(l.values[0].expires) {
		heap.Pop(&l.values).(*liveEntry).text = ""
	}
}

// text is for the session that asked to share alone: another one of the owner may
// have proved less.
func (l *live) text(owner, session, id string, now time.Time) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	e := l.byID[id]
	if e == nil || e.owner != owner || e.session != session {
		return "", fault.New(fault.CodePresentationUnknown, "no such presentation")
	}
	if !now.Before(e.expires) {
		return "", fault.New(fault.CodePresentationExpired, "the presentation has expired")
	}
	return e.text, nil
}

// soonest is a heap of entries by their end: lifetimes differ, so what was
// minted first does not end first.
type soonest []*liveEntry

func (s soonest) Len() int           { return len(s) }
func (s soonest) Less(i, j int) bool { return s[i].expires.Before(s[j].expires) }
func (s soonest) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

// Push and Pop are for container/heap.
func (s *soonest) Push(e any) { *s = append(*s, e.(*liveEntry)) }

func (s *soonest) Pop() any {
	last := len(*s) - 1
	e := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	return e
}
