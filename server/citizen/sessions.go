package citizen

import (
	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
)

type signInBody struct {
	ActivationCode string `json:"activation_code"`
	DeviceName     string `json:"device_name"`
}

type signInAnswer struct {
	Token     string `json:"token"`
	ExpiresAt string `json:"expires_at"`
	Device    string `json:"device"`
}

func (h handlers) signIn(c *fiber.Ctx) error {
	var body signInBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	token, opened, err := h.Sessions.SignIn(c.UserContext(), body.ActivationCode, body.DeviceName)
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(signInAnswer{token, moment(opened.ExpiresAt), opened.Device})
}

func (h handlers) signOut(c *fiber.Ctx) error {
	if err := h.Sessions.SignOut(c.UserContext(), session.Citizen(c)); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
