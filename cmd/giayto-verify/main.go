// Command giayto-verify checks the text or the picture of a Giayto QR against a
// trust list, without network and without an account.
//
//	giayto-verify --trust-list FILE --root FILE [options] (TEXT | - | --image FILE)
//
// It deliberately knows nothing of servers, wallets or issuing: it is package
// verifier with files, a screen and exit codes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// Exit codes, part of the contract.
const (
	exitEstablished    = 0 // established and nothing else, not even --help
	exitNotEstablished = 1
	exitUsage          = 2 // usage or help, or a file that cannot be read or written
	exitUnknown        = 3
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// options are the command line after parsing.
type options struct {
	trustList, root, image, state string
	text                          string
	json                          bool
	language                      string
	check                         verifier.Check
}

// run is main without the process: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		// A code may say "-h" where a script expects a text: help is no answer.
		return exitUsage
	}
	if err == nil {
		err = o.read(stdin)
	}
	if err != nil {
		fmt.Fprintln(stderr, "giayto-verify:", err)
		return exitUsage
	}
	result, verdictErr, err := answer(&o)
	if err != nil {
		fmt.Fprintln(stderr, "giayto-verify:", err)
		return exitUsage
	}
	if err := show(stdout, o, result, verdictErr); err != nil {
		fmt.Fprintln(stderr, "giayto-verify:", err)
		return exitUsage
	}
	switch verifier.NewReport(result, verdictErr).Verdict {
	case verifier.Established:
		return exitEstablished
	case verifier.NotEstablished:
		return exitNotEstablished
	}
	return exitUnknown
}

// parse reads the command line. Options may stand before and after the text.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var at, nonce, preset string
	var require listFlag
	f := flag.NewFlagSet("giayto-verify", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.trustList, "trust-list", "", "`FILE` with the signed trust list")
	f.StringVar(&o.root, "root", "", "`FILE` with the pinned root key (JWK)")
	f.StringVar(&o.image, "image", "", "`FILE` with a picture of the QR (PNG or JPEG)")
	f.StringVar(&o.state, "state", "", "`FILE` that remembers accepted codes and the newest trust list, against replay and rollback")
	f.StringVar(&at, "at", "", "moment of the check (`RFC3339`); default now")
	f.StringVar(&o.check.Audience, "audience", "", "who checks: the code must be made for exactly this `AUDIENCE`")
	f.StringVar(&nonce, "nonce", "", "the challenge that was shown: 16 hexadecimal digits")
	f.StringVar(&preset, "preset", "", "require what this preset of the catalogue requires")
	f.Var(&require, "require", "require a claim, `DOCUMENT/CLAIM` or DOCUMENT/CLAIM=true; may be repeated")
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.StringVar(&o.language, "lang", "vi", "language of the answer: vi or en")
	f.Usage = func() {
		fmt.Fprintln(stderr, "usage: giayto-verify --trust-list FILE --root FILE [options] (TEXT | - | --image FILE)")
		f.PrintDefaults()
		fmt.Fprintln(stderr, "A program that passes on what a scanner read gives it on standard input, or after --.")
		fmt.Fprintln(stderr, "exit: 0 established, 1 not established, 2 usage or files, 3 cannot tell")
	}
	texts, err := interspersed(f, args)
	if err != nil {
		return o, err
	}
	if o.trustList == "" || o.root == "" {
		return o, errors.New("--trust-list and --root are required")
	}
	if (o.image == "") != (len(texts) == 1) || len(texts) > 1 {
		return o, errors.New("give the text of one code, or -, or --image FILE")
	}
	if o.image == "" {
		o.text = texts[0]
	}
	if o.language != "vi" && o.language != "en" {
		return o, errors.New("--lang is vi or en")
	}
	return o, o.expectations(at, nonce, preset, require)
}

// interspersed parses flags wherever they stand and returns the other arguments.
func interspersed(f *flag.FlagSet, args []string) ([]string, error) {
	var others []string
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		if f.NArg() == 0 {
			return others, nil
		}
		others = append(others, f.Arg(0))
		args = f.Args()[1:]
	}
}

// expectations turns the words of the command line into a check.
func (o *options) expectations(at, nonce, preset string, require []string) error {
	if at != "" {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return errors.New("--at is a moment such as 2026-11-23T09:30:00+07:00")
		}
		o.check.Now = t
	}
	// A keyboard may compose letters in its own way; audiences are NFC.
	o.check.Audience = norm.NFC.String(o.check.Audience)
	if o.check.Audience != "" && !verifier.ValidAudience(o.check.Audience) {
		return fmt.Errorf("--audience has 1 to %d bytes of printable text", verifier.MaxAudience)
	}
	if nonce != "" {
		b, err := verifier.ParseChallenge(nonce)
		if err != nil {
			return fmt.Errorf("--nonce has %d hexadecimal digits", 2*verifier.NonceSize)
		}
		o.check.Nonce = b
	}
	if preset != "" {
		p := catalog.Default().Preset(preset)
		if p == nil {
			return fmt.Errorf("--preset: the catalogue has no preset %q", preset)
		}
		o.check.Policy = verifier.PresetPolicy(p)
	}
	for _, r := range require {
		name, isTrue := strings.CutSuffix(r, "=true")
		document, claim, ok := strings.Cut(name, "/")
		if d := catalog.Default().Document(document); !ok || d == nil || d.Claim(claim) == nil {
			return fmt.Errorf("--require: the catalogue has no %q", name)
		}
		q := verifier.Requirement{Document: document, Claim: claim}
		if isTrue {
			o.check.Policy.RequireTrue = append(o.check.Policy.RequireTrue, q)
		} else {
			o.check.Policy.Require = append(o.check.Policy.Require, q)
		}
	}
	return nil
}

// maxInput is how much of the standard input is read: any code, with room for
// the line feeds of a scanner.
const maxInput = qr.MaxText + 64

// read fetches the text of the code from where the command line says.
func (o *options) read(stdin io.Reader) error {
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
			return nil // as it is: longer than any code, whatever is left unread
		}
		// Scanners and echo add an end of line. Nothing else is taken off: a space
		// is a digit of base45, and no reader passes over one before the prefix.
		o.text = strings.TrimSuffix(strings.TrimSuffix(o.text, "\n"), "\r")
	}
	return nil
}

// listFlag collects a repeated option.
type listFlag []string

func (l *listFlag) String() string     { return strings.Join(*l, ",") }
func (l *listFlag) Set(s string) error { *l = append(*l, s); return nil }
