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
}

// Tx is what can be seen and done inside one issuing transaction. A thing that
// is not there is a fault with code wallet.citizen_unknown or
// wallet.credential_unknown.
type Tx interface {
	// CitizenByNumber finds the citizen with this personal number.
	CitizenByNumber(number string) (wallet.Citizen, error)
	// AddCitizen stores a new citizen; the number must be free.
	AddCitizen(c wallet.Citizen) error
	// Renumber gives a citizen a new personal number, which must be free; the
	// former number then finds nobody.
	Renumber(citizenID, number string) error
	// CancelNumber notes that a personal number has been cancelled for good.
	// Cancelling it again does nothing.
	CancelNumber(number string) error
	// Cancelled reports whether a personal number has been cancelled.
	Cancelled(number string) (bool, error)

	// ActiveByDocument returns the owner's active holdings of a document.
	ActiveByDocument(owner, document string) ([]wallet.Holding, error)
	// ActiveByRecord returns every active holding of a record key of a
	// document, whoever owns it.
	ActiveByRecord(document, recordKey string) ([]wallet.Holding, error)

	// Add stores an active holding and its event.
	Add(h wallet.Holding, e wallet.Event) error
	// End takes a holding out of the active ones and stores the event. The
	// holding must be active.
	End(holdingID string, state wallet.State, at time.Time, e wallet.Event) error
}
