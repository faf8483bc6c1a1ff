package citizen

import (
	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// Limits of the lists.
const (
	defaultPage = 20
	// maxCursor bounds what is taken for a cursor, in bytes.
	maxCursor = 512
)

type entryAnswer struct {
	ID        string                `json:"id"`
	At        string                `json:"at"`
	ExpiresAt string                `json:"expires_at,omitempty"`
	Outcome   disclosure.Outcome    `json:"outcome"`
	Code      string                `json:"code,omitempty"`
	Purpose   string                `json:"purpose,omitempty"`
	Audience  string                `json:"audience,omitempty"`
	Challenge bool                  `json:"challenge"`
	Level     int                   `json:"level,omitempty"`
	Device    string                `json:"device"`
	Documents []entryDocumentAnswer `json:"documents"`
	Report    *reportAnswer         `json:"report,omitempty"`
}

type reportAnswer struct {
	Kind disclosure.ReportKind `json:"kind"`
	Note string                `json:"note,omitempty"`
	At   string                `json:"at"`
}

type entryDocumentAnswer struct {
	Document   string   `json:"document"`
	Credential string   `json:"credential"`
	Preset     string   `json:"preset,omitempty"`
	Claims     []string `json:"claims"`
}

type historyAnswer struct {
	Entries []entryAnswer `json:"entries"`
	Next    string        `json:"next,omitempty"`
}

func (h handlers) history(c *fiber.Ctx) error {
	q := request.ReadQuery(c, "cursor", "limit")
	cursor, limit := q.Text("cursor", maxCursor), q.Int("limit", disclosure.MaxHistoryPage, defaultPage)
	if err := q.Err(); err != nil {
		return err
	}
	page, err := h.Sharing.History(c.UserContext(), session.Citizen(c).Owner, cursor, limit)
	if err != nil {
		return err
	}
	answer := historyAnswer{Entries: make([]entryAnswer, len(page.Entries)), Next: page.Next}
	for i, e := range page.Entries {
		answer.Entries[i] = entry(e)
	}
	return c.JSON(answer)
}

func entry(e disclosure.Entry) entryAnswer {
	answer := entryAnswer{ID: e.ID, At: moment(e.At), ExpiresAt: moment(e.ExpiresAt), Outcome: e.Outcome, Code: e.Code,
		Purpose: e.Purpose, Audience: e.Audience, Challenge: e.Challenge, Level: e.Level, Device: e.Device,
		Documents: make([]entryDocumentAnswer, len(e.Documents))}
	for i, d := range e.Documents {
		claims := d.Claims
		if claims == nil {
			claims = []string{}
		}
		answer.Documents[i] = entryDocumentAnswer{Document: d.Document, Credential: d.Holding, Preset: d.Preset, Claims: claims}
	}
	if e.Reported != nil {
		answer.Report = reported(*e.Reported)
	}
	return answer
}

func reported(r disclosure.Report) *reportAnswer {
	return &reportAnswer{Kind: r.Kind, Note: r.Note, At: moment(r.At)}
}

// exportHistory answers with a file that says itself what it is and who signed it.
func (h handlers) exportHistory(c *fiber.Ctx) error {
	if err := request.ReadQuery(c).Err(); err != nil {
		return err
	}
	file, err := h.Sharing.Export(c.UserContext(), session.Citizen(c).Owner)
	if err != nil {
		return err
	}
	c.Attachment("giayto-history.json")
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(file)
}

type reportBody struct {
	Kind disclosure.ReportKind `json:"kind"`
	Note string                `json:"note"`
}

func (h handlers) reportEntry(c *fiber.Ctx) error {
	var body reportBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	open := session.Citizen(c)
	r, err := h.Sharing.Report(c.UserContext(), open.Owner, open.Device, c.Params("id"), body.Kind, body.Note)
	if err != nil {
		return err
	}
	return c.JSON(reported(r))
}

type eventAnswer struct {
	ID         string           `json:"id"`
	Kind       wallet.EventKind `json:"kind"`
	At         string           `json:"at"`
	Document   string           `json:"document,omitempty"`
	Credential string           `json:"credential,omitempty"`
	Device     string           `json:"device,omitempty"`
	Passkey    string           `json:"passkey,omitempty"`
	Code       string           `json:"code,omitempty"`
	// Presentation is the id of an entry of the history.
	Presentation string `json:"presentation,omitempty"`
}

func (h handlers) events(c *fiber.Ctx) error {
	q := request.ReadQuery(c, "limit")
	limit := q.Int("limit", wallet.MaxEvents, defaultPage)
	if err := q.Err(); err != nil {
		return err
	}
	events, err := h.Papers.Events(c.UserContext(), session.Citizen(c).Owner, limit)
	if err != nil {
		return err
	}
	answer := struct {
		Events []eventAnswer `json:"events"`
	}{make([]eventAnswer, len(events))}
	for i, e := range events {
		answer.Events[i] = event(e)
	}
	return c.JSON(answer)
}

func event(e wallet.Event) eventAnswer {
	return eventAnswer{ID: e.ID, Kind: e.Kind, At: moment(e.At), Document: e.Document, Credential: e.Holding,
		Device: e.Device, Passkey: e.Passkey, Code: e.Code, Presentation: e.Presentation}
}
