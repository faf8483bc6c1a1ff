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

	// InPersonAt is when an agency confirmed that it had checked the citizen in
	// person, InPersonBy which agency. Zero and empty if none did.
	InPersonAt time.Time
	InPersonBy string
}

// Enrolment is at which level redeeming the code enrols.
func (a Activation) Enrolment() wallet.Enrolment {
	if a.InPersonAt.IsZero() {
		return wallet.Remote
	}
	return wallet.InPerson
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
	// ConfirmActivation notes a check in person on the unused activation of the
	// owner, who must have one with this locator. Faults: activation.unknown,
	// activation.expired. A check that was noted before stays as it is.
	ConfirmActivation(ctx context.Context, owner, locator, agency string, at time.Time) error
	// Enrol marks the activation used and stores device, session and event in
	// one transaction, in which an unused recovery code of a lesser enrolment than
	// that of the device is forgotten. A second use is a fault: activation.used.
	Enrol(ctx context.Context, locator string, at time.Time, d wallet.Device, s Session, e wallet.Event) error
	// SessionByHash finds the session of whose Hash, Former and Replaced this is
	// one, ended ones too, or session.invalid.
	SessionByHash(ctx context.Context, hash [32]byte) (Session, error)

	// Read runs f on one consistent state.
	Read(ctx context.Context, f func(tx Reader) error) error
	// Change runs f in one transaction that sees and makes all changes or none.
	// Two transactions never interleave (strict serialisability). f may be
	// called again when the store has to retry, so it must have no effect but
	// through tx. An error from f is returned as it is and nothing is kept.
	Change(ctx context.Context, f func(tx Tx) error) error

	PutAgencyToken(ctx context.Context, t AgencyToken) error
	// AgencyTokenByHash finds an agency token, or session.agency_invalid.
	AgencyTokenByHash(ctx context.Context, hash [32]byte) (AgencyToken, error)
}

// Reader is what can be seen of an account. The owner is always a parameter:
// somebody else's thing is not there.
type Reader interface {
	// Citizen finds a citizen by id, or wallet.citizen_unknown.
	Citizen(id string) (wallet.Citizen, error)
	// Device finds a device of the owner, revoked ones too, or device.not_found.
	Device(owner, id string) (wallet.Device, error)
	// Devices returns those of the owner, revoked ones too, of which KeptDevices
	// are kept, by moment of enrolment.
	Devices(owner string) ([]wallet.Device, error)
	// Passkey finds a passkey of the owner, or passkey.not_found.
	Passkey(owner, id string) (Passkey, error)
	// Passkeys returns those of the owner by moment of registration.
	Passkeys(owner string) ([]Passkey, error)
	// PasskeyByCredential finds the passkey with this id of a credential,
	// whoever owns it, or passkey.not_found.
	PasskeyByCredential(credential []byte) (Passkey, error)
	// Activation finds an activation, used or not, or activation.unknown.
	Activation(locator string) (Activation, error)
	// Recovery finds a recovery code, used or not, or recovery.unknown.
	Recovery(locator string) (Recovery, error)
	// RecoveryOf finds the recovery code of the owner, used or not, or
	// recovery.unknown.
	RecoveryOf(owner string) (Recovery, error)
	// Session finds a session of the owner, ended ones too, or session.invalid.
	Session(owner, id string) (Session, error)
	// Sessions returns those of the owner that are kept, ended ones too, by
	// moment of opening.
	Sessions(owner string) ([]Session, error)
}

// Tx is what can be done inside one transaction on an account.
type Tx interface {
	Reader
	// PutSession stores a session, or replaces the one of the owner with the
	// same id. A hash that another session has is a fault: internal.
	PutSession(s Session) error
	// ForgetSession deletes a session of the owner; there may be none.
	ForgetSession(owner, id string) error
	// PutDevice stores a device, or replaces the one of the owner with the same
	// id.
	PutDevice(d wallet.Device) error
	// PutPasskey stores a passkey, or replaces the one of the owner with the
	// same id. An id of a credential that another passkey has is a fault:
	// internal.
	PutPasskey(p Passkey) error
	// RemovePasskey deletes a passkey of the owner; there may be none.
	RemovePasskey(owner, id string) error
	// PutRecovery stores a recovery code, or replaces the one of the owner with
	// the same locator; another one of the owner is forgotten. A locator that
	// somebody else has is a fault: internal.
	PutRecovery(r Recovery) error
	// PutCeremony keeps a challenge, which must be new.
	PutCeremony(c Ceremony) error
	// TakeCeremony deletes a ceremony and returns it, or
	// passkey.challenge_unknown.
	TakeCeremony(challenge []byte) (Ceremony, error)
	// SweepCeremonies deletes up to limit ceremonies that have expired by now.
	SweepCeremonies(now time.Time, limit int) error
	// AddEvent stores an event for its owner and for whoever delivers events.
	AddEvent(e wallet.Event) error
}
