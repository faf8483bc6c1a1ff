package bolt

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// Issue runs f in one transaction that makes all its changes or none. There
// is one write transaction at a time, so that two never interleave. f is
// called once; it must use nothing of the store but tx, and not keep tx.
func (s *Store) Issue(ctx context.Context, f func(tx issuer.Tx) error) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		t := &issuing{tx: tx}
		if err := f(t); err != nil {
			return err
		}
		return t.failed
	})
}

// issuing is one issuing transaction. Each verb checks everything before it
// writes anything, so that a refused verb has changed nothing.
type issuing struct {
	tx *bbolt.Tx
	// failed is the first write that went wrong half-way: the transaction is
	// given up even if its user passes over the error.
	failed error
}

// written notes a write that went wrong, and passes every error on.
func (t *issuing) written(err error) error {
	if t.failed == nil && errors.Is(err, errWrite) {
		t.failed = err
	}
	return err
}

func (t *issuing) Citizen(id string) (wallet.Citizen, error) {
	return citizenByID(t.tx, id)
}

func (t *issuing) CitizenByNumber(number string) (wallet.Citizen, error) {
	return citizenByNumber(t.tx, number)
}

func (t *issuing) AddCitizen(c wallet.Citizen) error {
	return t.written(addCitizen(t.tx, c))
}

func (t *issuing) Renumber(citizenID, number string) error {
	return t.written(renumber(t.tx, citizenID, number))
}

func (t *issuing) CancelNumber(number, citizenID string) error {
	return t.written(cancelNumber(t.tx, number, citizenID))
}

func (t *issuing) CancelledBy(number string) ([]string, error) {
	return cancelledBy(t.tx, number)
}

func (t *issuing) ActiveByDocument(owner, document string) ([]wallet.Holding, error) {
	if document == anyDocument {
		return nil, nil
	}
	return activeOf(t.tx, owner, document)
}

func (t *issuing) ActiveByRecord(document, recordKey string) ([]wallet.Holding, error) {
	return activeByRecord(t.tx, document, recordKey)
}

func (t *issuing) ActiveByOwner(owner string) ([]wallet.Holding, error) {
	return activeOf(t.tx, owner, anyDocument)
}

func (t *issuing) Holding(id string) (wallet.Holding, error) {
	return holdingByID(t.tx, id)
}

func (t *issuing) Add(h wallet.Holding, e wallet.Event) error {
	event, err := encodeEvent(e)
	if err != nil {
		return err
	}
	if err := addHolding(t.tx, h); err != nil {
		return t.written(err)
	}
	return t.written(addEvent(t.tx, event))
}

func (t *issuing) End(holdingID string, state wallet.State, at time.Time, e wallet.Event) error {
	event, err := encodeEvent(e)
	if err != nil {
		return err
	}
	if err := endHolding(t.tx, holdingID, state, at); err != nil {
		return t.written(err)
	}
	return t.written(addEvent(t.tx, event))
}

func (t *issuing) Due(until time.Time, after issuer.DueMark, limit int) ([]wallet.Holding, error) {
	return due(t.tx, bucketDue, until, after, limit)
}

func (t *issuing) RemindersDue(until time.Time, after issuer.DueMark, limit int) ([]wallet.Holding, error) {
	return due(t.tx, bucketRemindersDue, until, after, limit)
}

func (t *issuing) Remind(holdingID string, next time.Time, e *wallet.Event) error {
	if e == nil {
		return t.written(remind(t.tx, holdingID, next))
	}
	event, err := encodeEvent(*e)
	if err != nil {
		return err
	}
	if err := remind(t.tx, holdingID, next); err != nil {
		return t.written(err)
	}
	return t.written(addEvent(t.tx, event))
}

func (t *issuing) Resign(h wallet.Holding, e wallet.Event) error {
	event, err := encodeEvent(e)
	if err != nil {
		return err
	}
	if err := resign(t.tx, h); err != nil {
		return t.written(err)
	}
	return t.written(addEvent(t.tx, event))
}

func (t *issuing) NotDue(holdingID string) error {
	return t.written(notDue(t.tx, holdingID))
}

func (t *issuing) SetStanding(holdingID string, standing wallet.Standing, e wallet.Event) error {
	event, err := encodeEvent(e)
	if err != nil {
		return err
	}
	if err := setStanding(t.tx, holdingID, standing); err != nil {
		return t.written(err)
	}
	return t.written(addEvent(t.tx, event))
}

func (t *issuing) SetLock(citizenID string, l wallet.Lock, e wallet.Event) error {
	event, err := encodeEvent(e)
	if err != nil {
		return err
	}
	if err := setLock(t.tx, citizenID, l); err != nil {
		return t.written(err)
	}
	return t.written(addEvent(t.tx, event))
}

func (t *issuing) EndSessions(citizenID string, at time.Time) error {
	return t.written(endSessions(t.tx, citizenID, at))
}

func (t *issuing) OpenSession(citizenID, session string, at time.Time) (openedAt time.Time, err error) {
	found, err := openSession(t.tx, citizenID, session, at)
	return found.CreatedAt, err
}

func (t *issuing) Reissues(citizenID string) ([]time.Time, error) {
	return reissuesOf(t.tx, citizenID)
}

func (t *issuing) SetReissues(citizenID string, at []time.Time) error {
	return t.written(setReissues(t.tx, citizenID, at))
}

func (t *issuing) NewestStatusList(agency string) (issuer.StatusList, error) {
	return newestStatusList(t.tx, agency)
}

func (t *issuing) OpenStatusList(agency string, size int, at time.Time) (issuer.StatusList, error) {
	l, err := openStatusList(t.tx, agency, size, at)
	return l, t.written(err)
}

func (t *issuing) TakeStatus(agency string, at wallet.StatusRef) (bool, error) {
	free, err := takeStatus(t.tx, agency, at)
	return free, t.written(err)
}

func (t *issuing) MarkStatus(agency string, at wallet.StatusRef, s wallet.Standing) error {
	return t.written(markStatus(t.tx, agency, at, s))
}
