package disclosure_test

import (
	"errors"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// enrol signs a device of the fixture's person in.
func (f *fixture) enrol(id string) {
	f.t.Helper()
	owner := f.owner("079305000123")
	if err := f.store.PutActivation(ctx, session.Activation{Locator: id, Owner: owner, ExpiresAt: start.Add(1)}); err != nil {
		f.t.Fatal(err)
	}
	err := f.store.Enrol(ctx, id, start, wallet.Device{ID: id, Owner: owner, CreatedAt: start},
		session.Session{ID: "session-" + id, Hash: [32]byte([]byte(id + "................................")[:32]), Owner: owner, Device: id, CreatedAt: start, UsedAt: start, ExpiresAt: start.Add(time.Hour)},
		wallet.Event{ID: wallet.NewID(), Owner: owner, Kind: wallet.DeviceEnrolled, Device: id, At: start})
	if err != nil {
		f.t.Fatal(err)
	}
}

// TestMintedIsTold: who has two devices learns on the one what was shared with
// the other, and nothing when it was not.
func TestMintedIsTold(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	minted := func() (found []wallet.Event) {
		t.Helper()
		events, err := f.store.Events(ctx, f.owner("079305000123"), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Kind == wallet.PresentationMinted {
				found = append(found, e)
			}
		}
		return found
	}
	r := f.request("can_cuoc", "name")
	r.Device = "phone"
	f.enrol("phone")
	if _, err := f.Share(ctx, r); err != nil || len(minted()) != 0 {
		t.Fatalf("with one device: %v, %v", minted(), err)
	}
	f.enrol("tablet")
	p, err := f.Share(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	told := minted()
	if len(told) != 1 || told[0].Presentation != p.ID || told[0].Device != "phone" || !told[0].At.Equal(start) || told[0].Document != "" {
		t.Errorf("told %+v", told)
	}
	if e := f.history()[0]; e.ID != p.ID || e.Event != told[0].ID {
		t.Errorf("the entry %+v", e)
	}
	bad := r
	bad.Documents = []disclosure.Selection{{Document: "can_cuoc", Preset: "over18_shop", Claims: []string{"name"}}}
	if _, err := f.Share(ctx, bad); !fault.Is(err, fault.CodeOverAsking) {
		t.Fatal(err)
	}
	if got := minted(); len(got) != 1 || f.history()[0].Event != "" {
		t.Errorf("a refusal is told: %+v", got)
	}
}

// TestSharingUnderWayEndsWithItsSession: what was asked for before a phone was lost
// is not handed out after it.
func TestSharingUnderWayEndsWithItsSession(t *testing.T) {
	for name, c := range map[string]struct {
		change func(tx session.Tx, owner string) error
		code   fault.Code
	}{
		"open": {func(session.Tx, string) error { return nil }, ""},
		"a lost device": {func(tx session.Tx, owner string) error {
			d, err := tx.Device(owner, "phone")
			d.RevokedAt = start
			return errors.Join(err, tx.PutDevice(d))
		}, fault.CodeSessionInvalid},
		"a frozen device": {func(tx session.Tx, owner string) error {
			d, err := tx.Device(owner, "phone")
			d.FrozenAt = start
			return errors.Join(err, tx.PutDevice(d))
		}, fault.CodeDeviceFrozen},
		"an ended session": {func(tx session.Tx, owner string) error {
			s, err := tx.Session(owner, "session-phone")
			s.RevokedAt = start
			return errors.Join(err, tx.PutSession(s))
		}, fault.CodeSessionInvalid},
		"a forgotten session": {func(tx session.Tx, owner string) error {
			return tx.ForgetSession(owner, "session-phone")
		}, fault.CodeSessionInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.issue("can_cuoc")
			f.enrol("phone")
			r := f.request("can_cuoc", "name")
			r.Device, r.Session = "phone", "session-phone"
			if err := f.store.Change(ctx, func(tx session.Tx) error { return c.change(tx, r.Owner) }); err != nil {
				t.Fatal(err)
			}
			p, err := f.Share(ctx, r)
			if fault.CodeOf(err) != c.code {
				t.Fatalf("%v, want %q", err, c.code)
			}
			if c.code == "" {
				return
			}
			if p.Text != "" || len(f.history()) != 0 {
				t.Errorf("shared %+v, recorded %+v", p, f.history())
			}
		})
	}
}
