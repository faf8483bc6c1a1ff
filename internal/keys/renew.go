package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/giayto/giayto/verifier"
)

// Lifetimes of new keys. The root is meant to be kept offline and to live long;
// a disclosure key signs for a year and is then replaced.
const (
	RootLifetime       = 10 * 365 * 24 * time.Hour
	DisclosureLifetime = 365 * 24 * time.Hour
	CredentialLifetime = 3 * 365 * 24 * time.Hour
	StatusLifetime     = 3 * 365 * 24 * time.Hour

	// RenewBefore is how long before the end of a purpose's last key its
	// successor is made, where the root is at hand; OfflineRenewBefore is the
	// same where people carry lists, which live longer, to and fro.
	RenewBefore        = 30 * 24 * time.Hour
	OfflineRenewBefore = 90 * 24 * time.Hour
	// LongestCredential is how much longer than that ahead the successor of an
	// agency's key is made: no credential outlives the key that signed it, so the
	// key must end later than a credential that it signs on its last day would.
	// No document of the catalogue asks for longer (a test of cmd/giayto).
	LongestCredential = 366 * 24 * time.Hour
	// introduction is how long a successor stands in the trust list before it
	// signs, at most where the root is at hand: longer than the oldest list that
	// a checker may use, which is TrustListLifetime and the grace of
	// verifier.DefaultRules. A successor's window is longer by as much.
	introduction = 15 * 24 * time.Hour

	// backdate lets a key count at once on machines whose clock is behind.
	backdate = 5 * time.Minute
	// slack is the widest clock skew that any list may allow.
	slack = 5 * time.Minute
)

// LifetimeOf is how long a new key of the purpose lives.
func LifetimeOf(purpose verifier.Purpose) time.Duration {
	switch purpose {
	case verifier.PurposeTrustList, PurposeCertificate:
		return RootLifetime
	case verifier.PurposeDisclosure:
		return DisclosureLifetime
	case verifier.PurposeStatus:
		return StatusLifetime
	}
	return CredentialLifetime
}

// notAlone is the reason that is noted where a key signs early because the
// alternative was that nothing could be signed.
const notAlone = "no other key of the purpose could sign"

// Ensure returns the key of the purpose that signs at the moment. If there is
// none, a published successor begins early; if there is none of those either, a
// key is made that signs at once. A root or certificate authority is only ever
// made where there is none at all, whatever its window: others have pinned it,
// and a clock that was wrong once must not exchange it.
func (r *Ring) Ensure(purpose verifier.Purpose, now time.Time, lifetime time.Duration) (Entry, error) {
	if e, err := r.Current(purpose, now); err == nil {
		return e, nil
	}
	var e Entry
	err := r.change(func() (err error) {
		e, err = r.ensure(purpose, now, lifetime)
		return err
	})
	return e, err
}

func (r *Ring) ensure(purpose verifier.Purpose, now time.Time, lifetime time.Duration) (Entry, error) {
	earlier, any := r.youngest(purpose)
	if above(purpose) && any {
		return earlier, nil
	}
	if e, ok := r.current(purpose, now); ok {
		return e, nil
	}
	change := Change{State: Active, At: now}
	if any {
		change.Emergency, change.Reason = true, notAlone
	}
	if e, ok := r.pick(func(e, best Entry) bool { return e.NotBefore.Before(best.NotBefore) }, func(e Entry) bool {
		return e.Purpose == purpose && e.State == Published && e.covers(now)
	}); ok {
		e = e.into(change)
		return e, r.put(e)
	}
	e, err := r.make(purpose, now, now.Add(lifetime))
	if err != nil {
		return Entry{}, err
	}
	e.Automatic = !above(purpose)
	e = e.into(change)
	if purpose == PurposeCertificate {
		if e.Certificates, err = selfSigned(e); err != nil {
			return Entry{}, err
		}
	}
	return e, r.put(e)
}

// Renew keeps a purpose able to sign: it begins to use an automatic key that
// every checker knows by now, makes a successor when the last key is about to
// end, and retires the predecessor. Where the root is in the ring it also makes
// a key where none can sign; elsewhere only an operator can change that. Root
// and certificate authority have no successor: they would have to be pinned anew.
func (r *Ring) Renew(purpose verifier.Purpose, now time.Time, lifetime time.Duration) error {
	if above(purpose) {
		_, err := r.Ensure(purpose, now, lifetime)
		return err
	}
	return r.change(func() error {
		if err := r.begin(purpose, now); err != nil {
			return err
		}
		_, local := r.youngest(verifier.PurposeTrustList)
		if local {
			if _, err := r.ensure(purpose, now, lifetime); err != nil {
				return err
			}
		}
		if err := r.succeed(purpose, now, lifetime, local); err != nil {
			return err
		}
		return r.relieve(purpose, now)
	})
}

// begin activates the automatic key of the purpose that every checker knows.
func (r *Ring) begin(purpose verifier.Purpose, now time.Time) error {
	e, ok := r.pick(func(e, best Entry) bool { return e.NotBefore.After(best.NotBefore) }, func(e Entry) bool {
		return e.Purpose == purpose && e.Automatic && e.State == Published && e.covers(now) && e.mayBegin(now) == nil
	})
	if !ok {
		return nil
	}
	return r.put(e.into(Change{State: Active, At: now}))
}

// succeed makes a successor when the last key of the purpose is about to end.
func (r *Ring) succeed(purpose verifier.Purpose, now time.Time, lifetime time.Duration, local bool) error {
	ahead := OfflineRenewBefore
	if local {
		ahead = RenewBefore
	}
	if strings.HasPrefix(string(purpose), verifier.CredentialPrefix) {
		ahead += LongestCredential
	}
	for _, e := range r.entries {
		if e.Purpose == purpose && (e.State == Active || e.State == Published || e.State == Created) && now.Add(ahead).Before(e.NotAfter) {
			return nil
		}
	}
	e, err := r.make(purpose, now, now.Add(introduction+lifetime))
	if err != nil {
		return err
	}
	e.Automatic = true
	return r.put(e.into(Change{State: Published, At: now}))
}

// relieve retires automatic keys that a later one has taken over from.
func (r *Ring) relieve(purpose verifier.Purpose, now time.Time) error {
	signing, ok := r.current(purpose, now)
	if !ok {
		return nil
	}
	for _, e := range append([]Entry(nil), r.entries...) {
		if e.Purpose == purpose && e.Automatic && e.signs(now) && e.activeSince().Before(signing.activeSince()) {
			if err := r.put(e.into(Change{State: Retired, At: now})); err != nil {
				return err
			}
		}
	}
	return nil
}

// make makes a key in its first state. It is not stored yet.
func (r *Ring) make(purpose verifier.Purpose, now, end time.Time) (Entry, error) {
	e := Entry{Purpose: purpose,
		NotBefore: now.Add(-backdate).UTC().Truncate(time.Second), NotAfter: end.UTC().Truncate(time.Second)}
	if r.options.MakeInToken {
		ref, signer, err := r.options.Token.Generate()
		if err != nil {
			return Entry{}, fmt.Errorf("keys: token: %w", err)
		}
		e.Token, e.signer = &ref, signer
	} else {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return Entry{}, fmt.Errorf("keys: %w", err)
		}
		if e.sealed, err = r.options.Lock.seal(private); err != nil {
			return Entry{}, err
		}
		e.signer = private
	}
	var err error
	if e.Key, err = publicKey(e.signer); err != nil {
		return Entry{}, err
	}
	return e.into(Change{State: Created, At: now}), nil
}

func publicKey(signer crypto.Signer) (*verifier.Key, error) {
	public, ok := signer.Public().(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("keys: not an EC key")
	}
	return verifier.NewKey(public)
}
