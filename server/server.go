package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto"
	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/server/agency"
	"github.com/giayto/giayto/server/citizen"
	"github.com/giayto/giayto/server/problem"
	"github.com/giayto/giayto/server/public"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/server/web"
)

// Sessions is what both audiences need of package session.
type Sessions interface {
	citizen.Sessions
	citizen.Passkeys
	citizen.Devices
	agency.Sessions
}

// Sharing is what both audiences need of package disclosure.
type Sharing interface {
	citizen.Sharing
	agency.Reports
}

// Trust is what both the interface and the pages publish.
type Trust interface {
	public.Trust
	web.Trust
}

// Deps is everything a Server works with. All members are required but
// TrustedProxies, Observe and Apps.
type Deps struct {
	Sessions Sessions
	Papers   citizen.Papers
	Sharing  Sharing
	Inbox    citizen.Inbox
	Targets  citizen.Targets
	Issuing  agency.Issuing

	Catalog     *catalog.Catalog
	Trust       Trust
	Issuers     public.Issuers
	StatusLists public.StatusLists
	SigningKey  public.SigningKey
	// StoreReadable reads something small from the store, for /readyz.
	StoreReadable func(ctx context.Context) error

	// Deadlines tells for each thing that ends by itself when that is, for
	// /readyz.
	Deadlines public.Deadlines
	// Observe is told of every request that has been answered, by the pattern
	// of its route; may be nil.
	Observe func(method, route string, status int, took time.Duration)

	// Origin is the public origin, such as https://vi.example, without a slash
	// at the end. With https, browsers are told to stay with it.
	Origin string
	// TrustedProxies are the addresses whose X-Forwarded-For is believed. Empty
	// when clients connect directly.
	TrustedProxies []netip.Prefix

	// Apps are the native apps that may use passkeys of this origin.
	Apps public.Apps

	Log *slog.Logger
	Now func() time.Time
}

// Server answers HTTP. Make one with New.
type Server struct {
	app        *fiber.App
	stop       context.CancelFunc // gives up what is under way
	endStreams context.CancelFunc

	mu       sync.Mutex
	listener net.Listener // of Serve
	ended    bool         // by Shutdown
}

// New puts the audiences together. The error names a member of Deps that is
// missing, or says why the catalogue or the pages cannot be published.
func New(d Deps) (*Server, error) {
	if err := d.complete(); err != nil {
		return nil, err
	}
	base, stop := context.WithCancel(context.Background())
	streams, endStreams := context.WithCancel(base)
	app := fiber.New(config(d.Log))
	limits(app.Server(), base, d.Sessions)
	methodsOnly(app)
	app.Use(prepare(base), accessLog(d.Log, d.Observe, d.Now), recovered(d.Log), headers(d.Origin))

	citizen.Routes(app, citizen.Deps{Sessions: d.Sessions, Passkeys: d.Sessions, Devices: d.Sessions, Papers: d.Papers, Sharing: d.Sharing,
		Inbox: d.Inbox, Targets: d.Targets, Streams: streams, Guard: guard(d.Log),
		SignInLimit:    addressLimit(session.NewLimiter[netip.Addr](d.Now, session.SignInBurst, session.SignInInterval), d.TrustedProxies),
		CeremonyLimit:  addressLimit(session.NewLimiter[netip.Addr](d.Now, session.CeremonyBurst, session.CeremonyInterval), d.TrustedProxies),
		CodeLockout:    codeLockout(session.NewBackoff[netip.Addr](d.Now, session.FreeFailures), d.TrustedProxies),
		PasskeyLockout: passkeyLockout(session.NewBackoff[netip.Addr](d.Now, session.FreeFailures), d.TrustedProxies),
		ShareLimit:     ownerLimit(session.NewLimiter[string](d.Now, session.ShareBurst, session.ShareInterval), "too many codes"),
		ExportLimit:    ownerLimit(session.NewLimiter[string](d.Now, session.ExportBurst, session.ExportInterval), "too many exports"),
		ChangeLimit:    sessionLimit(session.NewLimiter[string](d.Now, session.ChangeBurst, session.ChangeInterval), "too many changes in this session")})
	agency.Routes(app, agency.Deps{Sessions: d.Sessions, Issuing: d.Issuing, Reports: d.Sharing})
	err := public.Routes(app, public.Deps{Catalog: d.Catalog, Trust: d.Trust, Issuers: d.Issuers, StatusLists: d.StatusLists,
		SigningKey: d.SigningKey, Deadlines: d.Deadlines, StoreReadable: logged(d.Log, d.StoreReadable),
		OpenAPI: giayto.OpenAPI, Origin: d.Origin, Now: d.Now, Apps: d.Apps})
	err = errors.Join(err, web.Routes(app, web.Deps{Trust: d.Trust, Origin: d.Origin, Now: d.Now}))
	if err != nil {
		endStreams()
		stop()
		return nil, err
	}
	return &Server{app: app, stop: stop, endStreams: endStreams}, nil
}

// complete refuses to start with something missing, rather than to panic at the
// first request for it.
func (d Deps) complete() error {
	v := reflect.ValueOf(d)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name != "TrustedProxies" && name != "Observe" && name != "Apps" && v.Field(i).IsZero() {
			return fmt.Errorf("server: Deps.%s is missing", name)
		}
	}
	return nil
}

func config(log *slog.Logger) fiber.Config {
	return fiber.Config{
		AppName:               "giayto",
		DisableStartupMessage: true,
		ErrorHandler:          problem.Handler(log, requestID),
		// Strings taken from a request are copies: they outlive it in sessions,
		// entries and logs, while fasthttp uses its buffers again.
		Immutable:      true,
		CaseSensitive:  true,
		StrictRouting:  true,
		RequestMethods: methods,
		BodyLimit:      maxBody,
		// Nothing here takes a form, and parsing one would write files.
		DisablePreParseMultipartForm: true,
		Concurrency:                  maxConnections,
		ReadBufferSize:               maxHeader,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
	}
}

// logged tells the operator why the store cannot be read; whoever asks /readyz
// only learns that it cannot.
func logged(log *slog.Logger, readable func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := readable(ctx)
		if err != nil {
			log.LogAttrs(ctx, slog.LevelError, "the store cannot be read", slog.String("error", err.Error()))
		}
		return err
	}
}

// Serve answers connections of the listener until Shutdown; then the error is
// nil. It closes the listener.
func (s *Server) Serve(listener net.Listener) error {
	s.mu.Lock()
	s.listener = listener
	ended := s.ended
	s.mu.Unlock()
	if ended {
		return listener.Close()
	}
	err := s.app.Listener(listener)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && !s.ended {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// Shutdown takes no new connections, ends streams, and waits for the requests under way. When
// the context ends first, they are told to give up, and begin nothing more. It
// may come before or while Serve begins, which then returns at once.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.stop()
	s.endStreams()
	s.mu.Lock()
	s.ended = true
	if s.listener != nil {
		// The engine closes only a listener that it has begun to serve.
		_ = s.listener.Close()
	}
	s.mu.Unlock()
	err := s.app.ShutdownWithContext(ctx)
	switch {
	case errors.Is(err, net.ErrClosed):
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("server: requests were given up: %w", err)
	}
	return err
}

// Route is one operation: method and pattern in the form of OpenAPI, such as
// /v1/citizen/credentials/{id}.
type Route struct{ Method, Pattern string }

// Routes lists the operations, without HEAD, which every GET answers.
func (s *Server) Routes() []Route {
	var routes []Route
	for _, r := range s.app.GetRoutes(true) {
		route := Route{r.Method, template(r.Path)}
		if r.Method != fiber.MethodHead && !slices.Contains(routes, route) {
			routes = append(routes, route)
		}
	}
	return routes
}

// template writes the parameters of a pattern as OpenAPI does.
func template(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		name, ok := strings.CutPrefix(part, ":")
		if !ok {
			continue
		}
		name, suffix, dotted := strings.Cut(name, ".")
		parts[i] = "{" + name + "}"
		if dotted {
			parts[i] += "." + suffix
		}
	}
	return strings.Join(parts, "/")
}
