package issuer

import (
	"context"
	"errors"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Reissued counts what became of credentials whose own end had come.
type Reissued struct {
	Signed int // signed anew
	Passed int // of papers that are over or were revoked, or of dead people
	Failed int // tried again by the next call
}

// Reissue signs those credentials anew whose own end has come by now, because a
// derived claim in them has changed (a birthday, a class that ran out), while
// presentations are still minted from the holding. The holding stays, with its
// id, owner and values: nothing new was learnt from the register. The new
// credential gets a place of its own in the status lists, so that nobody can
// tell that it follows the other; the old place stays as it is, because what has
// expired needs no status.
//
// It is not done ahead: a credential that is signed before the change would end
// at the change too. Calls may be repeated, and may run at the same time as
// others and as imports. The error is about storage, or the first of those that
// made Failed.
func (s *Service) Reissue(ctx context.Context, now time.Time) (Reissued, error) {
	var sum Reissued
	var mark DueMark
	var first error
	for {
		var one Reissued
		var next DueMark
		var failure error
		err := s.store.Issue(ctx, func(tx Tx) error {
			var err error
			one, next, failure, err = s.reissueBatch(tx, mark, now)
			return err
		})
		if err != nil {
			return sum, errors.Join(first, err)
		}
		sum.Signed, sum.Passed, sum.Failed = sum.Signed+one.Signed, sum.Passed+one.Passed, sum.Failed+one.Failed
		if first == nil {
			first = failure
		}
		if next == (DueMark{}) {
			return sum, first
		}
		mark = next
	}
}

// reissueBatch takes what is due behind the mark. A credential that cannot be
// signed now (its agency's key is away) does not keep others from it: it stays
// due, and failure says why. err is about storage and undoes the batch. next is
// the zero mark when there was nothing.
func (s *Service) reissueBatch(tx Tx, after DueMark, now time.Time) (sum Reissued, next DueMark, failure, err error) {
	due, err := tx.Due(now, after, batch)
	if err != nil {
		return sum, next, nil, err
	}
	for _, h := range due {
		next = DueMark{At: h.CredentialExpiresAt, Holding: h.ID}
		if over(h, now) {
			if err := tx.NotDue(h.ID); err != nil {
				return sum, next, nil, err
			}
			sum.Passed++
			continue
		}
		signed, why := s.anew(h, now)
		if why != nil {
			sum.Failed++
			if failure == nil {
				failure = why
			}
			continue
		}
		if err := s.replace(tx, signed, now); err != nil {
			return sum, next, nil, err
		}
		sum.Signed++
	}
	return sum, next, failure, nil
}

// over reports whether nothing can make the credential count again: revoking
// and death are for good, and after ExpiresAt only the register can.
func over(h wallet.Holding, now time.Time) bool {
	return h.Standing.Status == wallet.Revoked || h.Lock.Reason == wallet.Death || !now.Before(h.ExpiresAt)
}

// anew prepares signing a holding's credential: it tells, before anything is
// written, why that cannot be done.
func (s *Service) anew(h wallet.Holding, now time.Time) (*again, error) {
	d := s.catalog.Document(h.Document)
	if d == nil {
		return nil, fault.New(fault.CodeInternal, "the catalogue no longer has the document of a credential")
	}
	key, err := s.keys.Credential(h.Agency, now)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeAgencyKeyMissing, "no key of the agency may sign now")
	}
	return &again{holding: h, key: key, record: &record{document: d, values: h.Values, number: h.Number}}, nil
}

// again is a holding with what its credential is made from.
type again struct {
	holding wallet.Holding
	key     SigningKey
	record  *record
}

// replace signs and stores. What stands against the holding is said of the new
// place too.
func (s *Service) replace(tx Tx, a *again, now time.Time) error {
	h := a.holding
	var err error
	if h.Status, err = s.place(tx, h.Agency, now); err != nil {
		return err
	}
	if err := s.sign(a.record, a.key, &h, now); err != nil {
		return err
	}
	if err := tx.Resign(h, event(wallet.CredentialRenewed, h, now)); err != nil {
		return err
	}
	if entry := s.published(h); entry.Status != wallet.Valid {
		return tx.MarkStatus(h.Agency, h.Status, entry)
	}
	return nil
}
