package main_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var metricsAt = regexp.MustCompile(`"msg":"metrics","addr":"(127\.0\.0\.1:\d+)"`)

// The operator learns when things end, from a listener of its own; the public
// one has no metrics.
func TestMetrics(t *testing.T) {
	p := start(t, t.TempDir(), "--admin-listen", "127.0.0.1:0")
	token := p.signIn()
	if status, _ := p.call("GET", "/v1/citizen/credentials", token, nil); status != http.StatusOK {
		t.Fatal(status)
	}
	at := metricsAt.FindStringSubmatch(p.log.String())
	if at == nil {
		t.Fatalf("no address of metrics in %s", p.log)
	}
	resp, err := http.Get("http://" + at[1] + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`giayto_hours_until_end{what="trust-list"} 167.`, `giayto_hours_until_end{what="status-list/csgt/1"} 23.`, `giayto_hours_until_end{what="key/disclosure/`,
		`giayto_http_requests_total{method="GET",route="/v1/citizen/credentials",status="200"} 1`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if status, _ := p.call("GET", "/metrics", "", nil); status != http.StatusNotFound {
		t.Errorf("the public listener answers /metrics with %d", status)
	}
	status, ready := p.call("GET", "/readyz", "", nil)
	if list, _ := ready["deadlines"].([]any); status != http.StatusOK || len(list) < 5 || list[0].(map[string]any)["what"] != "status-list/bhxh/1" {
		t.Errorf("%d %v", status, ready)
	}
}

func TestAdminPortTaken(t *testing.T) {
	p := start(t, t.TempDir())
	taken := strings.TrimPrefix(p.origin, "http://")
	data := t.TempDir()
	code, _, out := giayto(t, nil, "serve", "--dev", "--listen", "127.0.0.1:0", "--admin-listen", taken, "--data", data)
	if code != 2 || !strings.Contains(out, "address already in use") {
		t.Errorf("%d %s", code, out)
	}
}
