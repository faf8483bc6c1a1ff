package session

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

// The cookie of a session, and the header that goes with it.
const (
	// CookieName begins with __Host-, so that a browser takes the cookie only
	// from this very host, over https (or from the machine itself) and for all
	// paths: no other host of the domain can plant one (RFC 6265bis section
	// 4.1.3.2).
	CookieName = "__Host-giayto"
	HeaderCSRF = "X-CSRF-Token"

	headerFetchSite = "Sec-Fetch-Site"
)

// SetCookie hands a browser the token of a session.
func SetCookie(c *fiber.Ctx, token string, s Session) {
	cookie := blank()
	cookie.Value, cookie.Expires = token, s.ExpiresAt
	c.Cookie(cookie)
}

// DropCookie makes a browser forget the token.
func DropCookie(c *fiber.Ctx) {
	cookie := blank()
	cookie.Expires = time.Unix(0, 0)
	c.Cookie(cookie)
}

func blank() *fiber.Cookie {
	return &fiber.Cookie{Name: CookieName, Path: "/", Secure: true, HTTPOnly: true, SameSite: fiber.CookieSameSiteStrictMode}
}

// sameOrigin refuses a request that changes something unless a page of this
// origin has sent it.
func sameOrigin(c *fiber.Ctx, token string) error {
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		return nil
	}
	// What the browser says of the page is looked at where there is a word of it.
	if site := c.Get(headerFetchSite); site != "" && site != "same-origin" {
		return fault.New(fault.CodeSessionForged, "the request does not come from a page of this origin")
	}
	if !csrfMatches(token, c.Get(HeaderCSRF)) {
		return fault.New(fault.CodeSessionForged, "with the cookie of a session, "+HeaderCSRF+" is needed")
	}
	return nil
}
