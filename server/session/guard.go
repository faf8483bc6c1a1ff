package session

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

// Citizens checks a citizen's bearer token.
type Citizens interface {
	Authenticate(ctx context.Context, token string) (Session, error)
}

// Agencies checks an agency's bearer token.
type Agencies interface {
	AuthenticateAgency(ctx context.Context, token string) (agency string, err error)
}

// key of what a guard leaves for the handlers after it; a type of its own, so
// that nothing else can be taken for it.
type key int

const (
	citizenKey key = iota
	agencyKey
)

// RequireCitizen lets only requests with an open session pass. It is put on
// each route and not on a whole path, so that a path that does not exist is
// not found for everybody.
func RequireCitizen(citizens Citizens) fiber.Handler {
	return func(c *fiber.Ctx) error {
		token, err := bearer(c)
		if err != nil {
			return err
		}
		s, err := citizens.Authenticate(c.UserContext(), token)
		if err != nil {
			return challenged(c, err, fault.CodeSessionInvalid)
		}
		c.Locals(citizenKey, s)
		return c.Next()
	}
}

// Citizen returns the session that RequireCitizen let pass. Without that guard
// before it, the session is empty and owns nothing.
func Citizen(c *fiber.Ctx) Session {
	s, _ := c.Locals(citizenKey).(Session)
	return s
}

// RequireAgency lets only requests with a valid agency token pass.
func RequireAgency(agencies Agencies) fiber.Handler {
	return func(c *fiber.Ctx) error {
		token, err := bearer(c)
		if err != nil {
			return err
		}
		agency, err := agencies.AuthenticateAgency(c.UserContext(), token)
		if err != nil {
			return challenged(c, err, fault.CodeAgencyInvalid)
		}
		c.Locals(agencyKey, agency)
		return c.Next()
	}
}

// Agency returns the agency that RequireAgency let pass, by catalogue id; ""
// without that guard.
func Agency(c *fiber.Ctx) string {
	agency, _ := c.Locals(agencyKey).(string)
	return agency
}

// bearer reads the token out of the Authorization header (RFC 6750 section
// 2.1). Tokens in a query or a form are not looked at: they end up in logs.
func bearer(c *fiber.Ctx) (string, error) {
	token, ok := Bearer(c.Get(fiber.HeaderAuthorization))
	if !ok {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="giayto"`)
		return "", fault.New(fault.CodeSessionMissing, "no bearer token in the Authorization header")
	}
	return token, nil
}

// Bearer reads the token out of an Authorization header (RFC 6750 section 2.1).
func Bearer(header string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// challenged adds what RFC 6750 section 3 asks of a refusal for the token's
// sake; other faults pass as they are.
func challenged(c *fiber.Ctx, err error, code fault.Code) error {
	if fault.Is(err, code) {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="giayto", error="invalid_token"`)
	}
	return err
}
