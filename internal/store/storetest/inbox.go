package storetest

import (
	"fmt"
	"math"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

var inboxTests = []test{
	{"notices are numbered by owner, without gaps", noticeNumbers},
	{"notices in pages", noticePages},
	{"notices after a number", noticesAfter},
	{"what was read stays read", noticesRead},
	{"a notice comes back as the event went", noticeRoundTrip},
	{"notices that arrive at the same time", noticeRace},
}

// inform puts n notices into the inbox of a citizen.
func inform(t *testing.T, s Store, c wallet.Citizen, n int) {
	t.Helper()
	for i := range n {
		tell(t, s, c, news(c, i))
	}
	must[push.Spread](t)(s.Spread(t.Context(), at(0), many, toAll))
}

func numbers(list []wallet.Notice) []uint64 {
	out := []uint64{}
	for _, n := range list {
		out = append(out, n.Number)
	}
	return out
}

func noticeNumbers(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(11) // one id is the beginning of the other
	give(t, s, a)
	give(t, s, b)
	for i := range 6 {
		tell(t, s, a, news(a, -i)) // the clock goes back: order is that of commits
		if i%2 == 0 {
			tell(t, s, b, news(b, i))
		}
	}
	must[push.Spread](t)(s.Spread(t.Context(), at(0), many, toAll))
	s = s.Reopen(t)
	inform(t, s, b, 1)
	for _, x := range []struct {
		owner  string
		newest uint64
	}{{a.ID, 6}, {b.ID, 4}, {"nobody", 0}, {"", 0}, {"citizen-", 0}} {
		same(t, "newest of "+x.owner, must[uint64](t)(s.NewestNotice(t.Context(), x.owner)), x.newest)
		page := must[wallet.Notices](t)(s.Notices(t.Context(), x.owner, 0, many))
		want := []uint64{}
		for n := x.newest; n > 0; n-- {
			want = append(want, n)
		}
		same(t, "numbers of "+x.owner, numbers(page.List), want)
		same(t, "unread of "+x.owner, page.Unread, x.newest)
		for _, n := range page.List {
			same(t, "owner", n.Event.Owner, x.owner)
		}
	}
	page := must[wallet.Notices](t)(s.Notices(t.Context(), a.ID, 0, many))
	same(t, "the first", page.List[5].Event, news(a, 0))
	same(t, "the last", page.List[0].Event, news(a, -5))
}

func noticePages(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	inform(t, s, c, 7)
	for _, x := range []struct {
		before uint64
		limit  int
		want   []uint64
		more   bool
	}{
		{0, 3, []uint64{7, 6, 5}, true}, {5, 3, []uint64{4, 3, 2}, true}, {2, 3, []uint64{1}, false}, {1, 3, []uint64{}, false},
		{4, 3, []uint64{3, 2, 1}, false}, {0, 7, []uint64{7, 6, 5, 4, 3, 2, 1}, false}, {8, 1, []uint64{7}, true},
		{math.MaxUint64, 1, []uint64{7}, true}, {0, math.MaxInt, []uint64{7, 6, 5, 4, 3, 2, 1}, false},
	} {
		page := must[wallet.Notices](t)(s.Notices(t.Context(), c.ID, x.before, x.limit))
		what := fmt.Sprintf("before %d, at most %d", x.before, x.limit)
		same(t, what, numbers(page.List), x.want)
		same(t, what+": more", page.More, x.more)
		same(t, what+": unread", page.Unread, uint64(7))
	}
	for _, limit := range []int{0, -1} {
		_, err := s.Notices(t.Context(), c.ID, 0, limit)
		wantFault(t, "limit", err, fault.CodeInternal)
		_, err = s.NoticesAfter(t.Context(), c.ID, 0, limit)
		wantFault(t, "limit", err, fault.CodeInternal)
	}
}

func noticesAfter(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	inform(t, s, c, 5)
	for _, x := range []struct {
		after uint64
		limit int
		want  []uint64
	}{{0, 2, []uint64{1, 2}}, {2, 2, []uint64{3, 4}}, {4, 2, []uint64{5}}, {5, 2, []uint64{}}, {0, math.MaxInt, []uint64{1, 2, 3, 4, 5}}} {
		got := must[[]wallet.Notice](t)(s.NoticesAfter(t.Context(), c.ID, x.after, x.limit))
		same(t, fmt.Sprintf("after %d", x.after), numbers(got), x.want)
	}
	for _, after := range []uint64{6, math.MaxUint64} {
		got, err := s.NoticesAfter(t.Context(), c.ID, after, 1)
		wantFault(t, "a number that is not there yet", err, fault.CodeNoticeUnknown)
		same(t, "nothing", len(got), 0)
	}
	_, err := s.NoticesAfter(t.Context(), "nobody", 1, 1)
	wantFault(t, "somebody else", err, fault.CodeNoticeUnknown)
	same(t, "an empty inbox", len(must[[]wallet.Notice](t)(s.NoticesAfter(t.Context(), "nobody", 0, 1))), 0)
}

func noticesRead(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	inform(t, s, a, 5)
	inform(t, s, b, 2)
	for _, x := range []struct{ upTo, unread uint64 }{{0, 5}, {2, 3}, {1, 3}, {2, 3}, {5, 0}, {3, 0}} {
		same(t, fmt.Sprintf("up to %d", x.upTo), must[uint64](t)(s.ReadNotices(t.Context(), a.ID, x.upTo)), x.unread)
	}
	s = s.Reopen(t)
	inform(t, s, a, 1)
	for _, upTo := range []uint64{7, math.MaxUint64} {
		_, err := s.ReadNotices(t.Context(), a.ID, upTo)
		wantFault(t, "a number that is not there yet", err, fault.CodeNoticeUnknown)
	}
	page := must[wallet.Notices](t)(s.Notices(t.Context(), a.ID, 0, many))
	same(t, "unread", page.Unread, uint64(1))
	for _, n := range page.List {
		same(t, fmt.Sprintf("%d is read", n.Number), n.Read, n.Number <= 5)
	}
	for _, n := range must[[]wallet.Notice](t)(s.NoticesAfter(t.Context(), a.ID, 0, many)) {
		same(t, fmt.Sprintf("%d is read", n.Number), n.Read, n.Number <= 5)
	}
	same(t, "somebody else's stay unread", must[wallet.Notices](t)(s.Notices(t.Context(), b.ID, 0, 1)).Unread, uint64(2))
}

func noticeRoundTrip(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	e := wallet.Event{ID: "e", Owner: c.ID, Kind: wallet.WalletLocked, Document: gplx, Holding: nameNFC, Device: nameNFD, At: at(3)}
	tell(t, s, c, e)
	must[push.Spread](t)(s.Spread(t.Context(), at(0), many, toAll))
	s = s.Reopen(t)
	same(t, "notice", must[wallet.Notices](t)(s.Notices(t.Context(), c.ID, 0, many)).List, []wallet.Notice{{Number: 1, Event: e}})
	same(t, "the event stays among the events", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many)), []wallet.Event{e})
}

// noticeRace: events are committed while others are spread. None is lost, none
// told twice.
func noticeRace(t *testing.T, s Subject) {
	const owners, each = 4, 20
	cs := make([]wallet.Citizen, owners)
	for i := range cs {
		cs[i] = citizen(i)
		give(t, s, cs[i])
	}
	race(owners*each*2, func(n int) {
		if n%2 == 0 {
			tell(t, s, cs[n/2%owners], news(cs[n/2%owners], n/2))
			return
		}
		if _, err := s.Spread(t.Context(), at(0), 3, toAll); err != nil {
			t.Errorf("Spread: %v", err)
		}
	})
	must[push.Spread](t)(s.Spread(t.Context(), at(0), many, toAll))
	for _, c := range cs {
		seen := map[string]bool{}
		page := must[wallet.Notices](t)(s.Notices(t.Context(), c.ID, 0, many))
		for _, n := range page.List {
			seen[n.Event.ID] = true
		}
		if len(page.List) != each || len(seen) != each {
			t.Errorf("%s has %d notices of %d events, want %d", c.ID, len(page.List), len(seen), each)
		}
	}
}
