package agency

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// A credential is named by its id, which an import and find tell. Numbers of
// papers and persons stand in bodies only: paths end up in logs.

type findBody struct {
	Document string            `json:"document"`
	Record   map[string]string `json:"record"`
}

type credentialAnswer struct {
	Credential string `json:"credential"`
	Document   string `json:"document"`
	standingAnswer
	IssuedAt  string `json:"issued_at"`
	ExpiresAt string `json:"expires_at"`
}

// standingAnswer is what an agency has said, and what comes of it.
type standingAnswer struct {
	Status    string `json:"status"`
	Reason    string `json:"reason,omitempty"`
	Since     string `json:"since,omitempty"`
	Published string `json:"published"`
}

func standing(s wallet.Standing, published wallet.Status) standingAnswer {
	return standingAnswer{s.Status.String(), s.Reason, moment(s.Since), published.String()}
}

func (h handlers) find(c *fiber.Ctx) error {
	var body findBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	found, err := h.Issuing.Find(c.UserContext(), session.Agency(c), body.Document, body.Record)
	if err != nil {
		return err
	}
	answer := struct {
		Credentials []credentialAnswer `json:"credentials"`
	}{make([]credentialAnswer, len(found))}
	for i, f := range found {
		answer.Credentials[i] = credentialAnswer{f.ID, f.Document, standing(f.Standing, f.Published), moment(f.IssuedAt), moment(f.ExpiresAt)}
	}
	return c.JSON(answer)
}

type changeAnswer struct {
	Credential string `json:"credential"`
	Document   string `json:"document"`
	standingAnswer
	Changed bool `json:"changed"`
}

type reasonBody struct {
	Reason string `json:"reason"`
}

func (h handlers) suspend(c *fiber.Ctx) error { return change(c, &struct{}{}, h.Issuing.Suspend) }
func (h handlers) restore(c *fiber.Ctx) error { return change(c, &struct{}{}, h.Issuing.Restore) }

func (h handlers) withhold(c *fiber.Ctx) error { return changeFor(c, h.Issuing.Withhold) }
func (h handlers) revoke(c *fiber.Ctx) error   { return changeFor(c, h.Issuing.Revoke) }

// changeFor is a change that needs a reason.
func changeFor(c *fiber.Ctx, operation func(ctx context.Context, agency, credential, reason string) (issuer.Change, error)) error {
	var body reasonBody
	return change(c, &body, func(ctx context.Context, agency, credential string) (issuer.Change, error) {
		return operation(ctx, agency, credential, body.Reason)
	})
}

// change reads the body, runs one operation and tells its outcome.
func change(c *fiber.Ctx, body any, operation func(ctx context.Context, agency, credential string) (issuer.Change, error)) error {
	if err := request.JSON(c, body); err != nil {
		return err
	}
	made, err := operation(c.UserContext(), session.Agency(c), c.Params("id"))
	if err != nil {
		return err
	}
	return c.JSON(changeAnswer{made.Credential, made.Document, standing(made.Standing, made.Published), made.Changed})
}

type lockBody struct {
	PersonalNumber string            `json:"personal_administrative_number"`
	Reason         wallet.LockReason `json:"reason"`
}

type unlockBody struct {
	PersonalNumber string `json:"personal_administrative_number"`
}

type lockAnswer struct {
	Locked      bool              `json:"locked"`
	Reason      wallet.LockReason `json:"reason,omitempty"`
	Since       string            `json:"since,omitempty"`
	Credentials int               `json:"credentials"`
	Changed     bool              `json:"changed"`
}

func (h handlers) lock(c *fiber.Ctx) error {
	var body lockBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	made, err := h.Issuing.Lock(c.UserContext(), session.Agency(c), body.PersonalNumber, body.Reason)
	if err != nil {
		return err
	}
	return c.JSON(lockAnswer{true, made.Lock.Reason, moment(made.Lock.At), made.Credentials, made.Changed})
}

func (h handlers) unlock(c *fiber.Ctx) error {
	var body unlockBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	made, err := h.Issuing.Unlock(c.UserContext(), session.Agency(c), body.PersonalNumber)
	if err != nil {
		return err
	}
	return c.JSON(lockAnswer{false, made.Lock.Reason, moment(made.Lock.At), made.Credentials, made.Changed})
}

// moment writes a time as RFC 3339 in UTC, "" for the zero time.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
