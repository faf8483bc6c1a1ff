package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/giayto/giayto/server/admin"
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
func (a *app) deadlines(time.Time) map[string]time.Time {
	all := map[string]time.Time{}
	if _, list := a.publisher.TrustList(); list != nil {
		all["trust-list"] = list.NextUpdate
	}
	for _, e := range a.ring.Entries() {
		all["key/"+string(e.Purpose)+"/"+e.Key.Thumbprint[:8]] = e.NotAfter
	}
	for _, l := range a.status.Freshness() {
		all[fmt.Sprintf("status-list/%s/%d", l.Agency, l.Number)] = l.ExpiresAt
	}
	return all
}
