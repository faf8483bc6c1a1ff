package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/verifier/credential"
)

// maxInput is how much of the standard input is read: any code or credential,
// with room for the line feeds of a scanner.
const maxInput = max(qr.MaxText, credential.MaxText) + 64

// maxExpected bounds an audience or a nonce of a credential: both are other
// people's identifiers, often addresses.
const maxExpected = 2 << 10

// read fetches the text from where the command line says, and settles what the
// options mean for its form.
func (o *options) read(stdin io.Reader) error {
	if err := o.fetch(stdin); err != nil {
		return err
	}
	if o.isCredential() {
		return o.settleCredential()
	}
	return o.settleCode()
}

// isCredential tells the two forms apart: no text of a QR has a tilde.
func (o *options) isCredential() bool { return credential.Looks(o.text) }

func (o *options) fetch(stdin io.Reader) error {
	if o.image != "" {
		text, err := readImage(o.image)
		o.text = text
		return err
	}
	if o.text == "-" {
		raw, err := io.ReadAll(io.LimitReader(stdin, int64(maxInput)))
		if err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
		o.text = string(raw)
		if len(raw) == maxInput {
			return nil // as it is: longer than any, whatever is left unread
		}
		// Scanners and echo add an end of line. Nothing else is taken off: a space
		// is a digit of base45, and no reader passes over one before the prefix.
		o.text = strings.TrimSuffix(strings.TrimSuffix(o.text, "\n"), "\r")
	}
	return nil
}

// settleCode reads audience and challenge as a QR has them.
func (o *options) settleCode() error {
	if o.credential.keyBinding {
		return errors.New("--key-binding is for credentials: this code carries no such proof")
	}
	// A keyboard may compose letters in its own way; audiences are NFC.
	o.check.Audience = norm.NFC.String(o.audience)
	if o.check.Audience != "" && !verifier.ValidAudience(o.check.Audience) {
		return fmt.Errorf("--audience has 1 to %d bytes of printable text", verifier.MaxAudience)
	}
	if o.nonce != "" {
		b, err := verifier.ParseChallenge(o.nonce)
		if err != nil {
			return fmt.Errorf("--nonce has %d hexadecimal digits", 2*verifier.NonceSize)
		}
		o.check.Nonce = b
	}
	return nil
}

// settleCredential takes audience and nonce as they are: a proof says exactly
// what the checker sent.
func (o *options) settleCredential() error {
	if len(o.audience) > maxExpected || len(o.nonce) > maxExpected {
		return fmt.Errorf("--audience and --nonce have at most %d bytes", maxExpected)
	}
	proof := o.credential.keyBinding || o.audience != "" || o.nonce != ""
	if proof && (o.audience == "" || o.nonce == "") {
		return errors.New("a proof of the holder is for an --audience and a --nonce, both")
	}
	return nil
}
