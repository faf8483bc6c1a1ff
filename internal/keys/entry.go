package keys

import (
	"crypto"
	"errors"
	"time"

	"github.com/giayto/giayto/verifier"
)

// State is where a key stands in its life. A key only goes forward.
type State string

// The states of a key. Removed is never stored: it follows from the time.
const (
	Created   State = "created"   // exists, and nobody outside knows it
	Published State = "published" // for the trust list; does not sign yet
	Active    State = "active"    // signs
	Retired   State = "retired"   // signs no more; in the list while its signatures count
	Removed   State = "removed"   // in no list any more
	Revoked   State = "revoked"   // in the list as one that does not count
)

// PurposeCertificate is the deployment's certificate authority. It signs X.509
// certificates and nothing else, and is no key of the trust list.
const PurposeCertificate verifier.Purpose = "certificate"

// CredentialPurpose is the purpose of the key that signs an agency's credentials.
func CredentialPurpose(agency string) verifier.Purpose {
	return verifier.Purpose(verifier.CredentialPrefix + agency)
}

// above reports whether the purpose stands above the trust list: checkers or
// verifiers have pinned such a key, so it has neither states nor successors here.
func above(purpose verifier.Purpose) bool {
	return purpose == verifier.PurposeTrustList || purpose == PurposeCertificate
}

// Reasons why a key is revoked, as in RFC 5280 section 5.3.1.
const (
	ReasonCompromise = "key_compromise"
	ReasonSuperseded = "superseded"
	ReasonCessation  = "cessation_of_operation"
	ReasonLost       = "key_lost" // ours: nobody has it any more
)

// Reasons lists them all.
func Reasons() []string {
	return []string{ReasonCompromise, ReasonLost, ReasonSuperseded, ReasonCessation}
}

// Errors that callers tell apart.
var (
	// ErrNoKey says that no key of a purpose may sign at the moment.
	ErrNoKey = errors.New("keys: no key of this purpose is within its window")
	// ErrLocked says that a private half is needed and neither key file nor
	// passphrase was given.
	ErrLocked = errors.New("keys: private keys are encrypted, and neither key file nor passphrase was given")
)

// Change is one step in the life of a key.
type Change struct {
	State State     `json:"state"`
	At    time.Time `json:"at"`
	// Emergency says that the key signs before every checker knows it.
	Emergency bool `json:"emergency,omitempty"`
	// Reason is why: of an emergency in the operator's words, of a revocation
	// one of Reasons.
	Reason string `json:"reason,omitempty"`
}

// TokenRef names a key inside a PKCS #11 token.
type TokenRef struct {
	Module string `json:"module"` // path of the token's library
	Label  string `json:"token"`  // label of the token
	ID     string `json:"key_id"` // CKA_ID in hexadecimal
}

// Entry is a key of the ring: what is public about it, and the means to sign.
type Entry struct {
	Purpose   verifier.Purpose
	Key       *verifier.Key
	NotBefore time.Time
	NotAfter  time.Time
	State     State
	// Automatic keys were made by Renew, which also begins to use them.
	Automatic bool
	// ListedAt is when a trust list first named the key; KnownAt is from when
	// on no checker may use a list that does not. Zero until then.
	ListedAt time.Time
	KnownAt  time.Time
	// RevokedAt is from when on the key does not count; zero if not revoked.
	RevokedAt time.Time
	History   []Change
	// Certificates is the chain of the key, DER, leaf first, without the anchor;
	// of the certificate authority its own certificate.
	Certificates [][]byte
	// Token is where the private half is, if not in the file.
	Token *TokenRef

	sealed  string
	signer  crypto.Signer
	leafEnd time.Time // of the first certificate; zero without one
}

// Signer signs with the key; nil without lock or token, and of a key that will
// never sign again.
func (e Entry) Signer() crypto.Signer { return e.signer }

// Place is where the private half is: "file" (encrypted), "pkcs11" (in a token),
// or "erased" of a key that will never sign again.
func (e Entry) Place() string {
	switch {
	case e.Token != nil:
		return "pkcs11"
	case e.State == Retired || e.State == Revoked:
		return "erased"
	}
	return "file"
}

// covers reports whether the moment is within the window.
func (e Entry) covers(now time.Time) bool {
	return !now.Before(e.NotBefore) && now.Before(e.NotAfter)
}

// signs reports whether the key may sign at the moment.
func (e Entry) signs(now time.Time) bool { return e.State == Active && e.covers(now) }

// since is when the key came into its present state.
func (e Entry) since() time.Time {
	if len(e.History) == 0 {
		return time.Time{}
	}
	return e.History[len(e.History)-1].At
}

// activeSince is when the key began to sign; zero before.
func (e Entry) activeSince() time.Time {
	for _, c := range e.History {
		if c.State == Active {
			return c.At
		}
	}
	return time.Time{}
}

// lastCounts is how long signatures of the key may count: the trust list names
// it until then. A presentation lives for a day at most; credentials and status
// lists end no later than the key that signed them.
func (e Entry) lastCounts() time.Time {
	end := e.NotAfter.Add(slack)
	if e.State == Retired && e.Purpose == verifier.PurposeDisclosure {
		if past := e.since().Add(verifier.DefaultBoundLifetime + slack); past.Before(end) {
			return past
		}
	}
	return end
}

// listed reports whether a list made at the moment names the key.
func (e Entry) listed(now time.Time) bool {
	return !above(e.Purpose) && e.State != Created && now.Before(e.lastCounts())
}

// StateAt is the state with what follows from the time alone.
func (e Entry) StateAt(now time.Time) State {
	if !above(e.Purpose) && !now.Before(e.lastCounts()) {
		return Removed
	}
	return e.State
}

// Emergency returns the reason for which the key signed before every checker
// knew it; "" if it did not.
func (e Entry) Emergency() string {
	for _, c := range e.History {
		if c.Emergency {
			return c.Reason
		}
	}
	return ""
}

// into notes a step of the key's life. The entry is a copy; its history is too.
func (e Entry) into(c Change) Entry {
	c.At = c.At.UTC().Truncate(time.Second)
	e.History = append(append([]Change(nil), e.History...), c)
	e.State = c.State
	return e
}
