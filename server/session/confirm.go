package session

import (
	"context"
	"encoding/json"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session/passkey"
)

// SubjectSize is the size of what names an act to confirm: a SHA-256 hash.
const SubjectSize = 32

// BeginConfirmation gives the options with which the citizen confirms one act
// with a passkey. The subject, a hash of the act, stands at the end of the
// challenge, so that the signature is over it: the answer confirms this act, and
// a session that was stolen cannot use it for another. Fault: passkey.none.
func (s *Service) BeginConfirmation(ctx context.Context, open Session, subject [SubjectSize]byte) (options json.RawMessage, err error) {
	return s.beginOwn(ctx, open, ToConfirm, subject[:]...)
}

// Confirm tells which act the citizen has confirmed, and at which level. Faults:
// those of SignInPasskey.
func (s *Service) Confirm(ctx context.Context, open Session, answer []byte) (subject [SubjectSize]byte, level int, err error) {
	want := Ceremony{Purpose: ToConfirm, Owner: open.Owner, Session: open.ID}
	err = s.prove(ctx, answer, want, func(tx Tx, p Passkey, c Ceremony, now time.Time) error {
		if err := stillOpen(tx, open, now); err != nil {
			return err
		}
		if len(c.Challenge) != passkey.ChallengeSize+SubjectSize {
			return fault.New(fault.CodeInternal, "a challenge to confirm names no act")
		}
		copy(subject[:], c.Challenge[passkey.ChallengeSize:])
		level = min(Bound, Ceiling(p.Enrolment))
		return nil
	})
	if err != nil {
		return [SubjectSize]byte{}, 0, err
	}
	return subject, level, nil
}
