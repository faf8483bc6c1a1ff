package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/push/fcm"
	"github.com/giayto/giayto/push/remote"
)

// fcmEndpoint moves the place where messages are posted, in a program that is
// linked with -ldflags "-X main.fcmEndpoint=http://127.0.0.1:9099/v1", which
// only the drills of this package do. A released program speaks to Google.
var fcmEndpoint string

// pushConfig says how messages are sent.
type pushConfig struct {
	// account is the file of a service account of Firebase; "" for none.
	account string
	// socket is where a process of its own takes messages; "" for nowhere.
	socket string
}

// serverFlags declares both ways of sending; a server has one of them.
func (c *pushConfig) serverFlags(f *flag.FlagSet) {
	c.flags(f)
	f.StringVar(&c.socket, "push-socket", env("PUSH_SOCKET", ""), "`PATH` of a Unix socket at which giayto push takes messages, in place of --fcm-account (GIAYTO_PUSH_SOCKET)")
}

// check refuses two ways at once: both would send everything.
func (c *pushConfig) check() error {
	if c.account != "" && c.socket != "" {
		return errors.New("give --fcm-account or --push-socket: either this process sends messages to phones, or giayto push does")
	}
	return nil
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
	if c.account == "" && c.socket == "" {
		return nil
	}
	return []string{fcm.Service}
}

// listen opens the socket for a process of its own; nil if there is to be none.
func (c *pushConfig) listen() (net.Listener, error) {
	if c.socket == "" {
		return nil, nil
	}
	return remote.Listen(c.socket)
}

// tellers are those who send messages: senders here, or a process at the other
// end of a socket. Both are nil where nobody does.
type tellers struct {
	senders map[string]push.Sender
	outside net.Listener
}

func (t tellers) close() error {
	if t.outside == nil {
		return nil
	}
	return t.outside.Close()
}

// tell brings events into the inboxes of their owners, and messages to their
// devices, until the context ends.
func (a *app) tell(ctx context.Context, services []string, t tellers, observe func(service, result string), log *slog.Logger) {
	var busy sync.WaitGroup
	wake, woken := push.Wake()
	spreader := push.NewSpreader(a.store, services, a.now, func(owner string) {
		a.inbox.Tell(owner)
		wake()
	})
	busy.Go(func() { spreader.Run(ctx, a.committed, once(log, "events not told")) })
	if len(t.senders) > 0 {
		busy.Go(func() { deliverer(a.store, t.senders, observe, log).Run(ctx, woken, once(log, "messages not sent")) })
	}
	if t.outside != nil {
		busy.Go(func() { a.hand(ctx, t.outside, observe, log) })
	}
	busy.Wait()
}

// hand gives messages to a process of its own until the context ends.
func (a *app) hand(ctx context.Context, listener net.Listener, observe func(service, result string), log *slog.Logger) {
	queue := remote.NewServer(a.store, observe)
	ended := make(chan error, 1)
	go func() { ended <- queue.Serve(listener) }()
	log.Info("messages are taken at a socket", "path", listener.Addr().String())
	select {
	case err := <-ended:
		log.Error("messages are not taken any more", "error", err.Error())
		return
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	_ = queue.Shutdown(grace)
	<-ended
}

func deliverer(queue push.Queue, senders map[string]push.Sender, observe func(service, result string), log *slog.Logger) *push.Deliverer {
	return push.NewDeliverer(push.DelivererConfig{Queue: queue, Senders: senders, Now: now, Random: rand.Float64, Log: log, Observe: observe})
}

// repeatAfter is how long the log is silent about a failure that goes on.
const repeatAfter = 10 * time.Minute

// once logs a failure that repeats itself every second only now and then.
func once(log *slog.Logger, what string) func(error) {
	var told string
	var at time.Time
	return func(err error) {
		if now := now(); told != err.Error() || now.Sub(at) >= repeatAfter {
			told, at = err.Error(), now
			log.Error(what, "error", told)
		}
	}
}
