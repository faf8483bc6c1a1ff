//go:build !cgo

package pkcs11

import (
	"crypto"
	"errors"

	"github.com/giayto/giayto/internal/keys"
)

// ErrNoCgo says that this program cannot load a token's library.
var ErrNoCgo = errors.New("pkcs11: this program was built without cgo and cannot use a PKCS #11 token")

// Token cannot exist in this build.
type Token struct{}

// Open answers ErrNoCgo.
func Open(Config) (*Token, error) { return nil, ErrNoCgo }

// Close does nothing.
func (*Token) Close() error { return nil }

// Generate answers ErrNoCgo.
func (*Token) Generate() (keys.TokenRef, crypto.Signer, error) { return keys.TokenRef{}, nil, ErrNoCgo }

// Signer answers ErrNoCgo.
func (*Token) Signer(keys.TokenRef) (crypto.Signer, error) { return nil, ErrNoCgo }
