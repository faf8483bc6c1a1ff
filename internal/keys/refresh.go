package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/giayto/giayto/verifier"
)

// Refresh takes up what other processes have installed. Where the root is in the
// ring it also signs a new list if the present one is old or no longer says what
// the ring says, stores it durably, and only then shows it.
func (p *Publisher) Refresh(now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	done, err := turn(p.dir)
	if err != nil {
		return err
	}
	err = p.load()
	if err == nil {
		err = p.refresh(now)
	}
	return errors.Join(err, done())
}

func (p *Publisher) refresh(now time.Time) error {
	if err := p.note(now, p.knownFrom(now)); err != nil {
		return err
	}
	root, err := p.ring.newest(verifier.PurposeTrustList)
	if errors.Is(err, ErrNoKey) {
		return nil // lists come from elsewhere
	}
	if p.origin == "" {
		return errors.New("keys: a trust list needs the public origin of the deployment")
	}
	if err := p.ring.certify(p.origin, now); err != nil {
		return err
	}
	next, err := p.draft(now)
	if err != nil {
		return err
	}
	if p.list != nil && p.fresh(now) && sameContent(p.list, next) {
		return nil
	}
	// That the root's window begins later does not matter: checkers pin the key
	// and not its window, and it only means that the clock was ahead.
	if !now.Before(root.NotAfter) {
		return fmt.Errorf("%w: %s", ErrNoKey, verifier.PurposeTrustList)
	}
	if root.signer == nil {
		return fmt.Errorf("%w: %s", ErrLocked, verifier.PurposeTrustList)
	}
	text, err := verifier.SignTrustList(next, root.signer)
	if err != nil {
		return err
	}
	list, err := verifier.OpenTrustList(text, root.Key)
	if err != nil {
		return err
	}
	// The root goes first: a stop between the two leaves a list that is not
	// renewed for a day, and nobody could check it.
	jwk, err := EncodeKey(root.Key)
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(p.dir, RootFile), jwk, 0o644); err != nil {
		return err
	}
	return p.adopt(text, list, now)
}

// draft is the list that the ring calls for.
func (p *Publisher) draft(now time.Time) (verifier.TrustList, error) {
	issued := now.UTC().Truncate(time.Second)
	next := verifier.TrustList{Version: 1, Issuer: p.origin, IssuedAt: issued,
		NextUpdate: issued.Add(TrustListLifetime), Rules: p.rules}
	if p.list != nil {
		next.Version = p.list.Version + 1
	}
	var err error
	if next.Keys, err = p.ring.trusted(now); err != nil {
		return next, err
	}
	if ca, err := p.ring.newest(PurposeCertificate); err == nil {
		next.Authorities = ca.Certificates
	}
	return next, nil
}

// adopt makes a list the newest one: on the disk first, then for everybody.
func (p *Publisher) adopt(text []byte, list *verifier.TrustList, now time.Time) error {
	known := p.knownFrom(now)
	usable := later(known, lastUse(list))
	if err := replaceFile(filepath.Join(p.dir, TrustListFile), text, 0o644); err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(p.dir, usableFile), []byte(usable.UTC().Format(time.RFC3339)+"\n"), 0o644); err != nil {
		return err
	}
	p.text, p.list, p.usable = text, list, usable
	return p.note(now, known)
}

// note writes beside each key that the list names for the first time from when
// on every checker knows it.
func (p *Publisher) note(now, known time.Time) error {
	if p.list == nil {
		return nil
	}
	named := map[string]bool{}
	for i := range p.list.Keys {
		named[p.list.Keys[i].Key().Thumbprint] = true
	}
	fresh := func(e Entry) bool { return named[e.Key.Thumbprint] && e.ListedAt.IsZero() }
	if len(p.ring.sorted(fresh)) == 0 {
		return nil
	}
	return p.ring.change(func() error {
		for _, e := range append([]Entry(nil), p.ring.entries...) {
			if !fresh(e) {
				continue
			}
			e.ListedAt, e.KnownAt = now.UTC().Truncate(time.Second), known.UTC().Truncate(time.Second)
			if e.KnownAt.Before(e.ListedAt) {
				e.KnownAt = e.ListedAt
			}
			if err := p.ring.put(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// fresh reports whether the present list need not be renewed yet. One that was
// issued in the future, by a clock that has since been set back, would make
// every checker suspect its own clock.
func (p *Publisher) fresh(now time.Time) bool {
	return !now.Before(p.list.IssuedAt) && now.Sub(p.list.IssuedAt) < TrustListRenewal
}

// trusted lists the ring's keys as a trust list names them.
func (r *Ring) trusted(now time.Time) ([]verifier.TrustedKey, error) {
	var keys []verifier.TrustedKey
	for _, e := range r.Entries() {
		if !e.listed(now) {
			continue
		}
		k, err := e.trusted()
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// trusted is the key as a trust list names it.
func (e Entry) trusted() (verifier.TrustedKey, error) {
	jwk, err := json.Marshal(e.Key)
	if err != nil {
		return verifier.TrustedKey{}, fmt.Errorf("keys: %w", err)
	}
	k := verifier.TrustedKey{Purpose: e.Purpose, Algorithm: "ES256", NotBefore: e.NotBefore, NotAfter: e.NotAfter, JWK: jwk}
	if e.State == Revoked {
		k.RevokedAt, k.Revoked = optional(e.RevokedAt), e.History[len(e.History)-1].Reason
	}
	return k, nil
}

// sameContent compares what a list says with what it should say, but for version
// and times.
func sameContent(have *verifier.TrustList, want verifier.TrustList) bool {
	if have.Issuer != want.Issuer || len(have.Keys) != len(want.Keys) || len(have.Authorities) != len(want.Authorities) {
		return false
	}
	for i := range want.Keys {
		if string(have.Keys[i].JWK) != string(want.Keys[i].JWK) || !sameKey(have.Keys[i], want.Keys[i]) {
			return false
		}
	}
	for i := range want.Authorities {
		if !bytes.Equal(have.Authorities[i], want.Authorities[i]) {
			return false
		}
	}
	return true
}

// sameKey compares what two lists say about one key.
func sameKey(a, b verifier.TrustedKey) bool {
	return a.Purpose == b.Purpose && a.NotBefore.Equal(b.NotBefore) && a.NotAfter.Equal(b.NotAfter) &&
		moment(a.RevokedAt).Equal(moment(b.RevokedAt)) && a.Revoked == b.Revoked
}

// remove deletes a file that need not exist.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}
