package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/giayto/giayto/verifier"
)

// How often a list is renewed where the root is in the ring, and how long such a
// list says that it is good for. Checkers keep working for the rules' grace
// beyond that.
const (
	TrustListRenewal  = 24 * time.Hour
	TrustListLifetime = 7 * 24 * time.Hour
)

// Files that a Publisher keeps in its folder.
const (
	TrustListFile = "trust-list.jws"
	RootFile      = "root.jwk"      // what checkers pin
	NextRootFile  = "next-root.jwk" // its successor, once a list has named it
	usableFile    = "trust-list.until"
	arrivalFile   = "trust-list.known"
)

// Publisher keeps the newest trust list of a deployment. Where the root key is
// in the ring it also signs the next ones; elsewhere they are installed. The
// version only grows, across restarts too.
type Publisher struct {
	ring   *Ring
	dir    string
	origin string
	rules  verifier.Rules

	mu   sync.RWMutex
	text []byte
	list *verifier.TrustList
	// usable is until when checkers may work from any list so far.
	usable time.Time
	// known is from when on every checker knows what the list names; zero where
	// that was not stored.
	known time.Time
	// settled says that what follows the list has been stored too.
	settled bool
	// reached is the highest version that was ever to be stored: more than that
	// of the list where an older list was restored.
	reached int64
}

// NewPublisher reads the newest list of the folder, if there is one. origin is
// the public origin of the deployment, the issuer named in the list; empty, it
// stays what the stored list says.
func NewPublisher(ring *Ring, dir, origin string) (*Publisher, error) {
	p := &Publisher{ring: ring, dir: dir, origin: origin, rules: verifier.DefaultRules()}
	done, err := turn(dir) // another process may be between two files
	if err != nil {
		return nil, err
	}
	if err := errors.Join(p.load(), done()); err != nil {
		return nil, err
	}
	if p.origin == "" && p.list != nil {
		p.origin = p.list.Issuer
	}
	return p, nil
}

// load reads what is stored. A damaged list is the operator's to mend: starting
// again at version 1 would look like a rollback to every checker.
func (p *Publisher) load() error {
	path := filepath.Join(p.dir, TrustListFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p.without(path)
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if p.list != nil && bytes.Equal(text, p.text) {
		return nil
	}
	roots, err := p.roots()
	if err != nil {
		return err
	}
	if len(roots) == 0 {
		return fmt.Errorf("keys: %s exists but neither its root key nor %s: %w", path, RootFile, ErrNoKey)
	}
	list, err := verifier.OpenTrustList(text, roots...)
	if err != nil {
		return fmt.Errorf("keys: %s cannot be used: %w", path, err)
	}
	usable, err := p.storedUsable()
	if err != nil {
		return err
	}
	arrived, err := p.storedArrival()
	if err != nil {
		return err
	}
	p.text, p.list, p.known, p.settled = text, list, time.Time{}, false
	p.reached = max(list.Version, arrived.Version)
	p.usable = later(usable, lastUse(list))
	if arrived.of(list) {
		// The list may have been stored last, and the moment not after it.
		p.known, p.usable = arrived.KnownFrom, later(arrived.KnownFrom, lastUse(list))
	}
	return nil
}

// without is load where there is no list. If there has been one and the root is
// in the ring, it is the operator's to bring back, as a damaged one. Elsewhere
// it comes again from the root, and keys go on waiting for the lists before it.
func (p *Publisher) without(path string) error {
	usable, err := p.storedUsable()
	if err != nil {
		return err
	}
	listed := len(p.ring.sorted(func(e Entry) bool { return !e.ListedAt.IsZero() })) > 0
	if p.ring.HasRoot() && (p.list != nil || listed || !usable.IsZero()) {
		return fmt.Errorf("keys: %s is missing, and checkers refuse lists that begin at version 1 again: restore it from a backup or a checker", path)
	}
	p.usable = later(p.usable, usable)
	return nil
}

// roots are the keys that may have signed the stored list: the ring's own root,
// what checkers pin, and its announced successor. (Of the latter two the files
// are replaced after the list: see storeRoots.)
func (p *Publisher) roots() ([]*verifier.Key, error) {
	var roots []*verifier.Key
	if e, err := p.ring.newest(verifier.PurposeTrustList); err == nil {
		roots = append(roots, e.Key)
	}
	for _, name := range []string{RootFile, NextRootFile} {
		key, err := readRoot(filepath.Join(p.dir, name))
		if err != nil {
			return nil, err
		}
		if key != nil {
			roots = append(roots, key)
		}
	}
	return roots, nil
}

// readRoot reads a public root key; nil if the file does not exist.
func readRoot(path string) (*verifier.Key, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	key, err := verifier.ParseKey(raw)
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", path, err)
	}
	return key, nil
}

// lastUse is until when a checker may work from the list.
func lastUse(l *verifier.TrustList) time.Time { return l.NextUpdate.Add(l.Rules.Grace.Duration()) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (p *Publisher) storedUsable() (time.Time, error) {
	path := filepath.Join(p.dir, usableFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("keys: %w", err)
	}
	t, err := time.Parse(time.RFC3339, string(bytes.TrimSpace(raw)))
	if err != nil {
		return time.Time{}, fmt.Errorf("keys: %s holds no moment", path)
	}
	return t, nil
}

// knownFrom is from when on no checker may work from a list that has been
// published so far. A list from the future, by a clock that has since been set
// back, is used by nobody whose clock is right.
func (p *Publisher) knownFrom(now time.Time) time.Time {
	switch {
	case p.list == nil:
		return later(p.usable, now)
	case p.list.IssuedAt.After(now):
		return now.Add(lastUse(p.list).Sub(p.list.IssuedAt))
	}
	return later(p.usable, now)
}

// Origin is the issuer that lists name; empty if neither given nor stored.
func (p *Publisher) Origin() string { return p.origin }

// TrustList returns the newest signed list and its content; nil before the
// first one of a new deployment.
func (p *Publisher) TrustList() ([]byte, *verifier.TrustList) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.text, p.list
}

// PinnedRoot returns the public root key, which checkers pin; nil before there is
// one.
func (p *Publisher) PinnedRoot() (*verifier.Key, error) {
	if e, err := p.ring.newest(verifier.PurposeTrustList); err == nil {
		return e.Key, nil
	}
	return readRoot(filepath.Join(p.dir, RootFile))
}

// Root returns the public root key, which checkers pin, as a JWK.
func (p *Publisher) Root() ([]byte, error) {
	key, err := p.PinnedRoot()
	if err != nil {
		return nil, err
	}
	if key == nil {
		return nil, fmt.Errorf("keys: no %s: %w", RootFile, ErrNoKey)
	}
	return EncodeKey(key)
}

// EncodeKey writes a public key as a JWK for people to read and files to keep.
func EncodeKey(key *verifier.Key) ([]byte, error) {
	jwk, err := json.MarshalIndent(key, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return append(jwk, '\n'), nil
}

// CertificateAuthorities returns the anchors of the deployment's certificates as
// PEM (RFC 7468); nil before there are any.
func (p *Publisher) CertificateAuthorities() []byte {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.list == nil || len(p.list.Authorities) == 0 {
		return nil
	}
	return encodeCertificates(p.list.Authorities)
}

// JWKS returns the public keys whose signatures may count, as a JWK Set (RFC
// 7517): those of the trust list that are not revoked.
func (p *Publisher) JWKS() ([]byte, error) {
	set := struct {
		Keys []*verifier.Key `json:"keys"`
	}{Keys: []*verifier.Key{}}
	if _, list := p.TrustList(); list != nil {
		for i := range list.Keys {
			if k := &list.Keys[i]; k.RevokedAt == nil {
				set.Keys = append(set.Keys, k.Key())
			}
		}
	}
	return json.Marshal(set)
}
