package public

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

// Issuers gives what others need to check credentials of an agency.
type Issuers interface {
	// IssuerMetadata returns the JWT VC Issuer Metadata of an agency with the
	// keys that verify at the moment; nil for an agency without any.
	IssuerMetadata(agency string, now time.Time) ([]byte, error)
}

// issuer answers at the address that SD-JWT VC makes of the iss of a credential:
// /.well-known/jwt-vc-issuer between host and path (draft-ietf-oauth-sd-jwt-vc-25,
// "JWT VC Issuer Metadata").
func (h handlers) issuer(c *fiber.Ctx) error {
	unknown := fault.New(fault.CodeAgencyUnknown, "no such agency")
	if _, ok := h.Catalog.Agency(c.Params("agency")); !ok {
		return unknown
	}
	metadata, err := h.Issuers.IssuerMetadata(c.Params("agency"), h.Now())
	if err != nil {
		return err
	}
	if metadata == nil {
		return unknown
	}
	return newFile(fiber.MIMEApplicationJSON, metadata).Send(c)
}
