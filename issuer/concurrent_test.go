package issuer_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/giayto/giayto/issuer"
)

// TestTwoImportsAtOnce: whatever they have in common is issued once.
func TestTwoImportsAtOnce(t *testing.T) {
	const people = 520 // more than two transactions
	var cards, licences []string
	for i := range people {
		p := person{number(i), "LÊ VĂN THỬ", "1990-01-01", 1}
		cards = append(cards, p.cardLine())
		licences = append(licences, p.licenceLine("79"+p.number[2:]))
	}
	half := people / 2
	for name, test := range map[string]struct {
		first        []string // c06, before
		a, b         []string
		agency       string
		total, again int // issued, unchanged
	}{
		"the same file":    {nil, cards, cards, "c06", people, people},
		"two files":        {nil, cards[:half], cards[half:], "c06", people, 0},
		"files in common":  {cards, licences[:half+60], licences[half-60:], "csgt", people, 120},
		"of one and other": {cards[:1], licences[:1], licences[:1], "csgt", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if test.first != nil {
				d.issue("c06", test.first...)
			}
			sums := make([]issuer.Summary, 2)
			var wait sync.WaitGroup
			for i, lines := range [][]string{test.a, test.b} {
				wait.Go(func() {
					var err error
					if sums[i], err = d.Import(t.Context(), test.agency, bytes.NewReader(export(lines...)), issuer.ImportOptions{}); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			var sum issuer.Summary
			sum.Add(sums[0])
			sum.Add(sums[1])
			want := issuer.Summary{Lines: len(test.a) + len(test.b), Issued: test.total, Unchanged: test.again}
			if sum != want {
				t.Errorf("%v, want %v", sum, want)
			}
			document := map[string]string{"c06": "can_cuoc", "csgt": "gplx"}[test.agency]
			for i := range test.total {
				d.one(d.citizen(number(i)).ID, document)
			}
			if got, want := count(d.dump(), "citizens/"), max(test.total, len(test.first)); got != want {
				t.Errorf("%d citizens, want %d", got, want)
			}
		})
	}
}
