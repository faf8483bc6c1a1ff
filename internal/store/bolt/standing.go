package bolt

import (
	"bytes"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

const (
	kindStanding = "standing"
	kindLock     = "lock"
	kindMoment   = "moment"
)

// encodeStanding gives nil for a standing that says nothing.
func encodeStanding(s wallet.Standing) ([]byte, error) {
	switch s.Status {
	case wallet.Valid:
		if s != (wallet.Standing{}) {
			return nil, fault.New(fault.CodeInternal, "a valid standing has neither reason nor moment")
		}
		return nil, nil
	case wallet.Suspended, wallet.Withheld, wallet.Revoked:
	default:
		return nil, fault.New(fault.CodeInternal, "a standing has no known status")
	}
	if err := checkText(kindStanding, s.Reason); err != nil {
		return nil, err
	}
	return encode(kindStanding, standingRecord{header: current, Status: string(s.Status), Reason: s.Reason, Since: s.Since.UTC()})
}

func decodeStanding(body []byte) (wallet.Standing, error) {
	r, err := decode[standingRecord](kindStanding, body)
	if err != nil {
		return wallet.Standing{}, err
	}
	switch s := wallet.Status(r.Status); s {
	case wallet.Suspended, wallet.Withheld, wallet.Revoked:
		return wallet.Standing{Status: s, Reason: r.Reason, Since: r.Since}, nil
	}
	// Unknown is never good: what cannot be read stands against nobody's share.
	return wallet.Standing{}, damaged(kindStanding)
}

func standingOf(tx *bbolt.Tx, holding string) (wallet.Standing, error) {
	body := tx.Bucket(bucketStandings).Get([]byte(holding))
	if body == nil {
		return wallet.Standing{}, nil
	}
	return decodeStanding(body)
}

// setStanding replaces what is said of an active holding.
func setStanding(tx *bbolt.Tx, id string, s wallet.Standing) error {
	h, err := holdingByID(tx, id)
	if err != nil {
		return err
	}
	if h.State != wallet.Active {
		return holdingUnknown()
	}
	body, err := encodeStanding(s)
	if err != nil {
		return err
	}
	if body == nil {
		return remove(tx, bucketStandings, []byte(id))
	}
	return put(tx, bucketStandings, []byte(id), body)
}

func lockOf(tx *bbolt.Tx, owner string) (wallet.Lock, error) {
	body := tx.Bucket(bucketLocks).Get([]byte(owner))
	if body == nil {
		return wallet.Lock{}, nil
	}
	r, err := decode[lockRecord](kindLock, body)
	if err == nil && r.Reason == "" {
		err = damaged(kindLock)
	}
	if err != nil {
		return wallet.Lock{}, err
	}
	return wallet.Lock{Reason: wallet.LockReason(r.Reason), At: r.At, LostToo: r.LostToo}, nil
}

// setLock locks the wallet of a citizen who exists; the zero lock unlocks it.
func setLock(tx *bbolt.Tx, owner string, l wallet.Lock) error {
	if _, err := citizenByID(tx, owner); err != nil {
		return err
	}
	if !l.Closed() {
		return remove(tx, bucketLocks, []byte(owner))
	}
	if err := checkText(kindLock, string(l.Reason)); err != nil {
		return err
	}
	body, err := encode(kindLock, lockRecord{header: current, Reason: string(l.Reason), At: l.At.UTC(), LostToo: l.LostToo})
	if err != nil {
		return err
	}
	return put(tx, bucketLocks, []byte(owner), body)
}

// reissuesOf are the moments at which everything of an owner was signed anew.
func reissuesOf(tx *bbolt.Tx, owner string) ([]time.Time, error) {
	body := tx.Bucket(bucketReissues).Get([]byte(owner))
	if body == nil {
		return nil, nil
	}
	r, err := decode[reissuesRecord](kindMoment, body)
	return r.At, err
}

func setReissues(tx *bbolt.Tx, owner string, at []time.Time) error {
	if _, err := citizenByID(tx, owner); err != nil {
		return err
	}
	r := reissuesRecord{header: current}
	for _, one := range at {
		r.At = append(r.At, one.UTC())
	}
	body, err := encode(kindMoment, r)
	if err != nil {
		return err
	}
	return put(tx, bucketReissues, []byte(owner), body)
}

// endSessions notes the moment; sessionByID compares with it, so that ending
// them costs the same whether there are none or many. An activation code that
// has not been used is forgotten: it would open a session after all.
func endSessions(tx *bbolt.Tx, owner string, at time.Time) error {
	if _, err := citizenByID(tx, owner); err != nil {
		return err
	}
	if at.IsZero() {
		return fault.New(fault.CodeInternal, "sessions cannot end at no moment")
	}
	if open := bytes.Clone(tx.Bucket(bucketActivationByOwner).Get([]byte(owner))); open != nil {
		if err := remove(tx, bucketActivations, open); err != nil {
			return err
		}
		if err := remove(tx, bucketActivationByOwner, []byte(owner)); err != nil {
			return err
		}
	}
	if err := endDevices(tx, owner, at); err != nil {
		return err
	}
	former, err := sessionsEnded(tx, owner)
	if err != nil || former.After(at) {
		return err
	}
	body, err := encode(kindMoment, momentRecord{header: current, At: at.UTC()})
	if err != nil {
		return err
	}
	return put(tx, bucketSessionsEnded, []byte(owner), body)
}

// endDevices revokes every device and deletes every passkey of the owner from
// this moment or before.
func endDevices(tx *bbolt.Tx, owner string, at time.Time) error {
	devices, err := devicesOf(tx, owner)
	if err != nil {
		return err
	}
	for _, d := range devices {
		if d.CreatedAt.After(at) || !d.RevokedAt.IsZero() {
			continue
		}
		d.RevokedAt, d.Key, d.KeyAt = at, nil, time.Time{}
		if err := putDevice(tx, d); err != nil {
			return err
		}
	}
	passkeys, err := passkeysOf(tx, owner)
	if err != nil {
		return err
	}
	for _, p := range passkeys {
		if p.CreatedAt.After(at) {
			continue
		}
		if err := removePasskey(tx, owner, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// sessionsEnded is the moment up to which sessions of the owner have ended;
// zero for none.
func sessionsEnded(tx *bbolt.Tx, owner string) (time.Time, error) {
	body := tx.Bucket(bucketSessionsEnded).Get([]byte(owner))
	if body == nil {
		return time.Time{}, nil
	}
	r, err := decode[momentRecord](kindMoment, body)
	return r.At, err
}
