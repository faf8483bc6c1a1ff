package session

import (
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Authentication levels of Nghị định 69/2024, art. 20. The catalogue says for
// each claim which one sharing it needs.
const (
	// OneFactor (level 1): something that the citizen has. An activation code
	// that came without a check in person.
	OneFactor = 1
	// TwoFactors (level 2): a passkey, which is held and unlocked with a PIN or
	// a biometric; or a code handed over after a check in person.
	TwoFactors = 2
	// Bound (level 3): a passkey that was used for this very act, and no other.
	// WebAuthn does not tell whether a biometric or a PIN unlocked it: which of
	// them it is, the citizen has set up on the phone.
	Bound = 3

	highest = 4
)

// Ceiling is the highest level that somebody can prove who enrolled so: an
// identity that nobody has checked in person stays below Bound.
func Ceiling(e wallet.Enrolment) int {
	switch e {
	case wallet.InPerson:
		return highest
	case wallet.Remote:
		return TwoFactors
	}
	return 0
}

// reaches refuses a session that rests on less than what it would end or give
// back: an account that nobody has checked must not undo what a check in person
// made. Fault: session.in_person_check_required.
func reaches(open Session, e wallet.Enrolment) error {
	if open.Enrolment < e {
		return fault.New(fault.CodeReissueInPerson, "this needs a session from after a check in person")
	}
	return nil
}

// Mode is how a client keeps the token of its session.
type Mode string

// The modes. A token is taken only in the mode it was made for.
const (
	// ModeBearer: an app keeps the token and sends it in the Authorization header.
	ModeBearer Mode = "bearer"
	// ModeCookie: the browser keeps it where no script can read it.
	ModeCookie Mode = "cookie"
)

// Method is how a session was opened.
type Method string

// The methods.
const (
	ByActivation Method = "activation_code"
	ByPasskey    Method = "passkey"
)

// levelOf is what the code of an enrolment shows about who holds it.
func levelOf(e wallet.Enrolment) int {
	if e == wallet.InPerson {
		return TwoFactors
	}
	return OneFactor
}
