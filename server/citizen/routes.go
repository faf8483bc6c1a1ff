package citizen

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// Sessions opens and ends sessions of devices.
type Sessions interface {
	session.Citizens
	SignIn(ctx context.Context, code, deviceName string) (token string, opened session.Session, err error)
	SignOut(ctx context.Context, open session.Session) error
}

// Papers shows what a citizen owns.
type Papers interface {
	List(ctx context.Context, owner string) ([]wallet.Paper, error)
	Get(ctx context.Context, owner, id string) (wallet.Content, error)
	Events(ctx context.Context, owner string, limit int) ([]wallet.Event, error)
}

// Sharing mints presentations and tells what was shared.
type Sharing interface {
	Share(ctx context.Context, r disclosure.Request) (disclosure.Presentation, error)
	Text(owner, id string) (string, error)
	History(ctx context.Context, owner, cursor string, limit int) (disclosure.Page, error)
}

// Inbox holds what a citizen is told.
type Inbox interface {
	List(ctx context.Context, owner string, before uint64, limit int) (wallet.Notices, error)
	Read(ctx context.Context, owner string, upTo uint64) (unread uint64, err error)
	// Follow admits a device that follows the inbox. run, which must be called,
	// gives each the notices behind the number after, nil for those from now on,
	// and an empty list now and then, until the context or the session ends or
	// each fails.
	Follow(ctx context.Context, owner, device, session string, after *uint64) (run func(ctx context.Context, each func([]wallet.Notice) error) error, err error)
}

// Targets says where messages to a device go.
type Targets interface {
	Register(ctx context.Context, owner, device, session, service, token string) error
	Unregister(ctx context.Context, owner, device string) error
}

// Deps is what the operations need. All members are required.
type Deps struct {
	Sessions Sessions
	Papers   Papers
	Sharing  Sharing
	Inbox    Inbox
	Targets  Targets
	// Streams ends when the server stops, and with it every stream.
	Streams context.Context
	// Guard runs what goes on after a request was answered, and keeps a panic in
	// it from ending the server.
	Guard func(f func())
	// SignInLimit runs before a sign-in and refuses when an address tries too
	// often.
	SignInLimit fiber.Handler
	// ShareLimit runs before sharing and refuses when a session asks too often.
	ShareLimit fiber.Handler
}

// Routes adds the operations to a router.
func Routes(r fiber.Router, d Deps) {
	h := handlers{d}
	signedIn := session.RequireCitizen(d.Sessions)
	r.Post("/v1/citizen/sessions", d.SignInLimit, h.signIn)
	r.Delete("/v1/citizen/sessions/current", signedIn, h.signOut)
	r.Get("/v1/citizen/credentials", signedIn, h.credentials)
	r.Get("/v1/citizen/credentials/:id", signedIn, h.credential)
	r.Post("/v1/citizen/presentations", signedIn, d.ShareLimit, h.share)
	r.Get("/v1/citizen/presentations/:id.svg", signedIn, h.svg)
	r.Get("/v1/citizen/presentations/:id.png", signedIn, h.png)
	r.Get("/v1/citizen/history", signedIn, h.history)
	r.Get("/v1/citizen/events", signedIn, h.events)
	r.Get("/v1/citizen/inbox", signedIn, h.inbox)
	r.Post("/v1/citizen/inbox/read", signedIn, h.read)
	r.Get("/v1/citizen/inbox/stream", signedIn, h.stream)
	r.Post("/v1/citizen/push-target", signedIn, h.registerTarget)
	r.Delete("/v1/citizen/push-target", signedIn, h.removeTarget)
}

type handlers struct{ Deps }

// moment writes a time as RFC 3339 in UTC, "" for the zero time.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
