package public

import (
	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

func (h handlers) trustList(c *fiber.Ctx) error {
	text, list := h.Trust.TrustList()
	if list == nil {
		return fault.New(fault.CodeUnavailable, "no trust list has been signed yet")
	}
	return newFile("application/jwt", text).Send(c)
}

func (h handlers) jwks(c *fiber.Ctx) error {
	set, err := h.Trust.JWKS()
	if err != nil {
		return err
	}
	return newFile("application/jwk-set+json", set).Send(c)
}

// authorities answers in the form of RFC 8555 section 9.1.
func (h handlers) authorities(c *fiber.Ctx) error {
	anchors := h.Trust.CertificateAuthorities()
	if anchors == nil {
		return fault.New(fault.CodeUnavailable, "there is no certificate authority yet")
	}
	return newFile("application/pem-certificate-chain", anchors).Send(c)
}
