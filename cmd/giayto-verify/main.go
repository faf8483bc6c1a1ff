// Command giayto-verify checks the text or the picture of a Giayto QR, or a
// credential (SD-JWT VC) with its status, against a trust list, without network
// and without an account. It tells the two by their form.
//
//	giayto-verify --trust-list FILE --root FILE [options] (TEXT | - | --image FILE)
//	giayto-verify --trust-list FILE --root FILE [--at MOMENT] [--json] [--lang LANG] --history FILE
//
// The second form checks a consent history that a wallet has exported.
//
// It deliberately knows nothing of servers, wallets or issuing: it is package
// verifier, and verifier/credential under it, with files, a screen and exit codes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
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
	history                       string
	text                          string
	json                          bool
	language                      string
	audience, nonce               string
	check                         verifier.Check
	credential                    credentialOptions
	note                          string // for the error output, beside an answer
}

// run is main without the process: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		// A code may say "-h" where a script expects a text: help is no answer.
		return exitUsage
	}
	if err == nil && o.history != "" {
		code, err := checkHistory(&o, stdout)
		if err != nil {
			fmt.Fprintln(stderr, "giayto-verify:", err)
		}
		return code
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
	if o.note != "" {
		fmt.Fprintln(stderr, "giayto-verify:", o.note)
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
	var at, preset string
	var require listFlag
	f := flag.NewFlagSet("giayto-verify", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.trustList, "trust-list", "", "`FILE` with the signed trust list")
	f.StringVar(&o.root, "root", "", "`FILE` with the pinned root key (JWK)")
	f.StringVar(&o.image, "image", "", "`FILE` with a picture of the QR (PNG or JPEG)")
	f.StringVar(&o.history, "history", "", "`FILE` with a consent history that a wallet has exported")
	f.StringVar(&o.state, "state", "", "`FILE` that remembers accepted codes, the newest trust list and the newest status, against replay and rollback")
	f.StringVar(&at, "at", "", "moment of the check (`RFC3339`); default now")
	f.StringVar(&o.audience, "audience", "", "who checks: the code must be made for exactly this `AUDIENCE`")
	f.StringVar(&o.nonce, "nonce", "", "the challenge that was shown: 16 hexadecimal digits; for a credential any text")
	o.credential.flags(f)
	f.StringVar(&preset, "preset", "", "require what this preset of the catalogue requires")
	f.Var(&require, "require", "require a claim, `DOCUMENT/CLAIM` or DOCUMENT/CLAIM=true; may be repeated")
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.StringVar(&o.language, "lang", "vi", "language of the answer: vi or en")
	f.Usage = func() {
		fmt.Fprintln(stderr, "usage: giayto-verify --trust-list FILE --root FILE [options] (TEXT | - | --image FILE | --history FILE)")
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
	if o.history != "" {
		switch {
		case o.image != "" || len(texts) > 0:
			return o, errors.New("give one thing to check")
		case o.state != "" || o.audience != "" || o.nonce != "" || preset != "" || len(require) > 0 || o.credential.keyBinding:
			return o, errors.New("--history goes with --at, --json and --lang alone")
		}
		if o.language != "vi" && o.language != "en" {
			return o, errors.New("--lang is vi or en")
		}
		return o, o.expectations(at, "", nil)
	}
	if (o.image == "") != (len(texts) == 1) || len(texts) > 1 {
		return o, errors.New("give the text of one code or credential, or -, or --image FILE")
	}
	if o.image == "" {
		o.text = texts[0]
	}
	if o.language != "vi" && o.language != "en" {
		return o, errors.New("--lang is vi or en")
	}
	return o, o.expectations(at, preset, require)
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
func (o *options) expectations(at, preset string, require []string) error {
	if at != "" {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return errors.New("--at is a moment such as 2026-11-23T09:30:00+07:00")
		}
		o.check.Now = t
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

// listFlag collects a repeated option.
type listFlag []string

func (l *listFlag) String() string     { return strings.Join(*l, ",") }
func (l *listFlag) Set(s string) error { *l = append(*l, s); return nil }
