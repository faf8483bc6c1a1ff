package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/internal/keys/pkcs11"
)

// devKeyFile is the key file that serve --dev and demo make in the data folder.
const devKeyFile = "dev.key"

// keyConfig says how private keys are reached: behind a key file, behind a
// passphrase, or inside a PKCS #11 token.
type keyConfig struct {
	file, passphraseFile string
	token                pkcs11.Config
}

// flags declares the options.
func (k *keyConfig) flags(f *flag.FlagSet) {
	f.StringVar(&k.file, "key-file", env("KEY_FILE", ""), "`FILE` that opens the private keys; giayto keys new-file makes one (GIAYTO_KEY_FILE)")
	f.StringVar(&k.passphraseFile, "key-passphrase-file", env("KEY_PASSPHRASE_FILE", ""), "`FILE` with a passphrase instead (GIAYTO_KEY_PASSPHRASE_FILE)")
	f.StringVar(&k.token.Module, "pkcs11-module", env("PKCS11_MODULE", ""), "`LIBRARY` of a PKCS #11 token in which new keys are made (GIAYTO_PKCS11_MODULE)")
	f.StringVar(&k.token.Label, "pkcs11-token", env("PKCS11_TOKEN", ""), "`LABEL` of the token (GIAYTO_PKCS11_TOKEN)")
	f.StringVar(&k.token.PINFile, "pkcs11-pin-file", env("PKCS11_PIN_FILE", ""), "`FILE` with the PIN of the token (GIAYTO_PKCS11_PIN_FILE)")
}

// errNoLock says what to do where nothing opens the private keys.
var errNoLock = errors.New("private keys are encrypted: give --key-file FILE or --key-passphrase-file FILE " +
	"(GIAYTO_KEY_FILE, GIAYTO_KEY_PASSPHRASE_FILE). giayto keys new-file --out FILE makes a key file; keep it elsewhere than the keys. " +
	"Only serve --dev and demo make one by themselves")

// keysDir is the folder of the server's keys.
func (c *config) keysDir() string { return filepath.Join(c.data, "keys") }

// keyOptions opens what opens the private keys.
func (c *config) keyOptions() (keys.Options, error) {
	options, err := c.keys.open(c.keysDir())
	if err != nil || options.Lock != nil || options.Token != nil {
		return options, err
	}
	local := filepath.Join(c.data, devKeyFile)
	if c.dev {
		options.Lock, err = keys.LocalLock(local, now())
		return options, err
	}
	// What serve --dev has made opens for other commands too, but not for a
	// server that would be taken for a real one.
	if _, statErr := os.Stat(local); statErr == nil && c.address == "" {
		options.Lock, err = keys.KeyFileLock(local)
		return options, err
	}
	return options, errNoLock
}

// open opens what was configured for a folder of keys; neither lock nor token if
// nothing was.
func (k *keyConfig) open(dir string) (o keys.Options, err error) {
	switch {
	case k.file != "" && k.passphraseFile != "":
		return o, errors.New("give --key-file or --key-passphrase-file, not both")
	case k.file != "":
		o.Lock, err = keys.KeyFileLock(k.file)
	case k.passphraseFile != "":
		o.Lock, err = keys.PassphraseLock(k.passphraseFile, dir)
	}
	if err != nil || k.token == (pkcs11.Config{}) {
		return o, err
	}
	if k.token.Module == "" || k.token.Label == "" || k.token.PINFile == "" {
		return o, errors.New("a PKCS #11 token needs all of --pkcs11-module, --pkcs11-token and --pkcs11-pin-file")
	}
	token, err := pkcs11.Open(k.token)
	if err != nil {
		return o, err
	}
	o.Token, o.MakeInToken = token, true // it stays open as long as the process
	return o, nil
}

// required is open for commands that need private keys.
func (k *keyConfig) required(dir string) (keys.Options, error) {
	o, err := k.open(dir)
	if err == nil && o.Lock == nil && o.Token == nil {
		err = fmt.Errorf("%s: %w", dir, errNoLock)
	}
	return o, err
}
