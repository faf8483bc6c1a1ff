package verifier

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
)

// This file is about what stands above the keys of a list: the root that signed
// it, the root that follows, and the anchors of certificates.

// NextRoot names the root that follows the one that signed the list. The list is
// the old root's word for the new one, and Proof the new one's word for the
// succession: neither can be made without the private key behind it.
type NextRoot struct {
	JWK json.RawMessage `json:"jwk"`
	// Proof is a compact JWS by the new root, see docs/wire-format.md section 9.
	Proof string `json:"proof"`

	key *Key
}

// Key returns the parsed key of the new root.
func (n *NextRoot) Key() *Key { return n.key }

// succession is the payload of a proof.
type succession struct {
	Issuer string `json:"iss"`
	From   string `json:"from"` // thumbprint of the root that signs the list
	To     string `json:"to"`   // thumbprint of the new root
}

// maxProof bounds a proof; a real one has about 500 bytes.
const maxProof = 4 << 10

// NewSuccession makes the member next_root of the lists of an issuer that are
// signed by the root from, with the private key of the root that follows.
func NewSuccession(issuer string, from *Key, next crypto.Signer) (*NextRoot, error) {
	public, _ := next.Public().(*ecdsa.PublicKey)
	key, err := NewKey(public)
	if err != nil {
		return nil, err
	}
	payload, err := json.Marshal(succession{Issuer: issuer, From: from.Thumbprint, To: key.Thumbprint})
	if err != nil {
		return nil, err
	}
	proof, err := signJWS(payload, next, successionType)
	if err != nil {
		return nil, err
	}
	jwk, err := json.Marshal(key)
	if err != nil {
		return nil, err
	}
	return &NextRoot{JWK: jwk, Proof: string(proof), key: key}, nil
}

// check holds the proof against the root that signed the list.
func (n *NextRoot) check(issuer string, root *Key) error {
	key, err := ParseKey(n.JWK)
	if err != nil {
		return fmt.Errorf("next_root: %w", err)
	}
	if key.Thumbprint == root.Thumbprint {
		return errors.New("next_root: a root does not follow itself")
	}
	if len(n.Proof) > maxProof {
		return errors.New("next_root: the proof is too long")
	}
	payload, err := openJWS([]byte(n.Proof), key, successionType)
	if err != nil {
		return errors.New("next_root: the proof is not signed by the new root")
	}
	exact, err := exactMembers(payload)
	if err != nil {
		return fmt.Errorf("next_root: the proof: %w", err)
	}
	var said succession
	if err := json.Unmarshal(exact, &said); err != nil {
		return errors.New("next_root: the proof is not JSON of its form")
	}
	switch {
	case said.From != root.Thumbprint:
		return errors.New("next_root: the proof is about another old root")
	case said.To != key.Thumbprint:
		return errors.New("next_root: the proof is about another new root")
	case said.Issuer != issuer:
		return errors.New("next_root: the proof is about another deployment")
	}
	n.key = key
	return nil
}

// checkRoots notes the root that signed the list and checks the one that follows.
func (l *TrustList) checkRoots(root *Key) error {
	l.signedBy = root
	if l.names(root) {
		return errors.New("the root signs trust lists and nothing else")
	}
	if l.NextRoot == nil {
		return nil
	}
	if err := l.NextRoot.check(l.Issuer, root); err != nil {
		return err
	}
	if l.names(l.NextRoot.key) {
		return errors.New("the next root stands among the keys")
	}
	return nil
}

// names reports whether a key stands in the list, whatever its purpose.
func (l *TrustList) names(key *Key) bool {
	for _, k := range l.byID[key.ID] {
		if k.key.Thumbprint == key.Thumbprint {
			return true
		}
	}
	return false
}

// Roots returns the roots whose lists may follow this one: the one that signed
// it, then the successor that it names. A checker that has accepted the list
// (Supersedes) remembers them and gives them to OpenTrustList for the next one.
// Once a list signed by the new root has been accepted, the old root is none of
// them: it is trusted no more.
func (l *TrustList) Roots() []*Key {
	if l.NextRoot == nil {
		return []*Key{l.signedBy}
	}
	return []*Key{l.signedBy, l.NextRoot.key}
}

// checkAuthorities reads the anchors of certificates. They are no keys of
// presentations, so no more is asked of them than that they are what they say.
func checkAuthorities(anchors [][]byte) error {
	if len(anchors) > maxAuthorities {
		return errors.New("too many certificate authorities")
	}
	for i, der := range anchors {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return fmt.Errorf("certificate authority %d is not a certificate", i)
		}
		if !cert.BasicConstraintsValid || !cert.IsCA || cert.KeyUsage&x509.KeyUsageCertSign == 0 {
			return fmt.Errorf("certificate authority %d may not sign certificates", i)
		}
	}
	return nil
}
