package public

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/server/representation"
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
	return representation.File{MediaType: mediaType, Cache: fmt.Sprintf("public, max-age=%d", d.MaxAge/time.Second),
		Body: d.Body, ETag: d.ETag, Gzip: d.Gzip, GzipETag: d.GzipETag}.Send(c)
}
