package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/giayto/giayto/server/session"
)

// confirmPass binds a check in person to a code, after everything that must
// not do it.
func confirmPass(t *testing.T, w *world, c06, csgt string) {
	issued := w.do(call{method: "POST", path: "/v1/agency/activations", token: c06, body: activation(binh)}).want(201)
	reference := issued.get("reference").(string)
	if !strings.HasPrefix(issued.get("activation_code").(string), reference) || len(reference) != 7 {
		t.Errorf("reference %q of %s", reference, issued.body)
	}
	confirm := func(token, number, reference string) call {
		return call{method: "POST", path: "/v1/agency/activations/confirm", token: token,
			body: map[string]string{"personal_administrative_number": number, "reference": reference}}
	}
	w.do(confirm(csgt, binh.number, reference)).refused(403, "issuer.agency_not_allowed")
	w.do(confirm("", binh.number, reference)).refused(401, "session.missing")
	w.do(confirm(c06, "079305999999", reference)).refused(404, "wallet.citizen_unknown")
	w.do(confirm(c06, anh.number, reference)).refused(401, "activation.unknown")
	if p := w.do(confirm(c06, binh.number, "7K3M-9XQ2")).refused(400, "request.malformed"); p.Field != "reference" {
		t.Errorf("field %q", p.Field)
	}
	form := confirm(c06, binh.number, reference)
	form.header, form.wrong = ndjson, true
	w.do(form).refused(415, "request.unsupported_media_type")
	large := confirm(c06, "", "")
	large.body, large.wrong = strings.Repeat(" ", 20<<10), true
	tooLarge(t, w, large)
	for range 2 {
		w.do(confirm(c06, binh.number, strings.ToLower(reference))).want(204)
	}
}

// lateConfirmPass comes last, because it lets a week pass.
func lateConfirmPass(t *testing.T, w *world) {
	c06 := w.agencyToken("c06")
	late := w.do(call{method: "POST", path: "/v1/agency/activations", token: c06, body: activation(anh)}).want(201).get("reference")
	w.advance(session.ActivationLifetime)
	w.do(call{method: "POST", path: "/v1/agency/activations/confirm", token: c06,
		body: map[string]any{"personal_administrative_number": anh.number, "reference": late}}).refused(410, "activation.expired")
}

// sessionsPass walks what a citizen does with sessions, in both modes.
func sessionsPass(t *testing.T, w *world) {
	const sessions, current, rotate = "/v1/citizen/sessions", "/v1/citizen/sessions/current", "/v1/citizen/sessions/current/rotate"
	opened := w.do(call{method: "POST", path: sessions, body: map[string]string{"activation_code": w.activate(anh), "mode": "cookie"}}).want(201)
	cookie, csrf := browserCookie(t, opened)
	browser := func(method, path string, body any, csrf string) call {
		c := call{method: method, path: path, body: body, header: map[string]string{"Cookie": cookie}}
		if csrf != "" {
			c.header["X-CSRF-Token"] = csrf
		}
		return c
	}
	token := w.signIn(anh)

	var listed struct {
		Sessions []struct {
			Session, Mode string
			Current       bool
			Level         int
		}
	}
	w.do(browser("GET", sessions, nil, "")).want(200).into(&listed)
	for _, s := range listed.Sessions {
		if s.Current != (s.Session == opened.get("session")) || s.Current && s.Mode != "cookie" || s.Level != 2 {
			t.Errorf("listed %+v", listed)
		}
	}
	w.do(call{method: "GET", path: sessions}).refused(401, "session.missing")
	if again := w.do(browser("GET", current, nil, "")).want(200).get("csrf_token"); again != csrf {
		t.Errorf("csrf_token %v, was %v", again, csrf)
	}
	w.do(call{method: "GET", path: current}).refused(401, "session.missing")

	w.do(browser("POST", rotate, "{}", "")).refused(403, "session.cross_site")
	// A page follows the inbox with its cookie, and changes it with its token alone.
	w.do(browser("GET", "/v1/citizen/inbox", nil, "")).want(200)
	w.do(browser("POST", "/v1/citizen/inbox/read", `{"up_to":1}`, "")).refused(403, "session.cross_site")
	w.do(browser("POST", "/v1/citizen/history/"+strings.Repeat("a", 26)+"/report", `{"kind":"wrong"}`, "")).refused(403, "session.cross_site")
	w.do(browser("POST", "/v1/citizen/push-target", `{"service":"fcm","token":"x"}`, "")).refused(403, "session.cross_site")
	w.do(browser("DELETE", "/v1/citizen/push-target", nil, "")).refused(403, "session.cross_site")
	bad := browser("POST", rotate, `{"x":1}`, csrf)
	bad.wrong = true
	w.do(bad).refused(400, "request.malformed")
	rotated := w.do(browser("POST", rotate, "{}", csrf)).want(200)
	cookie, csrf = browserCookie(t, rotated)
	w.do(call{method: "POST", path: rotate, body: "{}"}).refused(401, "session.missing")
	w.do(call{method: "POST", path: rotate, token: token, body: "{}", header: map[string]string{"Content-Type": "text/plain"}, wrong: true}).refused(415, "request.unsupported_media_type")
	tooLarge(t, w, call{method: "POST", path: rotate, token: token, body: strings.Repeat(" ", 20<<10), wrong: true})
	former := token
	token = w.do(call{method: "POST", path: rotate, token: token, body: "{}"}).want(200).get("token").(string)
	if token == former {
		t.Error("the token did not change")
	}

	other := w.do(call{method: "GET", path: current, token: w.signIn(anh)}).want(200).get("session").(string)
	w.do(browser("DELETE", sessions+"/"+other, nil, "")).refused(403, "session.cross_site")
	w.do(call{method: "DELETE", path: sessions + "/" + other}).refused(401, "session.missing")
	w.do(call{method: "DELETE", path: sessions + "/" + other, token: w.signIn(binh)}).refused(404, "session.unknown")
	w.do(browser("DELETE", sessions+"/"+other, nil, csrf)).want(204)
	w.do(browser("DELETE", sessions+"/"+other, nil, csrf)).refused(404, "session.unknown")

	w.do(browser("DELETE", sessions+"/others", nil, "")).refused(403, "session.cross_site")
	w.do(call{method: "DELETE", path: sessions + "/others"}).refused(401, "session.missing")
	if ended := w.do(browser("DELETE", sessions+"/others", nil, csrf)).want(200).get("ended").(float64); ended < 1 {
		t.Errorf("%v ended", ended)
	}
	w.do(call{method: "GET", path: current, token: token}).refused(401, "session.invalid")

	const inbox, push = "/v1/citizen/inbox", "/v1/citizen/push-target"
	w.do(browser("GET", inbox, nil, "")).want(200)
	w.do(browser("POST", inbox+"/read", `{"up_to":1}`, "")).refused(403, "session.cross_site")
	w.do(browser("POST", push, `{"service":"fcm","token":"t"}`, "")).refused(403, "session.cross_site")
	w.do(browser("DELETE", push, nil, "")).refused(403, "session.cross_site")

	w.do(browser("DELETE", current, nil, "")).refused(403, "session.cross_site")
	gone := w.do(browser("DELETE", current, nil, csrf)).want(204)
	if set := gone.header.Get("Set-Cookie"); !strings.Contains(set, session.CookieName+"=;") || !strings.Contains(set, "expires=Thu, 01 Jan 1970") {
		t.Errorf("Set-Cookie %q", set)
	}
	w.do(browser("GET", current, nil, "")).refused(401, "session.invalid")
}

// browserCookie takes what a browser would keep and send, after looking at how
// it is to be kept.
func browserCookie(t *testing.T, a answer) (cookie, csrf string) {
	t.Helper()
	parsed, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Name != "__Host-giayto" || !parsed.Secure || !parsed.HttpOnly || parsed.SameSite != http.SameSiteStrictMode ||
		parsed.Path != "/" || parsed.Domain != "" || parsed.Expires.IsZero() {
		t.Errorf("cookie %+v", parsed)
	}
	if strings.Contains(string(a.body), parsed.Value) {
		t.Error("a script can read the token of the cookie")
	}
	return parsed.Name + "=" + parsed.Value, a.get("csrf_token").(string)
}

// cardPass reads the QR of a card at the desk of an agency.
func cardPass(t *testing.T, w *world, token string) {
	read := func(text string) call {
		return call{method: "POST", path: "/v1/agency/card-qr", token: token, body: map[string]string{"text": text}}
	}
	good := anh.number + "||" + anh.name + "|28022005|Nữ|Phường Ví Dụ, Thành phố Huế|99999999||CHA|MẸ"
	got := w.do(read(good)).want(200)
	want := `{"personal_administrative_number":"079305000123","name":"NGUYỄN THỊ MINH ÁNH","birthdate":"2005-02-28","sex":2,"address":"Phường Ví Dụ, Thành phố Huế","doubtful":["date_of_issuance"]}`
	if string(got.body) != want {
		t.Errorf("got  %s\nwant %s", got.body, want)
	}
	if p := w.do(read("https://example.com")).refused(422, "enrolment.card_qr_unreadable"); p.Field != "text" {
		t.Errorf("field %q", p.Field)
	}
	sharedRefusals(t, w, read(good))
}
