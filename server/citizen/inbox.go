package citizen

import (
	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

type noticeAnswer struct {
	Number uint64 `json:"number"`
	eventAnswer
	Read bool `json:"read"`
}

func notice(n wallet.Notice) noticeAnswer { return noticeAnswer{n.Number, event(n.Event), n.Read} }

func (h handlers) inbox(c *fiber.Ctx) error {
	q := request.ReadQuery(c, "before", "limit")
	before, limit := q.Int("before", request.MaxNumber, 0), q.Int("limit", wallet.MaxNotices, defaultPage)
	if err := q.Err(); err != nil {
		return err
	}
	page, err := h.Inbox.List(c.UserContext(), session.Citizen(c).Owner, uint64(before), limit)
	if err != nil {
		return err
	}
	answer := struct {
		Notices []noticeAnswer `json:"notices"`
		Unread  uint64         `json:"unread"`
		More    bool           `json:"more"`
	}{make([]noticeAnswer, len(page.List)), page.Unread, page.More}
	for i, n := range page.List {
		answer.Notices[i] = notice(n)
	}
	return c.JSON(answer)
}

type readBody struct {
	UpTo *int64 `json:"up_to"`
}

func (h handlers) read(c *fiber.Ctx) error {
	var body readBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	if body.UpTo == nil || *body.UpTo < 1 || *body.UpTo > request.MaxNumber {
		return fault.New(fault.CodeRequestMalformed, "expected the number of a notice").At("up_to")
	}
	unread, err := h.Inbox.Read(c.UserContext(), session.Citizen(c).Owner, uint64(*body.UpTo))
	if err != nil {
		return err
	}
	return c.JSON(struct {
		Unread uint64 `json:"unread"`
	}{unread})
}

type targetBody struct {
	Service string `json:"service"`
	Token   string `json:"token"`
}

func (h handlers) registerTarget(c *fiber.Ctx) error {
	var body targetBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	s := session.Citizen(c)
	if err := h.Targets.Register(c.UserContext(), s.Owner, s.Device, s.ID, body.Service, body.Token); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (h handlers) removeTarget(c *fiber.Ctx) error {
	s := session.Citizen(c)
	if err := h.Targets.Unregister(c.UserContext(), s.Owner, s.Device); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
