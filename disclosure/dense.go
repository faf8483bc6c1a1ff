package disclosure

import (
	"fmt"
	"sort"
	"strings"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// heaviest is how many claims an error of density names.
const heaviest = 3

// tooDense says which claims cost most, so that the citizen knows what to leave
// out. Sizes are of the encoded values before compression; values stay unsaid.
func tooDense(cause error, picks []chosen, documents []verifier.TokenDocument) error {
	type cost struct {
		name  string
		bytes int
	}
	var costs []cost
	for i, c := range picks {
		for _, claim := range c.claims {
			costs = append(costs, cost{c.document.ID + "/" + claim.ID, verifier.EncodedSize(documents[i].Fields[uint64(claim.Key)])})
		}
	}
	sort.SliceStable(costs, func(i, j int) bool { return costs[i].bytes > costs[j].bytes })
	parts := make([]string, 0, heaviest)
	for _, c := range costs[:min(heaviest, len(costs))] {
		parts = append(parts, fmt.Sprintf("%s (%d bytes)", c.name, c.bytes))
	}
	return fault.Wrap(cause, fault.CodeTooDense, fmt.Sprintf("more than QR version %d; the heaviest claims are %s",
		qr.MaxVersion, strings.Join(parts, ", ")))
}
