package server_test

import (
	"testing"

	"github.com/giayto/giayto/server/session"
)

// shareFloodPass shares until the citizen is told to wait, in all sessions: each
// request stays in the history. Other citizens are not concerned.
func shareFloodPass(t *testing.T, w *world, token, second, other string) {
	body := map[string]any{"documents": []any{map[string]any{"document": "can_cuoc", "claims": []string{"age_equal_or_over.18"}}}}
	for range 2 * session.ShareBurst {
		a := w.do(call{method: "POST", path: "/v1/citizen/presentations", token: token, body: body})
		if a.status == 429 {
			a.refused(429, "request.too_many")
			if a.header.Get("Retry-After") != "2" {
				t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
			}
			w.do(call{method: "POST", path: presentations + "/options", token: token, body: body}).refused(429, "request.too_many")
			w.do(call{method: "POST", path: presentations, token: second, body: body}).refused(429, "request.too_many")
			w.do(call{method: "POST", path: presentations, token: other, body: body}).want(201)
			return
		}
		a.want(201)
	}
	t.Error("sharing has no limit")
}
