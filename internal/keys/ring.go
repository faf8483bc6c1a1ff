package keys

import (
	"crypto"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/verifier"
)

// Token makes and finds keys inside a PKCS #11 token.
type Token interface {
	// Generate makes a P-256 key that cannot leave the token.
	Generate() (TokenRef, crypto.Signer, error)
	// Signer finds the key again.
	Signer(TokenRef) (crypto.Signer, error)
}

// Options say how private halves are reached. With neither, what is public can
// be read and states can be changed, and nothing can be signed.
type Options struct {
	// Lock opens encrypted private halves, and closes new ones.
	Lock *Lock
	// Token holds keys that are not in files.
	Token Token
	// MakeInToken makes new keys inside the token instead of in files.
	MakeInToken bool
}

// Ring is the set of keys in a folder. It is safe for concurrent use, and
// several processes may share the folder: each change is made under a lock, on
// what is on the disk by then. A process sees the changes of another one after
// Reload.
type Ring struct {
	dir     string
	options Options

	mu      sync.RWMutex
	entries []Entry
	read    map[string]os.FileInfo // the file that each entry was read from
}

// Open reads every key of the folder, which is made if it does not exist. A
// folder or key file that the group or others can read is refused: it may
// already have been copied. So is one that is damaged, with its name.
func Open(dir string, o Options) (*Ring, error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	done, err := turn(dir)
	if err != nil {
		return nil, err
	}
	r := &Ring{dir: dir, options: o}
	if err := errors.Join(sweep(dir), r.load(), done()); err != nil {
		return nil, err
	}
	return r, nil
}

// Reload reads what other processes have changed, and reports whether anything
// was. On an error the ring stays as it was.
func (r *Ring) Reload() (changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.read
	if err := r.load(); err != nil {
		return false, err
	}
	if len(before) != len(r.read) {
		return true, nil
	}
	for name, info := range r.read {
		if old, ok := before[name]; !ok || !same(old, info) {
			return true, nil
		}
	}
	return false, nil
}

// same reports whether a file is still the one that was read. Files of keys are
// replaced and never written over.
func same(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// load reads the folder, and of files that are as they were nothing again.
func (r *Ring) load() error {
	names, err := filepath.Glob(filepath.Join(r.dir, "*"+extension))
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	sort.Strings(names)
	known := map[string]Entry{}
	for _, e := range r.entries {
		known[e.fileName()] = e
	}
	entries, read := make([]Entry, 0, len(names)), make(map[string]os.FileInfo, len(names))
	seen := map[string]string{}
	for _, path := range names {
		name := filepath.Base(path)
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		e, ok := known[name]
		if old := r.read[name]; !ok || old == nil || !same(old, info) {
			if e, err = readFile(path, r.options); err != nil {
				return err
			}
		}
		if other, twice := seen[e.Key.Thumbprint]; twice {
			return fmt.Errorf("keys: %s holds the key of %s", path, other)
		}
		seen[e.Key.Thumbprint] = name
		entries, read[name] = append(entries, e), info
	}
	r.entries, r.read = entries, read
	return nil
}

// change runs f on what is on the disk, while nobody else may change it.
func (r *Ring) change(f func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	done, err := turn(r.dir)
	if err != nil {
		return err
	}
	if err := r.load(); err != nil {
		return errors.Join(err, done())
	}
	return errors.Join(f(), done())
}

// put stores an entry durably before it counts.
func (r *Ring) put(e Entry) error {
	if e.State == Retired || e.State == Revoked {
		e.sealed, e.signer = "", nil // it will never sign again, so nobody else shall
	}
	if err := e.readChain(); err != nil {
		return fmt.Errorf("keys: %s: %w", e.fileName(), err)
	}
	if err := writeFile(r.dir, e); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(r.dir, e.fileName()))
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	for i := range r.entries {
		if r.entries[i].Key.Thumbprint == e.Key.Thumbprint {
			r.entries[i] = e
			r.read[e.fileName()] = info
			return nil
		}
	}
	r.entries = append(r.entries, e)
	r.read[e.fileName()] = info
	return nil
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

// current picks, of the keys that may sign, the one that began last.
func (r *Ring) current(purpose verifier.Purpose, now time.Time) (Entry, bool) {
	return r.pick(func(e, best Entry) bool { return e.activeSince().After(best.activeSince()) },
		func(e Entry) bool { return e.Purpose == purpose && e.signs(now) })
}

// youngest picks the key of the purpose that begins last, whatever its window.
func (r *Ring) youngest(purpose verifier.Purpose) (Entry, bool) {
	return r.pick(func(e, best Entry) bool { return e.NotBefore.After(best.NotBefore) },
		func(e Entry) bool { return e.Purpose == purpose })
}

func (r *Ring) pick(better func(e, best Entry) bool, fits func(Entry) bool) (best Entry, found bool) {
	for _, e := range r.entries {
		if fits(e) && (!found || better(e, best)) {
			best, found = e, true
		}
	}
	return best, found
}

// newest is youngest for other files of the package.
func (r *Ring) newest(purpose verifier.Purpose) (Entry, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	e, ok := r.youngest(purpose)
	if !ok {
		return e, fmt.Errorf("%w: %s", ErrNoKey, purpose)
	}
	return e, nil
}

// HasRoot reports whether the root key of the trust list is in this ring.
func (r *Ring) HasRoot() bool {
	_, err := r.newest(verifier.PurposeTrustList)
	return err == nil
}

// Entries returns every key but root and certificate authority, ordered by
// purpose and window.
func (r *Ring) Entries() []Entry {
	return r.sorted(func(e Entry) bool { return !above(e.Purpose) })
}

// All returns every key, ordered by purpose and window.
func (r *Ring) All() []Entry { return r.sorted(func(Entry) bool { return true }) }

func (r *Ring) sorted(fits func(Entry) bool) []Entry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]Entry, 0, len(r.entries))
	for _, e := range r.entries {
		if fits(e) {
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

// find returns the one key whose kid begins with the given text.
func (r *Ring) find(kid string) (Entry, error) {
	var found []Entry
	for _, e := range r.entries {
		if kid != "" && strings.HasPrefix(e.Key.Thumbprint, kid) {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return Entry{}, fmt.Errorf("keys: there is no key %q", kid)
	case 1:
		return found[0], nil
	}
	return Entry{}, fmt.Errorf("keys: %d keys begin with %q: give more of the kid", len(found), kid)
}

// Disclosure hands out the key that signs presentations at the moment, with the
// id that a presentation names it by.
func (r *Ring) Disclosure(now time.Time) (crypto.Signer, verifier.KeyID, error) {
	e, err := r.signer(verifier.PurposeDisclosure, now)
	if err != nil {
		return nil, verifier.KeyID{}, err
	}
	return e.signer, e.Key.ID, nil
}

// Credential hands out the key that signs the agency's credentials at the
// moment. It implements issuer.Keys.
func (r *Ring) Credential(agency string, now time.Time) (issuer.SigningKey, error) {
	return r.signing(CredentialPurpose(agency), now)
}

// Revoked reports whether the agency's key of that kid has been revoked.
func (r *Ring) Revoked(agency, kid string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.ContainsFunc(r.entries, func(e Entry) bool {
		return e.Purpose == CredentialPurpose(agency) && e.Key.Thumbprint == kid && e.State == Revoked
	})
}

// Status hands out the key that signs the deployment's status lists at the
// moment.
func (r *Ring) Status(now time.Time) (issuer.SigningKey, error) {
	return r.signing(verifier.PurposeStatus, now)
}

func (r *Ring) signing(purpose verifier.Purpose, now time.Time) (issuer.SigningKey, error) {
	e, err := r.signer(purpose, now)
	if err != nil {
		return issuer.SigningKey{}, err
	}
	until := e.NotAfter
	if !e.leafEnd.IsZero() && e.leafEnd.Before(until) {
		until = e.leafEnd // others check the chain and not the trust list
	}
	return issuer.SigningKey{Signer: e.signer, KeyID: e.Key.Thumbprint, Certificates: e.Certificates, NotAfter: until}, nil
}

// signer is Current for those who sign.
func (r *Ring) signer(purpose verifier.Purpose, now time.Time) (Entry, error) {
	e, err := r.Current(purpose, now)
	if err == nil && e.signer == nil {
		return Entry{}, fmt.Errorf("%w: %s", ErrLocked, purpose)
	}
	return e, err
}
