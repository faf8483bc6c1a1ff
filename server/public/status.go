package public

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer/status"
)

// StatusLists gives what is published about credentials that do not count. Its
// faults are status.list_unknown and service.unavailable.
type StatusLists interface {
	List(agency string, number int) (status.Document, error)
	Aggregation() (status.Document, error)
	Snapshot() (status.Document, error)
}

func (h handlers) statusList(c *fiber.Ctx) error {
	number, err := strconv.Atoi(c.Params("number"))
	// One list has one address: not 01, not +1.
	if err != nil || strconv.Itoa(number) != c.Params("number") {
		return fault.New(fault.CodeListUnknown, "no such status list")
	}
	d, err := h.StatusLists.List(c.Params("agency"), number)
	if err != nil {
		return err
	}
	return sendDocument(c, statuslist.MediaType, d)
}

func (h handlers) statusLists(c *fiber.Ctx) error {
	d, err := h.StatusLists.Aggregation()
	if err != nil {
		return err
	}
	return sendDocument(c, fiber.MIMEApplicationJSON, d)
}

func (h handlers) statusSnapshot(c *fiber.Ctx) error {
	d, err := h.StatusLists.Snapshot()
	if err != nil {
		return err
	}
	return sendDocument(c, fiber.MIMEApplicationJSON, d)
}

// sendDocument sends the form that is asked for, or says that the client has it.
func sendDocument(c *fiber.Ctx, mediaType string, d status.Document) error {
	body, etag := d.Body, d.ETag
	packed := acceptsGzip(c.Get(fiber.HeaderAcceptEncoding))
	if packed {
		body, etag = d.Gzip, d.GzipETag
	}
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%d", d.MaxAge/time.Second))
	c.Vary(fiber.HeaderAcceptEncoding)
	if match := c.Get(fiber.HeaderIfNoneMatch); matches(match, d.ETag) || matches(match, d.GzipETag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	if packed {
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	c.Set(fiber.HeaderContentType, mediaType)
	return c.Send(body)
}

// maxEncodings bounds how many codings of an Accept-Encoding are looked at.
const maxEncodings = 16

// acceptsGzip evaluates Accept-Encoding (RFC 9110 section 12.5.3) for the one
// coding there is beside none. What "*" would allow is not used: a client that
// wants gzip says so.
func acceptsGzip(header string) bool {
	for range maxEncodings {
		var part string
		part, header, _ = strings.Cut(header, ",")
		coding, weight, weighted := strings.Cut(part, ";")
		if coding = strings.ToLower(strings.TrimSpace(coding)); coding == "gzip" || coding == "x-gzip" {
			return !weighted || positive(weight)
		}
		if header == "" {
			break
		}
	}
	return false
}

// positive reads q=0.5; what cannot be read is no.
func positive(weight string) bool {
	q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q=")
	value, err := strconv.ParseFloat(q, 64)
	return ok && err == nil && value > 0
}
