package public

import (
	"math"
	"time"

	"github.com/gofiber/fiber/v2"
)

// alive says that the process answers, and nothing more: a supervisor that
// restarts on it must not do so because a disk is full.
func alive(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(fiber.Map{"status": "alive"})
}

type readyAnswer struct {
	Status    string         `json:"status"` // "ready" or "not_ready"
	Checks    checksAnswer   `json:"checks"`
	TrustList *freshnessInfo `json:"trust_list,omitempty"`
}

// checksAnswer says "ok" or what is wrong, in fixed words: the reasons are in
// the operator's log and not for everybody.
type checksAnswer struct {
	Store      string `json:"store"`
	SigningKey string `json:"signing_key"`
	TrustList  string `json:"trust_list"`
}

type freshnessInfo struct {
	Version    int64  `json:"version"`
	NextUpdate string `json:"next_update"`
	// HoursLeft until next_update, rounded down; negative when it has passed.
	HoursLeft int64 `json:"hours_left"`
}

const ok = "ok"

// ready says whether this replica should get traffic: 200 or 503.
func (h handlers) ready(c *fiber.Ctx) error {
	now := h.Now()
	answer := readyAnswer{Status: "ready", Checks: checksAnswer{ok, ok, ok}}
	if err := h.StoreReadable(c.UserContext()); err != nil {
		answer.Checks.Store = "unreadable"
	}
	if _, _, err := h.SigningKey.Disclosure(now); err != nil {
		answer.Checks.SigningKey = "missing"
	}
	if _, list := h.Trust.TrustList(); list == nil {
		answer.Checks.TrustList = "missing"
	} else {
		answer.TrustList = &freshnessInfo{Version: list.Version, NextUpdate: list.NextUpdate.UTC().Format(time.RFC3339),
			HoursLeft: int64(math.Floor(list.NextUpdate.Sub(now).Hours()))}
		if now.After(list.NextUpdate) {
			answer.Checks.TrustList = "outdated"
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if answer.Checks != (checksAnswer{ok, ok, ok}) {
		answer.Status = "not_ready"
		c.Status(fiber.StatusServiceUnavailable)
	}
	return c.JSON(answer)
}
