package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// TestCommitted: whoever tells events is woken by those that are on the disk,
// and by nothing else.
func TestCommitted(t *testing.T) {
	woken := 0
	s, err := bolt.Open(newPath(t), bolt.Options{Committed: func() { woken++ }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	give(t, s, "c", holding("c", "h1"), holding("c", "h2"))
	if woken != 1 {
		t.Fatalf("woken %d times by one transaction with two events, want once", woken)
	}
	stop := errors.New("stop")
	for what, f := range map[string]func(tx issuer.Tx) error{
		"nothing":       func(issuer.Tx) error { return nil },
		"no event":      func(tx issuer.Tx) error { return tx.EndSessions("c", at(2)) },
		"an undone one": func(tx issuer.Tx) error { h := holding("c", "h3"); return errors.Join(tx.Add(h, issued(h)), stop) },
		"a refused one": func(tx issuer.Tx) error { h := holding("nobody", "h4"); return tx.Add(h, issued(h)) },
	} {
		if err := s.Issue(t.Context(), f); err != nil && !errors.Is(err, stop) && !fault.Is(err, fault.CodeCitizenUnknown) {
			t.Fatalf("%s: %v", what, err)
		}
		if woken != 1 {
			t.Errorf("woken by %s", what)
		}
	}
	if err := s.Record(t.Context(), entry("c", 1, "h1")); err != nil || woken != 1 {
		t.Errorf("woken %d times by an entry without an event, %v", woken, err)
	}
	if _, err := s.Spread(t.Context(), at(1), 10, func(wallet.Event, []push.Target) push.Plan { return push.Plan{Inbox: true} }); err != nil || woken != 1 {
		t.Errorf("woken %d times by itself, %v", woken, err)
	}
}

// TestDamagedEvents: what cannot be read is put aside, counted and kept, and the
// events behind it are told.
func TestDamagedEvents(t *testing.T) {
	sequence := string(binary.BigEndian.AppendUint64(nil, 1))
	for what, body := range map[string]string{
		"cut off":     `{"v":1,"id":"Nguyễn`,
		"of tomorrow": `{"v":99}`,
		"of nobody":   `{"v":1,"id":"e","kind":"credential.issued"}`,
	} {
		s := open(t, newPath(t))
		give(t, s, "c", holding("c", "h1"), holding("c", "h2"))
		if err := s.Put("outbox", sequence, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if state, err := s.PushState(t.Context()); err != nil || state != (push.State{}) {
			t.Errorf("%s: before: %+v, %v", what, state, err)
		}
		plan := func(wallet.Event, []push.Target) push.Plan { return push.Plan{Inbox: true} }
		if done, err := s.Spread(t.Context(), at(1), 1, plan); err != nil || done.Events != 1 || len(done.Told) != 0 {
			t.Errorf("%s: %+v, %v", what, done, err)
		}
		if done, err := s.Spread(t.Context(), at(1), 10, plan); err != nil || done.Events != 1 || len(done.Told) != 1 {
			t.Errorf("%s: what is behind: %+v, %v", what, done, err)
		}
		if state, err := s.PushState(t.Context()); err != nil || state != (push.State{Damaged: 1}) {
			t.Errorf("%s: %+v, %v", what, state, err)
		}
		if n, err := s.NewestNotice(t.Context(), "c"); n != 1 || err != nil {
			t.Errorf("%s: %d notices, %v", what, n, err)
		}
		if kept := s.Get("outbox_damaged", sequence); string(kept) != body {
			t.Errorf("%s: kept %q", what, kept)
		}
	}
}

// TestDamagedMessages: what cannot be read is told without its content, and
// nothing is taken for delivered.
func TestDamagedMessages(t *testing.T) {
	s := open(t, newPath(t))
	due := string(binary.BigEndian.AppendUint64(make([]byte, 12), 7)) // long ago, and no such message
	if err := s.Put("messages_due", due, []byte{1}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claim(t.Context(), at(1), at(2), 1); !fault.Is(err, fault.CodeInternal) {
		t.Errorf("a message that is due and not there: %v", err)
	}
	if err := s.Delete("messages_due", due); err != nil {
		t.Fatal(err)
	}
}

// TestSameTargetAgain: an app that registers at each start costs no write.
func TestSameTargetAgain(t *testing.T) {
	path := newPath(t)
	s := open(t, path)
	give(t, s, "c")
	if err := s.PutActivation(t.Context(), session.Activation{Locator: "c", Owner: "c", ExpiresAt: at(100)}); err != nil {
		t.Fatal(err)
	}
	if err := childEnrol(t.Context(), s, "c"); err != nil {
		t.Fatal(err)
	}
	target := push.Target{Owner: "c", Device: "c", Session: "c", Service: "fcm", Token: "token", At: at(4)}
	for n := range 3 {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		target.At = at(4 + n)
		if err := s.PutTarget(t.Context(), target); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(path)
		if err != nil || bytes.Equal(before, after) != (n > 0) {
			t.Errorf("registered %d times: the file is the same: %v, %v", n+1, bytes.Equal(before, after), err)
		}
	}
}

// TestSharesReadNoDevice: that somebody has ended many devices, or that one
// cannot be read, costs a share nothing.
func TestSharesReadNoDevice(t *testing.T) {
	s := open(t, newPath(t))
	give(t, s, "c", holding("c", "h1"))
	for n := range 3 {
		d := wallet.Device{ID: fmt.Sprintf("d%d", n), Owner: "c", CreatedAt: at(n)}
		if n == 0 {
			d.RevokedAt = at(1)
		}
		if err := s.Change(t.Context(), func(tx session.Tx) error { return tx.PutDevice(d) }); err != nil {
			t.Fatal(err)
		}
	}
	key, body := "c\x00\x01d0\x00\x01", s.Get("devices", "c\x00\x01d0\x00\x01")
	if body == nil {
		t.Fatal("the device is not there")
	}
	if err := s.Put("devices", key, []byte("{")); err != nil {
		t.Fatal(err)
	}
	e := entry("c", 5, "h1")
	e.Device, e.Event = "d1", "minted"
	if err := s.Record(t.Context(), e); err != nil {
		t.Error(err)
	}
	if events, err := s.Events(t.Context(), "c", 1); err != nil || len(events) != 1 || events[0].ID != "minted" {
		t.Errorf("told %v, %v", events, err)
	}
	if err := s.Put("devices", key, body); err != nil { // the file is checked in the end
		t.Fatal(err)
	}
}

// TestInboxIsBounded: the newest notices are kept, and a list, a stream and the
// count of unread ones go on over those that are forgotten.
func TestInboxIsBounded(t *testing.T) {
	s := open(t, newPath(t))
	give(t, s, "c")
	give(t, s, "d", holding("d", "h1"))
	const n = push.MaxNotices + 3
	err := s.Issue(t.Context(), func(tx issuer.Tx) error {
		for i := range n {
			e := wallet.Event{ID: fmt.Sprintf("e%d", i+1), Owner: "c", Kind: wallet.WalletUnlocked, At: at(1)}
			if err := tx.SetLock("c", wallet.Lock{}, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for done := (push.Spread{Events: 1}); done.Events > 0; {
		if done, err = s.Spread(t.Context(), at(2), 1000, func(wallet.Event, []push.Target) push.Plan { return push.Plan{Inbox: true} }); err != nil {
			t.Fatal(err)
		}
	}
	page, err := s.Notices(t.Context(), "c", 6, 10)
	if err != nil || page.Unread != push.MaxNotices || page.More || len(page.List) != 2 || page.List[0].Number != 5 || page.List[1].Event.ID != "e4" {
		t.Errorf("the oldest: %+v, %v", page, err)
	}
	after, err := s.NoticesAfter(t.Context(), "c", 1, 2)
	if err != nil || len(after) != 2 || after[0].Number != 4 || after[1].Number != 5 {
		t.Errorf("a stream that was away for long: %+v, %v", after, err)
	}
	for i, upTo := range []uint64{2, 4} {
		if unread, err := s.ReadNotices(t.Context(), "c", upTo); err != nil || unread != uint64(push.MaxNotices-i) {
			t.Errorf("read up to %d: %d unread, %v", upTo, unread, err)
		}
	}
	if newest, err := s.NewestNotice(t.Context(), "c"); err != nil || newest != n {
		t.Errorf("newest %d, %v", newest, err)
	}
	if kept, err := s.NewestNotice(t.Context(), "d"); err != nil || kept != 1 {
		t.Errorf("somebody else's: %d, %v", kept, err)
	}
}
