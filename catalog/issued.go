package catalog

import (
	"fmt"
	"time"
)

// Issued tells whether a credential carries the claim, where the record has it
// or it can be derived. Volatile facts stay out: a credential outlives them, and
// a status list or a presentation of one minute tells them. Derived claims of
// the other kinds are in, and the credential ends before one of them changes
// (Document.IssuedUntil).
func (cl *Claim) Issued() bool { return cl.Disclose != Never && cl.Volatility != Volatile }

// IssuedUntil returns the first instant after m.Now at which one of the derived
// claims that a credential carries can be another one than at m.Now, or can be
// there while it was not. It returns false if none changes by itself.
func (d *Document) IssuedUntil(v Values, m Moment) (until time.Time, ends bool) {
	for _, cl := range d.Derived {
		if !cl.Issued() {
			continue
		}
		if at, changes := d.ChangesAt(cl.ID, v, m); changes && (!ends || at.Before(until)) {
			until, ends = at, true
		}
	}
	return until, ends
}

// steady refuses a derived claim that is called static or changing and is
// neither: it would enter credentials, and be wrong before they end.
func (cl *Claim) steady(d *Document, r *Rule) error {
	if cl.Volatility == Volatile {
		return nil
	}
	if r.Op == "today_if" {
		return fmt.Errorf("claim %s: volatility (today_if answers anew every day)", cl.ID)
	}
	for _, id := range []string{r.Claim, r.From, r.Until} {
		if source := d.claims[id]; source != nil && source.Volatility == Volatile {
			return fmt.Errorf("claim %s: volatility (%s is volatile)", cl.ID, id)
		}
	}
	for _, part := range append([]*Rule{r.If}, r.Of...) {
		if part == nil {
			continue
		}
		if err := cl.steady(d, part); err != nil {
			return err
		}
	}
	return nil
}
