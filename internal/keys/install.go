package keys

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/giayto/giayto/verifier"
)

// Install takes the package of a ceremony: it becomes the list that the server
// publishes, with the certificates beside their keys. Nothing changes unless all
// of it is right: signed by the root that the server knows, newer than what it
// has, good at the moment, and about the keys of this ring. pinned is the root
// of a server that knows none yet; nil otherwise.
func (p *Publisher) Install(raw []byte, pinned *verifier.Key, now time.Time) (*verifier.TrustList, error) {
	var list *verifier.TrustList
	err := p.alone(now, func() error {
		err := p.install(raw, pinned, now)
		list = p.list
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (p *Publisher) install(raw []byte, pinned *verifier.Key, now time.Time) error {
	if p.ring.HasRoot() {
		return errors.New("keys: this server has its own root and signs its lists itself")
	}
	var in Package
	if err := strict(raw, &in); err != nil {
		return fmt.Errorf("keys: not a package of the root: %w", err)
	}
	known, err := p.pin(pinned)
	if err != nil {
		return err
	}
	text := []byte(strings.TrimSpace(in.TrustList))
	list, err := verifier.OpenTrustList(text, known...)
	if err != nil {
		return fmt.Errorf("keys: the list is refused: %w", err)
	}
	if err := p.acceptable(list, now); err != nil {
		return err
	}
	if err := p.match(list, now); err != nil {
		return err
	}
	if err := p.matchCertificates(in.Certificates, list); err != nil {
		return err
	}
	if err := p.ring.certificates(in.Certificates); err != nil {
		return err
	}
	return p.take(text, list, now)
}

// pin returns the roots whose list may be installed.
func (p *Publisher) pin(pinned *verifier.Key) ([]*verifier.Key, error) {
	if p.list != nil {
		return p.list.Roots(), nil
	}
	stored, err := readRoot(filepath.Join(p.dir, RootFile))
	switch {
	case err != nil:
		return nil, err
	case stored == nil && pinned == nil:
		return nil, errors.New("keys: this server knows no root yet: give the root key that the ceremony has printed")
	case stored != nil && pinned != nil && stored.Thumbprint != pinned.Thumbprint:
		return nil, fmt.Errorf("keys: this server has pinned the root %s", stored.Thumbprint)
	case stored != nil:
		return []*verifier.Key{stored}, nil
	}
	return []*verifier.Key{pinned}, nil
}

// acceptable holds the list against the clock and what came before.
func (p *Publisher) acceptable(list *verifier.TrustList, now time.Time) error {
	switch {
	case p.origin != "" && list.Issuer != p.origin:
		return fmt.Errorf("keys: the list is of %s and this server is %s", list.Issuer, p.origin)
	case list.IssuedAt.After(now.Add(slack)):
		return errors.New("keys: the list is from the future: one of the two clocks is wrong")
	case !now.Before(list.NextUpdate):
		return fmt.Errorf("keys: the list has ended at %s", list.NextUpdate.UTC().Format(time.RFC3339))
	case p.list == nil:
		return nil
	}
	if err := list.Supersedes(p.list.Stamp()); err != nil {
		return fmt.Errorf("keys: the list is refused: %w", err)
	}
	return nil
}

// match holds the list against the ring: the server must not sign with a key
// that the list does not name, nor the list name a key that nobody here has.
func (p *Publisher) match(list *verifier.TrustList, now time.Time) error {
	named := map[string]*verifier.TrustedKey{}
	for i := range list.Keys {
		named[list.Keys[i].Key().Thumbprint] = &list.Keys[i]
	}
	for _, e := range p.ring.Entries() {
		k := named[e.Key.Thumbprint]
		delete(named, e.Key.Thumbprint)
		switch {
		case k == nil && e.listed(now) && !e.ListedAt.IsZero():
			return fmt.Errorf("keys: the list lacks the %s key %s of %s", e.State, e.Key.Thumbprint, e.Purpose)
		case k == nil:
		case k.Purpose != e.Purpose || !k.NotBefore.Equal(e.NotBefore) || !k.NotAfter.Equal(e.NotAfter):
			return fmt.Errorf("keys: the list gives %s another purpose or window", e.Key.Thumbprint)
		case e.State == Created:
			return fmt.Errorf("keys: the list names %s, which has not been published", e.Key.Thumbprint)
		case e.State == Revoked && k.RevokedAt == nil:
			return fmt.Errorf("keys: %s has been revoked since the request: make a new one", e.Key.Thumbprint)
		case e.State != Revoked && k.RevokedAt != nil:
			return fmt.Errorf("keys: the list revokes %s, which is %s here", e.Key.Thumbprint, e.State)
		}
	}
	for i := range list.Keys { // in the order of the list
		if k := &list.Keys[i]; named[k.Key().Thumbprint] != nil {
			return fmt.Errorf("keys: the list names %s of %s, which this server does not have", k.Key().Thumbprint, k.Purpose)
		}
	}
	return nil
}

// matchCertificates holds the chains against ring and list.
func (p *Publisher) matchCertificates(chains map[string][][]byte, list *verifier.TrustList) error {
	left := len(chains)
	for _, e := range p.ring.Entries() {
		chain, ok := chains[e.Key.Thumbprint]
		if !ok {
			if certified(e.Purpose) && (e.State == Published || e.State == Active) && names(list, e.Key) && len(e.Certificates) == 0 {
				return fmt.Errorf("keys: the package lacks the certificate of %s of %s", e.Key.Thumbprint, e.Purpose)
			}
			continue
		}
		left--
		if len(chain) != 1 || !certified(e.Purpose) {
			return fmt.Errorf("keys: not the chain of a signer: %s of %s", e.Key.Thumbprint, e.Purpose)
		}
		if err := checkLeaf(chain[0], e, list.Issuer, list.Authorities); err != nil {
			return fmt.Errorf("keys: the certificate of %s is refused: %w", e.Key.Thumbprint, err)
		}
	}
	if left > 0 {
		return errors.New("keys: the package has a certificate of a key that this server does not have")
	}
	return nil
}

// take stores the list, unless it is the one that is stored already.
func (p *Publisher) take(text []byte, list *verifier.TrustList, now time.Time) error {
	p.origin = list.Issuer
	if bytes.Equal(text, p.text) {
		return nil
	}
	return p.adopt(text, list, now)
}
