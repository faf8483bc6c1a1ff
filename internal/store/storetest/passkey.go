package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/server/session/passkey"
	"github.com/giayto/giayto/wallet"
)

var passkeyTests = []test{
	{"devices are kept by owner", devicesKept},
	{"devices that have ended are forgotten in the end", devicesForgotten},
	{"a session shows what holds its device", deviceHolds},
	{"passkeys are kept by owner", passkeysKept},
	{"a credential belongs to one passkey", credentialTaken},
	{"what ends sessions ends devices and passkeys", devicesEnded},
	{"a citizen has one recovery code", recoveryKept},
	{"a check in person ends a recovery code from before it", recoveryOutranked},
	{"an activation is found by its locator", activationFound},
	{"a challenge is taken once", challengeTaken},
	{"exactly one takes a challenge", raceChallenge},
	{"ceremonies that are over are swept", ceremoniesSwept},
}

func devicesKept(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	var want []wallet.Device
	for n := range 3 {
		d := wallet.Device{ID: fmt.Sprintf("device-%d", 3-n), Owner: c.ID, Name: nameNFD, Enrolment: wallet.InPerson, CreatedAt: at(n)}
		want = append(want, d)
		change(t, s, func(tx session.Tx) error { return tx.PutDevice(d) })
	}
	theirs := wallet.Device{ID: "device-3", Owner: other.ID, Enrolment: wallet.Remote, CreatedAt: at(9)}
	change(t, s, func(tx session.Tx) error { return tx.PutDevice(theirs) })
	want[1].FrozenAt, want[1].RevokedAt, want[1].Name, want[1].Passkey = at(20), at(21), "tên khác", "passkey"
	want[1].Key, want[1].KeyAt = []byte{4, 0, 0xFF}, at(22)
	change(t, s, func(tx session.Tx) error { return tx.PutDevice(want[1]) })
	s = s.Reopen(t)
	look(t, s, func(tx session.Reader) error {
		same(t, "devices", must[[]wallet.Device](t)(tx.Devices(c.ID)), want)
		same(t, "somebody else's", must[[]wallet.Device](t)(tx.Devices(other.ID)), []wallet.Device{theirs})
		same(t, "nobody's", len(must[[]wallet.Device](t)(tx.Devices("nobody"))), 0)
		same(t, "one", must[wallet.Device](t)(tx.Device(c.ID, want[1].ID)), want[1])
		for what, err := range map[string]error{
			"somebody else": second(tx.Device(other.ID, "device-2")), "nobody": second(tx.Device("", "device-2")),
			"an unknown id": second(tx.Device(c.ID, "device-9")), "no id": second(tx.Device(c.ID, "")),
		} {
			wantFault(t, what, err, fault.CodeDeviceNotFound)
		}
		return nil
	})
	for what, bad := range map[string]wallet.Device{"no id": {Owner: c.ID}, "no owner": {ID: "x"}} {
		wantFault(t, what, s.Change(t.Context(), func(tx session.Tx) error { return tx.PutDevice(bad) }), fault.CodeInternal)
	}
}

// devicesForgotten: with a device go its sessions, so that none opens again; not
// what a passkey needs, and nothing of anybody else.
func devicesForgotten(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	const n = session.KeptDevices
	theirs, theirSession, _ := device(other, 2000)
	inUse, open, _ := device(c, 0)
	change(t, s, func(tx session.Tx) error {
		return errors.Join(tx.PutDevice(theirs), tx.PutSession(theirSession), tx.PutDevice(inUse), tx.PutSession(open))
	})
	revoke := func(tx session.Tx, i int) error {
		d, ses, _ := device(c, i)
		d.RevokedAt = at(5000 - i) // the last to come was the first to go
		return errors.Join(tx.PutSession(ses), tx.PutDevice(d))
	}
	last := n + 3
	named := key(c, 1)
	named.Device = fmt.Sprintf("device-%d", last)
	change(t, s, func(tx session.Tx) error {
		err := tx.PutPasskey(named)
		for i := 1; i <= last; i++ {
			err = errors.Join(err, revoke(tx, i))
		}
		return err
	})
	s = s.Reopen(t)
	look(t, s, func(tx session.Reader) error {
		all := must[[]wallet.Device](t)(tx.Devices(c.ID))
		same(t, "devices kept", len(all), 1+n+1) // in use, revoked, named
		for i, want := range map[int]bool{0: true, 1: true, n: true, n + 1: false, n + 2: false, last: true} {
			_, err := tx.Device(c.ID, fmt.Sprintf("device-%d", i))
			_, sessionErr := tx.Session(c.ID, fmt.Sprintf("session-%d", i))
			if want && err == nil && sessionErr == nil {
				continue
			}
			if want {
				t.Errorf("device %d: %v, %v", i, err, sessionErr)
				continue
			}
			wantFault(t, "a device", err, fault.CodeDeviceNotFound)
			wantFault(t, "its session", sessionErr, fault.CodeSessionInvalid)
		}
		return nil
	})
	wantFault(t, "a token of a forgotten device", second(s.SessionByHash(t.Context(), hash(n+1))), fault.CodeSessionInvalid)
	same(t, "the one in use", must[session.Session](t)(s.SessionByHash(t.Context(), open.Hash)), open)
	same(t, "somebody else's", must[session.Session](t)(s.SessionByHash(t.Context(), theirSession.Hash)), theirSession)
}

func deviceHolds(t *testing.T, s Subject) {
	c := citizen(1)
	d, ses, _ := device(c, 1)
	change(t, s, func(tx session.Tx) error { return errors.Join(tx.PutDevice(d), tx.PutSession(ses)) })
	same(t, "free", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	d.FrozenAt = at(7)
	change(t, s, func(tx session.Tx) error { return tx.PutDevice(d) })
	ses.FrozenAt = at(7)
	same(t, "frozen", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	change(t, s, func(tx session.Tx) error { return tx.PutSession(ses) })
	d.FrozenAt = time.Time{}
	change(t, s, func(tx session.Tx) error { return tx.PutDevice(d) })
	ses.FrozenAt = time.Time{} // not the session's own
	same(t, "free again", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	d.RevokedAt = at(9)
	change(t, s, func(tx session.Tx) error { return tx.PutDevice(d) })
	ses.RevokedAt = at(9)
	same(t, "revoked", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	look(t, s, func(tx session.Reader) error {
		same(t, "listed", must[[]session.Session](t)(tx.Sessions(c.ID)), []session.Session{ses})
		return nil
	})
}

// key n of an owner, with every member filled.
func key(owner wallet.Citizen, n int) session.Passkey {
	return session.Passkey{
		ID: fmt.Sprintf("passkey-%d", n), Owner: owner.ID, Device: "device-1", Name: nameNFC, Enrolment: wallet.InPerson,
		Key: passkey.Key{Credential: []byte{0, byte(n), 0xFF}, PublicKey: []byte{1, 2, byte(n)}, Algorithm: -7, Counter: 1<<32 - 1, Synced: true,
			Transports: []string{"hybrid", "internal"}, AAGUID: []byte{0, 15: 9}, Format: "packed", Attestation: "basic_full", Object: []byte{0xA3, 0}},
		CreatedAt: at(n), UsedAt: at(n + 1), ClonedAt: at(n + 2), FrozenAt: at(n + 3),
	}
}

func passkeysKept(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	want := []session.Passkey{key(c, 1), key(c, 2), key(c, 3)}
	theirs := key(other, 4)
	for _, p := range []session.Passkey{want[2], want[0], theirs, want[1]} {
		change(t, s, func(tx session.Tx) error { return tx.PutPasskey(p) })
	}
	want[1].Name, want[1].Key.Counter, want[1].UsedAt, want[1].ClonedAt = "", 7, at(50), time.Time{}
	change(t, s, func(tx session.Tx) error { return tx.PutPasskey(want[1]) })
	s = s.Reopen(t)
	look(t, s, func(tx session.Reader) error {
		same(t, "passkeys", must[[]session.Passkey](t)(tx.Passkeys(c.ID)), want)
		same(t, "nobody's", len(must[[]session.Passkey](t)(tx.Passkeys("nobody"))), 0)
		same(t, "one", must[session.Passkey](t)(tx.Passkey(c.ID, want[1].ID)), want[1])
		same(t, "by credential", must[session.Passkey](t)(tx.PasskeyByCredential(theirs.Key.Credential)), theirs)
		for what, err := range map[string]error{
			"somebody else": second(tx.Passkey(other.ID, want[0].ID)), "nobody": second(tx.Passkey("", want[0].ID)),
			"an unknown id": second(tx.Passkey(c.ID, "passkey-9")), "an unknown credential": second(tx.PasskeyByCredential([]byte{0})),
			"no credential": second(tx.PasskeyByCredential(nil)),
		} {
			wantFault(t, what, err, fault.CodePasskeyNotFound)
		}
		return nil
	})
	change(t, s, func(tx session.Tx) error {
		return errors.Join(tx.RemovePasskey(c.ID, want[0].ID), tx.RemovePasskey(c.ID, theirs.ID), tx.RemovePasskey(c.ID, "unknown"))
	})
	look(t, s, func(tx session.Reader) error {
		same(t, "left", must[[]session.Passkey](t)(tx.Passkeys(c.ID)), want[1:])
		same(t, "somebody else's", must[[]session.Passkey](t)(tx.Passkeys(other.ID)), []session.Passkey{theirs})
		wantFault(t, "the removed credential", second(tx.PasskeyByCredential(want[0].Key.Credential)), fault.CodePasskeyNotFound)
		return nil
	})
}

func credentialTaken(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	p := key(c, 1)
	put := func(p session.Passkey) error {
		return s.Change(t.Context(), func(tx session.Tx) error { return tx.PutPasskey(p) })
	}
	if err := put(p); err != nil {
		t.Fatal(err)
	}
	for what, thief := range map[string]session.Passkey{"another of the owner": key(c, 2), "somebody else's": key(other, 1)} {
		thief.Key.Credential = p.Key.Credential
		wantFault(t, what, put(thief), fault.CodeInternal)
	}
	for what, change := range map[string]func(*session.Passkey){
		"no id": func(p *session.Passkey) { p.ID = "" }, "no owner": func(p *session.Passkey) { p.Owner = "" },
		"no device": func(p *session.Passkey) { p.Device = "" }, "no credential": func(p *session.Passkey) { p.Key.Credential = nil },
	} {
		bad := key(c, 3)
		change(&bad)
		wantFault(t, what, put(bad), fault.CodeInternal)
	}
	look(t, s, func(tx session.Reader) error {
		same(t, "as it was", must[session.Passkey](t)(tx.PasskeyByCredential(p.Key.Credential)), p)
		return nil
	})
}

func devicesEnded(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	before, at20, after, theirs := key(c, 10), key(c, 20), key(c, 21), key(other, 5)
	d := func(owner wallet.Citizen, n int) wallet.Device {
		return wallet.Device{ID: fmt.Sprintf("device-%d", n), Owner: owner.ID, CreatedAt: at(n), Key: []byte{4, byte(n)}, KeyAt: at(n)}
	}
	change(t, s, func(tx session.Tx) error {
		return errors.Join(tx.PutPasskey(before), tx.PutPasskey(at20), tx.PutPasskey(after), tx.PutPasskey(theirs),
			tx.PutDevice(d(c, 10)), tx.PutDevice(d(c, 21)), tx.PutDevice(d(other, 5)))
	})
	issue(t, s, func(tx issuer.Tx) error {
		same(t, "citizen", must[wallet.Citizen](t)(tx.Citizen(c.ID)), c)
		wantFault(t, "nobody", second(tx.Citizen("nobody")), fault.CodeCitizenUnknown)
		return tx.EndSessions(c.ID, at(20))
	})
	s = s.Reopen(t)
	ended := d(c, 10)
	ended.RevokedAt, ended.Key, ended.KeyAt = at(20), nil, time.Time{}
	look(t, s, func(tx session.Reader) error {
		same(t, "passkeys", must[[]session.Passkey](t)(tx.Passkeys(c.ID)), []session.Passkey{after})
		same(t, "devices", must[[]wallet.Device](t)(tx.Devices(c.ID)), []wallet.Device{ended, d(c, 21)})
		same(t, "somebody else's passkeys", must[[]session.Passkey](t)(tx.Passkeys(other.ID)), []session.Passkey{theirs})
		same(t, "somebody else's devices", must[[]wallet.Device](t)(tx.Devices(other.ID)), []wallet.Device{d(other, 5)})
		return nil
	})
}

func recoveryKept(t *testing.T, s Subject) {
	recovery := func(owner string, n int) session.Recovery {
		return session.Recovery{Locator: fmt.Sprintf("REC%d", n), Hash: []byte{0, byte(n)}, Salt: []byte{0xFF, byte(n)}, Owner: owner,
			Enrolment: wallet.InPerson, CreatedAt: at(n)}
	}
	put := func(r session.Recovery) error {
		return s.Change(t.Context(), func(tx session.Tx) error { return tx.PutRecovery(r) })
	}
	find := func(locator string) (r session.Recovery, err error) {
		err = s.Read(t.Context(), func(tx session.Reader) error {
			r, err = tx.Recovery(locator)
			return err
		})
		return r, err
	}
	of := func(owner string) (r session.Recovery, err error) {
		err = s.Read(t.Context(), func(tx session.Reader) error {
			r, err = tx.RecoveryOf(owner)
			return err
		})
		return r, err
	}
	mine, theirs := recovery("citizen-1", 1), recovery("citizen-2", 2)
	for _, err := range []error{put(mine), put(theirs)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	thief := recovery("citizen-1", 2)
	wantFault(t, "a taken locator", put(thief), fault.CodeInternal)
	for what, bad := range map[string]session.Recovery{"no locator": {Owner: "c"}, "no owner": {Locator: "L"}} {
		wantFault(t, what, put(bad), fault.CodeInternal)
	}
	mine.UsedAt = at(9)
	if err := put(mine); err != nil {
		t.Fatal(err)
	}
	s = s.Reopen(t)
	same(t, "used", must[session.Recovery](t)(find("REC1")), mine)
	same(t, "somebody else's", must[session.Recovery](t)(find("REC2")), theirs)
	if err := put(recovery("citizen-1", 3)); err != nil {
		t.Fatal(err)
	}
	for _, locator := range []string{"REC1", "REC9", ""} {
		_, err := find(locator)
		wantFault(t, "forgotten or unknown: "+locator, err, fault.CodeRecoveryUnknown)
	}
	same(t, "that of the owner", must[session.Recovery](t)(of("citizen-1")), recovery("citizen-1", 3))
	same(t, "that of another", must[session.Recovery](t)(of("citizen-2")), theirs)
	for _, owner := range []string{"citizen", "citizen-3", ""} {
		_, err := of(owner)
		wantFault(t, "of nobody: "+owner, err, fault.CodeRecoveryUnknown)
	}
	same(t, "the newer", must[session.Recovery](t)(find("REC3")), recovery("citizen-1", 3))
	same(t, "somebody else's", must[session.Recovery](t)(find("REC2")), theirs)
}

// recoveryOutranked: a device that is enrolled after a check in person takes the
// unused code from before it, and no other.
func recoveryOutranked(t *testing.T, s Subject) {
	for n, c := range []struct {
		what         string
		code, device wallet.Enrolment
		used, gone   bool
	}{
		{"from before the check", wallet.Remote, wallet.InPerson, false, true},
		{"of no enrolment", 0, wallet.InPerson, false, true},
		{"used", wallet.Remote, wallet.InPerson, true, false},
		{"of an equal", wallet.InPerson, wallet.InPerson, false, false},
		{"of an equal without a check", wallet.Remote, wallet.Remote, false, false},
		{"of more", wallet.InPerson, wallet.Remote, false, false},
	} {
		owner, other := citizen(10+2*n), citizen(11+2*n)
		give(t, s, owner)
		give(t, s, other)
		a := activation(owner, 10+2*n)
		putActivation(t, s, a)
		kept := session.Recovery{Locator: "REC" + a.Locator, Hash: []byte{1}, Salt: []byte{2}, Owner: owner.ID, Enrolment: c.code, CreatedAt: at(1)}
		if c.used {
			kept.UsedAt = at(2)
		}
		theirs := session.Recovery{Locator: "REX" + a.Locator, Hash: []byte{1}, Salt: []byte{2}, Owner: other.ID, CreatedAt: at(1)}
		err := s.Change(t.Context(), func(tx session.Tx) error { return errors.Join(tx.PutRecovery(kept), tx.PutRecovery(theirs)) })
		if err != nil {
			t.Fatal(err)
		}
		d, ses, e := device(owner, 10+2*n)
		d.Enrolment = c.device
		wantFault(t, "refused: "+c.what, s.Enrol(t.Context(), "LOC9", at(6), d, ses, e), fault.CodeActivationUnknown)
		look(t, s, func(tx session.Reader) error {
			same(t, "before: "+c.what, must[session.Recovery](t)(tx.RecoveryOf(owner.ID)), kept)
			return nil
		})
		enrol(t, s, a.Locator, d, ses, e)
		look(t, s, func(tx session.Reader) error {
			same(t, "somebody else's: "+c.what, must[session.Recovery](t)(tx.RecoveryOf(other.ID)), theirs)
			if !c.gone {
				same(t, c.what, must[session.Recovery](t)(tx.RecoveryOf(owner.ID)), kept)
				same(t, c.what, must[session.Recovery](t)(tx.Recovery(kept.Locator)), kept)
				return nil
			}
			_, err := tx.RecoveryOf(owner.ID)
			wantFault(t, c.what, err, fault.CodeRecoveryUnknown)
			_, err = tx.Recovery(kept.Locator)
			wantFault(t, c.what, err, fault.CodeRecoveryUnknown)
			return nil
		})
	}
}

func activationFound(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	a := activation(c, 1)
	putActivation(t, s, a)
	d, ses, e := device(c, 1)
	enrol(t, s, "LOC1", d, ses, e)
	a.UsedAt = at(6)
	look(t, s, func(tx session.Reader) error {
		same(t, "used", must[session.Activation](t)(tx.Activation("LOC1")), a)
		wantFault(t, "unknown", second(tx.Activation("LOC2")), fault.CodeActivationUnknown)
		same(t, "citizen", must[wallet.Citizen](t)(tx.Citizen(c.ID)), c)
		wantFault(t, "nobody", second(tx.Citizen("nobody")), fault.CodeCitizenUnknown)
		return nil
	})
}

// ceremony n ends at(n).
func ceremony(n int) session.Ceremony {
	return session.Ceremony{Challenge: []byte{0, byte(n), byte(n >> 8), 0xFF}, Purpose: session.ToRegister, Owner: "citizen-1", Session: "session-1", ExpiresAt: at(n)}
}

// taken takes a challenge.
func taken(t *testing.T, s Store, challenge []byte) (c session.Ceremony, err error) {
	t.Helper()
	err = s.Change(t.Context(), func(tx session.Tx) error {
		var err error
		c, err = tx.TakeCeremony(challenge)
		return err
	})
	return c, err
}

func challengeTaken(t *testing.T, s Subject) {
	nobody := session.Ceremony{Challenge: []byte{9}, Purpose: session.ToSignIn, ExpiresAt: at(9)}
	change(t, s, func(tx session.Tx) error { return errors.Join(tx.PutCeremony(ceremony(1)), tx.PutCeremony(nobody)) })
	s = s.Reopen(t)
	for _, challenge := range [][]byte{nil, {0}, {0, 1}, {1}} {
		_, err := taken(t, s, challenge)
		wantFault(t, fmt.Sprint(challenge), err, fault.CodePasskeyChallenge)
	}
	again := ceremony(1)
	again.ExpiresAt = at(99)
	wantFault(t, "the same challenge again", s.Change(t.Context(), func(tx session.Tx) error { return tx.PutCeremony(again) }), fault.CodeInternal)
	for _, bad := range []session.Ceremony{{Purpose: session.ToSignIn}, {Challenge: []byte{7}}} {
		wantFault(t, "incomplete", s.Change(t.Context(), func(tx session.Tx) error { return tx.PutCeremony(bad) }), fault.CodeInternal)
	}
	for _, want := range []session.Ceremony{ceremony(1), nobody} {
		same(t, "taken", must[session.Ceremony](t)(taken(t, s, want.Challenge)), want)
		_, err := taken(t, s, want.Challenge)
		wantFault(t, "twice", err, fault.CodePasskeyChallenge)
	}
	s = s.Reopen(t)
	_, err := taken(t, s, ceremony(1).Challenge)
	wantFault(t, "after a restart", err, fault.CodePasskeyChallenge)
}

func raceChallenge(t *testing.T, s Subject) {
	change(t, s, func(tx session.Tx) error { return tx.PutCeremony(ceremony(1)) })
	var won atomic.Int32
	race(racers, func(int) {
		if _, err := taken(t, s, ceremony(1).Challenge); err == nil {
			won.Add(1)
		} else {
			wantFault(t, "who lost", err, fault.CodePasskeyChallenge)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d took the challenge", won.Load())
	}
}

func ceremoniesSwept(t *testing.T, s Subject) {
	for n := range 10 {
		change(t, s, func(tx session.Tx) error { return tx.PutCeremony(ceremony(n)) })
	}
	sweep := func(now time.Time, limit int) {
		change(t, s, func(tx session.Tx) error { return tx.SweepCeremonies(now, limit) })
	}
	left := func(want ...int) {
		t.Helper()
		var got []int
		for n := range 10 {
			err := s.Change(t.Context(), func(tx session.Tx) error {
				_, err := tx.TakeCeremony(ceremony(n).Challenge)
				return errors.Join(err, errKeep)
			})
			if !fault.Is(err, fault.CodePasskeyChallenge) {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("left %v, want %v", got, want)
		}
	}
	left(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	sweep(at(0), 100) // in the second of its end it may still be looked for
	left(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	sweep(at(5), 2)
	left(2, 3, 4, 5, 6, 7, 8, 9)
	sweep(at(5), 100)
	left(5, 6, 7, 8, 9)
	sweep(at(99), 100)
	left()
}

// errKeep undoes a change that was only made to look.
var errKeep = errors.New("keep")
