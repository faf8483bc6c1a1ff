package wallet

import "time"

// Status is what stands against a credential, or Valid.
type Status string

// The statuses. All but Revoked can be lifted again.
const (
	Valid     Status = ""          // nothing stands against it
	Suspended Status = "suspended" // not to be relied on for now
	Withheld  Status = "withheld"  // taken from the holder for a stated reason
	Revoked   Status = "revoked"   // for good
)

// String is the status in words, "valid" for Valid.
func (s Status) String() string {
	if s == Valid {
		return "valid"
	}
	return string(s)
}

// Standing is a status with the agency's reason, a code of package issuer
// ("" for a suspension), and its moment. The zero value says that nothing
// stands against a credential.
type Standing struct {
	Status Status
	Reason string
	Since  time.Time
}

// LockReason says why a whole wallet is locked (Luật Căn cước 2023, art. 34:
// locking of an electronic identity).
type LockReason string

// The reasons. Death is final; every other lock can be lifted.
const (
	LostPhone     LockReason = "lost_phone"
	Death         LockReason = "death"
	CardWithdrawn LockReason = "card_withdrawn"
	HolderRequest LockReason = "holder_request"
	TermsBreach   LockReason = "terms_breach"
)

// LockReasons lists every reason.
func LockReasons() []LockReason {
	return []LockReason{LostPhone, Death, CardWithdrawn, HolderRequest, TermsBreach}
}

// Lock keeps everything in a wallet from being shared. The zero value is no
// lock.
type Lock struct {
	Reason LockReason
	At     time.Time
	// LostToo: a phone was reported lost before or while there is another
	// reason, so that unlocking must make the copies on it worth nothing.
	LostToo bool
}

// PhoneLost reports whether a phone with copies of the credentials is lost.
func (l Lock) PhoneLost() bool { return l.Reason == LostPhone || l.LostToo }

// Closed reports whether there is a lock.
func (l Lock) Closed() bool { return l.Reason != "" }

// StatusRef is the place of a credential in the status lists of its agency. The
// zero value is no place: lists count from 1.
type StatusRef struct {
	List  int
	Index int
}

// Condition is what stands against a holding at the moment it was read: what
// its agency says of it, or else the lock of the wallet, which suspends it.
func (h Holding) Condition() Standing {
	if h.Standing.Status == Valid && h.Lock.Closed() {
		return Standing{Status: Suspended, Reason: string(h.Lock.Reason), Since: h.Lock.At}
	}
	return h.Standing
}
