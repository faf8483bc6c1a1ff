package session

import (
	"context"
	"encoding/json"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session/passkey"
	"github.com/giayto/giayto/wallet"
)

// BeginRegistration gives the options with which the citizen of a fresh session
// makes a passkey. Faults: session.reauthentication_required,
// passkey.too_many.
func (s *Service) BeginRegistration(ctx context.Context, open Session) (options json.RawMessage, err error) {
	if err := s.fresh(open); err != nil {
		return nil, err
	}
	var citizen wallet.Citizen
	var passkeys []Passkey
	err = s.store.Read(ctx, func(tx Reader) error {
		if citizen, err = tx.Citizen(open.Owner); err != nil {
			return err
		}
		passkeys, err = tx.Passkeys(open.Owner)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := roomForPasskey(passkeys, open); err != nil {
		return nil, err
	}
	// An authenticator has one passkey for an account. One that was registered
	// before a check in person may be followed by one that counts for more.
	var exclude []Passkey
	for _, p := range passkeys {
		if p.Enrolment >= open.Enrolment {
			exclude = append(exclude, p)
		}
	}
	c, err := s.begin(ctx, Ceremony{Purpose: ToRegister, Owner: open.Owner, Session: open.ID})
	if err != nil {
		return nil, err
	}
	user := passkey.User{Handle: []byte(citizen.ID), Name: accountName(citizen.Number)}
	return s.party.CreationOptions(c.Challenge, user, describe(exclude))
}

// shownDigits of the personal number tell two accounts of a family apart. The
// others would tell province, sex and year of birth to whoever sees the phone,
// and to the maker of the authenticator.
const shownDigits = 3

func accountName(number string) string {
	return "Ví giấy tờ ···" + number[max(0, len(number)-shownDigits):]
}

// roomForPasskey refuses a session that would register more than MaxPasskeys of
// its enrolment.
func roomForPasskey(all []Passkey, open Session) error {
	equal := 0
	for _, p := range all {
		if p.Enrolment == open.Enrolment {
			equal++
		}
	}
	if equal >= MaxPasskeys {
		return fault.Newf(fault.CodePasskeyTooMany, "at most %d passkeys", MaxPasskeys)
	}
	return nil
}

// Register keeps the passkey that answers BeginRegistration. Faults: those of
// BeginRegistration and of passkey.Party.Register; passkey.challenge_unknown;
// passkey.registered, if somebody has this passkey already.
func (s *Service) Register(ctx context.Context, open Session, answer []byte, name string) (Passkey, error) {
	name, err := checkName("name", name)
	if err != nil {
		return Passkey{}, err
	}
	if err := s.fresh(open); err != nil {
		return Passkey{}, err
	}
	registration, err := passkey.ParseRegistration(answer)
	if err != nil {
		return Passkey{}, err
	}
	told := wallet.Event{Owner: open.Owner, Device: open.Device}
	c, err := s.take(ctx, registration.Challenge(), Ceremony{Purpose: ToRegister, Owner: open.Owner, Session: open.ID})
	if err != nil {
		return Passkey{}, s.refused(ctx, told, err)
	}
	key, err := s.party.Register(registration, c.Challenge)
	if err != nil {
		return Passkey{}, s.refused(ctx, told, err)
	}
	added := Passkey{ID: wallet.NewID(), Owner: open.Owner, Device: open.Device, Name: name, Enrolment: open.Enrolment, Key: key}
	err = s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		passkeys, err := tx.Passkeys(open.Owner)
		if err != nil {
			return err
		}
		if err := roomForPasskey(passkeys, open); err != nil {
			return err
		}
		if err := stillOpen(tx, open, now); err != nil {
			return err
		}
		_, err = tx.PasskeyByCredential(key.Credential)
		switch {
		case err == nil:
			return fault.New(fault.CodePasskeyRegistered, "the passkey is registered already").At("credential")
		case !fault.Is(err, fault.CodePasskeyNotFound):
			return err
		}
		added.CreatedAt = now
		if err := tx.PutPasskey(added); err != nil {
			return err
		}
		return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: added.Owner, Kind: wallet.PasskeyRegistered, Device: added.Device, Passkey: added.ID, At: now})
	})
	if err != nil {
		return Passkey{}, err
	}
	return added, nil
}

// stillOpen refuses what a session began before it was ended from elsewhere.
func stillOpen(tx Reader, open Session, now time.Time) error {
	current, err := tx.Session(open.Owner, open.ID)
	if err != nil {
		return err
	}
	if !current.open(now) {
		return invalid()
	}
	return usable(tx, open.Owner, open.Device)
}

// Passkeys lists those of the owner, oldest first.
func (s *Service) Passkeys(ctx context.Context, owner string) ([]Passkey, error) {
	var list []Passkey
	err := s.store.Read(ctx, func(tx Reader) error {
		var err error
		list, err = tx.Passkeys(owner)
		return err
	})
	return list, err
}

// RenamePasskey gives a passkey of the owner another name. Fault:
// passkey.not_found.
func (s *Service) RenamePasskey(ctx context.Context, owner, id, name string) (Passkey, error) {
	name, err := checkName("name", name)
	if err != nil {
		return Passkey{}, err
	}
	var p Passkey
	err = s.store.Change(ctx, func(tx Tx) error {
		if p, err = tx.Passkey(owner, id); err != nil {
			return err
		}
		p.Name = name
		return tx.PutPasskey(p)
	})
	return p, err
}

// RemovePasskey deletes a passkey. The last one stays: without it only an agency
// could let the citizen in again; and one that counts for more than the session.
// Every session that it opened ends with it, but for the one that asks.
// Faults: session.reauthentication_required, passkey.not_found, passkey.last,
// session.in_person_check_required.
func (s *Service) RemovePasskey(ctx context.Context, open Session, id string) error {
	if err := s.fresh(open); err != nil {
		return err
	}
	return s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		if err := stillOpen(tx, open, now); err != nil {
			return err
		}
		p, err := tx.Passkey(open.Owner, id)
		if err != nil {
			return err
		}
		if err := reaches(open, p.Enrolment); err != nil {
			return err
		}
		all, err := tx.Passkeys(open.Owner)
		if err != nil {
			return err
		}
		if len(all) == 1 {
			return fault.New(fault.CodePasskeyLast, "the last passkey cannot be removed")
		}
		return s.removePasskey(tx, open, p, now)
	})
}

// removePasskey deletes a passkey and ends the sessions that it opened, but for the
// one that asks: whoever has a copy of the passkey is out.
func (s *Service) removePasskey(tx Tx, asking Session, p Passkey, now time.Time) error {
	if err := tx.RemovePasskey(p.Owner, p.ID); err != nil {
		return err
	}
	all, err := tx.Sessions(p.Owner)
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.Passkey != p.ID || one.ID == asking.ID || !one.open(now) {
			continue
		}
		if err := s.end(tx, one.Owner, one.ID, now, wallet.SessionEnded); err != nil {
			return err
		}
	}
	return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: p.Owner, Kind: wallet.PasskeyRemoved, Device: p.Device, Passkey: p.ID, At: now})
}
