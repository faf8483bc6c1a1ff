package storetest

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// raceRecordEnd: while recorders share from a holding, it ends.
func raceRecordEnd(t *testing.T, s Subject) {
	raceRecordStop(t, s, fault.CodeCredentialUnknown, func(h wallet.Holding) { end(t, s, h) })
}

// raceRecordWithhold: the same where it is withheld.
func raceRecordWithhold(t *testing.T, s Subject) {
	raceRecordStop(t, s, fault.CodeCredentialWithheld, func(h wallet.Holding) {
		issue(t, s, func(tx issuer.Tx) error {
			return tx.SetStanding(h.ID, withheld, event(h, wallet.CredentialWithheld, 50))
		})
	})
}

// raceRecordStop: while recorders share from a holding, something stops it. A
// call of Record that begins after the transaction of that has returned must be
// refused; a recorder that was refused once is refused from then on; and the
// history is exactly the entries whose Record succeeded.
func raceRecordStop(t *testing.T, s Subject, code fault.Code, stop func(h wallet.Holding)) {
	const recorders = 8
	c := citizen(1)
	h := holding(c, "h1", canCuoc, c.Number)
	give(t, s, c, h)

	var stopped atomic.Bool
	var number atomic.Int32
	var mu sync.Mutex
	var recorded []string
	var begun, g sync.WaitGroup
	begun.Add(recorders)
	for range recorders {
		g.Go(func() {
			first, refused := true, false
			for {
				after := stopped.Load() // before the call: the stop had returned
				e := entry(c, int(number.Add(1)), h)
				err := s.Record(t.Context(), e)
				switch {
				case err == nil && (after || refused):
					t.Errorf("%s was recorded (after the stop %v, after a refusal %v)", e.ID, after, refused)
				case err != nil:
					refused = true
					wantFault(t, e.ID, err, code)
				}
				if err == nil {
					mu.Lock()
					recorded = append(recorded, e.ID)
					mu.Unlock()
				}
				if first {
					first = false
					begun.Done()
				}
				if after {
					return
				}
			}
		})
	}
	begun.Wait() // each has recorded once before the holding is stopped
	stop(h)
	stopped.Store(true)
	g.Wait()
	if len(recorded) < recorders {
		t.Errorf("%d entries were recorded, want at least %d", len(recorded), recorders)
	}
	sameSet(t, "history", entryIDs(history(t, s, c.ID, many)), recorded)
}

// raceRecords: entries that are stored together do not decide for each other.
func raceRecords(t *testing.T, s Subject) {
	const owners, each = 8, 12
	cs := make([]wallet.Citizen, owners)
	good, gone := make([]wallet.Holding, owners), make([]wallet.Holding, owners)
	for i := range owners {
		cs[i] = citizen(i)
		good[i] = holding(cs[i], "good-"+cs[i].ID, canCuoc, cs[i].Number)
		gone[i] = holding(cs[i], "gone-"+cs[i].ID, gplx, cs[i].Number)
		give(t, s, cs[i], good[i], gone[i])
		end(t, s, gone[i])
	}
	race(owners*each, func(n int) {
		i := n / each
		switch n % 4 {
		case 0:
			wantFault(t, "ended", s.Record(t.Context(), entry(cs[i], n, good[i], gone[i])), fault.CodeCredentialUnknown)
		case 1:
			wantFault(t, "somebody else's", s.Record(t.Context(), entry(cs[i], n, good[(i+1)%owners])), fault.CodeCredentialUnknown)
		default:
			if err := s.Record(t.Context(), entry(cs[i], n, good[i])); err != nil {
				t.Errorf("Record: %v", err)
			}
		}
	})
	for i, c := range cs {
		var want []string
		for n := i*each + each - 1; n >= i*each; n-- {
			if n%4 > 1 {
				want = append(want, entry(c, n).ID)
			}
		}
		same(t, "history of "+c.ID, entryIDs(history(t, s, c.ID, 5)), want)
	}
}
