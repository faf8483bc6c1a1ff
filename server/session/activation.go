package session

import (
	"context"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Lifetimes and limits of activation codes.
const (
	// ActivationLifetime is how long an activation code can be used.
	ActivationLifetime = 7 * 24 * time.Hour
	// MaxTries is how many attempts one activation allows, right or wrong.
	MaxTries = 5

	// locatorDraws is how often a taken locator is drawn anew. Among a hundred
	// million open activations one draw in ten is taken.
	locatorDraws = 16
)

// IssueActivation draws a one-time code for the citizen with this personal
// number, and voids an unused older one. The code enrols at level 1, until
// ConfirmInPerson has bound a check in person to it. Only an agency that keeps a
// root document may do so: whoever hands out the code vouches for the person,
// and that is the office of the authority behind the identity card (Luật Căn
// cước 2023, art. 31). Faults: issuer.agency_unknown, issuer.agency_not_allowed,
// wallet.citizen_unknown, issuer.holder_deceased.
func (s *Service) IssueActivation(ctx context.Context, agency, personalNumber string) (code string, expiresAt time.Time, err error) {
	if err := s.mayVouch(agency); err != nil {
		return "", time.Time{}, err
	}
	citizen, err := s.store.CitizenByNumber(ctx, s.catalog.PersonalNumber(personalNumber))
	if err != nil {
		return "", time.Time{}, err
	}
	if citizen.Lock.Reason == wallet.Death {
		return "", time.Time{}, fault.New(fault.CodeHolderDeceased, "the holder of the wallet has died").At("personal_administrative_number")
	}
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	now := s.now()
	a := Activation{Owner: citizen.ID, Agency: agency, CreatedAt: now, ExpiresAt: now.Add(ActivationLifetime), Salt: s.draw(saltBytes)}
	_, secret := s.newCode()
	a.Hash = hashSecret(secret, a.Salt)
	leave()
	for range locatorDraws {
		a.Locator, _ = s.newCode()
		// A taken locator is the one internal fault that another draw mends.
		if err = s.store.PutActivation(ctx, a); !fault.Is(err, fault.CodeInternal) {
			break
		}
	}
	if err != nil {
		return "", time.Time{}, err
	}
	return grouped(a.Locator + secret), a.ExpiresAt, nil
}

// mayVouch refuses an agency that keeps no root document.
func (s *Service) mayVouch(agency string) error {
	if _, ok := s.catalog.Agency(agency); !ok {
		return fault.New(fault.CodeAgencyUnknown, "no such agency in the catalogue")
	}
	for _, d := range s.catalog.Documents() {
		if d.Agency.ID == agency && d.Anchor == "" {
			return nil
		}
	}
	return fault.New(fault.CodeAgencyNotAllowed, "only an agency that keeps a root document may enrol citizens")
}

// ConfirmInPerson notes that the agency has seen the citizen and compared them
// with their card, and binds that to the code they hold: whoever redeems it
// then enrols at level 2. The reference is how the code begins (its first six
// characters), so that the desk confirms the code that the citizen has and
// nobody has to read the whole of it out. Faults: those of IssueActivation;
// request.malformed (no such reference can be), activation.unknown (no unused
// code of the citizen begins so), activation.expired.
func (s *Service) ConfirmInPerson(ctx context.Context, agency, personalNumber, reference string) error {
	if err := s.mayVouch(agency); err != nil {
		return err
	}
	locator, err := parseReference(reference)
	if err != nil {
		return err
	}
	citizen, err := s.store.CitizenByNumber(ctx, s.catalog.PersonalNumber(personalNumber))
	if err != nil {
		return err
	}
	return s.store.ConfirmActivation(ctx, citizen.ID, locator, agency, s.now())
}

// SignIn redeems an activation code for a session of a new device. The token is
// shown once and only its hash is kept. Faults: request.malformed (code, device
// name or mode), activation.unknown (no such code, or a wrong secret: not told
// apart), activation.used, activation.expired, activation.too_many_tries,
// request.too_many.
func (s *Service) SignIn(ctx context.Context, code string, o Opening) (token string, opened Session, err error) {
	locator, secret, err := parseCode(code)
	if err != nil {
		return "", Session{}, err
	}
	if o, err = o.check(); err != nil {
		return "", Session{}, err
	}
	a, err := s.attempt(ctx, locator, secret)
	if err != nil {
		return "", Session{}, err
	}
	now := s.now()
	device := wallet.Device{ID: wallet.NewID(), Owner: a.Owner, Name: o.DeviceName, Enrolment: a.Enrolment(), CreatedAt: now}
	token, opened = s.fill(Session{Owner: a.Owner, Device: device.ID, Mode: o.Mode, Method: ByActivation,
		Level: levelOf(device.Enrolment), Enrolment: device.Enrolment}, now)
	event := wallet.Event{ID: wallet.NewID(), Owner: a.Owner, Kind: wallet.DeviceEnrolled, Device: device.ID, At: now}
	if err := s.store.Enrol(ctx, locator, now, device, opened, event); err != nil {
		return "", Session{}, s.refused(ctx, wallet.Event{Owner: a.Owner}, err)
	}
	return token, opened, nil
}

// attempt counts a try durably and only then compares the secret, so that
// parallel guesses cannot share a try. The place in the queue comes first: who
// is turned away there has not lost one. Whatever comes of a refusal costs one
// hash and two writes, and that a code was used or has ended is told only to who has all of it.
func (s *Service) attempt(ctx context.Context, locator, secret string) (Activation, error) {
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return Activation{}, err
	}
	defer leave()
	a, err := s.store.BeginAttempt(ctx, locator, s.now(), MaxTries)
	if fault.Is(err, fault.CodeActivationUsed) || fault.Is(err, fault.CodeActivationExpired) || fault.Is(err, fault.CodeActivationTries) {
		ended := err
		if err := s.blank(ctx); err != nil { // in the place of the count
			return Activation{}, err
		}
		err = s.store.Read(ctx, func(tx Reader) error {
			a, err = tx.Activation(locator)
			return err
		})
		if err == nil && matches(secret, a.Salt, a.Hash) {
			return Activation{}, s.refused(ctx, wallet.Event{Owner: a.Owner}, ended)
		}
		if err == nil {
			return Activation{}, s.refused(ctx, wallet.Event{Owner: a.Owner}, unknownActivation())
		}
	}
	switch {
	case fault.Is(err, fault.CodeActivationUnknown):
		if err := s.blank(ctx); err != nil { // in the place of the count
			return Activation{}, err
		}
		matches(secret, s.decoy.salt, s.decoy.hash)
		return Activation{}, s.refused(ctx, wallet.Event{}, unknownActivation())
	case err != nil:
		return Activation{}, err
	case !matches(secret, a.Salt, a.Hash):
		return Activation{}, s.refused(ctx, wallet.Event{Owner: a.Owner}, unknownActivation())
	}
	return a, nil
}

func unknownActivation() error {
	return fault.New(fault.CodeActivationUnknown, "no such activation code")
}
