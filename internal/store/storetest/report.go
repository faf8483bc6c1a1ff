package storetest

import (
	"fmt"
	"testing"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

var reportTests = []test{
	{"a report is kept once, with its entry, event and agencies", reportKept},
	{"what cannot be reported", reportRefusals},
	{"reports end somewhere", reportsEnd},
}

// agencyOf gives each document of these tests an agency.
func agencyOf(document string) string {
	switch document {
	case canCuoc:
		return "c06"
	case gplx, "dang_ky_xe":
		return "csgt"
	}
	return ""
}

func report(owner wallet.Citizen, e disclosure.Entry, n int) (disclosure.Report, wallet.Event) {
	return disclosure.Report{Owner: owner.ID, Entry: e.ID, Kind: disclosure.NotMe, Note: "không phải tôi\n" + nameNFD, At: at(n)},
		wallet.Event{ID: fmt.Sprintf("reported-%d", n), Owner: owner.ID, Kind: wallet.PresentationReported, Presentation: e.ID, Code: "not_me", At: at(n)}
}

func reportKept(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	card, licence, vehicle := holding(a, "h1", canCuoc, a.Number), holding(a, "h2", gplx, "k"), holding(a, "h3", "dang_ky_xe", "k")
	give(t, s, a, card, licence, vehicle)
	give(t, s, b, holding(b, "h4", gplx, "k2"))
	wide, road, theirs := entry(a, 30, card, licence, vehicle), entry(a, 31, licence), entry(b, 30, holding(b, "h4", gplx, "k2"))
	theirs.ID = wide.ID // ids of presentations are long and random; here they are not
	for _, e := range []disclosure.Entry{wide, road, theirs} {
		record(t, s, e)
	}
	events := len(must[[]wallet.Event](t)(s.Events(t.Context(), a.ID, many)))
	first, event := report(a, wide, 40)
	same(t, "kept", must[disclosure.Report](t)(s.PutReport(t.Context(), first, agencyOf, event)), first)
	again, other := report(a, wide, 50)
	same(t, "the same again", must[disclosure.Report](t)(s.PutReport(t.Context(), again, agencyOf, other)), first)
	again.Kind = disclosure.Wrong
	_, err := s.PutReport(t.Context(), again, agencyOf, other)
	wantFault(t, "another kind", err, fault.CodeEntryReported)
	again, _ = report(a, wide, 50)
	again.Note = ""
	_, err = s.PutReport(t.Context(), again, agencyOf, other)
	wantFault(t, "another note", err, fault.CodeEntryReported)
	second, event2 := report(a, road, 41)
	must[disclosure.Report](t)(s.PutReport(t.Context(), second, agencyOf, event2))
	third, event3 := report(b, theirs, 42)
	must[disclosure.Report](t)(s.PutReport(t.Context(), third, agencyOf, event3))

	s = s.Reopen(t)
	wide.Reported, road.Reported = &first, &second
	same(t, "history", history(t, s, a.ID, many), []disclosure.Entry{road, wide})
	same(t, "events", len(must[[]wallet.Event](t)(s.Events(t.Context(), a.ID, many))), events+2)
	wide.Reported, road.Reported = nil, nil
	told := func(n uint64, r disclosure.Report, e disclosure.Entry) disclosure.AgencyReport {
		return disclosure.AgencyReport{Number: n, Report: r, SharedAt: e.At, Outcome: e.Outcome, Documents: e.Documents}
	}
	all := []disclosure.AgencyReport{told(1, first, wide), told(2, second, road), told(3, third, theirs)}
	list := func(agency string, after uint64, limit int) []disclosure.AgencyReport {
		return must[[]disclosure.AgencyReport](t)(s.AgencyReports(t.Context(), agency, after, limit))
	}
	same(t, "one of two papers of an agency", list("csgt", 0, many), all)
	same(t, "of another", list("c06", 0, many), all[:1])
	same(t, "a page", list("csgt", 1, 1), all[1:2])
	same(t, "behind the last", list("csgt", 3, many), []disclosure.AgencyReport(nil))
	same(t, "of nobody", list("", 0, many), []disclosure.AgencyReport(nil))
	same(t, "of a name that begins so", list("c0", 0, many), []disclosure.AgencyReport(nil))
}

func reportRefusals(t *testing.T, s Subject) {
	a, b := citizen(1), citizen(2)
	give(t, s, a)
	give(t, s, b)
	mine, theirs := entry(a, 30), entry(b, 31)
	record(t, s, mine)
	record(t, s, theirs)
	before := read(t, s, a, b)
	for what, e := range map[string]disclosure.Entry{"somebody else's": theirs, "unknown": entry(a, 99), "none": {}} {
		r, event := report(a, e, 40)
		_, err := s.PutReport(t.Context(), r, agencyOf, event)
		wantFault(t, what, err, fault.CodeEntryUnknown)
	}
	r, _ := report(a, mine, 40)
	_, err := s.PutReport(t.Context(), r, agencyOf, wallet.Event{})
	wantFault(t, "without an event", err, fault.CodeInternal)
	same(t, "everything", read(t, s, a, b), before)
}

func reportsEnd(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	for n := range disclosure.MaxReports + 1 {
		e := entry(c, n)
		record(t, s, e)
		r, event := report(c, e, n)
		_, err := s.PutReport(t.Context(), r, agencyOf, event)
		if n < disclosure.MaxReports && err != nil {
			t.Fatalf("report %d: %v", n, err)
		}
		if n == disclosure.MaxReports {
			wantFault(t, "one more", err, fault.CodeReportsTooMany)
		}
	}
}
