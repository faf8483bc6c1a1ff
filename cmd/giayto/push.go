package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/giayto/giayto/push"
)

// tell brings events into the inboxes of their owners until the context ends.
func (a *app) tell(ctx context.Context, log *slog.Logger) {
	spreader := push.NewSpreader(a.store, nil, a.now, a.inbox.Tell)
	spreader.Run(ctx, a.committed, a.once(log, "events not told"))
}

// repeatAfter is how long the log is silent about a failure that goes on.
const repeatAfter = 10 * time.Minute

// once logs a failure that repeats itself every second only now and then.
func (a *app) once(log *slog.Logger, what string) func(error) {
	var told string
	var at time.Time
	return func(err error) {
		if now := a.now(); told != err.Error() || now.Sub(at) >= repeatAfter {
			told, at = err.Error(), now
			log.Error(what, "error", told)
		}
	}
}
