package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// This file is the server's side of the ceremony of the root.

func keysRequest(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var c config
	var out string
	f := c.flags("keys request", stderr)
	f.StringVar(&out, "out", "", "`FILE` for the machine of the root")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if out == "" || f.NArg() > 0 {
		return exitFailed, errors.New("give --out FILE")
	}
	options, err := c.keyOptions()
	if err != nil {
		return exitFailed, err
	}
	d, err := c.openDesk(options)
	if err != nil {
		return exitFailed, err
	}
	a := app{catalog: catalog.Default(), ring: d.ring, publisher: d.publisher, now: func() time.Time { return d.now }}
	if err := a.renew(); err != nil { // what is due, so that it is asked for
		return exitFailed, err
	}
	raw, err := d.publisher.Request(d.now)
	if err != nil {
		return exitFailed, err
	}
	if err := writeOut(out, raw); err != nil {
		return exitFailed, err
	}
	fmt.Fprintf(stdout, "%s goes to the machine of the root: giayto root sign --request %s\n", out, out)
	return exitOK, nil
}

func keysInstall(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var c config
	var list, root string
	f := c.flags("keys install", stderr)
	f.StringVar(&list, "list", "", "`FILE` that giayto root sign has written")
	f.StringVar(&root, "root", "", "`FILE` with the root key (JWK), for the first list of a server")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if list == "" || f.NArg() > 0 {
		return exitFailed, errors.New("give --list FILE")
	}
	d, err := c.openDesk(keys.Options{}) // nothing is signed here
	if err != nil {
		return exitFailed, err
	}
	var pinned *verifier.Key
	if root != "" {
		raw, err := readAtMost(root, 64<<10)
		if err != nil {
			return exitFailed, err
		}
		if pinned, err = verifier.ParseKey(raw); err != nil {
			return exitFailed, fmt.Errorf("%s: %w", root, err)
		}
	}
	raw, err := readAtMost(list, keys.MaxRequest)
	if err != nil {
		return exitFailed, err
	}
	installed, err := d.publisher.Install(raw, pinned, d.now)
	if err != nil {
		return exitRejected, fmt.Errorf("%s: %w", list, err)
	}
	fmt.Fprintf(stdout, "trust list %d is installed, good until %s\n", installed.Version, installed.NextUpdate.UTC().Format(time.RFC3339))
	return exitOK, nil
}
