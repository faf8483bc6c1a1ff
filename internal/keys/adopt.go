package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/giayto/giayto/verifier"
)

// What belongs to a list is in several files, and a program can be killed
// between any two of them. What must not be guessed afterwards (arrival) goes
// before the list; what follows from the list goes after it (settle), and is
// made up for before anything else is done.

// alone runs f while no other process changes the list, on what is on the disk
// by then, of keys too: a list must not be made from what was true before
// another process revoked a key.
func (p *Publisher) alone(now time.Time, f func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	done, err := turn(p.dir)
	if err != nil {
		return err
	}
	if err = p.ring.catchUp(); err == nil {
		err = p.load()
	}
	if err == nil {
		err = p.settle(now)
	}
	if err == nil {
		err = f()
	}
	return errors.Join(err, done())
}

// adopt makes a list the newest one: on the disk first, then for everybody.
func (p *Publisher) adopt(text []byte, list *verifier.TrustList, now time.Time) error {
	known := p.knownFrom(now).UTC().Truncate(time.Second)
	if err := p.announce(list, known); err != nil {
		return err
	}
	if p.list == nil {
		// Nothing on the disk says yet who may sign a list.
		if err := p.storeRoot(RootFile, list.Roots()[0]); err != nil {
			return err
		}
	}
	if err := replaceFile(filepath.Join(p.dir, TrustListFile), text, 0o644); err != nil {
		return err
	}
	p.text, p.list, p.known, p.settled = text, list, known, false
	p.reached = max(p.reached, list.Version)
	p.usable = later(known, lastUse(list))
	return p.settle(now)
}

// settle stores what follows from the newest list. All of it can be done again,
// so a stop anywhere is made up for by the next process.
func (p *Publisher) settle(now time.Time) error {
	if p.list == nil {
		return nil
	}
	if !p.settled {
		if err := p.storeUsable(); err != nil {
			return err
		}
		if err := p.storeRoots(); err != nil {
			return err
		}
		p.settled = true
	}
	known := p.known
	if known.IsZero() {
		known = p.knownFrom(now)
	}
	return p.note(now, known)
}

// arrival says of a list from when on every checker knows what it names. It
// stands on the disk before the list does: from the list alone, a process that
// comes later could not tell it from those that came before.
type arrival struct {
	Version   int64     `json:"version"`
	Digest    []byte    `json:"sha256"` // of the signed content
	KnownFrom time.Time `json:"known_from"`
}

// of reports whether it is about the list.
func (a arrival) of(l *verifier.TrustList) bool {
	stamp := l.Stamp()
	return a.Version == stamp.Version && bytes.Equal(a.Digest, stamp.Digest[:])
}

func (p *Publisher) announce(list *verifier.TrustList, known time.Time) error {
	stamp := list.Stamp()
	raw, err := json.Marshal(arrival{Version: stamp.Version, Digest: stamp.Digest[:], KnownFrom: known})
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return replaceFile(filepath.Join(p.dir, arrivalFile), append(raw, '\n'), 0o644)
}

// storedArrival reads what announce wrote last; the zero arrival, which is about
// no list, if nothing.
func (p *Publisher) storedArrival() (arrival, error) {
	path := filepath.Join(p.dir, arrivalFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return arrival{}, nil
	}
	if err != nil {
		return arrival{}, fmt.Errorf("keys: %w", err)
	}
	a, err := parseArrival(raw)
	if err != nil {
		return arrival{}, fmt.Errorf("keys: %s: %w", path, err)
	}
	return a, nil
}

func parseArrival(raw []byte) (arrival, error) {
	var a arrival
	if err := strict(raw, &a); err != nil {
		return arrival{}, err
	}
	if a.Version < 1 || a.KnownFrom.IsZero() {
		return arrival{}, errors.New("no version or no moment")
	}
	return a, nil
}

// storeUsable stores until when checkers may work from any list so far.
func (p *Publisher) storeUsable() error {
	stored, err := p.storedUsable()
	if err != nil || stored.Equal(p.usable.Truncate(time.Second)) {
		return err
	}
	return replaceFile(filepath.Join(p.dir, usableFile), []byte(p.usable.UTC().Format(time.RFC3339)+"\n"), 0o644)
}

// storeRoots stores who signed the list and whom it names as the successor. The
// successor named before stays until its own first list is on the disk and it is
// what checkers pin: in between, the files name both.
func (p *Publisher) storeRoots() error {
	if err := p.storeRoot(RootFile, p.list.Roots()[0]); err != nil {
		return err
	}
	if p.list.NextRoot != nil {
		return p.storeRoot(NextRootFile, p.list.NextRoot.Key())
	}
	return remove(filepath.Join(p.dir, NextRootFile))
}

// storeRoot writes a public root key, unless the file says so already.
func (p *Publisher) storeRoot(name string, key *verifier.Key) error {
	path := filepath.Join(p.dir, name)
	stored, err := readRoot(path)
	if err != nil || stored != nil && stored.Thumbprint == key.Thumbprint {
		return err
	}
	jwk, err := EncodeKey(key)
	if err != nil {
		return err
	}
	return replaceFile(path, jwk, 0o644)
}
