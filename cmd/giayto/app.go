package main

import (
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
	now        func() time.Time
}

// open opens the data folder, makes the keys that are missing, and publishes a
// trust list that names them.
func open(c config) (*app, error) {
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, err
	}
	store, err := bolt.Open(filepath.Join(c.data, databaseFile), bolt.Options{})
	if err != nil {
		return nil, err
	}
	a := &app{catalog: catalog.Default(), store: store, now: time.Now}
	if err := a.openKeys(c); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	a.issuer = issuer.New(issuer.Config{Catalog: a.catalog, Store: store, Keys: a.ring, Origin: a.publisher.Origin(), Now: a.now})
	a.disclosure = disclosure.New(disclosure.Config{Catalog: a.catalog, Store: store, Keys: a.ring, Now: a.now})
	a.sessions = session.New(session.Config{Catalog: a.catalog, Store: store, Now: a.now})
	a.status = status.New(status.Config{Store: store, Keys: a.ring, Origin: a.publisher.Origin(), Now: a.now})
	return a, nil
}

// openKeys opens the ring beside the store.
func (a *app) openKeys(c config) error {
	ring, err := keys.Open(filepath.Join(c.data, "keys"))
	if err != nil {
		return err
	}
	a.ring = ring
	if err := a.makeKeys(); err != nil {
		return err
	}
	if a.publisher, err = keys.NewPublisher(ring, c.data, c.origin); err != nil {
		return err
	}
	if c.origin == "" {
		if a.publisher, err = keys.NewPublisher(ring, c.data, c.fallback(a.publisher.Origin())); err != nil {
			return err
		}
	}
	if err := a.publisher.Refresh(a.now()); err != nil {
		return fmt.Errorf("trust list: %w", err)
	}
	return nil
}

// makeKeys makes the keys that are missing, and successors of those about to
// end.
func (a *app) makeKeys() error {
	now := a.now()
	if _, err := a.ring.Ensure(verifier.PurposeTrustList, now, keys.RootLifetime); err != nil {
		return err
	}
	if err := a.ring.Renew(verifier.PurposeDisclosure, now, keys.DisclosureLifetime); err != nil {
		return err
	}
	if err := a.ring.Renew(verifier.PurposeStatus, now, keys.StatusLifetime); err != nil {
		return err
	}
	for _, agency := range a.catalog.Agencies() {
		if err := a.ring.Renew(keys.CredentialPurpose(agency.ID), now, keys.CredentialLifetime); err != nil {
			return err
		}
	}
	return nil
}

// renew is what a running server does every so often, so that it can go on
// signing without a restart.
func (a *app) renew() error {
	// A list is renewed even where a key could not be made.
	return errors.Join(a.makeKeys(), a.publisher.Refresh(a.now()))
}

func (a *app) close() error { return a.store.Close() }
