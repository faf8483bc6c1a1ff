package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
)

// localKey is the type of what this package keeps with a request.
type localKey int

const requestIDKey localKey = iota

// prepare names the request and ties it to the life of the server. The name is
// always ours: one that a client chose could carry anything into the log.
func prepare(base context.Context) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var b [8]byte
		_, _ = rand.Read(b[:]) // crypto/rand never returns an error
		id := hex.EncodeToString(b[:])
		c.Locals(requestIDKey, id)
		c.Set(fiber.HeaderXRequestID, id)
		c.SetUserContext(base)
		return c.Next()
	}
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestIDKey).(string)
	return id
}

// accessLog writes one line for a request: the pattern of its route, for a
// refusal its code, and never its path, query, address, header or body, which
// could name a person. observe, if there is one, is told of routes and statuses.
func accessLog(log *slog.Logger, observe func(method, route string, status int, took time.Duration), now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := now()
		err := c.Next()
		route := c.Route().Path
		var why []slog.Attr
		if err != nil {
			var refusal *fault.Error
			if errors.As(err, &refusal) {
				why = append(why, slog.String("code", string(refusal.Code)))
			}
			var unmatched *fiber.Error
			if errors.As(err, &unmatched) {
				route = "unmatched"
			}
			// The status is known only after the refusal has been written.
			if err = c.App().ErrorHandler(c, err); err != nil {
				return err
			}
		}
		status, took := c.Response().StatusCode(), now().Sub(start)
		log.LogAttrs(c.UserContext(), slog.LevelInfo, "request", append([]slog.Attr{slog.String("request_id", requestID(c)),
			slog.String("method", c.Method()), slog.String("route", route),
			slog.Int("status", status), slog.Duration("duration", took)}, why...)...)
		if observe != nil {
			observe(c.Method(), route, status, took)
		}
		return nil
	}
}

// recovered turns a panic into an internal fault.
func recovered(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		defer func() {
			if value := recover(); value != nil {
				panicked(c.UserContext(), log, value, slog.String("request_id", requestID(c)))
				err = fault.New(fault.CodeInternal, "a handler panicked")
			}
		}()
		return c.Next()
	}
}

// guard does the same for what goes on after the answer has begun.
func guard(log *slog.Logger) func(f func()) {
	return func(f func()) {
		defer func() {
			if value := recover(); value != nil {
				panicked(context.Background(), log, value)
			}
		}()
		f()
	}
}

// panicked logs a panic. The log gets the place; the value of a panic is only
// given where the runtime made it, because any other could quote what was being
// worked on.
func panicked(ctx context.Context, log *slog.Logger, value any, more ...slog.Attr) {
	what := fmt.Sprintf("%T", value)
	if e, ok := value.(runtime.Error); ok {
		what = e.Error()
	}
	log.LogAttrs(ctx, slog.LevelError, "panic", append(more,
		slog.String("panic", what), slog.String("stack", string(debug.Stack())))...)
}

// headers are the defaults of every answer; an audience may set others.
func headers(origin string) fiber.Handler {
	secure := strings.HasPrefix(origin, "https://")
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
		c.Set("Cross-Origin-Resource-Policy", "same-origin")
		c.Set(fiber.HeaderCacheControl, "no-store")
		if secure {
			c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
		}
		return c.Next()
	}
}
