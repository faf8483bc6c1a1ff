package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/wallet"
)

// The store's own limits and the version of its layout.
const (
	FormatVersion = formatVersion
	MaxGroup      = maxGroup
	MaxPage       = maxPage
)

// Waiting is the number of entries that wait for the write lock.
func (s *Store) Waiting() int {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return len(s.queue.waiting)
}

// JoinKey and ParseCursor are the parts that tests look at from outside.
var (
	JoinKey     = joinKey
	LastPart    = lastPart
	ParseCursor = parseCursor
)

// Outbox reads the events in the order in which they will be delivered.
func (s *Store) Outbox() ([]wallet.Event, error) {
	var all []wallet.Event
	err := s.view(context.Background(), func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketOutbox).ForEach(func(_, v []byte) error {
			e, err := decodeEvent(v)
			all = append(all, e)
			return err
		})
	})
	return all, err
}

// Device reads a device.
func (s *Store) Device(owner, id string) (wallet.Device, error) {
	var d wallet.Device
	err := s.view(context.Background(), func(tx *bbolt.Tx) error {
		var err error
		d, err = deviceByID(tx, owner, id)
		return err
	})
	return d, err
}

// Put writes bytes past every check, as damage or another program would.
func (s *Store) Put(bucket, key string, value []byte) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte(bucket))
		if err != nil {
			return err
		}
		return b.Put([]byte(key), value)
	})
}

// Get reads the bytes at rest.
func (s *Store) Get(bucket, key string) (value []byte) {
	_ = s.db.View(func(tx *bbolt.Tx) error {
		value = append(value, tx.Bucket([]byte(bucket)).Get([]byte(key))...)
		return nil
	})
	return value
}

// Delete removes the bytes at rest.
func (s *Store) Delete(bucket, key string) error {
	return s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Delete([]byte(key)) })
}

// StatusKey is the key of a list, or of a part or an entry of it.
func StatusKey(agency string, numbers ...int) string { return string(statusKey(agency, numbers...)) }

// DropBucket removes a bucket, as damage would.
func (s *Store) DropBucket(name string) error {
	return s.db.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(name)) })
}

// Check holds the file to its own rules: the pages of the database, and every
// index against the records it leads to, in both directions.
func (s *Store) Check() error {
	return s.db.View(func(tx *bbolt.Tx) error {
		var errs []error
		for err := range tx.Check() {
			errs = append(errs, err)
		}
		return errors.Join(append(errs, checkHoldings(tx), checkStatus(tx), checkCitizens(tx), checkEvents(tx), checkPush(tx), checkSessions(tx))...)
	})
}

func checkHoldings(tx *bbolt.Tx) error {
	active, dues, reminders := 0, 0, 0
	err := tx.Bucket(bucketHoldings).ForEach(func(k, _ []byte) error {
		h, err := holdingByID(tx, string(k))
		if err != nil {
			return err
		}
		byOwner := string(tx.Bucket(bucketActiveByOwner).Get(joinKey(h.Owner, h.ID)))
		byRecord := string(tx.Bucket(bucketActiveByRecord).Get(joinKey(h.Document, h.RecordKey, h.ID)))
		if h.State == wallet.Active {
			active++
			if !h.RemindAt.IsZero() {
				reminders++
				if tx.Bucket(bucketRemindersDue).Get(dueKey(h.RemindAt, h.ID)) == nil {
					return fmt.Errorf("the reminder of holding %s is not due at its moment", h.ID)
				}
			}
			if byOwner != h.Document || byRecord != h.Owner {
				return fmt.Errorf("active holding %s is indexed as %q and %q", h.ID, byOwner, byRecord)
			}
			if d := tx.Bucket(bucketDue).Get(dueKey(h.CredentialExpiresAt, h.ID)); d != nil && !h.CredentialExpiresAt.Before(h.ExpiresAt) {
				return fmt.Errorf("holding %s is due though its credential lasts", h.ID)
			} else if d != nil {
				dues++
			}
		} else if byOwner != "" || byRecord != "" {
			return fmt.Errorf("ended holding %s is indexed as %q and %q", h.ID, byOwner, byRecord)
		}
		_, err = citizenByID(tx, h.Owner)
		return err
	})
	if n := tx.Bucket(bucketDue).Stats().KeyN; err == nil && n != dues {
		err = fmt.Errorf("%d credentials are due, and %d of active holdings", n, dues)
	}
	for _, index := range [][]byte{bucketReminders, bucketRemindersDue} {
		if n := tx.Bucket(index).Stats().KeyN; err == nil && n != reminders {
			err = fmt.Errorf("%s has %d keys for %d reminders of active holdings", index, n, reminders)
		}
	}
	for _, index := range [][]byte{bucketActiveByOwner, bucketActiveByRecord} {
		if n := tx.Bucket(index).Stats().KeyN; err == nil && n != active {
			err = fmt.Errorf("%s has %d keys for %d active holdings", index, n, active)
		}
	}
	return err
}

// checkStatus: every list counts right; what has a place has it alone, and what
// is marked is somebody's.
func checkStatus(tx *bbolt.Tx) error {
	users := map[string]string{}
	err := tx.Bucket(bucketHoldings).ForEach(func(k, _ []byte) error {
		h, err := holdingByID(tx, string(k))
		if err != nil || h.Status.List == 0 {
			return err
		}
		key := string(statusKey(h.Agency, h.Status.List, h.Status.Index))
		if other := users[key]; other != "" {
			return fmt.Errorf("%s and %s have one place", h.ID, other)
		}
		users[key] = h.ID
		return wantTaken(tx, h.Agency, h.Status)
	})
	if err != nil {
		return err
	}
	marked := 0
	err = tx.Bucket(bucketStatusLists).ForEach(func(k, _ []byte) error {
		number, _ := lastNumber(k)
		agency, err := lastPart(k[:len(k)-4])
		if err != nil {
			return err
		}
		l, err := statusListOf(tx, agency, number)
		if err != nil {
			return err
		}
		entries, err := readStatusList(tx, l)
		marked += len(entries)
		return err
	})
	if n := tx.Bucket(bucketStatuses).Stats().KeyN; err == nil && n != marked {
		err = fmt.Errorf("%d entries, %d in lists", n, marked)
	}
	return err
}

func checkCitizens(tx *bbolt.Tx) error {
	numbers := 0
	err := tx.Bucket(bucketCitizenByNumber).ForEach(func(number, id []byte) error {
		numbers++
		c, err := citizenByID(tx, string(id))
		if err == nil && c.Number != string(number) {
			err = fmt.Errorf("citizen %s is indexed under a number that is not theirs", id)
		}
		return err
	})
	if n := tx.Bucket(bucketCitizens).Stats().KeyN; err == nil && n != numbers {
		err = fmt.Errorf("%d numbers for %d citizens", numbers, n)
	}
	return err
}

// checkEvents: what is in the outbox or in an inbox is an event of its owner;
// numbers in an inbox have no gaps.
func checkEvents(tx *bbolt.Tx) error {
	events, outbox := tx.Bucket(bucketEvents).Stats().KeyN, tx.Bucket(bucketOutbox).Stats().KeyN
	if events < outbox {
		return fmt.Errorf("%d events and %d in the outbox", events, outbox)
	}
	last := map[string]uint64{}
	return tx.Bucket(bucketInbox).ForEach(func(k, v []byte) error {
		e, err := decodeEvent(v)
		if err != nil {
			return err
		}
		last[e.Owner]++
		if want := noticeKey(e.Owner, last[e.Owner]); string(k) != string(want) {
			return fmt.Errorf("notice %d of %s has the key %x", last[e.Owner], e.Owner, k)
		}
		return nil
	})
}

// checkPush: a message is due once, and a token leads to its target and back.
func checkPush(tx *bbolt.Tx) error {
	messages := 0
	err := tx.Bucket(bucketMessages).ForEach(func(k, v []byte) error {
		messages++
		m, err := decodeMessage(v)
		if err != nil {
			return err
		}
		if string(k) != string(sequenceKey(m.ID)) || tx.Bucket(bucketMessagesDue).Get(position{at: m.NotBefore, seq: m.ID}.appendTo(nil)) == nil {
			return fmt.Errorf("message %d is not due at its moment", m.ID)
		}
		return nil
	})
	if n := tx.Bucket(bucketMessagesDue).Stats().KeyN; err == nil && n != messages {
		err = fmt.Errorf("%d messages and %d due", messages, n)
	}
	if err != nil {
		return err
	}
	targets := 0
	err = tx.Bucket(bucketTargets).ForEach(func(k, v []byte) error {
		targets++
		t, err := decodeTarget(v)
		if err == nil && (string(k) != string(joinKey(t.Owner, t.Device)) || string(tx.Bucket(bucketTargetByToken).Get(tokenHash(t.Service, t.Token))) != string(k)) {
			err = errors.New("a token does not lead to its target")
		}
		return err
	})
	if n := tx.Bucket(bucketTargetByToken).Stats().KeyN; err == nil && n != targets {
		err = fmt.Errorf("%d tokens for %d targets", n, targets)
	}
	return err
}

func checkSessions(tx *bbolt.Tx) error {
	hashes, sessions := 0, 0
	err := tx.Bucket(bucketSessions).ForEach(func(id, _ []byte) error {
		s, err := sessionByID(tx, id)
		if err != nil {
			return err
		}
		sessions++
		for _, hash := range hashesOf(s) {
			hashes++
			if string(tx.Bucket(bucketSessionByHash).Get(hash)) != s.ID {
				return fmt.Errorf("session %s is not indexed under its hashes", s.ID)
			}
		}
		if tx.Bucket(bucketSessionsByOwner).Get(joinKey(s.Owner, s.ID)) == nil {
			return fmt.Errorf("session %s is not among those of its owner", s.ID)
		}
		return nil
	})
	if n := tx.Bucket(bucketSessionByHash).Stats().KeyN; err == nil && n != hashes {
		err = fmt.Errorf("%d hashes are indexed, the sessions have %d", n, hashes)
	}
	if n := tx.Bucket(bucketSessionsByOwner).Stats().KeyN; err == nil && n != sessions {
		err = fmt.Errorf("%d sessions are indexed by owner of %d", n, sessions)
	}
	if err != nil {
		return err
	}
	if err := checkDevices(tx); err != nil {
		return err
	}
	return checkPasskeys(tx)
}

func checkDevices(tx *bbolt.Tx) error {
	inUse := 0
	err := tx.Bucket(bucketDevices).ForEach(func(key, body []byte) error {
		d, err := decodeDevice(body)
		if err != nil || !d.RevokedAt.IsZero() {
			return err
		}
		inUse++
		if tx.Bucket(bucketDevicesInUse).Get(key) == nil {
			return fmt.Errorf("device %s is not among those in use", d.ID)
		}
		return nil
	})
	if n := tx.Bucket(bucketDevicesInUse).Stats().KeyN; err == nil && n != inUse {
		err = fmt.Errorf("%d devices are said to be in use, %d are", n, inUse)
	}
	return err
}

func checkPasskeys(tx *bbolt.Tx) error {
	err := tx.Bucket(bucketPasskeys).ForEach(func(key, body []byte) error {
		p, err := decodePasskey(body)
		if err == nil && string(tx.Bucket(bucketPasskeyByID).Get(p.Key.Credential)) != string(key) {
			err = fmt.Errorf("passkey %s is not indexed under its credential", p.ID)
		}
		return err
	})
	for _, pair := range [][2][]byte{{bucketPasskeys, bucketPasskeyByID}, {bucketCeremonies, bucketCeremonyEnds}, {bucketRecoveries, bucketRecoveryByOwner}} {
		if a, b := tx.Bucket(pair[0]).Stats().KeyN, tx.Bucket(pair[1]).Stats().KeyN; err == nil && a != b {
			err = fmt.Errorf("%d %s and %d %s", a, pair[0], b, pair[1])
		}
	}
	return err
}
