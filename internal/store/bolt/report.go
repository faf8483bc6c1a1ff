package bolt

import (
	"bytes"
	"context"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

const kindReport = "report"

// PutReport keeps what a citizen says of an entry. See disclosure.Store.
func (s *Store) PutReport(ctx context.Context, r disclosure.Report, agencyOf func(document string) string, e wallet.Event) (disclosure.Report, error) {
	if err := required(kindReport, r.Owner, string(r.Kind)); err != nil {
		return disclosure.Report{}, err
	}
	if err := checkText(kindReport, r.Owner, r.Entry, r.Note); err != nil {
		return disclosure.Report{}, err
	}
	event, err := encodeEvent(e)
	if err != nil {
		return disclosure.Report{}, err
	}
	// The search may be long, and nobody who writes has to wait for it: entries stay
	// where they are.
	var place []byte
	var entry disclosure.Entry
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		place, entry, err = entryByID(tx, r.Owner, r.Entry)
		return err
	})
	if err != nil {
		return disclosure.Report{}, err
	}
	kept := r
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		kept = r
		former, err := reportOf(tx, r.Owner, r.Entry)
		if err != nil {
			return err
		}
		if former != nil {
			if former.Kind != r.Kind || former.Note != r.Note {
				return fault.New(fault.CodeEntryReported, "the entry has been reported")
			}
			kept = *former
			return nil
		}
		n := 0
		if err := eachUnder(tx.Bucket(bucketReports), joinKey(r.Owner), func(_, _ []byte) error { n++; return nil }); err != nil {
			return err
		}
		if n >= disclosure.MaxReports {
			return fault.Newf(fault.CodeReportsTooMany, "at most %d entries are reported", disclosure.MaxReports)
		}
		body, err := encode(kindReport, reportRecord{header: current, Owner: r.Owner, Entry: r.Entry, Place: place, Kind: string(r.Kind), Note: r.Note, At: r.At.UTC()})
		if err != nil {
			return err
		}
		key := joinKey(r.Owner, r.Entry)
		if err := put(tx, bucketReports, key, body); err != nil {
			return err
		}
		if err := tellAgencies(tx, entry, key, agencyOf); err != nil {
			return err
		}
		return addEvent(tx, event)
	})
	if err != nil {
		return disclosure.Report{}, err
	}
	return kept, nil
}

// tellAgencies puts a report behind the newest one of each agency concerned, once.
func tellAgencies(tx *bbolt.Tx, entry disclosure.Entry, key []byte, agencyOf func(document string) string) error {
	told := map[string]bool{"": true}
	for _, d := range entry.Documents {
		agency := agencyOf(d.Document)
		if told[agency] {
			continue
		}
		told[agency] = true
		prefix := joinKey(agency)
		number := uint64(1)
		if k, _ := lastUnder(tx.Bucket(bucketReportsAgency).Cursor(), prefix); k != nil {
			if len(k) != len(prefix)+sequenceSize {
				return damaged(kindReport)
			}
			number += binary.BigEndian.Uint64(k[len(prefix):])
		}
		if err := put(tx, bucketReportsAgency, binary.BigEndian.AppendUint64(prefix, number), key); err != nil {
			return err
		}
	}
	return nil
}

// entryByID finds an entry of the owner among those that an export has, from the
// newest on: what is reported has mostly just happened.
func entryByID(tx *bbolt.Tx, owner, id string) (place []byte, e disclosure.Entry, err error) {
	unknown := fault.New(fault.CodeEntryUnknown, "there is no such entry")
	if id == "" {
		return nil, e, unknown
	}
	prefix := joinKey(owner)
	c := tx.Bucket(bucketHistory).Cursor()
	n := 0
	for k, v := lastUnder(c, prefix); k != nil && bytes.HasPrefix(k, prefix) && n < disclosure.MaxExport; k, v = c.Prev() {
		n++
		if e, err = decodeEntry(v); err != nil {
			return nil, e, err
		}
		if e.ID == id {
			return bytes.Clone(k), e, nil
		}
	}
	return nil, disclosure.Entry{}, unknown
}

// reportOf is what the owner has said of an entry, nil if nothing.
func reportOf(tx *bbolt.Tx, owner, entry string) (*disclosure.Report, error) {
	body := tx.Bucket(bucketReports).Get(joinKey(owner, entry))
	if body == nil || entry == "" {
		return nil, nil
	}
	r, err := decode[reportRecord](kindReport, body)
	if err != nil {
		return nil, err
	}
	return &disclosure.Report{Owner: r.Owner, Entry: r.Entry, Kind: disclosure.ReportKind(r.Kind), Note: r.Note, At: r.At}, nil
}

// AgencyReports gives reports for an agency. See disclosure.Store.
func (s *Store) AgencyReports(ctx context.Context, agency string, after uint64, limit int) ([]disclosure.AgencyReport, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	var found []disclosure.AgencyReport
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		prefix := joinKey(agency)
		c := tx.Bucket(bucketReportsAgency).Cursor()
		for k, key := c.Seek(binary.BigEndian.AppendUint64(bytes.Clone(prefix), after)); k != nil && bytes.HasPrefix(k, prefix) && len(found) < limit; k, key = c.Next() {
			if len(k) != len(prefix)+sequenceSize {
				return damaged(kindReport)
			}
			number := binary.BigEndian.Uint64(k[len(prefix):])
			if number <= after {
				continue
			}
			r, err := decode[reportRecord](kindReport, tx.Bucket(bucketReports).Get(key))
			if err != nil {
				return err
			}
			e, err := decodeEntry(tx.Bucket(bucketHistory).Get(r.Place))
			if err != nil {
				return err
			}
			found = append(found, disclosure.AgencyReport{Number: number, SharedAt: e.At, Outcome: e.Outcome, Documents: e.Documents,
				Report: disclosure.Report{Owner: r.Owner, Entry: r.Entry, Kind: disclosure.ReportKind(r.Kind), Note: r.Note, At: r.At}})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
