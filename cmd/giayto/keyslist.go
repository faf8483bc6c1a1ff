package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/giayto/giayto/internal/keys"
)

// keyLine is what giayto keys list --json tells of a key. Nothing of it is secret.
type keyLine struct {
	Purpose   string        `json:"purpose"`
	KeyID     string        `json:"kid"`
	State     keys.State    `json:"state"`
	Automatic bool          `json:"automatic"`
	NotBefore time.Time     `json:"not_before"`
	NotAfter  time.Time     `json:"not_after"`
	ListedAt  *time.Time    `json:"listed_at,omitempty"`
	KnownAt   *time.Time    `json:"known_at,omitempty"`
	RevokedAt *time.Time    `json:"revoked_at,omitempty"`
	Emergency string        `json:"emergency,omitempty"` // its reason
	Signs     bool          `json:"signs"`               // now, of all keys of its purpose
	Place     string        `json:"private_key"`         // file, pkcs11 or erased
	History   []keys.Change `json:"history"`
}

// keysList needs neither key file nor passphrase.
func keysList(_ context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var c config
	var asJSON bool
	f := c.flags("keys list", stderr)
	f.BoolVar(&asJSON, "json", false, "print JSON")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if f.NArg() > 0 {
		return exitFailed, fmt.Errorf("unexpected %q", f.Arg(0))
	}
	if _, err := os.Stat(c.keysDir()); errors.Is(err, os.ErrNotExist) {
		return exitFailed, fmt.Errorf("%s: there are no keys yet", c.keysDir())
	}
	d, err := c.openDesk(keys.Options{})
	if err != nil {
		return exitFailed, err
	}
	lines := d.lines()
	if asJSON {
		out := json.NewEncoder(stdout)
		out.SetIndent("", "  ")
		return exitOK, out.Encode(map[string]any{"keys": lines})
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PURPOSE\tKID\tSTATE\tUNTIL\tPRIVATE KEY\tREMARKS")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Purpose, l.KeyID[:12], l.State, l.NotAfter.UTC().Format(time.DateOnly), l.Place, l.remarks())
	}
	return exitOK, w.Flush()
}

// lines tells of every key.
func (d *keyDesk) lines() []keyLine {
	lines := []keyLine{}
	for _, e := range d.ring.All() {
		l := keyLine{Purpose: string(e.Purpose), KeyID: e.Key.Thumbprint, State: e.StateAt(d.now), Automatic: e.Automatic,
			NotBefore: e.NotBefore, NotAfter: e.NotAfter, Emergency: e.Emergency(), Place: e.Place(), History: e.History}
		for to, from := range map[**time.Time]time.Time{&l.ListedAt: e.ListedAt, &l.KnownAt: e.KnownAt, &l.RevokedAt: e.RevokedAt} {
			if !from.IsZero() {
				*to = &from
			}
		}
		current, err := d.ring.Current(e.Purpose, d.now)
		l.Signs = err == nil && current.Key.Thumbprint == e.Key.Thumbprint
		lines = append(lines, l)
	}
	return lines
}

// remarks are for people.
func (l keyLine) remarks() string {
	switch {
	case l.RevokedAt != nil:
		return fmt.Sprintf("revoked from %s: %s", l.RevokedAt.UTC().Format(time.RFC3339), l.History[len(l.History)-1].Reason)
	case l.Emergency != "" && l.Signs:
		return "signs; EMERGENCY: " + l.Emergency
	case l.Emergency != "":
		return "EMERGENCY: " + l.Emergency
	case l.Signs:
		return "signs"
	case l.State == keys.Published && l.ListedAt == nil:
		return "not in a list yet"
	case l.State == keys.Published:
		return "known to every checker from " + l.KnownAt.UTC().Format(time.RFC3339)
	}
	return ""
}
