package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// headers are fields of an answer by name. A service worker keeps them with the
// file: to change those of a page or a reader that browsers have already,
// change something in web/ too, which gives the build another name.
type headers map[string]string

func (h headers) set(c *fiber.Ctx) {
	for name, value := range h {
		c.Set(name, value)
	}
}

// embedder keeps the page to resources that allow it, so that the browser may put
// it into a process of its own. Workers must ask for the same.
const embedder = "Cross-Origin-Embedder-Policy"

// contentPolicy is that of every page. Everything comes from this origin, as files:
// no script or style in the markup, and no string becomes a script.
var contentPolicy = policy(
	"default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' blob:",
	"connect-src 'self'", "worker-src 'self'", "manifest-src 'self'",
	"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
	"require-trusted-types-for 'script'", "trusted-types giayto")

// pageHeaders are those of a page that needs some features of the browser.
func pageHeaders(features ...string) headers {
	return headers{
		fiber.HeaderContentSecurityPolicy: contentPolicy,
		fiber.HeaderPermissionsPolicy:     permissions(features),
		"Cross-Origin-Opener-Policy":      "same-origin",
		embedder:                          "require-corp",
	}
}

// readerHeaders: the worker that reads codes alone may compile WebAssembly. It
// loads that from here, and no further script.
var readerHeaders = headers{
	fiber.HeaderContentSecurityPolicy: policy("default-src 'none'", "script-src 'wasm-unsafe-eval'", "connect-src 'self'"),
	embedder:                          "require-corp",
}

// serviceWorkerHeaders: it fetches, and its scope is the page, which stands
// beside and not below the folder of the script.
func serviceWorkerHeaders(page string) headers {
	return headers{
		fiber.HeaderContentSecurityPolicy: policy("default-src 'none'", "connect-src 'self'"),
		"Service-Worker-Allowed":          page,
	}
}

func policy(directives ...string) string { return strings.Join(directives, "; ") }

// features of a browser that pages have no need of, or only some of them.
var features = []string{"accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
	"magnetometer", "microphone", "midi", "payment", "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock",
	"serial", "usb", "xr-spatial-tracking"}

// permissions is a Permissions-Policy: what a page does not need is off, for the
// page and whatever it might hold.
func permissions(needed []string) string {
	list := make([]string, len(features))
	for i, feature := range features {
		list[i] = feature + "=()"
		if slices.Contains(needed, feature) {
			list[i] = feature + "=(self)"
		}
	}
	return strings.Join(list, ", ")
}
