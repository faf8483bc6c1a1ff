package bolt

import (
	"bytes"
	"context"
	"encoding/base64"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
)

const kindEntry = "history entry"

// History returns up to limit entries, newest first, after the cursor (""
// means from the newest); of entries of the same moment the one that was
// stored last comes first. One call gives at most 1000. A cursor that History
// did not give for this owner is a fault: disclosure.history_cursor_invalid.
func (s *Store) History(ctx context.Context, owner, cursor string, limit int) (disclosure.Page, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return disclosure.Page{}, err
	}
	var page disclosure.Page
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		prefix := joinKey(owner)
		c := tx.Bucket(bucketHistory).Cursor()
		k, v, err := startOfPage(c, prefix, cursor)
		if err != nil {
			return err
		}
		var last []byte
		for ; bytes.HasPrefix(k, prefix) && k != nil; k, v = c.Prev() {
			if len(page.Entries) == limit {
				page.Next = cursorFor(prefix, last)
				return nil
			}
			e, err := decodeEntry(v)
			if err != nil {
				return err
			}
			if e.Reported, err = reportOf(tx, owner, e.ID); err != nil {
				return err
			}
			page.Entries = append(page.Entries, e)
			last = k
		}
		return nil
	})
	if err != nil {
		return disclosure.Page{}, err
	}
	return page, nil
}

// cursorEncoding is strict, so that a place has one spelling.
var cursorEncoding = base64.RawURLEncoding.Strict()

// cursorFor names the place of an entry within its owner's history. The owner
// is not part of it.
func cursorFor(prefix, key []byte) string {
	return cursorEncoding.EncodeToString(key[len(prefix):])
}

// startOfPage moves to the newest entry after the cursor. The cursor must
// name an entry that is there: no other cursor was ever given out, because
// entries are not removed.
func startOfPage(c *bbolt.Cursor, prefix []byte, cursor string) (k, v []byte, err error) {
	if cursor == "" {
		k, v = lastUnder(c, prefix)
		return k, v, nil
	}
	place, ok := parseCursor(cursor)
	if !ok {
		return nil, nil, cursorInvalid()
	}
	key := append(bytes.Clone(prefix), place...)
	if k, _ = c.Seek(key); !bytes.Equal(k, key) {
		return nil, nil, cursorInvalid()
	}
	k, v = c.Prev()
	return k, v, nil
}

// parseCursor gives the key bytes a cursor stands for.
func parseCursor(cursor string) ([]byte, bool) {
	if len(cursor) != cursorEncoding.EncodedLen(positionSize) {
		return nil, false
	}
	place, err := cursorEncoding.DecodeString(cursor)
	return place, err == nil && len(place) == positionSize
}

func cursorInvalid() error {
	return fault.New(fault.CodeHistoryCursorInvalid, "the cursor was not given out for this history")
}

func encodeEntry(e disclosure.Entry) ([]byte, error) {
	if err := required(kindEntry, e.Owner); err != nil {
		return nil, err
	}
	if e.Outcome != disclosure.Shared && e.Outcome != disclosure.Refused {
		return nil, fault.New(fault.CodeInternal, "a history entry has no known outcome")
	}
	if err := checkText(kindEntry, e.ID, e.Owner, e.Device, e.Code, e.Purpose, e.Audience, e.Event); err != nil {
		return nil, err
	}
	var documents []entryDocumentRecord
	for _, d := range e.Documents {
		if err := checkText(kindEntry, append([]string{d.Document, d.Holding, d.Preset}, d.Claims...)...); err != nil {
			return nil, err
		}
		documents = append(documents, entryDocumentRecord(d))
	}
	return encode(kindEntry, entryRecord{
		header: current, ID: e.ID, Owner: e.Owner, Device: e.Device, At: e.At.UTC(), ExpiresAt: e.ExpiresAt.UTC(),
		Outcome: string(e.Outcome), Code: e.Code, Purpose: e.Purpose, Audience: e.Audience,
		Challenge: e.Challenge, Level: e.Level, Event: e.Event, Documents: documents,
	})
}

func decodeEntry(body []byte) (disclosure.Entry, error) {
	r, err := decode[entryRecord](kindEntry, body)
	if err != nil {
		return disclosure.Entry{}, err
	}
	var documents []disclosure.EntryDocument
	for _, d := range r.Documents {
		documents = append(documents, disclosure.EntryDocument(d))
	}
	return disclosure.Entry{
		ID: r.ID, Owner: r.Owner, Device: r.Device, At: r.At, ExpiresAt: r.ExpiresAt,
		Outcome: disclosure.Outcome(r.Outcome), Code: r.Code, Purpose: r.Purpose, Audience: r.Audience,
		Challenge: r.Challenge, Level: r.Level, Event: r.Event, Documents: documents,
	}, nil
}
