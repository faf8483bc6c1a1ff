package bolt

import (
	"slices"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

const kindDevice = "device"

// addDevice needs an id that is free among the devices of the owner.
func addDevice(tx *bbolt.Tx, d wallet.Device) error {
	if tx.Bucket(bucketDevices).Get(joinKey(d.Owner, d.ID)) != nil {
		return fault.New(fault.CodeInternal, "the id of a new device is taken")
	}
	return putDevice(tx, d)
}

func putDevice(tx *bbolt.Tx, d wallet.Device) error {
	if err := required(kindDevice, d.ID, d.Owner); err != nil {
		return err
	}
	if err := checkText(kindDevice, d.ID, d.Owner, d.Name, d.Passkey); err != nil {
		return err
	}
	body, err := encode(kindDevice, deviceRecord{
		header: current, ID: d.ID, Owner: d.Owner, Name: d.Name, Enrolment: int(d.Enrolment),
		CreatedAt: d.CreatedAt.UTC(), FrozenAt: d.FrozenAt.UTC(), RevokedAt: d.RevokedAt.UTC(), Passkey: d.Passkey,
		Key: d.Key, KeyAt: d.KeyAt.UTC(),
	})
	if err != nil {
		return err
	}
	key := joinKey(d.Owner, d.ID)
	if err := put(tx, bucketDevices, key, body); err != nil {
		return err
	}
	if d.RevokedAt.IsZero() {
		return put(tx, bucketDevicesInUse, key, []byte{1})
	}
	if err := remove(tx, bucketDevicesInUse, key); err != nil {
		return err
	}
	// Whoever has the phone now is told nothing more.
	if err := removeTarget(tx, key); err != nil {
		return err
	}
	return forgetDevices(tx, d.Owner)
}

// forgetDevices deletes revoked devices beyond session.KeptDevices, those that
// ended first before others. Their sessions go with them: they ended with the
// device, and would be open without it. So a device that a passkey names stays.
func forgetDevices(tx *bbolt.Tx, owner string) error {
	all, err := devicesOf(tx, owner)
	if err != nil {
		return err
	}
	revoked := slices.DeleteFunc(all, func(d wallet.Device) bool { return d.RevokedAt.IsZero() })
	if len(revoked) <= session.KeptDevices {
		return nil
	}
	passkeys, err := passkeysOf(tx, owner)
	if err != nil {
		return err
	}
	sessions, err := sessionsOf(tx, owner)
	if err != nil {
		return err
	}
	slices.SortStableFunc(revoked, func(a, b wallet.Device) int { return a.RevokedAt.Compare(b.RevokedAt) })
	for _, d := range revoked[:len(revoked)-session.KeptDevices] {
		if slices.ContainsFunc(passkeys, func(p session.Passkey) bool { return p.Device == d.ID }) {
			continue
		}
		for _, one := range sessions {
			if one.Device != d.ID {
				continue
			}
			if err := forgetSession(tx, owner, one.ID); err != nil {
				return err
			}
		}
		if err := remove(tx, bucketDevices, joinKey(owner, d.ID)); err != nil {
			return err
		}
	}
	return nil
}

// otherInUse tells whether the owner uses another device than this one. It
// reads no device: a citizen may have ended many, and every share asks.
func otherInUse(tx *bbolt.Tx, owner, device string) (bool, error) {
	found := false
	err := eachUnder(tx.Bucket(bucketDevicesInUse), joinKey(owner), func(rest, _ []byte) error {
		id, err := lastPart(rest)
		found = found || id != device
		return err
	})
	return found, err
}

func deviceByID(tx *bbolt.Tx, owner, id string) (wallet.Device, error) {
	body := tx.Bucket(bucketDevices).Get(joinKey(owner, id))
	if body == nil {
		return wallet.Device{}, fault.New(fault.CodeDeviceNotFound, "there is no such device")
	}
	return decodeDevice(body)
}

func devicesOf(tx *bbolt.Tx, owner string) ([]wallet.Device, error) {
	var all []wallet.Device
	err := eachUnder(tx.Bucket(bucketDevices), joinKey(owner), func(_, body []byte) error {
		d, err := decodeDevice(body)
		all = append(all, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b wallet.Device) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return all, nil
}

func decodeDevice(body []byte) (wallet.Device, error) {
	r, err := decode[deviceRecord](kindDevice, body)
	if err != nil {
		return wallet.Device{}, err
	}
	return wallet.Device{ID: r.ID, Owner: r.Owner, Name: r.Name, Enrolment: wallet.Enrolment(r.Enrolment),
		CreatedAt: r.CreatedAt, FrozenAt: r.FrozenAt, RevokedAt: r.RevokedAt, Passkey: r.Passkey, Key: r.Key, KeyAt: r.KeyAt}, nil
}
