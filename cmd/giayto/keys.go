package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// keyCommands are those of giayto keys, in the order of the help.
var keyCommands = []command{
	{"list", "what keys there are, and in which state", keysList},
	{"create", "make a key that nobody knows yet", keysCreate},
	{"publish", "put a created key into the trust list", keysPublish},
	{"activate", "let a published key sign, once every checker knows it", keysActivate},
	{"retire", "let a key sign no more; what it signed counts on", keysRetire},
	{"revoke", "let nothing that a key signed count any more", keysRevoke},
	{"request", "ask the machine of the root for the next list and certificates", keysRequest},
	{"install", "take what the machine of the root has signed", keysInstall},
	{"new-file", "make a key file, which opens private keys", keysNewFile},
}

func keysCommand(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	return choose(ctx, "giayto keys", keyCommands, args, stdout, stderr)
}

// choose runs one of several commands.
func choose(ctx context.Context, program string, from []command, args []string, stdout, stderr io.Writer) (int, error) {
	for _, c := range from {
		if len(args) > 0 && args[0] == c.name {
			code, err := c.run(ctx, args[1:], stdout, stderr)
			if err != nil && !errors.Is(err, flag.ErrHelp) {
				err = fmt.Errorf("%s: %w", c.name, err)
			}
			return code, err
		}
	}
	fmt.Fprintf(stderr, "usage: %s COMMAND [options]\n", program)
	for _, c := range from {
		fmt.Fprintf(stderr, "  %-9s %s\n", c.name, c.about)
	}
	if len(args) == 1 && (args[0] == "help" || args[0] == "--help" || args[0] == "-h") {
		return exitOK, nil
	}
	return exitFailed, nil
}

// keyDesk is an open ring with what is published of it. It leaves the store
// alone, so that commands work beside a server that runs.
type keyDesk struct {
	ring      *keys.Ring
	publisher *keys.Publisher
	now       time.Time
}

// openDesk opens the keys of an existing data folder.
func (c *config) openDesk(o keys.Options) (*keyDesk, error) {
	if err := c.finish(); err != nil {
		return nil, err
	}
	ring, err := keys.Open(c.keysDir(), o)
	if err != nil {
		return nil, err
	}
	publisher, err := keys.NewPublisher(ring, c.data, c.origin)
	if err != nil {
		return nil, err
	}
	return &keyDesk{ring, publisher, now()}, nil
}

// publish signs the next list where the root is at hand; elsewhere it says what
// is to be done.
func (d *keyDesk) publish(stdout io.Writer) error {
	if !d.ring.HasRoot() {
		fmt.Fprintln(stdout, "checkers learn of it with the next list: giayto keys request, then giayto root sign, then giayto keys install")
		return nil
	}
	if err := d.publisher.Refresh(d.now); err != nil {
		return err
	}
	if _, list := d.publisher.TrustList(); list != nil {
		fmt.Fprintf(stdout, "trust list %d is signed\n", list.Version)
	}
	return nil
}

// interspersed parses flags wherever they stand and returns the other arguments.
// A kid is one of those even where it begins with a dash, as every 64th does.
func interspersed(f *flag.FlagSet, args []string) ([]string, error) {
	others, args := dashed(f, args)
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

// dashed separates kids that begin with a dash: what has one dash and is no
// option of the command. The value of an option stays with it.
func dashed(f *flag.FlagSet, args []string) (kids, rest []string) {
	for i := 0; i < len(args); i++ {
		name, _, assigned := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(args[i], "-"), "-"), "=")
		option := f.Lookup(name)
		switch {
		case args[i] == "--":
			return kids, append(rest, args[i:]...)
		case option == nil && len(args[i]) >= shortestKid && args[i][0] == '-' && (args[i][1] != '-' || len(args[i]) == wholeKid) && name != "help":
			kids = append(kids, args[i])
			continue
		}
		rest = append(rest, args[i])
		boolean := false
		if option != nil {
			b, ok := option.Value.(interface{ IsBoolFlag() bool })
			boolean = ok && b.IsBoolFlag()
		}
		if option != nil && strings.HasPrefix(args[i], "-") && !assigned && !boolean && i+1 < len(args) {
			i++
			rest = append(rest, args[i])
		}
	}
	return kids, rest
}

// shortestKid is how many characters of a kid that begins with a dash are taken
// for one; fewer are a mistyped option.
const shortestKid = 8

// wholeKid is how many characters a kid has (RFC 7638 with SHA-256). One with two
// dashes must be written out.
const wholeKid = 43

// keyStep is a command that changes one key; inList says that checkers see it.
func keyStep(name string, inList bool, args []string, stdout, stderr io.Writer, declare func(*flag.FlagSet), step func(*keyDesk, string) (keys.Entry, error)) (int, error) {
	var c config
	f := c.flags("keys "+name, stderr)
	if declare != nil {
		declare(f)
	}
	kids, err := interspersed(f, args)
	if err != nil {
		return exitFailed, err
	}
	if len(kids) != 1 {
		return exitFailed, errors.New("give the KID of one key, or its beginning (giayto keys list)")
	}
	options, err := c.keyOptions()
	if err != nil {
		return exitFailed, err
	}
	d, err := c.openDesk(options)
	if err != nil {
		return exitFailed, err
	}
	e, err := step(d, kids[0])
	if errors.Is(err, keys.ErrTooEarly) {
		return exitRejected, err
	}
	if err != nil {
		return exitFailed, err
	}
	fmt.Fprintf(stdout, "%s %s is %s\n", e.Purpose, e.Key.Thumbprint, e.State)
	if inList {
		err = d.publish(stdout)
	}
	if err != nil {
		return exitFailed, err
	}
	return exitOK, nil
}

func keysPublish(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	return keyStep("publish", true, args, stdout, stderr, nil, func(d *keyDesk, kid string) (keys.Entry, error) {
		return d.ring.Publish(kid, d.now)
	})
}

func keysActivate(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var emergency bool
	var reason string
	declare := func(f *flag.FlagSet) {
		f.BoolVar(&emergency, "emergency", false, "before every checker knows the key; needs --reason")
		f.StringVar(&reason, "reason", "", "why: `TEXT` that is kept and shown")
	}
	return keyStep("activate", false, args, stdout, stderr, declare, func(d *keyDesk, kid string) (keys.Entry, error) {
		if emergency != (strings.TrimSpace(reason) != "") {
			return keys.Entry{}, errors.New("--emergency needs --reason TEXT, and nothing else does")
		}
		return d.ring.Activate(kid, d.now, reason)
	})
}

func keysRetire(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	return keyStep("retire", false, args, stdout, stderr, nil, func(d *keyDesk, kid string) (keys.Entry, error) {
		return d.ring.Retire(kid, d.now)
	})
}

func keysRevoke(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var reason, at string
	declare := func(f *flag.FlagSet) {
		f.StringVar(&reason, "reason", "", "`CODE`: "+strings.Join(keys.Reasons(), ", "))
		f.StringVar(&at, "at", "", "moment (`RFC3339`) from which on nothing counts; default now")
	}
	return keyStep("revoke", true, args, stdout, stderr, declare, func(d *keyDesk, kid string) (keys.Entry, error) {
		from := d.now
		if at != "" {
			var err error
			if from, err = time.Parse(time.RFC3339, at); err != nil {
				return keys.Entry{}, errors.New("--at is a moment such as 2026-11-23T09:30:00+07:00")
			}
		}
		return d.ring.Revoke(kid, from, reason, d.now)
	})
}

func keysCreate(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var c config
	var purpose string
	var days int
	f := c.flags("keys create", stderr)
	f.StringVar(&purpose, "purpose", "", "`PURPOSE`: disclosure, status, or credential/AGENCY")
	f.IntVar(&days, "days", 0, "`N` days from now on; default what is usual for the purpose")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if f.NArg() > 0 || days < 0 {
		return exitFailed, errors.New("give --purpose PURPOSE and nothing else")
	}
	if !knownPurpose(purpose) {
		return exitFailed, fmt.Errorf("--purpose %q: give disclosure, status, or credential/ and an agency of the catalogue", purpose)
	}
	options, err := c.keyOptions()
	if err != nil {
		return exitFailed, err
	}
	d, err := c.openDesk(options)
	if err != nil {
		return exitFailed, err
	}
	lifetime := keys.LifetimeOf(verifier.Purpose(purpose))
	if days > 0 {
		lifetime = time.Duration(days) * 24 * time.Hour
	}
	e, err := d.ring.Create(verifier.Purpose(purpose), d.now, lifetime)
	if err != nil {
		return exitFailed, err
	}
	fmt.Fprintln(stdout, e.Key.Thumbprint) // for scripts: nothing else
	return exitOK, nil
}

// knownPurpose reports whether this deployment signs for the purpose.
func knownPurpose(purpose string) bool {
	if purpose == string(verifier.PurposeDisclosure) || purpose == string(verifier.PurposeStatus) {
		return true
	}
	for _, agency := range catalog.Default().Agencies() {
		if purpose == string(keys.CredentialPurpose(agency.ID)) {
			return true
		}
	}
	return false
}

func keysNewFile(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var out string
	f := flag.NewFlagSet("giayto keys new-file", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&out, "out", "", "`FILE` to make")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if out == "" || f.NArg() > 0 {
		return exitFailed, errors.New("give --out FILE")
	}
	if err := keys.MakeKeyFile(out, now()); err != nil {
		return exitFailed, err
	}
	fmt.Fprintf(stdout, "%s opens private keys from now on. Whoever has it and the data folder has the keys; without it they are lost.\n", out)
	return exitOK, nil
}

// writeOut writes a file that goes to another machine, whole or not at all.
func writeOut(path string, content []byte) error {
	tmp := path + ".part"
	if err := os.WriteFile(tmp, content, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
