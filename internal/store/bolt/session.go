package bolt

import (
	"bytes"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

const (
	kindSession     = "session"
	kindAgencyToken = "agency token"
)

// SessionByHash finds the session of whose Hash, Former and Replaced this is one,
// ended ones too, or gives a fault: session.invalid.
func (s *Store) SessionByHash(ctx context.Context, hash [32]byte) (session.Session, error) {
	var found session.Session
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		id := tx.Bucket(bucketSessionByHash).Get(hash[:])
		if id == nil {
			return sessionInvalid()
		}
		var err error
		found, err = sessionByID(tx, id)
		return err
	})
	return found, err
}

// addSession needs a free id.
func addSession(tx *bbolt.Tx, s session.Session) error {
	if tx.Bucket(bucketSessions).Get([]byte(s.ID)) != nil {
		return fault.New(fault.CodeInternal, "the id of a new session is taken")
	}
	return putSession(tx, s)
}

// putSession stores a session or replaces the owner's with the same id. Its
// hashes must not be those of another.
func putSession(tx *bbolt.Tx, s session.Session) error {
	if err := required(kindSession, s.ID, s.Owner, s.Device); err != nil {
		return err
	}
	if err := checkText(kindSession, s.ID, s.Owner, s.Device, string(s.Mode), string(s.Method), s.Passkey); err != nil {
		return err
	}
	former, err := readSession(tx, []byte(s.ID))
	switch {
	case err == nil && former.Owner != s.Owner:
		return sessionInvalid()
	case err != nil && !fault.Is(err, fault.CodeSessionInvalid):
		return err
	}
	index := tx.Bucket(bucketSessionByHash)
	for _, hash := range hashesOf(s) {
		if holder := index.Get(hash); holder != nil && string(holder) != s.ID {
			return fault.New(fault.CodeInternal, "the hash of a session is taken")
		}
	}
	body, err := encode(kindSession, sessionRecord{
		header: current, ID: s.ID, Hash: s.Hash[:], Owner: s.Owner, Device: s.Device,
		Mode: string(s.Mode), Method: string(s.Method), Passkey: s.Passkey, Level: s.Level, Enrolment: int(s.Enrolment),
		CreatedAt: s.CreatedAt.UTC(), AuthAt: s.AuthAt.UTC(), UsedAt: s.UsedAt.UTC(), ExpiresAt: s.ExpiresAt.UTC(), RevokedAt: s.RevokedAt.UTC(),
		RefusedAt: s.RefusedAt.UTC(), Former: formerOf(s), RotatedAt: s.RotatedAt.UTC(), Replaced: replacedOf(s),
	})
	if err != nil {
		return err
	}
	before, after := hashesOf(former), hashesOf(s)
	for _, hash := range before {
		if has(after, hash) {
			continue
		}
		if err := remove(tx, bucketSessionByHash, hash); err != nil {
			return err
		}
	}
	for _, hash := range after {
		if has(before, hash) {
			continue
		}
		if err := put(tx, bucketSessionByHash, hash, []byte(s.ID)); err != nil {
			return err
		}
	}
	if err := put(tx, bucketSessionsByOwner, joinKey(s.Owner, s.ID), []byte{1}); err != nil {
		return err
	}
	return put(tx, bucketSessions, []byte(s.ID), body)
}

// hashesOf a session: that of its token, and of those before.
func hashesOf(s session.Session) [][]byte {
	var hashes [][]byte
	if s.ID != "" {
		hashes = append(hashes, s.Hash[:])
	}
	if former := formerOf(s); former != nil {
		hashes = append(hashes, former)
	}
	return append(hashes, replacedOf(s)...)
}

func has(hashes [][]byte, hash []byte) bool {
	return slices.ContainsFunc(hashes, func(h []byte) bool { return bytes.Equal(h, hash) })
}

func replacedOf(s session.Session) [][]byte {
	var hashes [][]byte
	for i := range s.Replaced {
		hashes = append(hashes, s.Replaced[i][:])
	}
	return hashes
}

// formerOf is nil for a token that was never rotated.
func formerOf(s session.Session) []byte {
	if s.Former == ([32]byte{}) {
		return nil
	}
	return s.Former[:]
}

// forgetSession deletes a session of the owner.
func forgetSession(tx *bbolt.Tx, owner, id string) error {
	found, err := readSession(tx, []byte(id))
	switch {
	case fault.Is(err, fault.CodeSessionInvalid), err == nil && found.Owner != owner:
		return nil
	case err != nil:
		return err
	}
	for _, hash := range hashesOf(found) {
		if err := remove(tx, bucketSessionByHash, hash); err != nil {
			return err
		}
	}
	if err := remove(tx, bucketSessionsByOwner, joinKey(owner, id)); err != nil {
		return err
	}
	return remove(tx, bucketSessions, []byte(id))
}

// sessionsOf lists the sessions of an owner by moment of opening.
func sessionsOf(tx *bbolt.Tx, owner string) ([]session.Session, error) {
	var all []session.Session
	err := eachUnder(tx.Bucket(bucketSessionsByOwner), joinKey(owner), func(rest, _ []byte) error {
		id, err := lastPart(rest)
		if err != nil {
			return err
		}
		one, err := sessionByID(tx, []byte(id))
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b session.Session) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return all, nil
}

// sessionByID reads a session with what has ended it since, and with what holds
// its device.
func sessionByID(tx *bbolt.Tx, id []byte) (session.Session, error) {
	found, err := readSession(tx, id)
	if err != nil {
		return session.Session{}, err
	}
	ended, err := sessionsEnded(tx, found.Owner)
	if err != nil {
		return session.Session{}, err
	}
	if found.RevokedAt.IsZero() && !found.CreatedAt.After(ended) {
		found.RevokedAt = ended
	}
	d, err := deviceByID(tx, found.Owner, found.Device)
	switch {
	case fault.Is(err, fault.CodeDeviceNotFound):
		return found, nil
	case err != nil:
		return session.Session{}, err
	}
	found.FrozenAt = d.FrozenAt
	if found.RevokedAt.IsZero() {
		found.RevokedAt = d.RevokedAt
	}
	return found, nil
}

// openSession finds a session of the owner that counts at a moment.
func openSession(tx *bbolt.Tx, owner, id string, at time.Time) (session.Session, error) {
	found, err := sessionByID(tx, []byte(id))
	switch {
	case err != nil:
		return session.Session{}, err
	case found.Owner != owner || !found.RevokedAt.IsZero() || !at.Before(found.IdleAt()):
		return session.Session{}, sessionInvalid()
	case !found.FrozenAt.IsZero():
		return session.Session{}, fault.New(fault.CodeDeviceFrozen, "the device is frozen")
	}
	return found, nil
}

// readSession reads a session as it was stored.
func readSession(tx *bbolt.Tx, id []byte) (session.Session, error) {
	body := tx.Bucket(bucketSessions).Get(id)
	if body == nil {
		return session.Session{}, sessionInvalid()
	}
	r, err := decode[sessionRecord](kindSession, body)
	if err != nil {
		return session.Session{}, err
	}
	found := session.Session{
		ID: r.ID, Owner: r.Owner, Device: r.Device,
		Mode: session.Mode(r.Mode), Method: session.Method(r.Method), Passkey: r.Passkey, Level: r.Level, Enrolment: wallet.Enrolment(r.Enrolment),
		CreatedAt: r.CreatedAt, AuthAt: r.AuthAt, UsedAt: r.UsedAt, ExpiresAt: r.ExpiresAt, RevokedAt: r.RevokedAt, RefusedAt: r.RefusedAt, RotatedAt: r.RotatedAt,
	}
	if len(r.Hash) != len(found.Hash) || (len(r.Former) != 0 && len(r.Former) != len(found.Former)) {
		return session.Session{}, damaged(kindSession)
	}
	copy(found.Hash[:], r.Hash)
	copy(found.Former[:], r.Former)
	for _, hash := range r.Replaced {
		if len(hash) != len(found.Hash) {
			return session.Session{}, damaged(kindSession)
		}
		found.Replaced = append(found.Replaced, [32]byte(hash))
	}
	return found, nil
}

func sessionInvalid() error {
	return fault.New(fault.CodeSessionInvalid, "there is no such session")
}

// PutAgencyToken stores a token, or replaces the one with the same id: that is
// how one is revoked or given a new secret. A hash that another token has is a
// fault: internal.
func (s *Store) PutAgencyToken(ctx context.Context, t session.AgencyToken) error {
	if err := required(kindAgencyToken, t.ID, t.Agency); err != nil {
		return err
	}
	if err := checkText(kindAgencyToken, t.ID, t.Agency); err != nil {
		return err
	}
	body, err := encode(kindAgencyToken, agencyTokenRecord{
		header: current, ID: t.ID, Hash: t.Hash[:], Agency: t.Agency,
		CreatedAt: t.CreatedAt.UTC(), RevokedAt: t.RevokedAt.UTC(),
	})
	if err != nil {
		return err
	}
	id := []byte(t.ID)
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if holder := tx.Bucket(bucketAgencyTokenByHash).Get(t.Hash[:]); holder != nil && !bytes.Equal(holder, id) {
			return fault.New(fault.CodeInternal, "the hash of an agency token is taken")
		}
		if old := tx.Bucket(bucketAgencyTokens).Get(id); old != nil {
			former, err := decodeAgencyToken(old)
			if err != nil {
				return err
			}
			if err := remove(tx, bucketAgencyTokenByHash, former.Hash[:]); err != nil {
				return err
			}
		}
		if err := put(tx, bucketAgencyTokens, id, body); err != nil {
			return err
		}
		return put(tx, bucketAgencyTokenByHash, t.Hash[:], id)
	})
}

// AgencyTokenByHash finds an agency token, revoked ones too, or gives a fault:
// session.agency_invalid.
func (s *Store) AgencyTokenByHash(ctx context.Context, hash [32]byte) (session.AgencyToken, error) {
	var t session.AgencyToken
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		id := tx.Bucket(bucketAgencyTokenByHash).Get(hash[:])
		if id == nil {
			return fault.New(fault.CodeAgencyInvalid, "there is no such agency token")
		}
		body := tx.Bucket(bucketAgencyTokens).Get(id)
		if body == nil {
			return damaged(kindAgencyToken)
		}
		var err error
		t, err = decodeAgencyToken(body)
		return err
	})
	return t, err
}

func decodeAgencyToken(body []byte) (session.AgencyToken, error) {
	r, err := decode[agencyTokenRecord](kindAgencyToken, body)
	if err != nil {
		return session.AgencyToken{}, err
	}
	t := session.AgencyToken{ID: r.ID, Agency: r.Agency, CreatedAt: r.CreatedAt, RevokedAt: r.RevokedAt}
	if copy(t.Hash[:], r.Hash) != len(t.Hash) || len(r.Hash) != len(t.Hash) {
		return session.AgencyToken{}, damaged(kindAgencyToken)
	}
	return t, nil
}
