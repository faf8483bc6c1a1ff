package problem

import (
	"encoding/json"
	"errors"
	"log/slog"
	"syscall"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
)

// MediaType of every refusal (RFC 9457 section 3).
const MediaType = "application/problem+json"

// typePrefix makes the code of a fault a URI, as the type of a problem must be.
const typePrefix = "urn:giayto:problem:"

// Details is the body of a refusal (RFC 9457 section 3.1, with extensions).
type Details struct {
	Type      string       `json:"type"`
	Title     string       `json:"title"` // in the language that was asked for
	Status    int          `json:"status"`
	Code      fault.Code   `json:"code"`
	Detail    string       `json:"detail,omitempty"` // English, for developers
	Field     string       `json:"field,omitempty"`  // member of the request concerned
	Titles    catalog.Text `json:"titles"`
	RequestID string       `json:"request_id,omitempty"` // finds the line in the operator's log
}

// Handler returns the error handler of a server. requestID names the request
// in the answer and in the log; it may return "". What is not the caller's
// fault is logged as an error with that name, and told to the caller without
// any of its text.
func Handler(log *slog.Logger, requestID func(*fiber.Ctx) string) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error {
		f, status := translate(err)
		id := requestID(c)
		if ours(f) {
			attrs := []slog.Attr{slog.String("request_id", id), slog.String("code", string(f.Code)), slog.String("error", err.Error())}
			// A fault hides its cause, which could quote a record. What the
			// operating system says (no space left) cannot, and is what helps.
			var errno syscall.Errno
			if errors.As(err, &errno) {
				attrs = append(attrs, slog.String("cause", errno.Error()))
			}
			log.LogAttrs(c.UserContext(), slog.LevelError, "request failed", attrs...)
		}
		return write(c, f, status, id)
	}
}

// ours reports whether a fault is the operator's business. The message of such
// a fault may name files or engines and stays inside.
func ours(f *fault.Error) bool {
	kind := f.Code.Kind()
	return kind == fault.Internal || kind == fault.Unavailable
}

func write(c *fiber.Ctx, f *fault.Error, status int, id string) error {
	titles, ok := Titles(f.Code)
	if !ok {
		f = fault.New(fault.CodeInternal, "")
		status = Status(f.Code)
		titles, _ = Titles(f.Code)
	}
	d := Details{Type: typePrefix + string(f.Code), Title: titles.VI, Status: status, Code: f.Code,
		Field: f.Field, Titles: titles, RequestID: id}
	language := preferred(c.Get(fiber.HeaderAcceptLanguage))
	if language == english {
		d.Title = titles.EN
	}
	if !ours(f) {
		d.Detail = f.Msg
	}
	body, err := json.Marshal(d)
	if err != nil {
		return errors.New("problem: details could not be written")
	}
	c.Set(fiber.HeaderContentLanguage, language)
	c.Vary(fiber.HeaderAcceptLanguage)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, MediaType)
	return c.Status(status).Send(body)
}
