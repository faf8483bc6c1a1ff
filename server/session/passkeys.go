package session

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session/passkey"
	"github.com/giayto/giayto/wallet"
)

const (
	// MaxPasskeys is how many passkeys a citizen has at most, of either enrolment:
	// those from before a check in person take no place of those from after it.
	MaxPasskeys = 20
	// FreshFor is for how long after citizens have proved who they are they may
	// change with what they sign in. A session that was stolen later may not.
	FreshFor = 10 * time.Minute
)

// Passkey is a registered passkey of a citizen.
type Passkey struct {
	ID     string
	Owner  string
	Device string // on which it was registered; it ends with that device
	Name   string // as the citizen named it
	// Enrolment is that of the session in which it was registered: a passkey
	// proves no more about who somebody is than was checked then.
	Enrolment wallet.Enrolment
	Key       passkey.Key // Counter is that of the last use
	CreatedAt time.Time
	UsedAt    time.Time // zero until it was used
	ClonedAt  time.Time // when its counter last went back; zero if it never did
	// FrozenAt is since when a device is frozen that it signed in; zero if none is.
	// That the device on which it was registered is frozen is said of that device.
	FrozenAt time.Time
}

// countsFor reports whether a passkey proves as much about who somebody is as the
// session rests on. One that was registered before a check in person does not: who
// had the account then need not be the person that was checked.
func (p Passkey) countsFor(open Session) bool { return p.Enrolment >= open.Enrolment }

// keptReplaced is how many replaced tokens are remembered beyond a proof.
const keptReplaced = MaxReplaced / 2

// fresh refuses a session in which it is too long ago that the citizen proved
// who they are.
func (s *Service) fresh(open Session) error {
	if s.now().Sub(open.AuthAt) >= FreshFor {
		return fault.New(fault.CodeReauthenticate, "it is too long ago that the citizen signed in; reauthenticate with a passkey")
	}
	return nil
}

// MayExport reports whether a session may be handed a whole credential, which
// tells more than any request to share: only when the citizen has just proved
// who they are, and can prove enough.
func (s *Service) MayExport(open Session) bool {
	return s.fresh(open) == nil && Ceiling(open.Enrolment) >= Bound
}

// BeginSignIn gives the options with which anybody may try to sign in with a
// passkey. They are the same for everybody but for the challenge.
func (s *Service) BeginSignIn(ctx context.Context) (options json.RawMessage, err error) {
	c, err := s.begin(ctx, Ceremony{Purpose: ToSignIn})
	if err != nil {
		return nil, err
	}
	return s.party.RequestOptions(c.Challenge, nil)
}

// SignInPasskey opens a session with the answer to BeginSignIn. The session
// belongs to the device on which the passkey was registered, or, if the opening
// names a device, to a new one. Faults: request.malformed; those of
// passkey.Party.Check; passkey.challenge_unknown, passkey.cloned,
// device.frozen.
func (s *Service) SignInPasskey(ctx context.Context, answer []byte, o Opening) (token string, opened Session, err error) {
	if o, err = o.check(); err != nil {
		return "", Session{}, err
	}
	err = s.prove(ctx, answer, Ceremony{Purpose: ToSignIn}, func(tx Tx, p Passkey, _ Ceremony, now time.Time) error {
		device := p.Device
		if o.DeviceName != "" {
			added := wallet.Device{ID: wallet.NewID(), Owner: p.Owner, Name: o.DeviceName, Enrolment: p.Enrolment, CreatedAt: now, Passkey: p.ID}
			if err := addDevice(tx, added); err != nil {
				return err
			}
			device = added.ID
		}
		token, opened = s.fill(Session{Owner: p.Owner, Device: device, Mode: o.Mode, Method: ByPasskey, Passkey: p.ID, Level: TwoFactors, Enrolment: p.Enrolment}, now)
		return admit(tx, opened, now)
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, opened, nil
}

// BeginReauthentication gives the options with which the citizen of an open
// session proves anew who they are.
func (s *Service) BeginReauthentication(ctx context.Context, open Session) (options json.RawMessage, err error) {
	return s.beginOwn(ctx, open, ToReauthenticate)
}

// beginOwn gives the options for one of the citizen's own passkeys that counts for
// as much as the session.
func (s *Service) beginOwn(ctx context.Context, open Session, purpose Purpose, extra ...byte) (json.RawMessage, error) {
	passkeys, err := s.Passkeys(ctx, open.Owner)
	if err != nil {
		return nil, err
	}
	passkeys = slices.DeleteFunc(passkeys, func(p Passkey) bool { return !p.countsFor(open) })
	if len(passkeys) == 0 {
		return nil, fault.New(fault.CodePasskeyNone, "the citizen has no passkey that counts for this session")
	}
	c, err := s.begin(ctx, Ceremony{Purpose: purpose, Owner: open.Owner, Session: open.ID}, extra...)
	if err != nil {
		return nil, err
	}
	return s.party.RequestOptions(c.Challenge, describe(passkeys))
}

func describe(passkeys []Passkey) []passkey.Descriptor {
	var list []passkey.Descriptor
	for _, p := range passkeys {
		list = append(list, passkey.Descriptor{Credential: p.Key.Credential, Transports: p.Key.Transports})
	}
	return list
}

// Reauthenticate notes that the citizen has just proved who they are, and
// rotates the token, which somebody may have had. A passkey that was registered
// before a check in person does not renew a session from after it: it is
// passkey.unknown. Faults: those of SignInPasskey.
func (s *Service) Reauthenticate(ctx context.Context, open Session, former string, answer []byte) (token string, renewed Session, err error) {
	token, hash := s.newToken()
	presented, _ := hashToken(former)
	want := Ceremony{Purpose: ToReauthenticate, Owner: open.Owner, Session: open.ID}
	err = s.prove(ctx, answer, want, func(tx Tx, p Passkey, _ Ceremony, now time.Time) error {
		if !p.countsFor(open) {
			return fault.New(fault.CodePasskeyUnknown, "the passkey was registered before the check in person").At("credential")
		}
		var err error
		if renewed, err = rotated(tx, open, hash, presented, now); err != nil {
			return err
		}
		renewed.AuthAt = now
		// Whoever has another of its tokens could not have proved this. The last
		// ones stay, so that the citizen is told of one that turns up.
		renewed.Replaced = renewed.Replaced[max(0, len(renewed.Replaced)-keptReplaced):]
		renewed.Level = max(renewed.Level, TwoFactors)
		return tx.PutSession(renewed)
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, renewed, nil
}

// prove checks an assertion for a purpose and, if it is right, notes the use of
// the passkey and runs f in the same transaction. What is refused is told to
// the citizen whose passkey it is.
func (s *Service) prove(ctx context.Context, answer []byte, want Ceremony, f func(tx Tx, p Passkey, c Ceremony, now time.Time) error) error {
	assertion, err := passkey.ParseAssertion(answer)
	if err != nil {
		return err
	}
	ceremony, err := s.take(ctx, assertion.Challenge(), want)
	if err != nil && want.Owner == "" {
		return err // nobody is named yet
	}
	if err != nil {
		return s.refused(ctx, wallet.Event{Owner: want.Owner}, err)
	}
	known, found, err := s.named(ctx, assertion, want.Owner)
	if err != nil {
		return err
	}
	var public []byte
	if found {
		public = known.Key.PublicKey
	}
	use, err := s.party.Check(assertion, ceremony.Challenge, public)
	if err == nil && use.Synced != known.Key.Synced {
		err = passkey.Unknown() // a property of the key for good (WebAuthn section 6.1.3)
	}
	told := wallet.Event{Owner: want.Owner, Device: known.Device, Passkey: known.ID}
	if found {
		told.Owner = known.Owner
	}
	if err != nil {
		return s.guessed(assertion.Credential(), s.refused(ctx, told, err))
	}
	return s.refused(ctx, told, s.noteUse(ctx, known, use, ceremony, f))
}

// guessed turns somebody away who goes on failing with a passkey, known or not.
// A right signature never gets here.
func (s *Service) guessed(credential []byte, cause error) error {
	if !Failed(cause) {
		return cause
	}
	name := sha256.Sum256(credential)
	if s.guesses.Wait(name) > 0 {
		return fault.New(fault.CodeRequestTooMany, "too many failures with this passkey")
	}
	s.guesses.Fail(name)
	return cause
}

// named finds the passkey that an assertion names. One of somebody else, or for
// another account than the authenticator says, is not found.
func (s *Service) named(ctx context.Context, a *passkey.Assertion, owner string) (p Passkey, found bool, err error) {
	err = s.store.Read(ctx, func(tx Reader) error {
		p, err = tx.PasskeyByCredential(a.Credential())
		return err
	})
	if fault.Is(err, fault.CodePasskeyNotFound) {
		return Passkey{}, false, nil
	}
	if err != nil {
		return Passkey{}, false, err
	}
	handle := a.UserHandle()
	switch {
	case owner != "" && p.Owner != owner, owner == "" && len(handle) == 0,
		len(handle) > 0 && !bytes.Equal(handle, []byte(p.Owner)):
		return Passkey{}, false, nil
	}
	return p, true, nil
}

// noteUse notes the use of a passkey and runs f, in one transaction. A counter
// that did not grow is a second copy of the key, or a broken authenticator: the
// use is refused, and the citizen is warned.
func (s *Service) noteUse(ctx context.Context, known Passkey, use passkey.Use, c Ceremony, f func(tx Tx, p Passkey, c Ceremony, now time.Time) error) error {
	var cloned bool
	err := s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		p, err := tx.Passkey(known.Owner, known.ID)
		if fault.Is(err, fault.CodePasskeyNotFound) {
			return passkey.Unknown() // removed in the meantime
		}
		if err != nil {
			return err
		}
		if err := usable(tx, p.Owner, p.Device); err != nil {
			return err
		}
		if !p.FrozenAt.IsZero() {
			return frozen()
		}
		cloned = use.Counter <= p.Key.Counter && (use.Counter != 0 || p.Key.Counter != 0)
		if cloned {
			p.ClonedAt = now
			if err := tx.PutPasskey(p); err != nil {
				return err
			}
			return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: p.Owner, Kind: wallet.PasskeyCloned, Device: p.Device, Passkey: p.ID, At: now})
		}
		p.Key.Counter, p.UsedAt = use.Counter, now
		if err := tx.PutPasskey(p); err != nil {
			return err
		}
		return f(tx, p, c, now)
	})
	if err == nil && cloned {
		return fault.New(fault.CodePasskeyCloned, "the counter of the passkey did not grow: there may be a copy of it").At("credential")
	}
	return err
}

// usable refuses what hangs on a device that is frozen.
func usable(tx Reader, owner, device string) error {
	d, err := tx.Device(owner, device)
	if err != nil {
		return err
	}
	if !d.FrozenAt.IsZero() {
		return frozen()
	}
	return nil
}

func frozen() error { return fault.New(fault.CodeDeviceFrozen, "the device is frozen") }

// refused tells the citizen of a refusal, if it is known whose passkey, code or
// session it was, and gives the refusal back. What is not for the citizen to know
// (storage, a passkey that was cloned and told already) is left out. Where there
// is nobody to tell, as much is written for nobody, so that the time it takes
// does not tell whether there is.
func (s *Service) refused(ctx context.Context, e wallet.Event, cause error) error {
	code := fault.CodeOf(cause)
	switch code.Kind() {
	case fault.Refused, fault.Unauthorised, fault.Forbidden, fault.Gone, fault.TooMany:
	default:
		return cause
	}
	if code == fault.CodePasskeyCloned {
		return cause
	}
	// Somebody who goes on being refused must not fill the disk.
	if _, ok := s.telling.Allow(e.Owner); e.Owner == "" || !ok {
		return cmp.Or(s.blank(ctx), cause)
	}
	e.ID, e.Kind, e.Code, e.At = wallet.NewID(), wallet.AccessRefused, string(code), s.now()
	if err := s.store.Change(ctx, func(tx Tx) error { return tx.AddEvent(e) }); err != nil {
		return err
	}
	return cause
}

// blank writes what is swept later, where another path would write.
func (s *Service) blank(ctx context.Context) error {
	_, err := s.begin(ctx, Ceremony{Purpose: toNothing})
	return err
}

// Limits of what a citizen is told of refusals.
const (
	tellBurst    = 20
	tellInterval = 10 * time.Minute
)
