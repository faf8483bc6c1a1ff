package issuer

import (
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Status of one record of an export.
type Status string

// The statuses. Rejected records change nothing.
const (
	Issued    Status = "issued"    // a credential that was not there before
	Updated   Status = "updated"   // a changed or renewed record superseded the older credential
	Unchanged Status = "unchanged" // the same record has been issued already, and is not due for renewal
	Rejected  Status = "rejected"
)

// transfer is catalog.Record.NewHolder of papers that pass from one holder to
// another.
const transfer = "transfer"

// RenewBefore is how long before a credential's technical end an unchanged
// record renews it, where the paper itself lasts longer.
const RenewBefore = 30 * 24 * time.Hour

// plan is what a record will do to the wallets. It is made by looking only, so
// that a record that is rejected has changed nothing.
type plan struct {
	citizen wallet.Citizen
	create  bool // the citizen is new
	rename  bool // the citizen gets the record's number
	prior   *wallet.Holding
	ends    []wallet.Holding // of former holders of the paper
}

// apply decides about one record inside a transaction and carries it out. The
// holding is the record's credential as it then is.
//
// What an agency holds against a credential is about the paper and outlives the
// credential: a record, changed or not, never lifts it. A credential that takes
// the place of a suspended or withheld one is suspended or withheld too. A
// revoked one stays as it is while the record stays, and is followed only by a
// paper of a later date, which is a new decision of the agency.
func (s *Service) apply(tx Tx, r *record, now time.Time) (Status, wallet.Holding, error) {
	var none wallet.Holding
	p, err := s.plan(tx, r, now)
	if err != nil {
		return Rejected, none, err
	}
	same := p.prior != nil && p.prior.RecordDigest == r.digest
	if same && !renewable(p.prior, r, now) {
		return Unchanged, *p.prior, nil
	}
	switch {
	case p.citizen.Lock.Reason == wallet.Death:
		return Rejected, none, fault.New(fault.CodeHolderDeceased, "the holder has died").At(r.document.Identity.Number)
	case p.prior != nil && p.prior.RecordKey == r.key && stillRevoked(*p.prior, r):
		return Rejected, none, recordRevoked(r)
	}
	key, err := s.keys.Credential(r.document.Agency.ID, now)
	if err != nil {
		return Rejected, none, fault.Wrap(err, fault.CodeAgencyKeyMissing, "no key of the agency may sign now")
	}
	if same && !key.Within(expiry(r, now)).After(p.prior.ExpiresAt) {
		return Unchanged, *p.prior, nil // a new one would not last longer
	}
	h, err := s.carryOut(tx, r, p, key, now)
	switch {
	case err != nil:
		return Rejected, none, err
	case p.prior != nil:
		return Updated, h, nil
	}
	return Issued, h, nil
}

// stillRevoked reports whether a revoked paper is what a record is about, and
// not one that was made out later. Without dates nothing is later.
func stillRevoked(h wallet.Holding, r *record) bool {
	return h.Standing.Status == wallet.Revoked && r.order <= h.Order
}

func recordRevoked(r *record) error {
	return fault.New(fault.CodeRecordRevoked, "the paper has been revoked; only one of a later date can follow it").At(r.document.Record.Order)
}

// renewable reports whether a credential is near its technical end while its
// paper lasts longer. Without renewal, a paper that never changes could no
// longer be shared once the first credential had ended.
func renewable(h *wallet.Holding, r *record, now time.Time) bool {
	if h.Standing.Status == wallet.Revoked {
		return false
	}
	return !now.Before(h.ExpiresAt.Add(-RenewBefore)) && expiry(r, now).After(h.ExpiresAt)
}

// plan looks up everything that the record concerns and applies the rules.
func (s *Service) plan(tx Tx, r *record, now time.Time) (plan, error) {
	p, err := s.owner(tx, r, now)
	if err != nil {
		return p, err
	}
	if err := s.others(tx, r, &p); err != nil {
		return p, err
	}
	switch {
	case p.prior == nil && r.document.InForce(r.values, now) == "expired":
		return p, fault.New(fault.CodeRecordExpired, "the document has expired").At(r.document.Validity.Until)
	case p.prior != nil && r.order < p.prior.Order:
		return p, fault.New(fault.CodeRecordOutdated, "a newer record has been issued already")
	}
	return p, nil
}

// owner finds the citizen behind a record. A root record makes the citizen; any
// other must agree with the root document already held.
func (s *Service) owner(tx Tx, r *record, now time.Time) (plan, error) {
	var p plan
	if r.number == "" {
		return p, fault.New(fault.CodeHolderMissing, "the record names no holder").At(r.document.Identity.Number)
	}
	citizen, err := tx.CitizenByNumber(r.number)
	known := err == nil
	if err != nil && !fault.Is(err, fault.CodeCitizenUnknown) {
		return p, err
	}
	p.citizen = citizen
	unknown := fault.New(fault.CodeHolderUnknown, "the holder has no "+r.document.Anchor+" here").At(r.document.Identity.Number)
	switch {
	case r.document.Anchor == "":
		return s.rootOwner(tx, r, p, known, now)
	case !known:
		return p, unknown
	}
	anchors, err := tx.ActiveByDocument(citizen.ID, r.document.Anchor)
	if err != nil {
		return p, err
	}
	if len(anchors) == 0 {
		return p, unknown
	}
	return p, s.samePerson(r, anchors[0])
}

// rootOwner plans the citizen of a root record: a new one, the known one, or one
// whose former number the record names as cancelled.
func (s *Service) rootOwner(tx Tx, r *record, p plan, known bool, now time.Time) (plan, error) {
	for _, number := range r.formerNumbers() {
		former, err := tx.CitizenByNumber(number)
		if fault.Is(err, fault.CodeCitizenUnknown) {
			continue
		}
		if err != nil {
			return p, err
		}
		if known && former.ID != p.citizen.ID {
			return p, fault.New(fault.CodePersonConflict, "the cancelled number belongs to another wallet").At(r.document.Identity.Former)
		}
		if err := s.succeeds(tx, r, former.ID); err != nil {
			return p, err
		}
		p.citizen, p.rename, known = former, true, true
	}
	if cancelled, err := tx.Cancelled(r.number); err != nil || cancelled {
		return p, orFault(err, fault.New(fault.CodeNumberCancelled, "the number has been cancelled").At(r.document.Identity.Number))
	}
	if !known {
		p.citizen, p.create = wallet.Citizen{ID: wallet.NewID(), Number: r.number, CreatedAt: now}, true
	}
	return p, nil
}

// succeeds refuses a record that would take over the wallet of somebody else. A
// number is cancelled because the birth year or the sex was corrected (Luật Căn
// cước 2023, art. 12), so one of name and birth date stays at least. A cancelled
// number that was mistyped agrees in neither.
func (s *Service) succeeds(tx Tx, r *record, owner string) error {
	roots, err := tx.ActiveByDocument(owner, r.document.ID)
	if err != nil || len(roots) == 0 {
		return err
	}
	identity, held := r.document.Identity, roots[0].Values
	sameName := catalog.FoldName(text(r.values, identity.Name)) == catalog.FoldName(text(held, identity.Name))
	if sameName || sameBirth(text(r.values, identity.Birthdate), text(held, identity.Birthdate)) {
		return nil
	}
	return fault.New(fault.CodeHolderMismatch, "neither name nor birth date of the holder of the cancelled number").At(identity.Former)
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

// others finds the owner's active holding that the record replaces, and settles
// what the record means for other holders of the same paper.
func (s *Service) others(tx Tx, r *record, p *plan) error {
	d := r.document
	same, err := tx.ActiveByRecord(d.ID, r.key)
	if err != nil {
		return err
	}
	for _, h := range same {
		switch {
		case h.Owner == p.citizen.ID:
			p.prior = &h
		case r.shared != "" && h.Shared == r.shared: // held together
		case d.Record.NewHolder != transfer:
			return fault.New(fault.CodeHeldByOther, "another holder has this record").At(d.Record.Key[0])
		case r.order < h.Order:
			return fault.New(fault.CodeRecordOutdated, "the paper has passed to another holder since")
		case stillRevoked(h, r):
			return recordRevoked(r)
		default:
			p.ends = append(p.ends, h)
		}
	}
	if p.prior != nil || p.create || d.Anchor != "" && !d.Record.Single {
		return nil
	}
	// A citizen has one of it, whatever number it once carried.
	roots, err := tx.ActiveByDocument(p.citizen.ID, d.ID)
	if err == nil && len(roots) > 0 {
		p.prior = &roots[0]
	}
	return err
}

// carryOut signs the credential and puts it in the wallet in place of what it
// replaces.
func (s *Service) carryOut(tx Tx, r *record, p plan, key SigningKey, now time.Time) (wallet.Holding, error) {
	var none wallet.Holding
	if err := s.register(tx, r, p); err != nil {
		return none, err
	}
	for _, h := range p.ends {
		if err := s.end(tx, h, wallet.CredentialEnded, now); err != nil {
			return none, err
		}
	}
	h := wallet.Holding{
		ID: wallet.NewID(), Owner: p.citizen.ID, Document: r.document.ID, Agency: r.document.Agency.ID,
		RecordKey: r.key, RecordDigest: r.digest, Order: r.order, Shared: r.shared, Number: r.number,
		Values: r.values, IssuedAt: now, ExpiresAt: key.Within(expiry(r, now)), State: wallet.Active, Lock: p.citizen.Lock,
	}
	if p.prior != nil {
		if err := s.end(tx, *p.prior, wallet.CredentialSuperseded, now); err != nil {
			return none, err
		}
		if p.prior.Standing.Status != wallet.Revoked {
			h.Standing = p.prior.Standing
		}
	}
	var err error
	if h.Status, err = s.place(tx, h.Agency, now); err != nil {
		return none, err
	}
	if h.Credential, err = s.credential(r, key, h.Status, now, h.ExpiresAt); err != nil {
		return none, fault.Wrap(err, fault.CodeInternal, "the credential could not be signed")
	}
	if err := tx.Add(h, event(wallet.CredentialIssued, h, now)); err != nil {
		return none, err
	}
	if entry := s.published(h); entry.Status != wallet.Valid {
		return h, tx.MarkStatus(h.Agency, h.Status, entry)
	}
	return h, nil
}

// register makes or renames the citizen of a record.
func (s *Service) register(tx Tx, r *record, p plan) error {
	var err error
	if p.create {
		err = tx.AddCitizen(p.citizen)
	} else if p.rename {
		err = tx.Renumber(p.citizen.ID, r.number)
	}
	if err != nil || r.document.Anchor != "" {
		return err
	}
	// An old record of a cancelled number must never make a second person.
	for _, number := range r.formerNumbers() {
		if err := tx.CancelNumber(number); err != nil {
			return err
		}
	}
	return nil
}

// orFault is the error of a question, else the fault that its answer means.
func orFault(err error, f *fault.Error) error {
	if err != nil {
		return err
	}
	return f
}

func event(kind wallet.EventKind, h wallet.Holding, now time.Time) wallet.Event {
	return wallet.Event{ID: wallet.NewID(), Owner: h.Owner, Kind: kind, Document: h.Document, Holding: h.ID, At: now}
}
