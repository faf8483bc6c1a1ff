package wallet

import (
	"context"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
)

// States of a paper beside what its agency holds against it (Suspended,
// Withheld, Revoked) and the values of its status claim ("points_exhausted").
const (
	InForce     = "in_force"
	Expired     = catalog.CodeExpired
	NotYetValid = catalog.CodeNotYetValid
	// Locked: the whole wallet is locked.
	Locked = "locked"
	// Ended: the credential has been superseded. Nothing is told of its
	// content any more, because it may have become somebody else's.
	Ended = string(Superseded)
)

// MaxEvents is the most events that are given at a time.
const MaxEvents = 100

// Papers shows citizens what they own, as an app needs it: with labels, in
// words and in the order of the catalogue. It is safe for concurrent use.
type Papers struct {
	store   Store
	catalog *catalog.Catalog
	now     func() time.Time
}

// NewPapers returns the service.
func NewPapers(store Store, c *catalog.Catalog, now func() time.Time) *Papers {
	return &Papers{store: store, catalog: c, now: now}
}

// Paper is one document in a wallet, without its claims.
type Paper struct {
	ID       string // Holding.ID
	Document string // catalog id
	Labels   catalog.Text
	Hue      string // colour of its card, #rrggbb
	Agency   catalog.Agency
	// State is InForce, Expired, NotYetValid, Ended, Locked, what the agency
	// holds against it (a Status), or the value of the document's status claim
	// that keeps it out of force.
	State string
	// Reason and Since say why and since when it is suspended, withheld,
	// revoked or locked: a code, "" where none was given, and a moment.
	Reason    string
	Since     time.Time
	IssuedAt  time.Time // of the credential
	ExpiresAt time.Time // until when it is shared from without a newer record; not of the paper
	// ValidFrom and ValidUntil are the paper's own first and last day as
	// YYYY-MM-DD, "" where it states none. NoEnd says that it states that
	// there is no last day.
	ValidFrom  string
	ValidUntil string
	NoEnd      bool
}

// Content is a paper with everything that its holder may see of it.
type Content struct {
	Paper
	Claims []Fact // in catalogue order: register claims, then derived ones
	// Credential is the SD-JWT VC, "" unless nothing stands against it: whoever
	// checks it elsewhere may not look at its status list.
	Credential string
	// CredentialExpiresAt is its exp: it is signed anew then, if the paper
	// lasts. Zero where there is no Credential.
	CredentialExpiresAt time.Time
}

// Fact is one claim with its value.
type Fact struct {
	Claim *catalog.Claim
	Value any          // as catalog.Type tells
	Text  catalog.Text // the value in words
	// Shareable: a QR can carry it.
	Shareable bool
}

// List returns the owner's active papers by document and moment of issue.
func (p *Papers) List(ctx context.Context, owner string) ([]Paper, error) {
	holdings, err := p.store.Holdings(ctx, owner)
	if err != nil {
		return nil, err
	}
	now := p.now()
	papers := make([]Paper, 0, len(holdings))
	for _, h := range holdings {
		paper, _, err := p.paper(h, now)
		if err != nil {
			return nil, err
		}
		papers = append(papers, paper)
	}
	return papers, nil
}

// Get returns one paper of the owner with its claims. Fault:
// wallet.credential_unknown if it does not exist or is somebody else's.
func (p *Papers) Get(ctx context.Context, owner, id string) (Content, error) {
	h, err := p.store.Holding(ctx, owner, id)
	if err != nil {
		return Content{}, err
	}
	now := p.now()
	paper, document, err := p.paper(h, now)
	if err != nil || paper.State == Ended {
		return Content{Paper: paper}, err
	}
	content := Content{Paper: paper, Claims: facts(document, h, now)}
	if h.Condition().Status == Valid {
		content.Credential, content.CredentialExpiresAt = h.Credential, h.CredentialExpiresAt
	}
	return content, nil
}

// Events returns up to limit events of the owner, newest first; MaxEvents when
// the limit is not within 1 and MaxEvents.
func (p *Papers) Events(ctx context.Context, owner string, limit int) ([]Event, error) {
	if limit < 1 || limit > MaxEvents {
		limit = MaxEvents
	}
	return p.store.Events(ctx, owner, limit)
}

func (p *Papers) paper(h Holding, now time.Time) (Paper, *catalog.Document, error) {
	d := p.catalog.Document(h.Document)
	if d == nil {
		return Paper{}, nil, fault.New(fault.CodeInternal, "the catalogue no longer has the document")
	}
	paper := Paper{ID: h.ID, Document: d.ID, Labels: d.Labels, Hue: d.Hue, Agency: d.Agency,
		State: state(d, h, now), IssuedAt: h.IssuedAt, ExpiresAt: h.ExpiresAt}
	if paper.State == Ended {
		return paper, d, nil
	}
	against := h.Condition()
	paper.Reason, paper.Since = against.Reason, against.Since
	paper.ValidFrom, _ = h.Values[d.Validity.From].(string)
	until, stated := h.Values[d.Validity.Until]
	paper.ValidUntil, _ = until.(string)
	paper.NoEnd = stated && until == nil
	return paper, d, nil
}

// state is what disclosure's policy will say of the holding at this moment.
func state(d *catalog.Document, h Holding, now time.Time) string {
	if h.State != Active {
		return Ended
	}
	if h.Standing.Status != Valid {
		return string(h.Standing.Status)
	}
	if h.Lock.Closed() {
		return Locked
	}
	if status := d.InForce(h.Values, now); status != "" {
		return status
	}
	if !now.Before(h.ExpiresAt) {
		return Expired
	}
	return InForce
}

// facts lists what is on record and what follows from it. A claim that is never
// disclosed only served to find the holder and repeats the root document.
func facts(d *catalog.Document, h Holding, now time.Time) []Fact {
	moment := catalog.Moment{Now: now, Holder: h.Number}
	var list []Fact
	for _, claim := range d.All() {
		if claim.Disclose == catalog.Never {
			continue
		}
		value, err := d.Value(claim.ID, h.Values, moment)
		if err != nil {
			continue // absent, or not derivable from what is on record
		}
		list = append(list, Fact{Claim: claim, Value: value, Text: claim.Show(value), Shareable: claim.Key != 0})
	}
	return list
}
