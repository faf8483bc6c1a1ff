package issuer

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

const (
	// DefaultStatusListSize is how many positions a list has. A million
	// entries of two bits deflate to some 14 KB with 1 % of them marked, and
	// are a large enough crowd to hide in
	// (draft-ietf-oauth-status-list, section 12.5 on herd privacy).
	DefaultStatusListSize = 1 << 20
	// statusListShare is which part of a list is given away, the inverse: with
	// half of it free, a random draw succeeds at the second try on average, and
	// every list keeps as many positions that were never anybody's (decoys), so
	// that it does not tell how many credentials there are.
	statusListShare = 2
	// statusDraws bounds the draws for one position. At half of the positions
	// free, that many taken ones in a row do not happen.
	statusDraws = 128
)

// StatusListPath is where the published list of an agency is, below the origin.
func StatusListPath(agency string, number int) string {
	return fmt.Sprintf("/v1/public/status-lists/%s/%d", agency, number)
}

// place gives away a random position that nobody has had, in the newest list of
// the agency or, once that is full, in the next one. Random, because positions
// in the order of issue would tell who was issued when (section 12.4.2).
func (s *Service) place(tx Tx, agency string, now time.Time) (wallet.StatusRef, error) {
	list, err := tx.NewestStatusList(agency)
	if err != nil {
		return wallet.StatusRef{}, err
	}
	if list.Number == 0 || list.Taken >= (list.Size+statusListShare-1)/statusListShare {
		if list, err = tx.OpenStatusList(agency, s.listSize, now); err != nil {
			return wallet.StatusRef{}, err
		}
	}
	size := big.NewInt(int64(list.Size))
	for range statusDraws {
		index, err := rand.Int(rand.Reader, size)
		if err != nil {
			return wallet.StatusRef{}, fault.Wrap(err, fault.CodeInternal, "no random position could be drawn")
		}
		at := wallet.StatusRef{List: list.Number, Index: int(index.Int64())}
		if free, err := tx.TakeStatus(agency, at); err != nil || free {
			return at, err
		}
	}
	return wallet.StatusRef{}, fault.New(fault.CodeInternal, "no free position was found in the status list")
}

// statusClaim says where others find the status of a credential
// (draft-ietf-oauth-status-list, section 6.2). It is never disclosable.
func (s *Service) statusClaim(agency string, at wallet.StatusRef) sdjwt.Node {
	return sdjwt.Node{Name: "status", Members: []sdjwt.Node{{Name: "status_list", Members: []sdjwt.Node{
		{Name: "idx", Value: int64(at.Index)},
		{Name: "uri", Value: s.origin + StatusListPath(agency, at.List)},
	}}}}
}

// Reasons with which entries are marked that no operation has marked itself.
const (
	reasonSuperseded = "superseded"
	reasonRegister   = "register"
)

// published is what the list says of a holding. Of several things that stand
// against it, revoking comes first, then what its agency has said by an
// operation, then what the record says (the credential leaves volatile facts
// out, and whoever checks it elsewhere sees only this), then the lock.
func (s *Service) published(h wallet.Holding) wallet.Standing {
	switch {
	case h.Standing.Status == wallet.Revoked: // the first reason stays
		return h.Standing
	case h.State != wallet.Active:
		return wallet.Standing{Status: wallet.Revoked, Reason: reasonSuperseded, Since: h.EndedAt}
	case h.Standing.Status != wallet.Valid:
		return h.Standing
	}
	if status := recorded(s.catalog.Document(h.Document), h.Values); status != wallet.Valid {
		return wallet.Standing{Status: status, Reason: reasonRegister, Since: h.IssuedAt}
	}
	return h.Condition()
}

// recorded translates the value of a document's status claim.
func recorded(d *catalog.Document, values catalog.Values) wallet.Status {
	if d == nil || d.Validity.Status == "" {
		return wallet.Valid
	}
	switch value := text(values, d.Validity.Status); value {
	case "", d.Validity.InForce:
		return wallet.Valid
	case string(wallet.Withheld), string(wallet.Revoked):
		return wallet.Status(value)
	}
	return wallet.Suspended
}

// mark brings the entry of a holding from what was published before it changed
// to what is true now.
func (s *Service) mark(tx Tx, before, now wallet.Holding) error {
	entry := s.published(now)
	if now.Status == (wallet.StatusRef{}) || s.published(before) == entry {
		return nil
	}
	return tx.MarkStatus(now.Agency, now.Status, entry)
}

// end takes a holding out of the wallet because another takes its place. Its
// entry becomes revoked, so that nobody relies on the older one.
func (s *Service) end(tx Tx, h wallet.Holding, kind wallet.EventKind, now time.Time) error {
	if err := tx.End(h.ID, wallet.Superseded, now, event(kind, h, now)); err != nil {
		return err
	}
	ended := h
	ended.State, ended.EndedAt = wallet.Superseded, now
	return s.mark(tx, h, ended)
}
