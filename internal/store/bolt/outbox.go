package bolt

import (
	"bytes"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

const kindMessage = "message"

// Spread takes up to limit events out of the outbox, oldest first, and stores
// what plan makes of each in the same transaction. One that cannot be read is
// put aside. One call takes at most 1000.
func (s *Store) Spread(ctx context.Context, now time.Time, limit int, plan func(e wallet.Event, to []push.Target) push.Plan) (push.Spread, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return push.Spread{}, err
	}
	// Most of the time nothing waits, and looking needs no write transaction.
	if waiting, err := s.outboxWaiting(ctx); err != nil || !waiting {
		return push.Spread{}, err
	}
	var done push.Spread
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		done = push.Spread{}
		c := tx.Bucket(bucketOutbox).Cursor()
		var taken [][]byte
		for k, v := c.First(); k != nil && len(taken) < limit; k, v = c.Next() {
			taken = append(taken, bytes.Clone(k))
			e, err := waitingEvent(v)
			if err != nil {
				// One that cannot be read must not keep all others from being told.
				if err := put(tx, bucketOutboxDamaged, bytes.Clone(k), bytes.Clone(v)); err != nil {
					return err
				}
				continue
			}
			if err := spread(tx, e, now, plan, &done); err != nil {
				return err
			}
		}
		// Not inside the loop: a cursor loses its place when keys go.
		for _, k := range taken {
			if err := remove(tx, bucketOutbox, k); err != nil {
				return err
			}
		}
		done.Events = len(taken)
		return nil
	})
	if err != nil {
		return push.Spread{}, err
	}
	return done, nil
}

func (s *Store) outboxWaiting(ctx context.Context) (bool, error) {
	waiting := false
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		k, _ := tx.Bucket(bucketOutbox).Cursor().First()
		waiting = k != nil
		return nil
	})
	return waiting, err
}

// waitingEvent reads an event of the outbox that can be stored elsewhere.
func waitingEvent(body []byte) (wallet.Event, error) {
	e, err := decodeEvent(body)
	if err == nil {
		_, err = encodeEvent(e)
	}
	return e, err
}

// spread stores what becomes of one event.
func spread(tx *bbolt.Tx, e wallet.Event, now time.Time, plan func(wallet.Event, []push.Target) push.Plan, done *push.Spread) error {
	to, err := targetsOf(tx, e.Owner, now)
	if err != nil {
		return err
	}
	p := plan(e, to)
	if p.Inbox {
		if err := addNotice(tx, e); err != nil {
			return err
		}
		if !slices.Contains(done.Told, e.Owner) {
			done.Told = append(done.Told, e.Owner)
		}
	}
	for _, m := range p.Messages {
		// A plan is made by us, but a message to somebody else's device must not
		// be possible even by mistake.
		if m.Event != e.ID || m.Owner != e.Owner {
			return fault.New(fault.CodeInternal, "a message is about another event or for somebody else")
		}
		if m.ID, err = nextSequence(tx, bucketMessages); err != nil {
			return err
		}
		if err := putMessage(tx, m); err != nil {
			return err
		}
	}
	return nil
}

// putMessage stores a message that is not in the queue.
func putMessage(tx *bbolt.Tx, m push.Message) error {
	if err := required(kindMessage, m.Event, m.Owner, m.Device, string(m.Category)); err != nil {
		return err
	}
	body, err := encodeMessage(m)
	if err != nil {
		return err
	}
	if err := put(tx, bucketMessages, sequenceKey(m.ID), body); err != nil {
		return err
	}
	return put(tx, bucketMessagesDue, position{at: m.NotBefore, seq: m.ID}.appendTo(nil), []byte{1})
}

func removeMessage(tx *bbolt.Tx, m push.Message) error {
	if err := remove(tx, bucketMessages, sequenceKey(m.ID)); err != nil {
		return err
	}
	return remove(tx, bucketMessagesDue, position{at: m.NotBefore, seq: m.ID}.appendTo(nil))
}

func messageRecordOf(m push.Message) messageRecord {
	return messageRecord{
		header: current, ID: m.ID, Event: m.Event, Owner: m.Owner, Device: m.Device, Category: string(m.Category),
		Urgent: m.Urgent, At: m.At.UTC(), ExpiresAt: m.ExpiresAt.UTC(), Attempts: m.Attempts,
		NotBefore: m.NotBefore.UTC(), Failure: m.Failure,
	}
}

func (r messageRecord) message() push.Message {
	return push.Message{
		ID: r.ID, Event: r.Event, Owner: r.Owner, Device: r.Device, Category: push.Category(r.Category),
		Urgent: r.Urgent, At: r.At, ExpiresAt: r.ExpiresAt, Attempts: r.Attempts, NotBefore: r.NotBefore, Failure: r.Failure,
	}
}

func encodeMessage(m push.Message) ([]byte, error) {
	if err := checkText(kindMessage, m.Event, m.Owner, m.Device, string(m.Category), m.Failure); err != nil {
		return nil, err
	}
	return encode(kindMessage, messageRecordOf(m))
}

func decodeMessage(body []byte) (push.Message, error) {
	r, err := decode[messageRecord](kindMessage, body)
	if err != nil {
		return push.Message{}, err
	}
	return r.message(), nil
}
