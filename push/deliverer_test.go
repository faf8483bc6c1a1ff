package push_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

func TestBackoff(t *testing.T) {
	for attempt, want := range map[int]time.Duration{
		-1: 10 * time.Second, 0: 10 * time.Second, 1: 10 * time.Second, 2: 20 * time.Second, 3: 40 * time.Second,
		9: 2560 * time.Second, 10: time.Hour, 11: time.Hour, 1000: time.Hour, 1 << 40: time.Hour,
	} {
		if got := push.Backoff(attempt, 0); got != want {
			t.Errorf("attempt %d: %v, want %v", attempt, got, want)
		}
		if got := push.Backoff(attempt, 0.5); got != want*3/4 {
			t.Errorf("attempt %d, half of the randomness: %v, want %v", attempt, got, want*3/4)
		}
		if got := push.Backoff(attempt, 0.999999); got <= want/2-time.Second || got > want {
			t.Errorf("attempt %d, most of the randomness: %v", attempt, got)
		}
	}
}

// TestVerdicts: what a service says decides what becomes of a message.
func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		reply  push.Reply
		again  time.Duration // until the next attempt; 0 for none
		dead   string
		target bool // whether the device is still reached
		result string
	}{
		"taken":          {taken, 0, "", true, "fcm taken"},
		"failed":         {push.Reply{Reason: "unavailable"}, 10 * time.Second, "", true, "fcm failed"},
		"told to wait":   {push.Reply{Reason: "quota", RetryAfter: time.Minute}, time.Minute, "", true, "fcm failed"},
		"not so long":    {push.Reply{Reason: "quota", RetryAfter: time.Second}, 10 * time.Second, "", true, "fcm failed"},
		"for ever":       {push.Reply{Reason: "quota", RetryAfter: 1 << 62}, 6 * time.Hour, "", true, "fcm failed"},
		"backwards":      {push.Reply{Reason: "quota", RetryAfter: -1 << 62}, 10 * time.Second, "", true, "fcm failed"},
		"rejected":       {push.Reply{Verdict: push.Rejected, Reason: "argument"}, 0, "argument", true, "fcm rejected"},
		"unregistered":   {push.Reply{Verdict: push.Unregistered, Reason: "unregistered"}, 0, "", false, "fcm unregistered"},
		"out of nowhere": {push.Reply{Verdict: 99}, 10 * time.Second, "", true, "fcm failed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			anh := w.citizen("1")
			phone := w.device(anh, "fcm")
			w.service.answers(c.reply)
			e := w.commit(anh, wallet.WalletLocked, "")
			if notes := w.sent(); len(notes) != 1 || notes[0].Token != phone.Token {
				t.Fatalf("sent %+v", notes)
			}
			if len(w.results) != 1 || w.results[0] != c.result {
				t.Errorf("results %v", w.results)
			}
			w.open() // whatever was decided is on the disk
			w.service.answers(taken)
			if c.again > 0 {
				w.clock = w.clock.Add(c.again - 1)
				if notes := w.sent(); len(notes) != 0 {
					t.Errorf("tried again too early")
				}
				w.clock = w.clock.Add(1)
			}
			if got, want := len(w.sent()), min(int(c.again), 1); got != want {
				t.Errorf("tried again %d times, want %d", got, want)
			}
			dead := w.dead()
			if c.dead == "" && len(dead) != 0 || c.dead != "" && (len(dead) != 1 || dead[0].Message.Failure != c.dead || dead[0].Message.Event != e.ID) {
				t.Errorf("dead letters %+v", dead)
			}
			w.commit(anh, wallet.WalletLocked, "")
			if reached := len(w.sent()) == 1; reached != c.target {
				t.Errorf("the next event reaches the device: %v", reached)
			}
		})
	}
}

// TestRetriesUntilItExpires: pauses grow, and in the end the operator sees a
// dead letter with the last reason.
func TestRetriesUntilItExpires(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	w.device(anh, "fcm")
	w.service.answers(push.Reply{Reason: "unavailable"})
	w.commit(anh, "presentation.minted", "") // worth telling for a day
	tries, waited := 0, time.Duration(0)
	for len(w.dead()) == 0 {
		if notes := w.sent(); len(notes) > 0 {
			tries++
			if left := 24*time.Hour - waited; notes[0].Lifetime != left {
				t.Fatalf("a note lives for %v, want %v", notes[0].Lifetime, left)
			}
			waited += push.Backoff(tries, 0)
			w.clock = w.clock.Add(push.Backoff(tries, 0))
			continue
		}
		if waited < 24*time.Hour {
			t.Fatalf("given up after %v", waited)
		}
	}
	dead := w.dead()[0]
	if tries < 20 || dead.Message.Attempts != tries || dead.Message.Failure != "unavailable" || !dead.At.Equal(w.clock) {
		t.Errorf("%d tries, dead letter %+v", tries, dead)
	}
	if last := w.results[len(w.results)-1]; last != " expired" {
		t.Errorf("last result %q", last)
	}
}

// TestKilledWhileSending: what was claimed and not settled is sent again, with
// the same event id.
func TestKilledWhileSending(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	w.device(anh, "fcm")
	e := w.commit(anh, wallet.WalletLocked, "")
	w.spread()
	claim, err := w.store.Claim(t.Context(), w.clock, w.clock.Add(time.Minute), 10)
	if err != nil || len(claim.Deliveries) != 1 {
		t.Fatal(claim, err)
	}
	w.open()
	if notes := w.sent(); len(notes) != 0 {
		t.Error("sent while another process may be sending it")
	}
	w.clock = w.clock.Add(time.Minute)
	if notes := w.sent(); len(notes) != 1 || notes[0].Event != e.ID {
		t.Errorf("sent %+v", notes)
	}
	w.clock = w.clock.Add(time.Hour)
	if notes := w.sent(); len(notes) != 0 {
		t.Error("sent once more")
	}
}

// TestContextEnds: a context that ends gives up what hangs, and what was sent
// is still settled.
func TestContextEnds(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	quick, slow := w.device(anh, "fcm"), w.device(anh, "fcm")
	w.sent()
	w.commit(anh, wallet.WalletLocked, "")
	w.spread()
	ctx, cancel := context.WithCancel(t.Context())
	w.service.reply = func(ctx context.Context, n push.Note) push.Reply {
		if n.Token == quick.Token {
			return taken
		}
		cancel()
		<-ctx.Done()
		return push.Reply{Reason: "timeout"}
	}
	if n, err := w.deliverer.Step(ctx); n != 2 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	w.service.answers(taken)
	w.service.take()
	w.clock = w.clock.Add(time.Hour)
	if notes := w.sent(); len(notes) != 1 || notes[0].Token != slow.Token {
		t.Errorf("sent again %+v", notes)
	}
}

// TestDeadline: a sender is given a deadline.
func TestDeadline(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	w.device(anh, "fcm")
	bounded := false
	w.service.reply = func(ctx context.Context, _ push.Note) push.Reply {
		_, bounded = ctx.Deadline()
		return taken
	}
	w.commit(anh, wallet.WalletLocked, "")
	if w.sent(); !bounded {
		t.Error("a service may hang for ever")
	}
}

// TestNoSender: a message of a service that is not there now waits for it.
func TestNoSender(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	w.device(anh, "fcm")
	w.commit(anh, wallet.WalletLocked, "")
	w.spread()
	sender := w.deliverer.Senders["fcm"]
	delete(w.deliverer.Senders, "fcm")
	w.deliver()
	w.deliverer.Senders["fcm"] = sender
	w.clock = w.clock.Add(time.Minute)
	if notes := w.sent(); len(notes) != 1 || len(w.dead()) != 0 {
		t.Errorf("sent %+v, dead %+v", notes, w.dead())
	}
}

// TestLogTellsNobody: the log says that something was given up and why, and
// nothing of whose it was.
func TestLogTellsNobody(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	phone := w.device(anh, "fcm")
	w.service.answers(push.Reply{Verdict: push.Rejected, Reason: "argument"})
	w.commit(anh, wallet.WalletLocked, "")
	w.sent()
	log := w.log.String()
	if !strings.Contains(log, `"reason":"argument"`) || !strings.Contains(log, `"category":"security"`) {
		t.Fatalf("the log does not tell of it: %s", log)
	}
	if strings.Contains(log, phone.Token) || regexp.MustCompile(`[a-z2-7]{26}`).MatchString(log) {
		t.Errorf("the log tells an id: %s", log)
	}
}
