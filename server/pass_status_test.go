package server_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/wallet"
)

// statusPass walks what an agency can say of its credentials, what the holder
// then sees and can do, and what everybody may fetch.
func statusPass(t *testing.T, w *world, token string) {
	csgt := w.agencyToken("csgt")
	id := foundPass(t, w, csgt)
	operationsPass(t, w, csgt, id, token)
	operationRefusalsPass(t, w, csgt, id)
	publishedPass(t, w)
	lockPass(t, w)
}

// issued is a credential as find and the operations tell it.
type issued struct {
	Credential, Document, Status, Reason, Since, Published string
	Changed                                                bool
}

// found names anh's licence and returns its id.
func foundPass(t *testing.T, w *world, csgt string) string {
	find := func(body any) call {
		return call{method: "POST", path: "/v1/agency/credentials/find", token: csgt, body: body}
	}
	good := `{"document":"gplx","record":{"document_number":"79225` + anh.serial + `"}}`
	var got struct{ Credentials []issued }
	w.do(find(good)).want(200).into(&got)
	if len(got.Credentials) != 1 || got.Credentials[0].Status != "valid" || got.Credentials[0].Published != "valid" {
		t.Fatalf("%+v", got)
	}
	w.do(find(`{"document":"gplx","record":{"document_number":"792259999999"}}`)).want(200)
	w.do(find(`{"document":"can_cuoc","record":{"personal_administrative_number":"`+anh.number+`"}}`)).refused(403, "issuer.agency_not_allowed")
	for name, c := range map[string]struct{ body, code, field string }{
		"unknown document":    {`{"document":"passport","record":{"document_number":"1"}}`, "catalog.document_unknown", "document"},
		"no record":           {`{"document":"gplx"}`, "request.malformed", "record"},
		"another claim":       {`{"document":"gplx","record":{"name":"A"}}`, "request.malformed", "record"},
		"a claim twice":       {`{"document":"gplx","record":{"document_number":"1","document_number":"2"}}`, "request.malformed", "record.document_number"},
		"a number":            {`{"document":"gplx","record":{"document_number":1}}`, "request.malformed", "record.document_number"},
		"a null":              {`{"document":"gplx","record":null}`, "request.malformed", "record"},
		"a nested record":     {`{"document":"gplx","record":{"document_number":{}}}`, "request.malformed", "record.document_number"},
		"a list":              {`{"document":"gplx","record":["1"]}`, "request.malformed", "record"},
		"an unknown member":   {`{"document":"gplx","record":{"document_number":"1"},"owner":"x"}`, "request.malformed", "owner"},
		"a broken value":      {`{"document":"gplx","record":{"document_number":"B1"}}`, "request.malformed", "record.document_number"},
		"not JSON":            {`{"document":"gplx","record":{"document_number":`, "request.malformed", "record.document_number"},
		"cut off in a record": {`{"document":"gplx","record":{"document_number":"1"`, "request.malformed", "record"},
	} {
		t.Run("find: "+name, func(t *testing.T) {
			bad := find(c.body)
			bad.wrong = true
			if p := w.do(bad).refused(400, c.code); p.Field != c.field {
				t.Errorf("field %q, want %q", p.Field, c.field)
			}
		})
	}
	sharedRefusals(t, w, find(good))
	return got.Credentials[0].Credential
}

// sharedRefusals are those of every operation that takes JSON from an agency.
func sharedRefusals(t *testing.T, w *world, good call) {
	bad := good
	bad.wrong, bad.token = true, ""
	w.do(bad).refused(401, "session.missing")
	bad.token = unknownToken
	w.do(bad).refused(401, "session.agency_invalid")
	bad = good
	bad.wrong, bad.header = true, ndjson
	w.do(bad).refused(415, "request.unsupported_media_type")
	bad = good
	bad.wrong, bad.body = true, strings.Repeat(" ", 20<<10)
	tooLarge(t, w, bad)
	bad.body = `{"unknown":1}`
	w.do(bad).refused(400, "request.malformed")
}

// operationsPass withholds and restores a licence and looks at it from the
// holder's side.
func operationsPass(t *testing.T, w *world, csgt, id, token string) {
	share := call{method: "POST", path: "/v1/citizen/presentations", token: token, body: `{"documents":[{"document":"gplx","claims":["name"]}]}`}
	paper := call{method: "GET", path: "/v1/citizen/credentials/" + id, token: token}
	for _, step := range []struct {
		operation, body, status, reason, code string
		changed                               bool
	}{
		{"suspend", `{}`, "suspended", "", "disclosure.credential_suspended", true},
		{"suspend", `{}`, "suspended", "", "disclosure.credential_suspended", false},
		{"withhold", `{"reason":"points_exhausted"}`, "withheld", "points_exhausted", "disclosure.credential_withheld", true},
		{"restore", `{}`, "valid", "", "", true},
		{"restore", `{}`, "valid", "", "", false},
		{"withhold", `{"reason":"seized"}`, "withheld", "seized", "disclosure.credential_withheld", true},
	} {
		w.advance(time.Minute)
		var got issued
		w.do(call{method: "POST", path: "/v1/agency/credentials/" + id + "/" + step.operation, token: csgt, body: step.body}).want(200).into(&got)
		if got.Credential != id || got.Document != "gplx" || got.Status != step.status || got.Published != step.status || got.Reason != step.reason ||
			got.Changed != step.changed || (got.Since == "") != (step.status == "valid") {
			t.Errorf("%s: %+v", step.operation, got)
		}
		var seen struct{ State, Reason, Since, Credential string }
		w.do(paper).want(200).into(&seen)
		if step.status == "valid" {
			w.do(share).want(201)
			if seen.State != "in_force" || seen.Credential == "" {
				t.Errorf("%s: the holder sees %+v", step.operation, seen)
			}
			continue
		}
		if seen.State != step.status || seen.Reason != step.reason || seen.Since != got.Since || seen.Credential != "" {
			t.Errorf("%s: the holder sees %+v", step.operation, seen)
		}
		if p := w.do(share).refused(422, step.code); p.Field != "documents[0]" || strings.Contains(p.Detail+p.Title, "points") {
			t.Errorf("%s: %+v", step.operation, p)
		}
	}
	var history struct {
		Entries []struct{ Outcome, Code string }
	}
	w.do(call{method: "GET", path: "/v1/citizen/history?limit=1", token: token}).want(200).into(&history)
	if e := history.Entries[0]; e.Outcome != "refused" || e.Code != "disclosure.credential_withheld" {
		t.Errorf("history: %+v", e)
	}
	var events struct {
		Events []struct{ Kind, Credential string }
	}
	w.do(call{method: "GET", path: "/v1/citizen/events?limit=1", token: token}).want(200).into(&events)
	if e := events.Events[0]; e.Kind != "credential.withheld" || e.Credential != id {
		t.Errorf("events: %+v", e)
	}
}

func operationRefusalsPass(t *testing.T, w *world, csgt, id string) {
	at := func(id, operation, body string) call {
		return call{method: "POST", path: "/v1/agency/credentials/" + id + "/" + operation, token: csgt, body: body}
	}
	bodies := map[string]string{"suspend": `{}`, "restore": `{}`, "withhold": `{"reason":"seized"}`, "revoke": `{"reason":"fraud"}`}
	superseded := w.supersededLicence()
	for operation, body := range bodies {
		w.do(at(strings.Repeat("a", 26), operation, body)).refused(404, "wallet.credential_unknown")
		w.do(at(superseded, operation, body)).refused(410, "issuer.credential_superseded")
		other := at(id, operation, body)
		other.token = w.agencyToken("bhxh")
		w.do(other).refused(404, "wallet.credential_unknown")
		sharedRefusals(t, w, at(id, operation, body))
	}
	for _, c := range []call{at(id, "withhold", `{}`), at(id, "withhold", `{"reason":"fraud"}`), at(id, "revoke", `{}`), at(id, "revoke", `{"reason":"death"}`),
		at(id, "revoke", `{"reason":"vì lý do riêng"}`)} {
		c.wrong = true
		if p := w.do(c).refused(400, "issuer.reason_invalid"); p.Field != "reason" {
			t.Errorf("field %q", p.Field)
		}
	}
	var got issued
	w.do(at(id, "revoke", bodies["revoke"])).want(200).into(&got)
	w.do(at(id, "revoke", `{"reason":"lost"}`)).want(200).into(&got)
	if got.Changed || got.Reason != "fraud" {
		t.Errorf("revoked twice: %+v", got)
	}
	for _, operation := range []string{"suspend", "restore", "withhold"} {
		w.do(at(id, operation, bodies[operation])).refused(409, "issuer.credential_revoked")
	}
}

// supersededLicence gives binh two licences after each other and returns the
// id of the first.
func (w *world) supersededLicence() string {
	w.t.Helper()
	w.give(binh, "gplx")
	owner, err := w.store.CitizenByNumber(w.t.Context(), binh.number)
	if err != nil {
		w.t.Fatal(err)
	}
	held, err := w.store.Active(w.t.Context(), owner.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, h := range held {
		if h.Document != "gplx" {
			continue
		}
		line := binh.record(w.t, "gplx", map[string]any{"licence_points_remaining": 3})
		w.do(call{method: "POST", path: "/v1/agency/records", token: w.agencyToken("csgt"), header: ndjson, body: line}).want(200)
		return h.ID
	}
	w.t.Fatal("no licence")
	return ""
}

// publishedPass fetches the lists, in both forms, and reads the revocation.
func publishedPass(t *testing.T, w *world) {
	const path = "/v1/public/status-lists/csgt/1"
	before := w.do(call{method: "GET", path: "/v1/public/status-lists"}).want(200)
	w.refresh()
	plain := call{method: "GET", path: path, header: map[string]string{"Accept-Encoding": "identity"}}
	list := w.do(plain).want(200)
	if list.header.Get("Content-Type") != "application/statuslist+jwt" || list.header.Get("Cache-Control") != "public, max-age=300" ||
		list.header.Get("Access-Control-Allow-Origin") != "*" || list.header.Get("Vary") != "Accept-Encoding" || list.header.Get("Content-Encoding") != "" {
		t.Errorf("headers %v", list.header)
	}
	w.opened(list.body, path)
	packed := plain
	packed.header = map[string]string{"Accept-Encoding": "br, gzip;q=0.5"}
	status, header, body := w.raw(packed)
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil || status != 200 || header.Get("Content-Encoding") != "gzip" || header.Get("ETag") == list.header.Get("ETag") {
		t.Fatalf("%d %v %v", status, err, header)
	}
	if inflated, err := io.ReadAll(z); err != nil || !bytes.Equal(inflated, list.body) || len(body) >= len(inflated) {
		t.Errorf("%d bytes packed, %d inflated, %d plain (%v)", len(body), len(inflated), len(list.body), err)
	}
	for _, etag := range []string{list.header.Get("ETag"), header.Get("ETag")} {
		again := plain
		again.header = map[string]string{"If-None-Match": etag, "Accept-Encoding": "identity"}
		w.do(again).want(304)
	}
	for _, no := range []string{"gzip;q=0", "*", "gzip;q=x", "deflate", "gzipped", strings.Repeat("a,", 20) + "gzip"} {
		packed.header["Accept-Encoding"] = no
		if _, header, _ := w.raw(packed); header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %.20q gets gzip", no)
		}
	}
	for _, bad := range []string{"csgt/2", "csgt/0", "csgt/01", "csgt/+1", "csgt/-1", "csgt/x", "csgt/99999999999999999999", "nobody/1", "CSGT/1"} {
		w.do(call{method: "GET", path: "/v1/public/status-lists/" + bad}).refused(404, "status.list_unknown")
	}
	if before.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Error("the aggregation is for one origin only")
	}
}

// lockPass locks binh's wallet, which ends his session for a lost phone.
func lockPass(t *testing.T, w *world) {
	c06 := w.agencyToken("c06")
	post := func(operation, body string) call {
		return call{method: "POST", path: "/v1/agency/citizens/" + operation, token: c06, body: body}
	}
	of := func(p person, reason string) string {
		body := map[string]string{"personal_administrative_number": p.number}
		if reason != "" {
			body["reason"] = reason
		}
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	session := w.signIn(binh)
	list := call{method: "GET", path: "/v1/citizen/credentials", token: session}
	share := call{method: "POST", path: "/v1/citizen/presentations", token: session, body: `{"documents":[{"document":"can_cuoc","claims":["name"]}]}`}
	w.do(share).want(201)
	var got struct {
		Locked, Changed bool
		Reason          string
		Credentials     int
	}
	w.do(post("lock", of(binh, "holder_request"))).want(200).into(&got)
	if !got.Locked || !got.Changed || got.Reason != "holder_request" || got.Credentials != 2 {
		t.Errorf("lock: %+v", got)
	}
	w.do(share).refused(422, "disclosure.wallet_locked")
	var papers struct {
		Credentials []struct{ State, Reason string }
	}
	w.do(list).want(200).into(&papers)
	for _, p := range papers.Credentials {
		if p.State != wallet.Locked || p.Reason != "holder_request" {
			t.Errorf("the holder sees %+v", p)
		}
	}
	w.do(post("unlock", of(binh, ""))).want(200).into(&got)
	if got.Locked || !got.Changed || got.Reason != "holder_request" {
		t.Errorf("unlock: %+v", got)
	}
	w.do(share).want(201)
	w.do(post("lock", of(binh, "lost_phone"))).want(200)
	w.do(post("unlock", of(binh, ""))).want(200)
	w.do(share).refused(401, "session.invalid") // the phone stays lost
	w.advance(time.Second)
	share.token = w.signIn(binh)
	w.do(share).want(201)

	csgt := w.agencyToken("csgt")
	for operation, body := range map[string]string{"lock": of(binh, "lost_phone"), "unlock": of(binh, "")} {
		other := post(operation, body)
		other.token = csgt
		w.do(other).refused(403, "issuer.agency_not_allowed")
		w.do(post(operation, strings.Replace(body, binh.number, "079305999999", 1))).refused(404, "wallet.citizen_unknown")
		sharedRefusals(t, w, post(operation, body))
	}
	for _, body := range []string{of(binh, "bored"), of(binh, "")} {
		bad := post("lock", body)
		bad.wrong = true
		w.do(bad).refused(400, "issuer.reason_invalid")
	}
	w.do(post("lock", of(binh, "death"))).want(200).into(&got)
	w.do(post("lock", of(binh, "lost_phone"))).refused(409, "issuer.lock_final")
	w.do(post("unlock", of(binh, ""))).refused(409, "issuer.lock_final")
	w.do(call{method: "POST", path: "/v1/agency/activations", token: c06, body: activation(binh)}).refused(422, "issuer.holder_deceased")
	w.do(share).refused(401, "session.invalid")
}

// refresh publishes, as the server's loop does.
func (w *world) refresh() {
	w.t.Helper()
	if err := w.status.Refresh(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// opened reads a list under the status key.
func (w *world) opened(token []byte, path string) *statuslist.Token {
	w.t.Helper()
	key, err := w.ring.Status(w.now())
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := statuslist.Open(string(token), statuslist.OpenOptions{Key: key.Signer.Public().(*ecdsa.PublicKey), Subject: origin + path, Now: w.now()})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// raw sends a request and returns the answer as it came, still compressed.
func (w *world) raw(c call) (int, http.Header, []byte) {
	w.t.Helper()
	response, err := client.Do(w.request(c))
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response.StatusCode, response.Header, body
}
