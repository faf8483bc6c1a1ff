package bolt

import (
	"bytes"
	"context"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
)

const (
	kindSession     = "session"
	kindAgencyToken = "agency token"
)

// SessionByHash finds a session, revoked and expired ones too, or gives a
// fault: session.invalid.
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

// RevokeSession ends an open session of the owner; session.invalid if there is
// none with that id, if it is somebody else's or if it was revoked before.
func (s *Store) RevokeSession(ctx context.Context, owner, id string, at time.Time) error {
	if at.IsZero() {
		return fault.New(fault.CodeInternal, "a session cannot be revoked at no moment")
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		found, err := sessionByID(tx, []byte(id))
		if err != nil {
			return err
		}
		if found.Owner != owner || !found.RevokedAt.IsZero() {
			return sessionInvalid()
		}
		found.RevokedAt = at
		return putSession(tx, found)
	})
}

// addSession needs a free id and a free hash.
func addSession(tx *bbolt.Tx, s session.Session) error {
	if err := required(kindSession, s.ID, s.Owner, s.Device); err != nil {
		return err
	}
	if tx.Bucket(bucketSessions).Get([]byte(s.ID)) != nil || tx.Bucket(bucketSessionByHash).Get(s.Hash[:]) != nil {
		return fault.New(fault.CodeInternal, "the id or hash of a new session is taken")
	}
	if err := put(tx, bucketSessionByHash, s.Hash[:], []byte(s.ID)); err != nil {
		return err
	}
	return putSession(tx, s)
}

func putSession(tx *bbolt.Tx, s session.Session) error {
	if err := checkText(kindSession, s.ID, s.Owner, s.Device); err != nil {
		return err
	}
	body, err := encode(kindSession, sessionRecord{
		header: current, ID: s.ID, Hash: s.Hash[:], Owner: s.Owner, Device: s.Device,
		CreatedAt: s.CreatedAt.UTC(), ExpiresAt: s.ExpiresAt.UTC(), RevokedAt: s.RevokedAt.UTC(),
	})
	if err != nil {
		return err
	}
	return put(tx, bucketSessions, []byte(s.ID), body)
}

func sessionByID(tx *bbolt.Tx, id []byte) (session.Session, error) {
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
		CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, RevokedAt: r.RevokedAt,
	}
	if copy(found.Hash[:], r.Hash) != len(found.Hash) || len(r.Hash) != len(found.Hash) {
		return session.Session{}, damaged(kindSession)
	}
	ended, err := sessionsEnded(tx, found.Owner)
	if err != nil {
		return session.Session{}, err
	}
	if found.RevokedAt.IsZero() && !found.CreatedAt.After(ended) {
		found.RevokedAt = ended
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
