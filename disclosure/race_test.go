package disclosure_test

import (
	"sync"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// While a credential is superseded, presentations race with it: every entry
// names a credential that was active when it was recorded, and every
// presentation that was handed out has exactly one entry.
func TestShareRacesWithSuperseding(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	r := f.request("can_cuoc", "name")
	var wg sync.WaitGroup
	var mu sync.Mutex
	minted := map[string]bool{}
	for range 8 {
		wg.Go(func() {
			for range 20 {
				p, err := f.Share(ctx, r)
				if err != nil && !fault.Is(err, fault.CodeCredentialUnknown) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					minted[p.ID] = true
					mu.Unlock()
				}
			}
		})
	}
	for _, street := range []string{"Một", "Hai", "Ba", "Bốn"} {
		f.issue("can_cuoc", change{"address.formatted": street})
	}
	wg.Wait()
	seen := 0
	for cursor := ""; ; {
		page, err := f.History(ctx, r.Owner, cursor, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			seen++
			if !minted[e.ID] {
				t.Errorf("entry %s was never handed out", e.ID)
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if seen != len(minted) || seen == 0 {
		t.Errorf("%d entries for %d presentations", seen, len(minted))
	}
	active, err := f.store.Active(ctx, r.Owner)
	if err != nil || len(active) != 1 || active[0].State != wallet.Active {
		t.Error(active, err)
	}
}
