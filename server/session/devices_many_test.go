package session_test

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
)

// TestNewDevicesADay: devices that are removed again count too, or a loop of
// enrolling and removing would fill the data file.
func TestNewDevicesADay(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	enrol := func() error {
		if err := d.reauthenticate(t, p); err != nil {
			t.Fatal(err)
		}
		_, opened, err := d.signInPasskey(t, p, session.Opening{DeviceName: "x"})
		if err != nil {
			return err
		}
		return d.RemoveDevice(t.Context(), p.open, opened.Device)
	}
	for n := range session.MaxNewDevices - 1 { // A is the first
		if err := enrol(); err != nil {
			t.Fatalf("device %d: %v", n, err)
		}
	}
	d.after(24*time.Hour - time.Second)
	wantCode(t, "one more", enrol(), fault.CodeDeviceTooMany)
	if _, _, err := d.signInPasskey(t, p, session.Opening{}); err != nil {
		t.Errorf("on the old device: %v", err)
	}
	d.after(time.Second)
	if err := enrol(); err != nil {
		t.Errorf("the next day: %v", err)
	}
}
