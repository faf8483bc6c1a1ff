package storetest

import (
	"fmt"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

func claimLease(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	phone := register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	tell(t, s, c, news(c, 5))
	must[push.Spread](t)(s.Spread(t.Context(), at(5), many, toAll))
	same(t, "before its time", claim(t, s, 4), push.Claim{})
	same(t, "first", attempts(claim(t, s, 5).Deliveries), []string{"news-citizen-1-5 to device-1, 1"})
	same(t, "claimed", claim(t, s, 14), push.Claim{})
	s = s.Reopen(t) // whoever claimed it is gone
	same(t, "again", attempts(claim(t, s, 15).Deliveries), []string{"news-citizen-1-5 to device-1, 2"})
	got := claim(t, s, 25).Deliveries
	same(t, "and again", attempts(got), []string{"news-citizen-1-5 to device-1, 3"})
	same(t, "target", got[0].Target, phone)
}

func claimOrder(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	for _, n := range []int{30, 10, 20, 10} {
		tell(t, s, c, news(c, n))
	}
	must[push.Spread](t)(s.Spread(t.Context(), at(5), many, toAll))
	var got []string
	for range 3 {
		claimed := must[push.Claim](t)(s.Claim(t.Context(), at(20), at(100), 2))
		got = append(got, attempts(claimed.Deliveries)...)
	}
	same(t, "by moment, then by order of commit", got, []string{"news-citizen-1-10 to device-1, 1",
		"news-citizen-1-10 to device-1, 1", "news-citizen-1-20 to device-1, 1"})
}

func settleOutcomes(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	phone := register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	for n := range 3 {
		tell(t, s, c, news(c, n))
	}
	ds := queued(t, s, 5)
	if len(ds) != 3 {
		t.Fatalf("%d deliveries, want 3", len(ds))
	}
	ds[1].Message.NotBefore, ds[1].Message.Failure = at(40), "unavailable"
	ds[2].Message.Failure = "rejected"
	settle(t, s,
		push.Settlement{Delivery: ds[0], Outcome: push.Done, At: at(6)},
		push.Settlement{Delivery: ds[1], Outcome: push.Again, At: at(6)},
		push.Settlement{Delivery: ds[2], Outcome: push.Dead, At: at(7)})
	settle(t, s)
	s = s.Reopen(t)
	same(t, "not before its time", claim(t, s, 39), push.Claim{})
	want := ds[1]
	want.Message.Attempts, want.Message.NotBefore = 2, at(50)
	same(t, "again", claim(t, s, 40), push.Claim{Deliveries: []push.Delivery{want}})
	same(t, "dead letters", must[[]push.DeadLetter](t)(s.DeadLetters(t.Context(), many)),
		[]push.DeadLetter{{Message: ds[2].Message, At: at(7)}})
	same(t, "the target stays", ds[0].Target, phone)
}

func settle(t *testing.T, s Store, done ...push.Settlement) {
	t.Helper()
	if err := s.Settle(t.Context(), done); err != nil {
		t.Fatalf("Settle: %v", err)
	}
}

func settleGone(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	phone := register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	tell(t, s, c, news(c, 1))
	old := queued(t, s, 5)
	renewed := phone
	renewed.Token = "renewed" // while the old one was tried
	register(t, s, renewed)
	settle(t, s, push.Settlement{Delivery: old[0], Outcome: push.Gone, At: at(6)})
	tell(t, s, c, news(c, 7))
	got := queued(t, s, 8)
	if len(got) != 1 || got[0].Target != renewed {
		t.Fatalf("the new token went with the old one: %+v", got)
	}
	settle(t, s, push.Settlement{Delivery: got[0], Outcome: push.Gone, At: at(9)})
	tell(t, s, c, news(c, 10))
	same(t, "no target", len(queued(t, s, 30)), 0)
	same(t, "no dead letters", len(must[[]push.DeadLetter](t)(s.DeadLetters(t.Context(), many))), 0)
	register(t, s, phone) // the token is free again
}

func settleLate(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	tell(t, s, c, news(c, 1))
	first := queued(t, s, 5)[0]
	second := claim(t, s, 15).Deliveries[0] // the first took too long
	first.Message.NotBefore = at(16)
	settle(t, s, push.Settlement{Delivery: first, Outcome: push.Again, At: at(15)})
	same(t, "attempts are never fewer", attempts(claim(t, s, 16).Deliveries), []string{"news-citizen-1-1 to device-1, 3"})
	settle(t, s, push.Settlement{Delivery: second, Outcome: push.Done, At: at(17)})
	for _, o := range []push.Outcome{push.Again, push.Done, push.Dead, push.Gone} {
		settle(t, s, push.Settlement{Delivery: first, Outcome: o, At: at(18)})
	}
	same(t, "what was delivered does not come back", claim(t, s, 99), push.Claim{})
	same(t, "nor die", len(must[[]push.DeadLetter](t)(s.DeadLetters(t.Context(), many))), 0)

	tell(t, s, c, news(c, 2))
	register(t, s, push.Target{Owner: c.ID, Device: "device-1", Session: "session-1", Service: "fcm", Token: "t", At: at(2)})
	other := queued(t, s, 20)[0]
	bad := other
	bad.Message.Event = "news"
	wantFault(t, "as another event", s.Settle(t.Context(), []push.Settlement{{Delivery: bad, Outcome: push.Done}}), fault.CodeInternal)
	wantFault(t, "no outcome", s.Settle(t.Context(), []push.Settlement{{Delivery: other, Outcome: 99}}), fault.CodeInternal)
	same(t, "still there", attempts(claim(t, s, 30).Deliveries), []string{"news-citizen-1-2 to device-1, 2"})
}

func claimExpired(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	tell(t, s, c, news(c, 1)) // good until at(1 + 3600)
	tell(t, s, c, news(c, 2))
	ds := queued(t, s, 5)
	ds[1].Message.Failure = "unavailable"
	settle(t, s, push.Settlement{Delivery: ds[1], Outcome: push.Again, At: at(6)})
	last := claim(t, s, 900)
	same(t, "the last moments", len(last.Deliveries), 2)
	got := claim(t, s, 3601)
	same(t, "one has expired", len(got.Expired), 1)
	same(t, "the session of both has ended", got.Dropped, 1)
	dead := must[[]push.DeadLetter](t)(s.DeadLetters(t.Context(), many))
	if len(dead) != 1 || dead[0].Message.Failure != push.Expired || !dead[0].At.Equal(at(3601)) || dead[0].Message.Attempts != 2 {
		t.Errorf("dead letters %+v", dead)
	}
	same(t, "told", got.Expired[0], dead[0].Message)
}

func deadLettersBounded(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	phone := register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	const more = 5
	made := 0
	for made < push.MaxDeadLetters+more {
		tell(t, s, c, news(c, made))
		must[push.Spread](t)(s.Spread(t.Context(), at(1), many, func(e wallet.Event, _ []push.Target) push.Plan {
			var p push.Plan
			for range min(2500, push.MaxDeadLetters+more-made) {
				m := message(e, phone)
				m.Failure, m.ExpiresAt, m.NotBefore = fmt.Sprint(made), at(1), at(0)
				p.Messages = append(p.Messages, m)
				made++
			}
			return p
		}))
	}
	for len(claim(t, s, 2).Expired) > 0 {
	}
	state := must[push.State](t)(s.PushState(t.Context()))
	same(t, "kept", state.DeadLetters, push.MaxDeadLetters)
	newest := must[[]push.DeadLetter](t)(s.DeadLetters(t.Context(), 3))
	var failures []string
	for _, d := range newest {
		failures = append(failures, d.Message.Failure)
	}
	same(t, "newest first", failures, []string{fmt.Sprint(made - 1), fmt.Sprint(made - 2), fmt.Sprint(made - 3)})
}

func pushState(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	same(t, "nothing", must[push.State](t)(s.PushState(t.Context())), push.State{})
	register(t, s, enrolled(t, s, c, 1))
	drop(t, s)
	tell(t, s, c, news(c, 3))
	tell(t, s, c, news(c, 5))
	same(t, "an event", must[push.State](t)(s.PushState(t.Context())), push.State{Oldest: at(3)})
	ds := queued(t, s, 6)
	same(t, "its message", must[push.State](t)(s.PushState(t.Context())), push.State{Oldest: at(3)})
	settle(t, s, push.Settlement{Delivery: ds[0], Outcome: push.Dead, At: at(7)})
	same(t, "the other", must[push.State](t)(s.PushState(t.Context())), push.State{Oldest: at(5), DeadLetters: 1})
	settle(t, s, push.Settlement{Delivery: ds[1], Outcome: push.Done, At: at(7)})
	same(t, "delivered", must[push.State](t)(s.PushState(t.Context())), push.State{DeadLetters: 1})
}
