package issuer

import (
	"context"
	"slices"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// LockChange is what became of a wallet.
type LockChange struct {
	// Lock is what locks the wallet; after Unlock, what had locked it.
	Lock wallet.Lock
	// Credentials counts those in the wallet.
	Credentials int
	// Changed is false when it had been so already; nothing was written then.
	Changed bool
}

// Lock keeps everything in the wallet of a citizen from being shared, whichever
// agency issued it, now and later: all of it is published as suspended. What an
// agency has said of a credential itself stays beside the lock and is there
// again after Unlock. A lost phone and a death also end every session, so that
// whoever has the phone is signed out for good. A death revokes every
// credential and cannot be taken back; it replaces any other lock. Locking
// again for another reason replaces the reason.
//
// Only an agency that keeps a root document may lock: it answers for who
// somebody is. Faults: issuer.agency_unknown, issuer.agency_not_allowed,
// issuer.reason_invalid, wallet.citizen_unknown, issuer.lock_final.
func (s *Service) Lock(ctx context.Context, agency, number string, reason wallet.LockReason) (LockChange, error) {
	if err := s.mayLock(agency); err != nil {
		return LockChange{}, err
	}
	if !slices.Contains(wallet.LockReasons(), reason) {
		return LockChange{}, fault.New(fault.CodeReasonInvalid, "not a reason for locking a wallet").At("reason")
	}
	return s.lock(ctx, number, func(c wallet.Citizen, now time.Time) (wallet.Lock, error) {
		switch {
		case c.Lock.Reason == reason:
			return c.Lock, nil
		case c.Lock.Reason == wallet.Death:
			return wallet.Lock{}, lockFinal()
		}
		lostToo := c.Lock.PhoneLost() && reason != wallet.LostPhone && reason != wallet.Death
		return wallet.Lock{Reason: reason, At: now, LostToo: lostToo}, nil
	})
}

// Unlock takes a lock back. Credentials that an agency has suspended or withheld
// by themselves stay so. Where a phone was lost, everything is signed anew and the
// former places are revoked, as ReissueAll does it: copies are on that phone.
// Faults are those of Lock, and issuer.signing_key_missing.
func (s *Service) Unlock(ctx context.Context, agency, number string) (LockChange, error) {
	if err := s.mayLock(agency); err != nil {
		return LockChange{}, err
	}
	return s.lock(ctx, number, func(c wallet.Citizen, _ time.Time) (wallet.Lock, error) {
		if c.Lock.Reason == wallet.Death {
			return wallet.Lock{}, lockFinal()
		}
		return wallet.Lock{}, nil
	})
}

func lockFinal() error {
	return fault.New(fault.CodeLockFinal, "the wallet is locked because its holder has died, which is for good")
}

// mayLock refuses an agency that keeps no root document.
func (s *Service) mayLock(agency string) error {
	if _, ok := s.catalog.Agency(agency); !ok {
		return fault.New(fault.CodeAgencyUnknown, "no such agency in the catalogue")
	}
	for _, d := range s.catalog.Documents() {
		if d.Agency.ID == agency && d.Anchor == "" {
			return nil
		}
	}
	return fault.New(fault.CodeAgencyNotAllowed, "only an agency that keeps a root document may lock a wallet")
}

// lock brings a wallet to the lock that next gives, and everything in it along.
func (s *Service) lock(ctx context.Context, number string, next func(wallet.Citizen, time.Time) (wallet.Lock, error)) (LockChange, error) {
	var change LockChange
	var owner string
	var to wallet.Lock
	err := s.store.Issue(ctx, func(tx Tx) error {
		now := s.now()
		citizen, err := tx.CitizenByNumber(s.catalog.PersonalNumber(number))
		if err != nil {
			return err
		}
		owner = citizen.ID
		to, err = next(citizen, now)
		if err != nil {
			return err
		}
		holdings, err := tx.ActiveByOwner(citizen.ID)
		if err != nil {
			return err
		}
		change = LockChange{Lock: to, Credentials: len(holdings), Changed: to != citizen.Lock}
		if !to.Closed() {
			change.Lock = citizen.Lock
		}
		if !change.Changed {
			if endsSessions(to) {
				// Somebody has signed in since with a code handed out after the
				// first time: telling it again ends that too.
				return tx.EndSessions(citizen.ID, now)
			}
			return nil
		}
		if err := s.setLock(tx, citizen, to, now); err != nil {
			return err
		}
		if err := s.cascade(tx, holdings, to, now); err != nil {
			return err
		}
		if !to.Closed() && citizen.Lock.PhoneLost() {
			_, err = s.signAll(tx, citizen.ID, now)
		}
		return err
	})
	if err != nil {
		return LockChange{}, err
	}
	if to.Closed() {
		s.tellLocked(owner)
	}
	return change, nil
}

// tellLocked runs Config.Locked.
func (s *Service) tellLocked(owner string) {
	if s.locked != nil {
		s.locked(owner)
	}
}

func (s *Service) setLock(tx Tx, citizen wallet.Citizen, to wallet.Lock, now time.Time) error {
	e := wallet.Event{ID: wallet.NewID(), Owner: citizen.ID, Kind: wallet.WalletLocked, At: now}
	if !to.Closed() {
		e.Kind = wallet.WalletUnlocked
	}
	if err := tx.SetLock(citizen.ID, to, e); err != nil {
		return err
	}
	if endsSessions(to) {
		return tx.EndSessions(citizen.ID, now)
	}
	return nil
}

// endsSessions: whoever has the phone is signed out, and an activation code that
// lies about opens nothing.
func endsSessions(l wallet.Lock) bool {
	return l.Reason == wallet.LostPhone || l.Reason == wallet.Death
}

// cascade brings all credentials and their entries to the lock.
func (s *Service) cascade(tx Tx, holdings []wallet.Holding, to wallet.Lock, now time.Time) error {
	for _, h := range holdings {
		before := h
		h.Lock = to
		var err error
		if to.Reason == wallet.Death && h.Standing.Status != wallet.Revoked {
			death := wallet.Standing{Status: wallet.Revoked, Reason: RevokedDeath}
			_, err = s.setStanding(tx, h, death, wallet.CredentialRevoked, now)
		} else {
			err = s.mark(tx, before, h)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
