package issuer

import (
	"slices"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
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
	shared  []wallet.Holding // of those who hold the paper together with the citizen
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
	if same && !renewable(p.prior, r, now) && !s.disowned(p.prior) {
		return Unchanged, *p.prior, nil
	}
	switch {
	case p.citizen.Lock.Reason == wallet.Death:
		return Rejected, none, fault.New(fault.CodeHolderDeceased, "the holder has died").At(r.document.Identity.Number)
	case p.prior != nil && stillRevoked(*p.prior, r):
		return Rejected, none, recordRevoked(r)
	}
	key, err := s.keys.Credential(r.document.Agency.ID, now)
	if err != nil {
		return Rejected, none, fault.Wrap(err, fault.CodeAgencyKeyMissing, "no key of the agency may sign now")
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
// not one that was made out later. Without dates nothing is later. A paper that
// was revoked because it was wrong is followed by the right one, whatever its
// date.
func stillRevoked(h wallet.Holding, r *record) bool {
	if mistaken(h) {
		return h.RecordDigest == r.digest
	}
	return h.Standing.Status == wallet.Revoked && r.order <= h.Order
}

// mistaken reports whether a credential should never have been issued.
func mistaken(h wallet.Holding) bool {
	return h.Standing.Status == wallet.Revoked && h.Standing.Reason == RevokedError
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

// disowned reports whether the key behind a credential has been revoked, so that
// nothing that it signed counts any more.
func (s *Service) disowned(h *wallet.Holding) bool {
	token, err := sdjwt.Parse(h.Credential)
	if err != nil {
		return false
	}
	header, err := token.UnsafeHeader()
	return err == nil && h.Standing.Status != wallet.Revoked && s.keys.Revoked(h.Agency, header.KeyID)
}

// plan looks up everything that the record concerns and applies the rules.
func (s *Service) plan(tx Tx, r *record, now time.Time) (plan, error) {
	if err := ahead(r, now); err != nil {
		return plan{}, err
	}
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
	case p.prior != nil && r.order < p.prior.Order && !mistaken(*p.prior):
		return p, fault.New(fault.CodeRecordOutdated, "a newer record has been issued already")
	}
	return p, nil
}

// maxAhead is how far ahead a paper may be dated: a health card for the next
// year is registered in this one.
const maxAhead = 366

// ahead refuses what cannot have happened yet. A typing error that dated a paper
// decades ahead would otherwise outrank every correction of it.
func ahead(r *record, now time.Time) error {
	identity, today := r.document.Identity, catalog.Today(now)
	born, now8601 := text(r.values, identity.Birthdate), today.String()
	if born != "" && len(born) <= len(now8601) && born > now8601[:len(born)] {
		return fault.New(fault.CodeClaimRejected, "the birth date has not come yet").At(identity.Birthdate)
	}
	if day, ok := catalog.ParseDay(r.order); ok && day > today+maxAhead {
		return fault.Newf(fault.CodeClaimRejected, "dated more than %d days ahead", maxAhead).At(r.document.Record.Order)
	}
	return nil
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
	// What was revoked vouches for nothing else; of the dead it is apply that tells.
	if citizen.Lock.Reason != wallet.Death {
		anchors = slices.DeleteFunc(anchors, func(h wallet.Holding) bool { return h.Standing.Status == wallet.Revoked })
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
	if err := s.notCancelled(tx, r); err != nil {
		return p, err
	}
	if !known {
		p.citizen, p.create = wallet.Citizen{ID: wallet.NewID(), Number: r.number, CreatedAt: now}, true
	}
	return p, nil
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
		case r.shared != "" && h.Shared == r.shared && stillRevoked(h, r):
			return recordRevoked(r)
		case r.shared != "" && h.Shared == r.shared:
			p.shared = append(p.shared, h)
		case d.Record.NewHolder != transfer:
			return fault.New(fault.CodeHeldByOther, "another holder has this record").At(d.Record.Key[0])
		case r.order < h.Order:
			return fault.New(fault.CodeRecordOutdated, "the paper has passed to another holder since")
		case stillRevoked(h, r):
			return recordRevoked(r)
		case r.order == h.Order && !mistaken(h):
			// Whose it is of the two nobody can tell, and each import of the one
			// would undo the other.
			return fault.New(fault.CodeRecordRepeated, "another holder has this paper under the same date").At(d.Record.Order)
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
		Values: r.values, IssuedAt: now, ExpiresAt: expiry(r, now), RemindAt: nextReminder(r.document, r.values, now),
		State: wallet.Active, Lock: p.citizen.Lock,
	}
	if p.prior != nil {
		if err := s.end(tx, *p.prior, wallet.CredentialSuperseded, now); err != nil {
			return none, err
		}
		h.Standing = stricter(h.Standing, p.prior.Standing)
	}
	for _, other := range slices.Concat(p.ends, p.shared) {
		h.Standing = stricter(h.Standing, other.Standing)
	}
	var err error
	if h.Status, err = s.place(tx, h.Agency, now); err != nil {
		return none, err
	}
	if err := s.sign(r, key, &h, now); err != nil {
		return none, err
	}
	if err := tx.Add(h, event(wallet.CredentialIssued, h, now)); err != nil {
		return none, err
	}
	if entry := s.published(h); entry.Status != wallet.Valid {
		return h, tx.MarkStatus(h.Agency, h.Status, entry)
	}
	return h, nil
}

// stricter is what a new credential of a paper takes over from another one: what
// an agency withheld or suspended stays so with a new holder too.
func stricter(a, b wallet.Standing) wallet.Standing {
	if b.Status == wallet.Withheld || b.Status == wallet.Suspended && a.Status == wallet.Valid {
		return b
	}
	return a
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
		if err := tx.CancelNumber(number, p.citizen.ID); err != nil {
			return err
		}
	}
	return nil
}

func event(kind wallet.EventKind, h wallet.Holding, now time.Time) wallet.Event {
	return wallet.Event{ID: wallet.NewID(), Owner: h.Owner, Kind: kind, Document: h.Document, Holding: h.ID, At: now}
}
