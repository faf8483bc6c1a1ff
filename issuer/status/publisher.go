package status

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

const (
	// TTL is how long a copy of a list may be used before a fresh one is
	// fetched. Every list is signed anew when that has passed, changed or not,
	// so that the age that a checker tells is never much more than the age of
	// what is known. Five minutes are short against the day in which a licence
	// is withheld, and long against a rush at a counter.
	TTL = 5 * time.Minute
	// Lifetime is when a list ends, fetched again or not: after a day nobody
	// vouches for what it says, and a checker without network knows nothing
	// rather than something old.
	Lifetime = 24 * time.Hour
	// RefreshEvery is how often Refresh should be called. A change is published
	// within that time and the time of signing, together well below the minute
	// that is promised.
	RefreshEvery = 15 * time.Second

	// lost as revision marks a list of which storage cannot say what is in it
	// now. It is not signed again: a new date would vouch for what is old.
	lost = -1

	// bits of an entry: valid, revoked, suspended, withheld.
	bits = 2
)

// Paths below the origin.
const (
	AggregationPath = "/v1/public/status-lists"
	SnapshotPath    = "/v1/public/status-snapshot"
)

// Store is what publishing needs of storage.
type Store interface {
	// StatusLists returns every list of every agency, by agency and number. A
	// number that is missing between two is a fault that names the list.
	StatusLists(ctx context.Context) ([]issuer.StatusList, error)
	// StatusList returns one list with its entries other than wallet.Valid, by
	// index, from one state of the data. What is missing or was damaged is a
	// fault that names the list.
	StatusList(ctx context.Context, agency string, number int) (issuer.StatusList, []issuer.StatusEntry, error)
}

// Keys hands out the key that signs status lists at a moment.
type Keys interface {
	Status(now time.Time) (issuer.SigningKey, error)
}

// Config is what a Publisher needs. All members are required.
type Config struct {
	Store  Store
	Keys   Keys
	Origin string // public origin, without a slash at the end
	Now    func() time.Time
}

// Publisher holds the lists that are published. It is safe for concurrent use:
// reading never waits for signing.
type Publisher struct {
	config Config

	// refreshing is held by Refresh, so that lists are made one at a time.
	refreshing sync.Mutex
	held       map[name]*held
	snapshotAt time.Time // iat of the newest snapshot
	unshown    bool      // held has more than shown

	mu    sync.RWMutex
	shown shown
}

// name of a list.
type name struct {
	agency string
	number int
}

// held is a list in memory, as it was loaded last and as it was signed last.
type held struct {
	list     *statuslist.List
	revision int64

	signed   int64 // revision
	keyID    string
	issued   time.Time
	text     string // "" before the first signature
	document Document
}

// shown is what readers get, exchanged as a whole.
type shown struct {
	lists       map[name]Document
	aggregation Document
	snapshot    Document
	freshness   []Freshness
}

// Freshness tells the times of a published list, for alarms.
type Freshness struct {
	Agency    string
	Number    int
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// New returns a publisher that has nothing to show before the first Refresh.
func New(c Config) *Publisher {
	return &Publisher{config: c, held: map[name]*held{}}
}

// Load reads what storage has and memory has not: everything at first, then the
// lists that have changed. The error names every list that is missing or
// damaged, and tells nothing of keys: a server that gets one does not start.
func (p *Publisher) Load(ctx context.Context) error {
	p.refreshing.Lock()
	defer p.refreshing.Unlock()
	return p.load(ctx)
}

// Refresh brings what is published to what storage says: it loads, and lists
// that changed, that are new, that TTL has passed for, or that another key
// signed, are signed now. It is called every RefreshEvery. A list that cannot
// be loaded stays as it was and ends by itself.
func (p *Publisher) Refresh(ctx context.Context) error {
	p.refreshing.Lock()
	defer p.refreshing.Unlock()
	errs := []error{p.load(ctx)}
	now := p.config.Now().UTC().Truncate(time.Second)
	key, err := p.config.Keys.Status(now)
	if err != nil {
		return errors.Join(append(errs, fmt.Errorf("status lists: %w", err))...)
	}
	for n, h := range p.held {
		errs = append(errs, p.sign(n, h, key, now))
	}
	// The zero snapshotAt is long ago; without any list there is still a bundle.
	if p.unshown || !now.Before(p.snapshotAt.Add(TTL)) {
		errs = append(errs, p.show(key, now))
	}
	return errors.Join(errs...)
}

func (p *Publisher) load(ctx context.Context) error {
	lists, err := p.config.Store.StatusLists(ctx)
	if err != nil {
		for _, h := range p.held {
			h.revision = lost
		}
		return fmt.Errorf("status lists: %w", err)
	}
	errs := []error{p.vanished(lists)}
	for _, l := range lists {
		n := name{l.Agency, l.Number}
		h := p.held[n]
		if h != nil && h.revision == l.Revision {
			continue
		}
		list, revision, err := p.build(ctx, n)
		if err != nil {
			if h != nil {
				h.revision = lost
			}
			errs = append(errs, err)
			continue
		}
		if h == nil {
			h = &held{}
			p.held[n] = h
		}
		h.list, h.revision = list, revision
	}
	return errors.Join(errs...)
}

// vanished names the lists that were there and are no more. What they said goes
// on being published until it ends.
func (p *Publisher) vanished(lists []issuer.StatusList) error {
	var errs []error
	for n, h := range p.held {
		if !slices.ContainsFunc(lists, func(l issuer.StatusList) bool { return n == name{l.Agency, l.Number} }) {
			h.revision = lost
			errs = append(errs, fmt.Errorf("status list %s/%d is no longer in the store", n.agency, n.number))
		}
	}
	return errors.Join(errs...)
}

// build makes a list from one pass over its entries in storage.
func (p *Publisher) build(ctx context.Context, n name) (*statuslist.List, int64, error) {
	l, entries, err := p.config.Store.StatusList(ctx, n.agency, n.number)
	if err != nil {
		return nil, 0, err
	}
	list, err := statuslist.New(bits, l.Size)
	if err != nil {
		return nil, 0, fmt.Errorf("status list %s/%d: %w", n.agency, n.number, err)
	}
	for _, e := range entries {
		status, known := statuses[e.Standing.Status]
		if !known {
			return nil, 0, fmt.Errorf("status list %s/%d has an entry of an unknown status", n.agency, n.number)
		}
		if err := list.Set(e.Index, status); err != nil {
			return nil, 0, fmt.Errorf("status list %s/%d: %w", n.agency, n.number, err)
		}
	}
	return list, l.Revision, nil
}

// sign signs a list if that is due.
func (p *Publisher) sign(n name, h *held, key issuer.SigningKey, now time.Time) error {
	fresh := h.signed == h.revision && h.keyID == key.KeyID && now.Before(h.issued.Add(TTL)) && !now.Before(h.issued)
	if h.revision == lost || h.text != "" && fresh {
		return nil
	}
	ends := key.Within(now.Add(Lifetime))
	text, err := statuslist.Sign(h.list, statuslist.SignOptions{Signer: key.Signer, KeyID: key.KeyID,
		Certificates: key.Certificates, Subject: p.uri(n), IssuedAt: now, ExpiresAt: ends, TTL: TTL,
		AggregationURI: p.config.Origin + AggregationPath})
	if err != nil {
		return fmt.Errorf("status list %s/%d: %w", n.agency, n.number, err)
	}
	document, err := newDocument([]byte(text), ends)
	if err != nil {
		return err
	}
	h.signed, h.keyID, h.issued, h.text, h.document = h.revision, key.KeyID, now, text, document
	p.unshown = true
	return nil
}

// statuses is how a standing is written into a list.
var statuses = map[wallet.Status]statuslist.Status{
	wallet.Suspended: statuslist.Suspended,
	wallet.Withheld:  statuslist.Withheld,
	wallet.Revoked:   statuslist.Revoked,
}

func (p *Publisher) uri(n name) string {
	return p.config.Origin + issuer.StatusListPath(n.agency, n.number)
}

// show makes what names all lists, and shows everything at once.
func (p *Publisher) show(key issuer.SigningKey, now time.Time) error {
	next := shown{lists: make(map[name]Document, len(p.held))}
	names := make([]name, 0, len(p.held))
	texts := make(map[string]string, len(p.held))
	issued := p.snapshotAt.Add(time.Second) // it must grow, and a checker's clock has whole seconds
	for n, h := range p.held {
		if h.text == "" {
			continue // never signed: Refresh has said why
		}
		names = append(names, n)
		next.lists[n], texts[p.uri(n)] = h.document, h.text
		if h.issued.After(issued) {
			issued = h.issued
		}
	}
	if now.After(issued) {
		issued = now
	}
	slices.SortFunc(names, func(a, b name) int {
		return cmp.Or(cmp.Compare(a.agency, b.agency), cmp.Compare(a.number, b.number))
	})
	uris := make([]string, len(names))
	for i, n := range names {
		uris[i] = p.uri(n)
		next.freshness = append(next.freshness, Freshness{n.agency, n.number, p.held[n].issued, p.held[n].document.ends})
	}
	aggregation, err := statuslist.EncodeAggregation(uris)
	if err != nil {
		return err
	}
	ends := key.Within(issued.Add(Lifetime))
	snapshot, err := statuslist.SignSnapshot(texts, statuslist.SnapshotOptions{Signer: key.Signer, KeyID: key.KeyID,
		Issuer: p.config.Origin, IssuedAt: issued, ExpiresAt: ends})
	if err != nil {
		return err
	}
	bundle, err := statuslist.EncodeBundle(snapshot, texts)
	if err != nil {
		return err
	}
	if next.aggregation, err = newDocument(aggregation, now.Add(Lifetime)); err != nil {
		return err
	}
	if next.snapshot, err = newDocument(bundle, ends); err != nil {
		return err
	}
	p.snapshotAt, p.unshown = issued, false
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = next
	return nil
}

// List returns the published list of an agency, a Status List Token. Faults:
// status.list_unknown, and service.unavailable when it has ended because it
// could not be renewed.
func (p *Publisher) List(agency string, number int) (Document, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	d, known := p.shown.lists[name{agency, number}]
	if !known {
		return Document{}, fault.New(fault.CodeListUnknown, "no such status list")
	}
	return p.living(d)
}

// Aggregation returns the document that names all lists. Fault:
// service.unavailable.
func (p *Publisher) Aggregation() (Document, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.living(p.shown.aggregation)
}

// Snapshot returns the bundle of all lists under one signature, for checkers
// that will have no network. Fault: service.unavailable.
func (p *Publisher) Snapshot() (Document, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.living(p.shown.snapshot)
}

// Freshness returns the times of all published lists, by agency and number.
func (p *Publisher) Freshness() []Freshness {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Clone(p.shown.freshness)
}

// living refuses to give out what every checker would refuse.
func (p *Publisher) living(d Document) (Document, error) {
	if !p.config.Now().Before(d.ends) {
		return Document{}, fault.New(fault.CodeUnavailable, "the status lists have ended and could not be signed anew")
	}
	return d, nil
}
