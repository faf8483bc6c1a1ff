package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/giayto/giayto/issuer"
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
	// successor is made.
	RenewBefore = 30 * 24 * time.Hour
	// introduction is how long a successor stands in the trust list before it
	// signs: longer than the oldest list that a checker may use, which is
	// TrustListLifetime and the grace of verifier.DefaultRules.
	introduction = 15 * 24 * time.Hour

	// backdate lets a key count at once on machines whose clock is behind.
	backdate = 5 * time.Minute
)

// ErrNoKey says that no key of a purpose is within its window.
var ErrNoKey = errors.New("keys: no key of this purpose is within its window")

// CredentialPurpose is the purpose of the key that signs an agency's credentials.
func CredentialPurpose(agency string) verifier.Purpose {
	return verifier.Purpose(verifier.CredentialPrefix + agency)
}

// Entry is a key of the ring: its public half, its purpose and window, and the
// means to sign with it.
type Entry struct {
	Purpose   verifier.Purpose
	Key       *verifier.Key
	NotBefore time.Time
	NotAfter  time.Time

	signer crypto.Signer
}

// Signer signs with the key.
func (e Entry) Signer() crypto.Signer { return e.signer }

// covers reports whether the moment is within the window.
func (e Entry) covers(now time.Time) bool {
	return !now.Before(e.NotBefore) && now.Before(e.NotAfter)
}

// Ring is the set of keys in a folder. It is safe for concurrent use.
type Ring struct {
	dir string

	mu      sync.RWMutex
	entries []Entry
}

// Open reads every key of the folder, which is made if it does not exist. A
// folder or key file that the group or others can read is refused: it may
// already have been copied.
func Open(dir string) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if err := private(dir); err != nil {
		return nil, err
	}
	if err := sweep(dir); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"+extension))
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	sort.Strings(names)
	r := &Ring{dir: dir}
	for _, name := range names {
		e, err := readFile(name)
		if err != nil {
			return nil, err
		}
		r.entries = append(r.entries, e)
	}
	return r, nil
}

// sweep removes what a process that was killed while it wrote left behind: a
// private key that nothing names is only there to be found.
func sweep(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, unfinished))
	for _, name := range names {
		err = errors.Join(err, os.Remove(name))
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// private refuses a path that others than its owner can read.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("keys: %s can be read by others (mode %04o); make sure that nobody copied it, then: chmod go= %s",
			path, info.Mode().Perm(), path)
	}
	return nil
}

// Ensure returns the key of the purpose that signs at the moment, and makes one
// that lives for the lifetime if there is none. A root is only ever made where
// there is none at all, whatever its window: checkers have pinned it, and a
// clock that was wrong once must not exchange it.
func (r *Ring) Ensure(purpose verifier.Purpose, now time.Time, lifetime time.Duration) (Entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if purpose == verifier.PurposeTrustList {
		if e, ok := r.youngest(purpose); ok {
			return e, nil
		}
	}
	if e, ok := r.current(purpose, now); ok {
		return e, nil
	}
	return r.add(purpose, now.Add(-backdate), now.Add(lifetime))
}

// Renew keeps a purpose able to sign: it makes a key where none is within its
// window, and, when the last one is about to end, a successor. That one begins
// to sign only when every checker's list may be expected to name it. A root has
// no successor: it would have to be pinned anew.
func (r *Ring) Renew(purpose verifier.Purpose, now time.Time, lifetime time.Duration) error {
	signing, err := r.Ensure(purpose, now, lifetime)
	if err != nil || purpose == verifier.PurposeTrustList {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if e.Purpose == purpose && now.Add(RenewBefore).Before(e.NotAfter) {
			return nil
		}
	}
	begin := now.Add(introduction)
	if begin.After(signing.NotAfter) {
		begin = signing.NotAfter // late: a gap in what checkers know is better than one in signing
	}
	_, err = r.add(purpose, begin, begin.Add(lifetime))
	return err
}

// add makes a key and stores it durably before anything can be signed with it.
func (r *Ring) add(purpose verifier.Purpose, begin, end time.Time) (Entry, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Entry{}, fmt.Errorf("keys: %w", err)
	}
	key, err := verifier.NewKey(&private.PublicKey)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Purpose: purpose, Key: key, signer: private,
		NotBefore: begin.UTC().Truncate(time.Second), NotAfter: end.UTC().Truncate(time.Second)}
	name := strings.ReplaceAll(string(purpose), "/", "-") + "-" + key.Thumbprint[:8] + extension
	if err := writeFile(filepath.Join(r.dir, name), e, private); err != nil {
		return Entry{}, err
	}
	r.entries = append(r.entries, e)
	return e, nil
}

// Current returns the key of the purpose that signs at the moment, or ErrNoKey.
func (r *Ring) Current(purpose verifier.Purpose, now time.Time) (Entry, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if e, ok := r.current(purpose, now); ok {
		return e, nil
	}
	return Entry{}, fmt.Errorf("%w: %s", ErrNoKey, purpose)
}

// current picks the newest key within its window.
func (r *Ring) current(purpose verifier.Purpose, now time.Time) (Entry, bool) {
	var best Entry
	for _, e := range r.entries {
		if e.Purpose == purpose && e.covers(now) && (best.signer == nil || e.NotBefore.After(best.NotBefore)) {
			best = e
		}
	}
	return best, best.signer != nil
}

// youngest picks the key of the purpose that begins last, whatever its window.
func (r *Ring) youngest(purpose verifier.Purpose) (Entry, bool) {
	var best Entry
	for _, e := range r.entries {
		if e.Purpose == purpose && (best.signer == nil || e.NotBefore.After(best.NotBefore)) {
			best = e
		}
	}
	return best, best.signer != nil
}

// Entries returns every key but the root, ordered by purpose and window.
func (r *Ring) Entries() []Entry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]Entry, 0, len(r.entries))
	for _, e := range r.entries {
		if e.Purpose != verifier.PurposeTrustList {
			out = append(out, e)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Purpose != out[j].Purpose {
			return out[i].Purpose < out[j].Purpose
		}
		return out[i].NotBefore.Before(out[j].NotBefore)
	})
	return out
}

// Disclosure hands out the key that signs presentations at the moment, with the
// id that a presentation names it by.
func (r *Ring) Disclosure(now time.Time) (crypto.Signer, verifier.KeyID, error) {
	e, err := r.Current(verifier.PurposeDisclosure, now)
	if err != nil {
		return nil, verifier.KeyID{}, err
	}
	return e.Signer(), e.Key.ID, nil
}

// Credential hands out the key that signs the agency's credentials at the
// moment. It implements issuer.Keys.
func (r *Ring) Credential(agency string, now time.Time) (issuer.SigningKey, error) {
	return r.signing(CredentialPurpose(agency), now)
}

// Status hands out the key that signs the deployment's status lists at the
// moment.
func (r *Ring) Status(now time.Time) (issuer.SigningKey, error) {
	return r.signing(verifier.PurposeStatus, now)
}

func (r *Ring) signing(purpose verifier.Purpose, now time.Time) (issuer.SigningKey, error) {
	e, err := r.Current(purpose, now)
	if err != nil {
		return issuer.SigningKey{}, err
	}
	return issuer.SigningKey{Signer: e.Signer(), KeyID: e.Key.Thumbprint}, nil
}
