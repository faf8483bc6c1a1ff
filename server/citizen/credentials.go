package citizen

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

type paperAnswer struct {
	ID        string         `json:"id"`
	Document  string         `json:"document"`
	Labels    catalog.Text   `json:"labels"`
	Hue       string         `json:"hue"`
	Agency    catalog.Agency `json:"agency"`
	State     string         `json:"state"`
	Reason    string         `json:"reason,omitempty"`
	Since     string         `json:"since,omitempty"`
	IssuedAt  string         `json:"issued_at"`
	ExpiresAt string         `json:"expires_at"`
	ValidFrom string         `json:"valid_from,omitempty"`
	// ValidUntil is a day, null for "no end", or left out if the paper says
	// nothing about it.
	ValidUntil any `json:"valid_until,omitempty"`
}

type contentAnswer struct {
	paperAnswer
	Claims     []claimAnswer `json:"claims"`
	Credential string        `json:"credential,omitempty"`
	// CredentialExpiresAt is the exp of Credential.
	CredentialExpiresAt string `json:"credential_expires_at,omitempty"`
}

type claimAnswer struct {
	ID          string              `json:"id"`
	Labels      catalog.Text        `json:"labels"`
	Value       any                 `json:"value"`
	Text        catalog.Text        `json:"text"`
	Sensitivity catalog.Sensitivity `json:"sensitivity"`
	MinAuth     int                 `json:"min_auth"`
	Mask        string              `json:"mask,omitempty"`
	Shareable   bool                `json:"shareable"`
	Derived     bool                `json:"derived"`
}

func (h handlers) credentials(c *fiber.Ctx) error {
	papers, err := h.Papers.List(c.UserContext(), session.Citizen(c).Owner)
	if err != nil {
		return err
	}
	answer := struct {
		Credentials []paperAnswer `json:"credentials"`
	}{make([]paperAnswer, len(papers))}
	for i, p := range papers {
		answer.Credentials[i] = paper(p)
	}
	return c.JSON(answer)
}

func (h handlers) credential(c *fiber.Ctx) error {
	open := session.Citizen(c)
	content, err := h.Papers.Get(c.UserContext(), open.Owner, c.Params("id"))
	if err != nil {
		return err
	}
	if !h.Sessions.MayExport(open) {
		content.Credential, content.CredentialExpiresAt = "", time.Time{}
	}
	answer := contentAnswer{paper(content.Paper), make([]claimAnswer, len(content.Claims)), content.Credential, moment(content.CredentialExpiresAt)}
	for i, f := range content.Claims {
		answer.Claims[i] = claimAnswer{ID: f.Claim.ID, Labels: f.Claim.Labels, Value: f.Value, Text: f.Text,
			Sensitivity: f.Claim.Sensitivity, MinAuth: f.Claim.MinAuth, Mask: f.Claim.Mask,
			Shareable: f.Shareable, Derived: f.Claim.Rule != nil}
	}
	return c.JSON(answer)
}

// noEnd is written as null even where empty members are left out.
type noEnd struct{}

func (noEnd) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

func paper(p wallet.Paper) paperAnswer {
	answer := paperAnswer{ID: p.ID, Document: p.Document, Labels: p.Labels, Hue: p.Hue, Agency: p.Agency, State: p.State,
		Reason: p.Reason, Since: moment(p.Since), IssuedAt: moment(p.IssuedAt), ExpiresAt: moment(p.ExpiresAt), ValidFrom: p.ValidFrom}
	switch {
	case p.NoEnd:
		answer.ValidUntil = noEnd{}
	case p.ValidUntil != "":
		answer.ValidUntil = p.ValidUntil
	}
	return answer
}
