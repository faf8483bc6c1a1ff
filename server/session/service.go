package session

import (
	"context"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Lifetimes and limits.
const (
	// ActivationLifetime is how long an activation code can be used.
	ActivationLifetime = 7 * 24 * time.Hour
	// MaxTries is how many attempts one activation allows, right or wrong.
	MaxTries = 5
	// SessionLifetime is absolute: use does not prolong a session.
	SessionLifetime = 30 * 24 * time.Hour
	// MaxDeviceName is the longest device name in characters.
	MaxDeviceName = 60

	// locatorDraws is how often a taken locator is drawn anew. Among a hundred
	// million open activations one draw in ten is taken.
	locatorDraws = 16
)

// Config is what a Service needs. All members are required.
type Config struct {
	Catalog *catalog.Catalog // tells which agencies there are and what they keep
	Store   Store
	Now     func() time.Time
}

// Service opens and checks sessions. It is safe for concurrent use.
type Service struct {
	catalog *catalog.Catalog
	store   Store
	now     func() time.Time
	hashing *hashing
	decoy   decoy
}

// decoy is a hash that no secret of a code matches. An unknown locator is
// compared with it, so that it costs as much as a wrong secret.
type decoy struct{ salt, hash []byte }

// New returns a service.
func New(c Config) *Service {
	return &Service{catalog: c.Catalog, store: c.Store, now: c.Now, hashing: newHashing(),
		decoy: decoy{salt: newSalt(), hash: make([]byte, hashBytes)}}
}

// IssueActivation draws a one-time code for the citizen with this personal
// number, and voids an unused older one. Only an agency that keeps a root
// document may do so: whoever hands out the code vouches for the person, and
// that is the office of the authority behind the identity card (Luật Căn cước
// 2023, art. 31). Faults: issuer.agency_unknown, issuer.agency_not_allowed,
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
	a := Activation{Owner: citizen.ID, Agency: agency, CreatedAt: now, ExpiresAt: now.Add(ActivationLifetime), Salt: newSalt()}
	_, secret := newCode()
	a.Hash = hashSecret(secret, a.Salt)
	leave()
	for range locatorDraws {
		a.Locator, _ = newCode()
		// A taken locator is the one internal fault that another draw mends.
		if err = s.store.PutActivation(ctx, a); !fault.Is(err, fault.CodeInternal) {
			break
		}
	}
	if err != nil {
		return "", time.Time{}, err
	}
	return written(a.Locator, secret), a.ExpiresAt, nil
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

// SignIn redeems an activation code for a device session. The token is shown
// once and only its hash is kept. Faults: request.malformed (code or device
// name), activation.unknown (no such code, or a wrong secret: not told apart),
// activation.used, activation.expired, activation.too_many_tries,
// request.too_many.
func (s *Service) SignIn(ctx context.Context, code, deviceName string) (token string, opened Session, err error) {
	locator, secret, err := parseCode(code)
	if err != nil {
		return "", Session{}, err
	}
	if deviceName, err = checkDeviceName(deviceName); err != nil {
		return "", Session{}, err
	}
	a, err := s.attempt(ctx, locator, secret)
	if err != nil {
		return "", Session{}, err
	}
	now := s.now()
	device := wallet.Device{ID: wallet.NewID(), Owner: a.Owner, Name: deviceName, CreatedAt: now}
	token, hash := newToken()
	opened = Session{ID: wallet.NewID(), Hash: hash, Owner: a.Owner, Device: device.ID, CreatedAt: now, ExpiresAt: now.Add(SessionLifetime)}
	event := wallet.Event{ID: wallet.NewID(), Owner: a.Owner, Kind: wallet.DeviceEnrolled, Device: device.ID, At: now}
	if err := s.store.Enrol(ctx, locator, now, device, opened, event); err != nil {
		return "", Session{}, err
	}
	return token, opened, nil
}

// attempt counts a try durably and only then compares the secret, so that
// parallel guesses cannot share a try. The place in the queue comes first: who
// is turned away there has not lost one.
func (s *Service) attempt(ctx context.Context, locator, secret string) (Activation, error) {
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return Activation{}, err
	}
	defer leave()
	a, err := s.store.BeginAttempt(ctx, locator, s.now(), MaxTries)
	if fault.Is(err, fault.CodeActivationUnknown) {
		matches(secret, s.decoy.salt, s.decoy.hash)
		return Activation{}, unknownActivation()
	}
	if err != nil {
		return Activation{}, err
	}
	if !matches(secret, a.Salt, a.Hash) {
		return Activation{}, unknownActivation()
	}
	return a, nil
}

func unknownActivation() error {
	return fault.New(fault.CodeActivationUnknown, "no such activation code")
}

// checkDeviceName normalises the name that a citizen gave a device.
func checkDeviceName(name string) (string, error) {
	malformed := fault.Newf(fault.CodeRequestMalformed, "at most %d printable characters", MaxDeviceName).At("device_name")
	if len(name) > MaxDeviceName*utf8.UTFMax*2 || !utf8.ValidString(name) {
		return "", malformed
	}
	name = norm.NFC.String(name)
	if utf8.RuneCountInString(name) > MaxDeviceName {
		return "", malformed
	}
	for _, r := range name {
		if r == utf8.RuneError || (r != ' ' && !unicode.IsGraphic(r)) {
			return "", malformed
		}
	}
	return name, nil
}

// Authenticate finds the open session of a token. Fault: session.invalid,
// whether the token is unknown, expired or revoked.
func (s *Service) Authenticate(ctx context.Context, token string) (Session, error) {
	invalid := fault.New(fault.CodeSessionInvalid, "the session is unknown, has expired or was ended")
	hash, ok := hashToken(token)
	if !ok {
		return Session{}, invalid
	}
	found, err := s.store.SessionByHash(ctx, hash)
	switch {
	case fault.Is(err, fault.CodeSessionInvalid):
		return Session{}, invalid
	case err != nil:
		return Session{}, err
	case !found.RevokedAt.IsZero() || !s.now().Before(found.ExpiresAt):
		return Session{}, invalid
	}
	return found, nil
}

// SignOut ends a session for good.
func (s *Service) SignOut(ctx context.Context, open Session) error {
	return s.store.RevokeSession(ctx, open.Owner, open.ID, s.now())
}

// NewAgencyToken makes a token with which an agency's machine speaks for the
// agency. It is shown once and only its hash is kept. Fault:
// issuer.agency_unknown.
func (s *Service) NewAgencyToken(ctx context.Context, agency string) (token string, err error) {
	if _, ok := s.catalog.Agency(agency); !ok {
		return "", fault.New(fault.CodeAgencyUnknown, "no such agency in the catalogue")
	}
	token, hash := newToken()
	kept := AgencyToken{ID: wallet.NewID(), Hash: hash, Agency: agency, CreatedAt: s.now()}
	if err := s.store.PutAgencyToken(ctx, kept); err != nil {
		return "", err
	}
	return token, nil
}

// AuthenticateAgency finds the agency of a token, by catalogue id. Fault:
// session.agency_invalid, whether the token is unknown or revoked.
func (s *Service) AuthenticateAgency(ctx context.Context, token string) (agency string, err error) {
	invalid := fault.New(fault.CodeAgencyInvalid, "the agency token is unknown or was revoked")
	hash, ok := hashToken(token)
	if !ok {
		return "", invalid
	}
	found, err := s.store.AgencyTokenByHash(ctx, hash)
	switch {
	case fault.Is(err, fault.CodeAgencyInvalid):
		return "", invalid
	case err != nil:
		return "", err
	case !found.RevokedAt.IsZero():
		return "", invalid
	}
	return found.Agency, nil
}
