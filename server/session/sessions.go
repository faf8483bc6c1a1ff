package session

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Lifetimes of a session. Use prolongs it up to its absolute end and not
// beyond.
const (
	// SessionLifetime and SessionIdle bound a session of an app, which lies in
	// the key store of a phone.
	SessionLifetime = 30 * 24 * time.Hour
	SessionIdle     = 14 * 24 * time.Hour
	// CookieLifetime and CookieIdle bound one of a browser, which may be
	// anybody's.
	CookieLifetime = 12 * time.Hour
	CookieIdle     = time.Hour
	// RotationGrace is how long the former token still counts beside the new
	// one: an answer may have been lost, and requests may be under way. After
	// it, the former token in use means that somebody else has it.
	RotationGrace = time.Minute

	// MaxReplaced is how often a token is replaced before a passkey has to prove who
	// holds it: every replaced one is remembered until then.
	MaxReplaced = 64

	// MaxSessions is how many open sessions a citizen has at most, of either
	// enrolment; one more ends the one of them that has not been used for longest.
	MaxSessions = 32

	// A use is noted at most once in this part of the idle time, because each
	// note is a write to the disk. A session may so end that much early.
	notesPerIdle = 60
)

// Session is an open session of a device. The token itself is not kept.
type Session struct {
	ID     string
	Hash   [sha256.Size]byte // SHA-256 of the token
	Owner  string
	Device string
	Mode   Mode
	Method Method
	// Passkey is the id of the one that opened the session, which ends with it;
	// empty if none did.
	Passkey string
	// Level is the authentication level with which the session was opened, 1 to
	// 4 of NĐ 69/2024 art. 20.
	Level int
	// Enrolment is that of the device, and bounds what its owner can prove.
	Enrolment wallet.Enrolment

	CreatedAt time.Time
	AuthAt    time.Time // when the citizen last proved who they are
	UsedAt    time.Time // last use that was noted
	ExpiresAt time.Time // absolute end
	RevokedAt time.Time // zero while open

	// FrozenAt is since when the device is frozen, when the session was read; zero
	// if it is not. RefusedAt is when a use was first refused for that.
	FrozenAt  time.Time
	RefusedAt time.Time

	// Former is the hash of the token that still counts beside the new one until
	// RotationGrace after RotatedAt; zero if there was none.
	Former    [sha256.Size]byte
	RotatedAt time.Time
	// Replaced are the hashes of tokens that count no more, since a passkey last
	// proved who holds the session. One that turns up means that two have it.
	Replaced [][sha256.Size]byte
}

// lifetime and idle of a mode.
func (m Mode) lifetime() time.Duration {
	if m == ModeCookie {
		return CookieLifetime
	}
	return SessionLifetime
}

func (m Mode) idle() time.Duration {
	if m == ModeCookie {
		return CookieIdle
	}
	return SessionIdle
}

// IdleAt is when the session ends if it is not used.
func (s Session) IdleAt() time.Time {
	idle := s.UsedAt.Add(s.Mode.idle())
	if s.ExpiresAt.Before(idle) {
		return s.ExpiresAt
	}
	return idle
}

// open reports whether the session counts at a moment.
func (s Session) open(now time.Time) bool {
	return s.RevokedAt.IsZero() && now.Before(s.IdleAt())
}

func invalid() error {
	return fault.New(fault.CodeSessionInvalid, "the session is unknown, has expired or was ended")
}

// Opening says how a session is to be opened.
type Opening struct {
	DeviceName string // as the citizen calls the device
	Mode       Mode   // ModeBearer if empty
}

// check normalises an opening.
func (o Opening) check() (Opening, error) {
	var err error
	if o.DeviceName, err = checkName("device_name", o.DeviceName); err != nil {
		return o, err
	}
	switch o.Mode {
	case "":
		o.Mode = ModeBearer
	case ModeBearer, ModeCookie:
	default:
		return o, fault.New(fault.CodeRequestMalformed, "expected bearer or cookie").At("mode")
	}
	return o, nil
}

// fill gives a new session its token, id and moments.
func (s *Service) fill(opened Session, now time.Time) (token string, _ Session) {
	token, opened.Hash = s.newToken()
	opened.ID = wallet.NewID()
	opened.CreatedAt, opened.AuthAt, opened.UsedAt = now, now, now
	opened.ExpiresAt = now.Add(opened.Mode.lifetime())
	return token, opened
}

// Authenticate finds the open session of a token. Faults: device.frozen;
// session.invalid, whether the token is unknown, expired, revoked or was
// replaced by another. One that was replaced longer ago than RotationGrace, or that
// another one took the place of before it was used, ends the session: two have it,
// and nobody can tell which of them is the citizen.
func (s *Service) Authenticate(ctx context.Context, token string) (Session, error) {
	hash, ok := hashToken(token)
	if !ok {
		return Session{}, invalid()
	}
	found, err := s.store.SessionByHash(ctx, hash)
	switch {
	case fault.Is(err, fault.CodeSessionInvalid):
		return Session{}, invalid()
	case err != nil:
		return Session{}, err
	}
	now := s.now()
	switch {
	case !found.open(now):
		return Session{}, invalid()
	case !found.FrozenAt.IsZero():
		return Session{}, s.refuseFrozen(ctx, found, now)
	case found.Hash != hash && (found.Former != hash || !now.Before(found.RotatedAt.Add(RotationGrace))):
		if err := s.reused(ctx, found, now); err != nil {
			return Session{}, err
		}
		return Session{}, invalid()
	}
	if now.Sub(found.UsedAt) >= found.Mode.idle()/notesPerIdle {
		if err := s.note(ctx, found, now); err != nil {
			return Session{}, err
		}
	}
	return found, nil
}

// refuseFrozen tells the citizen once of a session that is used though its
// device is frozen.
func (s *Service) refuseFrozen(ctx context.Context, found Session, now time.Time) error {
	if !found.RefusedAt.Before(found.FrozenAt) {
		return frozen()
	}
	err := s.store.Change(ctx, func(tx Tx) error {
		current, err := tx.Session(found.Owner, found.ID)
		if err != nil {
			return err
		}
		current.RefusedAt = now
		if err := tx.PutSession(current); err != nil {
			return err
		}
		return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: found.Owner, Kind: wallet.AccessRefused, Device: found.Device,
			Code: string(fault.CodeDeviceFrozen), At: now})
	})
	if err != nil {
		return err
	}
	return frozen()
}

// note keeps the moment of use.
func (s *Service) note(ctx context.Context, used Session, now time.Time) error {
	return s.store.Change(ctx, func(tx Tx) error {
		current, err := tx.Session(used.Owner, used.ID)
		if err != nil || !current.open(now) || !current.UsedAt.Before(now) {
			return err
		}
		current.UsedAt = now
		return tx.PutSession(current)
	})
}

// reused ends a session of which a replaced token has turned up.
func (s *Service) reused(ctx context.Context, found Session, now time.Time) error {
	return s.store.Change(ctx, func(tx Tx) error {
		return s.end(tx, found.Owner, found.ID, now, wallet.SessionReused)
	})
}

// end revokes a session that is open; kind tells the citizen, if it is not
// empty.
func (s *Service) end(tx Tx, owner, id string, now time.Time, kind wallet.EventKind) error {
	current, err := tx.Session(owner, id)
	if err != nil {
		return err
	}
	if !current.open(now) {
		return invalid()
	}
	current.RevokedAt = now
	if err := tx.PutSession(current); err != nil {
		return err
	}
	if kind == "" {
		return nil
	}
	return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: owner, Kind: kind, Device: current.Device, At: now})
}

// SignOut ends a session for good.
func (s *Service) SignOut(ctx context.Context, open Session) error {
	return s.store.Change(ctx, func(tx Tx) error { return s.end(tx, open.Owner, open.ID, s.now(), "") })
}

// Sessions lists the open sessions of the owner, oldest first.
func (s *Service) Sessions(ctx context.Context, owner string) ([]Session, error) {
	var open []Session
	err := s.store.Read(ctx, func(tx Reader) error {
		all, err := tx.Sessions(owner)
		now := s.now()
		for _, one := range all {
			if one.open(now) {
				open = append(open, one)
			}
		}
		return err
	})
	return open, err
}

// EndSession ends a session of the citizen who asks, but none of a device that was
// enrolled better. Faults: session.unknown, if the citizen has no such open session;
// session.in_person_check_required.
func (s *Service) EndSession(ctx context.Context, open Session, id string) error {
	return s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		if err := stillOpen(tx, open, now); err != nil {
			return err
		}
		target, err := tx.Session(open.Owner, id)
		switch {
		case fault.Is(err, fault.CodeSessionInvalid), err == nil && !target.open(now):
			return fault.New(fault.CodeSessionUnknown, "no such open session")
		case err != nil:
			return err
		}
		if err := reaches(open, target.Enrolment); err != nil {
			return err
		}
		return s.end(tx, open.Owner, id, now, wallet.SessionEnded)
	})
}

// EndOtherSessions ends every session of the owner but this one and those of devices
// that were enrolled better, and tells how many they were.
func (s *Service) EndOtherSessions(ctx context.Context, keep Session) (ended int, err error) {
	err = s.store.Change(ctx, func(tx Tx) error {
		ended = 0
		now := s.now()
		all, err := tx.Sessions(keep.Owner)
		if err != nil {
			return err
		}
		for _, one := range all {
			if one.ID == keep.ID || !one.open(now) || reaches(keep, one.Enrolment) != nil {
				continue
			}
			if err := s.end(tx, one.Owner, one.ID, now, wallet.SessionEnded); err != nil {
				return err
			}
			ended++
		}
		return nil
	})
	return ended, err
}

// Rotate replaces the token of a session, of which the one given is that of
// the request. It counts for RotationGrace more. Fault:
// session.reauthentication_required, after MaxReplaced tokens.
func (s *Service) Rotate(ctx context.Context, open Session, former string) (token string, renewed Session, err error) {
	token, hash := s.newToken()
	presented, _ := hashToken(former)
	err = s.store.Change(ctx, func(tx Tx) error {
		var err error
		if renewed, err = rotated(tx, open, hash, presented, s.now()); err != nil {
			return err
		}
		if len(renewed.Replaced) > MaxReplaced {
			return fault.New(fault.CodeReauthenticate, "the token was replaced too often since a passkey was used; reauthenticate")
		}
		return tx.PutSession(renewed)
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, renewed, nil
}

// rotated is the session with the hash of its next token. The former token replaces
// the new one while the grace lasts, because the answer may have been lost, and
// does not prolong the grace. Whichever token is dropped is remembered: somebody
// else may have it, and must not be put out in silence.
func rotated(tx Reader, open Session, hash, presented [sha256.Size]byte, now time.Time) (Session, error) {
	current, err := tx.Session(open.Owner, open.ID)
	if err != nil {
		return Session{}, err
	}
	dropped := current.Former
	switch {
	case !current.open(now):
		return Session{}, invalid()
	case current.Hash == presented:
		current.Former, current.RotatedAt = presented, now
	case current.Former == presented && now.Before(current.RotatedAt.Add(RotationGrace)):
		dropped = current.Hash
	default:
		return Session{}, invalid()
	}
	if dropped != ([sha256.Size]byte{}) {
		current.Replaced = append(current.Replaced, dropped)
	}
	current.Hash, current.UsedAt = hash, now
	return current, nil
}

// admit stores a new session and keeps the owner's within MaxSessions. Those
// that ended before are forgotten.
func admit(tx Tx, opened Session, now time.Time) error {
	all, err := tx.Sessions(opened.Owner)
	if err != nil {
		return err
	}
	var open []Session
	for _, one := range all {
		if one.open(now) {
			if one.Enrolment == opened.Enrolment {
				open = append(open, one)
			}
			continue
		}
		if err := tx.ForgetSession(one.Owner, one.ID); err != nil {
			return err
		}
	}
	if len(open) >= MaxSessions {
		oldest := open[0]
		for _, one := range open {
			if one.UsedAt.Before(oldest.UsedAt) {
				oldest = one
			}
		}
		if err := tx.ForgetSession(oldest.Owner, oldest.ID); err != nil {
			return err
		}
	}
	return tx.PutSession(opened)
}
