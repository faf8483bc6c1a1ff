package server

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/agency"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
)

// Limits of every connection.
const (
	maxBody        = request.MaxJSON // of every operation but one
	maxHeader      = 8 << 10         // request line and header fields
	maxConnections = 10_000

	readTimeout  = 10 * time.Second // from the first byte to the last of a request
	writeTimeout = 30 * time.Second
	idleTimeout  = 60 * time.Second
	// exportTimeout lets an agency on a slow line send its 8 MiB.
	exportTimeout = 2 * time.Minute
)

// methods that any operation takes; the router knows no others.
var methods = []string{fiber.MethodGet, fiber.MethodHead, fiber.MethodPost, fiber.MethodDelete}

// methodsOnly answers other methods as a problem, where the router would write
// plain text of its own.
func methodsOnly(app *fiber.App) {
	s := app.Server()
	routed := s.Handler
	s.Handler = func(ctx *fasthttp.RequestCtx) {
		if slices.Contains(methods, string(ctx.Method())) {
			routed(ctx)
			return
		}
		c := app.AcquireCtx(ctx)
		defer app.ReleaseCtx(c)
		c.Set(fiber.HeaderAllow, strings.Join(methods, ", ")) // RFC 9110 section 15.5.6
		if err := app.ErrorHandler(c, fault.New(fault.CodeMethodNotAllowed, "")); err != nil {
			ctx.SetStatusCode(fasthttp.StatusInternalServerError)
		}
	}
}

// limits gives the one operation that takes a large body its own bounds, before
// the body is read, and only to an agency: the engine sets aside what a header
// announces, and without that everybody could make the server hold as much.
func limits(s *fasthttp.Server, base context.Context, agencies session.Agencies) {
	records := []byte(agency.RecordsPath)
	s.HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		path, _, _ := bytes.Cut(h.RequestURI(), []byte{'?'})
		if !h.IsPost() || !bytes.Equal(path, records) {
			return fasthttp.RequestConfig{}
		}
		token, ok := session.Bearer(string(h.Peek(fasthttp.HeaderAuthorization)))
		if !ok {
			return fasthttp.RequestConfig{}
		}
		if _, err := agencies.AuthenticateAgency(base, token); err != nil {
			return fasthttp.RequestConfig{}
		}
		return fasthttp.RequestConfig{MaxRequestBodySize: request.MaxExport, ReadTimeout: exportTimeout}
	}
	s.CloseOnShutdown = true
}

// addressLimit refuses sign-ins from an address that tries too often.
func addressLimit(l *session.Limiter[netip.Addr], proxies []netip.Prefix) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if wait, ok := l.Allow(subscriber(c, proxies)); !ok {
			return tooMany(c, wait, "too many sign-ins from this address")
		}
		return c.Next()
	}
}

// codeLockout turns away an address that has failed too often with codes on
// paper, before the next one is looked at.
func codeLockout(b *session.Backoff[netip.Addr], proxies []netip.Prefix) fiber.Handler {
	return func(c *fiber.Ctx) error {
		from := subscriber(c, proxies)
		if wait := b.Wait(from); wait > 0 {
			return tooMany(c, wait, "too many wrong codes from this address")
		}
		err := c.Next()
		if session.Failed(err) {
			b.Fail(from)
		}
		return err
	}
}

// passkeyLockout tells an address that has failed too often with passkeys no more
// than that. It looks at the answer and not at the question: a right passkey is
// let in wherever it comes from, so that nobody can lock its owner out.
func passkeyLockout(b *session.Backoff[netip.Addr], proxies []netip.Prefix) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := c.Next()
		if !session.Failed(err) {
			return err
		}
		from := subscriber(c, proxies)
		if wait := b.Wait(from); wait > 0 {
			return tooMany(c, wait, "too many failed sign-ins from this address")
		}
		b.Fail(from)
		return err
	}
}

// subscriber is whom a request counts as.
func subscriber(c *fiber.Ctx, proxies []netip.Prefix) netip.Addr {
	remote, _ := netip.ParseAddrPort(c.Context().RemoteAddr().String())
	return session.Subscriber(clientAddress(remote.Addr(), forwardedFor(c), proxies))
}

// ownerLimit refuses what a citizen does too often, in however many sessions. It
// runs behind the guard that knows the session.
func ownerLimit(l *session.Limiter[string], why string) fiber.Handler {
	return limitBy(l, why, func(s session.Session) string { return s.Owner })
}

// sessionLimit refuses what a session does too often. Somebody who uses up what
// one session may do must not keep the citizen from proving who they are in
// another.
func sessionLimit(l *session.Limiter[string], why string) fiber.Handler {
	return limitBy(l, why, func(s session.Session) string { return s.ID })
}

func limitBy(l *session.Limiter[string], why string, who func(session.Session) string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if wait, ok := l.Allow(who(session.Citizen(c))); !ok {
			return tooMany(c, wait, why)
		}
		return c.Next()
	}
}

// tooMany tells when to come back, in whole seconds.
func tooMany(c *fiber.Ctx, wait time.Duration, why string) error {
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	return fault.New(fault.CodeRequestTooMany, why)
}

// forwardedFor is X-Forwarded-For as one list: a proxy may add a line of its own
// behind those that it received (RFC 9110 section 5.3).
func forwardedFor(c *fiber.Ctx) string {
	return string(bytes.Join(c.Request().Header.PeekAll(fiber.HeaderXForwardedFor), []byte{','}))
}

// clientAddress walks X-Forwarded-For from its end, where our own proxies wrote,
// to the first address that is not one of them. What stands before that is the
// client's own claim.
func clientAddress(remote netip.Addr, forwarded string, proxies []netip.Prefix) netip.Addr {
	trusted := func(a netip.Addr) bool {
		for _, p := range proxies {
			if p.Contains(a.Unmap()) {
				return true
			}
		}
		return false
	}
	client := remote
	for trusted(client) && forwarded != "" {
		cut := strings.LastIndexByte(forwarded, ',')
		address, err := netip.ParseAddr(strings.TrimSpace(forwarded[cut+1:]))
		if err != nil {
			break
		}
		client, forwarded = address, forwarded[:max(cut, 0)]
	}
	return client
}
