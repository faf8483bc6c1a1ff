package bolt

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/giayto/giayto/internal/fault"
)

// view runs f on one consistent state of everything.
func (s *Store) view(ctx context.Context, f func(tx *bbolt.Tx) error) error {
	if err := alive(ctx); err != nil {
		return err
	}
	var inner error
	err := s.db.View(func(tx *bbolt.Tx) error {
		inner = f(tx)
		return inner
	})
	if inner != nil {
		return inner
	}
	return outside(err)
}

// update runs f in the one write transaction there is at a time; an error
// from f keeps nothing. When update has returned nil, all of it is on disk.
func (s *Store) update(ctx context.Context, f func(tx *bbolt.Tx) error) error {
	if err := alive(ctx); err != nil {
		return err
	}
	var inner error
	err := s.db.Update(func(tx *bbolt.Tx) error {
		inner = s.telling(tx, f)
		return inner
	})
	if inner != nil {
		return inner
	}
	return outside(err)
}

// telling runs f, and has Options.Committed called after the commit if f has put
// events into the outbox.
func (s *Store) telling(tx *bbolt.Tx, f func(tx *bbolt.Tx) error) error {
	before := tx.Bucket(bucketOutbox).Sequence()
	err := f(tx)
	if err == nil && s.committed != nil && tx.Bucket(bucketOutbox).Sequence() != before {
		tx.OnCommit(s.committed)
	}
	return err
}

// alive refuses work for somebody who no longer waits for it. A transaction
// that has begun is finished: its answer then is the truth.
func alive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fault.Wrap(err, fault.CodeUnavailable, "the request was given up before it reached the data")
	}
	return nil
}

// outside is the fault for an error of the database around a transaction.
func outside(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bbolterrors.ErrDatabaseNotOpen):
		return fault.Wrap(err, fault.CodeUnavailable, "the data file is closed")
	default:
		return fault.Wrap(err, fault.CodeUnavailable, "the data file could not be read or written")
	}
}

// errWrite marks a write that went wrong after others may have succeeded.
var errWrite = errors.New("write failed")

func writeFault(cause error, what string, bucket []byte) error {
	return fault.Wrap(errors.Join(errWrite, cause), fault.CodeInternal, what+" was refused in "+string(bucket))
}

// put writes one value. An error leaves the transaction to be given up.
func put(tx *bbolt.Tx, bucket, key, value []byte) error {
	if err := tx.Bucket(bucket).Put(key, value); err != nil {
		return writeFault(err, "a write", bucket)
	}
	return nil
}

// remove deletes one key; there may be none.
func remove(tx *bbolt.Tx, bucket, key []byte) error {
	if err := tx.Bucket(bucket).Delete(key); err != nil {
		return writeFault(err, "a delete", bucket)
	}
	return nil
}

// nextSequence numbers a write of the bucket. Numbers are never used twice,
// not even after what they numbered was deleted.
func nextSequence(tx *bbolt.Tx, bucket []byte) (uint64, error) {
	n, err := tx.Bucket(bucket).NextSequence()
	if err != nil {
		return 0, writeFault(err, "a sequence number", bucket)
	}
	return n, nil
}

// damaged says that what is stored does not fit together. It names the kind
// of thing and nothing of its content, which would be personal data.
func damaged(kind string) error {
	return fault.Newf(fault.CodeInternal, "a stored %s cannot be read: the data file is damaged", kind)
}

// maxIdentifier bounds an identifier in bytes. Identifiers of the domain have
// 26; what is far longer is a mistake, and the database refuses keys beyond 32
// KiB only when others may share the transaction.
const maxIdentifier = 1024

// required refuses an identifier that is empty, and would name nothing, or too
// long.
func required(kind string, ids ...string) error {
	for _, id := range ids {
		if id == "" {
			return fault.Newf(fault.CodeInternal, "a %s lacks an identifier", kind)
		}
		if len(id) > maxIdentifier {
			return fault.Newf(fault.CodeInternal, "a %s has an identifier of more than %d bytes", kind, maxIdentifier)
		}
	}
	return nil
}
