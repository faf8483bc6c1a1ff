package agency

import (
	"context"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// Sessions checks agency tokens and issues activation codes.
type Sessions interface {
	session.Agencies
	IssueActivation(ctx context.Context, agency, personalNumber string) (code string, expiresAt time.Time, err error)
	ConfirmInPerson(ctx context.Context, agency, personalNumber, reference string) error
}

// Issuing takes register exports, and what an agency says of credentials and
// wallets afterwards.
type Issuing interface {
	Import(ctx context.Context, agency string, in io.Reader, o issuer.ImportOptions) (issuer.Summary, error)
	Find(ctx context.Context, agency, document string, record map[string]string) ([]issuer.Credential, error)
	Suspend(ctx context.Context, agency, credential string) (issuer.Change, error)
	Restore(ctx context.Context, agency, credential string) (issuer.Change, error)
	Withhold(ctx context.Context, agency, credential, reason string) (issuer.Change, error)
	Revoke(ctx context.Context, agency, credential, reason string) (issuer.Change, error)
	Lock(ctx context.Context, agency, number string, reason wallet.LockReason) (issuer.LockChange, error)
	Unlock(ctx context.Context, agency, number string) (issuer.LockChange, error)
}

// Reports are what citizens say is wrong with what was shared of an agency's
// papers.
type Reports interface {
	Reports(ctx context.Context, agency string, after uint64, limit int) ([]disclosure.AgencyReport, error)
}

// Deps is what the operations need. All members are required.
type Deps struct {
	Sessions Sessions
	Issuing  Issuing
	Reports  Reports
}

// RecordsPath is the one path that takes large bodies.
const RecordsPath = "/v1/agency/records"

// Routes adds the operations to a router.
func Routes(r fiber.Router, d Deps) {
	h := handlers{d}
	known := session.RequireAgency(d.Sessions)
	r.Post(RecordsPath, known, h.records)
	r.Post("/v1/agency/activations", known, h.activation)
	r.Post("/v1/agency/activations/confirm", known, h.confirm)
	r.Post("/v1/agency/card-qr", known, h.card)
	r.Post("/v1/agency/credentials/find", known, h.find)
	r.Post("/v1/agency/credentials/:id/suspend", known, h.suspend)
	r.Post("/v1/agency/credentials/:id/restore", known, h.restore)
	r.Post("/v1/agency/credentials/:id/withhold", known, h.withhold)
	r.Post("/v1/agency/credentials/:id/revoke", known, h.revoke)
	r.Get("/v1/agency/reports", known, h.reports)
	r.Post("/v1/agency/citizens/lock", known, h.lock)
	r.Post("/v1/agency/citizens/unlock", known, h.unlock)
}

type handlers struct{ Deps }

type activationBody struct {
	PersonalNumber string `json:"personal_administrative_number"`
}

type activationAnswer struct {
	Code      string `json:"activation_code"`
	Reference string `json:"reference"`
	ExpiresAt string `json:"expires_at"`
}

func (h handlers) activation(c *fiber.Ctx) error {
	var body activationBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	code, expires, err := h.Sessions.IssueActivation(c.UserContext(), session.Agency(c), body.PersonalNumber)
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(activationAnswer{code, session.Reference(code), expires.UTC().Format(time.RFC3339)})
}

type confirmBody struct {
	PersonalNumber string `json:"personal_administrative_number"`
	Reference      string `json:"reference"`
}

func (h handlers) confirm(c *fiber.Ctx) error {
	var body confirmBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	if err := h.Sessions.ConfirmInPerson(c.UserContext(), session.Agency(c), body.PersonalNumber, body.Reference); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
