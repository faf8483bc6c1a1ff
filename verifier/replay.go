package verifier

import (
	"container/heap"
	"sync"
	"time"
)

// ReplayKey names a presentation. The text or the signature would not do: an
// ECDSA signature (r, s) has a twin (r, n-s) that verifies too.
type ReplayKey struct {
	Key   KeyID
	Token [TokenIDSize]byte
}

// Replay remembers accepted presentations.
type Replay interface {
	// Seen stores the key until the moment given and reports whether it was
	// stored already, in one step: of two showings at once, one is told true.
	Seen(key ReplayKey, until, now time.Time) bool
}

// DefaultReplayEntries bounds the cache in memory; at one scan a second a
// checker holds about 150 at a time.
const DefaultReplayEntries = 1 << 16

// UnsafeAcceptReplays remembers nothing. Only for a caller that keeps its own
// record of (key id, token id).
type UnsafeAcceptReplays struct{}

// Seen is always false.
func (UnsafeAcceptReplays) Seen(ReplayKey, time.Time, time.Time) bool { return false }

// MemoryReplay is a bounded cache in memory.
type MemoryReplay struct {
	mu    sync.Mutex
	limit int
	until map[ReplayKey]time.Time
	queue replayQueue
}

// NewMemoryReplay returns a cache of at most limit entries. When it is full of
// entries that still count, the one that ends first makes room.
func NewMemoryReplay(limit int) *MemoryReplay {
	return &MemoryReplay{limit: max(limit, 1), until: map[ReplayKey]time.Time{}}
}

// Seen implements Replay.
func (m *MemoryReplay) Seen(key ReplayKey, until, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.queue) > 0 && m.queue[0].until.Before(now) {
		m.drop()
	}
	if _, ok := m.until[key]; ok {
		return true
	}
	if len(m.queue) >= m.limit {
		m.drop()
	}
	m.until[key] = until
	heap.Push(&m.queue, replayEntry{key, until})
	return false
}

func (m *MemoryReplay) drop() {
	delete(m.until, heap.Pop(&m.queue).(replayEntry).key)
}

type replayEntry struct {
	key   ReplayKey
	until time.Time
}

// replayQueue orders entries by their end.
type replayQueue []replayEntry

func (q replayQueue) Len() int           { return len(q) }
func (q replayQueue) Less(i, j int) bool { return q[i].until.Before(q[j].until) }
func (q replayQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *replayQueue) Push(x any)        { *q = append(*q, x.(replayEntry)) }
func (q *replayQueue) Pop() any {
	old := *q
	e := old[len(old)-1]
	*q = old[:len(old)-1]
	return e
}
