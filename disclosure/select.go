package disclosure

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/wallet"
)

// chosen is a selection after policy: a holding and the claims to state.
type chosen struct {
	document *catalog.Document
	holding  wallet.Holding
	preset   string
	claims   []*catalog.Claim
}

// names returns the chosen claim ids.
func (c chosen) names() []string {
	ids := make([]string, len(c.claims))
	for i, claim := range c.claims {
		ids[i] = claim.ID
	}
	return ids
}

// find resolves which holding a selection means.
func (s *Service) find(sel Selection, active []wallet.Holding) (chosen, error) {
	var c chosen
	if (sel.Document == "") == (sel.Credential == "") {
		return c, fault.New(fault.CodeSelectionAmbiguous, "give either document or credential")
	}
	if sel.Document != "" && s.catalog.Document(sel.Document) == nil {
		return c, fault.New(fault.CodeDocumentUnknown, "no such document").At("document")
	}
	found := 0
	for _, h := range active {
		if h.ID == sel.Credential || h.Document == sel.Document {
			c.holding = h
			found++
		}
	}
	switch {
	case found == 0:
		return c, fault.New(fault.CodeCredentialUnknown, "the wallet holds no such credential")
	case found > 1:
		return c, fault.New(fault.CodeSelectionAmbiguous, "the wallet holds several of this document; name the credential").At("credential")
	}
	if c.document = s.catalog.Document(c.holding.Document); c.document == nil {
		return c, fault.New(fault.CodeDocumentUnknown, "the catalogue no longer has the document")
	}
	return c, nil
}

// choose resolves which claims a selection means, and refuses over-asking.
func (s *Service) choose(c *chosen, sel Selection) error {
	ids := sel.Claims
	if sel.Preset != "" {
		c.preset = sel.Preset
		preset := s.catalog.Preset(sel.Preset)
		if preset == nil {
			return fault.New(fault.CodePresetUnknown, "no such preset").At("preset")
		}
		i := slices.IndexFunc(preset.Documents, func(d catalog.PresetDocument) bool { return d.Document == c.document.ID })
		if i < 0 {
			return fault.New(fault.CodePresetMismatch, "the preset does not ask for this document").At("preset")
		}
		part := preset.Documents[i]
		if len(ids) == 0 {
			ids = part.Required
		}
		if err := within(part, ids); err != nil {
			c.claims = s.known(c.document, ids)
			return err
		}
	}
	if len(ids) == 0 {
		return fault.New(fault.CodeSelectionEmpty, "no claim chosen").At("claims")
	}
	if len(ids) > verifier.MaxFields {
		return fault.Newf(fault.CodeSelectionTooLarge, "at most %d claims a document", verifier.MaxFields).At("claims")
	}
	for i, id := range ids {
		claim := c.document.Claim(id)
		field := fmt.Sprintf("claims[%d]", i)
		switch {
		case claim == nil:
			return fault.New(fault.CodeClaimUnknown, "the document has no such claim").At(field)
		case claim.Key == 0 || claim.Disclose == catalog.Never:
			return fault.New(fault.CodeClaimNotShareable, "the claim cannot travel in a QR").At(field)
		case slices.Contains(c.claims, claim):
			return fault.New(fault.CodeSelectionRepeated, "the claim is chosen twice").At(field)
		}
		c.claims = append(c.claims, claim)
	}
	return nil
}

// known returns the claims of ids that the document has.
func (s *Service) known(d *catalog.Document, ids []string) []*catalog.Claim {
	var claims []*catalog.Claim
	for _, id := range ids[:min(len(ids), verifier.MaxFields)] {
		if claim := d.Claim(id); claim != nil {
			claims = append(claims, claim)
		}
	}
	return claims
}

// within refuses claims that a preset may not ask for, and a choice that lacks
// what it requires.
func within(part catalog.PresetDocument, ids []string) error {
	for i, id := range ids {
		if !slices.Contains(part.Required, id) && !slices.Contains(part.Optional, id) {
			return fault.New(fault.CodeOverAsking, "the preset may not ask for this claim").At(fmt.Sprintf("claims[%d]", i))
		}
	}
	for _, id := range part.Required {
		if !slices.Contains(ids, id) {
			return fault.New(fault.CodePresetMismatch, "a claim that the preset requires is not chosen: "+id).At("claims")
		}
	}
	return nil
}

// inForce refuses to state anything from a paper or credential that does not
// hold at the moment.
func (c chosen) inForce(now time.Time) error {
	if err := against(c.holding); err != nil {
		return err
	}
	if !now.Before(c.holding.ExpiresAt) {
		return fault.New(fault.CodeCredentialExpired, "the credential has expired")
	}
	switch c.document.InForce(c.holding.Values, now) {
	case "":
		return nil
	case "expired":
		return fault.New(fault.CodeCredentialExpired, "the document has expired")
	case "not_yet_valid":
		return fault.New(fault.CodeCredentialNotYet, "the document is not valid yet")
	default:
		// Which status it is stays with the wallet: it is personal data, and
		// messages end up in logs.
		return fault.New(fault.CodeNotInForce, "the document is not in force")
	}
}

// Against is the fault if something stands against sharing from a holding, at
// its place in the request: its agency has suspended, withheld or revoked it,
// or the wallet is locked. It is the rule of Share, for the stores to hold to
// in the transaction that records a presentation. The Standing and Lock of the
// holding are all that counts.
func Against(h wallet.Holding, document int) error {
	return under(fmt.Sprintf("documents[%d]", document), against(h))
}

// against says no more than the status: reasons are for the holder to see.
func against(h wallet.Holding) error {
	switch h.Standing.Status {
	case wallet.Valid:
	case wallet.Suspended:
		return fault.New(fault.CodeCredentialSuspended, "the agency has suspended the credential")
	case wallet.Withheld:
		return fault.New(fault.CodeCredentialWithheld, "the agency has withheld the credential")
	case wallet.Revoked:
		return fault.New(fault.CodeCredentialRevoked, "the agency has revoked the credential")
	default:
		return fault.New(fault.CodeNotInForce, "the credential has a status that is not known")
	}
	if h.Lock.Closed() {
		return fault.New(fault.CodeWalletLocked, "the wallet is locked")
	}
	return nil
}

// fields gives the chosen claims their values, as the wire carries them.
func (c chosen) fields(now time.Time) (verifier.TokenDocument, error) {
	out := verifier.TokenDocument{Code: uint64(c.document.Code), Fields: make(map[uint64]any, len(c.claims))}
	moment := catalog.Moment{Now: now, Holder: c.holding.Number}
	for i, claim := range c.claims {
		field := fmt.Sprintf("claims[%d]", i)
		value, err := c.document.Value(claim.ID, c.holding.Values, moment)
		var de *catalog.DeriveError
		switch {
		case errors.As(err, &de) && de.Code == catalog.CodeUndetermined:
			return out, fault.New(fault.CodeClaimUndetermined, "what is on record does not settle this claim").At(field)
		case err != nil:
			return out, fault.New(fault.CodeClaimAbsent, "the credential has no value for this claim").At(field)
		}
		if out.Fields[uint64(claim.Key)], err = claim.ToWire(value); err != nil {
			return out, fault.Wrap(err, fault.CodeClaimNotShareable, "the value cannot travel in a QR").At(field)
		}
	}
	return out, nil
}
