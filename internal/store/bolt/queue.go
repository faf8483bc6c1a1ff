package bolt

import (
	"context"
	"errors"
	"sync"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/wallet"
)

// maxGroup bounds how many entries one transaction writes, so that the first
// of them does not wait for an endless stream of others.
const maxGroup = 512

// recordQueue lets entries that arrive while a transaction is being written
// share the next one, and with it the fsync, which is nearly all a
// transaction costs. (bbolt's own Batch makes a lone entry wait for company;
// here nobody waits unless the disk is busy, and the entry that is refused
// does not make the others run again.)
type recordQueue struct {
	mu      sync.Mutex
	waiting []*recording
	running bool // whether drain is
}

// recording is an entry on its way to the disk.
type recording struct {
	entry disclosure.Entry
	body  []byte
	told  encodedEvent // for the owner's other devices; zero for none
	done  chan error   // takes one answer
}

// Record stores an entry, in one transaction with the check that every
// holding it names is still active and the owner's, and that nothing stands
// against it; otherwise it stores nothing and returns a fault:
// wallet.credential_unknown, that of disclosure.Against, or where the entry names a
// session that is not open or whose device is frozen, session.invalid or
// device.frozen. A refused entry is
// stored without that check. The event of a shared entry is stored with it if
// another device of the owner is in use. When Record has returned nil, the entry is on
// the disk. Entries recorded at the same time share a transaction.
func (s *Store) Record(ctx context.Context, e disclosure.Entry) error {
	if err := alive(ctx); err != nil {
		return err
	}
	body, err := encodeEntry(e)
	if err != nil {
		return err
	}
	r := &recording{entry: e, body: body, done: make(chan error, 1)}
	if e.Outcome == disclosure.Shared && e.Event != "" {
		if r.told, err = encodeEvent(minted(e)); err != nil {
			return err
		}
	}
	if s.queue.add(r) {
		go s.drain()
	}
	return <-r.done
}

// drain writes what waits until nothing does. There is at most one.
func (s *Store) drain() {
	for {
		var group []*recording
		var faults []error
		err := s.db.Update(func(tx *bbolt.Tx) error {
			// Taken only now that the write lock is held: whoever arrived
			// while another transaction was running is in this one.
			group = s.queue.take()
			return s.telling(tx, func(tx *bbolt.Tx) error {
				var err error
				faults, err = recordAll(tx, group)
				return err
			})
		})
		if errors.Is(err, errNothingWritten) {
			err = nil
		}
		if group == nil { // the transaction could not begin
			group = s.queue.take()
			faults = make([]error, len(group))
		}
		for i, r := range group {
			if err != nil {
				r.done <- recordFault(err)
			} else {
				r.done <- faults[i]
			}
		}
		if s.queue.idle() {
			return
		}
	}
}

// errNothingWritten rolls a transaction back that has nothing to write.
var errNothingWritten = errors.New("nothing written")

// recordAll writes the entries that pass, and gives each one's fault. Each is
// checked before anything of it is written, so that a refused one leaves
// nothing for the others to be undone with.
func recordAll(tx *bbolt.Tx, group []*recording) (faults []error, err error) {
	faults = make([]error, len(group))
	written := 0
	for i, r := range group {
		if faults[i] = stillShareable(tx, r.entry); faults[i] != nil {
			continue
		}
		seq, err := nextSequence(tx, bucketHistory)
		if err != nil {
			return nil, err
		}
		key := position{at: r.entry.At, seq: seq}.appendTo(joinKey(r.entry.Owner))
		if err := put(tx, bucketHistory, key, r.body); err != nil {
			return nil, err
		}
		if err := tellOthers(tx, r.entry, r.told); err != nil {
			return nil, err
		}
		written++
	}
	if written == 0 {
		return faults, errNothingWritten
	}
	return faults, nil
}

// minted is the event of a shared entry.
func minted(e disclosure.Entry) wallet.Event {
	return wallet.Event{ID: e.Event, Owner: e.Owner, Kind: wallet.PresentationMinted, Device: e.Device, Presentation: e.ID, At: e.At}
}

// tellOthers stores the event of an entry, if there is one and another device
// than the entry's is in use.
func tellOthers(tx *bbolt.Tx, e disclosure.Entry, told encodedEvent) error {
	if told.body == nil {
		return nil
	}
	others, err := otherInUse(tx, e.Owner, e.Device)
	if err != nil || !others {
		return err
	}
	return addEvent(tx, told)
}

// stillShareable is the fault for a shared entry that names a holding which is
// not active or not the owner's, or against which something stands, or for one by
// a session that has ended since it asked, such as on a lost phone.
func stillShareable(tx *bbolt.Tx, e disclosure.Entry) error {
	if e.Outcome != disclosure.Shared {
		return nil
	}
	if e.Session != "" {
		asking, err := openSession(tx, e.Owner, e.Session, e.At)
		if err != nil {
			return err
		}
		if asking.Device != e.Device {
			return sessionInvalid()
		}
	}
	lock, err := lockOf(tx, e.Owner)
	if err != nil {
		return err
	}
	for i, d := range e.Documents {
		if !isActive(tx, e.Owner, d.Holding) {
			return holdingUnknown()
		}
		standing, err := standingOf(tx, d.Holding)
		if err == nil {
			err = disclosure.Against(wallet.Holding{Standing: standing, Lock: lock}, i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recordFault tells a failed write, which is a fault already, from a
// transaction that could not begin or end.
func recordFault(err error) error {
	if errors.Is(err, errWrite) {
		return err
	}
	return outside(err)
}

// add queues an entry; true if the caller has to start drain.
func (q *recordQueue) add(r *recording) (start bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
	start = !q.running
	q.running = true
	return start
}

// take gives the entries that have waited longest.
func (q *recordQueue) take() []*recording {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), maxGroup)
	group := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return group
}

// idle ends drain if nothing waits.
func (q *recordQueue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) > 0 {
		return false
	}
	q.waiting = nil
	q.running = false
	return true
}
