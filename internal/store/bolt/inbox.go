package bolt

import (
	"context"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

const kindNotice = "notice"

// addNotice puts an event behind the newest one in the inbox of its owner. The
// event is one that is stored, so it can be.
func addNotice(tx *bbolt.Tx, e wallet.Event) error {
	event, err := encodeEvent(e)
	if err != nil {
		return err
	}
	newest, err := newestNotice(tx, e.Owner)
	if err != nil {
		return err
	}
	newest++
	if newest > push.MaxNotices {
		// Each makes room for itself, so there is at most one that is too old.
		if err := remove(tx, bucketInbox, noticeKey(e.Owner, newest-push.MaxNotices)); err != nil {
			return err
		}
	}
	return put(tx, bucketInbox, noticeKey(e.Owner, newest), event.body)
}

// forgotten is the number of the newest notice that is not kept any more.
func forgotten(newest uint64) uint64 { return newest - min(newest, push.MaxNotices) }

func noticeKey(owner string, number uint64) []byte {
	return binary.BigEndian.AppendUint64(joinKey(owner), number)
}

// newestNotice is the number of the newest notice, 0 for none.
func newestNotice(tx *bbolt.Tx, owner string) (uint64, error) {
	prefix := joinKey(owner)
	k, _ := lastUnder(tx.Bucket(bucketInbox).Cursor(), prefix)
	if k == nil {
		return 0, nil
	}
	return noticeNumber(k[len(prefix):])
}

func noticeNumber(rest []byte) (uint64, error) {
	if len(rest) != sequenceSize {
		return 0, damaged(kindNotice)
	}
	return binary.BigEndian.Uint64(rest), nil
}

// readUpTo is the number up to which notices have been read.
func readUpTo(tx *bbolt.Tx, owner string) (uint64, error) {
	b := tx.Bucket(bucketInboxRead).Get([]byte(owner))
	if b == nil {
		return 0, nil
	}
	return noticeNumber(b)
}

// Notices returns up to limit notices of the owner whose number is below before
// (0: from the newest on), newest first. One call gives at most 1000.
func (s *Store) Notices(ctx context.Context, owner string, before uint64, limit int) (wallet.Notices, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return wallet.Notices{}, err
	}
	var page wallet.Notices
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		newest, err := newestNotice(tx, owner)
		if err != nil {
			return err
		}
		read, err := readUpTo(tx, owner)
		if err != nil {
			return err
		}
		page.Unread = newest - min(max(read, forgotten(newest)), newest)
		from := newest
		if before > 0 {
			from = min(newest, before-1)
		}
		// Numbers have no gaps.
		for n := from; n > forgotten(newest); n-- {
			if len(page.List) == limit {
				page.More = true
				return nil
			}
			notice, err := noticeAt(tx, owner, n, read)
			if err != nil {
				return err
			}
			page.List = append(page.List, notice)
		}
		return nil
	})
	if err != nil {
		return wallet.Notices{}, err
	}
	return page, nil
}

func noticeAt(tx *bbolt.Tx, owner string, number, read uint64) (wallet.Notice, error) {
	body := tx.Bucket(bucketInbox).Get(noticeKey(owner, number))
	if body == nil {
		return wallet.Notice{}, damaged(kindNotice)
	}
	e, err := decodeEvent(body)
	if err != nil {
		return wallet.Notice{}, err
	}
	return wallet.Notice{Number: number, Event: e, Read: number <= read}, nil
}

// NoticesAfter returns up to limit notices of the owner whose number is above
// after, oldest first; wallet.notice_unknown for a number that no notice has
// yet. One call gives at most 1000.
func (s *Store) NoticesAfter(ctx context.Context, owner string, after uint64, limit int) ([]wallet.Notice, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	var found []wallet.Notice
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		newest, err := newestNotice(tx, owner)
		if err != nil {
			return err
		}
		if after > newest {
			return noticeUnknown()
		}
		read, err := readUpTo(tx, owner)
		if err != nil {
			return err
		}
		for n := max(after, forgotten(newest)) + 1; n <= newest && len(found) < limit; n++ {
			notice, err := noticeAt(tx, owner, n, read)
			if err != nil {
				return err
			}
			found = append(found, notice)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// NewestNotice is the number of the owner's newest notice, 0 for none.
func (s *Store) NewestNotice(ctx context.Context, owner string) (uint64, error) {
	var newest uint64
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		var err error
		newest, err = newestNotice(tx, owner)
		return err
	})
	return newest, err
}

// ReadNotices marks the owner's notices up to this number as read, and returns
// how many are not; wallet.notice_unknown for a number that no notice has yet.
func (s *Store) ReadNotices(ctx context.Context, owner string, upTo uint64) (uint64, error) {
	var unread uint64
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		newest, err := newestNotice(tx, owner)
		if err != nil {
			return err
		}
		if upTo > newest {
			return noticeUnknown()
		}
		read, err := readUpTo(tx, owner)
		if err != nil {
			return err
		}
		unread = newest - max(read, upTo, forgotten(newest))
		if upTo <= read {
			return nil
		}
		return put(tx, bucketInboxRead, []byte(owner), sequenceKey(upTo))
	})
	return unread, err
}

func noticeUnknown() error {
	return fault.New(fault.CodeNoticeUnknown, "no notice in the inbox has this number yet")
}
