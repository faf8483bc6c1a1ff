package disclosure

import (
	"context"
	"time"

	"github.com/giayto/giayto/wallet"
)

// Outcome of a request to share.
type Outcome string

const (
	// Shared: a presentation was minted.
	Shared Outcome = "shared"
	// Refused: a rule of the product said no; Entry.Code says which.
	Refused Outcome = "refused"
)

// Entry is one line of the citizen's consent history: what was to be shown,
// for which purpose, to whom if known, and when. It holds no claim values.
type Entry struct {
	ID     string // of the presentation
	Owner  string
	Device string
	// Session is the one that asks, "" where none does. It is not kept: to record
	// something as shared, it must be open.
	Session   string
	At        time.Time
	ExpiresAt time.Time // of the presentation; zero when refused
	Outcome   Outcome
	Code      string // fault code when refused
	Purpose   string
	Audience  string
	Challenge bool // whether the checker's challenge was bound
	Level     int  // authentication level at which it was shared; 0 when refused
	// Event is the id of the event that tells the owner's other devices of it;
	// "" for none.
	Event     string
	Documents []EntryDocument
	// Reported is what the owner has said of it since; nil if nothing. It is not
	// recorded with the entry.
	Reported *Report
}

// EntryDocument names the claims of one document in an Entry.
type EntryDocument struct {
	Document string
	Holding  string
	Preset   string
	Claims   []string
}

// Page is a part of the history, newest first. Next continues it; empty at
// the end.
type Page struct {
	Entries []Entry
	Next    string
}

// Store is what sharing needs of storage. The owner is always a parameter.
type Store interface {
	// Active returns the owner's active holdings.
	Active(ctx context.Context, owner string) ([]wallet.Holding, error)
	// Record stores an entry, in one transaction with the check that every
	// holding it names is still active and the owner's, and that nothing
	// stands against it; otherwise it stores nothing and returns a fault:
	// wallet.credential_unknown, or that of Against. A refused entry is stored
	// without that check. With a shared entry that has an Event, that event
	// (wallet.PresentationMinted) is stored in the same transaction if another
	// device of the owner than the entry's is in use. When Record has returned,
	// the entry is durable.
	Record(ctx context.Context, e Entry) error
	// History returns up to limit entries, newest first, after the cursor
	// ("" = from the newest). A cursor that Record's store did not make is a
	// fault: disclosure.history_cursor_invalid.
	History(ctx context.Context, owner, cursor string, limit int) (Page, error)
	// PutReport keeps a report of an entry of its owner, with its event, for each
	// of the agencies that agencyOf names for the entry's documents, in one
	// transaction, and gives it back. The same report again is given back as it
	// was, and nothing is stored. Faults: disclosure.entry_unknown, also for an
	// entry before the newest MaxExport;
	// disclosure.entry_reported, if the entry was reported in other words;
	// disclosure.reports_too_many, at MaxReports of the owner.
	PutReport(ctx context.Context, r Report, agencyOf func(document string) string, e wallet.Event) (Report, error)
	// AgencyReports gives up to limit reports for an agency in the order in which
	// they came, behind the number after, with all documents of the entry.
	AgencyReports(ctx context.Context, agency string, after uint64, limit int) ([]AgencyReport, error)
}
