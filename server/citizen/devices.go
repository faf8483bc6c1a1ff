package citizen

import (
	"encoding/base64"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

type deviceAnswer struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Current   bool   `json:"current"`
	Enrolment int    `json:"enrolment_level"`
	CreatedAt string `json:"created_at"`
	FrozenAt  string `json:"frozen_at,omitempty"`
	KeyAt     string `json:"key_bound_at,omitempty"`
	// Left is told after freezing: passkeys that go on though the device may have
	// a copy.
	Left []string `json:"passkeys_left,omitempty"`
}

func describedDevice(d wallet.Device, open session.Session) deviceAnswer {
	return deviceAnswer{d.ID, d.Name, d.ID == open.Device, int(d.Enrolment), moment(d.CreatedAt), moment(d.FrozenAt), moment(d.KeyAt), nil}
}

func (h handlers) devices(c *fiber.Ctx) error {
	open := session.Citizen(c)
	list, err := h.Devices.Devices(c.UserContext(), open.Owner)
	if err != nil {
		return err
	}
	answer := struct {
		Devices []deviceAnswer `json:"devices"`
	}{make([]deviceAnswer, len(list))}
	for i, d := range list {
		answer.Devices[i] = describedDevice(d, open)
	}
	return c.JSON(answer)
}

func (h handlers) renameDevice(c *fiber.Ctx) error {
	var body nameBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	open := session.Citizen(c)
	d, err := h.Devices.RenameDevice(c.UserContext(), open.Owner, c.Params("id"), body.Name)
	if err != nil {
		return err
	}
	return c.JSON(describedDevice(d, open))
}

func (h handlers) freezeDevice(c *fiber.Ctx) error {
	if err := empty(c); err != nil {
		return err
	}
	open := session.Citizen(c)
	d, left, err := h.Devices.FreezeDevice(c.UserContext(), open, c.Params("id"))
	if err != nil {
		return err
	}
	answer := describedDevice(d, open)
	answer.Left = left
	return c.JSON(answer)
}

func (h handlers) unfreezeDevice(c *fiber.Ctx) error {
	if err := empty(c); err != nil {
		return err
	}
	open := session.Citizen(c)
	d, err := h.Devices.UnfreezeDevice(c.UserContext(), open, c.Params("id"))
	if err != nil {
		return err
	}
	return c.JSON(describedDevice(d, open))
}

func (h handlers) loseDevice(c *fiber.Ctx) error {
	if err := empty(c); err != nil {
		return err
	}
	left, err := h.Devices.LoseDevice(c.UserContext(), session.Citizen(c), c.Params("id"))
	if err != nil {
		return err
	}
	return c.JSON(struct {
		Left []string `json:"passkeys_left"`
	}{append([]string{}, left...)})
}

func (h handlers) removeDevice(c *fiber.Ctx) error {
	if err := h.Devices.RemoveDevice(c.UserContext(), session.Citizen(c), c.Params("id")); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (h handlers) beginDeviceKey(c *fiber.Ctx) error {
	if err := empty(c); err != nil {
		return err
	}
	challenge, err := h.Devices.BeginDeviceKey(c.UserContext(), session.Citizen(c))
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(struct {
		Challenge string `json:"challenge"`
	}{base64.RawURLEncoding.EncodeToString(challenge)})
}

type deviceKeyBody struct {
	Challenge string `json:"challenge"`
	PublicKey struct {
		Type  string `json:"kty"`
		Curve string `json:"crv"`
		X     string `json:"x"`
		Y     string `json:"y"`
	} `json:"public_key"`
	Signature string `json:"signature"`
}

// point writes the key as a point, as package session takes it: the coordinates
// of a JWK have their full length (RFC 7518 section 6.2.1.2).
func (b deviceKeyBody) point() ([]byte, error) {
	x, err := decoded("public_key.x", b.PublicKey.X)
	if err != nil {
		return nil, err
	}
	y, err := decoded("public_key.y", b.PublicKey.Y)
	if err != nil {
		return nil, err
	}
	const coordinate = (session.PointSize - 1) / 2
	if b.PublicKey.Type != "EC" || b.PublicKey.Curve != "P-256" || len(x) != coordinate || len(y) != coordinate {
		return nil, fault.New(fault.CodeDeviceKey, "expected a JWK with kty EC and crv P-256").At("public_key")
	}
	return append(append([]byte{4}, x...), y...), nil
}

// decoded reads base64url as JOSE writes it.
func decoded(field, text string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fault.New(fault.CodeRequestMalformed, "expected base64url without padding").At(field)
	}
	return b, nil
}

func (h handlers) bindDeviceKey(c *fiber.Ctx) error {
	var body deviceKeyBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	challenge, err := decoded("challenge", body.Challenge)
	if err != nil {
		return err
	}
	signature, err := decoded("signature", body.Signature)
	if err != nil {
		return err
	}
	point, err := body.point()
	if err != nil {
		return err
	}
	open := session.Citizen(c)
	d, err := h.Devices.BindDeviceKey(c.UserContext(), open, challenge, point, signature)
	if err != nil {
		return err
	}
	return c.JSON(describedDevice(d, open))
}

func (h handlers) newRecovery(c *fiber.Ctx) error {
	if err := empty(c); err != nil {
		return err
	}
	code, err := h.Devices.NewRecovery(c.UserContext(), session.Citizen(c))
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(struct {
		Code string `json:"recovery_code"`
	}{code})
}

type lostBody struct {
	Code string `json:"recovery_code"`
}

func (h handlers) reportLost(c *fiber.Ctx) error {
	var body lostBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	if err := h.Devices.ReportLost(c.UserContext(), body.Code); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

type reissueBody struct {
	Consent bool `json:"consent"`
}

// reissue asks for the word itself: silence is no consent (Luật Bảo vệ dữ liệu cá
// nhân 91/2025, art. 9).
func (h handlers) reissue(c *fiber.Ctx) error {
	var body reissueBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	if !body.Consent {
		return fault.New(fault.CodeRequestMalformed, "the citizen consents with true").At("consent")
	}
	signed, err := h.Devices.Reissue(c.UserContext(), session.Citizen(c))
	if err != nil {
		return err
	}
	return c.JSON(struct {
		Credentials int `json:"credentials"`
	}{signed})
}
