package session_test

import (
	"slices"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
)

// copies is two phones with a passkey each, and a third that was signed in with the
// passkey of the second, as one is that has a copy of it.
func copies(t testing.TB) (d *desk, mine, other *phone, third session.Session) {
	t.Helper()
	d = newDesk(t)
	mine, other = d.enrol(t, "A"), d.enrol(t, "B")
	_, third, err := d.signInPasskey(t, other, session.Opening{DeviceName: "C"})
	if err != nil {
		t.Fatal(err)
	}
	return d, mine, other, third
}

// TestCopiedPasskeyEndsWithTheLostDevice: what signed a lost device in may lie on
// it, and opens nothing any more.
func TestCopiedPasskeyEndsWithTheLostDevice(t *testing.T) {
	d, mine, other, third := copies(t)
	if err := d.lose(t, mine.open, third.Device); err != nil {
		t.Fatal(err)
	}
	_, _, err := d.signInPasskey(t, other, session.Opening{})
	wantCode(t, "the copy", err, fault.CodePasskeyUnknown)
	if list := d.passkeys(t); len(list) != 1 || list[0].ID != mine.passkey.ID {
		t.Errorf("left %+v", list)
	}

	// Who rests on it keeps it, and is told.
	d, _, other, third = copies(t)
	left, err := d.LoseDevice(t.Context(), other.open, third.Device)
	if err != nil || len(left) != 1 || left[0] != other.passkey.ID {
		t.Errorf("left %v, %v", left, err)
	}
	if _, _, err := d.signInPasskey(t, other, session.Opening{}); err != nil {
		t.Error(err)
	}
	d, _, other, third = copies(t)
	_, fourth, err := d.signInPasskey(t, other, session.Opening{DeviceName: "D"})
	if err != nil {
		t.Fatal(err)
	}
	if left, err := d.LoseDevice(t.Context(), fourth, third.Device); err != nil || len(left) != 1 || left[0] != other.passkey.ID {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestFrozenCopyOfALostDevice: a passkey that was frozen for a device goes on when
// the device is lost and the one asks on which it was registered, because nothing
// could unfreeze it any more; another copy of it does not get it back.
func TestFrozenCopyOfALostDevice(t *testing.T) {
	freeze := func(d *desk, by session.Session, device string) {
		t.Helper()
		if _, _, err := d.FreezeDevice(t.Context(), by, device); err != nil {
			t.Fatal(err)
		}
	}
	lose := func(d *desk, by session.Session, device string, want ...string) {
		t.Helper()
		if left, err := d.LoseDevice(t.Context(), by, device); err != nil || !slices.Equal(left, want) {
			t.Fatalf("left %v, %v, want %v", left, err, want)
		}
	}
	use := func(d *desk, p *phone, code fault.Code) {
		t.Helper()
		if _, _, err := d.signInPasskey(t, p, session.Opening{}); fault.CodeOf(err) != code {
			t.Errorf("signing in: %v, want %q", err, code)
		}
	}
	d, mine, other, third := copies(t)
	_, fourth, err := d.signInPasskey(t, other, session.Opening{DeviceName: "D"})
	if err != nil {
		t.Fatal(err)
	}
	freeze(d, mine.open, third.Device)
	freeze(d, mine.open, fourth.Device)
	use(d, other, fault.CodeDeviceFrozen)
	lose(d, other.open, third.Device, other.passkey.ID)
	use(d, other, fault.CodeDeviceFrozen) // the fourth is frozen still
	lose(d, other.open, fourth.Device, other.passkey.ID)
	use(d, other, "")

	d, mine, other, third = copies(t)
	if _, fourth, err = d.signInPasskey(t, other, session.Opening{DeviceName: "D"}); err != nil {
		t.Fatal(err)
	}
	freeze(d, mine.open, third.Device)
	lose(d, fourth, third.Device)
	use(d, other, fault.CodePasskeyUnknown)
}

// TestCopiedPasskeyFreezes: it opens nothing while a device is frozen that it signed
// in, and goes on with the last of them.
func TestCopiedPasskeyFreezes(t *testing.T) {
	d, mine, other, third := copies(t)
	_, fourth, err := d.signInPasskey(t, other, session.Opening{DeviceName: "D"})
	if err != nil {
		t.Fatal(err)
	}
	use := func(code fault.Code) {
		t.Helper()
		if _, _, err := d.signInPasskey(t, other, session.Opening{}); fault.CodeOf(err) != code {
			t.Errorf("signing in: %v, want %q", err, code)
		}
	}
	freeze := func(by session.Session, device string, want int) {
		t.Helper()
		if _, left, err := d.FreezeDevice(t.Context(), by, device); err != nil || len(left) != want {
			t.Fatalf("left %v, %v", left, err)
		}
	}
	unfreeze := func(device string) {
		t.Helper()
		if _, err := d.UnfreezeDevice(t.Context(), mine.open, device); err != nil {
			t.Fatal(err)
		}
	}
	freeze(other.open, third.Device, 1) // it rests on the passkey itself
	use("")
	freeze(mine.open, third.Device, 0) // another one does not
	use(fault.CodeDeviceFrozen)
	freeze(mine.open, fourth.Device, 0)
	unfreeze(third.Device)
	use(fault.CodeDeviceFrozen)
	unfreeze(fourth.Device)
	use("")
	freeze(mine.open, fourth.Device, 0)
	use(fault.CodeDeviceFrozen)
	// Giving it up is not the way round that.
	wantCode(t, "removing it", d.RemoveDevice(t.Context(), mine.open, fourth.Device), fault.CodeDeviceHeld)
	use(fault.CodeDeviceFrozen)
	if list := d.passkeys(t); len(list) != 2 {
		t.Errorf("passkeys %+v", list)
	}
}
