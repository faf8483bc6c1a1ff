package disclosure_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/verifier"
)

// long is a history of many entries, as a store gives it.
type long struct {
	disclosure.Store
	entries int
	largest *int
}

func (l long) History(_ context.Context, owner, cursor string, limit int) (disclosure.Page, error) {
	*l.largest = max(*l.largest, limit)
	from, _ := strconv.Atoi(cursor)
	var p disclosure.Page
	for n := from; n < min(from+limit, l.entries); n++ {
		p.Entries = append(p.Entries, disclosure.Entry{ID: fmt.Sprintf("%s-%d", owner, n), Owner: owner, Device: "d", At: start.Add(-time.Duration(n) * time.Minute), Outcome: disclosure.Refused})
	}
	if from+limit < l.entries {
		p.Next = strconv.Itoa(from + limit)
	}
	return p, nil
}

// TestExport: everything up to the bound, in its order, and it is said where the
// bound cuts something off.
func TestExport(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		entries  int
		count    int
		complete bool
	}{{0, 0, true}, {1, 1, true}, {1000, 1000, true}, {1001, 1001, true},
		{verifier.MaxHistoryEntries, verifier.MaxHistoryEntries, true}, {verifier.MaxHistoryEntries + 1, verifier.MaxHistoryEntries, false}} {
		largest := 0
		s := disclosure.New(disclosure.Config{Catalog: catalog.Default(), Store: long{entries: c.entries, largest: &largest}, Keys: f.ring, Now: f.clock, Origin: "https://giayto.example"})
		file, err := s.Export(t.Context(), "anh")
		if err != nil {
			t.Fatal(err)
		}
		h, err := verifier.OpenHistory(file, f.list, f.now)
		if err != nil || h.Count != c.count || h.Complete != c.complete || largest > 1000 {
			t.Fatalf("%d entries: %d, complete %v, pages of %d, %v", c.entries, h.Count, h.Complete, largest, err)
		}
		for n, e := range h.Entries {
			if e.ID != fmt.Sprintf("anh-%d", n) {
				t.Fatalf("entry %d is %s", n, e.ID)
			}
		}
	}
	f.now = f.now.AddDate(10, 0, 0)
	if _, err := f.Export(t.Context(), "anh"); !fault.Is(err, fault.CodeSigningKeyMissing) {
		t.Errorf("without a key: %v", err)
	}
}
