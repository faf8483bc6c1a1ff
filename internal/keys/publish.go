package keys

import (
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

// How often a list is renewed, and how long one says that it is good for.
// Checkers keep working for the rules' grace beyond that.
const (
	TrustListRenewal  = 24 * time.Hour
	TrustListLifetime = 7 * 24 * time.Hour
)

// Files that a Publisher keeps in its folder.
const (
	TrustListFile = "trust-list.jws"
	RootFile      = "root.jwk"
)

// Publisher keeps the newest trust list of a deployment, signed by a root key
// of the ring. Its version only grows, across restarts too.
type Publisher struct {
	ring   *Ring
	dir    string
	origin string
	rules  verifier.Rules

	mu   sync.RWMutex
	text []byte
	list *verifier.TrustList
}

// NewPublisher reads the newest list of the folder, if there is one. origin is
// the public origin of the deployment, the issuer named in the list; empty, it
// stays what the stored list says.
func NewPublisher(ring *Ring, dir, origin string) (*Publisher, error) {
	p := &Publisher{ring: ring, dir: dir, origin: origin, rules: verifier.DefaultRules()}
	text, err := os.ReadFile(filepath.Join(dir, TrustListFile))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	root, err := ring.newest(verifier.PurposeTrustList)
	if err != nil {
		return nil, fmt.Errorf("keys: a trust list exists but its root key does not: %w", err)
	}
	list, err := verifier.OpenTrustList(text, root.Key)
	if err != nil {
		// Starting again at version 1 would look like a rollback to every
		// checker, so a damaged list is the operator's to mend.
		return nil, fmt.Errorf("keys: the stored trust list cannot be used: %w", err)
	}
	p.text, p.list = text, list
	if p.origin == "" {
		p.origin = list.Issuer
	}
	return p, nil
}

// Origin is the issuer that lists name; empty if neither given nor stored.
func (p *Publisher) Origin() string { return p.origin }

// newest returns the youngest key of a purpose, whatever its window.
func (r *Ring) newest(purpose verifier.Purpose) (Entry, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	e, ok := r.youngest(purpose)
	if !ok {
		return e, fmt.Errorf("%w: %s", ErrNoKey, purpose)
	}
	return e, nil
}

// root returns the key that signs lists at the moment. That it begins later
// does not matter: checkers pin the key and not its window, and it only means
// that the clock was ahead when it was made.
func (p *Publisher) root(now time.Time) (Entry, error) {
	e, err := p.ring.newest(verifier.PurposeTrustList)
	if err == nil && !now.Before(e.NotAfter) {
		return Entry{}, fmt.Errorf("%w: %s", ErrNoKey, verifier.PurposeTrustList)
	}
	return e, err
}

// Refresh signs a new list if the present one is old or no longer says what the
// ring says, stores it durably, and only then shows it.
func (p *Publisher) Refresh(now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.origin == "" {
		return errors.New("keys: a trust list needs the public origin of the deployment")
	}
	keys, err := p.trusted()
	if err != nil {
		return err
	}
	if p.list != nil && p.fresh(now) && sameKeys(p.list.Keys, keys) && p.list.Issuer == p.origin {
		return nil
	}
	root, err := p.root(now)
	if err != nil {
		return err
	}
	issued := now.UTC().Truncate(time.Second)
	next := verifier.TrustList{Version: 1, Issuer: p.origin, IssuedAt: issued,
		NextUpdate: issued.Add(TrustListLifetime), Rules: p.rules, Keys: keys}
	if p.list != nil {
		next.Version = p.list.Version + 1
	}
	text, err := verifier.SignTrustList(next, root.Signer())
	if err != nil {
		return err
	}
	list, err := verifier.OpenTrustList(text, root.Key)
	if err != nil {
		return err
	}
	// The root goes first: a stop between the two leaves a list that is not
	// renewed for a day, and nobody could check it.
	jwk, err := p.Root()
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(p.dir, RootFile), jwk, 0o644); err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(p.dir, TrustListFile), text, 0o644); err != nil {
		return err
	}
	p.text, p.list = text, list
	return nil
}

// fresh reports whether the present list need not be renewed yet. One that was
// issued in the future, by a clock that has since been set back, would make
// every checker suspect its own clock.
func (p *Publisher) fresh(now time.Time) bool {
	return !now.Before(p.list.IssuedAt) && now.Sub(p.list.IssuedAt) < TrustListRenewal
}

// trusted lists the ring's keys as a trust list names them.
func (p *Publisher) trusted() ([]verifier.TrustedKey, error) {
	var keys []verifier.TrustedKey
	for _, e := range p.ring.Entries() {
		jwk, err := json.Marshal(e.Key)
		if err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		keys = append(keys, verifier.TrustedKey{Purpose: e.Purpose, Algorithm: "ES256",
			NotBefore: e.NotBefore, NotAfter: e.NotAfter, JWK: jwk})
	}
	return keys, nil
}

// sameKeys compares what a list says with what it should say.
func sameKeys(have, want []verifier.TrustedKey) bool {
	if len(have) != len(want) {
		return false
	}
	for i := range want {
		h, w := have[i], want[i]
		if h.Purpose != w.Purpose || !h.NotBefore.Equal(w.NotBefore) || !h.NotAfter.Equal(w.NotAfter) || string(h.JWK) != string(w.JWK) {
			return false
		}
	}
	return true
}

// TrustList returns the newest signed list and its content; nil before the
// first Refresh of a new deployment.
func (p *Publisher) TrustList() ([]byte, *verifier.TrustList) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.text, p.list
}

// Root returns the public root key, which checkers pin, as a JWK.
func (p *Publisher) Root() ([]byte, error) {
	root, err := p.ring.newest(verifier.PurposeTrustList)
	if err != nil {
		return nil, err
	}
	jwk, err := json.MarshalIndent(root.Key, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return append(jwk, '\n'), nil
}

// JWKS returns the public keys of the ring, without the root, as a JWK Set (RFC 7517).
func (p *Publisher) JWKS() ([]byte, error) {
	set := struct {
		Keys []*verifier.Key `json:"keys"`
	}{Keys: []*verifier.Key{}}
	for _, e := range p.ring.Entries() {
		set.Keys = append(set.Keys, e.Key)
	}
	return json.Marshal(set)
}
