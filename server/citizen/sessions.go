package citizen

import (
	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
)

type signInBody struct {
	ActivationCode string       `json:"activation_code"`
	DeviceName     string       `json:"device_name"`
	Mode           session.Mode `json:"mode"`
}

// tokenAnswer hands out a token: in the body to an app, as a cookie to a
// browser, which then gets what goes beside it.
type tokenAnswer struct {
	Token string `json:"token,omitempty"`
	CSRF  string `json:"csrf_token,omitempty"`
	sessionAnswer
}

type sessionAnswer struct {
	Session   string         `json:"session"`
	Device    string         `json:"device"`
	Mode      session.Mode   `json:"mode"`
	Method    session.Method `json:"method"`
	Level     int            `json:"level"`
	Enrolment int            `json:"enrolment_level"`
	CreatedAt string         `json:"created_at"`
	UsedAt    string         `json:"used_at"`
	IdleAt    string         `json:"idle_at"`
	ExpiresAt string         `json:"expires_at"`
}

func described(s session.Session) sessionAnswer {
	return sessionAnswer{s.ID, s.Device, s.Mode, s.Method, s.Level, int(s.Enrolment),
		moment(s.CreatedAt), moment(s.UsedAt), moment(s.IdleAt()), moment(s.ExpiresAt)}
}

func handOut(c *fiber.Ctx, token string, s session.Session) tokenAnswer {
	answer := tokenAnswer{sessionAnswer: described(s)}
	if s.Mode == session.ModeCookie {
		session.SetCookie(c, token, s)
		answer.CSRF = session.CSRFToken(token)
	} else {
		answer.Token = token
	}
	return answer
}

func (h handlers) signIn(c *fiber.Ctx) error {
	var body signInBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	token, opened, err := h.Sessions.SignIn(c.UserContext(), body.ActivationCode, session.Opening{DeviceName: body.DeviceName, Mode: body.Mode})
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(handOut(c, token, opened))
}

func (h handlers) sessions(c *fiber.Ctx) error {
	current := session.Citizen(c)
	open, err := h.Sessions.Sessions(c.UserContext(), current.Owner)
	if err != nil {
		return err
	}
	type listed struct {
		sessionAnswer
		Current bool `json:"current"`
	}
	answer := struct {
		Sessions []listed `json:"sessions"`
	}{make([]listed, len(open))}
	for i, s := range open {
		answer.Sessions[i] = listed{described(s), s.ID == current.ID}
	}
	return c.JSON(answer)
}

// currentSession tells a page that was loaded anew what it needs beside its
// cookie.
func (h handlers) currentSession(c *fiber.Ctx) error {
	s := session.Citizen(c)
	answer := tokenAnswer{sessionAnswer: described(s)}
	if s.Mode == session.ModeCookie {
		answer.CSRF = session.CSRFToken(session.Token(c))
	}
	return c.JSON(answer)
}

func (h handlers) rotate(c *fiber.Ctx) error {
	if err := request.JSON(c, &struct{}{}); err != nil {
		return err
	}
	token, rotated, err := h.Sessions.Rotate(c.UserContext(), session.Citizen(c), session.Token(c))
	if err != nil {
		return err
	}
	return c.JSON(handOut(c, token, rotated))
}

func (h handlers) signOut(c *fiber.Ctx) error {
	s := session.Citizen(c)
	if err := h.Sessions.SignOut(c.UserContext(), s); err != nil {
		return err
	}
	if s.Mode == session.ModeCookie {
		session.DropCookie(c)
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (h handlers) endSession(c *fiber.Ctx) error {
	if err := h.Sessions.EndSession(c.UserContext(), session.Citizen(c), c.Params("id")); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (h handlers) endOtherSessions(c *fiber.Ctx) error {
	ended, err := h.Sessions.EndOtherSessions(c.UserContext(), session.Citizen(c))
	if err != nil {
		return err
	}
	return c.JSON(struct {
		Ended int `json:"ended"`
	}{ended})
}
