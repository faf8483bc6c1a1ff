package keys

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// MinPassphrase is the least length of a passphrase in bytes.
const MinPassphrase = 12

const (
	// passphraseFile of a folder holds the identity that opens its keys,
	// encrypted with the passphrase: the slow derivation (scrypt) is paid once
	// a start and not once a key.
	passphraseFile = "passphrase.age"
	// maxSecret bounds a key file, a passphrase file and passphraseFile.
	maxSecret = 16 << 10
)

// Lock encrypts and decrypts the private halves of keys: an X25519 identity of
// age, from a key file or from behind a passphrase.
type Lock struct {
	identity *age.X25519Identity
}

// NewLock makes a lock that exists in memory alone: what it closes, nothing
// opens once the process has ended.
func NewLock() (*Lock, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return &Lock{identity}, nil
}

// MakeKeyFile writes a new key file, in the form of age-keygen, where there is
// none yet.
func MakeKeyFile(path string, now time.Time) error {
	lock, err := NewLock()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	_, err = fmt.Fprintf(f, "# created: %s\n# public key: %s\n%s\n", now.UTC().Format(time.RFC3339), lock.identity.Recipient(), lock.identity)
	if err := errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path))); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// LocalLock reads a key file and makes it where there is none. A key file beside
// the keys protects nothing: it is for development and demonstrations.
func LocalLock(path string, now time.Time) (*Lock, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := MakeKeyFile(path, now); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return KeyFileLock(path)
}

// KeyFileLock reads a key file. One that others can read is refused.
func KeyFileLock(path string) (*Lock, error) {
	raw, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	identities, err := age.ParseIdentities(bytes.NewReader(raw))
	if err != nil || len(identities) != 1 {
		return nil, fmt.Errorf("keys: %s: not a key file: it holds one AGE-SECRET-KEY-1… line", path)
	}
	identity, ok := identities[0].(*age.X25519Identity)
	if !ok {
		return nil, fmt.Errorf("keys: %s: not an X25519 key file", path)
	}
	return &Lock{identity}, nil
}

// PassphraseLock opens the lock of a folder of keys with the passphrase that is
// the first line of a file, and makes that lock where the folder is new.
func PassphraseLock(path, folder string) (*Lock, error) {
	raw, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	passphrase, _, _ := strings.Cut(string(raw), "\n")
	passphrase = strings.TrimSuffix(passphrase, "\r")
	if len(passphrase) < MinPassphrase {
		return nil, fmt.Errorf("keys: %s: a passphrase has at least %d bytes", path, MinPassphrase)
	}
	if err := makeFolder(folder); err != nil {
		return nil, err
	}
	sealed, err := os.ReadFile(filepath.Join(folder, passphraseFile))
	if errors.Is(err, fs.ErrNotExist) {
		if err := newPassphraseLock(passphrase, folder); err != nil {
			return nil, err
		}
		sealed, err = os.ReadFile(filepath.Join(folder, passphraseFile))
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("keys: %s: unusable passphrase", path)
	}
	opened, err := open(string(sealed), identity)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("keys: %s: not the passphrase of %s", path, folder)
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %s is damaged", filepath.Join(folder, passphraseFile))
	}
	lock, err := age.ParseX25519Identity(strings.TrimSpace(string(opened)))
	if err != nil {
		return nil, fmt.Errorf("keys: %s is damaged", filepath.Join(folder, passphraseFile))
	}
	return &Lock{lock}, nil
}

// newPassphraseLock makes the lock of a folder, unless another process has made
// one by now: two at once must not both close keys, each with a lock of its own.
// It is for folders without keys: others were closed with something else.
func newPassphraseLock(passphrase, folder string) (err error) {
	done, err := turn(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	path := filepath.Join(folder, passphraseFile)
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	if names, err := filepath.Glob(filepath.Join(folder, "*"+extension)); err != nil || len(names) > 0 {
		return fmt.Errorf("keys: the keys of %s are not behind a passphrase", folder)
	}
	lock, err := NewLock()
	if err != nil {
		return err
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return errors.New("keys: unusable passphrase")
	}
	sealed, err := seal([]byte(lock.identity.String()+"\n"), recipient)
	if err != nil {
		return err
	}
	if err := createFile(path, []byte(sealed), 0o600); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil // where processes cannot take turns, the other one's counts
}

// readSecret reads a small file that is nobody else's business. The group may
// read it, as orchestrators hand out secrets.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("keys: %s can be read by everybody (mode %04o)", path, info.Mode().Perm())
	}
	if info.Size() > maxSecret {
		return nil, fmt.Errorf("keys: %s: too large for a secret", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return raw, nil
}

// seal encrypts a private key for storage.
func (l *Lock) seal(private *ecdsa.PrivateKey) (string, error) {
	if l == nil {
		return "", ErrLocked
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", errors.New("keys: the private key cannot be written")
	}
	return seal(der, l.identity.Recipient())
}

// open decrypts what seal made.
func (l *Lock) open(sealed string) (*ecdsa.PrivateKey, error) {
	der, err := open(sealed, l.identity)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, errors.New("it was closed with another key file or passphrase")
	}
	if err != nil {
		return nil, errors.New("the private key is damaged")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("the private key cannot be read")
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("not an ES256 key")
	}
	return private, nil
}

// seal encrypts as armoured text.
func seal(plain []byte, to age.Recipient) (string, error) {
	var out bytes.Buffer
	text := armor.NewWriter(&out)
	w, err := age.Encrypt(text, to)
	if err == nil {
		_, err = w.Write(plain)
		err = errors.Join(err, w.Close(), text.Close())
	}
	if err != nil {
		return "", errors.New("keys: a private key could not be encrypted")
	}
	return out.String(), nil
}

func open(sealed string, with age.Identity) ([]byte, error) {
	r, err := age.Decrypt(armor.NewReader(strings.NewReader(sealed)), with)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxSecret))
}
