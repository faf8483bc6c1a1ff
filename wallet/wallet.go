package wallet

import (
	"time"

	"github.com/giayto/giayto/catalog"
)

// Citizen is a person with a wallet. There is exactly one for a personal
// number (Luật Căn cước 2023, art. 31: one electronic identity a citizen).
type Citizen struct {
	ID        string // random and opaque; stays when the number changes
	Number    string // personal number (số định danh cá nhân), 12 digits
	CreatedAt time.Time
	Lock      Lock // zero while the wallet is not locked
}

// State of a holding. Only Active is ever shared from, and only while nothing
// is held against it (Holding.Condition).
type State string

const (
	// Active: the newest credential for its record, in force or not.
	Active State = "active"
	// Superseded: a newer credential replaced it, in this wallet or, after a
	// transfer, in somebody else's.
	Superseded State = "superseded"
)

// Holding is one credential in a wallet, with the normalised values of the
// register record it was issued from. Values holds volatile facts too, which
// the credential leaves out.
type Holding struct {
	ID       string
	Owner    string // Citizen.ID
	Document string // catalog id
	Agency   string // catalog agency id

	RecordKey    string // names the paper within its document; see catalog.Record
	RecordDigest string // hex SHA-256 of the record; equal records are not issued twice
	Order        string // the record's date by catalog.Record.Order, YYYY-MM-DD or empty
	Shared       string // the record's value of catalog.Record.Shared, or empty
	Number       string // personal number of the holder at issuance
	Values       catalog.Values

	Credential string // SD-JWT VC, RFC 9901 compact serialisation
	IssuedAt   time.Time
	// ExpiresAt is until when presentations are minted from these values: the
	// technical end of what the register said, never past the paper's own.
	ExpiresAt time.Time
	// CredentialExpiresAt is the exp of Credential. It lies before ExpiresAt
	// where a derived claim in the credential changes earlier; the credential
	// is then signed anew.
	CredentialExpiresAt time.Time

	// RemindAt is when the holder is told next that the paper ends soon; zero
	// for never.
	RemindAt time.Time

	State   State
	EndedAt time.Time // when it left Active; zero while active

	Status   StatusRef // its place in the agency's status lists
	Standing Standing  // what the agency says of it since it was issued
	Lock     Lock      // of the owner's wallet, when the holding was read
}

// EventKind names something the citizen is told about.
type EventKind string

// The events. They carry ids and moments only, never values.
const (
	CredentialIssued     EventKind = "credential.issued"
	CredentialRenewed    EventKind = "credential.renewed" // signed anew, with the same content but for what time changes
	CredentialSuperseded EventKind = "credential.superseded"
	CredentialEnded      EventKind = "credential.ended"
	CredentialSuspended  EventKind = "credential.suspended"
	CredentialRestored   EventKind = "credential.restored"
	CredentialWithheld   EventKind = "credential.withheld"
	CredentialRevoked    EventKind = "credential.revoked"
	CredentialExpiring   EventKind = "credential.expiring"   // the paper ends in 30 or in 7 days
	PresentationMinted   EventKind = "presentation.minted"   // while another device was in use
	PresentationReported EventKind = "presentation.reported" // the citizen says that something is wrong with it
	WalletLocked         EventKind = "wallet.locked"
	WalletUnlocked       EventKind = "wallet.unlocked"
	DeviceEnrolled       EventKind = "device.enrolled"
	SessionEnded         EventKind = "session.ended"  // by the citizen, from another session
	SessionReused        EventKind = "session.reused" // ended: its former token turned up, so two had it
	PasskeyRegistered    EventKind = "passkey.registered"
	PasskeyRemoved       EventKind = "passkey.removed"
	PasskeyCloned        EventKind = "passkey.cloned" // its counter went back: there may be a copy
	DeviceFrozen         EventKind = "device.frozen"
	DeviceUnfrozen       EventKind = "device.unfrozen"
	DeviceRemoved        EventKind = "device.removed"
	DeviceLost           EventKind = "device.lost"
	DeviceKeyBound       EventKind = "device.key_bound"
	RecoveryIssued       EventKind = "recovery.issued"
	RecoveryUsed         EventKind = "recovery.used"
	AccessRefused        EventKind = "access.refused" // Event.Code says why
)

// Event is a fact in the citizen's own history. It commits in the same
// transaction as the change it tells of, and is what package push delivers.
type Event struct {
	ID       string
	Owner    string
	Kind     EventKind
	Document string // catalog id, when a credential is concerned
	Holding  string // Holding.ID, when a credential is concerned
	Device   string // Device.ID, when a device is concerned
	Passkey  string // of package session, when a passkey is concerned
	Code     string // fault code, for what was refused
	// Presentation is the id of its entry in the history, when something was
	// shared.
	Presentation string
	At           time.Time
}
