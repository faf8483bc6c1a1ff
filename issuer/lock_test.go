package issuer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// lock locks anh's wallet.
func (d *desk) lock(reason wallet.LockReason) issuer.LockChange {
	d.t.Helper()
	c, err := d.Lock(d.t.Context(), "c06", anh.number, reason)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *desk) unlock() issuer.LockChange {
	d.t.Helper()
	c, err := d.Unlock(d.t.Context(), "c06", anh.number)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// wantListed compares what the lists say of anh's papers.
func (d *desk) wantListed(want map[string]wallet.Status) {
	d.t.Helper()
	owner := d.citizen(anh.number).ID
	for document, status := range want {
		if got := d.listed(d.one(owner, document)); got.Status != status {
			d.t.Errorf("%s is listed as %s, want %s", document, got.Status, status)
		}
	}
}

// TestLock: everything is suspended, whoever issued it and whenever; what an
// agency had said itself is there again afterwards.
func TestLock(t *testing.T) {
	d := newDesk(t)
	held := d.all()
	owner := held["gplx"].Owner
	d.must("withhold", held["gplx"].ID, points)
	d.must("suspend", held["dang_ky_xe"].ID, "")
	d.now = d.now.Add(time.Hour)

	if c := d.lock(wallet.HolderRequest); !c.Changed || c.Credentials != 4 || c.Lock != (wallet.Lock{Reason: wallet.HolderRequest, At: d.now}) {
		t.Errorf("lock: %+v", c)
	}
	locked := map[string]wallet.Status{"can_cuoc": wallet.Suspended, "bhyt": wallet.Suspended, "gplx": wallet.Withheld, "dang_ky_xe": wallet.Suspended}
	d.wantListed(locked)
	before := d.dump()
	if c := d.lock(wallet.HolderRequest); c.Changed {
		t.Errorf("again: %+v", c)
	}
	d.unchanged(before)

	// Another reason replaces it; an operation under the lock says its own.
	d.now = d.now.Add(time.Hour)
	if c := d.lock(wallet.TermsBreach); !c.Changed || c.Lock.Reason != wallet.TermsBreach {
		t.Errorf("another reason: %+v", c)
	}
	if c := d.must("restore", held["dang_ky_xe"].ID, ""); !c.Changed || c.Standing.Status != wallet.Valid || c.Published != wallet.Suspended {
		t.Errorf("restored under the lock: %+v", c)
	}
	d.wantListed(locked)
	// What is issued under the lock is locked too, and a record lifts nothing.
	d.statuses("c06", []string{line("can_cuoc", anh.card().with("address.region", "Thành phố Huế"))}, updated...)
	d.wantListed(locked)

	if c := d.unlock(); !c.Changed || c.Lock.Reason != wallet.TermsBreach || c.Credentials != 4 {
		t.Errorf("unlock: %+v", c)
	}
	d.wantListed(map[string]wallet.Status{"can_cuoc": wallet.Valid, "bhyt": wallet.Valid, "gplx": wallet.Withheld, "dang_ky_xe": wallet.Valid})
	before = d.dump()
	if c := d.unlock(); c.Changed || c.Lock.Closed() {
		t.Errorf("unlocked again: %+v", c)
	}
	d.unchanged(before)
	got := d.events(owner)
	want := []string{"wallet.unlocked ", "credential.issued can_cuoc", "credential.superseded can_cuoc", "credential.restored dang_ky_xe",
		"wallet.locked ", "wallet.locked ", "credential.suspended dang_ky_xe", "credential.withheld gplx"}
	if fmt.Sprint(got[:len(want)]) != fmt.Sprint(want) {
		t.Errorf("events %v, want %v first", got, want)
	}
}

// TestDeath revokes everything for good, and nothing new is issued.
func TestDeath(t *testing.T) {
	d := newDesk(t)
	held := d.all()
	d.must("withhold", held["gplx"].ID, points)
	d.must("revoke", held["dang_ky_xe"].ID, fraud)
	d.lock(wallet.LostPhone)
	if c := d.lock(wallet.Death); !c.Changed || c.Lock.Reason != wallet.Death || c.Credentials != 4 {
		t.Errorf("%+v", c)
	}
	for document, h := range held {
		want := issuer.RevokedDeath
		if document == "dang_ky_xe" {
			want = fraud // the first reason stays
		}
		if got := d.listed(h); got.Status != wallet.Revoked || got.Reason != want {
			t.Errorf("%s: %+v", document, got)
		}
	}
	before := d.dump()
	if c := d.lock(wallet.Death); c.Changed {
		t.Errorf("again: %+v", c)
	}
	// The same record is no news; a newer one, or another paper, is refused.
	d.statuses("c06", []string{anh.cardLine()}, issuer.Unchanged)
	for agency, record := range map[string]string{
		"c06":  line("can_cuoc", anh.card().with("date_of_issuance", "2026-03-01")),
		"csgt": anh.vehicleLine("RL4B29F3XR0000777", certificate),
	} {
		if got := told(d.lines(agency, record)); got != "1 issuer.holder_deceased\n" {
			t.Errorf("%s: %s", agency, got)
		}
	}
	d.unchanged(before)
}

// TestLockedNumberChanges: a wallet stays locked under a new number.
func TestLockedNumberChanges(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	d.lock(wallet.TermsBreach)
	moved := anh
	moved.number = number(7)
	d.statuses("c06", []string{line("can_cuoc", moved.card().with("date_of_issuance", "2026-01-02", "legacy_numbers", former(anh.number)))}, issuer.Updated)
	c := d.citizen(moved.number)
	if h := d.one(c.ID, "can_cuoc"); c.Lock.Reason != wallet.TermsBreach || d.listed(h).Status != wallet.Suspended {
		t.Errorf("lock %+v, listed %+v", c.Lock, d.listed(h))
	}
}

// A number typed with spaces is the same number: for a lost phone it matters.
func TestLockByTypedNumber(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	typed := " " + anh.number[:3] + " " + anh.number[3:6] + "." + anh.number[6:]
	if change, err := d.Lock(t.Context(), "c06", typed, wallet.LostPhone); err != nil || !change.Changed {
		t.Errorf("%+v, %v", change, err)
	}
	// Telling it again changes nothing of the lock.
	if change, err := d.Lock(t.Context(), "c06", anh.number, wallet.LostPhone); err != nil || change.Changed {
		t.Errorf("%+v, %v", change, err)
	}
}
