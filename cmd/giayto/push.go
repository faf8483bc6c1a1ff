package main

import (
	"context"
	"flag"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/push/fcm"
)

// fcmEndpoint moves the place where messages are posted, in a program that is
// linked with -ldflags "-X main.fcmEndpoint=http://127.0.0.1:9099/v1", which
// only the drills of this package do. A released program speaks to Google.
var fcmEndpoint string

// pushConfig says how messages are sent.
type pushConfig struct {
	// account is the file of a service account of Firebase; "" for none.
	account string
}

func (c *pushConfig) flags(f *flag.FlagSet) {
	f.StringVar(&c.account, "fcm-account", env("FCM_ACCOUNT", ""), "`FILE` of the Firebase service account that messages to phones are sent with; none are without it (GIAYTO_FCM_ACCOUNT)")
}

// senders opens the services that messages are sent through.
func (c *pushConfig) senders(ctx context.Context) (map[string]push.Sender, error) {
	if c.account == "" {
		return nil, nil
	}
	account, err := fcm.ReadAccount(c.account)
	if err != nil {
		return nil, err
	}
	sender, err := fcm.New(ctx, fcm.Config{Account: account, Now: now, Endpoint: fcmEndpoint})
	if err != nil {
		return nil, err
	}
	return map[string]push.Sender{fcm.Service: sender}, nil
}

// services that devices may register with.
func (c *pushConfig) services() []string {
	if c.account == "" {
		return nil
	}
	return []string{fcm.Service}
}

// tell brings events into the inboxes of their owners, and messages to their
// devices, until the context ends.
func (a *app) tell(ctx context.Context, c pushConfig, senders map[string]push.Sender, observe func(service, result string), log *slog.Logger) {
	var tellers sync.WaitGroup
	wake, woken := push.Wake()
	spreader := push.NewSpreader(a.store, c.services(), a.now, func(owner string) {
		a.inbox.Tell(owner)
		wake()
	})
	tellers.Go(func() { spreader.Run(ctx, a.committed, a.once(log, "events not told")) })
	if len(senders) > 0 {
		tellers.Go(func() { deliverer(a.store, senders, observe, log).Run(ctx, woken, a.once(log, "messages not sent")) })
	}
	tellers.Wait()
}

func deliverer(queue push.Queue, senders map[string]push.Sender, observe func(service, result string), log *slog.Logger) *push.Deliverer {
	return push.NewDeliverer(push.DelivererConfig{Queue: queue, Senders: senders, Now: now, Random: rand.Float64, Log: log, Observe: observe})
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
