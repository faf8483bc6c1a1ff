package bolt

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/server/session/passkey"
	"github.com/giayto/giayto/wallet"
)

const (
	kindPasskey  = "passkey"
	kindCeremony = "ceremony"
)

// putPasskey stores a passkey or replaces the owner's with the same id. The id
// of its credential must not be that of another.
func putPasskey(tx *bbolt.Tx, p session.Passkey) error {
	if err := required(kindPasskey, p.ID, p.Owner, p.Device, string(p.Key.Credential)); err != nil {
		return err
	}
	if err := checkText(kindPasskey, append(p.Key.Transports, p.ID, p.Owner, p.Device, p.Name, p.Key.Format, p.Key.Attestation)...); err != nil {
		return err
	}
	key := joinKey(p.Owner, p.ID)
	if holder := tx.Bucket(bucketPasskeyByID).Get(p.Key.Credential); holder != nil && !bytes.Equal(holder, key) {
		return fault.New(fault.CodeInternal, "the credential of a passkey is taken")
	}
	if old := tx.Bucket(bucketPasskeys).Get(key); old != nil {
		former, err := decodePasskey(old)
		if err != nil {
			return err
		}
		if err := remove(tx, bucketPasskeyByID, former.Key.Credential); err != nil {
			return err
		}
	}
	body, err := encode(kindPasskey, passkeyRecord{
		header: current, ID: p.ID, Owner: p.Owner, Device: p.Device, Name: p.Name, Enrolment: int(p.Enrolment),
		Credential: p.Key.Credential, PublicKey: p.Key.PublicKey, Algorithm: p.Key.Algorithm, Counter: p.Key.Counter,
		Synced: p.Key.Synced, Transports: p.Key.Transports, AAGUID: p.Key.AAGUID, Format: p.Key.Format,
		Attestation: p.Key.Attestation, Object: p.Key.Object,
		CreatedAt: p.CreatedAt.UTC(), UsedAt: p.UsedAt.UTC(), ClonedAt: p.ClonedAt.UTC(), FrozenAt: p.FrozenAt.UTC(),
	})
	if err != nil {
		return err
	}
	if err := put(tx, bucketPasskeys, key, body); err != nil {
		return err
	}
	return put(tx, bucketPasskeyByID, p.Key.Credential, key)
}

func removePasskey(tx *bbolt.Tx, owner, id string) error {
	p, err := passkeyAt(tx, joinKey(owner, id))
	switch {
	case fault.Is(err, fault.CodePasskeyNotFound):
		return nil
	case err != nil:
		return err
	}
	if err := remove(tx, bucketPasskeyByID, p.Key.Credential); err != nil {
		return err
	}
	return remove(tx, bucketPasskeys, joinKey(owner, id))
}

func passkeyAt(tx *bbolt.Tx, key []byte) (session.Passkey, error) {
	body := tx.Bucket(bucketPasskeys).Get(key)
	if body == nil {
		return session.Passkey{}, fault.New(fault.CodePasskeyNotFound, "there is no such passkey")
	}
	return decodePasskey(body)
}

func passkeyByCredential(tx *bbolt.Tx, credential []byte) (session.Passkey, error) {
	return passkeyAt(tx, tx.Bucket(bucketPasskeyByID).Get(credential))
}

func passkeysOf(tx *bbolt.Tx, owner string) ([]session.Passkey, error) {
	var all []session.Passkey
	err := eachUnder(tx.Bucket(bucketPasskeys), joinKey(owner), func(_, body []byte) error {
		p, err := decodePasskey(body)
		all = append(all, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b session.Passkey) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return all, nil
}

func decodePasskey(body []byte) (session.Passkey, error) {
	r, err := decode[passkeyRecord](kindPasskey, body)
	if err != nil {
		return session.Passkey{}, err
	}
	return session.Passkey{
		ID: r.ID, Owner: r.Owner, Device: r.Device, Name: r.Name, Enrolment: wallet.Enrolment(r.Enrolment),
		Key: passkey.Key{Credential: r.Credential, PublicKey: r.PublicKey, Algorithm: r.Algorithm, Counter: r.Counter,
			Synced: r.Synced, Transports: r.Transports, AAGUID: r.AAGUID, Format: r.Format, Attestation: r.Attestation, Object: r.Object},
		CreatedAt: r.CreatedAt, UsedAt: r.UsedAt, ClonedAt: r.ClonedAt, FrozenAt: r.FrozenAt,
	}, nil
}

// putCeremony keeps a new challenge.
func putCeremony(tx *bbolt.Tx, c session.Ceremony) error {
	if err := required(kindCeremony, string(c.Challenge), string(c.Purpose)); err != nil {
		return err
	}
	if err := checkText(kindCeremony, string(c.Purpose), c.Owner, c.Session); err != nil {
		return err
	}
	if tx.Bucket(bucketCeremonies).Get(c.Challenge) != nil {
		return fault.New(fault.CodeInternal, "a new challenge is not new")
	}
	body, err := encode(kindCeremony, ceremonyRecord{
		header: current, Purpose: string(c.Purpose), Owner: c.Owner, Session: c.Session, ExpiresAt: c.ExpiresAt.UTC(),
	})
	if err != nil {
		return err
	}
	if err := put(tx, bucketCeremonyEnds, ceremonyEnd(c), []byte{1}); err != nil {
		return err
	}
	return put(tx, bucketCeremonies, c.Challenge, body)
}

// ceremonyEnd sorts ceremonies by the second of their end.
func ceremonyEnd(c session.Ceremony) []byte {
	return append(endSecond(c.ExpiresAt), c.Challenge...)
}

func endSecond(at time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(max(at.Unix(), 0)))
}

func takeCeremony(tx *bbolt.Tx, challenge []byte) (session.Ceremony, error) {
	body := tx.Bucket(bucketCeremonies).Get(challenge)
	if body == nil {
		return session.Ceremony{}, fault.New(fault.CodePasskeyChallenge, "there is no such challenge")
	}
	r, err := decode[ceremonyRecord](kindCeremony, body)
	if err != nil {
		return session.Ceremony{}, err
	}
	c := session.Ceremony{Challenge: bytes.Clone(challenge), Purpose: session.Purpose(r.Purpose), Owner: r.Owner, Session: r.Session, ExpiresAt: r.ExpiresAt}
	if err := remove(tx, bucketCeremonyEnds, ceremonyEnd(c)); err != nil {
		return session.Ceremony{}, err
	}
	return c, remove(tx, bucketCeremonies, challenge)
}

// sweepCeremonies deletes those whose last second has passed, oldest first.
func sweepCeremonies(tx *bbolt.Tx, now time.Time, limit int) error {
	var over [][]byte
	c := tx.Bucket(bucketCeremonyEnds).Cursor()
	for k, _ := c.First(); k != nil && len(over) < limit && bytes.Compare(k[:min(len(k), 8)], endSecond(now)) < 0; k, _ = c.Next() {
		over = append(over, bytes.Clone(k))
	}
	for _, k := range over {
		if len(k) > 8 {
			if err := remove(tx, bucketCeremonies, k[8:]); err != nil {
				return err
			}
		}
		if err := remove(tx, bucketCeremonyEnds, k); err != nil {
			return err
		}
	}
	return nil
}
