package disclosure

import (
	"context"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// ReportKind is what a citizen says is wrong with an entry of the history.
type ReportKind string

const (
	// NotMe: somebody else has shared, or tried to.
	NotMe ReportKind = "not_me"
	// Wrong: what the paper says, or what was shared of it, is not right.
	Wrong ReportKind = "wrong"
)

const (
	// MaxReportNote is the longest note of a report in characters.
	MaxReportNote = 500
	// MaxReports is how many entries a citizen reports at most.
	MaxReports = 200
	// MaxReportsPage is how many reports an agency is given at a time.
	MaxReportsPage = 100
)

// Report is what a citizen says of an entry. It goes to the agencies whose papers
// the entry names.
type Report struct {
	Owner string
	Entry string // Entry.ID
	Kind  ReportKind
	Note  string // in the citizen's words, NFC, may be empty
	At    time.Time
}

// AgencyReport is a report as an agency is told of it: not for what or to whom
// something was shared, and nothing of other agencies' papers.
type AgencyReport struct {
	Number    uint64 // in the order in which they came, from 1, for this agency
	Report    Report
	SharedAt  time.Time // Entry.At
	Outcome   Outcome
	Documents []EntryDocument
}

// Report tells the agencies concerned that something is wrong with an entry, and
// notes that in the citizen's events. A report stands once it is made: the same one
// again changes nothing. Faults: request.malformed (kind or note),
// disclosure.entry_unknown, disclosure.entry_reported (with other words),
// disclosure.reports_too_many.
func (s *Service) Report(ctx context.Context, owner, device, entry string, kind ReportKind, note string) (Report, error) {
	if kind != NotMe && kind != Wrong {
		return Report{}, fault.New(fault.CodeRequestMalformed, "expected not_me or wrong").At("kind")
	}
	note, ok := cleanNote(note)
	if !ok {
		return Report{}, fault.Newf(fault.CodeRequestMalformed, "at most %d printable characters", MaxReportNote).At("note")
	}
	now := s.now()
	event := wallet.Event{ID: wallet.NewID(), Owner: owner, Kind: wallet.PresentationReported, Device: device, Presentation: entry, At: now}
	return s.store.PutReport(ctx, Report{Owner: owner, Entry: entry, Kind: kind, Note: note, At: now}, s.agencyOf, event)
}

// agencyOf is the agency that issues a kind of document, "" for none.
func (s *Service) agencyOf(document string) string {
	if d := s.catalog.Document(document); d != nil {
		return d.Agency.ID
	}
	return ""
}

// cleanNote normalises what somebody wrote; line feeds are part of it.
func cleanNote(note string) (string, bool) {
	if len(note) > MaxReportNote*utf8.UTFMax*2 || !utf8.ValidString(note) {
		return "", false
	}
	note = norm.NFC.String(note)
	odd := func(r rune) bool { return r == utf8.RuneError || r != '\n' && r != ' ' && !unicode.IsGraphic(r) }
	return note, utf8.RuneCountInString(note) <= MaxReportNote && !slices.ContainsFunc([]rune(note), odd)
}

// Reports gives up to limit reports that concern an agency's papers, oldest first,
// behind the number after.
func (s *Service) Reports(ctx context.Context, agency string, after uint64, limit int) ([]AgencyReport, error) {
	if limit <= 0 || limit > MaxReportsPage {
		limit = MaxReportsPage
	}
	found, err := s.store.AgencyReports(ctx, agency, after, limit)
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Documents = slices.DeleteFunc(found[i].Documents, func(d EntryDocument) bool { return s.agencyOf(d.Document) != agency })
	}
	return found, nil
}
