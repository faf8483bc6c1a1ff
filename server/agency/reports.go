package agency

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
)

const defaultReports = 20

type reportAnswer struct {
	Number     uint64                 `json:"number"`
	Entry      string                 `json:"entry"`
	Kind       disclosure.ReportKind  `json:"kind"`
	Note       string                 `json:"note,omitempty"`
	ReportedAt string                 `json:"reported_at"`
	SharedAt   string                 `json:"shared_at"`
	Outcome    disclosure.Outcome     `json:"outcome"`
	Documents  []reportDocumentAnswer `json:"documents"`
}

type reportDocumentAnswer struct {
	Document   string   `json:"document"`
	Credential string   `json:"credential"`
	Claims     []string `json:"claims"`
}

// reports lists what citizens have reported of this agency's papers.
func (h handlers) reports(c *fiber.Ctx) error {
	q := request.ReadQuery(c, "after", "limit")
	after := uint64(0)
	if n := q.Number("after"); n != nil {
		after = *n
	}
	limit := q.Int("limit", disclosure.MaxReportsPage, defaultReports)
	if err := q.Err(); err != nil {
		return err
	}
	found, err := h.Reports.Reports(c.UserContext(), session.Agency(c), after, limit)
	if err != nil {
		return err
	}
	answer := struct {
		Reports []reportAnswer `json:"reports"`
	}{make([]reportAnswer, len(found))}
	for i, r := range found {
		one := reportAnswer{Number: r.Number, Entry: r.Report.Entry, Kind: r.Report.Kind, Note: r.Report.Note,
			ReportedAt: r.Report.At.UTC().Format(time.RFC3339), SharedAt: r.SharedAt.UTC().Format(time.RFC3339), Outcome: r.Outcome,
			Documents: make([]reportDocumentAnswer, len(r.Documents))}
		for j, d := range r.Documents {
			one.Documents[j] = reportDocumentAnswer{Document: d.Document, Credential: d.Holding, Claims: append([]string{}, d.Claims...)}
		}
		answer.Reports[i] = one
	}
	return c.JSON(answer)
}
