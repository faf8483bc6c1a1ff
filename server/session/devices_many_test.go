package session_test

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/authenticator"
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

// TestUncheckedTakesNoPlace: who has only a code cannot use up the devices, passkeys
// and sessions of who was checked.
func TestUncheckedTakesNoPlace(t *testing.T) {
	d := newDesk(t)
	checked := d.enrol(t, "A")
	d.after(time.Second) // its session is the oldest
	stranger := &phone{Authenticator: &authenticator.Authenticator{Origin: page}}
	stranger.token, stranger.open = d.signIn(t, session.Opening{DeviceName: "X"})
	if _, err := d.register(t, stranger); err != nil {
		t.Fatal(err)
	}
	var err error
	for err == nil {
		_, _, err = d.signInPasskey(t, stranger, session.Opening{DeviceName: "x"})
	}
	wantCode(t, "the stranger's devices", err, fault.CodeDeviceTooMany)
	for range session.MaxSessions + 1 {
		if _, _, err := d.signInPasskey(t, stranger, session.Opening{}); err != nil {
			t.Fatal(err)
		}
	}
	d.wantOpen(t, "the session of the checked one", checked.token, "")
	stranger.token, stranger.open, err = d.signInPasskey(t, stranger, session.Opening{})
	for n := 0; err == nil; n++ {
		if n > session.MaxPasskeys {
			t.Fatal("passkeys without end")
		}
		_, err = d.register(t, &phone{Authenticator: &authenticator.Authenticator{Origin: page}, token: stranger.token, open: stranger.open})
	}
	wantCode(t, "the stranger's passkeys", err, fault.CodePasskeyTooMany)

	if _, _, err := d.signInPasskey(t, checked, session.Opening{DeviceName: "B"}); err != nil {
		t.Errorf("a device of the checked one: %v", err)
	}
	if _, err := d.register(t, &phone{Authenticator: &authenticator.Authenticator{Origin: page}, token: checked.token, open: checked.open}); err != nil {
		t.Errorf("a passkey of the checked one: %v", err)
	}
}
