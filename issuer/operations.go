package issuer

import (
	"context"
	"slices"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Reasons for withholding a credential: the holder keeps the right in principle
// and may not use it for now.
const (
	WithheldPointsExhausted     = "points_exhausted"     // all points of a licence are gone
	WithheldSeized              = "seized"               // the paper is held by the authorities
	WithheldRightRemoved        = "right_removed"        // the right to use it was taken for a time
	WithheldContributionsUnpaid = "contributions_unpaid" // an insurance without its contributions
	WithheldInvestigation       = "investigation"        // while something is being looked into
)

// Reasons for revoking a credential, which is for good.
const (
	RevokedRecalled      = "recalled"       // the authority took the paper back
	RevokedFraud         = "fraud"          // obtained by false papers or statements
	RevokedError         = "error"          // should never have been issued
	RevokedLost          = "lost"           // the paper was lost or stolen
	RevokedSurrendered   = "surrendered"    // given back by its holder
	RevokedNotEntitled   = "not_entitled"   // what it stood for has ended
	RevokedCourtDecision = "court_decision" // by a decision of a court
	// RevokedDeath is given by Lock and not by Revoke.
	RevokedDeath = "death"
)

// WithholdReasons lists the reasons that Withhold takes.
func WithholdReasons() []string {
	return []string{WithheldPointsExhausted, WithheldSeized, WithheldRightRemoved, WithheldContributionsUnpaid, WithheldInvestigation}
}

// RevokeReasons lists the reasons that Revoke takes.
func RevokeReasons() []string {
	return []string{RevokedRecalled, RevokedFraud, RevokedError, RevokedLost, RevokedSurrendered, RevokedNotEntitled, RevokedCourtDecision}
}

// Change is what became of a credential. From the moment a Change is returned,
// disclosure and the holder's wallet go by it.
type Change struct {
	Credential string // Holding.ID
	Document   string
	// Standing is what the agency now says of it.
	Standing wallet.Standing
	// Published is what the status list says once it has been signed anew. It
	// is more than Standing where the record or a locked wallet stands against
	// the credential too.
	Published wallet.Status
	// Changed is false when it had been so already; nothing was written then.
	Changed bool
}

// Suspend, Restore, Withhold and Revoke change what an agency says of one of
// its credentials, each in one transaction with the event that tells the
// holder. Repeating one changes nothing. Revoking is for good; Restore takes
// back what Suspend or Withhold did, and neither the lock of a wallet nor what
// the record itself says. Where several people hold a paper together, what is
// said of one's credential is said of all. Faults: wallet.credential_unknown (not there, or
// another agency's), issuer.credential_superseded (a newer one has taken its
// place), issuer.credential_revoked, issuer.reason_invalid.

// Suspend: not to be relied on until it is restored.
func (s *Service) Suspend(ctx context.Context, agency, credential string) (Change, error) {
	return s.change(ctx, agency, credential, wallet.Standing{Status: wallet.Suspended}, wallet.CredentialSuspended)
}

// Restore a suspended or withheld credential.
func (s *Service) Restore(ctx context.Context, agency, credential string) (Change, error) {
	return s.change(ctx, agency, credential, wallet.Standing{}, wallet.CredentialRestored)
}

// Withhold for one of WithholdReasons.
func (s *Service) Withhold(ctx context.Context, agency, credential, reason string) (Change, error) {
	if !slices.Contains(WithholdReasons(), reason) {
		return Change{}, fault.New(fault.CodeReasonInvalid, "not a reason for withholding").At("reason")
	}
	return s.change(ctx, agency, credential, wallet.Standing{Status: wallet.Withheld, Reason: reason}, wallet.CredentialWithheld)
}

// Revoke for one of RevokeReasons.
func (s *Service) Revoke(ctx context.Context, agency, credential, reason string) (Change, error) {
	if !slices.Contains(RevokeReasons(), reason) {
		return Change{}, fault.New(fault.CodeReasonInvalid, "not a reason for revoking").At("reason")
	}
	return s.change(ctx, agency, credential, wallet.Standing{Status: wallet.Revoked, Reason: reason}, wallet.CredentialRevoked)
}

func (s *Service) change(ctx context.Context, agency, credential string, to wallet.Standing, kind wallet.EventKind) (Change, error) {
	if _, ok := s.catalog.Agency(agency); !ok {
		return Change{}, fault.New(fault.CodeAgencyUnknown, "no such agency in the catalogue")
	}
	var c Change
	err := s.store.Issue(ctx, func(tx Tx) error {
		h, err := s.own(tx, agency, credential)
		if err != nil {
			return err
		}
		now := s.now()
		if c, err = s.setStanding(tx, h, to, kind, now); err != nil {
			return err
		}
		return s.together(tx, h, to, kind, now)
	})
	if err != nil {
		return Change{}, err
	}
	return c, nil
}

// own finds a credential of the agency that has not been superseded.
func (s *Service) own(tx Tx, agency, credential string) (wallet.Holding, error) {
	h, err := tx.Holding(credential)
	switch {
	case err != nil:
		return h, err
	case h.Agency != agency:
		return h, fault.New(fault.CodeCredentialUnknown, "the agency has issued no such credential")
	case h.State != wallet.Active:
		return h, fault.New(fault.CodeSuperseded, "a newer credential has taken its place")
	}
	return h, nil
}

// together brings the credentials of those who hold the same paper along: what
// is said is said of the paper. One that has been revoked by itself stays so.
func (s *Service) together(tx Tx, h wallet.Holding, to wallet.Standing, kind wallet.EventKind, now time.Time) error {
	if h.Shared == "" {
		return nil
	}
	all, err := tx.ActiveByRecord(h.Document, h.RecordKey)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID == h.ID || other.Shared != h.Shared || other.Standing.Status == wallet.Revoked {
			continue
		}
		if _, err := s.setStanding(tx, other, to, kind, now); err != nil {
			return err
		}
	}
	return nil
}

// setStanding changes what is said of an active holding, unless it is said
// already. The first reason of a revocation stays.
func (s *Service) setStanding(tx Tx, h wallet.Holding, to wallet.Standing, kind wallet.EventKind, now time.Time) (Change, error) {
	from := h.Standing
	same := from.Status == to.Status && (from.Reason == to.Reason || from.Status == wallet.Revoked)
	if from.Status == wallet.Revoked && !same {
		return Change{}, fault.New(fault.CodeAlreadyRevoked, "the credential has been revoked, which is for good")
	}
	if !same {
		if to.Status != wallet.Valid {
			to.Since = now
		}
		before := h
		h.Standing = to
		if err := tx.SetStanding(h.ID, to, event(kind, h, now)); err != nil {
			return Change{}, err
		}
		if err := s.mark(tx, before, h); err != nil {
			return Change{}, err
		}
	}
	return Change{Credential: h.ID, Document: h.Document, Standing: h.Standing,
		Published: s.published(h).Status, Changed: !same}, nil
}

// Credential is what an agency sees of one that it issued. It names no person.
type Credential struct {
	ID        string
	Document  string
	Standing  wallet.Standing
	Published wallet.Status
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Find returns the active credentials of a paper by the claims of its record
// key: none, one, or, where several people hold it together, one for each.
// Faults: issuer.agency_unknown, catalog.document_unknown,
// issuer.agency_not_allowed, and request.malformed where the record is not made
// of exactly those claims.
func (s *Service) Find(ctx context.Context, agency, document string, record map[string]string) ([]Credential, error) {
	if _, ok := s.catalog.Agency(agency); !ok {
		return nil, fault.New(fault.CodeAgencyUnknown, "no such agency in the catalogue")
	}
	d := s.catalog.Document(document)
	switch {
	case d == nil:
		return nil, fault.New(fault.CodeDocumentUnknown, "no such document").At("document")
	case d.Agency.ID != agency:
		return nil, fault.New(fault.CodeAgencyNotAllowed, "another agency keeps this register").At("document")
	}
	key, err := recordKey(d, record)
	if err != nil {
		return nil, err
	}
	holdings, err := s.store.ActiveByRecord(ctx, document, key)
	if err != nil {
		return nil, err
	}
	found := make([]Credential, len(holdings))
	for i, h := range holdings {
		found[i] = Credential{ID: h.ID, Document: h.Document, Standing: h.Standing, Published: s.published(h).Status,
			IssuedAt: h.IssuedAt, ExpiresAt: h.ExpiresAt}
	}
	return found, nil
}
