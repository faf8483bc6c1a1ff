package session

import (
	"context"
	"slices"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// MaxDevices is how many devices in use a citizen has at most. Here and in
// MaxNewDevices, those from before a check in person and those from after it are
// counted apart, so that who has no more than a code does not use up the places
// of who was checked.
const MaxDevices = 20

// MaxNewDevices is how many devices a citizen enrols with passkeys within
// newDevicesIn at most, counting those that have ended since.
const MaxNewDevices = 20

const newDevicesIn = 24 * time.Hour

// KeptDevices is how many devices of a citizen that have ended are kept at most,
// the newest ones.
const KeptDevices = 100

// addDevice stores a new device and tells the citizen.
func addDevice(tx Tx, d wallet.Device) error {
	all, err := tx.Devices(d.Owner)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(one wallet.Device) bool { return one.Enrolment != d.Enrolment })
	recent := 0
	for _, one := range all {
		if d.CreatedAt.Sub(one.CreatedAt) < newDevicesIn {
			recent++
		}
	}
	if recent >= MaxNewDevices {
		return fault.Newf(fault.CodeDeviceTooMany, "at most %d new devices a day", MaxNewDevices)
	}
	if len(inUse(all)) >= MaxDevices {
		return fault.Newf(fault.CodeDeviceTooMany, "at most %d devices", MaxDevices)
	}
	if err := tx.PutDevice(d); err != nil {
		return err
	}
	return tellDevice(tx, d, wallet.DeviceEnrolled, d.CreatedAt)
}

func inUse(all []wallet.Device) []wallet.Device {
	return slices.DeleteFunc(all, func(d wallet.Device) bool { return !d.RevokedAt.IsZero() })
}

func tellDevice(tx Tx, d wallet.Device, kind wallet.EventKind, at time.Time) error {
	return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: d.Owner, Kind: kind, Device: d.ID, At: at})
}

// Devices lists those of the owner that are in use, oldest first.
func (s *Service) Devices(ctx context.Context, owner string) ([]wallet.Device, error) {
	var list []wallet.Device
	err := s.store.Read(ctx, func(tx Reader) error {
		all, err := tx.Devices(owner)
		list = inUse(all)
		return err
	})
	return list, err
}

// RenameDevice gives a device of the owner another name. Fault:
// device.not_found.
func (s *Service) RenameDevice(ctx context.Context, owner, id, name string) (wallet.Device, error) {
	name, err := checkName("name", name)
	if err != nil {
		return wallet.Device{}, err
	}
	var d wallet.Device
	err = s.store.Change(ctx, func(tx Tx) error {
		if d, err = used(tx, owner, id); err != nil {
			return err
		}
		d.Name = name
		return tx.PutDevice(d)
	})
	return d, err
}

// used finds a device of the owner that is in use.
func used(tx Reader, owner, id string) (wallet.Device, error) {
	d, err := tx.Device(owner, id)
	if err == nil && !d.RevokedAt.IsZero() {
		return wallet.Device{}, fault.New(fault.CodeDeviceNotFound, "the device is no longer in use")
	}
	return d, err
}

// FreezeDevice stops everything that comes from another device of the citizen,
// until it is unfrozen: its sessions, its passkeys, and the passkey with which it
// was signed in, of which it may have a copy. That one stays if the device that
// asks rests on it: left tells its id. Any session may freeze, and at once: it
// takes nothing away for good. Freezing again changes nothing. Faults:
// device.not_found, device.current.
func (s *Service) FreezeDevice(ctx context.Context, open Session, id string) (d wallet.Device, left []string, err error) {
	d, err = s.changeOther(ctx, open, id, func(tx Tx, d wallet.Device, now time.Time) (wallet.Device, error) {
		left = nil
		p, relied, err := copied(tx, open, d)
		switch {
		case err != nil:
			return d, err
		case !p.FrozenAt.IsZero():
		case relied:
			left = []string{p.ID}
		case p.ID != "":
			p.FrozenAt = now
			if err := tx.PutPasskey(p); err != nil {
				return d, err
			}
		}
		if !d.FrozenAt.IsZero() {
			return d, nil
		}
		d.FrozenAt = now
		if err := tx.PutDevice(d); err != nil {
			return d, err
		}
		return d, tellDevice(tx, d, wallet.DeviceFrozen, now)
	})
	if err != nil {
		return wallet.Device{}, nil, err
	}
	return d, left, nil
}

// copied is the passkey that signed a device in and was registered on another one:
// a synced passkey, or one that was used across devices. It is the zero value if
// there is none. It is relied on if it was registered on the device of the open
// session, or has signed that one in and is not frozen: what a freeze holds back
// must not be kept by another copy of it.
func copied(tx Reader, open Session, d wallet.Device) (p Passkey, relied bool, err error) {
	if d.Passkey == "" {
		return Passkey{}, false, nil
	}
	p, err = tx.Passkey(d.Owner, d.Passkey)
	if fault.Is(err, fault.CodePasskeyNotFound) {
		return Passkey{}, false, nil
	}
	if err != nil {
		return Passkey{}, false, err
	}
	mine, err := tx.Device(open.Owner, open.Device)
	if err != nil {
		return Passkey{}, false, err
	}
	return p, p.Device == mine.ID || p.ID == mine.Passkey && p.FrozenAt.IsZero(), nil
}

// thaw lets the passkey go on that signed a device in, unless another device that
// it signed in is still frozen.
func thaw(tx Tx, d wallet.Device) error {
	if d.Passkey == "" {
		return nil
	}
	p, err := tx.Passkey(d.Owner, d.Passkey)
	if fault.Is(err, fault.CodePasskeyNotFound) {
		return nil
	}
	if err != nil || p.FrozenAt.IsZero() {
		return err
	}
	all, err := tx.Devices(d.Owner)
	if err != nil {
		return err
	}
	for _, other := range inUse(all) {
		if other.ID != d.ID && other.Passkey == p.ID && !other.FrozenAt.IsZero() {
			return nil
		}
	}
	p.FrozenAt = time.Time{}
	return tx.PutPasskey(p)
}

// UnfreezeDevice takes a freeze back, in a fresh session of another device that was
// enrolled no worse. Faults: those of FreezeDevice;
// session.reauthentication_required, session.in_person_check_required.
func (s *Service) UnfreezeDevice(ctx context.Context, open Session, id string) (wallet.Device, error) {
	if err := s.fresh(open); err != nil {
		return wallet.Device{}, err
	}
	return s.changeOther(ctx, open, id, func(tx Tx, d wallet.Device, now time.Time) (wallet.Device, error) {
		if err := reaches(open, d.Enrolment); err != nil || d.FrozenAt.IsZero() {
			return d, err
		}
		if err := thaw(tx, d); err != nil {
			return d, err
		}
		d.FrozenAt = time.Time{}
		if err := tx.PutDevice(d); err != nil {
			return d, err
		}
		return d, tellDevice(tx, d, wallet.DeviceUnfrozen, now)
	})
}

// changeOther changes a device that is in use and not the one that asks.
func (s *Service) changeOther(ctx context.Context, open Session, id string, f func(Tx, wallet.Device, time.Time) (wallet.Device, error)) (wallet.Device, error) {
	if id == open.Device {
		return wallet.Device{}, fault.New(fault.CodeDeviceCurrent, "the device is the one that asks")
	}
	var d wallet.Device
	err := s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		if err := stillOpen(tx, open, now); err != nil {
			return err
		}
		var err error
		if d, err = used(tx, open.Owner, id); err != nil {
			return err
		}
		d, err = f(tx, d, now)
		return err
	})
	if err != nil {
		return wallet.Device{}, err
	}
	return d, nil
}

// RemoveDevice ends a device that the citizen gives up: its sessions, its
// passkeys and its key. It may be the one that asks. Not where the last passkey
// would go with it, nor from a device that was enrolled worse; and not one that is
// frozen, because a copy of a passkey may lie on it: LoseDevice asks after that.
// Faults: session.reauthentication_required, device.not_found,
// session.in_person_check_required, device.held, passkey.last.
func (s *Service) RemoveDevice(ctx context.Context, open Session, id string) error {
	if err := s.fresh(open); err != nil {
		return err
	}
	err := s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		if err := stillOpen(tx, open, now); err != nil {
			return err
		}
		d, err := used(tx, open.Owner, id)
		if err != nil {
			return err
		}
		if err := reaches(open, d.Enrolment); err != nil {
			return err
		}
		if !d.FrozenAt.IsZero() {
			return fault.New(fault.CodeDeviceHeld, "the device is frozen: unfreeze it, or report it lost")
		}
		passkeys, err := tx.Passkeys(open.Owner)
		if err != nil {
			return err
		}
		onIt := 0
		for _, p := range passkeys {
			if p.Device == id {
				onIt++
			}
		}
		if onIt > 0 && onIt == len(passkeys) {
			return fault.New(fault.CodePasskeyLast, "the last passkey cannot be removed with its device")
		}
		return s.endDevice(tx, open, d, wallet.DeviceRemoved, now)
	})
	if err == nil {
		s.ended(open.Owner, id)
	}
	return err
}

// LoseDevice ends another device of the citizen that is lost, at once and for
// good: its sessions, its passkeys, were they the last ones, its key, and the
// passkey with which it was signed in, wherever that was registered, because a copy
// may lie on the device. That one stays if the device that asks rests on it: left
// tells its id, and the citizen replaces it; if it is frozen for the lost device
// alone it goes on, because nothing could unfreeze it any more. Any session may do
// so whose own device was enrolled no worse, because whoever has lost a phone has
// no time; another one may freeze it. Faults: device.not_found, device.current,
// session.in_person_check_required.
func (s *Service) LoseDevice(ctx context.Context, open Session, id string) (left []string, err error) {
	_, err = s.changeOther(ctx, open, id, func(tx Tx, d wallet.Device, now time.Time) (wallet.Device, error) {
		if err := reaches(open, d.Enrolment); err != nil {
			return d, err
		}
		left = nil
		p, relied, err := copied(tx, open, d)
		switch {
		case err != nil:
			return d, err
		case relied:
			left = []string{p.ID}
			if err := thaw(tx, d); err != nil {
				return d, err
			}
		case p.ID != "":
			if err := s.removePasskey(tx, open, p, now); err != nil {
				return d, err
			}
		}
		return d, s.endDevice(tx, open, d, wallet.DeviceLost, now)
	})
	if err != nil {
		return nil, err
	}
	s.ended(open.Owner, id)
	return left, nil
}

// endDevice revokes a device and what hangs on it.
func (s *Service) endDevice(tx Tx, open Session, d wallet.Device, kind wallet.EventKind, now time.Time) error {
	passkeys, err := tx.Passkeys(d.Owner)
	if err != nil {
		return err
	}
	for _, p := range passkeys {
		if p.Device != d.ID {
			continue
		}
		if err := s.removePasskey(tx, open, p, now); err != nil {
			return err
		}
	}
	d.RevokedAt, d.Key, d.KeyAt = now, nil, time.Time{}
	if err := tx.PutDevice(d); err != nil {
		return err
	}
	return tellDevice(tx, d, kind, now)
}

// ended tells whoever keeps something for a device, or with "" for all of the
// owner's, that it has ended.
func (s *Service) ended(owner, device string) {
	if s.deviceEnded != nil {
		s.deviceEnded(owner, device)
	}
}
