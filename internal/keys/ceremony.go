package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/giayto/giayto/verifier"
)

// Lifetimes of lists that are carried by hand.
const (
	DefaultValid = 30 * 24 * time.Hour
	MinValid     = time.Hour
	// MaxValid keeps rotation from going dark: a successor made OfflineRenewBefore
	// ahead waits for the next list, at most this long, and then until lists
	// without it, good for as long again and the grace, are too old.
	MaxValid = 40 * 24 * time.Hour
)

// Files that the ceremony keeps in the folder of a root.
const (
	AuthorityFile = "certificate-authority.pem"
	// previousRootFile is the root before this one, whose last list may be the
	// one that the next list follows.
	previousRootFile = "previous-root.jwk"
)

// Ceremony is a root on its own machine: the folder with the keys that sign
// trust lists and certificates.
type Ceremony struct {
	dir  string
	ring *Ring
	root Entry
	ca   Entry
}

// NewCeremony makes root and certificate authority in a folder that has none,
// and writes their public halves beside them.
func NewCeremony(dir string, o Options, now time.Time) (*Ceremony, error) {
	ring, err := Open(dir, o)
	if err != nil {
		return nil, err
	}
	if len(ring.All()) > 0 {
		return nil, fmt.Errorf("keys: %s holds keys already: a root is made once", dir)
	}
	for _, purpose := range []verifier.Purpose{verifier.PurposeTrustList, PurposeCertificate} {
		if _, err := ring.Ensure(purpose, now, RootLifetime); err != nil {
			return nil, err
		}
	}
	c, err := ceremony(dir, ring)
	if err != nil {
		return nil, err
	}
	jwk, err := EncodeKey(c.root.Key)
	if err != nil {
		return nil, err
	}
	err = errors.Join(replaceFile(filepath.Join(dir, RootFile), jwk, 0o644),
		replaceFile(filepath.Join(dir, AuthorityFile), c.Authority(), 0o644))
	return c, err
}

// OpenCeremony opens the folder of a root.
func OpenCeremony(dir string, o Options) (*Ceremony, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	ring, err := Open(dir, o)
	if err != nil {
		return nil, err
	}
	return ceremony(dir, ring)
}

func ceremony(dir string, ring *Ring) (c *Ceremony, err error) {
	c = &Ceremony{dir: dir, ring: ring}
	if c.root, err = ring.newest(verifier.PurposeTrustList); err != nil {
		return nil, fmt.Errorf("keys: %s holds no root", dir)
	}
	if c.ca, err = ring.newest(PurposeCertificate); err != nil {
		return nil, fmt.Errorf("keys: %s holds no certificate authority", dir)
	}
	if c.root.signer == nil || c.ca.signer == nil {
		return nil, ErrLocked
	}
	return c, nil
}

// Root is the public root key.
func (c *Ceremony) Root() *verifier.Key { return c.root.Key }

// Authority is the certificate of the certificate authority as PEM.
func (c *Ceremony) Authority() []byte { return encodeCertificates(c.ca.Certificates) }

// Previous opens the list that the next one follows: signed by this root, or by
// the one before it.
func (c *Ceremony) Previous(text []byte) (*verifier.TrustList, error) {
	roots := []*verifier.Key{c.root.Key}
	older, err := readRoot(filepath.Join(c.dir, previousRootFile))
	if err != nil {
		return nil, err
	}
	if older != nil {
		roots = append(roots, older)
	}
	return verifier.OpenTrustList(text, roots...)
}

// Order is what the person at the root decides.
type Order struct {
	Request Request
	// Previous is the list that the new one follows; nil = none is at hand.
	Previous *verifier.TrustList
	// After is the version that the new list follows where Previous is nil.
	After int64
	Valid time.Duration // how long the list is good for
	Now   time.Time
	// Next is the root that follows; nil = none.
	Next *Ceremony
}

// Package is what goes back to the server.
type Package struct {
	TrustList string `json:"trust_list"` // compact JWS
	// Certificates are the chains of signers by kid: DER, leaf first.
	Certificates map[string][][]byte `json:"certificates"`
}

// Draft is the list that the order calls for, unsigned.
func (c *Ceremony) Draft(o Order) (verifier.TrustList, error) {
	list := verifier.TrustList{Version: max(o.After, o.Request.After) + 1, Issuer: o.Request.Origin, IssuedAt: o.Now.UTC().Truncate(time.Second),
		Rules: verifier.DefaultRules()}
	list.NextUpdate = list.IssuedAt.Add(o.Valid)
	switch {
	case o.Valid < MinValid || o.Valid > MaxValid:
		return list, fmt.Errorf("keys: a list is good for %v to %v", MinValid, MaxValid)
	case !o.Now.Before(c.root.NotAfter):
		return list, fmt.Errorf("keys: the root has ended at %s", c.root.NotAfter.UTC().Format(time.RFC3339))
	case o.Previous == nil && o.Request.After > o.After:
		return list, fmt.Errorf("keys: the server has list %d already: give that list, or the version to follow", o.Request.After)
	case o.Previous != nil && o.Request.After > o.Previous.Version:
		return list, fmt.Errorf("keys: the server has list %d, newer than the previous list %d", o.Request.After, o.Previous.Version)
	case o.Next != nil && o.Next.root.Key.Thumbprint == c.root.Key.Thumbprint:
		return list, errors.New("keys: a root does not follow itself")
	}
	for i := range o.Request.Keys {
		list.Keys = append(list.Keys, o.Request.Keys[i].TrustedKey)
	}
	list.Authorities = append(list.Authorities, c.ca.Certificates...)
	if o.Next != nil {
		list.Authorities = append(list.Authorities, o.Next.ca.Certificates...)
	}
	if o.Previous != nil {
		if err := c.follow(&list, o); err != nil {
			return list, err
		}
	}
	if o.Next != nil {
		var err error
		if list.NextRoot, err = verifier.NewSuccession(list.Issuer, c.root.Key, o.Next.root.signer); err != nil {
			return list, err
		}
	}
	return list, nil
}

// follow continues the previous list: what it said and nobody may take back.
func (c *Ceremony) follow(list *verifier.TrustList, o Order) error {
	before := o.Previous
	list.Version = max(before.Version, o.After) + 1
	list.Rules = before.Rules
	signed := before.Roots()[0].Thumbprint == c.root.Key.Thumbprint
	switch {
	case before.Issuer != list.Issuer:
		return fmt.Errorf("keys: the request is from %s and the previous list of %s", list.Issuer, before.Issuer)
	case before.IssuedAt.After(list.IssuedAt):
		return errors.New("keys: the previous list is from the future: set the clock of this machine")
	case !signed && (before.NextRoot == nil || before.NextRoot.Key().Thumbprint != c.root.Key.Thumbprint):
		return errors.New("keys: the previous list does not name this root as the next one")
	}
	if signed {
		list.NextRoot = before.NextRoot
	}
	for _, der := range before.Authorities {
		known := func(have []byte) bool { return bytes.Equal(have, der) }
		if ca, err := x509.ParseCertificate(der); err == nil && o.Now.Before(ca.NotAfter) && !contains(list.Authorities, known) {
			list.Authorities = append(list.Authorities, der)
		}
	}
	now := map[string]*verifier.TrustedKey{}
	for i := range list.Keys {
		key, err := verifier.ParseKey(list.Keys[i].JWK)
		if err != nil {
			return err
		}
		now[key.Thumbprint] = &list.Keys[i]
	}
	for i := range before.Keys {
		was := &before.Keys[i]
		is := now[was.Key().Thumbprint]
		switch {
		case is != nil && is.Purpose != was.Purpose:
			return fmt.Errorf("keys: %s changes its purpose from %s to %s", was.Key().Thumbprint, was.Purpose, is.Purpose)
		case was.RevokedAt == nil:
		case is == nil && o.Now.Before(was.NotAfter):
			return fmt.Errorf("keys: %s is revoked and must stay in the list until its window ends", was.Key().Thumbprint)
		case is != nil && (is.RevokedAt == nil || is.RevokedAt.After(*was.RevokedAt)):
			return fmt.Errorf("keys: the revocation of %s cannot be taken back", was.Key().Thumbprint)
		}
	}
	return nil
}

func contains(all [][]byte, fits func([]byte) bool) bool {
	for _, one := range all {
		if fits(one) {
			return true
		}
	}
	return false
}

// Sign signs a draft and issues the certificates that the request asks for.
func (c *Ceremony) Sign(list verifier.TrustList, o Order) ([]byte, error) {
	text, err := verifier.SignTrustList(list, c.root.signer)
	if err != nil {
		return nil, err
	}
	out := Package{TrustList: string(text), Certificates: map[string][][]byte{}}
	a, err := c.ring.authority()
	if err != nil {
		return nil, err
	}
	for i := range o.Request.Keys {
		k := &o.Request.Keys[i]
		if k.CertificateRequest == nil {
			continue
		}
		key, err := verifier.ParseKey(k.JWK)
		if err != nil {
			return nil, err
		}
		der, err := a.issue(k.Purpose, list.Issuer, key, k.NotBefore, k.NotAfter)
		if err != nil {
			return nil, err
		}
		if der != nil {
			out.Certificates[key.Thumbprint] = [][]byte{der}
		}
	}
	if o.Next != nil {
		jwk, err := EncodeKey(c.root.Key)
		if err != nil {
			return nil, err
		}
		if err := replaceFile(filepath.Join(o.Next.dir, previousRootFile), jwk, 0o644); err != nil {
			return nil, err
		}
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return append(raw, '\n'), nil
}
