package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
)

// Claim gives up to limit messages that are due at now, with their targets, and
// counts an attempt of each; until the moment until they are not due again.
// Messages that have expired become dead letters, and those without a target
// are dropped. One call looks at no more than 1000 messages.
func (s *Store) Claim(ctx context.Context, now, until time.Time, limit int) (push.Claim, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return push.Claim{}, err
	}
	if !until.After(now) {
		return push.Claim{}, fault.New(fault.CodeInternal, "messages are claimed for no time")
	}
	if due, err := s.messagesDue(ctx, now); err != nil || !due {
		return push.Claim{}, err
	}
	var claim push.Claim
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		claim = push.Claim{}
		due, err := dueMessages(tx, now, limit)
		if err != nil {
			return err
		}
		for _, m := range due {
			if err := claimMessage(tx, m, now, until, &claim); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return push.Claim{}, err
	}
	return claim, nil
}

func (s *Store) messagesDue(ctx context.Context, now time.Time) (bool, error) {
	due := false
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		k, _ := tx.Bucket(bucketMessagesDue).Cursor().First()
		due = k != nil && bytes.Compare(k, afterMoment(now)) < 0
		return nil
	})
	return due, err
}

// afterMoment sorts after every position of the moment and before later ones.
func afterMoment(at time.Time) []byte {
	return position{at: at.Add(time.Nanosecond)}.appendTo(nil)
}

// dueMessages reads the queue from its front.
func dueMessages(tx *bbolt.Tx, now time.Time, limit int) ([]push.Message, error) {
	var due []push.Message
	end := afterMoment(now)
	c := tx.Bucket(bucketMessagesDue).Cursor()
	for k, _ := c.First(); k != nil && bytes.Compare(k, end) < 0 && len(due) < limit; k, _ = c.Next() {
		if len(k) != positionSize {
			return nil, damaged(kindMessage)
		}
		body := tx.Bucket(bucketMessages).Get(k[momentSize:])
		if body == nil {
			return nil, damaged(kindMessage) // the index names what is not there
		}
		m, err := decodeMessage(body)
		if err != nil {
			return nil, err
		}
		if m.ID != binary.BigEndian.Uint64(k[momentSize:]) {
			return nil, damaged(kindMessage)
		}
		due = append(due, m)
	}
	return due, nil
}

func claimMessage(tx *bbolt.Tx, m push.Message, now, until time.Time, claim *push.Claim) error {
	if err := removeMessage(tx, m); err != nil {
		return err
	}
	if !now.Before(m.ExpiresAt) {
		if m.Failure == "" {
			m.Failure = push.Expired
		}
		claim.Expired = append(claim.Expired, m)
		return addDeadLetter(tx, push.DeadLetter{Message: m, At: now})
	}
	target, found, err := targetOf(tx, m.Owner, m.Device, now)
	if err != nil {
		return err
	}
	if !found {
		claim.Dropped++
		return nil
	}
	m.Attempts++
	m.NotBefore = until
	claim.Deliveries = append(claim.Deliveries, push.Delivery{Message: m, Target: target})
	return putMessage(tx, m)
}

// Settle stores the outcomes of deliveries in one transaction. A message that
// is not in the queue any more is passed over.
func (s *Store) Settle(ctx context.Context, done []push.Settlement) error {
	if len(done) == 0 {
		return nil
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		for _, d := range done {
			if err := settle(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

func settle(tx *bbolt.Tx, d push.Settlement) error {
	if d.Outcome == push.Gone {
		if err := removeSameTarget(tx, d.Delivery.Target); err != nil {
			return err
		}
	}
	m := d.Delivery.Message
	body := tx.Bucket(bucketMessages).Get(sequenceKey(m.ID))
	if body == nil {
		return nil
	}
	stored, err := decodeMessage(body)
	if err != nil {
		return err
	}
	if stored.Event != m.Event || stored.Owner != m.Owner || stored.Device != m.Device {
		return fault.New(fault.CodeInternal, "a delivery is settled as another")
	}
	if err := removeMessage(tx, stored); err != nil {
		return err
	}
	switch d.Outcome {
	case push.Done, push.Gone:
		return nil
	case push.Again:
		// What was claimed again since counts its own attempts.
		m.Attempts = max(m.Attempts, stored.Attempts)
		return putMessage(tx, m)
	case push.Dead:
		return addDeadLetter(tx, push.DeadLetter{Message: m, At: d.At})
	default:
		return fault.New(fault.CodeInternal, "a delivery has no known outcome")
	}
}

// addDeadLetter forgets the oldest dead letters beyond push.MaxDeadLetters.
func addDeadLetter(tx *bbolt.Tx, d push.DeadLetter) error {
	seq, err := nextSequence(tx, bucketDeadLetters)
	if err != nil {
		return err
	}
	body, err := encode(kindMessage, deadLetterRecord{messageRecord: messageRecordOf(d.Message), DiedAt: d.At.UTC()})
	if err != nil {
		return err
	}
	if err := put(tx, bucketDeadLetters, sequenceKey(seq), body); err != nil {
		return err
	}
	if seq <= push.MaxDeadLetters {
		return nil
	}
	// Each makes room for itself, so there is at most one that is too old.
	return remove(tx, bucketDeadLetters, sequenceKey(seq-push.MaxDeadLetters))
}

// DeadLetters returns up to limit dead letters, newest first. One call gives at
// most 1000.
func (s *Store) DeadLetters(ctx context.Context, limit int) ([]push.DeadLetter, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	var found []push.DeadLetter
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketDeadLetters).Cursor()
		for k, v := c.Last(); k != nil && len(found) < limit; k, v = c.Prev() {
			r, err := decode[deadLetterRecord](kindMessage, v)
			if err != nil {
				return err
			}
			found = append(found, push.DeadLetter{Message: r.message(), At: r.DiedAt})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// PushState tells how deliveries stand.
func (s *Store) PushState(ctx context.Context) (push.State, error) {
	var state push.State
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		if _, v := tx.Bucket(bucketOutbox).Cursor().First(); v != nil {
			if e, err := waitingEvent(v); err == nil { // or Spread puts it aside
				state.Oldest = e.At
			}
		}
		state.Damaged = tx.Bucket(bucketOutboxDamaged).Stats().KeyN
		if _, v := tx.Bucket(bucketMessages).Cursor().First(); v != nil {
			m, err := decodeMessage(v)
			if err != nil {
				return err
			}
			if state.Oldest.IsZero() || m.At.Before(state.Oldest) {
				state.Oldest = m.At
			}
		}
		first, _ := tx.Bucket(bucketDeadLetters).Cursor().First()
		last, _ := tx.Bucket(bucketDeadLetters).Cursor().Last()
		if first != nil { // numbered without gaps
			state.DeadLetters = int(binary.BigEndian.Uint64(last)-binary.BigEndian.Uint64(first)) + 1
		}
		return nil
	})
	return state, err
}
