//go:build cgo

package pkcs11

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/ThalesGroup/crypto11"

	"github.com/giayto/giayto/internal/keys"
)

// idSize is the size of a key's CKA_ID in bytes.
const idSize = 16

// Token is an open token. It is safe for concurrent use.
type Token struct {
	config  Config
	context *crypto11.Context
	close   func() error
}

// Open logs in to the token.
func Open(c Config) (*Token, error) {
	pin, err := c.pin()
	if err != nil {
		return nil, err
	}
	context, err := crypto11.Configure(&crypto11.Config{Path: c.Module, TokenLabel: c.Label, Pin: pin})
	if err != nil {
		// What libraries say of a failed login is their own; the PIN is ours.
		return nil, fmt.Errorf("pkcs11: token %q of %s: %s", c.Label, c.Module, strings.ReplaceAll(err.Error(), pin, "…"))
	}
	return &Token{c, context, sync.OnceValue(context.Close)}, nil
}

// Close logs out. A second time it does nothing.
func (t *Token) Close() error { return t.close() }

// Generate makes a P-256 key that stays inside. It implements keys.Token.
func (t *Token) Generate() (keys.TokenRef, crypto.Signer, error) {
	id := make([]byte, idSize)
	_, _ = rand.Read(id) // never fails
	ref := keys.TokenRef{Module: t.config.Module, Label: t.config.Label, ID: hex.EncodeToString(id)}
	public, err := crypto11.NewAttributeSetWithIDAndLabel(id, []byte("giayto "+ref.ID[:8]))
	if err != nil {
		return keys.TokenRef{}, nil, err
	}
	private := public.Copy()
	for attribute, value := range map[crypto11.AttributeType]bool{
		crypto11.CkaSensitive: true, crypto11.CkaExtractable: false, crypto11.CkaPrivate: true, crypto11.CkaToken: true} {
		if err := private.Set(attribute, value); err != nil {
			return keys.TokenRef{}, nil, err
		}
	}
	signer, err := t.context.GenerateECDSAKeyPairWithAttributes(public, private, elliptic.P256())
	if err != nil {
		return keys.TokenRef{}, nil, fmt.Errorf("pkcs11: a key could not be made: %w", err)
	}
	return ref, signer, nil
}

// Signer finds a key. It implements keys.Token.
func (t *Token) Signer(ref keys.TokenRef) (crypto.Signer, error) {
	if ref.Module != t.config.Module || ref.Label != t.config.Label {
		return nil, fmt.Errorf("pkcs11: the key is in token %q of %s, and %q of %s is configured", ref.Label, ref.Module, t.config.Label, t.config.Module)
	}
	id, err := hex.DecodeString(ref.ID)
	if err != nil || len(id) == 0 {
		return nil, fmt.Errorf("pkcs11: %q is no key id", ref.ID)
	}
	signer, err := t.context.FindKeyPair(id, nil)
	if err != nil {
		return nil, fmt.Errorf("pkcs11: key %s: %w", ref.ID, err)
	}
	return signer, nil
}
