package disclosure_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// licence is a fixture whose person has a card and a licence, with the id of
// the licence and a request for something of both.
func licence(t *testing.T) (f *fixture, id string, r disclosure.Request) {
	t.Helper()
	f = newFixture(t)
	f.issue("can_cuoc")
	f.issue("gplx")
	r = f.request("can_cuoc", "name")
	r.Documents = append(r.Documents, disclosure.Selection{Document: "gplx", Claims: []string{"name"}})
	held, err := f.store.Active(ctx, r.Owner)
	if err != nil || len(held) != 2 {
		t.Fatal(held, err)
	}
	return f, held[1].ID, r
}

// standings are what stands against sharing from the licence: what is done, how
// sharing is refused, and where.
func standings() []struct {
	name  string
	do    func(f *fixture, id string) error
	code  fault.Code
	field string
} {
	change := func(_ issuer.Change, err error) error { return err }
	lock := func(reason wallet.LockReason) func(f *fixture, _ string) error {
		return func(f *fixture, _ string) error {
			_, err := f.issuer.Lock(ctx, "c06", "079305000123", reason)
			return err
		}
	}
	return []struct {
		name  string
		do    func(f *fixture, id string) error
		code  fault.Code
		field string
	}{
		{"suspended", func(f *fixture, id string) error { return change(f.issuer.Suspend(ctx, "csgt", id)) },
			fault.CodeCredentialSuspended, "documents[1]"},
		{"withheld", func(f *fixture, id string) error {
			return change(f.issuer.Withhold(ctx, "csgt", id, issuer.WithheldPointsExhausted))
		}, fault.CodeCredentialWithheld, "documents[1]"},
		{"revoked", func(f *fixture, id string) error {
			return change(f.issuer.Revoke(ctx, "csgt", id, issuer.RevokedFraud))
		}, fault.CodeCredentialRevoked, "documents[1]"},
		{"locked", lock(wallet.LostPhone), fault.CodeWalletLocked, "documents[0]"},
		{"dead", lock(wallet.Death), fault.CodeCredentialRevoked, "documents[0]"},
	}
}

func TestNothingIsSharedFromWhatDoesNotCount(t *testing.T) {
	for _, c := range standings() {
		t.Run(c.name, func(t *testing.T) {
			f, id, r := licence(t)
			if _, err := f.Share(ctx, r); err != nil {
				t.Fatal(err)
			}
			if err := c.do(f, id); err != nil {
				t.Fatal(err)
			}
			p, err := f.Share(ctx, r)
			if !fault.Is(err, c.code) || p.Text != "" || asFault(t, err).Field != c.field {
				t.Fatalf("%+v, %v; want %s at %s", p, err, c.code, c.field)
			}
			if strings.Contains(err.Error(), "points") || strings.Contains(err.Error(), "fraud") || strings.Contains(err.Error(), "phone") {
				t.Errorf("the refusal tells why: %v", err)
			}
			if e := f.history()[0]; e.Outcome != disclosure.Refused || e.Code != string(c.code) || !e.ExpiresAt.IsZero() {
				t.Errorf("entry %+v", e)
			}
			// The card alone still counts unless the whole wallet does not.
			r.Documents = r.Documents[:1]
			if _, err := f.Share(ctx, r); (err == nil) != (c.field == "documents[1]") {
				t.Errorf("the card alone: %v", err)
			}
		})
	}
}

func TestRestoredIsSharedAgain(t *testing.T) {
	f, id, r := licence(t)
	for _, c := range standings()[:2] {
		if err := c.do(f, id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.issuer.Restore(ctx, "csgt", id); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Share(ctx, r); err != nil {
		t.Error(err)
	}
}

// interrupted is a store in which something happens between the moment at which
// the wallet is read and the one at which the presentation is recorded.
type interrupted struct {
	disclosure.Store
	do func()
}

func (s *interrupted) Record(ctx context.Context, e disclosure.Entry) error {
	if do := s.do; do != nil {
		s.do = nil
		do()
	}
	return s.Store.Record(ctx, e)
}

// TestOperationBeforeRecording: the transaction that records a presentation
// looks again, and what was signed in between is thrown away.
func TestOperationBeforeRecording(t *testing.T) {
	for _, c := range standings() {
		t.Run(c.name, func(t *testing.T) {
			f, id, r := licence(t)
			store := &interrupted{Store: f.store, do: func() {
				if err := c.do(f, id); err != nil {
					t.Error(err)
				}
			}}
			service := disclosure.New(disclosure.Config{Catalog: catalog.Default(), Store: store, Keys: f.ring, Now: f.clock})
			r.Auth = disclosure.Authentication{Session: 2, Ceiling: 4}
			p, err := service.Share(ctx, r)
			if !fault.Is(err, c.code) || p != (disclosure.Presentation{}) || asFault(t, err).Field != c.field {
				t.Fatalf("%+v, %v; want %s at %s", p, err, c.code, c.field)
			}
			entries := f.history()
			if len(entries) != 1 || entries[0].Outcome != disclosure.Refused || entries[0].Code != string(c.code) || !entries[0].ExpiresAt.IsZero() {
				t.Fatalf("entries %+v", entries)
			}
			if _, err := service.Text(r.Owner, r.Session, entries[0].ID); !fault.Is(err, fault.CodePresentationUnknown) {
				t.Errorf("the text of what was refused: %v", err)
			}
		})
	}
}

// TestShareRacesWithWithholding: many share while the agency withholds. A
// presentation that was asked for after the agency had its answer does not come
// into being, whichever way the two interleave.
func TestShareRacesWithWithholding(t *testing.T) {
	f, id, r := licence(t)
	const sharers, rounds = 8, 6
	for range rounds {
		var answered atomic.Bool
		var begun, done sync.WaitGroup
		begun.Add(sharers)
		for range sharers {
			done.Go(func() {
				for first := true; ; first = false {
					after := answered.Load()
					p, err := f.Share(ctx, r)
					switch {
					case err == nil && after:
						t.Errorf("%s was minted after the answer", p.ID)
					case err != nil && !fault.Is(err, fault.CodeCredentialWithheld):
						t.Error(err)
					}
					if first {
						begun.Done()
					}
					if after {
						return
					}
				}
			})
		}
		begun.Wait()
		if _, err := f.issuer.Withhold(ctx, "csgt", id, issuer.WithheldSeized); err != nil {
			t.Fatal(err)
		}
		answered.Store(true)
		done.Wait()
		if _, err := f.issuer.Restore(ctx, "csgt", id); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAgainstUnknownStatus: what is not understood is never good.
func TestAgainstUnknownStatus(t *testing.T) {
	h := wallet.Holding{Standing: wallet.Standing{Status: "paused"}}
	if err := disclosure.Against(h, 2); !fault.Is(err, fault.CodeNotInForce) || asFault(t, err).Field != "documents[2]" {
		t.Error(err)
	}
	if err := disclosure.Against(wallet.Holding{}, 0); err != nil {
		t.Error(err)
	}
}
