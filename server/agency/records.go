package agency

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

type recordsAnswer struct {
	DryRun  bool           `json:"dry_run"`
	Summary summaryAnswer  `json:"summary"`
	Results []resultAnswer `json:"results"`
}

type summaryAnswer struct {
	Lines     int `json:"lines"`
	Issued    int `json:"issued"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Rejected  int `json:"rejected"`
	Warnings  int `json:"warnings"`
}

type resultAnswer struct {
	Line       int             `json:"line"`
	Status     issuer.Status   `json:"status"`
	Document   string          `json:"document,omitempty"`
	Credential string          `json:"credential,omitempty"`
	State      wallet.Status   `json:"state,omitempty"`
	Code       string          `json:"code,omitempty"`
	Message    string          `json:"message,omitempty"`
	Problems   []problemAnswer `json:"problems,omitempty"`
	Warnings   []problemAnswer `json:"warnings,omitempty"`
}

type problemAnswer struct {
	Field string `json:"field,omitempty"`
	Code  string `json:"code"`
}

// records answers with one document: an export is small enough for one request,
// and a client that has the status has the whole outcome. When storage fails
// half-way the answer is that fault alone; the export is then sent again, which
// changes nothing that had been kept.
func (h handlers) records(c *fiber.Ctx) error {
	q := request.ReadQuery(c, "dry_run")
	dryRun := q.Bool("dry_run")
	if err := q.Err(); err != nil {
		return err
	}
	export, err := request.Export(c)
	if err != nil {
		return err
	}
	answer := recordsAnswer{DryRun: dryRun, Results: []resultAnswer{}}
	sum, err := h.Issuing.Import(c.UserContext(), session.Agency(c), bytes.NewReader(export), issuer.ImportOptions{
		DryRun: dryRun, MaxBytes: request.MaxInflated + 1,
		Each: func(o issuer.Outcome) { answer.Results = append(answer.Results, result(o)) },
	})
	if err != nil {
		return err
	}
	answer.Summary = summaryAnswer(sum)
	return c.JSON(answer)
}

func result(o issuer.Outcome) resultAnswer {
	return resultAnswer{Line: o.Line, Status: o.Status, Document: o.Document, Credential: o.Credential, State: o.State, Code: o.Code,
		Message: o.Message, Problems: problems(o.Problems), Warnings: problems(o.Warnings)}
}

func problems(list []issuer.Problem) []problemAnswer {
	var answer []problemAnswer
	for _, p := range list {
		answer = append(answer, problemAnswer(p))
	}
	return answer
}
