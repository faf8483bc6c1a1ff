package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/verifier"
)

// databaseFile is the store's file in the data folder.
const databaseFile = "giayto.db"

// app is a deployment with its parts wired together.
type app struct {
	catalog    *catalog.Catalog
	store      *bolt.Store
	ring       *keys.Ring
	publisher  *keys.Publisher
	issuer     *issuer.Service
	disclosure *disclosure.Service
	sessions   *session.Service
	status     *status.Publisher
	inbox      *push.Inbox
	targets    *push.Registry
	committed  <-chan struct{} // wakes whoever tells events
	now        func() time.Time
}

// open opens the data folder, makes the keys that are missing, and publishes a
// trust list that names them.
func open(c config) (*app, error) {
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, err
	}
	wake, committed := push.Wake()
	store, err := bolt.Open(filepath.Join(c.data, databaseFile), bolt.Options{Committed: wake})
	if err != nil {
		return nil, err
	}
	a := &app{catalog: catalog.Default(), store: store, inbox: push.NewInbox(store, now, push.Heartbeat), committed: committed, now: now}
	if err := a.openKeys(c); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	a.disclosure = disclosure.New(disclosure.Config{Catalog: a.catalog, Store: store, Keys: a.publisher, Now: a.now, Origin: a.publisher.Origin()})
	a.issuer = issuer.New(issuer.Config{Catalog: a.catalog, Store: store, Keys: a.publisher, Origin: a.publisher.Origin(), Now: a.now,
		Locked: func(owner string) { a.disclosure.Forget(owner, "") }})
	party, err := c.passkeys.party(a.publisher.Origin())
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	a.sessions = session.New(session.Config{Catalog: a.catalog, Store: store, Party: party, Wallets: a.issuer,
		Now: a.now, Random: rand.Reader, DeviceEnded: a.disclosure.Forget})
	a.targets = push.NewRegistry(store, c.push.services(), a.now)
	a.status = status.New(status.Config{Store: store, Keys: a.publisher, Origin: a.publisher.Origin(), Now: a.now})
	return a, nil
}

// openKeys opens the ring beside the store.
func (a *app) openKeys(c config) error {
	options, err := c.keyOptions()
	if err != nil {
		return err
	}
	if a.ring, err = keys.Open(c.keysDir(), options); err != nil {
		return err
	}
	if err := a.makeRoot(c); err != nil {
		return err
	}
	if a.publisher, err = keys.NewPublisher(a.ring, c.data, c.origin); err != nil {
		return err
	}
	_, list := a.publisher.TrustList()
	switch origin := a.publisher.Origin(); {
	case !a.ring.HasRoot() && list != nil && list.Issuer != origin:
		return fmt.Errorf("the trust list names %s and --origin is %s: install a list that names it (giayto keys request --origin)", list.Issuer, origin)
	case c.origin == "" && (a.ring.HasRoot() || list == nil):
		if a.publisher, err = keys.NewPublisher(a.ring, c.data, c.fallback(origin)); err != nil {
			return err
		}
	}
	if err := a.renew(); err != nil {
		return fmt.Errorf("keys and trust list: %w", err)
	}
	return nil
}

// makeRoot makes root and certificate authority in the data folder for
// development. A server never invents a root otherwise, nor where checkers have
// pinned one that is kept elsewhere.
func (a *app) makeRoot(c config) error {
	_, err := os.Stat(filepath.Join(c.data, keys.RootFile))
	if !a.ring.HasRoot() && (!c.dev || err == nil) {
		return nil
	}
	for _, purpose := range []verifier.Purpose{verifier.PurposeTrustList, keys.PurposeCertificate} {
		if err := a.ring.Renew(purpose, a.now(), keys.RootLifetime); err != nil {
			return err
		}
	}
	return nil
}

// purposes are what this deployment signs.
func (a *app) purposes() []verifier.Purpose {
	all := []verifier.Purpose{verifier.PurposeDisclosure, verifier.PurposeStatus}
	for _, agency := range a.catalog.Agencies() {
		all = append(all, keys.CredentialPurpose(agency.ID))
	}
	return all
}

// makeKeys makes the keys that are missing, and successors of those about to
// end, and begins to use those that every checker knows.
func (a *app) makeKeys() error {
	var failed error
	for _, purpose := range a.purposes() {
		failed = errors.Join(failed, a.ring.Renew(purpose, a.now(), keys.LifetimeOf(purpose)))
	}
	return failed
}

// renew is what a running server does every so often, so that it can go on
// signing without a restart.
func (a *app) renew() error {
	var noted error
	if !a.ring.HasRoot() {
		// What an installed list names for the first time may begin at once.
		noted = a.publisher.Refresh(a.now())
	}
	// A list is renewed even where a key could not be made.
	return errors.Join(noted, a.makeKeys(), a.publisher.Refresh(a.now()))
}

func (a *app) close() error { return a.store.Close() }
