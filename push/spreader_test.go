package push_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

func TestRules(t *testing.T) {
	const day = 24 * time.Hour
	for kind, want := range map[wallet.EventKind]push.Rule{
		wallet.CredentialIssued:     {Told: true, Category: "credential", Lifetime: 7 * day},
		wallet.CredentialSuspended:  {Told: true, Category: "credential", Lifetime: 7 * day},
		wallet.CredentialRevoked:    {Told: true, Category: "credential", Lifetime: 7 * day},
		wallet.CredentialRenewed:    {},
		wallet.CredentialSuperseded: {},
		wallet.WalletLocked:         {Told: true, Category: "security", Lifetime: 7 * day, Urgent: true},
		wallet.DeviceEnrolled:       {Told: true, Category: "security", Lifetime: 7 * day, Urgent: true, OthersOnly: true},
		wallet.PresentationMinted:   {Told: true, Category: "sharing", Lifetime: day, Urgent: true, OthersOnly: true},
		wallet.AccessRefused:        {Told: true, Category: "security", Lifetime: day},
		"presentation.anything":     {Told: true, Category: "sharing", Lifetime: day, Urgent: true},
		"passkey.added":             {Told: true, Category: "security", Lifetime: 7 * day, Urgent: true},
		"":                          {Told: true, Category: "security", Lifetime: 7 * day, Urgent: true},
	} {
		if got := push.RuleOf(kind); got != want {
			t.Errorf("%q: %+v, want %+v", kind, got, want)
		}
	}
}

// TestWhoIsTold: every device of the owner that has asked for it, but one that
// did it itself, and nobody else.
func TestWhoIsTold(t *testing.T) {
	w := newWorld(t)
	anh, binh := w.citizen("1"), w.citizen("2")
	phone, tablet := w.device(anh, "fcm"), w.device(anh, "fcm")
	w.device(anh, "")
	other := w.device(anh, "pigeon") // a service that this deployment does not have any more
	theirs := w.device(binh, "fcm")
	w.sent()
	for name, c := range map[string]struct {
		kind   wallet.EventKind
		device string
		to     []string
		inbox  bool
	}{
		"all":                 {wallet.CredentialIssued, "", []string{phone.Token, tablet.Token}, true},
		"all but the source":  {wallet.DeviceEnrolled, tablet.Device, []string{phone.Token}, true},
		"from another device": {wallet.DeviceEnrolled, other.Device, []string{phone.Token, tablet.Token}, true},
		"what happened to it": {wallet.PasskeyCloned, phone.Device, []string{phone.Token, tablet.Token}, true},
		"nobody":              {wallet.CredentialRenewed, "", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			w.told = nil
			e := w.commit(anh, c.kind, c.device)
			var to []string
			for _, n := range w.sent() {
				to = append(to, n.Token)
				rule := push.RuleOf(c.kind)
				if n.Event != e.ID || n.Category != rule.Category || n.Urgent != rule.Urgent || n.Lifetime != rule.Lifetime {
					t.Errorf("note %+v", n)
				}
			}
			slices.Sort(to)
			slices.Sort(c.to)
			if !slices.Equal(to, c.to) {
				t.Errorf("sent to %v, want %v", to, c.to)
			}
			page, err := w.store.Notices(t.Context(), anh.ID, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if in := len(page.List) > 0 && page.List[0].Event.ID == e.ID; in != c.inbox || slices.Equal(w.told, []string{anh.ID}) != c.inbox {
				t.Errorf("in the inbox: %v, told %v", in, w.told)
			}
		})
	}
	e := w.commit(binh, wallet.WalletLocked, "")
	if notes := w.sent(); len(notes) != 1 || notes[0].Token != theirs.Token || notes[0].Event != e.ID {
		t.Errorf("the other citizen was sent %+v", notes)
	}
}

// TestTheOnlyPhone is warned of what concerns it: nobody else can be.
func TestTheOnlyPhone(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	phone := w.device(anh, "fcm")
	w.sent()
	for kind, sent := range map[wallet.EventKind]bool{
		wallet.PasskeyCloned: true, wallet.PasskeyRegistered: true, wallet.PasskeyRemoved: true,
		wallet.SessionReused: true, wallet.SessionEnded: true, wallet.AccessRefused: true,
		wallet.RecoveryIssued: true, wallet.DeviceKeyBound: true, wallet.DeviceUnfrozen: true,
		wallet.DeviceEnrolled: false, wallet.PresentationMinted: false,
	} {
		e := w.commit(anh, kind, phone.Device)
		notes := w.sent()
		if got := len(notes) == 1 && notes[0].Event == e.ID && notes[0].Token == phone.Token; got != sent || len(notes) > 1 {
			t.Errorf("%s: sent %+v", kind, notes)
		}
	}
}

// TestOldEvents: what happened long before it could be told enters the inbox
// and nothing more.
func TestOldEvents(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	w.device(anh, "fcm")
	w.sent()
	w.commit(anh, wallet.CredentialIssued, "")
	w.clock = w.clock.Add(7 * 24 * time.Hour)
	if notes := w.sent(); len(notes) != 0 || len(w.dead()) != 0 {
		t.Errorf("sent %+v, dead %+v", notes, w.dead())
	}
	if n, err := w.store.NewestNotice(t.Context(), anh.ID); n != 2 || err != nil {
		t.Errorf("%d notices, %v", n, err)
	}
}

// TestRun: events are told as soon as somebody is woken for them, and failures
// do not end it.
func TestRun(t *testing.T) {
	w := newWorld(t)
	anh := w.citizen("1")
	w.commit(anh, wallet.WalletLocked, "")
	told := make(chan string)
	spreader := push.NewSpreader(&flaky{Outbox: w.store}, nil, w.now, func(owner string) { told <- owner })
	wake, woken := push.Wake()
	ctx, cancel := context.WithCancel(t.Context())
	failures := make(chan error, 1)
	var ran sync.WaitGroup
	ran.Go(func() { spreader.Run(ctx, woken, func(err error) { failures <- err }) })
	if err := <-failures; err == nil {
		t.Error("a failure of nothing")
	}
	wake()
	for range 2 { // the second is committed while it waits
		if owner := <-told; owner != anh.ID {
			t.Errorf("told %s", owner)
		}
		w.commit(anh, wallet.WalletLocked, "")
		wake()
		wake()
	}
	<-told
	cancel()
	ran.Wait()
}

// flaky fails the first time.
type flaky struct {
	push.Outbox
	failed bool
}

func (f *flaky) Spread(ctx context.Context, now time.Time, limit int, plan func(wallet.Event, []push.Target) push.Plan) (push.Spread, error) {
	if !f.failed {
		f.failed = true
		return push.Spread{}, context.DeadlineExceeded
	}
	return f.Outbox.Spread(ctx, now, limit, plan)
}
