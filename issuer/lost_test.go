package issuer_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// TestLockLost: the citizen's own word suspends everything, once, and never
// takes the place of another lock.
func TestLockLost(t *testing.T) {
	d := newDesk(t)
	held := d.all()
	owner := held["gplx"].Owner
	for range 2 {
		if err := d.LockLost(t.Context(), owner); err != nil {
			t.Fatal(err)
		}
	}
	d.wantListed(map[string]wallet.Status{"can_cuoc": wallet.Suspended, "bhyt": wallet.Suspended, "gplx": wallet.Suspended, "dang_ky_xe": wallet.Suspended})
	if lock := d.citizen(anh.number).Lock; lock != (wallet.Lock{Reason: wallet.LostPhone, At: d.now}) {
		t.Errorf("lock %+v", lock)
	}
	if len(d.told) != 2 || d.told[0] != owner || d.told[1] != owner {
		t.Errorf("told of %v", d.told)
	}
	if got := d.events(owner)[:2]; got[0] != "wallet.locked " || got[1] == "wallet.locked " {
		t.Errorf("events %v", got)
	}
	d.unlock()
	if len(d.told) != 2 {
		t.Errorf("told of %v after unlocking", d.told)
	}
	for _, reason := range []wallet.LockReason{wallet.TermsBreach, wallet.Death} {
		d.lock(reason)
		if err := d.LockLost(t.Context(), owner); err != nil {
			t.Fatal(err)
		}
		if lock := d.citizen(anh.number).Lock; lock.Reason != reason {
			t.Errorf("%s became %s", reason, lock.Reason)
		}
		if told := len(d.told); told%2 != 0 || d.told[told-1] != owner { // by the agency, and by the citizen
			t.Errorf("told of %v", d.told)
		}
	}
	d.told = nil
	defer func() {
		if len(d.told) != 0 {
			t.Errorf("told of %v though it was refused", d.told)
		}
	}()
	if err := d.LockLost(t.Context(), "nobody"); !fault.Is(err, fault.CodeCitizenUnknown) {
		t.Error(err)
	}
}

// TestReissueAll: after a lost phone every credential is new, the copies on the
// phone are revoked, and what an agency had said itself stays.
func TestReissueAll(t *testing.T) {
	d := newDesk(t)
	held := d.all()
	owner := held["gplx"].Owner
	d.must("withhold", held["gplx"].ID, points)
	d.must("revoke", held["dang_ky_xe"].ID, fraud)
	held["gplx"], held["dang_ky_xe"] = d.holding(owner, held["gplx"].ID), d.holding(owner, held["dang_ky_xe"].ID)
	if err := d.LockLost(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Hour)
	asking := d.session(owner)
	if n, err := d.ReissueAll(t.Context(), owner, asking); n != 3 || err != nil {
		t.Fatalf("%d signed, %v", n, err)
	}
	if lock := d.citizen(anh.number).Lock; lock.Closed() {
		t.Errorf("still locked: %+v", lock)
	}
	want := map[string]wallet.Status{"can_cuoc": wallet.Valid, "bhyt": wallet.Valid, "gplx": wallet.Withheld, "dang_ky_xe": wallet.Revoked}
	d.wantListed(want)
	for document, before := range held {
		now := d.holding(owner, before.ID)
		if document == "dang_ky_xe" { // revoked for good: nothing to sign
			if now.Credential != before.Credential || now.Status != before.Status {
				t.Errorf("%s was signed anew", document)
			}
			continue
		}
		if now.Credential == before.Credential || now.Status == before.Status || now.State != wallet.Active || fmt.Sprint(now.Values) != fmt.Sprint(before.Values) {
			t.Errorf("%s: %+v", document, now)
		}
		if former := d.listed(before); former.Status != wallet.Revoked {
			t.Errorf("the former copy of %s is listed as %s", document, former.Status)
		}
	}
	renewed := 0
	for _, e := range d.events(owner)[:4] {
		if e == "credential.renewed can_cuoc" || e == "credential.renewed bhyt" || e == "credential.renewed gplx" || e == "wallet.unlocked " {
			renewed++
		}
	}
	if renewed != 4 {
		t.Errorf("events %v", d.events(owner)[:4])
	}
	// Without a lock it is the same: a copy went with a device, not the wallet.
	if n, err := d.ReissueAll(t.Context(), owner, asking); n != 3 || err != nil {
		t.Errorf("%d signed, %v", n, err)
	}
	d.wantListed(want)
}

// session opens one of the owner, on a device of its own, and gives its id.
func (d *desk) session(owner string) string {
	d.t.Helper()
	id := wallet.NewID()
	if err := d.store.PutActivation(d.t.Context(), session.Activation{Locator: id, Owner: owner, ExpiresAt: d.now.Add(time.Hour)}); err != nil {
		d.t.Fatal(err)
	}
	err := d.store.Enrol(d.t.Context(), id, d.now, wallet.Device{ID: id, Owner: owner, CreatedAt: d.now},
		session.Session{ID: id, Hash: sha256.Sum256([]byte(id)), Owner: owner, Device: id, CreatedAt: d.now, UsedAt: d.now, ExpiresAt: d.now.Add(session.SessionLifetime)},
		wallet.Event{ID: wallet.NewID(), Owner: owner, Kind: wallet.DeviceEnrolled, Device: id, At: d.now})
	if err != nil {
		d.t.Fatal(err)
	}
	return id
}

// TestReissueOfAnEndedSession: what was begun in a session before a loss was told
// neither lifts the lock nor signs anything.
func TestReissueOfAnEndedSession(t *testing.T) {
	d := newDesk(t)
	owner := d.all()["gplx"].Owner
	refused := func(what, asking string, code fault.Code) {
		t.Helper()
		before := d.dump()
		if n, err := d.ReissueAll(t.Context(), owner, asking); n != 0 || !fault.Is(err, code) {
			t.Errorf("%s: %d signed, %v", what, n, err)
		}
		d.unchanged(before)
	}
	frozen := d.session(owner)
	err := d.store.Change(t.Context(), func(tx session.Tx) error {
		device, err := tx.Device(owner, frozen)
		if err != nil {
			return err
		}
		device.FrozenAt = d.now
		return tx.PutDevice(device)
	})
	if err != nil {
		t.Fatal(err)
	}
	refused("a frozen device", frozen, fault.CodeDeviceFrozen)
	refused("no session", "none", fault.CodeSessionInvalid)
	stolen := d.session(owner)
	idle := d.now
	d.now = d.now.Add(session.SessionIdle)
	refused("an idle one", stolen, fault.CodeSessionInvalid)
	d.now = idle.Add(time.Second)
	if err := d.LockLost(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	refused("one of before the loss", stolen, fault.CodeSessionInvalid)
	refused("one of the same moment", d.session(owner), fault.CodeSessionInvalid)
	if !d.citizen(anh.number).Lock.Closed() {
		t.Error("the lock is gone")
	}
}

// TestReissueAllRefusals: other locks stay, and without a key nothing changes.
func TestReissueAllRefusals(t *testing.T) {
	d := newDesk(t)
	held := d.all()
	owner := held["gplx"].Owner
	for _, reason := range []wallet.LockReason{wallet.TermsBreach, wallet.CardWithdrawn, wallet.HolderRequest, wallet.Death} {
		d.lock(reason)
		d.now = d.now.Add(time.Second)
		asking := d.session(owner)
		before := d.dump()
		if _, err := d.ReissueAll(t.Context(), owner, asking); !fault.Is(err, fault.CodeWalletLocked) {
			t.Errorf("%s: %v", reason, err)
		}
		d.unchanged(before)
	}
	if _, err := d.ReissueAll(t.Context(), "nobody", "none"); !fault.Is(err, fault.CodeCitizenUnknown) {
		t.Error(err)
	}

	d = newDesk(t)
	owner = d.all()["gplx"].Owner
	if err := d.LockLost(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	delete(d.keys, "csgt")
	d.now = d.now.Add(time.Second)
	asking := d.session(owner)
	before := d.dump()
	if n, err := d.ReissueAll(t.Context(), owner, asking); n != 0 || !fault.Is(err, fault.CodeAgencyKeyMissing) {
		t.Errorf("%d signed, %v", n, err)
	}
	d.unchanged(before)
}
