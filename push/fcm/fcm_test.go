package fcm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fcmtest"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/push/fcm"
)

var start = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// world is a sender in front of a server that speaks FCM, with a clock that a
// test moves.
type world struct {
	t      *testing.T
	google *fcmtest.Server
	sender *fcm.Sender
	mu     sync.Mutex
	clock  time.Time
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, google: fcmtest.New(), clock: start}
	t.Cleanup(w.google.Close)
	path := accountFile(t, w.google.Account())
	account, err := fcm.ReadAccount(path)
	if err != nil {
		t.Fatal(err)
	}
	if account.Project() != fcmtest.Project {
		t.Errorf("project %q", account.Project())
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	w.sender, err = fcm.New(t.Context(), fcm.Config{Account: account, Transport: transport, Now: w.now, Endpoint: w.google.Endpoint()})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func accountFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var note = push.Note{Token: "abc:DEF", Event: "k5rj2x7wq3mzt4ydvh6n5pbc2a", Category: push.CategorySecurity, Lifetime: 90*time.Minute + 500*time.Millisecond, Urgent: true}

func (w *world) send() push.Reply { return w.sender.Send(w.t.Context(), note) }

// TestMessage: what goes over the wire, member by member.
func TestMessage(t *testing.T) {
	w := newWorld(t)
	quiet := note
	quiet.Urgent, quiet.Category = false, push.CategoryCredential
	long, late := note, note
	long.Lifetime, late.Lifetime = 1000*24*time.Hour, -time.Second
	for _, n := range []push.Note{note, quiet, long, late} {
		if r := w.sender.Send(t.Context(), n); r != (push.Reply{Verdict: push.Taken}) {
			t.Fatalf("%+v", r)
		}
	}
	raw := w.google.Raw()
	var first any
	if err := json.Unmarshal(raw[0], &first); err != nil {
		t.Fatal(err)
	}
	want := `{"message":{"android":{"collapse_key":"security","priority":"high","ttl":"5400s"},` +
		`"apns":{"headers":{"apns-collapse-id":"security","apns-expiration":"` + fmt.Sprint(start.Unix()+5400) + `","apns-priority":"5","apns-push-type":"background"},"payload":{"aps":{"content-available":1}}},` +
		`"data":{"category":"security","event":"k5rj2x7wq3mzt4ydvh6n5pbc2a"},"token":"abc:DEF"}}`
	if got, err := json.Marshal(first); err != nil || string(got) != want {
		t.Errorf("the message\n%s\nwant\n%s", got, want)
	}
	sent := w.google.Taken()
	if m := sent[1]; m.Android.Priority != "normal" || m.Android.CollapseKey != "credential" {
		t.Errorf("a quiet message: %+v", m)
	}
	if m := sent[2]; m.Android.TTL != "2419200s" {
		t.Errorf("a long life is %s, at most 28 days", m.Android.TTL)
	}
	if m := sent[3]; m.Android.TTL != "0s" {
		t.Errorf("an ended life is %s", m.Android.TTL)
	}
	if broken := w.google.Broken(); broken != nil {
		t.Error(broken)
	}
}

// TestReplies: what FCM says decides, and its text goes nowhere.
func TestReplies(t *testing.T) {
	refusal := fcmtest.Refusal
	after := func(a fcmtest.Answer, value string) fcmtest.Answer {
		a.Header = map[string]string{"Retry-After": value}
		return a
	}
	for name, c := range map[string]struct {
		answer fcmtest.Answer
		want   push.Reply
	}{
		"unregistered":            {refusal(404, "NOT_FOUND", "UNREGISTERED", ""), push.Reply{Verdict: push.Unregistered, Reason: "unregistered"}},
		"a 404 of something else": {refusal(404, "NOT_FOUND", "", ""), push.Reply{Reason: "not_found"}},
		"a 404 of a proxy":        {fcmtest.Answer{Status: 404, Body: "<html>UNREGISTERED</html>"}, push.Reply{Reason: "not_found"}},
		"not a token":             {refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.token"), push.Reply{Verdict: push.Unregistered, Reason: "not_a_token"}},
		"another argument":        {refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.android.ttl"), push.Reply{Verdict: push.Rejected, Reason: "argument"}},
		"an argument":             {refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", ""), push.Reply{Verdict: push.Rejected, Reason: "argument"}},
		"a 400 of something else": {refusal(400, "INVALID_ARGUMENT", "", ""), push.Reply{Reason: "status_400"}},
		"another project":         {refusal(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", ""), push.Reply{Verdict: push.Unregistered, Reason: "other_project"}},
		"forbidden":               {refusal(403, "PERMISSION_DENIED", "", ""), push.Reply{Reason: "forbidden"}},
		"Apple":                   {refusal(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", ""), push.Reply{Reason: "apple_credentials"}},
		"quota":                   {after(refusal(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", ""), "37"), push.Reply{Reason: "quota", RetryAfter: 37 * time.Second}},
		"quota until a date":      {after(refusal(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", ""), start.Add(time.Minute).Format(http.TimeFormat)), push.Reply{Reason: "quota", RetryAfter: time.Minute}},
		"quota until yesterday":   {after(refusal(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", ""), start.Add(-time.Hour).Format(http.TimeFormat)), push.Reply{Reason: "quota"}},
		"a bare 429":              {after(fcmtest.Answer{Status: 429}, "x"), push.Reply{Reason: "quota"}},
		"internal":                {refusal(500, "INTERNAL", "INTERNAL", ""), push.Reply{Reason: "unavailable"}},
		"unavailable":             {after(refusal(503, "UNAVAILABLE", "UNAVAILABLE", ""), "5"), push.Reply{Reason: "unavailable", RetryAfter: 5 * time.Second}},
		"a bare 503":              {fcmtest.Answer{Status: 503}, push.Reply{Reason: "unavailable"}},
		"a portal":                {fcmtest.Answer{Status: 200, Body: "<html>sign in</html>"}, push.Reply{Reason: "status_200"}},
		"a redirect":              {fcmtest.Answer{Status: 307, Header: map[string]string{"Location": "/elsewhere"}}, push.Reply{Reason: "status_307"}},
		"a flood":                 {fcmtest.Answer{Status: 500, Body: strings.Repeat("a", 1<<20)}, push.Reply{Reason: "unavailable"}},
		"cut off":                 {fcmtest.Answer{Cut: true}, push.Reply{Reason: "unreachable"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.google.Answers(func(fcmtest.Message) fcmtest.Answer { return c.answer })
			if got := w.send(); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			most := 1
			if c.answer.Cut || c.answer.Status == 401 {
				most = 2 // Go's own client tries a cut connection again; a refused token is replaced
			}
			if n, _ := w.google.Counts(); n < 1 || n > most {
				t.Errorf("tried %d times", n)
			}
			w.google.Answers(nil)
			if got := w.send(); got.Verdict != push.Taken {
				t.Errorf("afterwards %+v", got)
			}
			if broken := w.google.Broken(); broken != nil {
				t.Error(broken)
			}
		})
	}
}

// TestHang: a service that says nothing is given up at the deadline.
func TestHang(t *testing.T) {
	w := newWorld(t)
	arrived := make(chan struct{})
	w.google.Answers(func(fcmtest.Message) fcmtest.Answer {
		close(arrived)
		return fcmtest.Answer{Hang: true}
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	if got := w.sender.Send(ctx, note); got != (push.Reply{Reason: "timeout"}) {
		t.Errorf("%+v", got)
	}
}

// TestTokens: one token serves until shortly before its end, and one that is
// refused earlier is replaced.
func TestTokens(t *testing.T) {
	w := newWorld(t)
	want := func(what string, tokens int) {
		t.Helper()
		if got := w.send(); got.Verdict != push.Taken {
			t.Errorf("%s: %+v", what, got)
		}
		if _, n := w.google.Counts(); n != tokens {
			t.Errorf("%s: %d tokens asked for, want %d", what, n, tokens)
		}
	}
	want("the first", 1)
	want("again", 1)
	w.advance(58 * time.Minute)
	want("shortly before its end", 1)
	w.advance(time.Minute + time.Second)
	want("at its end", 2)
	w.google.Forget()
	want("withdrawn", 3)
	messages, _ := w.google.Counts()
	if messages != 6 {
		t.Errorf("%d messages sent, want 6: one was refused for its token", messages)
	}
	// Many at once ask for one token.
	w.google.Forget()
	var sent sync.WaitGroup
	for range 16 {
		sent.Go(func() { w.send() })
	}
	sent.Wait()
	if _, n := w.google.Counts(); n != 4 {
		t.Errorf("%d tokens asked for, want 4", n)
	}
}

// TestNoToken: an account that is refused gets nothing sent, and does not ask
// again with each message.
func TestNoToken(t *testing.T) {
	for name, answer := range map[string]fcmtest.Answer{
		"refused":     {Status: 400, Body: `{"error":"invalid_grant","error_description":"k5rj2x7wq3mzt4ydvh6n5pbc2a"}`},
		"unavailable": {Status: 503}, "nonsense": {Status: 200, Body: "<html>"}, "cut off": {Cut: true},
		"an empty one": {Status: 200, Body: `{"access_token":"","expires_in":3600}`}, "moved": {Status: 307, Header: map[string]string{"Location": "/v1/elsewhere"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.google.Tokens(time.Hour, func() fcmtest.Answer { return answer })
			for range 5 {
				if got := w.send(); got != (push.Reply{Reason: "no_access_token"}) {
					t.Fatalf("%+v", got)
				}
			}
			if messages, tokens := w.google.Counts(); messages != 0 || tokens > 2 {
				t.Errorf("%d messages, %d tokens", messages, tokens)
			}
			w.google.Tokens(time.Hour, nil)
			w.advance(5 * time.Second)
			if got := w.send(); got.Verdict != push.Taken {
				t.Errorf("afterwards %+v", got)
			}
		})
	}
	t.Run("a hang", func(t *testing.T) {
		w := newWorld(t)
		arrived := make(chan struct{}, 1)
		w.google.Tokens(time.Hour, func() fcmtest.Answer { arrived <- struct{}{}; return fcmtest.Answer{Hang: true} })
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-arrived; cancel() }()
		if got := w.sender.Send(ctx, note); got != (push.Reply{Reason: "timeout"}) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("refused in the middle", func(t *testing.T) {
		w := newWorld(t)
		w.send()
		w.google.Forget()
		w.google.Tokens(time.Hour, func() fcmtest.Answer { return fcmtest.Answer{Status: 401} })
		if got := w.send(); got != (push.Reply{Reason: "no_access_token"}) {
			t.Errorf("%+v", got)
		}
	})
}

// TestUnreachable: nobody listens.
func TestUnreachable(t *testing.T) {
	w := newWorld(t)
	w.send()
	w.google.Close()
	if got := w.send(); got != (push.Reply{Reason: "unreachable"}) {
		t.Errorf("%+v", got)
	}
}

func TestReadAccount(t *testing.T) {
	google := fcmtest.New()
	defer google.Close()
	changed := func(member, value string) []byte {
		var m map[string]string
		if err := json.Unmarshal(google.Account(), &m); err != nil {
			t.Fatal(err)
		}
		m[member] = value
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	const secret = "k5rj2x7wq3mzt4ydvh6n5pbc2a"
	files := map[string]struct {
		content []byte
		said    string
	}{
		"empty": {nil, "not the JSON file"}, "text": {[]byte(secret), "not the JSON file"}, "a list": {[]byte(`["` + secret + `"]`), "not the JSON file"},
		"another kind":      {changed("type", "authorized_user"), "type"},
		"no project":        {changed("project_id", ""), "project_id"},
		"a path as project": {changed("project_id", "../../"+secret), "project_id"},
		"no address":        {changed("client_email", ""), "client_email"},
		"no key":            {changed("private_key", secret), "private_key"},
		"a broken key":      {changed("private_key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "private_key"},
		"no endpoint":       {changed("token_uri", ""), "token_uri"},
		"in the clear":      {changed("token_uri", "http://example.com/"+secret), "token_uri"},
		"a file":            {changed("token_uri", "file:///etc/passwd"), "token_uri"},
		"huge":              {changed("client_email", strings.Repeat("a", 70<<10)), "not the JSON file"},
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c := files[name]
		_, err := fcm.ReadAccount(accountFile(t, c.content))
		if err == nil || !strings.Contains(err.Error(), c.said) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v, want %q", name, err, c.said)
		}
	}
	open := accountFile(t, google.Account())
	if err := os.Chmod(open, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := fcm.ReadAccount(open); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others can read: %v", err)
	}
	if _, err := fcm.ReadAccount(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	account, err := fcm.ReadAccount(accountFile(t, google.Account()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fcm.New(t.Context(), fcm.Config{Account: account, Now: time.Now, Endpoint: "http://example.com/v1"}); err == nil {
		t.Error("an endpoint in the clear is taken")
	}
	if _, err := fcm.New(t.Context(), fcm.Config{Account: account, Now: time.Now}); err != nil {
		t.Errorf("Google's endpoint: %v", err)
	}
}
