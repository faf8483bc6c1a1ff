package bolt

import (
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
)

// reminderOf is when the holder is told next; zero for never.
func reminderOf(tx *bbolt.Tx, id string) (time.Time, error) {
	body := tx.Bucket(bucketReminders).Get([]byte(id))
	if body == nil {
		return time.Time{}, nil
	}
	r, err := decode[momentRecord](kindMoment, body)
	return r.At, err
}

// setReminder replaces the reminder of a holding; zero for none. Whole seconds
// are kept.
func setReminder(tx *bbolt.Tx, id string, at time.Time) error {
	former, err := reminderOf(tx, id)
	if err != nil {
		return err
	}
	if !former.IsZero() {
		if err := remove(tx, bucketRemindersDue, dueKey(former, id)); err != nil {
			return err
		}
		if err := remove(tx, bucketReminders, []byte(id)); err != nil {
			return err
		}
	}
	if at.IsZero() {
		return nil
	}
	if !at.Equal(at.Truncate(time.Second)) || at.Unix() < 0 {
		return fault.New(fault.CodeInternal, "a reminder has no whole second since 1970")
	}
	body, err := encode(kindMoment, momentRecord{header: current, At: at.UTC()})
	if err != nil {
		return err
	}
	if err := put(tx, bucketReminders, []byte(id), body); err != nil {
		return err
	}
	return put(tx, bucketRemindersDue, dueKey(at, id), []byte{1})
}

func remind(tx *bbolt.Tx, id string, next time.Time) error {
	h, err := activeHolding(tx, id)
	if err != nil {
		return err
	}
	return setReminder(tx, h.ID, next)
}
