package session

import (
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// MaxDevices is how many devices in use a citizen has at most.
const MaxDevices = 20

// addDevice stores a new device and tells the citizen.
func addDevice(tx Tx, d wallet.Device) error {
	all, err := tx.Devices(d.Owner)
	if err != nil {
		return err
	}
	used := 0
	for _, one := range all {
		if one.RevokedAt.IsZero() {
			used++
		}
	}
	if used >= MaxDevices {
		return fault.Newf(fault.CodeDeviceTooMany, "at most %d devices", MaxDevices)
	}
	if err := tx.PutDevice(d); err != nil {
		return err
	}
	return tx.AddEvent(wallet.Event{ID: wallet.NewID(), Owner: d.Owner, Kind: wallet.DeviceEnrolled, Device: d.ID, At: d.CreatedAt})
}
