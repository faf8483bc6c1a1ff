package issuer

import (
	"context"
	"time"

	"github.com/giayto/giayto/wallet"
)

// Store is what issuing needs of storage.
type Store interface {
	// Issue runs f in one transaction that sees and makes all changes or none.
	// Two transactions never interleave (strict serialisability). f may be
	// called again when the store has to retry, so it must have no effect but
	// through tx. An error from f is returned as it is and nothing is kept.
	Issue(ctx context.Context, f func(tx Tx) error) error
	// ActiveByRecord returns every active holding of a record key of a
	// document, whoever owns it.
	ActiveByRecord(ctx context.Context, document, recordKey string) ([]wallet.Holding, error)
}

// Tx is what can be seen and done inside one issuing transaction. A thing that
// is not there is a fault with code wallet.citizen_unknown or
// wallet.credential_unknown.
type Tx interface {
	// Citizen finds a citizen by id.
	Citizen(id string) (wallet.Citizen, error)
	// CitizenByNumber finds the citizen with this personal number.
	CitizenByNumber(number string) (wallet.Citizen, error)
	// AddCitizen stores a new citizen; the number must be free.
	AddCitizen(c wallet.Citizen) error
	// Renumber gives a citizen a new personal number, which must be free; the
	// former number then finds nobody.
	Renumber(citizenID, number string) error
	// CancelNumber notes that the record of a citizen says that a personal number
	// has been cancelled. Saying it again does nothing.
	CancelNumber(number, citizenID string) error
	// CancelledBy returns the citizens whose records said so, ordered by id.
	CancelledBy(number string) (citizenIDs []string, err error)

	// ActiveByDocument returns the owner's active holdings of a document.
	ActiveByDocument(owner, document string) ([]wallet.Holding, error)
	// ActiveByRecord returns every active holding of a record key of a
	// document, whoever owns it.
	ActiveByRecord(document, recordKey string) ([]wallet.Holding, error)

	// ActiveByOwner returns every active holding of the owner.
	ActiveByOwner(owner string) ([]wallet.Holding, error)
	// Holding finds a holding by its id, active or ended, whoever owns it.
	Holding(id string) (wallet.Holding, error)

	// Add stores an active holding with its standing, and its event. Its
	// status, unless that is no place, must have been taken. Its lock is the
	// wallet's and not looked at.
	Add(h wallet.Holding, e wallet.Event) error
	// End takes a holding out of the active ones and stores the event. The
	// holding must be active.
	End(holdingID string, state wallet.State, at time.Time, e wallet.Event) error

	// Due returns up to limit active holdings whose credential ends in this
	// second or before, though presentations may be minted for longer, ordered
	// by that end and then by id, from behind the mark on.
	Due(until time.Time, after DueMark, limit int) ([]wallet.Holding, error)
	// Resign gives a holding, which must be active, the Credential of h with
	// its CredentialExpiresAt and Status, and stores the event. Nothing else of
	// h is looked at. The status must have been taken.
	Resign(h wallet.Holding, e wallet.Event) error
	// NotDue takes an active holding out of those that Due gives, until its
	// credential is signed anew.
	NotDue(holdingID string) error

	// RemindersDue returns up to limit active holdings whose RemindAt is in this
	// second or before, ordered by that and then by id, from behind the mark on.
	RemindersDue(until time.Time, after DueMark, limit int) ([]wallet.Holding, error)
	// Remind gives an active holding another RemindAt, and stores the event
	// unless that is nil.
	Remind(holdingID string, next time.Time, e *wallet.Event) error

	// SetStanding replaces what the agency says of a holding and stores the
	// event. The holding must be active.
	SetStanding(holdingID string, s wallet.Standing, e wallet.Event) error
	// SetLock locks the wallet of a citizen, or unlocks it with the zero lock,
	// and stores the event.
	SetLock(citizenID string, l wallet.Lock, e wallet.Event) error
	// EndSessions ends everything with which somebody signs in as the citizen:
	// every session, device and passkey that began at this moment or before,
	// and the activation code that has not been used.
	EndSessions(citizenID string, at time.Time) error
	// OpenSession tells when a session of the citizen was opened, if it is open at
	// this moment and its device is not frozen; session.invalid or device.frozen
	// otherwise.
	OpenSession(citizenID, session string, at time.Time) (openedAt time.Time, err error)

	// Reissues returns what SetReissues has kept, oldest first.
	Reissues(citizenID string) ([]time.Time, error)
	// SetReissues keeps these moments, in place of others, as those at which
	// everything of a citizen was signed anew.
	SetReissues(citizenID string, at []time.Time) error

	// NewestStatusList returns the agency's list with the highest number; the
	// zero list while there is none.
	NewestStatusList(agency string) (StatusList, error)
	// OpenStatusList adds the agency's next list, in which every position is
	// free and every entry valid.
	OpenStatusList(agency string, size int, at time.Time) (StatusList, error)
	// TakeStatus gives a position away for good; false if it is taken.
	TakeStatus(agency string, at wallet.StatusRef) (bool, error)
	// MarkStatus replaces the entry of a position that has been taken.
	MarkStatus(agency string, at wallet.StatusRef, s wallet.Standing) error
}

// DueMark is the place of a holding in the order of Tx.Due or Tx.RemindersDue.
// The zero mark is before all.
type DueMark struct {
	At      time.Time // Holding.CredentialExpiresAt or Holding.RemindAt
	Holding string    // Holding.ID
}

// StatusList is a status list of an agency as storage keeps it.
type StatusList struct {
	Agency   string
	Number   int   // from 1
	Size     int   // positions
	Taken    int   // positions that were given away
	Marked   int   // entries other than wallet.Valid
	Revision int64 // grows with every change of an entry
	OpenedAt time.Time
}

// StatusEntry is an entry of a status list other than wallet.Valid.
type StatusEntry struct {
	Index    int
	Standing wallet.Standing
}
