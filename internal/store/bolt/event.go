package bolt

import (
	"bytes"
	"context"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

const kindEvent = "event"

// maxPage bounds what one call of Events or History reads, whatever the
// caller's limit: a reader holds back the reuse of pages in the file.
const maxPage = 1000

// Events returns up to limit events of the owner, newest first; of events of
// the same moment the one that was stored last comes first. One call gives at
// most 1000.
func (s *Store) Events(ctx context.Context, owner string, limit int) ([]wallet.Event, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	var found []wallet.Event
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		prefix := joinKey(owner)
		c := tx.Bucket(bucketEvents).Cursor()
		for k, v := lastUnder(c, prefix); bytes.HasPrefix(k, prefix) && len(found) < limit; k, v = c.Prev() {
			e, err := decodeEvent(v)
			if err != nil {
				return err
			}
			found = append(found, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// pageLimit bounds the limit of a caller.
func pageLimit(limit int) (int, error) {
	if limit < 1 {
		return 0, fault.New(fault.CodeInternal, "a page of no entries was asked for")
	}
	return min(limit, maxPage), nil
}

// encodedEvent is an event that has passed every check and can be written.
type encodedEvent struct {
	owner string
	at    time.Time
	body  []byte
}

func encodeEvent(e wallet.Event) (encodedEvent, error) {
	if err := required(kindEvent, e.ID, e.Owner, string(e.Kind)); err != nil {
		return encodedEvent{}, err
	}
	if err := checkText(kindEvent, e.ID, e.Owner, string(e.Kind), e.Document, e.Holding, e.Device, e.Passkey, e.Code, e.Presentation); err != nil {
		return encodedEvent{}, err
	}
	body, err := encode(kindEvent, eventRecord{
		header: current, ID: e.ID, Owner: e.Owner, Kind: string(e.Kind),
		Document: e.Document, Holding: e.Holding, Device: e.Device, Passkey: e.Passkey, Code: e.Code, Presentation: e.Presentation, At: e.At.UTC(),
	})
	return encodedEvent{owner: e.Owner, at: e.At, body: body}, err
}

// addEvent writes the event for its owner and, under a number that grows in
// commit order, for whoever delivers events.
func addEvent(tx *bbolt.Tx, e encodedEvent) error {
	seq, err := nextSequence(tx, bucketOutbox)
	if err != nil {
		return err
	}
	key := position{at: e.at, seq: seq}.appendTo(joinKey(e.owner))
	if err := put(tx, bucketEvents, key, e.body); err != nil {
		return err
	}
	return put(tx, bucketOutbox, sequenceKey(seq), e.body)
}

func decodeEvent(body []byte) (wallet.Event, error) {
	r, err := decode[eventRecord](kindEvent, body)
	if err != nil {
		return wallet.Event{}, err
	}
	return wallet.Event{
		ID: r.ID, Owner: r.Owner, Kind: wallet.EventKind(r.Kind),
		Document: r.Document, Holding: r.Holding, Device: r.Device, Passkey: r.Passkey, Code: r.Code, Presentation: r.Presentation, At: r.At,
	}, nil
}
