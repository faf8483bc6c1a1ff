package main

import (
	"context"
	"log/slog"
	"time"
)

// reissueDelay is how long after a full hour credentials are signed anew. What
// they say changes at the beginning of a civil day, which is a full hour, and a
// clock may be set back a little in between.
const reissueDelay = 2 * time.Second

// reissue signs credentials anew whose own end has come, and reminds holders of
// papers that end soon, at once and then after each full hour until the context
// ends. It runs beside the rest of the server:
// on New Year's Day there can be many, and status lists must not wait for them.
func (a *app) reissue(ctx context.Context, log *slog.Logger) {
	for {
		done, err := a.issuer.Reissue(ctx, a.now())
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			log.Error("credentials not signed anew", "signed", done.Signed, "failed", done.Failed, "error", err.Error())
		} else if done.Signed+done.Passed > 0 {
			log.Info("credentials signed anew", "signed", done.Signed, "passed", done.Passed)
		}
		a.remind(ctx, log)
		now := a.now()
		wait := time.NewTimer(nextReissue(now).Sub(now))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return
		}
	}
}

// nextReissue is the next moment for it after now.
func nextReissue(now time.Time) time.Time {
	return now.Add(-reissueDelay).Truncate(time.Hour).Add(time.Hour + reissueDelay)
}

func (a *app) remind(ctx context.Context, log *slog.Logger) {
	done, err := a.issuer.Remind(ctx, a.now())
	if err != nil && ctx.Err() == nil {
		log.Error("holders not reminded", "told", done.Told, "error", err.Error())
	} else if done.Told > 0 {
		log.Info("holders reminded of papers that end", "told", done.Told)
	}
}
