package keys

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/giayto/giayto/verifier"
)

// maxReasonText bounds what an operator writes about an emergency, in bytes.
const maxReasonText = 200

// ErrTooEarly says that a key may not sign yet because checkers may still work
// from a list that does not name it.
var ErrTooEarly = errors.New("keys: some checkers cannot know the key yet")

// Create makes a key of the purpose that nobody knows yet, for the lifetime from
// now on.
func (r *Ring) Create(purpose verifier.Purpose, now time.Time, lifetime time.Duration) (Entry, error) {
	if above(purpose) {
		return Entry{}, fmt.Errorf("keys: a key of purpose %s is made by the ceremony of the root", purpose)
	}
	if lifetime <= 0 {
		return Entry{}, errors.New("keys: a key needs a lifetime")
	}
	var e Entry
	err := r.change(func() (err error) {
		if e, err = r.make(purpose, now, now.Add(lifetime)); err != nil {
			return err
		}
		return r.put(e)
	})
	return e, err
}

// Publish puts a created key into the lists that are signed from now on.
func (r *Ring) Publish(kid string, now time.Time) (Entry, error) {
	return r.step(kid, func(e Entry) (Entry, error) {
		if e.State != Created {
			return e, wrongState(e, Created)
		}
		return e.into(Change{State: Published, At: now}), nil
	})
}

// Activate lets a published key sign. It is refused until no checker may work
// from a list that does not name the key, unless an emergency is given as its
// reason: then those that have not refreshed will answer unknown_key.
func (r *Ring) Activate(kid string, now time.Time, emergency string) (Entry, error) {
	emergency = strings.TrimSpace(emergency)
	if len(emergency) > maxReasonText {
		return Entry{}, fmt.Errorf("keys: the reason of an emergency has at most %d bytes", maxReasonText)
	}
	return r.step(kid, func(e Entry) (Entry, error) {
		if e.State != Published {
			return e, wrongState(e, Published)
		}
		if !e.covers(now) {
			return e, fmt.Errorf("keys: %s is outside of its window", e.Key.Thumbprint)
		}
		if e.ListedAt.IsZero() {
			return e, fmt.Errorf("%w: no trust list names %s", ErrTooEarly, e.Key.Thumbprint)
		}
		early := e.mayBegin(now)
		if early != nil && emergency == "" {
			return e, early
		}
		change := Change{State: Active, At: now}
		if early != nil {
			change.Emergency, change.Reason = true, emergency
		}
		return e.into(change), nil
	})
}

// mayBegin reports why the key may not begin to sign in the ordinary way.
func (e Entry) mayBegin(now time.Time) error {
	switch {
	case e.ListedAt.IsZero():
		return fmt.Errorf("%w: no trust list names %s", ErrTooEarly, e.Key.Thumbprint)
	case now.Before(e.KnownAt):
		return fmt.Errorf("%w: lists without %s may be in use until %s", ErrTooEarly, e.Key.Thumbprint, e.KnownAt.UTC().Format(time.RFC3339))
	}
	return nil
}

// Retire ends the signing of a key. Its signatures count on, and its private
// half is erased. It is refused where nothing else of the purpose could sign.
func (r *Ring) Retire(kid string, now time.Time) (Entry, error) {
	return r.step(kid, func(e Entry) (Entry, error) {
		if e.State != Active {
			return e, wrongState(e, Active)
		}
		if e.signs(now) && !slices.ContainsFunc(r.entries, func(o Entry) bool {
			return o.Purpose == e.Purpose && o.Key.Thumbprint != e.Key.Thumbprint && o.signs(now)
		}) {
			return e, fmt.Errorf("keys: %s is the only key that signs for %s: activate its successor first", e.Key.Thumbprint, e.Purpose)
		}
		return e.into(Change{State: Retired, At: now}), nil
	})
}

// Revoke says that nothing that the key signed counts from a moment on, which
// may be past, and erases its private half. reason is one of Reasons.
func (r *Ring) Revoke(kid string, at time.Time, reason string, now time.Time) (Entry, error) {
	if !slices.Contains(Reasons(), reason) {
		return Entry{}, fmt.Errorf("keys: a reason of revocation is one of %s", strings.Join(Reasons(), ", "))
	}
	if at.IsZero() || at.After(now) {
		return Entry{}, errors.New("keys: a key is revoked from now on or from an earlier moment, not from a later one")
	}
	return r.step(kid, func(e Entry) (Entry, error) {
		if e.State == Revoked {
			return e, fmt.Errorf("keys: %s has been revoked already", e.Key.Thumbprint)
		}
		e.RevokedAt = at.UTC().Truncate(time.Second)
		return e.into(Change{State: Revoked, At: now, Reason: reason}), nil
	})
}

// step changes one key of the ring, durably.
func (r *Ring) step(kid string, next func(Entry) (Entry, error)) (Entry, error) {
	var changed Entry
	err := r.change(func() error {
		e, err := r.find(kid)
		if err != nil {
			return err
		}
		if above(e.Purpose) {
			return fmt.Errorf("keys: %s is a key of purpose %s: see giayto root", e.Key.Thumbprint, e.Purpose)
		}
		if changed, err = next(e); err != nil {
			return err
		}
		return r.put(changed)
	})
	if err != nil {
		return Entry{}, err
	}
	return changed, nil
}

func wrongState(e Entry, want State) error {
	return fmt.Errorf("keys: %s is %s and not %s", e.Key.Thumbprint, e.State, want)
}
