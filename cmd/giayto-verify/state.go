package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/verifier/credential"
)

// state is what a checker remembers between two checks, in a file: the stamp of
// the newest trust list and of the newest status, the roots that it has learned to
// trust, and the accepted presentations until they expire. Two checks at once take
// turns by the file's lock.
type state struct {
	db     *bbolt.DB
	failed error
}

// Buckets and keys of the file.
var (
	bucketSeen   = []byte("seen")   // key id + token id -> seconds until it may be forgotten
	bucketTrust  = []byte("trust")  // thumbprint of a root -> version + digest
	bucketRoots  = []byte("roots")  // thumbprint of the pinned root -> JWKs of those to trust now
	bucketStatus = []byte("status") // thumbprint of the pinned root -> moment in seconds + digest
)

// stateLock is how long a check waits for another one with the same file.
const stateLock = 5 * time.Second

// errDamaged says that the file is no state, or no longer one.
var errDamaged = errors.New("not a state file, or a damaged one")

// withState opens the file, makes the check and closes the file. The error is
// about the file. bbolt trusts its pages: in a damaged file it panics or reads
// outside of the mapping, and neither may look like a verdict.
func withState(path string, check func(*state)) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if trip := recover(); trip != nil {
			err = fmt.Errorf("--state %s: %w", path, errDamaged)
		}
	}()
	s, err := openState(path)
	if err != nil {
		return err
	}
	check(s)
	return s.close()
}

func openState(path string) (*state, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: stateLock})
	if err != nil {
		return nil, fmt.Errorf("--state %s: %w", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, seenErr := tx.CreateBucketIfNotExists(bucketSeen)
		_, trustErr := tx.CreateBucketIfNotExists(bucketTrust)
		_, rootsErr := tx.CreateBucketIfNotExists(bucketRoots)
		_, statusErr := tx.CreateBucketIfNotExists(bucketStatus)
		return errors.Join(seenErr, trustErr, rootsErr, statusErr)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--state %s: %w", path, err), db.Close())
	}
	return &state{db: db}, nil
}

// acceptStatus remembers the snapshot as the newest of this root, or refuses it
// as a rollback.
func (s *state) acceptStatus(status *credential.Status, root *verifier.Key) error {
	var refusal error
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b, name, stamp := tx.Bucket(bucketStatus), []byte(root.Thumbprint), status.Stamp()
		if raw := b.Get(name); raw != nil {
			if len(raw) != stampSize {
				return errDamaged // forgetting it would let an older one in
			}
			older := credential.Stamp{IssuedAt: time.Unix(int64(binary.BigEndian.Uint64(raw)), 0)}
			copy(older.Digest[:], raw[8:])
			if refusal = status.Supersedes(older); refusal != nil {
				return nil
			}
		}
		return b.Put(name, append(binary.BigEndian.AppendUint64(nil, uint64(stamp.IssuedAt.Unix())), stamp.Digest[:]...))
	})
	s.failed = errors.Join(s.failed, err)
	return refusal
}

// Seen implements verifier.Replay.
func (s *state) Seen(key verifier.ReplayKey, until, now time.Time) bool {
	name := append(key.Key[:], key.Token[:]...)
	seen := false
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketSeen)
		if err := forget(b, now); err != nil {
			return err
		}
		if seen = b.Get(name) != nil; seen {
			return nil
		}
		return b.Put(name, binary.BigEndian.AppendUint64(nil, uint64(until.Unix())))
	})
	s.failed = errors.Join(s.failed, err)
	return seen || err != nil
}

// forget drops presentations that can no longer be accepted anyway.
func forget(b *bbolt.Bucket, now time.Time) error {
	cursor := b.Cursor()
	for name, until := cursor.First(); name != nil; name, until = cursor.Next() {
		if len(until) != 8 || int64(binary.BigEndian.Uint64(until)) < now.Unix() {
			if err := cursor.Delete(); err != nil {
				return err
			}
		}
	}
	return nil
}

// close reports whatever went wrong with the file.
func (s *state) close() error {
	if err := errors.Join(s.failed, s.db.Close()); err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	return nil
}
