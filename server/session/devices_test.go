package session_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

func (d *desk) devices(t testing.TB) []wallet.Device {
	t.Helper()
	list, err := d.Devices(t.Context(), "anh")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// wantOpen asks whether a token opens the wallet.
func (d *desk) wantOpen(t testing.TB, what, token string, code fault.Code) {
	t.Helper()
	if _, err := d.Authenticate(t.Context(), token); fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

func TestDevicesAreListedAndNamed(t *testing.T) {
	d := newDesk(t)
	a := d.enrol(t, "A")
	d.after(time.Second)
	b := d.enrol(t, "B")
	if list := d.devices(t); len(list) != 2 || list[0].ID != a.open.Device || list[1].Name != "B" || list[1].Enrolment != wallet.InPerson {
		t.Fatalf("devices %+v", list)
	}
	renamed, err := d.RenameDevice(t.Context(), "anh", b.open.Device, "Máy mới")
	if err != nil || renamed.Name != "Máy mới" || d.devices(t)[1].Name != "Máy mới" {
		t.Errorf("%+v, %v", renamed, err)
	}
	_, err = d.RenameDevice(t.Context(), "anh", b.open.Device, "a\u202eb")
	wantCode(t, "a name that turns around", err, fault.CodeRequestMalformed)
	for what, args := range map[string][2]string{"somebody else's": {"binh", b.open.Device}, "unknown": {"anh", "x"}, "none": {"anh", ""}} {
		_, err := d.RenameDevice(t.Context(), args[0], args[1], "x")
		wantCode(t, what, err, fault.CodeDeviceNotFound)
	}
}

// TestFreeze: nothing goes from a frozen device, and its owner sees who tries.
func TestFreeze(t *testing.T) {
	d := newDesk(t)
	mine, other := d.enrol(t, "A"), d.enrol(t, "B")
	_, _, err := d.FreezeDevice(t.Context(), mine.open, mine.open.Device)
	wantCode(t, "itself", err, fault.CodeDeviceCurrent)
	_, _, err = d.FreezeDevice(t.Context(), mine.open, "unknown")
	wantCode(t, "unknown", err, fault.CodeDeviceNotFound)

	d.after(time.Hour) // freezing needs no new proof
	for range 2 {
		if frozen, left, err := d.FreezeDevice(t.Context(), mine.open, other.open.Device); err != nil || left != nil || !frozen.FrozenAt.Equal(*d.now.Load()) {
			t.Fatalf("%+v, %v", frozen, err)
		}
	}
	if kinds := d.kinds(t, 2); kinds[0] != wallet.DeviceFrozen || kinds[1] == wallet.DeviceFrozen {
		t.Errorf("events %v", kinds)
	}
	for range 3 {
		d.wantOpen(t, "its session", other.token, fault.CodeDeviceFrozen)
	}
	_, _, err = d.signInPasskey(t, other, session.Opening{})
	wantCode(t, "its passkey", err, fault.CodeDeviceFrozen)
	_, _, err = d.signInPasskey(t, other, session.Opening{DeviceName: "C"})
	wantCode(t, "its passkey for a new device", err, fault.CodeDeviceFrozen)
	events, err := d.store.Events(t.Context(), "anh", 4)
	if err != nil {
		t.Fatal(err)
	}
	refusals := 0
	for _, e := range events {
		if e.Kind == wallet.AccessRefused && e.Code == string(fault.CodeDeviceFrozen) && e.Device == other.open.Device {
			refusals++
		}
	}
	if refusals != 3 { // once for the session, however often it is used, and once for each sign-in
		t.Errorf("%d refusals told: %+v", refusals, events)
	}
	d.wantOpen(t, "the other device", mine.token, "")

	_, err = d.UnfreezeDevice(t.Context(), mine.open, other.open.Device)
	wantCode(t, "unfreezing from a stale session", err, fault.CodeReauthenticate)
	if err := d.reauthenticate(t, mine); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if free, err := d.UnfreezeDevice(t.Context(), mine.open, other.open.Device); err != nil || !free.FrozenAt.IsZero() {
			t.Fatalf("%+v, %v", free, err)
		}
	}
	d.wantOpen(t, "its session, unfrozen", other.token, "")
	if _, _, err := d.signInPasskey(t, other, session.Opening{}); err != nil {
		t.Errorf("its passkey, unfrozen: %v", err)
	}
}

func TestRemoveDevice(t *testing.T) {
	d := newDesk(t)
	mine, other := d.enrol(t, "A"), d.enrol(t, "B")
	stale := mine.open
	stale.AuthAt = stale.AuthAt.Add(-session.FreshFor)
	wantCode(t, "from a stale session", d.RemoveDevice(t.Context(), stale, other.open.Device), fault.CodeReauthenticate)
	wantCode(t, "unknown", d.RemoveDevice(t.Context(), mine.open, "x"), fault.CodeDeviceNotFound)
	if err := d.RemoveDevice(t.Context(), mine.open, other.open.Device); err != nil {
		t.Fatal(err)
	}
	d.wantOpen(t, "its session", other.token, fault.CodeSessionInvalid)
	_, _, err := d.signInPasskey(t, other, session.Opening{})
	wantCode(t, "its passkey", err, fault.CodePasskeyUnknown)
	wantCode(t, "twice", d.RemoveDevice(t.Context(), mine.open, other.open.Device), fault.CodeDeviceNotFound)
	wantCode(t, "with the last passkey", d.RemoveDevice(t.Context(), mine.open, mine.open.Device), fault.CodePasskeyLast)
	if list := d.devices(t); len(list) != 1 || list[0].ID != mine.open.Device {
		t.Errorf("devices %+v", list)
	}
	if len(d.gone) != 1 || d.gone[0] != "anh/"+other.open.Device {
		t.Errorf("told of %v", d.gone)
	}

	d = newDesk(t) // without any passkey there is none to protect
	token, open := d.signIn(t, session.Opening{})
	if err := d.RemoveDevice(t.Context(), open, open.Device); err != nil {
		t.Fatal(err)
	}
	d.wantOpen(t, "the device that removed itself", token, fault.CodeSessionInvalid)
}

// lose marks a device lost of which nothing is left.
func (d *desk) lose(t testing.TB, open session.Session, id string) error {
	t.Helper()
	left, err := d.LoseDevice(t.Context(), open, id)
	if left != nil {
		t.Errorf("left %v", left)
	}
	return err
}

// TestLoseDevice: one call from another device, without a new proof, takes
// everything of the lost one, even the last passkey.
func TestLoseDevice(t *testing.T) {
	d := newDesk(t)
	lost := d.enrol(t, "A")
	token, mine := d.seen(t, session.Opening{DeviceName: "B"})
	second, _, err := d.signInPasskey(t, lost, session.Opening{Mode: session.ModeCookie})
	if err != nil {
		t.Fatal(err)
	}
	d.bindKey(t, lost.open)
	d.after(time.Hour - time.Second)
	wantCode(t, "itself", d.lose(t, mine, mine.Device), fault.CodeDeviceCurrent)
	wantCode(t, "unknown", d.lose(t, mine, "x"), fault.CodeDeviceNotFound)
	if err := d.lose(t, mine, lost.open.Device); err != nil {
		t.Fatal(err)
	}
	d.wantOpen(t, "its session", lost.token, fault.CodeSessionInvalid)
	d.wantOpen(t, "its other session", second, fault.CodeSessionInvalid)
	d.wantOpen(t, "the other device", token, "")
	_, _, err = d.signInPasskey(t, lost, session.Opening{})
	wantCode(t, "its passkey", err, fault.CodePasskeyUnknown)
	if list := d.passkeys(t); len(list) != 0 {
		t.Errorf("passkeys %+v", list)
	}
	var kept wallet.Device
	err = d.store.Read(t.Context(), func(tx session.Reader) error {
		kept, err = tx.Device("anh", lost.open.Device)
		return err
	})
	if err != nil || kept.RevokedAt.IsZero() || kept.Key != nil || !kept.KeyAt.IsZero() {
		t.Errorf("device %+v, %v", kept, err)
	}
	kinds := d.kinds(t, 2)
	if kinds[0] != wallet.DeviceLost || kinds[1] != wallet.PasskeyRemoved {
		t.Errorf("events %v", kinds)
	}
	if len(d.gone) != 1 || d.gone[0] != "anh/"+lost.open.Device {
		t.Errorf("told of %v", d.gone)
	}
	wantCode(t, "twice", d.lose(t, mine, lost.open.Device), fault.CodeDeviceNotFound)
	ended := lost.open
	wantCode(t, "the lost one, of the other", d.lose(t, ended, mine.Device), fault.CodeSessionInvalid)
}

// TestUncheckedEndsNothingChecked: who has enrolled without a check in person may
// freeze what was enrolled after one, and nothing more.
func TestUncheckedEndsNothingChecked(t *testing.T) {
	d := newDesk(t)
	checked, spare := d.enrol(t, "A"), d.enrol(t, "B")
	code := d.recoveryCode(t, checked)
	stranger := &phone{Authenticator: &authenticator.Authenticator{Origin: page}}
	stranger.token, stranger.open = d.signIn(t, session.Opening{DeviceName: "X"})
	if _, err := d.register(t, stranger); err != nil {
		t.Fatal(err)
	}
	_, err := d.NewRecovery(t.Context(), stranger.open)
	for what, err := range map[string]error{
		"lost":          d.lose(t, stranger.open, spare.open.Device),
		"removed":       d.RemoveDevice(t.Context(), stranger.open, spare.open.Device),
		"its session":   d.EndSession(t.Context(), stranger.open, spare.open.ID),
		"its passkey":   d.RemovePasskey(t.Context(), stranger.open, spare.passkey.ID),
		"recovery code": err,
	} {
		wantCode(t, what, err, fault.CodeReissueInPerson)
	}
	if n, err := d.EndOtherSessions(t.Context(), stranger.open); n != 0 || err != nil {
		t.Errorf("%d other sessions ended, %v", n, err)
	}
	if _, _, err := d.FreezeDevice(t.Context(), stranger.open, spare.open.Device); err != nil {
		t.Errorf("freezing: %v", err)
	}
	_, err = d.UnfreezeDevice(t.Context(), stranger.open, spare.open.Device)
	wantCode(t, "unfreezing", err, fault.CodeReissueInPerson)
	if _, err := d.UnfreezeDevice(t.Context(), checked.open, spare.open.Device); err != nil {
		t.Errorf("from a checked one: %v", err)
	}
	d.wantOpen(t, "what was to end", spare.token, "")
	if len(d.devices(t)) != 3 || len(d.passkeys(t)) != 3 || len(d.gone) != 0 {
		t.Errorf("left %+v, %+v, told of %v", d.devices(t), d.passkeys(t), d.gone)
	}
	// Upwards and among equals nothing changes.
	if err := d.lose(t, checked.open, stranger.open.Device); err != nil {
		t.Error(err)
	}
	if err := d.ReportLost(t.Context(), code); err != nil { // the code was not replaced
		t.Error(err)
	}
	d.after(time.Second)
	_, remote := d.signIn(t, session.Opening{})
	if _, err := d.NewRecovery(t.Context(), remote); err != nil { // a used code protects nothing
		t.Error(err)
	}
	if _, err := d.NewRecovery(t.Context(), remote); err != nil { // an equal replaces its own
		t.Error(err)
	}
}

// TestUncheckedDrawsNoCode: a recovery code ends everything, so that an account
// which was not checked gets none beside a device that was, whether or not that
// one has drawn a code.
func TestUncheckedDrawsNoCode(t *testing.T) {
	d := newDesk(t)
	checked := d.enrol(t, "A")
	_, remote := d.signIn(t, session.Opening{DeviceName: "X"})
	_, err := d.NewRecovery(t.Context(), remote)
	wantCode(t, "beside a checked device", err, fault.CodeReissueInPerson)
	if _, err := d.NewRecovery(t.Context(), checked.open); err != nil {
		t.Errorf("the checked one: %v", err)
	}
}

func TestTooManyDevices(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	for n := range session.MaxDevices - 1 {
		if _, _, err := d.signInPasskey(t, p, session.Opening{DeviceName: "x"}); err != nil {
			t.Fatalf("device %d: %v", n, err)
		}
	}
	_, _, err := d.signInPasskey(t, p, session.Opening{DeviceName: "x"})
	wantCode(t, "one more", err, fault.CodeDeviceTooMany)
	if _, _, err := d.signInPasskey(t, p, session.Opening{}); err != nil {
		t.Errorf("on the old device: %v", err)
	}
}

// deviceKey makes a key and proves it in answer to a challenge.
func deviceKey(t testing.TB, challenge []byte) (point, signature []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if point, err = key.PublicKey.Bytes(); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(session.DeviceKeyMessage(challenge, point))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signature = make([]byte, session.ProofSize)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return point, signature
}

func (d *desk) bindKey(t testing.TB, open session.Session) wallet.Device {
	t.Helper()
	challenge, err := d.BeginDeviceKey(t.Context(), open)
	if err != nil {
		t.Fatal(err)
	}
	point, signature := deviceKey(t, challenge)
	bound, err := d.BindDeviceKey(t.Context(), open, challenge, point, signature)
	if err != nil || string(bound.Key) != string(point) {
		t.Fatalf("%+v, %v", bound, err)
	}
	return bound
}

func TestDeviceKey(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	bound := d.bindKey(t, p.open)
	if kept := d.devices(t)[0]; string(kept.Key) != string(bound.Key) || !kept.KeyAt.Equal(*d.now.Load()) {
		t.Errorf("kept %+v", kept)
	}
	if kinds := d.kinds(t, 1); kinds[0] != wallet.DeviceKeyBound {
		t.Errorf("events %v", kinds)
	}
	again := d.bindKey(t, p.open)
	if string(again.Key) == string(bound.Key) {
		t.Error("the key was not replaced")
	}
}

func TestDeviceKeyRefusals(t *testing.T) {
	d := newDesk(t)
	p, other := d.enrol(t, "A"), d.enrol(t, "B")
	for name, c := range map[string]struct {
		change func(challenge, point, signature []byte) ([]byte, []byte, []byte)
		code   fault.Code
	}{
		"another challenge": {func(c, p, s []byte) ([]byte, []byte, []byte) { return make([]byte, 32), p, s }, fault.CodePasskeyChallenge},
		"no challenge":      {func(c, p, s []byte) ([]byte, []byte, []byte) { return nil, p, s }, fault.CodePasskeyChallenge},
		"another key": {func(c, p, s []byte) ([]byte, []byte, []byte) {
			other, _ := deviceKey(t, c)
			return c, other, s
		}, fault.CodeDeviceProof},
		"a signature over the challenge alone": {func(c, p, s []byte) ([]byte, []byte, []byte) {
			point, signature := deviceKey(t, append([]byte("x"), c...))
			return c, point, signature
		}, fault.CodeDeviceProof},
		"no signature":      {func(c, p, s []byte) ([]byte, []byte, []byte) { return c, p, nil }, fault.CodeDeviceProof},
		"zeros":             {func(c, p, s []byte) ([]byte, []byte, []byte) { return c, p, make([]byte, 64) }, fault.CodeDeviceProof},
		"a byte more":       {func(c, p, s []byte) ([]byte, []byte, []byte) { return c, p, append(s, 0) }, fault.CodeDeviceProof},
		"a changed byte":    {func(c, p, s []byte) ([]byte, []byte, []byte) { s[40] ^= 1; return c, p, s }, fault.CodeDeviceProof},
		"not on the curve":  {func(c, p, s []byte) ([]byte, []byte, []byte) { p[64] ^= 1; return c, p, s }, fault.CodeDeviceKey},
		"no key":            {func(c, p, s []byte) ([]byte, []byte, []byte) { return c, nil, s }, fault.CodeDeviceKey},
		"a compressed key":  {func(c, p, s []byte) ([]byte, []byte, []byte) { return c, append([]byte{2}, p[1:33]...), s }, fault.CodeDeviceKey},
		"the point nowhere": {func(c, p, s []byte) ([]byte, []byte, []byte) { return c, []byte{0}, s }, fault.CodeDeviceKey},
	} {
		challenge, err := d.BeginDeviceKey(t.Context(), p.open)
		if err != nil {
			t.Fatal(err)
		}
		point, signature := deviceKey(t, challenge)
		badChallenge, badPoint, badSignature := c.change(challenge, point, signature)
		_, err = d.BindDeviceKey(t.Context(), p.open, badChallenge, badPoint, badSignature)
		wantCode(t, name, err, c.code)
	}
	challenge, err := d.BeginDeviceKey(t.Context(), p.open)
	if err != nil {
		t.Fatal(err)
	}
	point, signature := deviceKey(t, challenge)
	_, err = d.BindDeviceKey(t.Context(), other.open, challenge, point, signature)
	wantCode(t, "of another session", err, fault.CodePasskeyChallenge)
	_, err = d.BindDeviceKey(t.Context(), p.open, challenge, point, signature)
	wantCode(t, "after another session tried", err, fault.CodePasskeyChallenge)
	for _, kept := range d.devices(t) {
		if kept.Key != nil {
			t.Errorf("a refused key was kept: %+v", kept)
		}
	}
	d.after(session.FreshFor)
	_, err = d.BeginDeviceKey(t.Context(), p.open)
	wantCode(t, "in a stale session", err, fault.CodeReauthenticate)
	_, err = d.BindDeviceKey(t.Context(), p.open, challenge, point, signature)
	wantCode(t, "finishing in one", err, fault.CodeReauthenticate)
}
