package bolt

import (
	"slices"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
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
	if !d.RevokedAt.IsZero() {
		// Whoever has the phone now is told nothing more.
		if err := removeTarget(tx, key); err != nil {
			return err
		}
	}
	return put(tx, bucketDevices, key, body)
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
