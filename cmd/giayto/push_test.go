package main_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fcmtest"
)

// google is the server that stands for FCM, and wired a build of the program
// that sends there; one each for all tests, which do not run at the same time.
var google = sync.OnceValue(fcmtest.New)

var wired = sync.OnceValues(func() (string, error) {
	path := filepath.Join(bin, "giayto-wired")
	out, err := exec.Command("go", "build", "-ldflags", "-X main.fcmEndpoint="+google().Endpoint(), "-o", path, "../giayto").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// phones listens to what is sent to phones.
type phones struct {
	t       *testing.T
	account string
	sent    chan fcmtest.Message
}

func newPhones(t *testing.T) *phones {
	t.Helper()
	p := &phones{t: t, account: filepath.Join(t.TempDir(), "account.json"), sent: make(chan fcmtest.Message, 1000)}
	if err := os.WriteFile(p.account, google().Account(), 0o600); err != nil {
		t.Fatal(err)
	}
	google().Answers(func(m fcmtest.Message) fcmtest.Answer {
		p.sent <- m
		return fcmtest.Answer{}
	})
	t.Cleanup(func() { google().Answers(nil) })
	return p
}

// next waits for the next message.
func (p *phones) next() fcmtest.Message {
	p.t.Helper()
	select {
	case m := <-p.sent:
		return m
	case <-time.After(time.Minute):
		p.t.Fatalf("no message; what Google did not understand: %v", google().Broken())
	}
	return fcmtest.Message{}
}

// startWired runs a server that sends to the phones.
func (p *phones) start(data string, options ...string) *program {
	p.t.Helper()
	path, err := wired()
	if err != nil {
		p.t.Fatal(err)
	}
	return startProgram(p.t, path, data, append([]string{"--fcm-account", p.account}, options...)...)
}

// licence gives the id of the demo citizen's licence.
func (p *program) licence(token string) string {
	p.t.Helper()
	_, out := p.call("GET", "/v1/citizen/credentials", token, nil)
	for _, c := range out["credentials"].([]any) {
		if one := c.(map[string]any); one["document"] == "gplx" {
			return one["id"].(string)
		}
	}
	p.t.Fatalf("no licence in %v", out)
	return ""
}

// newestNotice is the newest in the inbox.
func (p *program) newestNotice(token string) map[string]any {
	p.t.Helper()
	status, out := p.call("GET", "/v1/citizen/inbox?limit=1", token, nil)
	list, _ := out["notices"].([]any)
	if status != http.StatusOK || len(list) != 1 {
		p.t.Fatalf("%d %v", status, out)
	}
	return list[0].(map[string]any)
}

// register has messages sent to a phone.
func (p *program) register(token, phone string) {
	p.t.Helper()
	if status, out := p.call("POST", "/v1/citizen/push-target", token, map[string]any{"service": "fcm", "token": phone}); status != http.StatusNoContent {
		p.t.Fatalf("%d %v", status, out)
	}
}

// TestPush: what an agency does to a paper reaches the phone as a message that
// says nothing but where to look, and the phone finds it there.
func TestPush(t *testing.T) {
	phones := newPhones(t)
	p := phones.start(filepath.Join(t.TempDir(), "data"), "--admin-listen", "127.0.0.1:0")
	token := p.signIn()
	p.register(token, "phone:one")
	licence := p.licence(token)
	if status, out := p.call("POST", "/v1/agency/credentials/"+licence+"/suspend", p.tokens["csgt"], map[string]any{}); status != http.StatusOK {
		t.Fatalf("%d %v", status, out)
	}
	m := phones.next()
	if m.Token != "phone:one" || m.Data["category"] != "credential" || len(m.Data) != 2 || m.Android.CollapseKey != "credential" {
		t.Errorf("sent %+v", m)
	}
	if n := p.newestNotice(token); n["id"] != m.Data["event"] || n["kind"] != "credential.suspended" || n["credential"] != licence {
		t.Errorf("the notice %v of the message %v", n, m.Data)
	}

	// The app was removed: FCM says so once, and the phone gets nothing more.
	google().Answers(func(m fcmtest.Message) fcmtest.Answer {
		phones.sent <- m
		return fcmtest.Refusal(404, "NOT_FOUND", "UNREGISTERED", "")
	})
	p.call("POST", "/v1/agency/credentials/"+licence+"/restore", p.tokens["csgt"], map[string]any{})
	phones.next()
	p.scrape(t, `giayto_push_attempts_total{result="taken",service="fcm"} 1`, `giayto_push_attempts_total{result="unregistered",service="fcm"} 1`,
		"giayto_push_dead_letters 0", "giayto_push_oldest_waiting_seconds 0")

	// What FCM will never take becomes a dead letter.
	google().Answers(func(m fcmtest.Message) fcmtest.Answer {
		phones.sent <- m
		return fcmtest.Refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.data")
	})
	p.register(token, "phone:two")
	p.call("POST", "/v1/agency/credentials/"+licence+"/suspend", p.tokens["csgt"], map[string]any{})
	if m := phones.next(); m.Token != "phone:two" {
		t.Errorf("sent %+v", m)
	}
	p.scrape(t, "giayto_push_dead_letters 1", "giayto_push_oldest_waiting_seconds 0")
	if broken := google().Broken(); broken != nil {
		t.Error(broken)
	}
	// Its log is whole once it has ended.
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.done(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if log := p.log.String(); strings.Contains(log, "phone:") || !strings.Contains(log, `"reason":"argument"`) {
		t.Errorf("the log: %s", log)
	}
}

// scrape reads the metrics until they tell all of this.
func (p *program) scrape(t *testing.T, lines ...string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	address := ""
	for address == "" { // the line comes a little after the welcome
		if _, rest, found := strings.Cut(p.log.String(), `"msg":"metrics","addr":"`); found {
			address, _, _ = strings.Cut(rest, `"`)
		} else if time.Now().After(deadline) {
			t.Fatalf("no address of the metrics in the log: %s", p.log)
		}
	}
	for missing := lines; len(missing) > 0; {
		response, err := http.Get("http://" + address + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Fatal(err)
		}
		body := string(raw)
		missing = slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(body, line+"\n") })
		if time.Now().After(deadline) {
			t.Fatalf("the metrics never tell %q:\n%s", missing, body)
		}
	}
}

// TestPushRefusals: what is wrong with the account is told before anything
// listens.
func TestPushRefusals(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	open := filepath.Join(t.TempDir(), "open.json")
	if err := os.WriteFile(open, google().Account(), 0o644); err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.json")
	if err := os.WriteFile(wrong, []byte(`{"type":"authorized_user"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{open: "can be read by others", wrong: "service_account", filepath.Join(data, "missing"): "no such file"}
	for _, path := range slices.Sorted(maps.Keys(cases)) {
		exit, _, errs := giayto(t, []string{"GIAYTO_FCM_ACCOUNT=" + path}, "serve", "--dev", "--listen", "127.0.0.1:0", "--data", data)
		if exit != 2 || !strings.Contains(errs, cases[path]) {
			t.Errorf("%s: exit %d, %s", path, exit, errs)
		}
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("something was made: %v", err)
	}
	// Without an account nobody can register.
	p := start(t, data)
	token := p.signIn()
	if status, out := p.call("POST", "/v1/citizen/push-target", token, map[string]any{"service": "fcm", "token": "abc"}); status != 400 || out["code"] != "push.service_unknown" {
		t.Errorf("%d %v", status, out)
	}
}

// process is a running giayto push.
type process struct {
	cmd *exec.Cmd
	log *buffer
}

func (p *phones) process(socket string) process {
	p.t.Helper()
	path, err := wired()
	if err != nil {
		p.t.Fatal(err)
	}
	one := process{exec.Command(path, "push", "--socket", socket, "--fcm-account", p.account), &buffer{}}
	one.cmd.Stderr = one.log
	if err := one.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = one.cmd.Process.Kill(); _ = one.cmd.Wait() })
	return one
}

// TestPushProcess: messages are sent by a process that has neither the data nor
// the keys. It may come before the server, and be killed.
func TestPushProcess(t *testing.T) {
	phones := newPhones(t)
	dir, err := os.MkdirTemp("", "giayto") // a path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket, data := filepath.Join(dir, "push.sock"), filepath.Join(t.TempDir(), "data")
	first := phones.process(socket)
	p := start(t, data, "--push-socket", socket)
	token := p.signIn()
	p.register(token, "phone:one")
	licence := p.licence(token)
	act := func(what string) {
		t.Helper()
		if status, out := p.call("POST", "/v1/agency/credentials/"+licence+"/"+what, p.tokens["csgt"], map[string]any{}); status != http.StatusOK {
			t.Fatalf("%d %v", status, out)
		}
	}
	act("suspend")
	if m := phones.next(); m.Token != "phone:one" || m.Data["event"] != p.newestNotice(token)["id"] {
		t.Errorf("sent %+v", m)
	}
	if log := first.log.String(); !strings.Contains(log, "waiting for the server") || strings.Contains(log, "phone:") {
		t.Errorf("the log of giayto push: %s", log)
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.cmd.Wait()
	act("restore")
	second := phones.process(socket)
	if m := phones.next(); m.Data["event"] != p.newestNotice(token)["id"] {
		t.Errorf("sent %+v", m)
	}
	google().Answers(func(m fcmtest.Message) fcmtest.Answer {
		phones.sent <- m
		return fcmtest.Refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.data")
	})
	act("suspend")
	refused := phones.next()
	// The server tells dead letters while it runs, and its folder when it does not.
	var out string
	for deadline := time.Now().Add(time.Minute); !strings.Contains(out, "argument"); {
		exit, said, errs := giayto(t, nil, "push", "dead", "--socket", socket)
		if out = said; exit != 0 || time.Now().After(deadline) {
			t.Fatalf("exit %d: %s%s", exit, out, errs)
		}
	}
	if !strings.Contains(out, refused.Data["event"]) || strings.Contains(out, "phone:one") {
		t.Errorf("dead letters: %s", out)
	}
	if exit, _, errs := giayto(t, nil, "push", "dead", "--data", data); exit != 2 || !strings.Contains(errs, "--socket") {
		t.Errorf("beside a running server: exit %d, %s", exit, errs)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.done(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
	exit, out, errs := giayto(t, nil, "push", "dead", "--data", data, "--json")
	if exit != 0 || !strings.Contains(out, `"reason":"argument"`) || strings.Count(out, "\n") != 1 {
		t.Errorf("exit %d: %s%s", exit, out, errs)
	}
	if err := second.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := second.cmd.Wait(); err != nil {
		t.Errorf("giayto push ended with %v", err)
	}
}

func TestPushUsage(t *testing.T) {
	account := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(account, google().Account(), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	for _, c := range []struct {
		args []string
		said string
	}{
		{[]string{"push"}, "only the server has the data"},
		{[]string{"push", "--fcm-account", account}, "--push-socket"},
		{[]string{"push", "--socket", missing}, "--fcm-account"},
		{[]string{"push", "--socket", missing, "--fcm-account", missing}, "no such file"},
		{[]string{"push", "fly"}, `unexpected "fly"`},
		{[]string{"push", "dead", "more"}, "no arguments"},
		{[]string{"push", "dead", "--limit", "0"}, "--limit"},
		{[]string{"push", "dead", "--data", missing}, "no such file"},
		{[]string{"push", "dead", "--socket", missing}, "no server answers"},
		{[]string{"serve", "--fcm-account", account, "--push-socket", missing}, "either this process"},
		{[]string{"serve", "--dev", "--listen", "127.0.0.1:0", "--data", filepath.Join(missing, "data"), "--push-socket", account}, "is not a socket"},
	} {
		if exit, out, errs := giayto(t, nil, c.args...); exit != 2 || !strings.Contains(errs, c.said) {
			t.Errorf("giayto %v: exit %d, want 2 with %q\n%s%s", c.args, exit, c.said, out, errs)
		}
	}
}
