package agency

import (
	"context"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
)

// Sessions checks agency tokens and issues activation codes.
type Sessions interface {
	session.Agencies
	IssueActivation(ctx context.Context, agency, personalNumber string) (code string, expiresAt time.Time, err error)
}

// Issuing takes register exports.
type Issuing interface {
	Import(ctx context.Context, agency string, in io.Reader, o issuer.ImportOptions) (issuer.Summary, error)
}

// Deps is what the operations need. All members are required.
type Deps struct {
	Sessions Sessions
	Issuing  Issuing
}

// RecordsPath is the one path that takes large bodies.
const RecordsPath = "/v1/agency/records"

// Routes adds the operations to a router.
func Routes(r fiber.Router, d Deps) {
	h := handlers{d}
	known := session.RequireAgency(d.Sessions)
	r.Post(RecordsPath, known, h.records)
	r.Post("/v1/agency/activations", known, h.activation)
}

type handlers struct{ Deps }

type activationBody struct {
	PersonalNumber string `json:"personal_administrative_number"`
}

type activationAnswer struct {
	Code      string `json:"activation_code"`
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
	return c.Status(fiber.StatusCreated).JSON(activationAnswer{code, expires.UTC().Format(time.RFC3339)})
}
