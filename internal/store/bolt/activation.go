package bolt

import (
	"bytes"
	"context"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

const kindActivation = "activation"

// PutActivation stores an activation; an older unused one of the same citizen
// is forgotten, so that its locator is unknown from then on. A locator that
// is already taken is a fault: internal.
func (s *Store) PutActivation(ctx context.Context, a session.Activation) error {
	if err := required(kindActivation, a.Locator, a.Owner); err != nil {
		return err
	}
	if !a.UsedAt.IsZero() {
		return fault.New(fault.CodeInternal, "a new activation is used already")
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketActivations).Get([]byte(a.Locator)) != nil {
			return fault.New(fault.CodeInternal, "the locator of a new activation is taken")
		}
		owner := []byte(a.Owner)
		if older := bytes.Clone(tx.Bucket(bucketActivationByOwner).Get(owner)); older != nil {
			if err := remove(tx, bucketActivations, older); err != nil {
				return err
			}
		}
		if err := putActivation(tx, a); err != nil {
			return err
		}
		return put(tx, bucketActivationByOwner, owner, []byte(a.Locator))
	})
}

// BeginAttempt counts one attempt on a locator and returns the activation
// with the new count, in one transaction, so that no two attempts share a
// count. Faults, looked for in this order: activation.unknown,
// activation.used, activation.expired (from ExpiresAt on),
// activation.too_many_tries (count > maxTries). A fault leaves the count.
func (s *Store) BeginAttempt(ctx context.Context, locator string, now time.Time, maxTries int) (session.Activation, error) {
	var a session.Activation
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		var err error
		if a, err = activationByLocator(tx, locator); err != nil {
			return err
		}
		switch {
		case !a.UsedAt.IsZero():
			return activationUsed()
		case !now.Before(a.ExpiresAt):
			return fault.New(fault.CodeActivationExpired, "the activation has expired")
		case a.Tries >= maxTries:
			return fault.New(fault.CodeActivationTries, "the activation has been tried too often")
		}
		a.Tries++
		return putActivation(tx, a)
	})
	if err != nil {
		return session.Activation{}, err
	}
	return a, nil
}

// ConfirmActivation notes a check in person on the unused activation of the
// owner, who must have one with this locator. Faults: activation.unknown,
// activation.expired. A check that was noted before stays as it is.
func (s *Store) ConfirmActivation(ctx context.Context, owner, locator, agency string, at time.Time) error {
	if err := required(kindActivation, agency); err != nil {
		return err
	}
	if at.IsZero() {
		return fault.New(fault.CodeInternal, "an activation cannot be confirmed at no moment")
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if open := tx.Bucket(bucketActivationByOwner).Get([]byte(owner)); string(open) != locator || locator == "" {
			return fault.New(fault.CodeActivationUnknown, "there is no such activation")
		}
		a, err := activationByLocator(tx, locator)
		switch {
		case err != nil:
			return err
		case !at.Before(a.ExpiresAt):
			return fault.New(fault.CodeActivationExpired, "the activation has expired")
		case !a.InPersonAt.IsZero():
			return nil
		}
		a.InPersonAt, a.InPersonBy = at, agency
		return putActivation(tx, a)
	})
}

// Enrol marks the activation used and stores device, session and event in one
// transaction; a second use is a fault: activation.used, one that a newer
// activation has replaced: activation.unknown.
func (s *Store) Enrol(ctx context.Context, locator string, at time.Time, d wallet.Device, ses session.Session, e wallet.Event) error {
	event, err := encodeEvent(e)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		a, err := activationByLocator(tx, locator)
		if err != nil {
			return err
		}
		if !a.UsedAt.IsZero() {
			return activationUsed()
		}
		if d.Owner != a.Owner || ses.Owner != a.Owner || ses.Device != d.ID || at.IsZero() {
			return fault.New(fault.CodeInternal, "activation, device and session do not belong together")
		}
		a.UsedAt = at
		if err := putActivation(tx, a); err != nil {
			return err
		}
		if err := remove(tx, bucketActivationByOwner, []byte(a.Owner)); err != nil {
			return err
		}
		if err := forgetLesserRecovery(tx, d); err != nil {
			return err
		}
		if err := addDevice(tx, d); err != nil {
			return err
		}
		if err := addSession(tx, ses); err != nil {
			return err
		}
		return addEvent(tx, event)
	})
}

func activationByLocator(tx *bbolt.Tx, locator string) (session.Activation, error) {
	body := tx.Bucket(bucketActivations).Get([]byte(locator))
	if body == nil {
		return session.Activation{}, fault.New(fault.CodeActivationUnknown, "there is no such activation")
	}
	r, err := decode[activationRecord](kindActivation, body)
	if err != nil {
		return session.Activation{}, err
	}
	return session.Activation{
		Locator: r.Locator, Hash: r.Hash, Salt: r.Salt, Owner: r.Owner, Agency: r.Agency,
		CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, Tries: r.Tries, UsedAt: r.UsedAt,
		InPersonAt: r.InPersonAt, InPersonBy: r.InPersonBy,
	}, nil
}

func putActivation(tx *bbolt.Tx, a session.Activation) error {
	if err := checkText(kindActivation, a.Locator, a.Owner, a.Agency, a.InPersonBy); err != nil {
		return err
	}
	body, err := encode(kindActivation, activationRecord{
		header: current, Locator: a.Locator, Hash: a.Hash, Salt: a.Salt, Owner: a.Owner, Agency: a.Agency,
		CreatedAt: a.CreatedAt.UTC(), ExpiresAt: a.ExpiresAt.UTC(), Tries: a.Tries, UsedAt: a.UsedAt.UTC(),
		InPersonAt: a.InPersonAt.UTC(), InPersonBy: a.InPersonBy,
	})
	if err != nil {
		return err
	}
	return put(tx, bucketActivations, []byte(a.Locator), body)
}

func activationUsed() error {
	return fault.New(fault.CodeActivationUsed, "the activation has been used")
}
