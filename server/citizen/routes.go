package citizen

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// Sessions opens and ends sessions of devices.
type Sessions interface {
	session.Citizens
	SignIn(ctx context.Context, code string, o session.Opening) (token string, opened session.Session, err error)
	SignOut(ctx context.Context, open session.Session) error
	Sessions(ctx context.Context, owner string) ([]session.Session, error)
	EndSession(ctx context.Context, open session.Session, id string) error
	EndOtherSessions(ctx context.Context, keep session.Session) (ended int, err error)
	MayExport(open session.Session) bool
	Rotate(ctx context.Context, open session.Session, former string) (token string, rotated session.Session, err error)
}

// Passkeys registers passkeys and lets citizens in with them.
type Passkeys interface {
	BeginSignIn(ctx context.Context) (options json.RawMessage, err error)
	SignInPasskey(ctx context.Context, answer []byte, o session.Opening) (token string, opened session.Session, err error)
	BeginReauthentication(ctx context.Context, open session.Session) (options json.RawMessage, err error)
	Reauthenticate(ctx context.Context, open session.Session, former string, answer []byte) (token string, renewed session.Session, err error)
	BeginRegistration(ctx context.Context, open session.Session) (options json.RawMessage, err error)
	Register(ctx context.Context, open session.Session, answer []byte, name string) (session.Passkey, error)
	Passkeys(ctx context.Context, owner string) ([]session.Passkey, error)
	RenamePasskey(ctx context.Context, owner, id, name string) (session.Passkey, error)
	RemovePasskey(ctx context.Context, open session.Session, id string) error
	BeginConfirmation(ctx context.Context, open session.Session, subject [session.SubjectSize]byte) (options json.RawMessage, err error)
	Confirm(ctx context.Context, open session.Session, answer []byte) (subject [session.SubjectSize]byte, level int, err error)
}

// Devices tells and changes what belongs to a citizen, and stops it when it is
// lost.
type Devices interface {
	Devices(ctx context.Context, owner string) ([]wallet.Device, error)
	RenameDevice(ctx context.Context, owner, id, name string) (wallet.Device, error)
	FreezeDevice(ctx context.Context, open session.Session, id string) (d wallet.Device, left []string, err error)
	UnfreezeDevice(ctx context.Context, open session.Session, id string) (wallet.Device, error)
	RemoveDevice(ctx context.Context, open session.Session, id string) error
	LoseDevice(ctx context.Context, open session.Session, id string) (left []string, err error)
	BeginDeviceKey(ctx context.Context, open session.Session) (challenge []byte, err error)
	BindDeviceKey(ctx context.Context, open session.Session, challenge, point, signature []byte) (wallet.Device, error)
	NewRecovery(ctx context.Context, open session.Session) (code string, err error)
	ReportLost(ctx context.Context, code string) error
	Reissue(ctx context.Context, open session.Session) (signed int, err error)
}

// Papers shows what a citizen owns.
type Papers interface {
	List(ctx context.Context, owner string) ([]wallet.Paper, error)
	Get(ctx context.Context, owner, id string) (wallet.Content, error)
	Events(ctx context.Context, owner string, limit int) ([]wallet.Event, error)
}

// Sharing mints presentations and tells what was shared.
type Sharing interface {
	Need(ctx context.Context, r disclosure.Request) (disclosure.Need, error)
	Share(ctx context.Context, r disclosure.Request) (disclosure.Presentation, error)
	Text(owner, session, id string) (string, error)
	History(ctx context.Context, owner, cursor string, limit int) (disclosure.Page, error)
	Export(ctx context.Context, owner string) ([]byte, error)
	Report(ctx context.Context, owner, device, entry string, kind disclosure.ReportKind, note string) (disclosure.Report, error)
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
	Passkeys Passkeys
	Devices  Devices
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
	// CeremonyLimit runs before anybody gets a challenge to sign in with, which is
	// kept; it is wide, and nobody's passkey is refused for it.
	CeremonyLimit fiber.Handler
	// CodeLockout and PasskeyLockout run around what proves who somebody is, and
	// turn an address away that goes on failing; never a right passkey.
	CodeLockout, PasskeyLockout fiber.Handler
	// ShareLimit runs before sharing and refuses when a citizen asks too often.
	ShareLimit fiber.Handler
	// ExportLimit runs before the whole history of a citizen is read and signed.
	ExportLimit fiber.Handler
	// ChangeLimit runs before what a session may write again and again.
	ChangeLimit fiber.Handler
}

// Routes adds the operations to a router.
func Routes(r fiber.Router, d Deps) {
	h := handlers{d}
	signedIn := session.RequireCitizen(d.Sessions)
	r.Post("/v1/citizen/sessions", d.SignInLimit, d.CodeLockout, h.signIn)
	r.Get("/v1/citizen/sessions", signedIn, h.sessions)
	r.Get("/v1/citizen/sessions/current", signedIn, h.currentSession)
	r.Post("/v1/citizen/sessions/current/rotate", signedIn, d.ChangeLimit, h.rotate)
	r.Delete("/v1/citizen/sessions/current", signedIn, h.signOut)
	r.Delete("/v1/citizen/sessions/others", signedIn, h.endOtherSessions)
	r.Delete("/v1/citizen/sessions/:id", signedIn, h.endSession)
	r.Post("/v1/citizen/sessions/passkey/options", d.CeremonyLimit, h.beginSignIn)
	r.Post("/v1/citizen/sessions/passkey", d.PasskeyLockout, h.signInPasskey)
	r.Post("/v1/citizen/sessions/current/reauthentication/options", signedIn, d.ChangeLimit, h.beginReauthentication)
	r.Post("/v1/citizen/sessions/current/reauthentication", signedIn, h.reauthenticate)
	r.Post("/v1/citizen/passkeys/options", signedIn, d.ChangeLimit, h.beginRegistration)
	r.Post("/v1/citizen/passkeys", signedIn, h.register)
	r.Get("/v1/citizen/passkeys", signedIn, h.passkeys)
	r.Post("/v1/citizen/passkeys/:id/rename", signedIn, d.ChangeLimit, h.renamePasskey)
	r.Delete("/v1/citizen/passkeys/:id", signedIn, h.removePasskey)
	r.Get("/v1/citizen/devices", signedIn, h.devices)
	r.Post("/v1/citizen/devices/current/key/options", signedIn, d.ChangeLimit, h.beginDeviceKey)
	r.Post("/v1/citizen/devices/current/key", signedIn, h.bindDeviceKey)
	r.Post("/v1/citizen/devices/:id/rename", signedIn, d.ChangeLimit, h.renameDevice)
	r.Post("/v1/citizen/devices/:id/freeze", signedIn, h.freezeDevice)
	r.Post("/v1/citizen/devices/:id/unfreeze", signedIn, d.ChangeLimit, h.unfreezeDevice)
	r.Post("/v1/citizen/devices/:id/lost", signedIn, h.loseDevice)
	r.Delete("/v1/citizen/devices/:id", signedIn, h.removeDevice)
	r.Post("/v1/citizen/recovery-code", signedIn, d.ChangeLimit, h.newRecovery)
	r.Post("/v1/citizen/lost-phone", d.SignInLimit, d.CodeLockout, h.reportLost)
	r.Post("/v1/citizen/reissue", signedIn, d.ChangeLimit, h.reissue)
	r.Get("/v1/citizen/credentials", signedIn, h.credentials)
	r.Get("/v1/citizen/credentials/:id", signedIn, h.credential)
	r.Post("/v1/citizen/presentations/options", signedIn, d.ShareLimit, h.confirmable)
	r.Post("/v1/citizen/presentations", signedIn, d.ShareLimit, h.share)
	r.Get("/v1/citizen/presentations/:id.svg", signedIn, h.svg)
	r.Get("/v1/citizen/presentations/:id.png", signedIn, h.png)
	r.Get("/v1/citizen/history", signedIn, h.history)
	r.Get("/v1/citizen/history/export", signedIn, d.ExportLimit, h.exportHistory)
	r.Post("/v1/citizen/history/:id/report", signedIn, d.ChangeLimit, h.reportEntry)
	r.Get("/v1/citizen/events", signedIn, h.events)
	r.Get("/v1/citizen/inbox", signedIn, h.inbox)
	r.Post("/v1/citizen/inbox/read", signedIn, d.ChangeLimit, h.read)
	r.Get("/v1/citizen/inbox/stream", signedIn, h.stream)
	r.Post("/v1/citizen/push-target", signedIn, d.ChangeLimit, h.registerTarget)
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
