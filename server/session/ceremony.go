package session

import (
	"context"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session/passkey"
)

// Purpose is what the answer to a challenge is for. It counts for nothing else.
type Purpose string

// The purposes.
const (
	ToSignIn         Purpose = "sign_in"
	ToRegister       Purpose = "register"
	ToReauthenticate Purpose = "reauthenticate"
	ToConfirm        Purpose = "confirm"
	ToBindKey        Purpose = "bind_key"

	toNothing Purpose = "nothing"
)

// Ceremony is a challenge that was handed out and waits for its answer.
type Ceremony struct {
	Challenge []byte
	Purpose   Purpose
	Owner     string // "" before anybody has signed in
	Session   string // Session.ID, "" before anybody has signed in
	ExpiresAt time.Time
}

// swept bounds how many ceremonies that nobody has answered are deleted with
// each one that begins.
const swept = 16

// begin keeps a fresh challenge for a purpose. The extra bytes, if there are
// any, stand at its end.
func (s *Service) begin(ctx context.Context, c Ceremony, extra ...byte) (Ceremony, error) {
	now := s.now()
	c.Challenge = append(s.draw(passkey.ChallengeSize), extra...)
	c.ExpiresAt = now.Add(passkey.Timeout)
	err := s.store.Change(ctx, func(tx Tx) error {
		if err := tx.SweepCeremonies(now, swept); err != nil {
			return err
		}
		return tx.PutCeremony(c)
	})
	return c, err
}

// take ends the ceremony of a challenge, whatever comes of the answer: a
// challenge counts once. Fault: passkey.challenge_unknown, if it was never
// handed out, has been answered, has expired, or was for something or somebody
// else: not told apart.
func (s *Service) take(ctx context.Context, challenge []byte, want Ceremony) (Ceremony, error) {
	unknown := fault.New(fault.CodePasskeyChallenge, "the challenge is unknown, has been answered or has expired").At("credential")
	if len(challenge) == 0 {
		return Ceremony{}, unknown
	}
	var c Ceremony
	err := s.store.Change(ctx, func(tx Tx) error {
		var err error
		c, err = tx.TakeCeremony(challenge)
		return err
	})
	switch {
	case fault.Is(err, fault.CodePasskeyChallenge):
		return Ceremony{}, unknown
	case err != nil:
		return Ceremony{}, err
	case c.Purpose != want.Purpose || c.Owner != want.Owner || c.Session != want.Session || !s.now().Before(c.ExpiresAt):
		return Ceremony{}, unknown
	}
	return c, nil
}
