package server_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/server"
	"github.com/giayto/giayto/server/public"
	"github.com/giayto/giayto/server/session"
)

// malformedPass sends what every operation with a body refuses: nobody's, not
// JSON, of another form, and too large. valid is a body that is refused for
// nothing of that.
func malformedPass(t *testing.T, w *world, path, token string, valid any) {
	t.Helper()
	c := call{method: "POST", path: path, token: token, body: valid, wrong: true}
	text := c
	text.header = map[string]string{"Content-Type": "text/plain"}
	w.do(text).refused(415, "request.unsupported_media_type")
	unknown := c
	unknown.body = `{"x":1}`
	w.do(unknown).refused(400, "request.malformed")
	large := c
	large.body = strings.Repeat(" ", 20<<10)
	tooLarge(t, w, large)
	if token != "" {
		nobody := c
		nobody.token = ""
		w.do(nobody).refused(401, "session.missing")
		forged := nobody
		forged.header = map[string]string{"Cookie": session.CookieName + "=" + token}
		w.do(forged).refused(403, "session.cross_site")
	}
}

// phone is a citizen's app: a session and an authenticator.
type phone struct {
	*authenticator.Authenticator
	w     *world
	token string
}

func newPhone(w *world, token string) *phone {
	return &phone{&authenticator.Authenticator{Origin: origin}, w, token}
}

// options begins a ceremony.
func (p *phone) options(path string) []byte {
	p.w.t.Helper()
	begun := p.w.do(call{method: "POST", path: path + "/options", token: p.token, body: "{}"}).want(201)
	options, err := json.Marshal(begun.get("publicKey"))
	if err != nil {
		p.w.t.Fatal(err)
	}
	return options
}

// create and get are the answers to a ceremony, as the body of a request.
func (p *phone) create(path string, more map[string]any) call {
	p.w.t.Helper()
	answer, err := p.Create(p.options(path))
	return p.finish(path, answer, err, more)
}

func (p *phone) get(path string, more map[string]any) call {
	p.w.t.Helper()
	answer, err := p.Get(p.options(path))
	return p.finish(path, answer, err, more)
}

func (p *phone) finish(path string, answer []byte, err error, more map[string]any) call {
	p.w.t.Helper()
	if err != nil {
		p.w.t.Fatal(err)
	}
	body := map[string]any{"credential": json.RawMessage(answer)}
	maps.Copy(body, more)
	return call{method: "POST", path: path, token: p.token, body: body}
}

const (
	passkeys         = "/v1/citizen/passkeys"
	passkeySignIn    = "/v1/citizen/sessions/passkey"
	reauthentication = "/v1/citizen/sessions/current/reauthentication"
)

// passkeyPass walks registration, sign-in, reauthentication and what becomes of
// passkeys.
func passkeyPass(t *testing.T, w *world) {
	p := newPhone(w, w.signIn(anh))
	w.do(call{method: "POST", path: reauthentication + "/options", token: p.token, body: "{}"}).refused(409, "passkey.none")
	for _, path := range []string{passkeys, reauthentication} {
		malformedPass(t, w, path+"/options", p.token, "{}")
		malformedPass(t, w, path, p.token, `{"credential":{}}`)
	}
	malformedPass(t, w, passkeySignIn+"/options", "", "{}")
	malformedPass(t, w, passkeySignIn, "", `{"credential":{}}`)

	first := w.do(p.create(passkeys, map[string]any{"name": "Điện thoại của Ánh"})).want(201)
	if first.get("attestation_format") != "packed" || first.get("enrolment_level") != 2.0 || first.get("name") != "Điện thoại của Ánh" {
		t.Errorf("registered %s", first.body)
	}
	badRegistrations(t, w, p)
	token := signInPasskeyPass(t, w, p)
	p.token = token

	if !p.exports() {
		t.Error("no credential in a fresh session")
	}
	w.advance(session.FreshFor)
	if p.exports() {
		t.Error("a credential in a session that is no longer fresh")
	}
	w.do(call{method: "POST", path: passkeys + "/options", token: token, body: "{}"}).refused(403, "session.reauthentication_required")
	w.do(call{method: "DELETE", path: passkeys + "/" + first.get("id").(string), token: token}).refused(403, "session.reauthentication_required")
	badReauthentications(t, w, p)
	p.token = w.do(p.get(reauthentication, nil)).want(200).get("token").(string)
	if p.token == token {
		t.Error("the token was not replaced")
	}
	listPasskeysPass(t, w, p, first)
}

func badRegistrations(t *testing.T, w *world, p *phone) {
	for code, bad := range map[string]*authenticator.Authenticator{
		"passkey.origin_wrong":          {Origin: "https://evil.example"},
		"passkey.rp_id_wrong":           {Origin: origin, Misbehave: func(a *authenticator.Answer) { a.RPID = "evil.example" }},
		"passkey.user_not_verified":     {Origin: origin, Misbehave: func(a *authenticator.Answer) { a.Flags &^= authenticator.UserVerified }},
		"passkey.algorithm_not_offered": {Origin: origin, Algorithm: authenticator.ES384},
		"passkey.challenge_unknown":     {Origin: origin, Misbehave: func(a *authenticator.Answer) { a.Challenge[0] ^= 1 }},
		"passkey.attestation_invalid":   {Origin: origin, Misbehave: func(a *authenticator.Answer) { a.Forge = true }},
	} {
		other := &phone{bad, w, p.token}
		w.do(other.create(passkeys, nil)).refused(422, code)
	}
	taken := &phone{&authenticator.Authenticator{Origin: origin, Misbehave: func(a *authenticator.Answer) { a.Credential = p.Keys[0].ID }}, w, p.token}
	w.do(taken.create(passkeys, nil)).refused(409, "passkey.registered")
}

// signInPasskeyPass gives the token of a session that was opened with a passkey.
func signInPasskeyPass(t *testing.T, w *world, p *phone) string {
	anonymous := &phone{p.Authenticator, w, ""}
	for code, bad := range map[string]func(*authenticator.Answer){
		"passkey.origin_wrong":      func(a *authenticator.Answer) { a.Origin = "https://vi.example:8443" },
		"passkey.rp_id_wrong":       func(a *authenticator.Answer) { a.RPID = "example" },
		"passkey.user_not_verified": func(a *authenticator.Answer) { a.Flags &^= authenticator.UserVerified },
		"passkey.challenge_unknown": func(a *authenticator.Answer) { a.Challenge = make([]byte, 32) },
		"passkey.unknown":           func(a *authenticator.Answer) { a.Forge = true },
	} {
		p.Misbehave = bad
		status := 422
		if code == "passkey.unknown" {
			status = 401
		}
		w.do(anonymous.get(passkeySignIn, nil)).refused(status, code)
	}
	p.Misbehave = nil
	good := anonymous.get(passkeySignIn, nil)
	opened := w.do(good).want(201)
	w.do(good).refused(422, "passkey.challenge_unknown")
	if opened.get("method") != "passkey" || opened.get("level") != 2.0 {
		t.Errorf("opened %s", opened.body)
	}
	browser := w.do(anonymous.get(passkeySignIn, map[string]any{"mode": "cookie", "device_name": "Máy tính"})).want(201)
	browserCookie(t, browser)
	if browser.get("device") == opened.get("device") {
		t.Error("a new device is the old one")
	}
	return opened.get("token").(string)
}

func badReauthentications(t *testing.T, w *world, p *phone) {
	p.Misbehave = func(a *authenticator.Answer) { a.Flags &^= authenticator.UserVerified }
	w.do(p.get(reauthentication, nil)).refused(422, "passkey.user_not_verified")
	p.Misbehave = func(a *authenticator.Answer) { a.Forge = true }
	w.do(p.get(reauthentication, nil)).refused(401, "passkey.unknown")
	p.Misbehave = nil
}

func listPasskeysPass(t *testing.T, w *world, p *phone, first answer) {
	second := newPhone(w, p.token)
	added := w.do(second.create(passkeys, nil)).want(201)
	one := passkeys + "/" + added.get("id").(string)
	malformedPass(t, w, one+"/rename", p.token, `{"name":"x"}`)
	w.do(call{method: "POST", path: one + "/rename", token: w.signIn(binh), body: `{"name":"x"}`}).refused(404, "passkey.not_found")
	if got := w.do(call{method: "POST", path: one + "/rename", token: p.token, body: `{"name":"Máy bàn"}`}).want(200).get("name"); got != "Máy bàn" {
		t.Errorf("renamed %v", got)
	}
	var listed struct {
		Passkeys []struct {
			ID, Name string
			UsedAt   string `json:"used_at"`
		}
	}
	w.do(call{method: "GET", path: passkeys, token: p.token}).want(200).into(&listed)
	if len(listed.Passkeys) != 2 || listed.Passkeys[0].ID != first.get("id") || listed.Passkeys[0].UsedAt == "" || listed.Passkeys[1].UsedAt != "" {
		t.Errorf("listed %+v", listed)
	}
	w.do(call{method: "GET", path: passkeys}).refused(401, "session.missing")
	w.do(call{method: "DELETE", path: one}).refused(401, "session.missing")
	w.do(call{method: "DELETE", path: one, token: w.signIn(binh)}).refused(404, "passkey.not_found")
	w.do(call{method: "DELETE", path: one, token: p.token}).want(204)
	w.do(call{method: "DELETE", path: passkeys + "/" + listed.Passkeys[0].ID, token: p.token}).refused(409, "passkey.last")
	for range session.MaxPasskeys - 1 {
		w.do(newPhone(w, p.token).create(passkeys, nil)).want(201)
	}
	w.do(call{method: "POST", path: passkeys + "/options", token: p.token, body: "{}"}).refused(409, "passkey.too_many")
	p.Misbehave = func(a *authenticator.Answer) { a.Counter = 1 }
	w.do((&phone{p.Authenticator, w, ""}).get(passkeySignIn, nil)).refused(422, "passkey.cloned")
	p.Misbehave = nil

	var events struct {
		Events []struct{ Kind, Code, Passkey string }
	}
	w.do(call{method: "GET", path: "/v1/citizen/events?limit=100", token: p.token}).want(200).into(&events)
	told := map[string]int{}
	for _, e := range events.Events {
		told[e.Kind+" "+e.Code]++
	}
	for _, want := range []string{"passkey.registered ", "passkey.removed ", "passkey.cloned ", "access.refused passkey.origin_wrong", "access.refused passkey.unknown"} {
		if told[want] == 0 {
			t.Errorf("the citizen is not told of %s: %v", want, told)
		}
	}
}

// appsPass: the files that phones look for are there when apps are configured,
// and only then.
func appsPass(t *testing.T, w *world) {
	links := w.do(call{method: "GET", path: "/.well-known/assetlinks.json"}).want(200)
	if want := `[{"relation":["delegate_permission/common.handle_all_urls","delegate_permission/common.get_login_creds"],"target":{"namespace":"android_app","package_name":"vn.giayto.example","sha256_cert_fingerprints":["AB:CD"]}}]`; string(links.body) != want {
		t.Errorf("assetlinks.json %s", links.body)
	}
	site := w.do(call{method: "GET", path: "/.well-known/apple-app-site-association"}).want(200)
	if want := `{"webcredentials":{"apps":["A1B2C3D4E5.vn.giayto.example"]}}`; string(site.body) != want || site.header.Get("Content-Type") != "application/json" {
		t.Errorf("apple-app-site-association %s as %s", site.body, site.header.Get("Content-Type"))
	}
	none := newWorld(t, func(d *server.Deps) { d.Apps = public.Apps{} })
	none.spec = w.spec
	for _, path := range []string{"/.well-known/assetlinks.json", "/.well-known/apple-app-site-association"} {
		w.do(call{method: "GET", path: path, header: map[string]string{"If-None-Match": "*"}}).want(304)
		none.do(call{method: "GET", path: path}).refused(404, "request.no_such_route")
	}
}
