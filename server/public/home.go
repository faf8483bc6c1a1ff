package public

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"

	"github.com/gofiber/fiber/v2"
)

// homePage says what this is and where to go. It has no script, no image and no
// font from elsewhere.
//
//go:embed home.html
var homePage []byte

// homePolicy allows exactly the one style sheet inside the page, by its hash
// (Content Security Policy Level 3, section 2.3.1).
var homePolicy = func() string {
	_, rest, _ := bytes.Cut(homePage, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(style)
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

func home(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, homePolicy)
	c.Set(fiber.HeaderCacheControl, cacheControl)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(homePage)
}
