package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server"
	"github.com/giayto/giayto/server/admin"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

const (
	// shutdownGrace is how long open requests may take to end.
	shutdownGrace = 10 * time.Second
	// renewEvery is how often the server looks whether a new trust list or key
	// is due, followEvery how often whether a command has changed something.
	renewEvery  = time.Hour
	followEvery = 2 * time.Second
)

// serve runs the server until the context ends.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var c config
	if err := c.environment(); err != nil {
		return exitFailed, err
	}
	f := c.flags("serve", stderr)
	c.serverFlags(f)
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if f.NArg() > 0 {
		return exitFailed, fmt.Errorf("unexpected %q", f.Arg(0))
	}
	if c.listen == "" {
		// The system would take that for every address of the machine.
		return exitFailed, errors.New("--listen is empty: give HOST:PORT (GIAYTO_LISTEN)")
	}
	if err := c.finish(); err != nil {
		return exitFailed, err
	}
	if err := c.push.check(); err != nil {
		return exitFailed, err
	}
	senders, err := c.push.senders(ctx)
	if err != nil {
		return exitFailed, err
	}
	// Listen first: a taken port is told before anything is written, and with
	// port 0 the origin is known only now.
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return exitFailed, err
	}
	c.listening(listener.Addr().String())
	operator, err := c.listenAdmin()
	if err != nil {
		return exitFailed, errors.Join(err, listener.Close())
	}
	a, err := open(c)
	if err != nil {
		return exitFailed, errors.Join(err, listener.Close(), operator.Close())
	}
	// Only now: the data folder is ours, so whoever had the socket has ended.
	outside, err := c.push.listen()
	if err != nil {
		return exitFailed, errors.Join(err, listener.Close(), operator.Close(), a.close())
	}
	c.origin = a.publisher.Origin()
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	err = a.serve(ctx, c, tellers{senders, outside}, listener, operator, log, stdout)
	if err := errors.Join(err, a.close()); err != nil {
		return exitFailed, err
	}
	return exitOK, nil
}

// serve answers on the listener until the context ends, then lets open requests
// finish.
func (a *app) serve(ctx context.Context, c config, t tellers, listener net.Listener, operator operatorListener, log *slog.Logger, stdout io.Writer) error {
	metrics := admin.New(a.deadlines, a.now)
	metrics.WatchQueue(a.queue, a.now)
	srv, err := server.New(server.Deps{
		Sessions: a.sessions, Papers: wallet.NewPapers(a.store, a.catalog, a.now), Sharing: a.disclosure,
		Inbox: a.inbox, Targets: a.targets, Issuing: a.issuer,
		Catalog: a.catalog, Trust: a.publisher, Issuers: a.publisher, StatusLists: a.status, SigningKey: a.publisher, Deadlines: a.deadlines,
		Observe: metrics.Observe, StoreReadable: a.storeReadable,
		Origin: c.origin, TrustedProxies: c.proxies, Apps: c.passkeys.apps, Log: log, Now: a.now,
	})
	if err != nil {
		return errors.Join(err, listener.Close(), operator.Close(), t.close())
	}
	if err := a.begin(ctx, c, log, stdout); err != nil {
		return errors.Join(err, listener.Close(), operator.Close(), t.close())
	}
	stopMetrics := operator.serve(metrics, log)
	defer stopMetrics()
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(listener) }()
	log.Info("listening", "addr", listener.Addr().String(), "origin", c.origin)
	a.warn(log)
	upkeep, stop := context.WithCancel(ctx)
	var kept sync.WaitGroup
	kept.Go(func() { a.upkeep(upkeep, log) })
	kept.Go(func() { a.reissue(upkeep, log) })
	kept.Go(func() { a.tell(upkeep, c.push.services(), t, metrics.Pushed, log) })
	defer kept.Wait()
	defer stop()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	// The context that ended cannot bound the end itself.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	err = srv.Shutdown(grace)
	return errors.Join(err, <-ended)
}

// queue tells how deliveries stand.
func (a *app) queue(ctx context.Context) (admin.QueueState, error) {
	state, err := a.store.PushState(ctx)
	return admin.QueueState(state), err
}

// storeReadable reads something small.
func (a *app) storeReadable(ctx context.Context) error {
	_, err := a.store.CitizenByNumber(ctx, "")
	if fault.Is(err, fault.CodeCitizenUnknown) {
		return nil
	}
	return err
}

// begin makes ready what the first request may ask for. A server that cannot
// say what has been revoked does not start.
func (a *app) begin(ctx context.Context, c config, log *slog.Logger, stdout io.Writer) error {
	if c.dev {
		if err := a.loadDemo(ctx, stdout); err != nil {
			return err
		}
	}
	if err := a.status.Load(ctx); err != nil {
		return err
	}
	if err := a.status.Refresh(ctx); err != nil {
		// What is known is whole, and cannot be signed now: nothing is published
		// as long as that lasts, and nothing minted without a key either.
		log.Error("status lists not published", "error", err.Error())
	}
	if c.dev {
		return a.welcome(ctx, c, stdout)
	}
	return nil
}

// loadDemo loads the demo registers into an empty store.
func (a *app) loadDemo(ctx context.Context, stdout io.Writer) error {
	_, err := a.store.CitizenByNumber(ctx, demo.Star())
	if !fault.Is(err, fault.CodeCitizenUnknown) {
		return err
	}
	sum, err := a.seed(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Demo registers loaded: %s\n\n", sum)
	return nil
}

// welcome prints how to begin.
func (a *app) welcome(ctx context.Context, c config, stdout io.Writer) error {
	root, err := a.rootAgency()
	if err != nil {
		return err
	}
	code, until, err := a.sessions.IssueActivation(ctx, root.ID, demo.Star())
	if err == nil {
		err = a.sessions.ConfirmInPerson(ctx, root.ID, demo.Star(), session.Reference(code))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Giayto is running at %s (demo data, clearly fictional people)\n", c.origin)
	fmt.Fprintf(stdout, "Activation code of the demo citizen, once, until %s:\n\n  %s\n\n", until.Local().Format("2006-01-02 15:04"), code)
	fmt.Fprintf(stdout, "Checkers work from %[1]s/v1/public/trust-list and %[2]s/root.jwk.\n", c.origin, c.data)
	for _, agency := range a.catalog.Agencies() {
		token, err := a.sessions.NewAgencyToken(ctx, agency.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "Token of agency %-5s %s\n", agency.ID+":", token)
	}
	fmt.Fprintln(stdout, "\nREADME.md goes on from here. Ctrl-C stops the server.")
	return nil
}

// rootAgency is the agency behind the root document.
func (a *app) rootAgency() (catalog.Agency, error) {
	for _, d := range a.catalog.Documents() {
		if d.Anchor == "" {
			return d.Agency, nil
		}
	}
	return catalog.Agency{}, errors.New("the catalogue has no root document")
}

// agencyToken makes and prints a token for an agency's machine.
func agencyToken(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var c config
	var agency string
	f := c.flags("agency-token", stderr)
	f.StringVar(&agency, "agency", "", "`ID` of the agency")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if agency == "" || f.NArg() > 0 {
		return exitFailed, errors.New("give --agency ID")
	}
	if err := c.finish(); err != nil {
		return exitFailed, err
	}
	a, err := open(c)
	if err != nil {
		return exitFailed, err
	}
	token, err := a.sessions.NewAgencyToken(ctx, agency)
	if err := errors.Join(err, a.close()); err != nil {
		return exitFailed, err
	}
	fmt.Fprintln(stdout, token)
	return exitOK, nil
}
