package issuer_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
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

// TestReissuesADay: each one uses up places in the status lists for good, so
// there are few; who has lost a phone is not kept waiting.
func TestReissuesADay(t *testing.T) {
	d := newDesk(t)
	owner := d.all()["gplx"].Owner
	asking := d.session(owner)
	reissue := func() error {
		t.Helper()
		_, err := d.ReissueAll(t.Context(), owner, asking)
		return err
	}
	for n := range issuer.MaxReissues {
		if err := reissue(); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		d.now = d.now.Add(time.Hour)
	}
	before := d.dump()
	if err := reissue(); !fault.Is(err, fault.CodeReissueTooMany) {
		t.Errorf("one more: %v", err)
	}
	d.unchanged(before)
	if err := d.LockLost(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Second)
	asking = d.session(owner)
	if err := reissue(); err != nil {
		t.Errorf("after a lost phone: %v", err)
	}
	d.now = d.now.Add(24*time.Hour - (issuer.MaxReissues+1)*time.Hour)
	if err := reissue(); !fault.Is(err, fault.CodeReissueTooMany) {
		t.Errorf("within the day: %v", err)
	}
	d.now = d.now.Add(3 * time.Hour)
	if err := reissue(); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// TestUnlockAfterLostPhone: whoever lifts the lock, and whatever else locked the
// wallet in between, the copies on the lost phone are worth nothing.
func TestUnlockAfterLostPhone(t *testing.T) {
	lose := func(d *desk, owner string) {
		d.t.Helper()
		if err := d.LockLost(d.t.Context(), owner); err != nil {
			d.t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		before func(d *desk, owner string)
		lost   bool
	}{
		"told by the agency":             {func(d *desk, _ string) { d.lock(wallet.LostPhone) }, true},
		"told by the citizen":            {lose, true},
		"then locked for another reason": {func(d *desk, o string) { lose(d, o); d.lock(wallet.TermsBreach); d.lock(wallet.HolderRequest) }, true},
		"told under another lock":        {func(d *desk, o string) { d.lock(wallet.TermsBreach); lose(d, o); lose(d, o) }, true},
		"nothing lost":                   {func(d *desk, _ string) { d.lock(wallet.TermsBreach); d.lock(wallet.HolderRequest) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			held := d.all()
			owner := held["gplx"].Owner
			c.before(d, owner)
			d.now = d.now.Add(time.Hour)
			if change := d.unlock(); !change.Changed || d.citizen(anh.number).Lock != (wallet.Lock{}) {
				t.Errorf("%+v, still %+v", change, d.citizen(anh.number).Lock)
			}
			want := map[string]wallet.Status{"can_cuoc": wallet.Valid, "bhyt": wallet.Valid, "gplx": wallet.Valid, "dang_ky_xe": wallet.Valid}
			d.wantListed(want)
			for document, before := range held {
				now := d.holding(owner, before.ID)
				if anew := now.Credential != before.Credential && now.Status != before.Status; anew != c.lost {
					t.Errorf("%s signed anew: %v", document, anew)
				}
				if revoked := d.listed(before).Status == wallet.Revoked; revoked != c.lost {
					t.Errorf("the copy of %s is revoked: %v", document, revoked)
				}
			}
		})
	}

	d := newDesk(t)
	lose(d, d.all()["gplx"].Owner)
	delete(d.keys, "csgt")
	before := d.dump()
	if _, err := d.Unlock(t.Context(), "c06", anh.number); !fault.Is(err, fault.CodeAgencyKeyMissing) {
		t.Errorf("without a key: %v", err)
	}
	d.unchanged(before)
}
