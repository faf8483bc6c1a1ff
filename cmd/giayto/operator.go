package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/server/admin"
	"github.com/giayto/giayto/verifier"
)

// operatorListener is the listener for metrics; empty when none was asked for.
type operatorListener struct{ net.Listener }

// listenAdmin takes the operator's port before anything is written.
func (c *config) listenAdmin() (operatorListener, error) {
	if c.admin == "" {
		return operatorListener{}, nil
	}
	l, err := net.Listen("tcp", c.admin)
	return operatorListener{l}, err
}

// Close gives the port back.
func (o operatorListener) Close() error {
	if o.Listener == nil {
		return nil
	}
	return o.Listener.Close()
}

// serve answers scrapes until stop is called. Its failure is logged and does
// not stop the server: citizens come before metrics.
func (o operatorListener) serve(metrics *admin.Server, log *slog.Logger) (stop func()) {
	if o.Listener == nil {
		return func() {}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := metrics.Serve(o.Listener); err != nil {
			log.Error("metrics are not told any more", "error", err.Error())
		}
	}()
	log.Info("metrics", "addr", o.Addr().String())
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
		defer cancel()
		_ = metrics.Shutdown(ctx)
		<-ended
	}
}

// deadlines tells what of this deployment ends by itself, and when.
func (a *app) deadlines(now time.Time) map[string]time.Time {
	all := map[string]time.Time{}
	for _, d := range a.publisher.Deadlines(now) {
		all[d.What] = d.Until
	}
	// What cannot be signed at all has no hours left, rather than no line: an
	// alarm on few hours must see it.
	for _, p := range a.publisher.Problems(now) {
		if _, told := all[p.What]; !told {
			all[p.What] = now
		}
	}
	for _, l := range a.status.Freshness() {
		all[fmt.Sprintf("status-list/%s/%d", l.Agency, l.Number)] = l.ExpiresAt
	}
	return all
}

// warnBefore is how long before an end the log begins to tell of it.
const warnBefore = 5 * 24 * time.Hour

// warn tells the log what has ended, so that something cannot be signed, and
// what will end soon.
func (a *app) warn(log *slog.Logger) {
	now := a.now()
	for _, p := range a.publisher.Problems(now) {
		log.Error("cannot sign: something has ended or is missing", "what", p.What, "purpose", string(p.Purpose), "problem", p.Text)
	}
	for _, d := range a.publisher.Deadlines(now) {
		if left := d.Left(now); left > 0 && left < warnBefore {
			log.Warn("something ends soon", "what", d.What, "until", d.Until.UTC().Format(time.RFC3339), "hours_left", int64(left.Hours()))
		}
	}
}

// cannotIssue tells whoever is about to load a register why nothing of the
// agency can be signed.
func (a *app) cannotIssue(w io.Writer, agency string) {
	for _, p := range a.publisher.Problems(a.now()) {
		if p.Purpose == "" || p.Purpose == keys.CredentialPurpose(agency) || p.Purpose == keys.PurposeCertificate || p.Purpose == verifier.PurposeStatus {
			fmt.Fprintf(w, "cannot sign: %s\n", p.Text)
		}
	}
}

// follow takes up what a command has changed beside this process: states of
// keys, or a list from the machine of the root. A damaged file changes nothing.
func (a *app) follow() error {
	changed, err := a.ring.Reload()
	if err != nil {
		return err
	}
	if changed {
		return a.renew()
	}
	return a.publisher.Refresh(a.now())
}

// upkeep does what is due until the context ends: it follows changes, renews
// keys and lists, and tells of ends. SIGHUP asks for it at once.
func (a *app) upkeep(ctx context.Context, log *slog.Logger) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	follow, renew, publish := time.NewTicker(followEvery), time.NewTicker(renewEvery), time.NewTicker(status.RefreshEvery)
	defer follow.Stop()
	defer renew.Stop()
	defer publish.Stop()
	told := ""
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-follow.C:
			err = a.follow()
		case <-hangup:
			err = a.follow()
		case <-renew.C:
			err = a.renew()
			a.warn(log)
		case <-publish.C:
			if err := a.status.Refresh(ctx); err != nil {
				log.Error("status lists not published anew", "error", err.Error())
			}
			continue
		}
		if err == nil {
			told = ""
		} else if told != err.Error() { // once, not every few seconds
			told = err.Error()
			log.Error("keys or trust list not renewed", "error", told)
		}
	}
}
