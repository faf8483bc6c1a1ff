package bolt

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// Read runs f on one consistent state of everything.
func (s *Store) Read(ctx context.Context, f func(tx session.Reader) error) error {
	return s.view(ctx, func(tx *bbolt.Tx) error { return f(&account{tx: tx}) })
}

// Change runs f in one transaction that makes all its changes or none. There
// is one write transaction at a time, so that two never interleave. f is
// called once; it must use nothing of the store but tx, and not keep tx.
func (s *Store) Change(ctx context.Context, f func(tx session.Tx) error) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		a := &account{tx: tx}
		if err := f(a); err != nil {
			return err
		}
		return a.failed
	})
}

// account is one transaction on accounts. Each verb checks everything before it
// writes anything, so that a refused verb has changed nothing.
type account struct {
	tx *bbolt.Tx
	// failed is the first write that went wrong half-way: the transaction is
	// given up even if its user passes over the error.
	failed error
}

// written notes a write that went wrong, and passes every error on.
func (a *account) written(err error) error {
	if a.failed == nil && errors.Is(err, errWrite) {
		a.failed = err
	}
	return err
}

func (a *account) Session(owner, id string) (session.Session, error) {
	found, err := sessionByID(a.tx, []byte(id))
	if err == nil && found.Owner != owner {
		return session.Session{}, sessionInvalid()
	}
	return found, err
}

func (a *account) Sessions(owner string) ([]session.Session, error) {
	return sessionsOf(a.tx, owner)
}

func (a *account) PutSession(s session.Session) error {
	return a.written(putSession(a.tx, s))
}

func (a *account) ForgetSession(owner, id string) error {
	return a.written(forgetSession(a.tx, owner, id))
}

func (a *account) Citizen(id string) (wallet.Citizen, error) {
	return citizenByID(a.tx, id)
}

func (a *account) Device(owner, id string) (wallet.Device, error) {
	return deviceByID(a.tx, owner, id)
}

func (a *account) Devices(owner string) ([]wallet.Device, error) {
	return devicesOf(a.tx, owner)
}

func (a *account) PutDevice(d wallet.Device) error {
	return a.written(putDevice(a.tx, d))
}

func (a *account) Passkey(owner, id string) (session.Passkey, error) {
	return passkeyAt(a.tx, joinKey(owner, id))
}

func (a *account) Passkeys(owner string) ([]session.Passkey, error) {
	return passkeysOf(a.tx, owner)
}

func (a *account) PasskeyByCredential(credential []byte) (session.Passkey, error) {
	return passkeyByCredential(a.tx, credential)
}

func (a *account) PutPasskey(p session.Passkey) error {
	return a.written(putPasskey(a.tx, p))
}

func (a *account) RemovePasskey(owner, id string) error {
	return a.written(removePasskey(a.tx, owner, id))
}

func (a *account) Activation(locator string) (session.Activation, error) {
	return activationByLocator(a.tx, locator)
}

func (a *account) Recovery(locator string) (session.Recovery, error) {
	return recoveryByLocator(a.tx, locator)
}

func (a *account) RecoveryOf(owner string) (session.Recovery, error) {
	return recoveryOf(a.tx, owner)
}

func (a *account) PutRecovery(r session.Recovery) error {
	return a.written(putRecovery(a.tx, r))
}

func (a *account) PutCeremony(c session.Ceremony) error {
	return a.written(putCeremony(a.tx, c))
}

func (a *account) TakeCeremony(challenge []byte) (session.Ceremony, error) {
	c, err := takeCeremony(a.tx, challenge)
	return c, a.written(err)
}

func (a *account) SweepCeremonies(now time.Time, limit int) error {
	return a.written(sweepCeremonies(a.tx, now, limit))
}

func (a *account) AddEvent(e wallet.Event) error {
	event, err := encodeEvent(e)
	if err != nil {
		return err
	}
	return a.written(addEvent(a.tx, event))
}
