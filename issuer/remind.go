package issuer

import (
	"context"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// reminderDays are how many days before the last day of a paper its holder is
// told, in descending order; reminderHour is when, on the clock of Viet Nam: a
// phone is not to ring at midnight.
var reminderDays = []catalog.Day{30, 7}

const reminderHour = 9 * time.Hour

// nextReminder is when the holder of a paper is told next that it ends; zero for
// never, because it states no end or the time for it is over.
func nextReminder(d *catalog.Document, values catalog.Values, now time.Time) time.Time {
	last, ends := catalog.ParseDay(text(values, d.Validity.Until))
	if !ends {
		return time.Time{}
	}
	for _, days := range reminderDays {
		if at := (last - days).Start().Add(reminderHour); at.After(now) {
			return at.UTC()
		}
	}
	return time.Time{}
}

// Reminded counts what became of reminders that were due.
type Reminded struct {
	Told   int
	Passed int // of papers that are over or were revoked, or of dead people
}

// Remind tells holders that their paper ends in 30 or in 7 days. Each is told
// once of each; of reminders that were missed only the last is told. Calls may be
// repeated, and may run at the same time as imports.
func (s *Service) Remind(ctx context.Context, now time.Time) (Reminded, error) {
	var sum Reminded
	var mark DueMark
	for {
		var one Reminded
		var next DueMark
		err := s.store.Issue(ctx, func(tx Tx) error {
			var err error
			one, next, err = s.remindBatch(tx, mark, now)
			return err
		})
		if err != nil {
			return sum, err
		}
		sum.Told, sum.Passed = sum.Told+one.Told, sum.Passed+one.Passed
		if next == (DueMark{}) {
			return sum, nil
		}
		mark = next
	}
}

// remindBatch takes what is due behind the mark; next is the zero mark when there
// was nothing.
func (s *Service) remindBatch(tx Tx, after DueMark, now time.Time) (sum Reminded, next DueMark, err error) {
	due, err := tx.RemindersDue(now, after, batch)
	if err != nil {
		return sum, next, err
	}
	for _, h := range due {
		next = DueMark{At: h.RemindAt, Holding: h.ID}
		told, err := s.remind(tx, h, now)
		if err != nil {
			return sum, next, err
		}
		if told {
			sum.Told++
		} else {
			sum.Passed++
		}
	}
	return sum, next, nil
}

// remind tells one holder, unless the paper is over by now or for good.
func (s *Service) remind(tx Tx, h wallet.Holding, now time.Time) (told bool, err error) {
	d := s.catalog.Document(h.Document)
	if d == nil {
		return false, fault.New(fault.CodeInternal, "the catalogue no longer has the document of a credential")
	}
	last, ends := catalog.ParseDay(text(h.Values, d.Validity.Until))
	if !ends || catalog.Today(now) > last || h.Standing.Status == wallet.Revoked || h.Lock.Reason == wallet.Death {
		return false, tx.Remind(h.ID, time.Time{}, nil)
	}
	e := event(wallet.CredentialExpiring, h, now)
	return true, tx.Remind(h.ID, nextReminder(d, h.Values, now), &e)
}
