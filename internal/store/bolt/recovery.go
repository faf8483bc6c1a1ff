package bolt

import (
	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

const kindRecovery = "recovery code"

// putRecovery stores a recovery code. The owner has one: another one is
// forgotten.
func putRecovery(tx *bbolt.Tx, r session.Recovery) error {
	if err := required(kindRecovery, r.Locator, r.Owner); err != nil {
		return err
	}
	if err := checkText(kindRecovery, r.Locator, r.Owner); err != nil {
		return err
	}
	held, err := recoveryByLocator(tx, r.Locator)
	switch {
	case err == nil && held.Owner != r.Owner:
		return fault.New(fault.CodeInternal, "the locator of a new recovery code is taken")
	case err != nil && !fault.Is(err, fault.CodeRecoveryUnknown):
		return err
	}
	body, err := encode(kindRecovery, recoveryRecord{
		header: current, Locator: r.Locator, Hash: r.Hash, Salt: r.Salt, Owner: r.Owner, Enrolment: int(r.Enrolment),
		CreatedAt: r.CreatedAt.UTC(), UsedAt: r.UsedAt.UTC(),
	})
	if err != nil {
		return err
	}
	owner := []byte(r.Owner)
	if former := tx.Bucket(bucketRecoveryByOwner).Get(owner); former != nil && string(former) != r.Locator {
		if err := remove(tx, bucketRecoveries, former); err != nil {
			return err
		}
	}
	if err := put(tx, bucketRecoveryByOwner, owner, []byte(r.Locator)); err != nil {
		return err
	}
	return put(tx, bucketRecoveries, []byte(r.Locator), body)
}

func recoveryByLocator(tx *bbolt.Tx, locator string) (session.Recovery, error) {
	body := tx.Bucket(bucketRecoveries).Get([]byte(locator))
	if body == nil {
		return session.Recovery{}, fault.New(fault.CodeRecoveryUnknown, "there is no such recovery code")
	}
	r, err := decode[recoveryRecord](kindRecovery, body)
	if err != nil {
		return session.Recovery{}, err
	}
	return session.Recovery{Locator: r.Locator, Hash: r.Hash, Salt: r.Salt, Owner: r.Owner, Enrolment: wallet.Enrolment(r.Enrolment),
		CreatedAt: r.CreatedAt, UsedAt: r.UsedAt}, nil
}

// recoveryOf is the one code that an owner has.
func recoveryOf(tx *bbolt.Tx, owner string) (session.Recovery, error) {
	locator := tx.Bucket(bucketRecoveryByOwner).Get([]byte(owner))
	if locator == nil {
		return session.Recovery{}, fault.New(fault.CodeRecoveryUnknown, "there is no recovery code of this owner")
	}
	return recoveryByLocator(tx, string(locator))
}

// forgetLesserRecovery removes the unused recovery code of the owner of a new
// device that was drawn with a lesser enrolment.
func forgetLesserRecovery(tx *bbolt.Tx, d wallet.Device) error {
	r, err := recoveryOf(tx, d.Owner)
	switch {
	case fault.Is(err, fault.CodeRecoveryUnknown):
		return nil
	case err != nil:
		return err
	case !r.UsedAt.IsZero() || r.Enrolment >= d.Enrolment:
		return nil
	}
	if err := remove(tx, bucketRecoveryByOwner, []byte(d.Owner)); err != nil {
		return err
	}
	return remove(tx, bucketRecoveries, []byte(r.Locator))
}
