package web

import (
	"fmt"
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

// Routes adds the pages to a router. The error says what is wrong with the
// files that were built into the program.
func Routes(r fiber.Router, d Deps) error {
	all, err := files()
	if err != nil {
		return err
	}
	// A checker films codes and keeps the screen awake. A wallet films an activation
	// code, shows its own, and uses passkeys.
	for _, p := range []struct {
		name    string
		data    func() (any, error)
		headers headers
	}{
		{"verify", d.verifyData, pageHeaders("camera", "screen-wake-lock")},
		{"wallet", d.walletData, pageHeaders("camera", "screen-wake-lock", "publickey-credentials-create", "publickey-credentials-get")},
	} {
		html, ok := all[p.name+".html"]
		if !ok {
			return fmt.Errorf("web: %s.html is missing", p.name)
		}
		page, err := newPage(html.Body, p.data)
		if err != nil {
			return err
		}
		// One page, one address: the cache keeps it under that one.
		address := "/" + p.name
		r.Get(address, with(p.headers), page.serve)
		r.Get(address+"/", func(c *fiber.Ctx) error { return c.Redirect(address, fiber.StatusPermanentRedirect) })
		r.Get(address+"/:name", folder(all, p.name+"/"))
	}
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

// scriptHeaders are those of the two scripts that a browser runs outside of a
// page, each under the policy of its own answer. Files in assets belong to the
// page and are under its policy.
func scriptHeaders(name string) (headers, bool) {
	page, script, _ := strings.Cut(name, "/")
	switch {
	case script == "sw.js":
		return serviceWorkerHeaders("/" + page), true
	case strings.HasPrefix(script, "reader-"):
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
