package push_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

// inform puts n notices into the inbox of a citizen.
func (w *world) inform(c wallet.Citizen, n int) {
	w.t.Helper()
	for range n {
		w.commit(c, wallet.WalletLocked, "")
	}
	w.spread()
}

// seat signs a device in, of which nobody is told.
func (w *world) seat(c wallet.Citizen) push.Target {
	w.t.Helper()
	w.spread()
	d := w.device(c, "")
	if _, err := w.store.Spread(w.t.Context(), w.clock, 10, func(wallet.Event, []push.Target) push.Plan { return push.Plan{} }); err != nil {
		w.t.Fatal(err)
	}
	return d
}

// follow admits a device.
func follow(t *testing.T, inbox *push.Inbox, d push.Target, after *uint64) func(context.Context, func([]wallet.Notice) error) error {
	t.Helper()
	run, err := inbox.Follow(t.Context(), d.Owner, d.Device, d.Session, after)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func numbers(list []wallet.Notice) (numbers []uint64) {
	for _, n := range list {
		numbers = append(numbers, n.Number)
	}
	return numbers
}

func TestInboxList(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	w.inform(anh, 120)
	inbox := push.NewInbox(w.store, w.now, time.Hour)
	for limit, want := range map[int]int{-1: 100, 0: 100, 1: 1, 100: 100, 101: 100} {
		page, err := inbox.List(t.Context(), anh.ID, 0, limit)
		if err != nil || len(page.List) != want || !page.More || page.Unread != 120 {
			t.Errorf("limit %d: %d notices, %v", limit, len(page.List), err)
		}
	}
	if unread, err := inbox.Read(t.Context(), anh.ID, 119); unread != 1 || err != nil {
		t.Errorf("%d unread, %v", unread, err)
	}
	if _, err := inbox.Read(t.Context(), anh.ID, 121); !fault.Is(err, fault.CodeNoticeUnknown) {
		t.Errorf("a number that is not there: %v", err)
	}
}

// TestFollow: a follower is given everything behind its number, in order, once,
// and then what arrives.
func TestFollow(t *testing.T) {
	w := newWorld(t)
	anh, binh := w.citizen("1"), w.citizen("2")
	phone := w.seat(anh)
	w.inform(anh, 130) // more than are given at a time
	w.inform(binh, 3)
	inbox := push.NewInbox(w.store, w.now, time.Hour)
	for name, c := range map[string]struct {
		after *uint64
		first uint64
	}{"from the beginning": {new(uint64), 1}, "from the middle": {number(77), 78}, "from now on": {nil, 131}} {
		t.Run(name, func(t *testing.T) {
			last, err := w.store.NewestNotice(t.Context(), anh.ID)
			if err != nil {
				t.Fatal(err)
			}
			first := c.first
			if c.after == nil {
				first = last + 1
			}
			run := follow(t, inbox, phone, c.after)
			var got []uint64
			done := errors.New("done")
			w.commit(anh, wallet.WalletLocked, "") // after Follow, before run
			w.spread()
			err = run(t.Context(), func(list []wallet.Notice) error {
				got = append(got, numbers(list)...)
				for _, n := range list {
					if n.Event.Owner != anh.ID {
						t.Error("somebody else's notice")
					}
				}
				switch got[len(got)-1] {
				case last + 1:
					// While it is being given the newest one, another arrives.
					w.commit(binh, wallet.WalletLocked, "")
					w.commit(anh, wallet.WalletLocked, "")
					w.spread()
					inbox.Tell(binh.ID)
					inbox.Tell(anh.ID)
				case last + 2:
					return done
				}
				return nil
			})
			var want []uint64
			for n := first; n <= last+2; n++ {
				want = append(want, n)
			}
			if !errors.Is(err, done) || !slices.Equal(got, want) {
				t.Errorf("%v: got %v, want %d to %d", err, got, first, last+2)
			}
		})
	}
}

func number(n uint64) *uint64 { return &n }

func TestFollowWaits(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	inbox := push.NewInbox(w.store, w.now, time.Millisecond)
	run := follow(t, inbox, w.seat(anh), nil)
	ctx, cancel := context.WithCancel(t.Context())
	beats := 0
	err := run(ctx, func(list []wallet.Notice) error {
		if len(list) > 0 {
			t.Error("a notice of nothing")
		}
		if beats++; beats == 3 {
			cancel()
		}
		return nil
	})
	if err != nil || beats != 3 {
		t.Errorf("%d heartbeats, %v; want 3 and no error when the context ends", beats, err)
	}
}

// TestFollowWoken: nobody waits for the heartbeat when there is something new.
func TestFollowWoken(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	inbox := push.NewInbox(w.store, w.now, time.Hour)
	run := follow(t, inbox, w.seat(anh), nil)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan uint64)
	var followed sync.WaitGroup
	followed.Go(func() {
		_ = run(ctx, func(list []wallet.Notice) error {
			for _, n := range list {
				got <- n.Number
			}
			return nil
		})
	})
	for n := range uint64(5) {
		w.inform(anh, 1)
		inbox.Tell(anh.ID)
		if g := <-got; g != n+1 {
			t.Errorf("got %d, want %d", g, n+1)
		}
	}
	cancel()
	followed.Wait()
}

func TestFollowRefusals(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	w.inform(anh, 2)
	inbox := push.NewInbox(w.store, w.now, time.Hour)
	for _, after := range []uint64{3, 1 << 63} {
		if _, err := inbox.Follow(t.Context(), anh.ID, "", "", &after); !fault.Is(err, fault.CodeNoticeUnknown) {
			t.Errorf("after %d: %v", after, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	first := follow(t, inbox, w.seat(anh), nil)
	for n := 1; n < push.MaxFollowers; n++ {
		if _, err := inbox.Follow(t.Context(), fmt.Sprint("somebody", n), "", "", nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := inbox.Follow(t.Context(), "binh", "", "", nil); !fault.Is(err, fault.CodeUnavailable) {
		t.Errorf("one too many: %v", err)
	}
	if err := first(ended, func([]wallet.Notice) error { return nil }); err != nil {
		t.Error(err)
	}
	if _, err := inbox.Follow(t.Context(), "binh", "", "", nil); err != nil {
		t.Errorf("after one has left: %v", err)
	}
}

// TestFollowReplaces: the newest followers of an inbox have the places, and
// those of others keep theirs.
func TestFollowReplaces(t *testing.T) {
	w := newWorld(t)
	anh, binh := w.citizen("1"), w.citizen("2")
	inbox := push.NewInbox(w.store, w.now, time.Hour)
	begin := func(d push.Target) (ended chan error) {
		t.Helper()
		run := follow(t, inbox, d, nil)
		ended = make(chan error, 1)
		go func() { ended <- run(t.Context(), func([]wallet.Notice) error { return errors.New("told") }) }()
		return ended
	}
	phone := w.seat(anh)
	other := begin(w.seat(binh))
	var all []chan error
	for range 3 * push.MaxFollowersOfOne {
		all = append(all, begin(phone))
	}
	for n, ended := range all {
		if n < 2*push.MaxFollowersOfOne {
			if err := <-ended; err != nil {
				t.Errorf("one that was replaced ended with %v", err)
			}
			continue
		}
		select {
		case err := <-ended:
			t.Errorf("number %d was replaced (%v)", n, err)
		default:
		}
	}
	w.inform(anh, 1)
	w.inform(binh, 1)
	inbox.Tell(anh.ID)
	inbox.Tell(binh.ID)
	for _, ended := range append(all[2*push.MaxFollowersOfOne:], other) {
		if err := <-ended; err == nil {
			t.Error("one of the newest was not told")
		}
	}
	for range push.MaxFollowers { // and all places are free again
		if _, err := inbox.Follow(t.Context(), wallet.NewID(), "", "", nil); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFollowSession: who was signed out is told nothing more, and a session of
// another device or citizen is none.
func TestFollowSession(t *testing.T) {
	w := newWorld(t)
	anh, binh := w.citizen("1"), w.citizen("2")
	phone, theirs := w.seat(anh), w.seat(binh)
	inbox := push.NewInbox(w.store, w.now, time.Millisecond)
	w.inform(anh, 1)
	for name, change := range map[string]func(d *push.Target){
		"another session": func(d *push.Target) { d.Session = theirs.Session },
		"another device":  func(d *push.Target) { d.Device = theirs.Device },
		"no session":      func(d *push.Target) { d.Session = "" },
	} {
		d := phone
		change(&d)
		err := follow(t, inbox, d, new(uint64))(t.Context(), func(list []wallet.Notice) error {
			t.Errorf("%s: told %v", name, numbers(list))
			return nil
		})
		if !fault.Is(err, fault.CodeSessionInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	told := 0
	err := follow(t, inbox, phone, new(uint64))(t.Context(), func(list []wallet.Notice) error {
		if told += len(list); told == 1 && len(list) == 0 { // a heartbeat: then the session ends
			w.clock = w.clock.Add(30 * 24 * time.Hour)
			w.inform(anh, 1)
		}
		return nil
	})
	if !fault.Is(err, fault.CodeSessionInvalid) || told != 1 {
		t.Errorf("told of %d, %v", told, err)
	}
}

func TestRegistry(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	phone := w.device(anh, "")
	registry := push.NewRegistry(w.store, []string{"fcm"}, w.now)
	for name, c := range map[string]struct {
		session, service, token string
		want                    fault.Code
		field                   string
	}{
		"good":            {phone.Session, "fcm", "abc:DEF-_1", "", ""},
		"longest":         {phone.Session, "fcm", strings.Repeat("a", push.MaxToken), "", ""},
		"too long":        {phone.Session, "fcm", strings.Repeat("a", push.MaxToken+1), fault.CodeRequestMalformed, "token"},
		"empty":           {phone.Session, "fcm", "", fault.CodeRequestMalformed, "token"},
		"a space":         {phone.Session, "fcm", "a b", fault.CodeRequestMalformed, "token"},
		"a line":          {phone.Session, "fcm", "a\nb", fault.CodeRequestMalformed, "token"},
		"not ASCII":       {phone.Session, "fcm", "Ánh", fault.CodeRequestMalformed, "token"},
		"another service": {phone.Session, "apns", "abc", fault.CodePushServiceUnknown, "service"},
		"no service":      {phone.Session, "", "abc", fault.CodePushServiceUnknown, "service"},
		"another session": {"nothing", "fcm", "abc", fault.CodeSessionInvalid, ""},
	} {
		err := registry.Register(t.Context(), anh.ID, phone.Device, c.session, c.service, c.token)
		var f *fault.Error
		if fault.CodeOf(err) != c.want || errors.As(err, &f) && f.Field != c.field {
			t.Errorf("%s: %v, want %q at %q", name, err, c.want, c.field)
		}
	}
	if err := registry.Unregister(t.Context(), anh.ID, phone.Device); err != nil {
		t.Error(err)
	}
	w.commit(anh, wallet.WalletLocked, "")
	if notes := w.sent(); len(notes) != 0 {
		t.Errorf("sent %+v", notes)
	}
}
