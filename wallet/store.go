package wallet

import "context"

// Store is what looking into a wallet needs of storage.
type Store interface {
	// Holdings returns the owner's active holdings, ordered by document and
	// then by moment of issue.
	Holdings(ctx context.Context, owner string) ([]Holding, error)
	// Holding returns one holding of the owner, active or ended; a fault
	// wallet.credential_unknown if it does not exist or is somebody else's.
	Holding(ctx context.Context, owner, id string) (Holding, error)
	// Events returns up to limit events of the owner, newest first.
	Events(ctx context.Context, owner string, limit int) ([]Event, error)
}
