package server_test

import (
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/verifier"
)

// reportPass reports an entry of the history, shows it to the agency that it
// concerns and to no other, and takes the history away as a signed file.
func reportPass(t *testing.T, w *world, token string) {
	const history, reports = "/v1/citizen/history", "/v1/agency/reports"
	var page struct {
		Entries []struct {
			ID      string
			Outcome string
			Report  *struct{ Kind, Note, At string }
		}
	}
	w.do(call{method: "GET", path: history, token: token}).want(200).into(&page)
	shared, refused := page.Entries[1], page.Entries[0]
	report := func(id string, body any) call {
		return call{method: "POST", path: history + "/" + id + "/report", token: token, body: body}
	}
	other := w.signIn(binh)
	good := report(shared.ID, map[string]any{"kind": "not_me", "note": "Kho\u0302ng pha\u0309i to\u0302i."})
	if got := w.do(good).want(200).get("note"); got != "Không phải tôi." {
		t.Errorf("kept %q", got)
	}
	w.do(good).want(200)
	w.do(report(shared.ID, `{"kind":"wrong"}`)).refused(409, "disclosure.entry_reported")
	w.do(report(refused.ID, `{"kind":"wrong"}`)).want(200)
	stranger := good
	stranger.token = other
	w.do(stranger).refused(404, "disclosure.entry_unknown")
	w.do(report(strings.Repeat("a", 26), `{"kind":"wrong"}`)).refused(404, "disclosure.entry_unknown")
	stranger.token = ""
	w.do(stranger).refused(401, "session.missing")
	for _, body := range []string{`{}`, `{"kind":"other"}`, `{"kind":"wrong","note":"a\u202eb"}`, `{"kind":"wrong","more":1}`, `{"kind":"wrong","note":"` + strings.Repeat("a", 501) + `"}`} {
		bad := report(shared.ID, body)
		bad.wrong = true
		w.do(bad).refused(400, "request.malformed")
	}
	big := report(shared.ID, strings.Repeat(" ", 20<<10))
	big.wrong = true
	tooLarge(t, w, big)
	text := report(shared.ID, "x")
	text.header, text.wrong = map[string]string{"Content-Type": "text/plain"}, true
	w.do(text).refused(415, "request.unsupported_media_type")
	w.do(call{method: "GET", path: history, token: token}).want(200).into(&page)
	if r := page.Entries[1].Report; r == nil || r.Kind != "not_me" || r.Note != "Không phải tôi." || r.At == "" {
		t.Errorf("the entry says %+v", r)
	}
	agencyReportsPass(t, w, reports, shared.ID)

	var events struct {
		Events []struct{ Kind, Presentation string }
	}
	w.do(call{method: "GET", path: "/v1/citizen/events?limit=2", token: token}).want(200).into(&events)
	told := map[string]bool{}
	for _, e := range events.Events {
		told[e.Kind+" "+e.Presentation] = true
	}
	if !told["presentation.reported "+shared.ID] || !told["presentation.reported "+refused.ID] {
		t.Errorf("events %+v", events)
	}
	exportPass(t, w, history+"/export", token, other)
}

func agencyReportsPass(t *testing.T, w *world, path, entry string) {
	var got struct {
		Reports []struct {
			Number            int
			Entry, Kind, Note string
			ReportedAt        string `json:"reported_at"`
			Documents         []struct{ Document string }
		}
	}
	c06, bhxh := w.agencyToken("c06"), w.agencyToken("bhxh")
	answer := w.do(call{method: "GET", path: path, token: c06}).want(200)
	answer.into(&got)
	if len(got.Reports) != 2 || got.Reports[0].Entry != entry || got.Reports[0].Kind != "not_me" || got.Reports[0].Note == "" || len(got.Reports[0].Documents) != 1 {
		t.Errorf("reports %+v", got.Reports)
	}
	if body := string(answer.body); strings.Contains(body, "Khách sạn") || strings.Contains(body, "Thuê nhà") {
		t.Errorf("it tells for what or to whom: %s", body)
	}
	w.do(call{method: "GET", path: path + "?after=1&limit=1", token: c06}).want(200).into(&got)
	if len(got.Reports) != 1 || got.Reports[0].Number != 2 {
		t.Errorf("behind the first: %+v", got.Reports)
	}
	w.do(call{method: "GET", path: path, token: bhxh}).want(200).into(&got)
	if len(got.Reports) != 0 {
		t.Errorf("another agency is told %+v", got.Reports)
	}
	w.do(call{method: "GET", path: path}).refused(401, "session.missing")
	for _, q := range []string{"limit=0", "limit=101", "after=-1", "after=x", "page=1"} {
		w.do(call{method: "GET", path: path + "?" + q, token: c06, wrong: true}).refused(400, "request.malformed")
	}
}

func exportPass(t *testing.T, w *world, path, token, other string) {
	file := w.do(call{method: "GET", path: path, token: token}).want(200)
	if got := file.header.Get("Content-Disposition"); got != `attachment; filename="giayto-history.json"` {
		t.Errorf("Content-Disposition %q", got)
	}
	_, list := w.publisher.TrustList()
	h, err := verifier.OpenHistory(file.body, list, w.now())
	if err != nil || !h.Complete || h.Count < 2 || h.Entries[1].Report == nil || h.Entries[1].Report.Kind != string(disclosure.NotMe) {
		t.Fatalf("%+v, %v", h, err)
	}
	if theirs, err := verifier.OpenHistory(w.do(call{method: "GET", path: path, token: other}).want(200).body, list, w.now()); err != nil || theirs.Count != 0 {
		t.Errorf("somebody else's: %+v, %v", theirs, err)
	}
	w.do(call{method: "GET", path: path}).refused(401, "session.missing")
	w.do(call{method: "GET", path: path + "?x=1", token: token, wrong: true}).refused(400, "request.malformed")
	for n := 0; ; n++ {
		if a := w.do(call{method: "GET", path: path, token: token}); a.status == 429 {
			a.refused(429, "request.too_many")
			break
		}
		if n > session.ExportBurst {
			t.Fatal("exports without end")
		}
	}
}
