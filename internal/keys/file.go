package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/giayto/giayto/verifier"
)

// extension of key files, and the pattern of files still being written.
const (
	extension  = ".key.json"
	unfinished = ".new-*"
)

// maxFile bounds a key file; a real one has about 2000 bytes.
const maxFile = 64 << 10

// file is the form of a key file. All but Private is public.
type file struct {
	Purpose    verifier.Purpose `json:"purpose"`
	Algorithm  string           `json:"alg"`
	Thumbprint string           `json:"kid"`
	Public     json.RawMessage  `json:"jwk"`
	NotBefore  time.Time        `json:"not_before"`
	NotAfter   time.Time        `json:"not_after"`

	State     State      `json:"state"`
	Automatic bool       `json:"automatic,omitempty"`
	ListedAt  *time.Time `json:"listed_at,omitempty"`
	KnownAt   *time.Time `json:"known_at,omitempty"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	History   []Change   `json:"history"`

	Certificates [][]byte `json:"certificates,omitempty"`

	// Token or Private is where the private half is: the latter is PKCS #8
	// (RFC 5208) encrypted with age, as armoured text. A key that will never
	// sign again has none.
	Token   *TokenRef `json:"pkcs11,omitempty"`
	Private string    `json:"private_key,omitempty"`
}

// fileName is where a key is stored.
func (e Entry) fileName() string {
	return strings.ReplaceAll(string(e.Purpose), "/", "-") + "-" + e.Key.Thumbprint[:8] + extension
}

// readFile reads one key. Errors name the file and the fault, never content.
func readFile(path string, o Options) (Entry, error) {
	if err := private(path); err != nil {
		return Entry{}, err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Entry{}, fmt.Errorf("keys: %w", err)
	}
	e, err := parse(raw)
	if err == nil {
		err = e.unlock(o)
	}
	if err != nil {
		return Entry{}, fmt.Errorf("keys: %s: %w", path, err)
	}
	return e, nil
}

// parse reads what is public in a key file.
func parse(raw []byte) (Entry, error) {
	if len(raw) > maxFile {
		return Entry{}, errors.New("too large for a key file")
	}
	var f file
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return Entry{}, errors.New("not a key file")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Entry{}, errors.New("something follows the key")
	}
	if f.Algorithm != "ES256" {
		return Entry{}, errors.New("not an ES256 key")
	}
	key, err := verifier.ParseKey(f.Public)
	if err != nil {
		return Entry{}, errors.New("the public key cannot be read")
	}
	e := Entry{Purpose: f.Purpose, Key: key, NotBefore: f.NotBefore, NotAfter: f.NotAfter, State: f.State,
		Automatic: f.Automatic, ListedAt: moment(f.ListedAt), KnownAt: moment(f.KnownAt), RevokedAt: moment(f.RevokedAt),
		History: f.History, Certificates: f.Certificates, Token: f.Token, sealed: f.Private}
	if key.Thumbprint != f.Thumbprint {
		return Entry{}, errors.New("the kid is not the key's thumbprint")
	}
	if err := e.check(); err != nil {
		return Entry{}, err
	}
	if err := e.readChain(); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// readChain notes until when the key's certificate is good.
func (e *Entry) readChain() error {
	e.leafEnd = time.Time{}
	for i, der := range e.Certificates {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return errors.New("a certificate is damaged")
		}
		if i == 0 {
			e.leafEnd = certificate.NotAfter
		}
	}
	return nil
}

// check refuses an entry that contradicts itself.
func (e Entry) check() error {
	ended := e.State == Retired || e.State == Revoked
	switch {
	case e.Purpose == "" || !e.NotAfter.After(e.NotBefore):
		return errors.New("purpose or window missing")
	case e.State != Created && e.State != Published && e.State != Active && !ended:
		return errors.New("a state that no key has")
	case len(e.History) == 0 || e.History[len(e.History)-1].State != e.State:
		return errors.New("state and history differ")
	case (e.State == Revoked) != !e.RevokedAt.IsZero():
		return errors.New("revoked without a moment, or a moment without revocation")
	case e.KnownAt.Before(e.ListedAt):
		return errors.New("known before it was listed")
	case ended && e.sealed != "":
		return errors.New("a key that signs no more still has its private half")
	case e.sealed != "" && e.Token != nil:
		return errors.New("two places for one private half")
	case !ended && e.sealed == "" && e.Token == nil:
		return errors.New("the private key is missing")
	}
	return nil
}

// unlock finds the means to sign, as far as lock and token are there, and makes
// sure that they belong to the public key.
func (e *Entry) unlock(o Options) error {
	switch {
	case e.sealed != "" && o.Lock != nil:
		private, err := o.Lock.open(e.sealed)
		if err != nil {
			return err
		}
		e.signer = private
	case e.Token != nil && o.Token != nil && e.State != Retired && e.State != Revoked:
		signer, err := o.Token.Signer(*e.Token)
		if err != nil {
			return fmt.Errorf("token %q: %w", e.Token.Label, err)
		}
		e.signer = signer
	default:
		return nil
	}
	if !e.Key.Public.Equal(e.signer.Public()) {
		return errors.New("public and private key do not belong together")
	}
	return nil
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// writeFile stores a key durably, readable by its owner alone, whole or not at
// all.
func writeFile(dir string, e Entry) error {
	if err := e.check(); err != nil {
		return fmt.Errorf("keys: %s: %w", e.fileName(), err)
	}
	jwk, err := json.Marshal(e.Key)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	raw, err := json.MarshalIndent(file{Purpose: e.Purpose, Algorithm: "ES256", Thumbprint: e.Key.Thumbprint, Public: jwk,
		NotBefore: e.NotBefore, NotAfter: e.NotAfter, State: e.State, Automatic: e.Automatic,
		ListedAt: optional(e.ListedAt), KnownAt: optional(e.KnownAt), RevokedAt: optional(e.RevokedAt), History: e.History,
		Certificates: e.Certificates, Token: e.Token, Private: e.sealed}, "", "  ")
	if err != nil {
		return errors.New("keys: the key cannot be written")
	}
	return replaceFile(filepath.Join(dir, e.fileName()), append(raw, '\n'), 0o600)
}
