package journey_test

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/verifier"
)

// papersOf lists document, key and record digest of everybody in a register of
// cards, for comparison with another deployment.
func (s *stage) papersOf(numbers []string) []string {
	s.t.Helper()
	var all []string
	for _, number := range numbers {
		active, err := s.store.Active(s.t.Context(), s.owner(number))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, h := range active {
			all = append(all, fmt.Sprintf("%s %s %q %s", number, h.Document, h.RecordKey, h.RecordDigest))
		}
	}
	slices.Sort(all)
	return all
}

// importTogether imports every register several times, all at once, and returns
// a summary for each; they are complete when the crowd is done.
func (s *stage) importTogether(crowd *sync.WaitGroup, registers []demo.Register, times int) []issuer.Summary {
	sums := make([]issuer.Summary, times*len(registers))
	for i := range sums {
		r := registers[i%len(registers)]
		crowd.Go(func() {
			var err error
			sums[i], err = s.issuer.Import(s.t.Context(), r.Agency, bytes.NewReader(r.NDJSON), issuer.ImportOptions{})
			if err != nil {
				s.t.Error(err)
			}
		})
	}
	return sums
}

// shareTogether has an owner share from the card many times, all at once, and
// returns the texts; they are complete when the crowd is done.
func (s *stage) shareTogether(crowd *sync.WaitGroup, owner string, times int) []string {
	texts := make([]string, times)
	for i := range texts {
		crowd.Go(func() {
			p, err := s.shareConfirmed(disclosure.Request{Owner: owner, Documents: []disclosure.Selection{
				{Document: "can_cuoc", Claims: []string{"name", "age_equal_or_over.18"}}}})
			if err != nil {
				s.t.Error(err)
			}
			texts[i] = p.Text
		})
	}
	return texts
}

// TestACrowd: several importers of every register and of its changes, while the
// star keeps sharing, end where one after the other ends, and every
// presentation that was given out is good.
func TestACrowd(t *testing.T) {
	const people, importers, shares = 60, 3, 40
	registers := append(demo.HeldOut(noon, people), starOnly()...)
	c := catalog.Default()
	alone, crowded := newStage(t, c), newStage(t, c)
	var numbers []string
	for _, r := range registers {
		alone.issue(r.Agency, r.NDJSON)
		if r.Agency == "c06" {
			numbers = append(numbers, numbersIn(r.NDJSON)...)
			crowded.issue(r.Agency, r.NDJSON) // anchors first, or the rest is refused
		}
	}
	if len(numbers) != people+1 {
		t.Fatalf("%d people, want %d", len(numbers), people+1)
	}
	var crowd sync.WaitGroup
	owner := crowded.owner(demo.Star())
	sums := crowded.importTogether(&crowd, registers, importers)
	texts := crowded.shareTogether(&crowd, owner, shares)
	crowd.Wait()

	want := alone.papersOf(numbers)
	if got := crowded.papersOf(numbers); !slices.Equal(got, want) {
		t.Errorf("%d papers, want %d", len(got), len(want))
	}
	var sum issuer.Summary
	for _, each := range sums {
		sum.Add(each)
	}
	if sum.Rejected > 0 || sum.Updated > 0 || sum.Issued+len(numbers) != len(want) {
		t.Errorf("%v; %d papers", sum, len(want))
	}
	check := crowded.checker(c)
	for _, text := range texts {
		if _, err := check.Verify(text, verifier.Check{Now: noon}); err != nil {
			t.Error(err)
		}
		if _, err := check.Verify(text, verifier.Check{Now: noon}); err == nil {
			t.Error("a presentation counts twice")
		}
	}
	page, err := crowded.disclosure.History(t.Context(), owner, "", shares+1)
	if err != nil || len(page.Entries) != shares {
		t.Errorf("%d entries in the history, %v", len(page.Entries), err)
	}
}

// TestSharingWhileReplaced: a card is replaced again and again while its holder
// shares from it. Each attempt ends in a good presentation or in the clear
// refusal that the credential is gone, or is not the one that was confirmed, and
// is recorded accordingly.
func TestSharingWhileReplaced(t *testing.T) {
	const rounds = 60
	s := newStage(t, catalog.Default())
	card := starOnly()[0]
	s.issue(card.Agency, card.NDJSON)
	owner := s.owner(demo.Star())
	texts := make([]string, rounds)
	var mismatches atomic.Int32
	var crowd sync.WaitGroup
	crowd.Go(func() {
		for i := range rounds {
			changed := bytes.Replace(card.NDJSON, []byte("Số 12 "), fmt.Appendf(nil, "Số %d ", 100+i), -1)
			sum, err := s.issuer.Import(t.Context(), card.Agency, bytes.NewReader(changed), issuer.ImportOptions{})
			if err != nil || sum.Updated != 1 {
				t.Error(sum, err)
			}
		}
	})
	for i := range rounds {
		crowd.Go(func() {
			p, err := s.shareConfirmed(disclosure.Request{Owner: owner,
				Documents: []disclosure.Selection{{Document: "can_cuoc", Claims: []string{"address.formatted"}}}})
			switch {
			case fault.Is(err, fault.CodeStepUpMismatch):
				mismatches.Add(1)
			case err != nil && !fault.Is(err, fault.CodeCredentialUnknown):
				t.Error(err)
			}
			texts[i] = p.Text
		})
	}
	crowd.Wait()
	check, good := s.checker(s.catalog), 0
	for _, text := range texts {
		if text == "" {
			continue
		}
		good++
		if _, err := check.Verify(text, verifier.Check{Now: noon}); err != nil {
			t.Error(err)
		}
	}
	page, err := s.disclosure.History(t.Context(), owner, "", rounds+1)
	if err != nil || len(page.Entries) != good+int(mismatches.Load()) {
		t.Errorf("%d presentations, %d entries in the history, %v", good, len(page.Entries), err)
	}
	if active, err := s.store.Active(t.Context(), owner); err != nil || len(active) != 1 {
		t.Errorf("%d active holdings, %v", len(active), err)
	}
}
