package issuer_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// The health card of the fixtures ends with 31 December 2026. Its holder is told
// at nine in the morning in Viet Nam, 30 and 7 days before.
var (
	monthBefore = time.Date(2026, 12, 1, 2, 0, 0, 0, time.UTC)
	weekBefore  = time.Date(2026, 12, 24, 2, 0, 0, 0, time.UTC)
	cardEnds    = time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)
)

// remind does what is due and must count that much.
func (d *desk) remind(want issuer.Reminded) {
	d.t.Helper()
	got, err := d.Remind(d.t.Context(), d.now)
	if err != nil || got != want {
		d.t.Fatalf("%+v, %v, want %+v", got, err, want)
	}
}

// reminders counts the events about a document's end.
func (d *desk) reminders(owner, document string) (n int) {
	d.t.Helper()
	for _, e := range d.events(owner) {
		if e == "credential.expiring "+document {
			n++
		}
	}
	return n
}

func TestRemind(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	d.issue("bhxh", anh.insuranceLine(insured))
	d.issue("csgt", anh.vehicleLine(frame, certificate)) // without an end
	owner := d.citizen(anh.number).ID
	for _, moment := range []struct {
		at   time.Time
		want issuer.Reminded
		next time.Time
	}{
		{noon, issuer.Reminded{}, monthBefore},
		{monthBefore.Add(-time.Second), issuer.Reminded{}, monthBefore},
		{monthBefore, issuer.Reminded{Told: 1}, weekBefore},
		{monthBefore, issuer.Reminded{}, weekBefore},
		{weekBefore.Add(-time.Second), issuer.Reminded{}, weekBefore},
		{weekBefore.Add(time.Hour), issuer.Reminded{Told: 1}, time.Time{}},
		{cardEnds, issuer.Reminded{}, time.Time{}},
	} {
		d.now = moment.at
		d.remind(moment.want)
		if h := d.one(owner, "bhyt"); !h.RemindAt.Equal(moment.next) {
			t.Errorf("at %v: next %v, want %v", moment.at, h.RemindAt, moment.next)
		}
	}
	if got := d.events(owner); !slices.Equal(got[:3], []string{"credential.expiring bhyt", "credential.expiring bhyt", "credential.issued dang_ky_xe"}) {
		t.Errorf("events %v", got)
	}
	if h := d.one(owner, "dang_ky_xe"); !h.RemindAt.IsZero() {
		t.Errorf("a paper without an end: %v", h.RemindAt)
	}
	if h := d.one(owner, "can_cuoc"); !h.RemindAt.Equal(time.Date(2030, 1, 29, 2, 0, 0, 0, time.UTC)) {
		t.Errorf("a leap year is not one: %v", h.RemindAt)
	}
}

// TestRemindLate: of reminders that were missed only the last is told, and none
// of a paper that is over.
func TestRemindLate(t *testing.T) {
	for name, c := range map[string]struct {
		at    time.Time
		want  issuer.Reminded
		times int
	}{
		"days later":      {monthBefore.Add(5 * 24 * time.Hour), issuer.Reminded{Told: 1}, 2},
		"both missed":     {weekBefore.Add(24 * time.Hour), issuer.Reminded{Told: 1}, 1},
		"on its last day": {cardEnds.Add(-time.Second), issuer.Reminded{Told: 1}, 1},
		"over":            {cardEnds, issuer.Reminded{Passed: 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", anh.cardLine())
			d.issue("bhxh", anh.insuranceLine(insured))
			d.now = c.at
			d.remind(c.want)
			d.remind(issuer.Reminded{})
			d.now = cardEnds.Add(-time.Second)
			if _, err := d.Remind(t.Context(), d.now); err != nil {
				t.Fatal(err)
			}
			if got := d.reminders(d.citizen(anh.number).ID, "bhyt"); got != c.times {
				t.Errorf("told %d times, want %d", got, c.times)
			}
		})
	}
}

// TestRemindIssuedLate: what is issued shortly before its end reminds of what is
// still ahead.
func TestRemindIssuedLate(t *testing.T) {
	for name, c := range map[string]struct {
		until string
		next  time.Time
	}{
		"32 days":          {"2026-04-03", time.Date(2026, 3, 4, 2, 0, 0, 0, time.UTC)},
		"this morning":     {"2026-04-01", time.Date(2026, 3, 25, 2, 0, 0, 0, time.UTC)},
		"tomorrow a week":  {"2026-03-10", time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC)},
		"less than a week": {"2026-03-09", time.Time{}},
		"today":            {"2026-03-02", time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", anh.cardLine())
			d.issue("bhxh", line("bhyt", anh.insurance(insured).with("valid_until", c.until)))
			if h := d.one(d.citizen(anh.number).ID, "bhyt"); !h.RemindAt.Equal(c.next) {
				t.Errorf("next %v, want %v", h.RemindAt, c.next)
			}
		})
	}
}

// TestRemindOfWhat: a paper that counts for ever nothing reminds nobody, one that
// is held back for a while does, and one that was replaced leaves it to the new
// one.
func TestRemindOfWhat(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(ctx context.Context, d *desk, id string) error
		want issuer.Reminded
	}{
		"suspended": {func(ctx context.Context, d *desk, id string) error { _, err := d.Suspend(ctx, "bhxh", id); return err }, issuer.Reminded{Told: 1}},
		"revoked": {func(ctx context.Context, d *desk, id string) error {
			_, err := d.Revoke(ctx, "bhxh", id, issuer.RevokedError)
			return err
		}, issuer.Reminded{Passed: 1}},
		"locked": {func(ctx context.Context, d *desk, _ string) error {
			_, err := d.Lock(ctx, "c06", anh.number, wallet.HolderRequest)
			return err
		}, issuer.Reminded{Told: 1}},
		"dead": {func(ctx context.Context, d *desk, _ string) error {
			_, err := d.Lock(ctx, "c06", anh.number, wallet.Death)
			return err
		}, issuer.Reminded{Passed: 1}},
		"replaced by a longer one": {func(_ context.Context, d *desk, _ string) error {
			d.statuses("bhxh", []string{line("bhyt", anh.insurance(insured).with("valid_until", "2027-12-31"))}, updated...)
			return nil
		}, issuer.Reminded{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", anh.cardLine())
			d.issue("bhxh", anh.insuranceLine(insured))
			owner := d.citizen(anh.number).ID
			if err := c.do(t.Context(), d, d.one(owner, "bhyt").ID); err != nil {
				t.Fatal(err)
			}
			d.now = monthBefore
			d.remind(c.want)
			if got := d.reminders(owner, "bhyt"); got != c.want.Told {
				t.Errorf("told %d times, want %d", got, c.want.Told)
			}
			d.remind(issuer.Reminded{})
		})
	}
}

// TestRemindMany: more than fit into one transaction.
func TestRemindMany(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine())
	const cars = 450
	lines := make([]string, cars)
	for i := range lines {
		n := string([]byte{byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)})
		lines[i] = line("dang_ky_xe", anh.vehicle("RL4B29F3XR0000"+n, "43 000"+n).with("date_of_expiry", "2026-12-31").with("registration_number", "43A-00"+n[:1]+"."+n[1:]))
	}
	d.issue("csgt", lines...)
	d.now = monthBefore
	if _, err := d.Remind(cancelled(t), d.now); err == nil {
		t.Error("a store that answers nothing is passed over")
	}
	d.remind(issuer.Reminded{Told: cars})
	d.remind(issuer.Reminded{})
}
