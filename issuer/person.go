package issuer

import (
	"strings"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// This file tells whether two records are about the same person.

// notCancelled refuses a number that a root record of the same person has named
// as cancelled: an old record must never make a second person. Where somebody
// else's record named it, that was a typing error, and it stands against nobody.
func (s *Service) notCancelled(tx Tx, r *record) error {
	by, err := tx.CancelledBy(r.number)
	if err != nil {
		return err
	}
	for _, citizen := range by {
		roots, err := tx.ActiveByDocument(citizen, r.document.ID)
		if err != nil {
			return err
		}
		if len(roots) == 0 || s.alike(r, roots[0].Values) {
			return fault.New(fault.CodeNumberCancelled, "the number has been cancelled").At(r.document.Identity.Number)
		}
	}
	return nil
}

// succeeds refuses a record that would take over the wallet of somebody else.
func (s *Service) succeeds(tx Tx, r *record, owner string) error {
	roots, err := tx.ActiveByDocument(owner, r.document.ID)
	if err != nil || len(roots) == 0 || s.alike(r, roots[0].Values) {
		return err
	}
	return fault.New(fault.CodeHolderMismatch, "not like the holder of the cancelled number").At(r.document.Identity.Former)
}

// alike reports whether a record under another number can be about the same
// person. A number is cancelled because the birth year or the sex was corrected
// (Luật Căn cước 2023, art. 12): the whole birth date stays, or the name with
// the day and month. A name alone is shared by too many.
func (s *Service) alike(r *record, held catalog.Values) bool {
	identity := r.document.Identity
	born, before := text(r.values, identity.Birthdate), text(held, identity.Birthdate)
	sameName := catalog.FoldName(text(r.values, identity.Name)) == catalog.FoldName(text(held, identity.Name))
	return sameBirth(born, before) || sameName && len(born) == len(before) && len(born) > 4 && born[4:] == before[4:]
}

// samePerson compares name and birth date with the anchor. Names are folded for
// letter case, spaces and the place of the tone mark, and for nothing else; a
// birth date known only to the month or year agrees with any day in it.
func (s *Service) samePerson(r *record, anchor wallet.Holding) error {
	root := s.catalog.Document(anchor.Document)
	if root == nil {
		return fault.New(fault.CodeInternal, "the anchor is not in the catalogue")
	}
	identity := r.document.Identity
	name, born := text(r.values, identity.Name), text(r.values, identity.Birthdate)
	switch {
	case name == "":
		return fault.New(fault.CodeHolderMissing, "the record does not name the holder").At(identity.Name)
	case born == "":
		return fault.New(fault.CodeHolderMissing, "the record lacks the holder's birth date").At(identity.Birthdate)
	case catalog.FoldName(name) != catalog.FoldName(text(anchor.Values, root.Identity.Name)):
		return fault.New(fault.CodeHolderMismatch, "not the name on the "+root.ID).At(identity.Name)
	case !sameBirth(born, text(anchor.Values, root.Identity.Birthdate)):
		return fault.New(fault.CodeHolderMismatch, "not the birth date on the "+root.ID).At(identity.Birthdate)
	}
	return nil
}

// sameBirth compares dates of reduced precision: one is the other's beginning.
func sameBirth(a, b string) bool {
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}
