package session

import (
	"context"
	"time"

	"github.com/giayto/giayto/wallet"
)

// Activation is a one-time code that enrols a device. The code is
// Locator + secret; only the hash of the secret is kept.
type Activation struct {
	Locator   string
	Hash      []byte // argon2id of the secret, salted with Salt
	Salt      []byte
	Owner     string // Citizen.ID
	Agency    string // who issued it
	CreatedAt time.Time
	ExpiresAt time.Time
	Tries     int       // attempts begun, right or wrong
	UsedAt    time.Time // zero while unused
}

// Session is an open session of a device. The token itself is not kept.
type Session struct {
	ID        string
	Hash      [32]byte // SHA-256 of the token
	Owner     string
	Device    string
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time // zero while open
}

// AgencyToken lets an agency's machine speak for the agency.
type AgencyToken struct {
	ID        string
	Hash      [32]byte // SHA-256 of the token
	Agency    string
	CreatedAt time.Time
	RevokedAt time.Time
}

// Store is what sessions need of storage.
type Store interface {
	// CitizenByNumber finds a citizen, or wallet.citizen_unknown.
	CitizenByNumber(ctx context.Context, number string) (wallet.Citizen, error)
	// PutActivation stores an activation; an older unused one of the same
	// citizen stops working. A locator that is already taken is a fault:
	// internal (the caller draws another).
	PutActivation(ctx context.Context, a Activation) error
	// BeginAttempt counts one attempt on a locator and returns the activation
	// with the new count, all in one transaction, so that no two attempts
	// share a count. Faults: activation.unknown, activation.used,
	// activation.expired (at now), activation.too_many_tries (count > maxTries).
	BeginAttempt(ctx context.Context, locator string, now time.Time, maxTries int) (Activation, error)
	// Enrol marks the activation used and stores device, session and event in
	// one transaction; a second use is a fault: activation.used.
	Enrol(ctx context.Context, locator string, at time.Time, d wallet.Device, s Session, e wallet.Event) error
	// SessionByHash finds a session, revoked ones too, or session.invalid.
	SessionByHash(ctx context.Context, hash [32]byte) (Session, error)
	// RevokeSession ends an open session of the owner; session.invalid if
	// there is none with that id.
	RevokeSession(ctx context.Context, owner, id string, at time.Time) error

	PutAgencyToken(ctx context.Context, t AgencyToken) error
	// AgencyTokenByHash finds an agency token, or session.agency_invalid.
	AgencyTokenByHash(ctx context.Context, hash [32]byte) (AgencyToken, error)
}
