package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/internal/fcmtest"
)

// killRounds is how often the server is killed; GIAYTO_KILL_ROUNDS says another
// number (make crash: 200).
const killRounds = 20

// crowd is how many citizens something happens to at the same time.
const crowd = 6

// resident is a citizen of the crash test, with what the test knows to be true.
type resident struct {
	number int // of the phone
	person string
	token  string // of the session
	// acked are changes that the server has answered; begun those that were
	// asked for, of which some may have been made without an answer.
	acked, begun int
	seen         []told // what the stream has given
	inbox        []told // what the inbox has in the end
}

// told is a notice.
type told struct {
	number   uint64
	id, kind string
}

func (r *resident) phone() string { return fmt.Sprintf("phone:%d", r.number) }

// TestKilledUnderLoad: the server is killed (SIGKILL) again and again while
// wallets are locked and unlocked, streams are followed and messages are sent
// through a service that refuses some. In the end every change that was made
// stands in the inbox of its citizen, has come over the stream once and in order,
// and has reached that citizen's phone and nobody else's. No log and no message
// tells anything about a person.
func TestKilledUnderLoad(t *testing.T) {
	rounds := killRounds
	if n, err := strconv.Atoi(os.Getenv("GIAYTO_KILL_ROUNDS")); err == nil {
		rounds = n
	}
	c := newCrash(t)
	c.settle()
	random := rand.New(rand.NewPCG(1, 2)) // the same every time
	for round := range rounds {
		c.round(1 + random.IntN(25))
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	c.drain()
	total := 0
	for _, r := range c.residents {
		c.check(r, rounds)
		total += r.acked
	}
	c.private()
	messages, _ := google().Counts()
	t.Logf("%d rounds, %d changes answered, %d messages tried, %d of them refused", rounds, total, messages, c.refused.Load())
	if total < rounds*crowd/4 || c.refused.Load() == 0 {
		t.Error("there was hardly any load: the test proves little")
	}
}

// crash is the deployment under test.
type crash struct {
	t         *testing.T
	phones    *phones
	data      string
	secrets   []string
	residents []*resident
	logs      []*buffer
	refused   atomic.Int64

	mu      sync.Mutex
	arrived map[string]map[string]int // phone, event, times
}

func newCrash(t *testing.T) *crash {
	t.Helper()
	c := &crash{t: t, phones: newPhones(t), data: filepath.Join(t.TempDir(), "data"), arrived: map[string]map[string]int{}}
	count := 0
	google().Answers(func(m fcmtest.Message) fcmtest.Answer {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch count++; {
		case count%7 == 0:
			c.refused.Add(1)
			return fcmtest.Refusal(503, "UNAVAILABLE", "UNAVAILABLE", "")
		case count%11 == 0:
			// Taken, and the answer is lost: it will come again.
			c.deliver(m)
			c.refused.Add(1)
			return fcmtest.Answer{Cut: true}
		}
		c.deliver(m)
		return fcmtest.Answer{}
	})
	for line := range bytes.Lines(demo.Registers(time.Now())[0].NDJSON) {
		var record struct {
			Claims map[string]any `json:"claims"`
		}
		if err := json.Unmarshal(line, &record); err != nil {
			t.Fatal(err)
		}
		c.note(record.Claims)
		number, _ := record.Claims["personal_administrative_number"].(string)
		if number != demo.Star() && len(c.residents) < crowd {
			c.residents = append(c.residents, &resident{number: len(c.residents), person: number})
		}
	}
	return c
}

// note keeps the texts of a record that could tell a person.
func (c *crash) note(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			c.note(member)
		}
	case []any:
		for _, item := range v {
			c.note(item)
		}
	case string:
		if len(v) >= 8 {
			c.secrets = append(c.secrets, v)
		}
	}
}

// deliver notes what a phone has got.
func (c *crash) deliver(m fcmtest.Message) {
	if c.arrived[m.Token] == nil {
		c.arrived[m.Token] = map[string]int{}
	}
	c.arrived[m.Token][m.Data["event"]]++
}

func (c *crash) start() *program {
	c.t.Helper()
	p := c.phones.start(c.data)
	c.logs = append(c.logs, p.log)
	return p
}

// settle signs everybody in, with a phone.
func (c *crash) settle() {
	c.t.Helper()
	p := c.start()
	for _, r := range c.residents {
		status, out := p.call("POST", "/v1/agency/activations", p.tokens["c06"], map[string]any{"personal_administrative_number": r.person})
		if status != http.StatusCreated {
			c.t.Fatalf("%d %v", status, out)
		}
		p.code = out["activation_code"].(string)
		r.token = p.signIn()
		p.register(r.token, r.phone())
	}
	p.kill()
	_ = p.done()
}

// round runs a server under load and kills it after so many answers.
func (c *crash) round(answers int) {
	p := c.start()
	var left atomic.Int64
	left.Store(int64(answers))
	ctx, stop := context.WithCancel(c.t.Context())
	defer stop()
	var busy sync.WaitGroup
	for _, r := range c.residents {
		busy.Go(func() {
			for c.change(p, r) {
				if left.Add(-1) == 0 {
					p.kill()
				}
			}
		})
		busy.Go(func() { c.follow(ctx, p, r, math.MaxUint64) })
	}
	busy.Wait() // everybody has lost the server
	_ = p.done()
}

// change locks or unlocks a wallet; false when the server is gone.
func (c *crash) change(p *program, r *resident) bool {
	body := map[string]any{"personal_administrative_number": r.person}
	path := "/v1/agency/citizens/unlock"
	if r.begun%2 == 0 {
		path, body["reason"] = "/v1/agency/citizens/lock", "holder_request"
	}
	raw, _ := json.Marshal(body)
	request, err := http.NewRequestWithContext(c.t.Context(), "POST", p.origin+path, bytes.NewReader(raw))
	if err != nil {
		c.t.Error(err)
		return false
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+p.tokens["c06"])
	r.begun++
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var answer struct {
		Changed bool `json:"changed"`
	}
	if raw, err = io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK || json.Unmarshal(raw, &answer) != nil {
		if err == nil && response.StatusCode != http.StatusOK {
			c.t.Errorf("%s: %d %s", path, response.StatusCode, raw)
		}
		return false
	}
	if answer.Changed { // or it had been made already, without an answer
		r.acked++
	}
	return true
}

// follow reads a citizen's stream from where it was left, until a number has
// come or the server is gone.
func (c *crash) follow(ctx context.Context, p *program, r *resident, until uint64) {
	request, err := http.NewRequestWithContext(ctx, "GET", p.origin+"/v1/citizen/inbox/stream?after=0", nil)
	if err != nil {
		c.t.Error(err)
		return
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	if n := len(r.seen); n > 0 {
		request.Header.Set("Last-Event-ID", strconv.FormatUint(r.seen[n-1].number, 10))
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		c.t.Errorf("stream: %d", response.StatusCode)
		return
	}
	last := func() uint64 {
		if len(r.seen) == 0 {
			return 0
		}
		return r.seen[len(r.seen)-1].number
	}
	for lines := bufio.NewScanner(response.Body); last() < until && lines.Scan(); {
		data, found := strings.CutPrefix(lines.Text(), "data: ")
		if !found {
			continue
		}
		var n struct {
			Number uint64 `json:"number"`
			ID     string `json:"id"`
			Kind   string `json:"kind"`
		}
		if err := json.Unmarshal([]byte(data), &n); err != nil {
			return // the line it was killed in
		}
		r.seen = append(r.seen, told{n.Number, n.ID, n.Kind})
	}
}

// drain runs a last server, two hours later, so that everything that waits is
// due, until nothing waits any more and every stream has caught up.
func (c *crash) drain() {
	c.t.Helper()
	google().Answers(func(m fcmtest.Message) fcmtest.Answer {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.deliver(m)
		return fcmtest.Answer{}
	})
	path := filepath.Join(bin, "giayto-later")
	out, err := exec.Command("go", "build", "-ldflags", "-X main.clockOffset=2h -X main.fcmEndpoint="+google().Endpoint(), "-o", path, "../giayto").CombinedOutput()
	if err != nil {
		c.t.Fatalf("%v\n%s", err, out)
	}
	p := startProgram(c.t, path, c.data, "--fcm-account", c.phones.account, "--admin-listen", "127.0.0.1:0")
	c.logs = append(c.logs, p.log)
	p.scrape(c.t, "giayto_push_oldest_waiting_seconds 0", "giayto_push_dead_letters 0")
	for _, r := range c.residents {
		r.inbox = c.inbox(p, r)
		c.follow(c.t.Context(), p, r, uint64(len(r.inbox)))
	}
}

// inbox reads the whole inbox of a citizen, oldest first.
func (c *crash) inbox(p *program, r *resident) []told {
	c.t.Helper()
	var all []told
	for query := "?limit=100"; ; {
		status, out := p.call("GET", "/v1/citizen/inbox"+query, r.token, nil)
		if status != http.StatusOK {
			c.t.Fatalf("%d %v", status, out)
		}
		for _, one := range out["notices"].([]any) {
			n := one.(map[string]any)
			all = append(all, told{uint64(n["number"].(float64)), n["id"].(string), n["kind"].(string)})
		}
		if out["more"] != true {
			slices.Reverse(all)
			return all
		}
		query = fmt.Sprintf("?limit=100&before=%d", all[len(all)-1].number)
	}
}

// check compares what a citizen was told, by each way, with what happened.
func (c *crash) check(r *resident, rounds int) {
	c.t.Helper()
	changes, arrived := 0, c.arrived[r.phone()]
	own := map[string]bool{}
	for i, n := range r.inbox {
		own[n.id] = true
		if n.number != uint64(i)+1 {
			c.t.Errorf("%s: notice %d at place %d of the inbox", r.phone(), n.number, i+1)
		}
		if i >= len(r.seen) || r.seen[i] != n {
			c.t.Errorf("%s: the stream gave something else than notice %d of the inbox", r.phone(), n.number)
		}
		if !strings.HasPrefix(n.kind, "wallet.") {
			continue
		}
		if changes++; arrived[n.id] == 0 {
			c.t.Errorf("%s: notice %d (%s) never reached the phone", r.phone(), n.number, n.kind)
		}
	}
	if len(r.seen) != len(r.inbox) {
		c.t.Errorf("%s: %d notices came over the stream, %d are in the inbox", r.phone(), len(r.seen), len(r.inbox))
	}
	// One change of each round may have been made without an answer.
	if changes < r.acked || changes > r.acked+rounds {
		c.t.Errorf("%s: %d changes are told, %d were answered", r.phone(), changes, r.acked)
	}
	for id := range arrived {
		if !own[id] {
			c.t.Errorf("%s got a message about somebody else", r.phone())
		}
	}
}

// private looks for texts of the register in every log and every message.
func (c *crash) private() {
	c.t.Helper()
	var all strings.Builder
	for _, log := range c.logs {
		all.WriteString(log.String())
	}
	lines := strings.Count(all.String(), "\n")
	for _, raw := range google().Raw() {
		all.Write(raw)
	}
	text := all.String()
	if len(c.secrets) < 1000 || lines < 100 {
		c.t.Errorf("%d texts, %d lines: not much of a test", len(c.secrets), lines)
	}
	for _, secret := range c.secrets {
		if strings.Contains(text, secret) {
			c.t.Errorf("a log or a message tells %q", secret)
		}
	}
	for _, r := range c.residents {
		if strings.Contains(text, r.token) {
			c.t.Error("a log or a message tells the token of a session")
		}
	}
}
