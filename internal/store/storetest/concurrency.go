package storetest

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

var concurrencyTests = []test{
	{"no two attempts share a count", raceAttempts},
	{"exactly one enrols", raceEnrol},
	{"one unused activation a citizen", raceActivations},
	{"one citizen a number", raceCitizens},
	{"issuing the same record never interleaves", raceIssue},
	{"a reader sees all of a transaction or none", raceReaders},
	{"nothing is recorded once End has returned", raceRecordEnd},
	{"each entry is answered for itself", raceRecords},
}

// racers is how many goroutines contend: more than the attempts allowed and
// than the processors of a small machine.
const racers = 16

// race starts f for 0 to n-1 at the same moment and waits for all of them.
func race(n int, f func(i int)) {
	var g sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		g.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	g.Wait()
}

func raceAttempts(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	putActivation(t, s, activation(c, 1))
	var mu sync.Mutex
	var counts []int
	race(racers, func(int) {
		a, err := s.BeginAttempt(t.Context(), "LOC1", at(5), tries)
		if err != nil {
			wantFault(t, "an attempt too many", err, fault.CodeActivationTries)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		counts = append(counts, a.Tries)
	})
	slices.Sort(counts)
	same(t, "counts", counts, []int{1, 2, 3, 4, 5})
}

func raceEnrol(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	putActivation(t, s, activation(c, 1))
	won := make([]bool, racers)
	race(racers, func(i int) {
		d, ses, e := device(c, i)
		err := s.Enrol(t.Context(), "LOC1", at(6), d, ses, e)
		won[i] = err == nil
		if err != nil {
			wantFault(t, "a second use", err, fault.CodeActivationUsed)
		}
	})
	winner := slices.Index(won, true)
	if winner < 0 || slices.Index(won[winner+1:], true) >= 0 {
		t.Fatalf("enrolled: %v, want exactly one", won)
	}
	for i := range racers {
		_, ses, e := device(c, i)
		got, err := s.SessionByHash(t.Context(), ses.Hash)
		if i != winner {
			wantFault(t, "the session of who lost", err, fault.CodeSessionInvalid)
			continue
		}
		same(t, "the session of who won", must[session.Session](t)(got, err), ses)
		same(t, "events", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many)), []wallet.Event{e})
	}
}

func raceActivations(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	race(racers, func(i int) {
		if err := s.PutActivation(t.Context(), activation(c, i)); err != nil {
			t.Errorf("PutActivation: %v", err)
		}
	})
	working := 0
	for i := range racers {
		_, err := s.BeginAttempt(t.Context(), activation(c, i).Locator, at(5), tries)
		if err == nil {
			working++
			continue
		}
		wantFault(t, "a replaced activation", err, fault.CodeActivationUnknown)
	}
	same(t, "activations that work", working, 1)
}

func raceCitizens(t *testing.T, s Subject) {
	number := citizen(1).Number
	var added atomic.Int32
	race(racers, func(i int) {
		var mine bool
		err := s.Issue(t.Context(), func(tx issuer.Tx) error {
			mine = false // f may be called again
			_, err := tx.CitizenByNumber(number)
			if !fault.Is(err, fault.CodeCitizenUnknown) {
				return err
			}
			mine = true
			return tx.AddCitizen(wallet.Citizen{ID: fmt.Sprintf("racer-%d", i), Number: number, CreatedAt: at(i)})
		})
		if err != nil {
			t.Errorf("Issue: %v", err)
		} else if mine {
			added.Add(1)
		}
	})
	same(t, "citizens added", added.Load(), int32(1))
	if _, err := s.CitizenByNumber(t.Context(), number); err != nil {
		t.Errorf("the citizen: %v", err)
	}
}

// raceIssue: every transaction supersedes what it finds by a holding that
// counts one more. A lost update leaves a lower count, two that interleave
// leave two active ones.
func raceIssue(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	race(racers, func(i int) {
		err := s.Issue(t.Context(), func(tx issuer.Tx) error {
			active, err := tx.ActiveByRecord(gplx, "k")
			if err != nil {
				return err
			}
			count := 0
			for _, old := range active {
				if count, err = strconv.Atoi(old.Order); err != nil {
					return err
				}
				if err := tx.End(old.ID, wallet.Superseded, at(30), event(old, wallet.CredentialSuperseded, 30)); err != nil {
					return err
				}
			}
			h := holding(c, fmt.Sprintf("h%d", i), gplx, "k")
			h.Order = strconv.Itoa(count + 1)
			return tx.Add(h, event(h, wallet.CredentialIssued, 30))
		})
		if err != nil {
			t.Errorf("Issue: %v", err)
		}
	})
	active := must[[]wallet.Holding](t)(s.Holdings(t.Context(), c.ID))
	if len(active) != 1 || active[0].Order != strconv.Itoa(racers) {
		t.Fatalf("active holdings %v, want one that counts %d", ids(active), racers)
	}
	kinds := map[wallet.EventKind]int{}
	for _, e := range must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many)) {
		kinds[e.Kind]++
	}
	same(t, "events", kinds, map[wallet.EventKind]int{
		wallet.CredentialIssued: racers, wallet.CredentialSuperseded: racers - 1,
	})
}

// raceReaders: while one credential supersedes the next, a reader always
// finds exactly one, and never one that is marked as ended.
func raceReaders(t *testing.T, s Subject) {
	const rounds = 20
	c := citizen(1)
	last := holding(c, "h0", gplx, "k")
	give(t, s, c, last)
	var done atomic.Bool
	var g sync.WaitGroup
	for range 4 {
		g.Go(func() {
			for stop := false; !stop; {
				stop = done.Load()
				hs, err := s.Active(t.Context(), c.ID)
				if err != nil || len(hs) != 1 || hs[0].State != wallet.Active {
					t.Errorf("a reader found %v, %v; want one active holding", ids(hs), err)
					return
				}
			}
		})
	}
	for i := 1; i <= rounds; i++ {
		next := holding(c, fmt.Sprintf("h%d", i), gplx, "k")
		issue(t, s, func(tx issuer.Tx) error {
			if err := tx.End(last.ID, wallet.Superseded, at(30), event(last, wallet.CredentialSuperseded, 30)); err != nil {
				return err
			}
			return tx.Add(next, event(next, wallet.CredentialIssued, 30))
		})
		last = next
	}
	done.Store(true)
	g.Wait()
}
