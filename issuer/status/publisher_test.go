package status_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/wallet"
)

// TestPublish: what an agency says is in its list, in the aggregation and in
// the bundle, under the status key.
func TestPublish(t *testing.T) {
	d := newDesk(t)
	h := d.licence()
	d.refresh()
	if got := d.published(h); got != statuslist.Valid {
		t.Errorf("before: %s", got)
	}
	for want, operation := range map[statuslist.Status]func() (issuer.Change, error){
		statuslist.Suspended: func() (issuer.Change, error) { return d.Suspend(t.Context(), "csgt", h.ID) },
		statuslist.Withheld: func() (issuer.Change, error) {
			return d.Withhold(t.Context(), "csgt", h.ID, issuer.WithheldSeized)
		},
		statuslist.Valid: func() (issuer.Change, error) { return d.Restore(t.Context(), "csgt", h.ID) },
	} {
		if _, err := operation(); err != nil {
			t.Fatal(err)
		}
		d.advance(status.RefreshEvery)
		d.refresh()
		if got := d.published(h); got != want {
			t.Errorf("published %s, want %s", got, want)
		}
	}
	if _, err := d.Revoke(t.Context(), "csgt", h.ID, issuer.RevokedFraud); err != nil {
		t.Fatal(err)
	}
	d.advance(status.RefreshEvery)
	d.refresh()
	if got := d.published(h); got != statuslist.Revoked {
		t.Errorf("revoked is published as %s", got)
	}
	aggregation, err := d.publisher.Aggregation()
	if err != nil {
		t.Fatal(err)
	}
	uris, err := statuslist.ParseAggregation(aggregation.Body)
	if want := fmt.Sprint([]string{uri("c06", 1), uri("csgt", 1)}); err != nil || fmt.Sprint(uris) != want {
		t.Errorf("aggregation %v, %v; want %s", uris, err, want)
	}
}

// TestPublishedInTime: between two calls of the server's loop, and signing
// included, a change waits for far less than the minute that is promised.
func TestPublishedInTime(t *testing.T) {
	if status.RefreshEvery > 30*time.Second || status.TTL > status.Lifetime/2 {
		t.Errorf("every %v, ttl %v, lifetime %v", status.RefreshEvery, status.TTL, status.Lifetime)
	}
}

// TestSignedAnew: a list is signed when it changed, when its ttl has passed and
// when another key signs, and not otherwise.
func TestSignedAnew(t *testing.T) {
	d := newDesk(t)
	h := d.licence()
	d.refresh()
	first := d.list(h)
	for _, step := range []struct {
		name string
		do   func()
		anew bool
	}{
		{"nothing happened", func() { d.advance(status.RefreshEvery) }, false},
		{"a second before ttl", func() { d.now = start.Add(status.TTL - time.Second) }, false},
		{"ttl has passed", func() { d.now = start.Add(status.TTL) }, true},
		{"another position was taken", func() { d.advance(time.Second); d.give("bhyt") }, false},
		{"an entry changed", func() {
			d.advance(time.Second)
			if _, err := d.Suspend(t.Context(), "csgt", h.ID); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"another key signs", func() { d.advance(time.Second); d.newKey() }, true},
		{"the clock goes back", func() { d.advance(-time.Minute) }, true},
		{"and on", func() { d.advance(time.Second) }, false},
	} {
		before := d.list(h)
		step.do()
		d.refresh()
		after := d.list(h)
		if anew := after.ETag != before.ETag; anew != step.anew {
			t.Errorf("%s: signed anew: %v", step.name, anew)
		}
		token := d.open(h)
		if step.anew && (!token.IssuedAt.Equal(d.now) || !token.ExpiresAt.Equal(d.now.Add(status.Lifetime))) || token.TTL != status.TTL {
			t.Errorf("%s: from %v to %v, ttl %v, at %v", step.name, token.IssuedAt, token.ExpiresAt, token.TTL, d.now)
		}
		if token.AggregationURI != origin+status.AggregationPath || token.Subject != uri("csgt", 1) || token.List.Size() != issuer.DefaultStatusListSize {
			t.Errorf("%s: %+v", step.name, token)
		}
	}
	if len(first.Body) == 0 || first.MaxAge != status.TTL || first.ETag == first.GzipETag {
		t.Errorf("%d bytes, %v, %s, %s", len(first.Body), first.MaxAge, first.ETag, first.GzipETag)
	}
	z, err := gzip.NewReader(bytes.NewReader(first.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	if inflated, err := io.ReadAll(z); err != nil || !bytes.Equal(inflated, first.Body) {
		t.Error("the compressed form is another", err)
	}
}

// TestBundle: checkers without network get every list under one signature;
// bundles grow in time, even two of one second and with the clock set back.
func TestBundle(t *testing.T) {
	d := newDesk(t)
	h := d.licence()
	d.refresh()
	last := d.bundle().Snapshot().Stamp()
	for i, step := range []time.Duration{0, time.Second, -2 * time.Second, status.TTL} {
		operation := d.Suspend
		if i%2 == 1 {
			operation = d.Restore
		}
		if _, err := operation(t.Context(), "csgt", h.ID); err != nil {
			t.Fatal(err)
		}
		d.advance(step)
		d.refresh()
		snapshot := d.bundle().Snapshot()
		if err := snapshot.Supersedes(last); err != nil || snapshot.Stamp() == last {
			t.Errorf("step %d: %v", i, err)
		}
		last = snapshot.Stamp()
	}
	answer, err := d.bundle().Status(uri("csgt", h.Status.List), h.Status.Index, d.now)
	if err != nil || answer.Status != d.published(h) {
		t.Errorf("%+v, %v", answer, err)
	}
}

// TestNoLists: a deployment that has issued nothing publishes that, and goes on
// doing so.
func TestNoLists(t *testing.T) {
	d := newDesk(t)
	if _, err := d.publisher.Snapshot(); !fault.Is(err, fault.CodeUnavailable) {
		t.Errorf("before the first refresh: %v", err)
	}
	for range 3 {
		d.refresh()
		if lists := d.bundle().Snapshot().Lists; len(lists) != 0 {
			t.Errorf("%v", lists)
		}
		if a, err := d.publisher.Aggregation(); err != nil || string(a.Body) != `{"status_lists":[]}` {
			t.Errorf("%s, %v", a.Body, err)
		}
		if _, err := d.publisher.List("csgt", 1); !fault.Is(err, fault.CodeListUnknown) {
			t.Error(err)
		}
		d.advance(status.Lifetime + time.Hour)
	}
}

// TestNewList: the list that follows a full one is published beside it.
func TestNewList(t *testing.T) {
	d := newDesk(t)
	d.size = 2 // one credential fills it
	d.service()
	d.licence()
	d.refresh()
	d.licence()
	d.refresh()
	var got []string
	for _, f := range d.publisher.Freshness() {
		got = append(got, fmt.Sprintf("%s%d", f.Agency, f.Number))
		if !f.IssuedAt.Equal(d.now) || !f.ExpiresAt.Equal(d.now.Add(status.Lifetime)) {
			t.Errorf("%+v", f)
		}
	}
	if fmt.Sprint(got) != "[c061 c062 csgt1 csgt2]" {
		t.Errorf("%v", got)
	}
}

// TestRestart: a publisher that begins anew says the same from one pass over
// the store.
func TestRestart(t *testing.T) {
	d := newDesk(t)
	var held []wallet.Holding
	for i := range 12 {
		h := d.licence()
		held = append(held, h)
		var err error
		switch i % 4 {
		case 1:
			_, err = d.Suspend(t.Context(), "csgt", h.ID)
		case 2:
			_, err = d.Withhold(t.Context(), "csgt", h.ID, issuer.WithheldSeized)
		case 3:
			_, err = d.Revoke(t.Context(), "csgt", h.ID, issuer.RevokedLost)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	d.refresh()
	before := d.open(held[0]).List.Bytes()
	d.reopen()
	d.refresh()
	if !bytes.Equal(before, d.open(held[0]).List.Bytes()) {
		t.Error("another list after a restart")
	}
	for i, h := range held {
		if want := []statuslist.Status{statuslist.Valid, statuslist.Suspended, statuslist.Withheld, statuslist.Revoked}[i%4]; d.published(h) != want {
			t.Errorf("licence %d: %s, want %s", i, d.published(h), want)
		}
	}
}

// broken is a store whose answers go wrong.
type broken struct {
	status.Store
	lists func([]issuer.StatusList) ([]issuer.StatusList, error)
	list  func(issuer.StatusList, []issuer.StatusEntry) (issuer.StatusList, []issuer.StatusEntry, error)
}

func (b broken) StatusLists(ctx context.Context) ([]issuer.StatusList, error) {
	l, err := b.Store.StatusLists(ctx)
	if err == nil && b.lists != nil {
		return b.lists(l)
	}
	return l, err
}

func (b broken) StatusList(ctx context.Context, agency string, number int) (issuer.StatusList, []issuer.StatusEntry, error) {
	l, entries, err := b.Store.StatusList(ctx, agency, number)
	if err == nil && agency == "csgt" && b.list != nil {
		return b.list(l, entries)
	}
	return l, entries, err
}

// TestStartRefuses: what cannot be published is named, and Refresh says so.
func TestStartRefuses(t *testing.T) {
	engine := errors.New("engine")
	for name, c := range map[string]struct {
		store broken
		words string
	}{
		"no lists at all": {broken{lists: func([]issuer.StatusList) ([]issuer.StatusList, error) { return nil, engine }}, "engine"},
		"one list": {broken{list: func(issuer.StatusList, []issuer.StatusEntry) (issuer.StatusList, []issuer.StatusEntry, error) {
			return issuer.StatusList{}, nil, fmt.Errorf("status list csgt/1 is damaged")
		}}, "csgt/1"},
		"an entry beyond the list": {broken{list: func(l issuer.StatusList, _ []issuer.StatusEntry) (issuer.StatusList, []issuer.StatusEntry, error) {
			return l, []issuer.StatusEntry{{Index: l.Size, Standing: wallet.Standing{Status: wallet.Revoked}}}, nil
		}}, "csgt/1"},
		"an entry of no known status": {broken{list: func(l issuer.StatusList, _ []issuer.StatusEntry) (issuer.StatusList, []issuer.StatusEntry, error) {
			return l, []issuer.StatusEntry{{Standing: wallet.Standing{Status: "paused"}}}, nil
		}}, "csgt/1"},
		"an impossible size": {broken{list: func(l issuer.StatusList, e []issuer.StatusEntry) (issuer.StatusList, []issuer.StatusEntry, error) {
			l.Size = statuslist.MaxSize(2) + 1
			return l, e, nil
		}}, "csgt/1"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.licence()
			c.store.Store = d.store
			p := status.New(status.Config{Store: c.store, Keys: d, Origin: origin, Now: d.clock})
			for what, do := range map[string]func(context.Context) error{"Load": p.Load, "Refresh": p.Refresh} {
				if err := do(t.Context()); err == nil || !strings.Contains(err.Error(), c.words) {
					t.Errorf("%s: %v, want %q", what, err, c.words)
				}
			}
			if _, err := p.List("csgt", 1); err == nil {
				t.Error("the list is published all the same")
			}
		})
	}
}

// TestKeyIsMissing: without a key nothing is signed, and what is known loads
// all the same; a key that comes later signs it.
func TestKeyIsMissing(t *testing.T) {
	d := newDesk(t)
	h := d.licence()
	key := d.key
	d.key = nil
	if err := d.publisher.Load(t.Context()); err != nil {
		t.Error(err)
	}
	if err := d.publisher.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "no key") {
		t.Error(err)
	}
	if _, err := d.publisher.List("csgt", 1); err == nil {
		t.Error("an unsigned list is published")
	}
	d.key = key
	d.refresh()
	if d.published(h) != statuslist.Valid {
		t.Error("not signed once there is a key")
	}
}

// TestFailureWhileRunning: a list of which the store can no longer say what is
// in it goes on as it was and ends by itself; a new date never vouches for it.
func TestFailureWhileRunning(t *testing.T) {
	engine := errors.New("engine")
	for name, c := range map[string]struct {
		fail  func(s *broken)
		words string
		other bool // the list of c06 goes on being renewed
	}{
		"the list is gone": {func(s *broken) {
			s.lists = func(all []issuer.StatusList) ([]issuer.StatusList, error) { return all[:1], nil }
		}, "csgt/1", true},
		"the list is damaged": {func(s *broken) {
			s.lists = func(all []issuer.StatusList) ([]issuer.StatusList, error) {
				all[1].Revision++
				return all, nil
			}
			s.list = func(issuer.StatusList, []issuer.StatusEntry) (issuer.StatusList, []issuer.StatusEntry, error) {
				return issuer.StatusList{}, nil, errors.New("status list csgt/1 is damaged")
			}
		}, "csgt/1", true},
		"the store cannot be read": {func(s *broken) {
			s.lists = func([]issuer.StatusList) ([]issuer.StatusList, error) { return nil, engine }
		}, "engine", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			h := d.licence()
			store := &broken{Store: d.store}
			d.publisher = status.New(status.Config{Store: store, Keys: d, Origin: origin, Now: d.clock})
			d.refresh()
			before := d.list(h)
			c.fail(store)
			for d.advance(status.TTL); d.now.Before(start.Add(status.Lifetime)); d.advance(6 * time.Hour) {
				if err := d.publisher.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), c.words) {
					t.Fatalf("%v", err)
				}
				if d.list(h).ETag != before.ETag {
					t.Error("the lost list has been signed again")
				}
				for _, f := range d.publisher.Freshness() {
					if f.Agency == "c06" && f.IssuedAt.Equal(d.now) != c.other {
						t.Errorf("the other list is from %v at %v", f.IssuedAt, d.now)
					}
				}
				d.bundle()
			}
			d.now = start.Add(status.Lifetime)
			if _, err := d.publisher.List("csgt", 1); !fault.Is(err, fault.CodeUnavailable) {
				t.Errorf("after its end: %v", err)
			}
			store.lists, store.list = nil, nil
			d.refresh()
			if d.published(h) != statuslist.Valid || !d.open(h).IssuedAt.Equal(d.now) {
				t.Error("not again after the store has recovered")
			}
		})
	}
}

// TestNothingPersonal: what is published names no holder, paper or reason.
func TestNothingPersonal(t *testing.T) {
	d := newDesk(t)
	h := d.licence()
	if _, err := d.Withhold(t.Context(), "csgt", h.ID, issuer.WithheldPointsExhausted); err != nil {
		t.Fatal(err)
	}
	d.refresh()
	s, err := d.publisher.Snapshot()
	if err != nil || !json.Valid(s.Body) {
		t.Fatal(err)
	}
	for _, secret := range []string{h.ID, h.Number, h.RecordKey, issuer.WithheldPointsExhausted} {
		if bytes.Contains(s.Body, []byte(secret)) {
			t.Errorf("the bundle tells %q", secret)
		}
	}
}

func newTestKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
