package issuer

import (
	"context"
	"slices"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// MaxReissues is how often everything of a citizen is signed anew within
// reissuesIn, where no lock for a lost phone asks for it.
const MaxReissues = 3

const reissuesIn = 24 * time.Hour

// LockLost is Lock for a lost phone, told by the citizen and not by an agency.
// It never takes the place of another lock, which it could not be lifted like:
// then it ends sessions, devices and passkeys, and the lock remembers it. Telling it again ends those
// that began since. Fault: wallet.citizen_unknown.
func (s *Service) LockLost(ctx context.Context, owner string) error {
	err := s.store.Issue(ctx, func(tx Tx) error {
		now := s.now()
		citizen, err := tx.Citizen(owner)
		if err != nil {
			return err
		}
		if citizen.Lock.Closed() {
			if lock := citizen.Lock; !lock.PhoneLost() && lock.Reason != wallet.Death {
				lock.LostToo = true
				if err := s.setLock(tx, citizen, lock, now); err != nil {
					return err
				}
			}
			return tx.EndSessions(owner, now)
		}
		holdings, err := tx.ActiveByOwner(owner)
		if err != nil {
			return err
		}
		lock := wallet.Lock{Reason: wallet.LostPhone, At: now}
		if err := s.setLock(tx, citizen, lock, now); err != nil {
			return err
		}
		return s.cascade(tx, holdings, lock, now)
	})
	if err == nil {
		s.tellLocked(owner)
	}
	return err
}

// ReissueAll signs every credential of a citizen anew, each with a place of its
// own in the status lists, and revokes the former places: a copy that lies on a
// lost phone is worth nothing from then on. A lock for a lost phone is lifted in
// the same transaction; any other stays and refuses. What is over is left as it
// is. It tells how many were signed.
//
// The session of the citizen who asks must be open in that transaction, and where
// the wallet is locked for a lost phone, opened after the lock: one that was
// stolen with the phone must not lift it. Faults: session.invalid, device.frozen,
// wallet.citizen_unknown, disclosure.wallet_locked, issuer.signing_key_missing,
// issuer.reissue_too_many (MaxReissues).
func (s *Service) ReissueAll(ctx context.Context, owner, session string) (signed int, err error) {
	err = s.store.Issue(ctx, func(tx Tx) error {
		signed = 0
		now := s.now()
		citizen, err := tx.Citizen(owner)
		if err != nil {
			return err
		}
		openedAt, err := tx.OpenSession(owner, session, now)
		if err != nil {
			return err
		}
		switch citizen.Lock.Reason {
		case "":
		case wallet.LostPhone:
			if !openedAt.After(citizen.Lock.At) {
				return fault.New(fault.CodeSessionInvalid, "the session is from before the phone was lost")
			}
			if err := s.liftLost(tx, citizen, now); err != nil {
				return err
			}
		default:
			return fault.New(fault.CodeWalletLocked, "the wallet is locked for another reason than a lost phone")
		}
		if err := countReissue(tx, citizen, now); err != nil {
			return err
		}
		signed, err = s.signAll(tx, owner, now)
		return err
	})
	if err != nil {
		return 0, err
	}
	return signed, nil
}

// signAll signs everything that is not over anew and revokes the former places.
func (s *Service) signAll(tx Tx, owner string, now time.Time) (signed int, err error) {
	holdings, err := tx.ActiveByOwner(owner)
	if err != nil {
		return 0, err
	}
	for _, h := range holdings {
		if over(h, now) {
			continue
		}
		again, err := s.anew(h, now)
		if err != nil {
			return 0, err
		}
		if err := s.replace(tx, again, now); err != nil {
			return 0, err
		}
		if err := s.revokeFormer(tx, h, now); err != nil {
			return 0, err
		}
		signed++
	}
	return signed, nil
}

// countReissue keeps a citizen from using up places in the status lists, which
// are given away for good. Who has lost a phone is never refused.
func countReissue(tx Tx, citizen wallet.Citizen, now time.Time) error {
	recent, err := tx.Reissues(citizen.ID)
	if err != nil {
		return err
	}
	recent = slices.DeleteFunc(recent, func(at time.Time) bool { return now.Sub(at) >= reissuesIn })
	if len(recent) >= MaxReissues && citizen.Lock.Reason != wallet.LostPhone {
		return fault.Newf(fault.CodeReissueTooMany, "everything was signed anew %d times within a day", MaxReissues)
	}
	return tx.SetReissues(citizen.ID, append(recent, now))
}

func (s *Service) liftLost(tx Tx, citizen wallet.Citizen, now time.Time) error {
	holdings, err := tx.ActiveByOwner(citizen.ID)
	if err != nil {
		return err
	}
	if err := s.setLock(tx, citizen, wallet.Lock{}, now); err != nil {
		return err
	}
	return s.cascade(tx, holdings, wallet.Lock{}, now)
}

// revokeFormer marks the place that a credential had before it was signed anew.
func (s *Service) revokeFormer(tx Tx, h wallet.Holding, now time.Time) error {
	if h.Status == (wallet.StatusRef{}) {
		return nil
	}
	return tx.MarkStatus(h.Agency, h.Status, wallet.Standing{Status: wallet.Revoked, Reason: reasonSuperseded, Since: now})
}
