package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// What a Store is to those who use it.
var (
	_ issuer.Store     = (*Store)(nil)
	_ disclosure.Store = (*Store)(nil)
	_ session.Store    = (*Store)(nil)
	_ wallet.Store     = (*Store)(nil)
	_ status.Store     = (*Store)(nil)
	_ push.Store       = (*Store)(nil)
)

// DefaultLockTimeout is how long Open waits for another process to let go of
// the data file: long enough for a restart, short enough to be told.
const DefaultLockTimeout = time.Second

const (
	fileMode    = 0o600 // the file holds personal data: its owner alone
	othersMode  = 0o077 // any right of the group or of others
	formatBytes = 4
)

// Options of Open. The zero value is what a server wants.
type Options struct {
	// LockTimeout bounds the wait for the lock of the data file;
	// DefaultLockTimeout when zero or less.
	LockTimeout time.Duration
	// Committed is called after each transaction that has put events into the
	// outbox, so that whoever tells them need not wait for the next look. It must
	// not block, nor use the store; may be nil.
	Committed func()
}

// Store keeps everything in one data file. It is safe for concurrent use:
// readers never wait for each other or for a writer, writers queue. A method
// of Store must not be called from inside the function given to Issue: it
// would wait for the transaction it is in.
//
// Every method gives a fault with code service.unavailable once the context
// is cancelled, without touching the data, and after Close.
type Store struct {
	db        *bbolt.DB
	queue     recordQueue
	committed func()
}

// Open opens the data file, or makes a new one with mode 0600; its directory
// must exist. It refuses, with a fault of code service.unavailable whose
// message tells the operator what to do: a file that another process has
// open, a file that the group or others may read or write, a file that is not
// Giayto's, and a file written in a newer format.
func Open(path string, o Options) (*Store, error) {
	timeout := o.LockTimeout
	if timeout <= 0 {
		timeout = DefaultLockTimeout
	}
	options := &bbolt.Options{
		Timeout:      timeout,
		OpenFile:     openPrivate,
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
	}
	info, statErr := os.Stat(path)
	if statErr == nil && info.Size() > 0 {
		if err := checkWhole(path, *options); err != nil {
			return nil, openFault(path, err)
		}
	}
	db, err := bbolt.Open(path, fileMode, options)
	if err != nil {
		return nil, openFault(path, err)
	}
	s := &Store{db: db, committed: o.Committed}
	if err := s.prepare(); err != nil {
		_ = db.Close()
		return nil, err
	}
	if errors.Is(statErr, os.ErrNotExist) {
		if err := syncDir(filepath.Dir(path)); err != nil {
			_ = db.Close()
			return nil, fault.Wrap(err, fault.CodeUnavailable, "the data directory cannot be written to disk")
		}
	}
	return s, nil
}

// Close waits for running transactions and closes the data file. Closing
// twice is harmless.
func (s *Store) Close() error { return s.db.Close() }

// openPrivate opens the file and checks its rights on the open file itself,
// so that it cannot be exchanged between the check and the use.
func openPrivate(name string, flag int, mode os.FileMode) (*os.File, error) {
	f, err := os.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = checkPrivate(name, info.Mode())
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func checkPrivate(name string, mode os.FileMode) error {
	if !mode.IsRegular() {
		return fault.Newf(fault.CodeUnavailable, "%s is not a regular file", name)
	}
	// Windows has no such rights and reports 0666 for every writable file.
	if runtime.GOOS != "windows" && mode.Perm()&othersMode != 0 {
		return fault.Newf(fault.CodeUnavailable,
			"the data file %s is open to others (mode %04o) though it holds personal data: run chmod 600 on it, and look at who has read it",
			name, mode.Perm())
	}
	return nil
}

// checkWhole looks at a file through a reader, which touches nothing but its
// first pages, and compares what they say with the size of the file. A file
// that was cut short (a copy that broke off) would otherwise end the process:
// the database maps it and reads pages that are not there.
func checkWhole(path string, options bbolt.Options) error {
	options.ReadOnly = true
	db, err := bbolt.Open(path, fileMode, &options)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return db.View(func(tx *bbolt.Tx) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Size() < tx.Size() {
			return fault.Newf(fault.CodeUnavailable,
				"the data file %s is cut short: %d bytes of at least %d; restore it from a backup", path, info.Size(), tx.Size())
		}
		return nil
	})
}

// openFault says in an operator's words why the file could not be opened.
func openFault(path string, err error) error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, bbolterrors.ErrTimeout):
		return fault.Wrap(err, fault.CodeUnavailable, "the data directory is in use by another giayto process")
	case errors.Is(err, bbolterrors.ErrInvalid), errors.Is(err, bbolterrors.ErrChecksum),
		errors.Is(err, bbolterrors.ErrVersionMismatch):
		return fault.Wrap(err, fault.CodeUnavailable, fmt.Sprintf("%s is not a data file of giayto, or it is damaged", path))
	default:
		return fault.Wrap(err, fault.CodeUnavailable, fmt.Sprintf("the data file %s cannot be opened: %v", path, err))
	}
}

// syncDir makes a new file's name durable: the file's own fsync does not.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // a directory cannot be opened there
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// prepare makes a new file ready, or checks that an old one is understood.
func (s *Store) prepare() error {
	ready := false
	err := s.db.View(func(tx *bbolt.Tx) error {
		var err error
		ready, err = checkFormat(tx)
		return err
	})
	if err != nil || ready {
		return err
	}
	err = s.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		version := binary.BigEndian.AppendUint32(nil, formatVersion)
		return tx.Bucket(bucketMeta).Put(keyFormat, version)
	})
	if err != nil {
		return fault.Wrap(err, fault.CodeUnavailable, "the data file cannot be prepared")
	}
	return nil
}

// checkFormat tells whether the file is complete as it is; false for an empty
// one. It never touches a file it does not know.
func checkFormat(tx *bbolt.Tx) (ready bool, err error) {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		if k, _ := tx.Cursor().First(); k != nil {
			return false, fault.New(fault.CodeUnavailable, "the data file belongs to another program")
		}
		return false, nil
	}
	version := meta.Get(keyFormat)
	if len(version) != formatBytes {
		return false, fault.New(fault.CodeUnavailable, "the data file does not say its format: it belongs to another program or is damaged")
	}
	if n := binary.BigEndian.Uint32(version); n > formatVersion {
		return false, fault.Newf(fault.CodeUnavailable,
			"the data file has format %d and this giayto knows formats up to %d: update giayto, the file was left as it is", n, formatVersion)
	} else if n == 0 {
		return false, fault.New(fault.CodeUnavailable, "the data file says format 0, which does not exist: it is damaged")
	} else if n < oldestFormat {
		return false, fault.Newf(fault.CodeUnavailable,
			"the data file has format %d of a giayto that was never released: import the registers into a new data folder", n)
	}
	for _, name := range buckets {
		if tx.Bucket(name) == nil {
			return false, fault.Newf(fault.CodeUnavailable, "the data file is damaged: it has no %s", name)
		}
	}
	return true, nil
}
