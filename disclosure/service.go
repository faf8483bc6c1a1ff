package disclosure

import (
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/wallet"
)

// Keys hands out the key that signs presentations at a moment.
type Keys interface {
	Disclosure(now time.Time) (crypto.Signer, verifier.KeyID, error)
}

// Config is what a Service needs. All members are required.
type Config struct {
	Catalog *catalog.Catalog
	Store   Store
	Keys    Keys
	Now     func() time.Time
	// Origin is the public origin of the deployment, which a signed history names.
	Origin string
}

// Service turns requests into presentations. It is safe for concurrent use.
type Service struct {
	catalog *catalog.Catalog
	store   Store
	keys    Keys
	now     func() time.Time
	origin  string
	live    *live
}

// New returns a service.
func New(c Config) *Service {
	return &Service{catalog: c.Catalog, store: c.Store, keys: c.Keys, now: c.Now, origin: c.Origin, live: newLive()}
}

// Presentation is what a citizen shows: the text of a QR and its life.
type Presentation struct {
	ID        string
	Text      string
	ExpiresAt time.Time
	Symbol    qr.Symbol
}

// Share mints a presentation for the request and records it in the consent
// history. Nothing is returned unless the entry is durable, and nothing is
// recorded as shared unless every credential was still active, nothing stood against
// it, and the session was open and its device not frozen, in that same
// transaction. Refusals are faults of this package's
// codes; those by policy are recorded too. A claim that asks for more than the
// session proved is disclosure.step_up_required: Need then tells what the
// citizen has to confirm.
func (s *Service) Share(ctx context.Context, r Request) (Presentation, error) {
	req, picks, entry, err := s.consider(ctx, r)
	if err != nil {
		return Presentation{}, err
	}
	if entry.Level, err = authenticated(req, picks, entry); err != nil {
		return Presentation{}, s.refuse(ctx, entry, err)
	}
	now := entry.At
	p, err := s.mint(req, picks, now)
	if err != nil {
		return Presentation{}, s.refuse(ctx, entry, err)
	}
	p.ID = entry.ID
	entry.Outcome, entry.ExpiresAt, entry.Event = Shared, p.ExpiresAt, wallet.NewID()
	if err := s.store.Record(ctx, entry); err != nil {
		// The agency was faster: what was signed is thrown away unseen.
		entry.ExpiresAt, entry.Event = time.Time{}, ""
		return Presentation{}, s.refuse(ctx, entry, err)
	}
	s.live.put(p, req.Owner, req.Device, req.Session, now)
	return p, nil
}

// pick applies selection and policy to every document, and notes in the entry
// what was asked for, so that a refusal can be recorded.
func (s *Service) pick(selections []Selection, active []wallet.Holding, now time.Time, entry *Entry) ([]chosen, error) {
	picks := make([]chosen, 0, len(selections))
	for i, sel := range selections {
		field := fmt.Sprintf("documents[%d]", i)
		c, err := s.find(sel, active)
		if err != nil {
			return nil, under(field, err)
		}
		for _, other := range picks {
			if other.holding.ID == c.holding.ID {
				return nil, fault.New(fault.CodeSelectionRepeated, "the credential is chosen twice").At(field)
			}
		}
		chooseErr := s.choose(&c, sel)
		if chooseErr == nil && sel.Preset != selections[0].Preset {
			// One request is one situation: beside a preset, another document
			// would be over-asking under the preset's name and purpose.
			chooseErr = fault.New(fault.CodeOverAsking, "all documents of a request use the same preset, or none does").At("preset")
		}
		if entry.Purpose == "" && c.preset != "" {
			if p := s.catalog.Preset(c.preset); p != nil {
				entry.Purpose = p.Purpose.VI
			}
		}
		entry.Documents = append(entry.Documents, EntryDocument{Document: c.document.ID, Holding: c.holding.ID,
			Preset: c.preset, Claims: c.names()})
		if chooseErr != nil {
			return nil, under(field, chooseErr)
		}
		if err := c.inForce(now); err != nil {
			return nil, under(field, err)
		}
		picks = append(picks, c)
	}
	return picks, nil
}

// under puts the place of a selection before a fault's field.
func under(field string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	if f.Field == "" {
		return f.At(field)
	}
	return f.At(field + "." + f.Field)
}

// refuse records a refusal by policy and returns the fault. A request that is
// merely malformed or names nothing of the owner's leaves no trace.
func (s *Service) refuse(ctx context.Context, entry Entry, cause error) error {
	code := fault.CodeOf(cause)
	if code.Kind() != fault.Refused {
		return cause
	}
	entry.Outcome, entry.Code, entry.Level = Refused, string(code), 0
	if err := s.store.Record(ctx, entry); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// mint makes the token, signs it and frames it.
func (s *Service) mint(req checked, picks []chosen, now time.Time) (Presentation, error) {
	documents := make([]verifier.TokenDocument, len(picks))
	for i, c := range picks {
		var err error
		if documents[i], err = c.fields(now); err != nil {
			return Presentation{}, under(fmt.Sprintf("documents[%d]", i), err)
		}
	}
	signer, kid, err := s.keys.Disclosure(now)
	if err != nil {
		return Presentation{}, fault.Wrap(err, fault.CodeSigningKeyMissing, "no key may sign presentations now")
	}
	token := verifier.Token{ExpiresAt: now.Add(req.Lifetime).Unix(), Audience: req.Audience, Nonce: req.nonce, Documents: documents}
	text, err := Mint(&token, signer, kid)
	if fault.Is(err, fault.CodeTooDense) {
		return Presentation{}, tooDense(err, picks, documents)
	}
	if err != nil {
		return Presentation{}, err
	}
	symbol, err := qr.Fit(text)
	if err != nil {
		return Presentation{}, tooDense(err, picks, documents)
	}
	return Presentation{Text: text, ExpiresAt: time.Unix(token.ExpiresAt, 0).UTC(), Symbol: symbol}, nil
}

// Mint gives the token a fresh id, signs it and returns the text of its QR. It
// is the hot path: everything about a presentation but policy and history.
func Mint(token *verifier.Token, signer crypto.Signer, kid verifier.KeyID) (string, error) {
	_, _ = rand.Read(token.ID[:]) // crypto/rand never returns an error
	message, err := token.Sign(signer, kid)
	if err != nil {
		return "", fault.Wrap(err, fault.CodeInternal, "the presentation could not be signed")
	}
	text, err := qr.Encode(message)
	if err != nil {
		return "", fault.Wrap(err, fault.CodeTooDense, "the selection does not fit into a QR")
	}
	return text, nil
}

// Text returns the QR text of a presentation while it lives, to the session of
// the owner that asked to share it. The id of a presentation stands where all of
// the owner's sessions read it, and a session that was stolen must not fetch what
// another one has confirmed. Faults: disclosure.presentation_unknown,
// disclosure.presentation_expired.
func (s *Service) Text(owner, session, id string) (string, error) {
	return s.live.text(owner, session, id, s.now())
}

// Forget drops what a device of the owner has shared and what is still kept of
// it, or with "" what all of the owner's devices have: the texts cannot be
// fetched any more. A code that somebody has scanned lives to its end.
func (s *Service) Forget(owner, device string) { s.live.forget(owner, device) }

// MaxHistoryPage is the most entries that one page of the history holds.
const MaxHistoryPage = 100

// History returns a page of the owner's consent history, newest first.
func (s *Service) History(ctx context.Context, owner, cursor string, limit int) (Page, error) {
	if limit <= 0 || limit > MaxHistoryPage {
		limit = MaxHistoryPage
	}
	return s.store.History(ctx, owner, cursor, limit)
}
