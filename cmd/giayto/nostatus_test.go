package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Without a key for status lists no credential is issued, because it would name
// a place in a list that nobody can fetch; presentations go on. The operator is
// told everywhere.
func TestNoStatusKey(t *testing.T) {
	c := newCeremony(t, "https://giayto.example")
	path, _ := registerFile(t, false)
	must(t, "import", "--agency", "c06", "--data", c.data, path)
	agency := strings.TrimSpace(must(t, "agency-token", "--agency", "c06", "--data", c.data))
	var list struct{ Keys []key }
	if err := json.Unmarshal([]byte(must(t, "keys", "list", "--json", "--data", c.data)), &list); err != nil {
		t.Fatal(err)
	}
	revoked := 0
	for _, k := range list.Keys {
		if k.Purpose == "status" {
			must(t, "keys", "revoke", k.KeyID, "--reason", "key_compromise", "--data", c.data)
			revoked++
		}
	}
	if revoked != 1 {
		t.Fatalf("%d status keys", revoked)
	}

	code, _, said := giayto(t, nil, "import", "--agency", "csgt", "--data", c.data, path)
	if code == 0 || !strings.Contains(said, "cannot sign: no key may sign for status") {
		t.Errorf("import: exit %d, %s", code, said)
	}
	p := startPlain(t, c.data, "--admin-listen", "127.0.0.1:0")
	status, ready := p.call("GET", "/readyz", "", nil)
	checks, _ := ready["checks"].(map[string]any)
	if status != http.StatusOK || checks["status_lists"] != "missing" || checks["signing_key"] != "ok" {
		t.Errorf("%d %v", status, ready)
	}
	if !strings.Contains(p.log.String(), "no key may sign for status") {
		t.Errorf("the log does not tell: %s", p.log)
	}
	at := metricsAt.FindStringSubmatch(p.log.String())
	if at == nil {
		t.Fatalf("no address of metrics: %s", p.log)
	}
	answer, err := http.Get("http://" + at[1] + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); !strings.Contains(string(body), `giayto_hours_until_end{what="key/status"} 0`) {
		t.Error("the metrics do not tell")
	}
	p.activate(agency)
	status, out := p.call("POST", "/v1/citizen/presentations", p.signIn(), map[string]any{
		"documents": []any{map[string]any{"document": "can_cuoc", "claims": []string{"name"}}}})
	if status != http.StatusCreated {
		t.Errorf("a presentation: %d %v", status, out)
	}
}
