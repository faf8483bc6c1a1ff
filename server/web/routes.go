package web

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/representation"
)

// Deps is what the pages need. All members are required.
type Deps struct {
	Trust  Trust
	Origin string // public origin, without a slash at the end
	Now    func() time.Time
}

// verifyPage is the address of the checker page, and the scope of its service
// worker.
const verifyPage = "/verify"

// Routes adds the pages to a router. The error says what is wrong with the
// files that were built into the program.
func Routes(r fiber.Router, d Deps) error {
	all, err := files()
	if err != nil {
		return err
	}
	html, ok := all["verify.html"]
	if !ok {
		return errors.New("web: verify.html is missing")
	}
	verify, err := newPage(html.Body, d)
	if err != nil {
		return err
	}
	r.Get(verifyPage, with(pageHeaders), verify.serve)
	// One page, one address: the cache keeps it under that one.
	r.Get(verifyPage+"/", func(c *fiber.Ctx) error { return c.Redirect(verifyPage, fiber.StatusPermanentRedirect) })
	r.Get("/verify/:name", folder(all, "verify/"))
	r.Get("/assets/:name", folder(all, "assets/"))
	return nil
}

// folder serves the files of one folder of dist by their names. A name is looked
// up as it stands and leads nowhere else.
func folder(all map[string]representation.File, prefix string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		name := prefix + c.Params("name")
		f, ok := all[name]
		if !ok {
			return fault.New(fault.CodeRouteNotFound, "no such file")
		}
		if script, ok := scriptHeaders(name); ok {
			script.set(c)
		}
		return f.Send(c)
	}
}

// scriptHeaders are those of the two scripts that a browser runs outside of the
// page, each under the policy of its own answer. Files in assets belong to the
// page and are under its policy.
func scriptHeaders(name string) (headers, bool) {
	switch {
	case name == "verify/sw.js":
		return serviceWorkerHeaders, true
	case strings.HasPrefix(name, "verify/reader-"):
		return readerHeaders, true
	}
	return nil, false
}

func with(h headers) fiber.Handler {
	return func(c *fiber.Ctx) error {
		h.set(c)
		return c.Next()
	}
}
