package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/giayto/giayto/internal/keys"
)

// rootCommands are those of giayto root, in the order of the help. They work on
// a machine without server and network.
var rootCommands = []command{
	{"init", "make root and certificate authority in a folder", rootInit},
	{"sign", "sign the next trust list and certificates for a request", rootSign},
	{"succeed", "the same, naming the root that follows", rootSucceed},
}

func rootCommand(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	return choose(ctx, "giayto root", rootCommands, args, stdout, stderr)
}

// rootFlags declares the options of a ceremony.
func rootFlags(name string, stderr io.Writer, k *keyConfig, dir *string) *flag.FlagSet {
	f := flag.NewFlagSet("giayto root "+name, flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(dir, "dir", "", "`DIR` of the root")
	k.flags(f)
	return f
}

func rootInit(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var k keyConfig
	var dir string
	f := rootFlags("init", stderr, &k, &dir)
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if dir == "" || f.NArg() > 0 {
		return exitFailed, errors.New("give --dir DIR")
	}
	options, err := k.required(dir)
	if err != nil {
		return exitFailed, err
	}
	ceremony, err := keys.NewCeremony(dir, options, now())
	if err != nil {
		return exitFailed, err
	}
	jwk, err := keys.EncodeKey(ceremony.Root())
	if err != nil {
		return exitFailed, err
	}
	fmt.Fprintf(stdout, "%s%s", jwk, ceremony.Authority())
	fmt.Fprintf(stderr, "Root and certificate authority are in %[1]s. Checkers pin %[1]s/%[2]s; %[1]s/%[3]s is for those who check credentials.\n",
		dir, keys.RootFile, keys.AuthorityFile)
	return exitOK, nil
}

// signing is the command line of sign and succeed.
type signing struct {
	keys, nextKeys         keyConfig
	dir, next              string
	request, previous, out string
	after                  int64
	valid                  time.Duration
	dryRun, succeeds       bool
}

func rootSign(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var s signing
	return s.run(s.flags("sign", stderr), args, stdout)
}

func rootSucceed(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	s := signing{succeeds: true}
	f := s.flags("succeed", stderr)
	f.StringVar(&s.next, "new", "", "`DIR` of the root that follows (giayto root init)")
	f.StringVar(&s.nextKeys.file, "new-key-file", "", "`FILE` that opens the new root; default as for the old one")
	f.StringVar(&s.nextKeys.passphraseFile, "new-key-passphrase-file", "", "`FILE` with the passphrase of the new root")
	return s.run(f, args, stdout)
}

func (s *signing) flags(name string, stderr io.Writer) *flag.FlagSet {
	f := rootFlags(name, stderr, &s.keys, &s.dir)
	f.StringVar(&s.request, "request", "", "`FILE` that giayto keys request has written")
	f.StringVar(&s.previous, "previous", "", "`FILE` with the list that the new one follows, or the package that it came in")
	f.Int64Var(&s.after, "version-after", 0, "`N`: the version that the new list follows, where the list itself is not at hand; 0 for the first")
	f.DurationVar(&s.valid, "valid", keys.DefaultValid, "how long the list is good for")
	f.StringVar(&s.out, "out", "", "`FILE` for the server (giayto keys install)")
	f.BoolVar(&s.dryRun, "dry-run", false, "show what would change and sign nothing")
	return f
}

func (s *signing) run(f *flag.FlagSet, args []string, stdout io.Writer) (int, error) {
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	given := false
	f.Visit(func(o *flag.Flag) { given = given || o.Name == "version-after" })
	switch {
	case s.dir == "" || s.request == "" || f.NArg() > 0 || (s.out == "") == !s.dryRun:
		return exitFailed, errors.New("give --dir DIR, --request FILE, and --out FILE or --dry-run")
	case s.succeeds && s.next == "":
		return exitFailed, errors.New("give --new DIR, the root that follows")
	case given == (s.previous != ""):
		return exitFailed, errors.New("give --previous LIST or --version-after N (0 for the first list)")
	}
	ceremony, order, err := s.open()
	if err != nil {
		return exitFailed, err
	}
	draft, err := ceremony.Draft(order)
	if err != nil {
		return exitRejected, err
	}
	changes, err := keys.Changes(order.Previous, draft)
	if err != nil {
		return exitRejected, err
	}
	for _, line := range changes {
		fmt.Fprintln(stdout, line)
	}
	if s.dryRun {
		return exitOK, nil
	}
	signed, err := ceremony.Sign(draft, order)
	if err != nil {
		return exitRejected, err
	}
	if err := writeOut(s.out, signed); err != nil {
		return exitFailed, err
	}
	return exitOK, nil
}

// open opens the root, or both, and reads what the order is about.
func (s *signing) open() (*keys.Ceremony, keys.Order, error) {
	order := keys.Order{After: s.after, Valid: s.valid, Now: now()}
	options, err := s.keys.required(s.dir)
	if err != nil {
		return nil, order, err
	}
	ceremony, err := keys.OpenCeremony(s.dir, options)
	if err != nil {
		return nil, order, err
	}
	if s.next != "" {
		if order.Next, err = s.openNext(); err != nil {
			return nil, order, err
		}
	}
	raw, err := readAtMost(s.request, keys.MaxRequest)
	if err != nil {
		return nil, order, err
	}
	if order.Request, err = keys.ParseRequest(raw); err != nil {
		return nil, order, err
	}
	if s.previous != "" {
		text, err := readList(s.previous)
		if err != nil {
			return nil, order, err
		}
		if order.Previous, err = ceremony.Previous(text); err != nil {
			return nil, order, fmt.Errorf("--previous %s: %w", s.previous, err)
		}
	}
	return ceremony, order, nil
}

// openNext opens the root that follows, with its own key file or passphrase or
// those of the old one.
func (s *signing) openNext() (*keys.Ceremony, error) {
	k := s.nextKeys
	if k.file == "" && k.passphraseFile == "" {
		k = s.keys
	}
	options, err := k.required(s.next)
	if err != nil {
		return nil, err
	}
	return keys.OpenCeremony(s.next, options)
}

// readList reads a trust list, out of its package if it came in one.
func readList(path string) ([]byte, error) {
	raw, err := readAtMost(path, keys.MaxRequest)
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return raw, err
	}
	var p keys.Package
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, fmt.Errorf("%s: neither a trust list nor a package", path)
	}
	return []byte(p.TrustList), nil
}

// readAtMost reads a file that is not larger than it may be.
func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = fmt.Errorf("%s: larger than %d bytes", path, limit)
	}
	return raw, err
}
