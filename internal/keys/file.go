package keys

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/giayto/giayto/verifier"
)

// extension of key files, and the pattern of files still being written.
const (
	extension  = ".key.json"
	unfinished = ".new-*"
)

// maxFile bounds a key file; a real one has about 400 bytes.
const maxFile = 16 << 10

// file is the form of a key file. Private is the PKCS #8 encoding (RFC 5208).
type file struct {
	Purpose    verifier.Purpose `json:"purpose"`
	Algorithm  string           `json:"alg"`
	Thumbprint string           `json:"kid"`
	NotBefore  time.Time        `json:"not_before"`
	NotAfter   time.Time        `json:"not_after"`
	Private    []byte           `json:"private_key"`
}

// readFile reads one key. Errors name the file and the fault, never content.
func readFile(path string) (Entry, error) {
	if err := private(path); err != nil {
		return Entry{}, err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Entry{}, fmt.Errorf("keys: %w", err)
	}
	e, err := parse(raw)
	if err != nil {
		return Entry{}, fmt.Errorf("keys: %s: %w", filepath.Base(path), err)
	}
	return e, nil
}

// parse reads the content of a key file.
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
	parsed, err := x509.ParsePKCS8PrivateKey(f.Private)
	if err != nil {
		return Entry{}, errors.New("the private key cannot be read")
	}
	signer, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || f.Algorithm != "ES256" {
		return Entry{}, errors.New("not an ES256 key")
	}
	key, err := verifier.NewKey(&signer.PublicKey)
	switch {
	case err != nil:
		return Entry{}, err
	case key.Thumbprint != f.Thumbprint:
		return Entry{}, errors.New("the kid is not the key's thumbprint")
	case f.Purpose == "" || !f.NotAfter.After(f.NotBefore):
		return Entry{}, errors.New("purpose or window missing")
	}
	return Entry{Purpose: f.Purpose, Key: key, NotBefore: f.NotBefore, NotAfter: f.NotAfter, signer: signer}, nil
}

// writeFile stores a key durably, readable by its owner alone, whole or not at
// all.
func writeFile(path string, e Entry, private *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return errors.New("keys: the private key cannot be written")
	}
	raw, err := json.MarshalIndent(file{Purpose: e.Purpose, Algorithm: "ES256", Thumbprint: e.Key.Thumbprint,
		NotBefore: e.NotBefore, NotAfter: e.NotAfter, Private: der}, "", "  ")
	if err != nil {
		return errors.New("keys: the private key cannot be written")
	}
	return replaceFile(path, append(raw, '\n'), 0o600)
}

// replaceFile writes content beside path and renames it into place, so that a
// reader or a crash sees the old file or the new one and never a part.
func replaceFile(path string, content []byte, mode os.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), unfinished) // mode 0600
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// syncDir makes a rename durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
