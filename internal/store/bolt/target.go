package bolt

import (
	"context"
	"crypto/sha256"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
)

const kindTarget = "push target"

// PutTarget stores the target of a device in place of the one that it had, if
// its session is open at t.At; otherwise a fault: session.invalid. The same
// token is taken from any other device.
func (s *Store) PutTarget(ctx context.Context, t push.Target) error {
	if err := required(kindTarget, t.Owner, t.Device, t.Session, t.Service, t.Token); err != nil {
		return err
	}
	if err := checkText(kindTarget, t.Owner, t.Device, t.Session, t.Service, t.Token); err != nil {
		return err
	}
	body, err := encode(kindTarget, targetRecord{
		header: current, Owner: t.Owner, Device: t.Device, Session: t.Session,
		Service: t.Service, Token: t.Token, At: t.At.UTC(),
	})
	if err != nil {
		return err
	}
	// An app registers at each start: saying the same again needs no write.
	known, err := s.knownTarget(ctx, t)
	if err != nil || known {
		return err
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		// In the same transaction: a lock of the wallet that ends the session
		// must not be followed by a registration that was under way.
		open, err := sessionOpen(tx, t, t.At)
		if err != nil {
			return err
		}
		if !open {
			return sessionInvalid()
		}
		key, hash := joinKey(t.Owner, t.Device), tokenHash(t.Service, t.Token)
		if holder := tx.Bucket(bucketTargetByToken).Get(hash); holder != nil {
			if err := removeTarget(tx, holder); err != nil {
				return err
			}
		}
		if err := removeTarget(tx, key); err != nil {
			return err
		}
		if err := put(tx, bucketTargetByToken, hash, key); err != nil {
			return err
		}
		return put(tx, bucketTargets, key, body)
	})
}

// knownTarget tells whether the device has just this target, and its session is
// open.
func (s *Store) knownTarget(ctx context.Context, t push.Target) (bool, error) {
	known := false
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		body := tx.Bucket(bucketTargets).Get(joinKey(t.Owner, t.Device))
		if body == nil {
			return nil
		}
		stored, err := decodeTarget(body)
		if err != nil {
			return err
		}
		stored.At = t.At
		if stored != t {
			return nil
		}
		known, err = sessionOpen(tx, t, t.At)
		return err
	})
	return known, err
}

// RemoveTarget forgets the target of a device, if there is one.
func (s *Store) RemoveTarget(ctx context.Context, owner, device string) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		return removeTarget(tx, joinKey(owner, device))
	})
}

// tokenHash names a token; tokens of two services may be equal.
func tokenHash(service, token string) []byte {
	sum := sha256.Sum256(joinKey(service, token))
	return sum[:]
}

// SessionOpen reports whether this session of the device is open at now.
func (s *Store) SessionOpen(ctx context.Context, owner, device, id string, now time.Time) (bool, error) {
	open := false
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		var err error
		open, err = sessionOpen(tx, push.Target{Owner: owner, Device: device, Session: id}, now)
		return err
	})
	return open, err
}

// sessionOpen tells whether the session that registered a target is open.
func sessionOpen(tx *bbolt.Tx, t push.Target, now time.Time) (bool, error) {
	open, frozen, err := sessionState(tx, t, now)
	return open && !frozen, err
}

// sessionState tells whether the session that registered a target has not ended,
// and whether its device is frozen.
func sessionState(tx *bbolt.Tx, t push.Target, now time.Time) (open, frozen bool, err error) {
	found, err := sessionByID(tx, []byte(t.Session))
	if fault.Is(err, fault.CodeSessionInvalid) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	open = found.Owner == t.Owner && found.Device == t.Device && found.RevokedAt.IsZero() && now.Before(found.IdleAt())
	return open, !found.FrozenAt.IsZero(), nil
}

func removeTarget(tx *bbolt.Tx, key []byte) error {
	body := tx.Bucket(bucketTargets).Get(key)
	if body == nil {
		return nil
	}
	t, err := decodeTarget(body)
	if err != nil {
		return err
	}
	if err := remove(tx, bucketTargetByToken, tokenHash(t.Service, t.Token)); err != nil {
		return err
	}
	return remove(tx, bucketTargets, joinKey(t.Owner, t.Device))
}

// removeSameTarget forgets a target unless the device has another one by now.
func removeSameTarget(tx *bbolt.Tx, t push.Target) error {
	key := joinKey(t.Owner, t.Device)
	body := tx.Bucket(bucketTargets).Get(key)
	if body == nil {
		return nil
	}
	stored, err := decodeTarget(body)
	if err != nil {
		return err
	}
	if stored.Service != t.Service || stored.Token != t.Token {
		return nil
	}
	return removeTarget(tx, key)
}

// targetOf gives the target of a device whose session is open. One whose
// session has ended is forgotten; that of a frozen device counts again when it
// is no longer frozen.
func targetOf(tx *bbolt.Tx, owner, device string, now time.Time) (push.Target, bool, error) {
	body := tx.Bucket(bucketTargets).Get(joinKey(owner, device))
	if body == nil {
		return push.Target{}, false, nil
	}
	t, err := decodeTarget(body)
	if err != nil {
		return push.Target{}, false, err
	}
	open, frozen, err := sessionState(tx, t, now)
	if err == nil && !open {
		err = removeTarget(tx, joinKey(owner, device))
	}
	if err != nil || !open || frozen {
		return push.Target{}, false, err
	}
	return t, true, nil
}

// targetsOf gives the targets of an owner whose sessions are open.
func targetsOf(tx *bbolt.Tx, owner string, now time.Time) ([]push.Target, error) {
	var devices []string
	err := eachUnder(tx.Bucket(bucketTargets), joinKey(owner), func(rest, _ []byte) error {
		device, err := lastPart(rest)
		devices = append(devices, device)
		return err
	})
	if err != nil {
		return nil, err
	}
	var found []push.Target
	for _, device := range devices {
		t, open, err := targetOf(tx, owner, device, now)
		if err != nil {
			return nil, err
		}
		if open {
			found = append(found, t)
		}
	}
	return found, nil
}

func decodeTarget(body []byte) (push.Target, error) {
	r, err := decode[targetRecord](kindTarget, body)
	if err != nil {
		return push.Target{}, err
	}
	return push.Target{Owner: r.Owner, Device: r.Device, Session: r.Session, Service: r.Service, Token: r.Token, At: r.At}, nil
}
