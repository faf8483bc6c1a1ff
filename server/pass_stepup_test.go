package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/verifier"
)

const presentations = "/v1/citizen/presentations"

// request to share.
type request map[string]any

func asking(claims ...string) request {
	return request{"documents": []any{map[string]any{"document": "can_cuoc", "claims": claims}}, "purpose": "Thuê nhà", "audience": "Khách sạn Ví Dụ"}
}

// confirm has the phone confirm a request, and gives the request with it.
func (p *phone) confirm(r request) request {
	p.w.t.Helper()
	begun := p.w.do(call{method: "POST", path: presentations + "/options", token: p.token, body: r}).want(201)
	options, err := json.Marshal(begun.get("publicKey"))
	if err != nil {
		p.w.t.Fatal(err)
	}
	answer, err := p.Get(options)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return r.with(answer)
}

func (r request) with(confirmation []byte) request {
	confirmed := request{"confirmation": json.RawMessage(confirmation)}
	for name, value := range r {
		confirmed[name] = value
	}
	return confirmed
}

func (p *phone) share(r request) answer {
	p.w.t.Helper()
	return p.w.do(call{method: "POST", path: presentations, token: p.token, body: r})
}

// stepUpPass shares what asks for more than a session.
func stepUpPass(t *testing.T, w *world) {
	p := newPhone(w, w.signIn(binh))
	number, age := asking("name", "personal_administrative_number"), asking("age_equal_or_over.18")
	p.share(age).want(201)
	if told := p.share(number).refused(403, "disclosure.step_up_required"); told.Field != "documents[0].claims[1]" {
		t.Errorf("field %q", told.Field)
	}
	w.do(call{method: "POST", path: presentations + "/options", token: p.token, body: number}).refused(409, "passkey.none")
	w.do(p.create(passkeys, nil)).want(201)
	confirmed := p.confirm(number)
	made := p.share(confirmed).want(201)
	_, list := w.publisher.TrustList()
	result, err := verifier.New(list, verifier.Options{}).Verify(made.get("text").(string), verifier.Check{Now: w.now(), Audience: "Khách sạn Ví Dụ"})
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := result.Claim("can_cuoc", "personal_administrative_number"); !ok || c.Value != binh.number {
		t.Errorf("shared %+v", result.Documents)
	}
	badConfirmations(t, w, p, number, confirmed)
	optionsRefusals(t, w, p, number)
	remotePass(t, w)

	var page struct {
		Entries []struct {
			Outcome, Code string
			Level         int
		}
	}
	w.do(call{method: "GET", path: "/v1/citizen/history?limit=100", token: p.token}).want(200).into(&page)
	seen := map[string]bool{}
	for _, e := range page.Entries {
		seen[e.Outcome+" "+e.Code] = true
		if (e.Level == 0) != (e.Outcome == "refused") {
			t.Errorf("entry %+v", e)
		}
	}
	for _, want := range []string{"refused disclosure.step_up_mismatch", "refused disclosure.over_asking"} {
		if !seen[want] {
			t.Errorf("the history lacks %s", want)
		}
	}
}

// badConfirmations: what a stolen session could try with a confirmation that it
// has, or with one that is not right.
func badConfirmations(t *testing.T, w *world, p *phone, number, used request) {
	p.share(used).refused(422, "passkey.challenge_unknown") // a replay
	for name, change := range map[string]func(request){
		"claims": func(r request) {
			r["documents"] = []any{map[string]any{"document": "can_cuoc", "claims": []string{"address.formatted"}}}
		},
		"audience":  func(r request) { r["audience"] = "Người khác" },
		"purpose":   func(r request) { delete(r, "purpose") },
		"challenge": func(r request) { r["challenge"] = "9f86d081884c7d65" },
		"lifetime":  func(r request) { r["ttl_seconds"] = 120 },
	} {
		other := p.confirm(number)
		change(other)
		if told := p.share(other).refused(422, "disclosure.step_up_mismatch"); told.Field != "confirmation" {
			t.Errorf("%s: field %q", name, told.Field)
		}
	}
	stolen := &phone{p.Authenticator, w, w.signIn(binh)} // another session of the same citizen
	stolen.share(p.confirm(number)).refused(422, "passkey.challenge_unknown")
	p.share(number.with([]byte("{}"))).refused(400, "request.malformed")
	for code, bad := range map[string]func(*authenticator.Answer){
		"passkey.user_not_verified": func(a *authenticator.Answer) { a.Flags &^= authenticator.UserVerified },
		"passkey.origin_wrong":      func(a *authenticator.Answer) { a.Origin = "https://evil.example" },
		"passkey.challenge_unknown": func(a *authenticator.Answer) { a.Challenge = a.Challenge[:32] },
	} {
		p.Misbehave = bad
		forged := p.confirm(number)
		p.Misbehave = nil
		p.share(forged).refused(422, code)
	}
	reauthenticated := call{method: "POST", path: presentations, token: p.token, body: number.with(mustJSON(t, p.get(reauthentication, nil).body.(map[string]any)["credential"]))}
	w.do(reauthenticated).refused(422, "passkey.challenge_unknown") // of another purpose
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// optionsRefusals: nobody is asked to confirm what cannot be shared.
func optionsRefusals(t *testing.T, w *world, p *phone, number request) {
	malformedPass(t, w, presentations+"/options", p.token, number)
	begin := func(r any, wrong bool) answer {
		return w.do(call{method: "POST", path: presentations + "/options", token: p.token, body: r, wrong: wrong})
	}
	begin(number.with([]byte("{}")), true).refused(400, "request.malformed")
	begin(request{"documents": []any{map[string]any{"document": "can_cuoc", "preset": "over18_shop", "claims": []string{"age_equal_or_over.18", "religion"}}}}, false).refused(422, "disclosure.over_asking")
	begin(request{"documents": []any{map[string]any{"credential": strings.Repeat("a", 26), "claims": []string{"name"}}}}, false).refused(404, "wallet.credential_unknown")
}

// remotePass: who enrolled without a check in person shares little, and no
// passkey makes it more.
func remotePass(t *testing.T, w *world) {
	code, _, err := w.sessions.IssueActivation(t.Context(), "c06", binh.number)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := w.sessions.SignIn(t.Context(), code, session.Opening{DeviceName: "Máy mới"})
	if err != nil {
		t.Fatal(err)
	}
	p := newPhone(w, token)
	w.do(p.create(passkeys, nil)).want(201)
	p.share(asking("age_equal_or_over.18")).want(201)
	p.share(asking("name")).refused(403, "disclosure.step_up_required")
	p.share(p.confirm(asking("name"))).want(201)
	p.share(asking("address.formatted")).refused(422, "disclosure.in_person_check_required")
	if p.exports() {
		t.Error("a credential for who was not checked in person")
	}
	w.do(call{method: "POST", path: presentations + "/options", token: token, body: asking("address.formatted")}).refused(422, "disclosure.in_person_check_required")
}

// exports reports whether the session is handed a whole credential.
func (p *phone) exports() bool {
	p.w.t.Helper()
	var listed struct{ Credentials []struct{ ID string } }
	p.w.do(call{method: "GET", path: "/v1/citizen/credentials", token: p.token}).want(200).into(&listed)
	var paper struct {
		Credential          string
		CredentialExpiresAt string `json:"credential_expires_at"`
		Claims              []any
	}
	p.w.do(call{method: "GET", path: "/v1/citizen/credentials/" + listed.Credentials[0].ID, token: p.token}).want(200).into(&paper)
	if len(paper.Claims) == 0 || (paper.Credential == "") != (paper.CredentialExpiresAt == "") {
		p.w.t.Errorf("paper %+v", paper)
	}
	return paper.Credential != ""
}
