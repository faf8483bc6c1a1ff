package public

import (
	"cmp"
	"maps"
	"math"
	"slices"
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
	// Deadlines in the order of their ends.
	Deadlines []deadlineInfo `json:"deadlines"`
}

// checksAnswer says "ok" or what is wrong, in fixed words: the reasons are in
// the operator's log and not for everybody.
type checksAnswer struct {
	Store      string `json:"store"`
	SigningKey string `json:"signing_key"`
	TrustList  string `json:"trust_list"`
	// StatusLists does not take a replica out of traffic: presentations do not
	// need them.
	StatusLists string `json:"status_lists"`
}

type freshnessInfo struct {
	Version    int64  `json:"version"`
	NextUpdate string `json:"next_update"`
	// HoursLeft until next_update, rounded down; negative when it has passed.
	HoursLeft int64 `json:"hours_left"`
}

// deadlineInfo is one thing that ends by itself.
type deadlineInfo struct {
	What      string `json:"what"`
	Until     string `json:"until"`
	HoursLeft int64  `json:"hours_left"` // rounded down; negative when it has ended
}

// endings lists the deadlines, the next one first.
func (h handlers) endings(now time.Time) []deadlineInfo {
	all := h.Deadlines(now)
	names := slices.SortedFunc(maps.Keys(all), func(a, b string) int { return cmp.Or(all[a].Compare(all[b]), cmp.Compare(a, b)) })
	list := make([]deadlineInfo, len(names))
	for i, name := range names {
		list[i] = deadlineInfo{What: name, Until: all[name].UTC().Format(time.RFC3339), HoursLeft: hoursLeft(all[name], now)}
	}
	return list
}

func hoursLeft(until, now time.Time) int64 { return int64(math.Floor(until.Sub(now).Hours())) }

const ok = "ok"

// ready says whether this replica should get traffic: 200 or 503.
func (h handlers) ready(c *fiber.Ctx) error {
	now := h.Now()
	answer := readyAnswer{Status: "ready", Checks: checksAnswer{ok, ok, ok, ok}, Deadlines: h.endings(now)}
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
			HoursLeft: hoursLeft(list.NextUpdate, now)}
		if now.After(list.NextUpdate) {
			answer.Checks.TrustList = "outdated"
		}
	}
	if _, err := h.StatusLists.Aggregation(); err != nil {
		answer.Checks.StatusLists = "missing"
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if answer.Checks != (checksAnswer{ok, ok, ok, answer.Checks.StatusLists}) {
		answer.Status = "not_ready"
		c.Status(fiber.StatusServiceUnavailable)
	}
	return c.JSON(answer)
}
