package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

var pushTests = []test{
	{"events leave the outbox in the order of their commits", spreadOrder},
	{"an event is told to the devices of its owner alone", spreadTargets},
	{"a plan for somebody else keeps nothing", spreadRefusals},
	{"a target counts while its session is open", targetSession},
	{"a frozen device is sent nothing until it is unfrozen", targetFrozen},
	{"a token belongs to who registered it last", targetMoves},
	{"a target needs an open session", targetRefusals},
	{"a session is open or not", sessionIsOpen},
	{"a claimed message comes back", claimLease},
	{"messages are due in order", claimOrder},
	{"an outcome is kept", settleOutcomes},
	{"a token that is gone", settleGone},
	{"an outcome that comes late", settleLate},
	{"expired messages become dead letters", claimExpired},
	{"dead letters are bounded", deadLettersBounded},
	{"the state of the queue", pushState},
	{"a cancelled context changes nothing", cancelledPush},
}

// tell commits an event for a citizen, without any other change.
func tell(t *testing.T, s Store, c wallet.Citizen, e wallet.Event) {
	t.Helper()
	issue(t, s, func(tx issuer.Tx) error { return tx.SetLock(c.ID, wallet.Lock{}, e) })
}

// news n of a citizen.
func news(c wallet.Citizen, n int) wallet.Event {
	return wallet.Event{ID: fmt.Sprintf("news-%s-%d", c.ID, n), Owner: c.ID, Kind: wallet.WalletUnlocked, At: at(n)}
}

// enrolled gives a citizen device n with an open session, and takes the event
// of it out of the outbox.
func enrolled(t *testing.T, s Store, c wallet.Citizen, n int) push.Target {
	t.Helper()
	d, ses, e := device(c, n)
	if err := s.PutActivation(t.Context(), activation(c, n)); err != nil {
		t.Fatal(err)
	}
	if err := s.Enrol(t.Context(), activation(c, n).Locator, at(n), d, ses, e); err != nil {
		t.Fatal(err)
	}
	return push.Target{Owner: c.ID, Device: d.ID, Session: ses.ID, Service: "fcm", Token: "token-" + d.ID, At: at(n)}
}

// revoke ends one session of a citizen.
func revoke(t *testing.T, s Store, c wallet.Citizen, id string, at time.Time) {
	t.Helper()
	change(t, s, func(tx session.Tx) error {
		found, err := tx.Session(c.ID, id)
		if err != nil {
			return err
		}
		found.RevokedAt = at
		return tx.PutSession(found)
	})
}

func register(t *testing.T, s Store, target push.Target) push.Target {
	t.Helper()
	if err := s.PutTarget(t.Context(), target); err != nil {
		t.Fatalf("PutTarget: %v", err)
	}
	return target
}

// drop empties the outbox.
func drop(t *testing.T, s Store) {
	t.Helper()
	must[push.Spread](t)(s.Spread(t.Context(), at(0), many, func(wallet.Event, []push.Target) push.Plan { return push.Plan{} }))
}

// message of an event to a target, due and good for a while.
func message(e wallet.Event, to push.Target) push.Message {
	return push.Message{Event: e.ID, Owner: e.Owner, Device: to.Device, Category: push.CategorySecurity, Urgent: true,
		At: e.At, ExpiresAt: e.At.Add(time.Hour), NotBefore: e.At}
}

// toAll plans a notice, and a message to each device.
func toAll(e wallet.Event, to []push.Target) push.Plan {
	p := push.Plan{Inbox: true}
	for _, target := range to {
		p.Messages = append(p.Messages, message(e, target))
	}
	return p
}

// queued spreads what waits and claims everything at(n), for ten seconds.
func queued(t *testing.T, s Store, n int) []push.Delivery {
	t.Helper()
	must[push.Spread](t)(s.Spread(t.Context(), at(n), many, toAll))
	return claim(t, s, n).Deliveries
}

func claim(t *testing.T, s Store, n int) push.Claim {
	t.Helper()
	return must[push.Claim](t)(s.Claim(t.Context(), at(n), at(n+10), many))
}

// attempts lists deliveries as event, device and attempt.
func attempts(ds []push.Delivery) []string {
	out := []string{}
	for _, d := range ds {
		out = append(out, fmt.Sprintf("%s to %s, %d", d.Message.Event, d.Message.Device, d.Message.Attempts))
	}
	return out
}

func spreadOrder(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	var want []string
	for i, moment := range []int{50, 7, 7, -3, 90} { // of commits, whatever the moments
		for _, c := range []wallet.Citizen{a, b} {
			e := news(c, moment)
			e.ID = fmt.Sprintf("%s-%d", c.ID, i)
			tell(t, s, c, e)
			want = append(want, e.ID)
		}
	}
	var seen []string
	plan := func(e wallet.Event, _ []push.Target) push.Plan {
		seen = append(seen, e.ID)
		return push.Plan{Inbox: !strings.HasSuffix(e.ID, "-3")}
	}
	done := must[push.Spread](t)(s.Spread(t.Context(), at(0), 3, plan))
	same(t, "first three", done, push.Spread{Events: 3, Told: []string{a.ID, b.ID}})
	s = s.Reopen(t)
	done = must[push.Spread](t)(s.Spread(t.Context(), at(0), many, plan))
	same(t, "the rest", done, push.Spread{Events: 7, Told: []string{b.ID, a.ID}})
	same(t, "order", seen, want)
	same(t, "nothing waits", must[push.Spread](t)(s.Spread(t.Context(), at(0), many, plan)), push.Spread{})
	page := must[wallet.Notices](t)(s.Notices(t.Context(), a.ID, 0, many))
	var inbox []string
	for _, n := range page.List {
		inbox = append(inbox, n.Event.ID)
	}
	same(t, "the inbox", inbox, []string{"citizen-1-4", "citizen-1-2", "citizen-1-1", "citizen-1-0"})
}

func spreadTargets(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	phone, tablet, theirs := enrolled(t, s, a, 1), enrolled(t, s, a, 2), enrolled(t, s, b, 3)
	enrolled(t, s, a, 4) // registers nothing
	drop(t, s)
	register(t, s, phone)
	register(t, s, tablet)
	register(t, s, theirs)
	e := news(a, 5)
	tell(t, s, a, e)
	var given []push.Target
	done := must[push.Spread](t)(s.Spread(t.Context(), at(6), many, func(e wallet.Event, to []push.Target) push.Plan {
		given = to
		return toAll(e, to)
	}))
	same(t, "spread", done, push.Spread{Events: 1, Told: []string{a.ID}})
	same(t, "targets", given, []push.Target{phone, tablet})
	s = s.Reopen(t)
	got := claim(t, s, 6)
	if len(got.Deliveries) != 2 {
		t.Fatalf("%d deliveries, want 2", len(got.Deliveries))
	}
	for i, target := range []push.Target{phone, tablet} {
		want := message(e, target)
		want.ID, want.Attempts, want.NotBefore = got.Deliveries[i].Message.ID, 1, at(16)
		same(t, "delivery", got.Deliveries[i], push.Delivery{Message: want, Target: target})
	}
}

func spreadRefusals(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	theirs := register(t, s, enrolled(t, s, b, 3))
	drop(t, s)
	e := news(a, 5)
	tell(t, s, a, e)
	for what, change := range map[string]func(m *push.Message){
		"somebody else's device": func(m *push.Message) { m.Owner = b.ID },
		"another event":          func(m *push.Message) { m.Event = "news" },
		"no device":              func(m *push.Message) { m.Device = "" },
		"no category":            func(m *push.Message) { m.Category = "" },
		"not UTF-8":              func(m *push.Message) { m.Failure = "\xff" },
	} {
		m := message(e, theirs)
		change(&m)
		_, err := s.Spread(t.Context(), at(6), many, func(wallet.Event, []push.Target) push.Plan {
			return push.Plan{Inbox: true, Messages: []push.Message{m}}
		})
		wantFault(t, what, err, fault.CodeInternal)
	}
	same(t, "inbox", must[uint64](t)(s.NewestNotice(t.Context(), a.ID)), uint64(0))
	same(t, "queue", claim(t, s, 6), push.Claim{})
	for _, limit := range []int{0, -1} {
		_, err := s.Spread(t.Context(), at(6), limit, toAll)
		wantFault(t, "limit of Spread", err, fault.CodeInternal)
		_, err = s.Claim(t.Context(), at(6), at(7), limit)
		wantFault(t, "limit of Claim", err, fault.CodeInternal)
		_, err = s.DeadLetters(t.Context(), limit)
		wantFault(t, "limit of DeadLetters", err, fault.CodeInternal)
	}
	_, err := s.Claim(t.Context(), at(6), at(6), 1)
	wantFault(t, "a claim for no time", err, fault.CodeInternal)
	same(t, "the event still waits", must[push.Spread](t)(s.Spread(t.Context(), at(6), many, toAll)).Events, 1)
}

func targetSession(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	expires := at(1 + 1000) // the session of device 1
	phone, tablet := register(t, s, enrolled(t, s, c, 1)), register(t, s, enrolled(t, s, c, 500))
	drop(t, s)
	targets := func(now time.Time) (devices []string) {
		t.Helper()
		e := news(c, 5)
		tell(t, s, c, e)
		must[push.Spread](t)(s.Spread(t.Context(), now, many, func(_ wallet.Event, to []push.Target) push.Plan {
			devices = nil
			for _, target := range to {
				devices = append(devices, target.Device)
			}
			return push.Plan{}
		}))
		return devices
	}
	same(t, "both", targets(expires.Add(-1)), []string{phone.Device, tablet.Device})
	same(t, "the first has expired", targets(expires), []string{tablet.Device})
	same(t, "and stays forgotten", targets(at(5)), []string{tablet.Device})

	tell(t, s, c, news(c, 600))
	if got := len(queued(t, s, 601)); got != 1 {
		t.Fatalf("%d deliveries, want 1", got)
	}
	revoke(t, s, c, tablet.Session, at(602))
	// The message to a device that has signed out since is not sent again.
	same(t, "signed out", claim(t, s, 611), push.Claim{Dropped: 1})
	same(t, "none", targets(at(603)), []string(nil))
	again := tablet
	again.At = at(603)
	wantFault(t, "registering the same again", s.PutTarget(t.Context(), again), fault.CodeSessionInvalid)
}

func targetFrozen(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	phone := register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	freeze := func(at time.Time) {
		t.Helper()
		change(t, s, func(tx session.Tx) error {
			d, err := tx.Device(c.ID, phone.Device)
			if err != nil {
				return err
			}
			d.FrozenAt = at
			return tx.PutDevice(d)
		})
	}
	tell(t, s, c, news(c, 5))
	same(t, "before", len(queued(t, s, 6)), 1)
	freeze(at(7))
	same(t, "what was under way", claim(t, s, 16), push.Claim{Dropped: 1})
	tell(t, s, c, news(c, 17))
	same(t, "frozen", len(queued(t, s, 17)), 0)
	again := phone
	again.At = at(18)
	wantFault(t, "registering while frozen", s.PutTarget(t.Context(), again), fault.CodeSessionInvalid)
	same(t, "the session is not open", must[bool](t)(s.SessionOpen(t.Context(), c.ID, phone.Device, phone.Session, at(18))), false)
	s = s.Reopen(t)
	freeze(time.Time{})
	tell(t, s, c, news(c, 19))
	got := queued(t, s, 20)
	same(t, "unfrozen", attempts(got), []string{"news-citizen-1-19 to device-1, 1"})
	same(t, "target", got[0].Target, phone)

	// What ends while it is frozen has ended.
	freeze(at(21))
	revoke(t, s, c, phone.Session, at(22))
	tell(t, s, c, news(c, 23))
	same(t, "ended", len(queued(t, s, 23)), 0)
	freeze(time.Time{})
	tell(t, s, c, news(c, 40))
	same(t, "and not frozen", len(queued(t, s, 40)), 0)
}

func targetMoves(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	first, second, third := enrolled(t, s, a, 1), enrolled(t, s, b, 2), enrolled(t, s, a, 3)
	drop(t, s)
	register(t, s, first)
	tell(t, s, a, news(a, 5))
	same(t, "to the first", attempts(queued(t, s, 6)), []string{"news-citizen-1-5 to device-1, 1"})

	// The phone is handed on: its next owner signs in on the same installation.
	second.Token = first.Token
	register(t, s, second)
	same(t, "no message of the former owner follows", claim(t, s, 16), push.Claim{Dropped: 1})
	tell(t, s, a, news(a, 7))
	tell(t, s, b, news(b, 7))
	same(t, "to the second", attempts(queued(t, s, 17)), []string{"news-citizen-2-7 to device-2, 1"})

	// The same token of another service is another one.
	third.Token, third.Service = second.Token, "other"
	register(t, s, third)
	tell(t, s, b, news(b, 8))
	if got := queued(t, s, 18); len(got) != 1 || got[0].Target != second {
		t.Errorf("the token of another service took this one: %+v", got)
	}

	// A device has one target: the newest.
	renewed := second
	renewed.Token = "renewed"
	register(t, s, renewed)
	register(t, s, renewed)
	tell(t, s, b, news(b, 9))
	got := queued(t, s, 40)
	same(t, "claimed", len(got), 3)
	for _, d := range got {
		same(t, "target", d.Target, renewed)
	}
	if err := s.RemoveTarget(t.Context(), a.ID, renewed.Device); err != nil {
		t.Fatal(err)
	}
	same(t, "somebody else removes nothing", len(claim(t, s, 60).Deliveries), 3)
	for range 2 {
		if err := s.RemoveTarget(t.Context(), b.ID, renewed.Device); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "removed", claim(t, s, 80), push.Claim{Dropped: 3})
}

func targetRefusals(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	good, theirs := enrolled(t, s, a, 1), enrolled(t, s, b, 2)
	for what, change := range map[string]func(x *push.Target){
		"another owner":   func(x *push.Target) { x.Owner = b.ID },
		"another device":  func(x *push.Target) { x.Device = theirs.Device },
		"another session": func(x *push.Target) { x.Session = theirs.Session },
		"no such session": func(x *push.Target) { x.Session = "session" },
		"after its end":   func(x *push.Target) { x.At = at(1001) },
	} {
		x := good
		change(&x)
		wantFault(t, what, s.PutTarget(t.Context(), x), fault.CodeSessionInvalid)
	}
	for what, change := range map[string]func(x *push.Target){
		"no owner": func(x *push.Target) { x.Owner = "" }, "no device": func(x *push.Target) { x.Device = "" },
		"no service": func(x *push.Target) { x.Service = "" }, "no token": func(x *push.Target) { x.Token = "" },
		"long token": func(x *push.Target) { x.Token = strings.Repeat("a", 5000) }, "not UTF-8": func(x *push.Target) { x.Token = "\xff" },
	} {
		x := good
		change(&x)
		wantFault(t, what, s.PutTarget(t.Context(), x), fault.CodeInternal)
	}
	issue(t, s, func(tx issuer.Tx) error {
		return tx.EndSessions(a.ID, at(50))
	})
	wantFault(t, "after a lock", s.PutTarget(t.Context(), good), fault.CodeSessionInvalid)
	register(t, s, theirs)
}

func sessionIsOpen(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	mine, theirs := enrolled(t, s, a, 1), enrolled(t, s, b, 2)
	want := func(what string, x push.Target, n int, open bool) {
		t.Helper()
		same(t, what, must[bool](t)(s.SessionOpen(t.Context(), x.Owner, x.Device, x.Session, at(n))), open)
	}
	want("open", mine, 2, true)
	want("to its end", mine, 1000, true)
	want("at its end", mine, 1001, false)
	other := mine
	other.Owner = b.ID
	want("another owner", other, 2, false)
	other = mine
	other.Device = theirs.Device
	want("another device", other, 2, false)
	other = mine
	other.Session = "session"
	want("no such session", other, 2, false)
	issue(t, s, func(tx issuer.Tx) error { return tx.EndSessions(a.ID, at(50)) })
	want("after a lock", mine, 51, false)
	revoke(t, s, b, theirs.Session, at(3))
	want("revoked", theirs, 4, false)
}

func cancelledPush(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	phone := enrolled(t, s, c, 1)
	ctx := cancelled(t)
	_, err := s.Spread(ctx, at(1), 1, toAll)
	wantCancelled(t, "Spread", err)
	_, err = s.Claim(ctx, at(1), at(2), 1)
	wantCancelled(t, "Claim", err)
	wantCancelled(t, "Settle", s.Settle(ctx, []push.Settlement{{}}))
	wantCancelled(t, "PutTarget", s.PutTarget(ctx, phone))
	wantCancelled(t, "RemoveTarget", s.RemoveTarget(ctx, c.ID, phone.Device))
	_, err = s.DeadLetters(ctx, 1)
	wantCancelled(t, "DeadLetters", err)
	_, err = s.PushState(ctx)
	wantCancelled(t, "PushState", err)
	_, err = s.Notices(ctx, c.ID, 0, 1)
	wantCancelled(t, "Notices", err)
	_, err = s.NoticesAfter(ctx, c.ID, 0, 1)
	wantCancelled(t, "NoticesAfter", err)
	_, err = s.NewestNotice(ctx, c.ID)
	wantCancelled(t, "NewestNotice", err)
	_, err = s.SessionOpen(ctx, c.ID, phone.Device, phone.Session, at(2))
	wantCancelled(t, "SessionOpen", err)
	_, err = s.ReadNotices(ctx, c.ID, 0)
	wantCancelled(t, "ReadNotices", err)
	if got := len(queued(t, s, 5)); got != 0 {
		t.Errorf("a target was stored: %d deliveries", got)
	}
}
