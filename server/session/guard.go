package session

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

// Citizens checks the token of a citizen's session.
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
	tokenKey
	agencyKey
)

// RequireCitizen lets only requests with an open session pass. It is put on
// each route and not on a whole path, so that a path that does not exist is
// not found for everybody.
//
// A browser sends the cookie by itself, whichever page makes it do so.
// Therefore a request that changes something needs the token of CSRFToken in
// HeaderCSRF beside it, which only a page of this origin can know.
func RequireCitizen(citizens Citizens) fiber.Handler {
	return func(c *fiber.Ctx) error {
		token, mode, err := sent(c)
		if err != nil {
			return err
		}
		if mode == ModeCookie {
			if err := sameOrigin(c, token); err != nil {
				return err
			}
		}
		s, err := citizens.Authenticate(c.UserContext(), token)
		if err == nil && s.Mode != mode {
			// A cookie that was read out is no bearer token, and the reverse.
			err = invalid()
		}
		if err != nil {
			return challenged(c, err, fault.CodeSessionInvalid)
		}
		c.Locals(citizenKey, s)
		c.Locals(tokenKey, token)
		return c.Next()
	}
}

// Citizen returns the session that RequireCitizen let pass. Without that guard
// before it, the session is empty and owns nothing.
func Citizen(c *fiber.Ctx) Session {
	s, _ := c.Locals(citizenKey).(Session)
	return s
}

// Token returns the token that RequireCitizen let pass, "" without that guard.
func Token(c *fiber.Ctx) string {
	token, _ := c.Locals(tokenKey).(string)
	return token
}

// RequireAgency lets only requests with a valid agency token pass.
func RequireAgency(agencies Agencies) fiber.Handler {
	return func(c *fiber.Ctx) error {
		token, ok := Bearer(c.Get(fiber.HeaderAuthorization))
		if !ok {
			return missing(c)
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

// sent reads the token of a session out of the Authorization header (RFC 6750
// section 2.1), or else out of the cookie. Tokens in a query or a form are not
// looked at: they end up in logs.
func sent(c *fiber.Ctx) (token string, mode Mode, err error) {
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		if token, ok := Bearer(header); ok {
			return token, ModeBearer, nil
		}
		return "", "", missing(c)
	}
	if token := c.Cookies(CookieName); token != "" {
		return token, ModeCookie, nil
	}
	return "", "", missing(c)
}

func missing(c *fiber.Ctx) error {
	c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="giayto"`)
	return fault.New(fault.CodeSessionMissing, "no bearer token in the Authorization header, and no cookie")
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
