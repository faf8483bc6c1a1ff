package session

import (
	"context"
	"strings"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// RecoveryLength is the number of characters of a recovery code without its
// hyphens. What does not find the code is the secret: 90 bits, which nobody
// guesses in any number of tries, because the code has no end and is tried where
// nobody is signed in.
const RecoveryLength = 24

// Recovery is the code on paper with which a citizen who has lost every device
// stops them all. It lets nobody in.
type Recovery struct {
	Locator string
	Hash    []byte // argon2id of the secret, salted with Salt
	Salt    []byte
	Owner   string
	// Enrolment is that of the session which drew it. A code from before a check in
	// person ends when a device is enrolled after one: it could have been drawn by
	// somebody else.
	Enrolment wallet.Enrolment
	CreatedAt time.Time
	UsedAt    time.Time // zero while unused
}

// Wallets is what losing and regaining a phone does to credentials.
type Wallets interface {
	// LockLost keeps everything in a wallet from being shared and ends every
	// session, device and passkey of its owner. Again does nothing more.
	LockLost(ctx context.Context, owner string) error
	// ReissueAll signs every credential of the owner anew, revokes the former
	// ones and lifts the lock for a lost phone. The session must be open in the same
	// transaction, and opened after such a lock.
	ReissueAll(ctx context.Context, owner, session string) (signed int, err error)
}

// NewRecovery draws a recovery code for the citizen of a fresh session; one that
// the citizen had counts no more. It is shown once and only its hash is kept.
// Faults: session.reauthentication_required; session.in_person_check_required, if
// the unused one that it would replace was drawn after a check in person, and the
// session is from before.
func (s *Service) NewRecovery(ctx context.Context, open Session) (code string, err error) {
	if err := s.fresh(open); err != nil {
		return "", err
	}
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return "", err
	}
	secret := s.characters(RecoveryLength - locatorLength)
	r := Recovery{Owner: open.Owner, Enrolment: open.Enrolment, CreatedAt: s.now(), Salt: s.draw(saltBytes)}
	r.Hash = hashSecret(secret, r.Salt)
	leave()
	for range locatorDraws {
		r.Locator = s.characters(locatorLength)
		err = s.store.Change(ctx, func(tx Tx) error {
			if err := stillOpen(tx, open, r.CreatedAt); err != nil {
				return err
			}
			// The code ends everything, also what was checked in person.
			if err := reachesAll(tx, open); err != nil {
				return err
			}
			former, err := tx.RecoveryOf(open.Owner)
			switch {
			case fault.Is(err, fault.CodeRecoveryUnknown):
			case err != nil:
				return err
			case former.UsedAt.IsZero():
				if err := reaches(open, former.Enrolment); err != nil {
					return err
				}
			}
			if err := tx.PutRecovery(r); err != nil {
				return err
			}
			return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: r.Owner, Kind: wallet.RecoveryIssued, Device: open.Device, At: r.CreatedAt})
		})
		// A taken locator is the one internal fault that another draw mends.
		if !fault.Is(err, fault.CodeInternal) {
			break
		}
	}
	if err != nil {
		return "", err
	}
	return grouped(r.Locator + secret), nil
}

// reachesAll refuses a session that is worth less than a device or a passkey of
// the owner that counts.
func reachesAll(tx Reader, open Session) error {
	devices, err := tx.Devices(open.Owner)
	if err != nil {
		return err
	}
	for _, d := range devices {
		if d.RevokedAt.IsZero() {
			if err := reaches(open, d.Enrolment); err != nil {
				return err
			}
		}
	}
	passkeys, err := tx.Passkeys(open.Owner)
	if err != nil {
		return err
	}
	for _, p := range passkeys {
		if err := reaches(open, p.Enrolment); err != nil {
			return err
		}
	}
	return nil
}

// ReportLost stops everything of the citizen whose recovery code this is:
// sessions, devices, passkeys, codes, and sharing from any credential. Nothing
// of it needs a message to the phone that is gone. The way back is a check in
// person. Faults: request.malformed, recovery.unknown (no such code, or a wrong
// secret: not told apart), recovery.used, request.too_many.
func (s *Service) ReportLost(ctx context.Context, typed string) error {
	locator, secret, err := parseRecovery(typed)
	if err != nil {
		return err
	}
	r, err := s.recovery(ctx, locator, secret)
	if err != nil {
		return err
	}
	// What stops everything comes first: were this process to end now, the code
	// would work once more, and do nothing more.
	if err := s.wallets.LockLost(ctx, r.Owner); err != nil {
		return err
	}
	s.ended(r.Owner, "")
	err = s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		current, err := tx.Recovery(locator)
		switch {
		case fault.Is(err, fault.CodeRecoveryUnknown):
			// Another took its place in between; everything is stopped all the same.
		case err != nil:
			return err
		case !current.UsedAt.IsZero():
			return recoveryUsed()
		default:
			current.UsedAt = now
			if err := tx.PutRecovery(current); err != nil {
				return err
			}
		}
		return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: r.Owner, Kind: wallet.RecoveryUsed, At: now})
	})
	return s.refused(ctx, wallet.Event{Owner: r.Owner}, err)
}

// recovery finds the unused code with this secret.
func (s *Service) recovery(ctx context.Context, locator, secret string) (Recovery, error) {
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return Recovery{}, err
	}
	defer leave()
	var r Recovery
	err = s.store.Read(ctx, func(tx Reader) error {
		r, err = tx.Recovery(locator)
		return err
	})
	unknown := fault.New(fault.CodeRecoveryUnknown, "no such recovery code")
	switch {
	case fault.Is(err, fault.CodeRecoveryUnknown):
		matches(secret, s.decoy.salt, s.decoy.hash)
		return Recovery{}, s.refused(ctx, wallet.Event{}, unknown)
	case err != nil:
		return Recovery{}, err
	case !matches(secret, r.Salt, r.Hash):
		return Recovery{}, s.refused(ctx, wallet.Event{Owner: r.Owner}, unknown)
	case !r.UsedAt.IsZero():
		return Recovery{}, s.refused(ctx, wallet.Event{Owner: r.Owner}, recoveryUsed())
	}
	return r, nil
}

func recoveryUsed() error {
	return fault.New(fault.CodeRecoveryUsed, "the recovery code has been used")
}

// parseRecovery reads a code as people type it.
func parseRecovery(typed string) (locator, secret string, err error) {
	code, ok := typedCharacters(typed, RecoveryLength)
	if !ok {
		return "", "", fault.Newf(fault.CodeRequestMalformed, "a recovery code has %d letters and digits", RecoveryLength).At("recovery_code")
	}
	return code[:locatorLength], code[locatorLength:], nil
}

// Reissue has every credential of the citizen signed anew, with one consent and
// after a check in person, and lifts the lock for a lost phone: what lay on the
// phone is worth nothing then. Faults: session.reauthentication_required,
// session.in_person_check_required; those of issuer.Service.ReissueAll.
func (s *Service) Reissue(ctx context.Context, open Session) (signed int, err error) {
	if open.Enrolment != wallet.InPerson {
		return 0, fault.New(fault.CodeReissueInPerson, "the device was not enrolled after a check in person")
	}
	if err := s.fresh(open); err != nil {
		return 0, err
	}
	return s.wallets.ReissueAll(ctx, open.Owner, open.ID)
}

// grouped writes a code as people read it: in groups of four.
func grouped(code string) string {
	var groups []string
	for ; len(code) > groupLength; code = code[groupLength:] {
		groups = append(groups, code[:groupLength])
	}
	return strings.Join(append(groups, code), "-")
}
