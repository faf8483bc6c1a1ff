package citizen

import (
	"encoding/hex"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
)

// optionsAnswer is what a page hands to the browser, in the form that
// PublicKeyCredential.parse…FromJSON takes.
type optionsAnswer struct {
	PublicKey json.RawMessage `json:"publicKey"`
}

// credentialBody has what PublicKeyCredential.toJSON gives. It is read by
// package passkey.
type credentialBody struct {
	Credential json.RawMessage `json:"credential"`
}

type passkeyAnswer struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Device    string   `json:"device"`
	Enrolment int      `json:"enrolment_level"`
	CreatedAt string   `json:"created_at"`
	UsedAt    string   `json:"used_at,omitempty"`
	ClonedAt  string   `json:"cloned_at,omitempty"`
	FrozenAt  string   `json:"frozen_at,omitempty"`
	Synced    bool     `json:"synced"`
	Algorithm int      `json:"algorithm"`
	AAGUID    string   `json:"aaguid"`
	Format    string   `json:"attestation_format"`
	Transport []string `json:"transports"`
}

func describedPasskey(p session.Passkey) passkeyAnswer {
	transports := p.Key.Transports
	if transports == nil {
		transports = []string{}
	}
	return passkeyAnswer{p.ID, p.Name, p.Device, int(p.Enrolment), moment(p.CreatedAt), moment(p.UsedAt), moment(p.ClonedAt), moment(p.FrozenAt),
		p.Key.Synced, p.Key.Algorithm, hex.EncodeToString(p.Key.AAGUID), p.Key.Format, transports}
}

// empty reads the body of an operation that takes nothing: a form of another
// page cannot send even that.
func empty(c *fiber.Ctx) error { return request.JSON(c, &struct{}{}) }

func (h handlers) beginSignIn(c *fiber.Ctx) error {
	if err := empty(c); err != nil {
		return err
	}
	return begun(c)(h.Passkeys.BeginSignIn(c.UserContext()))
}

// begun answers with the options of a ceremony.
func begun(c *fiber.Ctx) func(options json.RawMessage, err error) error {
	return func(options json.RawMessage, err error) error {
		if err != nil {
			return err
		}
		return c.Status(fiber.StatusCreated).JSON(optionsAnswer{options})
	}
}

type signInPasskeyBody struct {
	Credential json.RawMessage `json:"credential"`
	DeviceName string          `json:"device_name"`
	Mode       session.Mode    `json:"mode"`
}

func (h handlers) signInPasskey(c *fiber.Ctx) error {
	var body signInPasskeyBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	token, opened, err := h.Passkeys.SignInPasskey(c.UserContext(), body.Credential, session.Opening{DeviceName: body.DeviceName, Mode: body.Mode})
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(handOut(c, token, opened))
}

func (h handlers) beginReauthentication(c *fiber.Ctx) error {
	if err := empty(c); err != nil {
		return err
	}
	return begun(c)(h.Passkeys.BeginReauthentication(c.UserContext(), session.Citizen(c)))
}

func (h handlers) reauthenticate(c *fiber.Ctx) error {
	var body credentialBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	token, renewed, err := h.Passkeys.Reauthenticate(c.UserContext(), session.Citizen(c), session.Token(c), body.Credential)
	if err != nil {
		return err
	}
	return c.JSON(handOut(c, token, renewed))
}

func (h handlers) beginRegistration(c *fiber.Ctx) error {
	if err := empty(c); err != nil {
		return err
	}
	return begun(c)(h.Passkeys.BeginRegistration(c.UserContext(), session.Citizen(c)))
}

type registerBody struct {
	Credential json.RawMessage `json:"credential"`
	Name       string          `json:"name"`
}

func (h handlers) register(c *fiber.Ctx) error {
	var body registerBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	p, err := h.Passkeys.Register(c.UserContext(), session.Citizen(c), body.Credential, body.Name)
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(describedPasskey(p))
}

func (h handlers) passkeys(c *fiber.Ctx) error {
	list, err := h.Passkeys.Passkeys(c.UserContext(), session.Citizen(c).Owner)
	if err != nil {
		return err
	}
	answer := struct {
		Passkeys []passkeyAnswer `json:"passkeys"`
	}{make([]passkeyAnswer, len(list))}
	for i, p := range list {
		answer.Passkeys[i] = describedPasskey(p)
	}
	return c.JSON(answer)
}

type nameBody struct {
	Name string `json:"name"`
}

func (h handlers) renamePasskey(c *fiber.Ctx) error {
	var body nameBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	p, err := h.Passkeys.RenamePasskey(c.UserContext(), session.Citizen(c).Owner, c.Params("id"), body.Name)
	if err != nil {
		return err
	}
	return c.JSON(describedPasskey(p))
}

func (h handlers) removePasskey(c *fiber.Ctx) error {
	if err := h.Passkeys.RemovePasskey(c.UserContext(), session.Citizen(c), c.Params("id")); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
