package server_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

const devices = "/v1/citizen/devices"

// mai is a fictional citizen who loses phones.
var mai = person{"079305000789", "LÊ THỊ THU MAI", "2005-03-11", "0000789"}

// newPhoneOf enrols a new phone of a person in person, with a passkey.
func newPhoneOf(w *world, who person) *phone {
	w.t.Helper()
	p := newPhone(w, w.signIn(who))
	w.do(p.create(passkeys, nil)).want(201)
	return p
}

func (p *phone) device() string {
	p.w.t.Helper()
	return p.w.do(call{method: "GET", path: "/v1/citizen/sessions/current", token: p.token}).want(200).get("device").(string)
}

func (p *phone) post(path string, body any) call {
	return call{method: "POST", path: path, token: p.token, body: body}
}

// devicesPass walks what becomes of devices.
func devicesPass(t *testing.T, w *world) {
	w.give(mai, "can_cuoc", "gplx")
	first, second := newPhoneOf(w, mai), newPhoneOf(w, mai)
	one, two := devices+"/"+first.device(), devices+"/"+second.device()
	var listed struct {
		Devices []struct {
			ID, Name string
			Current  bool
		}
	}
	w.do(call{method: "GET", path: devices, token: first.token}).want(200).into(&listed)
	if len(listed.Devices) != 2 {
		t.Errorf("listed %+v", listed)
	}
	for _, d := range listed.Devices {
		if d.Current != (d.ID == first.device()) || d.Name != "Điện thoại" {
			t.Errorf("listed %+v", d)
		}
	}
	w.do(call{method: "GET", path: devices}).refused(401, "session.missing")
	for _, verb := range []string{"/rename", "/freeze", "/unfreeze", "/lost"} {
		body := "{}"
		if verb == "/rename" {
			body = `{"name":"x"}`
		}
		malformedPass(t, w, two+verb, first.token, body)
		w.do(first.post(devices+"/"+strings.Repeat("a", 26)+verb, body)).refused(404, "device.not_found")
	}
	if name := w.do(first.post(two+"/rename", `{"name":"Máy cũ"}`)).want(200).get("name"); name != "Máy cũ" {
		t.Errorf("renamed %v", name)
	}
	keyPass(t, w, first)
	freezePass(t, w, first, second, one, two)
	lostPass(t, w, first, second, two)
	removePass(t, w, first, one)
	changeFloodPass(t, w, first)
}

func keyPass(t *testing.T, w *world, p *phone) {
	const path = devices + "/current/key"
	malformedPass(t, w, path+"/options", p.token, "{}")
	malformedPass(t, w, path, p.token, `{"challenge":"","signature":"","public_key":{"kty":"EC","crv":"P-256","x":"","y":""}}`)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	proof := func() map[string]any {
		challenge := w.do(p.post(path+"/options", "{}")).want(201).get("challenge").(string)
		raw, err := base64.RawURLEncoding.DecodeString(challenge)
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(session.DeviceKeyMessage(raw, point))
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		signature := bytes.Join([][]byte{r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))}, nil)
		return map[string]any{"challenge": challenge, "signature": encode(signature),
			"public_key": map[string]string{"kty": "EC", "crv": "P-256", "x": encode(point[1:33]), "y": encode(point[33:])}}
	}
	wrong := proof()
	wrong["signature"] = encode(make([]byte, 64))
	w.do(p.post(path, wrong)).refused(422, "device.proof_invalid")
	short := proof()
	short["public_key"] = map[string]string{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}
	w.do(p.post(path, short)).refused(422, "device.key_invalid")
	padded := proof()
	padded["challenge"] = padded["challenge"].(string) + "="
	if told := w.do(p.post(path, padded)).refused(400, "request.malformed"); told.Field != "challenge" {
		t.Errorf("field %q", told.Field)
	}
	good := proof()
	if bound := w.do(p.post(path, good)).want(200); bound.get("key_bound_at") != w.now().Format("2006-01-02T15:04:05Z") {
		t.Errorf("bound %s", bound.body)
	}
	w.do(p.post(path, good)).refused(422, "passkey.challenge_unknown")
}

func freezePass(t *testing.T, w *world, first, second *phone, one, two string) {
	w.do(first.post(one+"/freeze", "{}")).refused(409, "device.current")
	w.do(first.post(one+"/unfreeze", "{}")).refused(409, "device.current")
	w.do(first.post(two+"/freeze", "{}")).want(200).get("frozen_at")
	w.do(call{method: "DELETE", path: two, token: first.token}).refused(409, "device.held")
	for range 2 {
		w.do(call{method: "GET", path: "/v1/citizen/credentials", token: second.token}).refused(401, "device.frozen")
	}
	w.do((&phone{second.Authenticator, w, ""}).get(passkeySignIn, nil)).refused(401, "device.frozen")
	w.do(first.post(two+"/unfreeze", "{}")).want(200)
	w.do(call{method: "GET", path: "/v1/citizen/credentials", token: second.token}).want(200)
}

// lostPass: one call from another phone, and nothing of the lost one counts.
func lostPass(t *testing.T, w *world, first, second *phone, two string) {
	w.do(first.post(devices+"/"+first.device()+"/lost", "{}")).refused(409, "device.current")
	shared := second.share(asking("age_equal_or_over.18")).want(201).get("svg_url").(string)
	w.do(call{method: "GET", path: shared, token: second.token}).want(200)
	w.do(call{method: "GET", path: shared, token: first.token}).refused(404, "disclosure.presentation_unknown")
	if a := w.do(first.post(two+"/lost", "{}")).want(200); strings.TrimSpace(string(a.body)) != `{"passkeys_left":[]}` {
		t.Errorf("answered %s", a.body)
	}
	w.do(call{method: "GET", path: "/v1/citizen/credentials", token: second.token}).refused(401, "session.invalid")
	w.do((&phone{second.Authenticator, w, ""}).get(passkeySignIn, nil)).refused(401, "passkey.unknown")
	w.do(call{method: "GET", path: shared, token: first.token}).refused(404, "disclosure.presentation_unknown")
	first.share(asking("age_equal_or_over.18")).want(201) // the wallet itself goes on
}

func removePass(t *testing.T, w *world, p *phone, one string) {
	w.do(call{method: "DELETE", path: one}).refused(401, "session.missing")
	w.do(call{method: "DELETE", path: one, token: p.token}).refused(409, "passkey.last")
	w.do(call{method: "DELETE", path: devices + "/" + strings.Repeat("a", 26), token: p.token}).refused(404, "device.not_found")
	other := w.do((&phone{p.Authenticator, w, ""}).get(passkeySignIn, map[string]any{"device_name": "Máy tính"})).want(201)
	w.do(call{method: "DELETE", path: devices + "/" + other.get("device").(string), token: p.token}).want(204)
	w.do(call{method: "GET", path: "/v1/citizen/credentials", token: other.get("token").(string)}).refused(401, "session.invalid")
	for n := range session.MaxDevices {
		a := w.do((&phone{p.Authenticator, w, ""}).get(passkeySignIn, map[string]any{"device_name": "Máy tính"}))
		if a.status == 409 {
			a.refused(409, "device.too_many")
			break
		}
		if n == session.MaxDevices-1 {
			t.Error("devices without end")
		}
	}
	w.advance(session.FreshFor)
	w.do(call{method: "DELETE", path: one, token: p.token}).refused(403, "session.reauthentication_required")
	w.do(p.post(devices+"/"+strings.Repeat("a", 26)+"/unfreeze", "{}")).refused(403, "session.reauthentication_required")
}

// changeFloodPass: one session does not write without end.
func changeFloodPass(t *testing.T, w *world, p *phone) {
	rename := p.post(devices+"/"+p.device()+"/rename", `{"name":"x"}`)
	for n := 0; ; n++ {
		if a := w.do(rename); a.status == 429 {
			break
		}
		if n > session.ChangeBurst {
			t.Fatal("changes without end")
		}
	}
	id := strings.Repeat("a", 26)
	for path, body := range map[string]any{
		"/v1/citizen/sessions/current/rotate": "{}", reauthentication + "/options": "{}", passkeys + "/options": "{}",
		passkeys + "/" + id + "/rename": `{"name":"x"}`, devices + "/" + id + "/unfreeze": "{}", "/v1/citizen/history/" + id + "/report": `{"kind":"wrong"}`, devices + "/current/key/options": "{}",
		"/v1/citizen/recovery-code": "{}", "/v1/citizen/reissue": `{"consent":true}`,
		"/v1/citizen/inbox/read": `{"up_to":1}`, "/v1/citizen/push-target": `{"service":"fcm","token":"x"}`,
	} {
		w.do(p.post(path, body)).refused(429, "request.too_many")
	}
	// What protects is not limited.
	w.do(p.post(devices+"/"+id+"/freeze", "{}")).refused(404, "device.not_found")
	w.do(p.post(devices+"/"+id+"/lost", "{}")).refused(404, "device.not_found")
}

// recoveryPass: every phone is gone; the code on paper, the agency, and one
// consent bring everything back.
func recoveryPass(t *testing.T, w *world) {
	const lost, reissue = "/v1/citizen/lost-phone", "/v1/citizen/reissue"
	p := newPhoneOf(w, mai)
	malformedPass(t, w, "/v1/citizen/recovery-code", p.token, "{}")
	malformedPass(t, w, lost, "", `{"recovery_code":"7K3M-9XQ2-PD4W-ZR8T-2M5N-8YHC"}`)
	malformedPass(t, w, reissue, p.token, `{"consent":true}`)
	code := w.do(p.post("/v1/citizen/recovery-code", "{}")).want(201).get("recovery_code").(string)
	before := w.holding(mai, "gplx")
	report := call{method: "POST", path: lost, body: map[string]string{"recovery_code": "0000-0000-0000-0000-0000-0000"}}
	w.do(report).refused(401, "recovery.unknown")
	report.body = map[string]string{"recovery_code": strings.ToLower(code)}
	w.do(report).want(204)
	w.do(report).refused(410, "recovery.used")
	w.do(call{method: "GET", path: "/v1/citizen/credentials", token: p.token}).refused(401, "session.invalid")
	w.do((&phone{p.Authenticator, w, ""}).get(passkeySignIn, nil)).refused(401, "passkey.unknown")
	w.wantStatus(before, wallet.Suspended)

	// A code that came by itself opens the wallet to look at, and lifts nothing.
	w.advance(time.Second)
	remote, _, err := w.sessions.IssueActivation(t.Context(), "c06", mai.number)
	if err != nil {
		t.Fatal(err)
	}
	token := w.do(call{method: "POST", path: "/v1/citizen/sessions", body: map[string]string{"activation_code": remote}}).want(201).get("token").(string)
	w.do(call{method: "POST", path: reissue, token: token, body: `{"consent":true}`}).refused(403, "session.in_person_check_required")
	(&phone{nil, w, token}).share(asking("age_equal_or_over.18")).refused(422, "disclosure.wallet_locked")

	again := newPhoneOf(w, mai)
	refusal := again.post(reissue, `{"consent":false}`)
	refusal.wrong = true
	if told := w.do(refusal).refused(400, "request.malformed"); told.Field != "consent" {
		t.Errorf("field %q", told.Field)
	}
	if n := w.do(again.post(reissue, `{"consent":true}`)).want(200).get("credentials"); n != 2.0 {
		t.Errorf("%v credentials", n)
	}
	again.share(asking("age_equal_or_over.18")).want(201)
	w.wantStatus(before, wallet.Revoked)
	w.wantStatus(w.holding(mai, "gplx"), wallet.Valid)
	w.do(call{method: "POST", path: "/v1/agency/citizens/lock", token: w.agencyToken("c06"),
		body: map[string]string{"personal_administrative_number": mai.number, "reason": "holder_request"}}).want(200)
	w.do(again.post(reissue, `{"consent":true}`)).refused(422, "disclosure.wallet_locked")
}

// deskPass: an agency that is told of a lost phone ends everything in one call.
func deskPass(t *testing.T, w *world) {
	c06 := w.agencyToken("c06")
	w.do(call{method: "POST", path: "/v1/agency/citizens/unlock", token: c06, body: map[string]string{"personal_administrative_number": mai.number}}).want(200)
	w.advance(time.Second)
	p := newPhoneOf(w, mai)
	shared := p.share(asking("age_equal_or_over.18")).want(201).get("svg_url").(string)
	w.do(call{method: "GET", path: shared, token: p.token}).want(200)
	w.do(call{method: "POST", path: "/v1/agency/citizens/lock", token: c06, body: map[string]string{"personal_administrative_number": mai.number, "reason": "holder_request"}}).want(200)
	w.do(call{method: "GET", path: shared, token: p.token}).refused(404, "disclosure.presentation_unknown") // the session goes on, what it shared does not
	w.do(call{method: "POST", path: "/v1/agency/citizens/lock", token: c06, body: map[string]string{"personal_administrative_number": mai.number, "reason": "lost_phone"}}).want(200)
	w.do(call{method: "GET", path: devices, token: p.token}).refused(401, "session.invalid")
	w.do((&phone{p.Authenticator, w, ""}).get(passkeySignIn, nil)).refused(401, "passkey.unknown")
	w.advance(time.Second)
	p = newPhoneOf(w, mai)
	if n := w.do(p.post("/v1/citizen/reissue", `{"consent":true}`)).want(200).get("credentials"); n != 2.0 {
		t.Errorf("%v credentials", n)
	}
	p.share(asking("age_equal_or_over.18")).want(201)
}

// holding is the active paper of a person.
func (w *world) holding(who person, document string) wallet.Holding {
	w.t.Helper()
	c, err := w.store.CitizenByNumber(w.t.Context(), who.number)
	if err != nil {
		w.t.Fatal(err)
	}
	held, err := w.store.Holdings(w.t.Context(), c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, h := range held {
		if h.Document == document {
			return h
		}
	}
	w.t.Fatalf("%s holds no %s", who.name, document)
	return wallet.Holding{}
}

// wantStatus asks what the status list says of the place that a holding had.
func (w *world) wantStatus(h wallet.Holding, want wallet.Status) {
	w.t.Helper()
	_, entries, err := w.store.StatusList(w.t.Context(), h.Agency, h.Status.List)
	if err != nil {
		w.t.Fatal(err)
	}
	got := wallet.Valid
	for _, e := range entries {
		if e.Index == h.Status.Index {
			got = e.Standing.Status
		}
	}
	if got != want {
		w.t.Errorf("%s is listed as %s, want %s", h.Document, got, want)
	}
}
