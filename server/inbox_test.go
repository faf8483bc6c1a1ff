package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server"
	"github.com/giayto/giayto/server/citizen"
	"github.com/giayto/giayto/wallet"
)

// tell brings what has happened into the inboxes.
func (w *world) tell() {
	w.t.Helper()
	for {
		n, err := w.spreader.Step(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// happen makes something happen to a citizen, of which they are told.
func (w *world) happen(p person) {
	w.t.Helper()
	if _, err := w.issuing.Lock(w.t.Context(), "c06", p.number, wallet.HolderRequest); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.issuing.Unlock(w.t.Context(), "c06", p.number); err != nil {
		w.t.Fatal(err)
	}
	w.tell()
}

type notice struct {
	Number                             uint64
	ID, Kind, At, Document, Credential string
	Code                               string
	Read                               bool
}

type inboxPage struct {
	Notices []notice
	Unread  int
	More    bool
}

func inboxPass(t *testing.T, w *world, token string) {
	const inbox = "/v1/citizen/inbox"
	list := func(token, query string) (page inboxPage) {
		t.Helper()
		w.do(call{method: "GET", path: inbox + query, token: token}).want(200).into(&page)
		return page
	}
	page := list(token, "")
	if len(page.Notices) != 0 || page.Unread != 0 || page.More {
		t.Errorf("before anything was told: %+v", page)
	}
	w.tell()
	page = list(token, "?limit=3")
	if len(page.Notices) != 3 || page.Unread != 6 || !page.More || page.Notices[0].Number != 6 || page.Notices[0].Kind != "access.refused" || page.Notices[0].Code == "" ||
		page.Notices[1].Kind != "device.enrolled" || page.Notices[0].Read {
		t.Errorf("first page: %+v", page)
	}
	page = list(token, "?before=3")
	if len(page.Notices) != 2 || page.More || page.Notices[1].Number != 1 || page.Notices[1].Credential == "" || page.Notices[1].Document != "can_cuoc" {
		t.Errorf("last page: %+v", page)
	}
	if got := w.do(call{method: "POST", path: inbox + "/read", token: token, body: `{"up_to":5}`}).want(200).get("unread"); got != 1.0 {
		t.Errorf("%v unread", got)
	}
	page = list(token, "")
	if page.Unread != 1 || page.Notices[0].Read || !page.Notices[1].Read {
		t.Errorf("after reading: %+v", page)
	}
	w.do(call{method: "POST", path: inbox + "/read", token: token, body: `{"up_to":7}`}).refused(400, "wallet.notice_unknown")
	for _, body := range []string{`{}`, `{"up_to":0}`, `{"up_to":-1}`, `{"up_to":9007199254740992}`, `{"up_to":1.5}`, `{"up_to":"1"}`, `{"up_to":1,"owner":"x"}`} {
		w.do(call{method: "POST", path: inbox + "/read", token: token, body: body, wrong: true}).refused(400, "request.malformed")
	}
	for _, q := range []string{"before=0", "before=-1", "before=9007199254740992", "before=x", "limit=101", "owner=x"} {
		w.do(call{method: "GET", path: inbox + "?" + q, token: token, wrong: true}).refused(400, "request.malformed")
	}
	tooLarge(t, w, call{method: "POST", path: inbox + "/read", token: token, body: strings.Repeat(" ", 20<<10), wrong: true})
	w.do(call{method: "POST", path: inbox + "/read", token: token, body: "x", header: map[string]string{"Content-Type": "text/plain"}, wrong: true}).refused(415, "request.unsupported_media_type")
	for _, c := range []call{{method: "GET", path: inbox}, {method: "POST", path: inbox + "/read", body: `{"up_to":1}`}, {method: "GET", path: inbox + "/stream"}} {
		w.do(c).refused(401, "session.missing")
		c.token = unknownToken
		w.do(c).refused(401, "session.invalid")
	}
	// Another citizen has an inbox of their own.
	own := map[string]bool{}
	for _, n := range list(token, "").Notices {
		own[n.ID] = true
	}
	for _, n := range list(w.signIn(binh), "").Notices {
		if own[n.ID] {
			t.Errorf("somebody else's notice: %+v", n)
		}
	}
	targetPass(t, w, token)
	streamPass(t, w, token)
}

func targetPass(t *testing.T, w *world, token string) {
	const target = "/v1/citizen/push-target"
	w.do(call{method: "POST", path: target, token: token, body: `{"service":"fcm","token":"abc:DEF-_1"}`}).want(204)
	w.do(call{method: "POST", path: target, token: token, body: `{"service":"apns","token":"abc"}`}).refused(400, "push.service_unknown")
	for _, body := range []string{`{"service":"fcm"}`, `{"service":"fcm","token":""}`, `{"service":"fcm","token":"a b"}`, `{"service":"fcm","token":"` + strings.Repeat("a", 1025) + `"}`, `{"service":"fcm","token":"abc","device":"x"}`} {
		w.do(call{method: "POST", path: target, token: token, body: body, wrong: true}).refused(400, "request.malformed")
	}
	tooLarge(t, w, call{method: "POST", path: target, token: token, body: strings.Repeat(" ", 20<<10), wrong: true})
	w.do(call{method: "POST", path: target, token: token, body: "x", header: map[string]string{"Content-Type": "text/plain"}, wrong: true}).refused(415, "request.unsupported_media_type")
	for range 2 {
		w.do(call{method: "DELETE", path: target, token: token}).want(204)
	}
	w.do(call{method: "POST", path: target, body: `{"service":"fcm","token":"abc"}`}).refused(401, "session.missing")
	w.do(call{method: "DELETE", path: target}).refused(401, "session.missing")
}

func streamPass(t *testing.T, w *world, token string) {
	for header, q := range map[string]string{"x": "", "-1": "", "9007199254740992": "", "1 2": "", "": "?after=x", " ": "?after=-1"} {
		w.do(call{method: "GET", path: "/v1/citizen/inbox/stream" + q, token: token, wrong: true, header: map[string]string{"Last-Event-ID": header}}).refused(400, "request.malformed")
	}
	w.do(call{method: "GET", path: "/v1/citizen/inbox/stream?after=99", token: token}).refused(400, "wallet.notice_unknown")
	w.do(call{method: "GET", path: "/v1/citizen/inbox/stream?after=1", token: token, header: map[string]string{"Last-Event-ID": "99"}}).refused(400, "wallet.notice_unknown")
	s := w.follow(token, "0", "")
	for n := uint64(1); n <= 5; n++ {
		if got := s.next(); got.Number != n {
			t.Errorf("notice %d, want %d", got.Number, n)
		}
	}
}

// stream is an open stream of notices.
type stream struct {
	w        *world
	response *http.Response
	lines    *bufio.Scanner
	close    context.CancelFunc
}

// follow opens a stream and reads its beginning.
func (w *world) follow(token, lastEventID, query string) *stream {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	r := w.request(call{method: "GET", path: "/v1/citizen/inbox/stream" + query, token: token})
	if lastEventID != "" {
		r.Header.Set("Last-Event-ID", lastEventID)
	}
	response, err := client.Do(r.WithContext(ctx))
	if err != nil {
		w.t.Fatal(err)
	}
	s := &stream{w, response, bufio.NewScanner(response.Body), cancel}
	w.t.Cleanup(func() { cancel(); _ = response.Body.Close() })
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" || response.Header.Get("Cache-Control") != "no-store" {
		w.t.Fatalf("stream: %d %v", response.StatusCode, response.Header)
	}
	begin := s.block()
	w.spec.check(w.t, w.request(call{method: "GET", path: "/v1/citizen/inbox/stream" + query, token: token}), nil, false, response, []byte(begin))
	if begin != "retry: 5000" {
		w.t.Errorf("a stream begins with %q", begin)
	}
	return s
}

// block reads up to the next empty line; "" at the end of the stream.
func (s *stream) block() string {
	var lines []string
	for s.lines.Scan() {
		if s.lines.Text() == "" {
			return strings.Join(lines, "\n")
		}
		lines = append(lines, s.lines.Text())
	}
	return ""
}

// next reads the next notice, past comments; the zero notice at the end.
func (s *stream) next() notice {
	s.w.t.Helper()
	for {
		block := s.block()
		if block == ":" {
			continue
		}
		if block == "" {
			return notice{}
		}
		id, data, found := strings.Cut(block, "\ndata: ")
		var n notice
		if err := json.Unmarshal([]byte(data), &n); !found || err != nil || id != fmt.Sprintf("id: %d", n.Number) {
			s.w.t.Fatalf("an event of the stream: %q (%v)", block, err)
		}
		return n
	}
}

// TestStream: notices arrive as they happen, and a client that comes back
// misses none and sees none twice.
func TestStream(t *testing.T) {
	w := newWorld(t)
	w.give(anh, "can_cuoc")
	w.give(binh, "can_cuoc")
	phone, tablet, stranger := w.signIn(anh), w.signIn(anh), w.signIn(binh)
	w.tell()
	live := w.follow(phone, "", "")
	others := w.follow(stranger, "", "")
	w.happen(anh)
	first, second := live.next(), live.next()
	if first.Kind != "wallet.locked" || second.Kind != "wallet.unlocked" || second.Number != first.Number+1 {
		t.Fatalf("%+v, %+v", first, second)
	}
	live.close()
	w.happen(anh)
	w.happen(binh)
	back := w.follow(phone, fmt.Sprint(first.Number), "")
	late := w.follow(tablet, "", fmt.Sprintf("?after=%d", second.Number))
	for n := second.Number; n <= second.Number+2; n++ {
		if got := back.next(); got.Number != n {
			t.Errorf("after coming back: %d, want %d", got.Number, n)
		}
		if n == second.Number {
			continue
		}
		if got := late.next(); got.Number != n {
			t.Errorf("the tablet: %d, want %d", got.Number, n)
		}
	}
	if got := others.next(); got.Kind != "wallet.locked" || got.Number != 3 {
		t.Errorf("the other citizen was told %+v", got)
	}
}

// TestStreamEndsWithSession: whoever is signed out is told nothing more, not
// even of what ended it.
func TestStreamEndsWithSession(t *testing.T) {
	for name, end := range map[string]func(w *world, token string){
		"signed out": func(w *world, token string) {
			w.do(call{method: "DELETE", path: "/v1/citizen/sessions/current", token: token}).want(204)
			w.happen(anh)
		},
		"lost phone": func(w *world, _ string) {
			if _, err := w.issuing.Lock(w.t.Context(), "c06", anh.number, wallet.LostPhone); err != nil {
				w.t.Fatal(err)
			}
			w.tell()
		},
		"expired": func(w *world, _ string) {
			w.advance(30 * 24 * time.Hour)
			w.happen(anh)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.give(anh, "can_cuoc")
			token := w.signIn(anh)
			w.tell()
			s := w.follow(token, "", "")
			end(w, token)
			if got := s.next(); got != (notice{}) || s.lines.Err() != nil {
				t.Errorf("told %+v, %v", got, s.lines.Err())
			}
		})
	}
}

// TestStreamHeartbeat: something comes even when nothing happens, and a session
// that has ended meanwhile is noticed.
func TestStreamHeartbeat(t *testing.T) {
	w := newBeatingWorld(t, time.Millisecond)
	w.give(anh, "can_cuoc")
	token := w.signIn(anh)
	w.tell()
	s := w.follow(token, "", "")
	for range 3 {
		if got := s.block(); got != ":" {
			t.Fatalf("a heartbeat is %q", got)
		}
	}
	w.do(call{method: "DELETE", path: "/v1/citizen/sessions/current", token: token}).want(204)
	if got := s.next(); got != (notice{}) {
		t.Errorf("told %+v", got)
	}
}

// TestStreamsEndWithServer: a stop does not wait for streams.
func TestStreamsEndWithServer(t *testing.T) {
	w := newWorld(t)
	w.give(anh, "can_cuoc")
	s := w.follow(w.signIn(anh), "", "")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := w.server.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if got := s.next(); got != (notice{}) || s.lines.Err() != nil {
		t.Errorf("told %+v, %v", got, s.lines.Err())
	}
}

// TestStreamHead: HEAD answers with the header, and takes nobody's place.
func TestStreamHead(t *testing.T) {
	w := newWorld(t)
	w.give(anh, "can_cuoc")
	token := w.signIn(anh)
	w.tell()
	s := w.follow(token, "", "")
	for range 2 * push.MaxFollowersOfOne {
		response, err := client.Do(w.request(call{method: "HEAD", path: "/v1/citizen/inbox/stream", token: token}))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatalf("HEAD: %d %v", response.StatusCode, response.Header)
		}
	}
	w.happen(anh)
	if got := s.next(); got.Kind != "wallet.locked" {
		t.Errorf("told %+v", got)
	}
}

// TestStreamReplaced: a phone that lost its connections without a word gets a
// new one, and an old one ends.
func TestStreamReplaced(t *testing.T) {
	w := newWorld(t)
	w.give(anh, "can_cuoc")
	token := w.signIn(anh)
	w.tell()
	oldest := w.follow(token, "", "")
	var all []*stream
	for range push.MaxFollowersOfOne {
		all = append(all, w.follow(token, "", ""))
	}
	if got := oldest.next(); got != (notice{}) || oldest.lines.Err() != nil {
		t.Errorf("the oldest was told %+v, %v", got, oldest.lines.Err())
	}
	w.happen(anh)
	for _, s := range all {
		if got := s.next(); got.Kind != "wallet.locked" {
			t.Errorf("told %+v", got)
		}
	}
}

// TestStreamGone: clients that go without a word are in nobody's way.
func TestStreamGone(t *testing.T) {
	w := newBeatingWorld(t, time.Millisecond)
	w.give(anh, "can_cuoc")
	token := w.signIn(anh)
	for range 4 * push.MaxFollowersOfOne {
		conn, err := net.Dial("tcp", w.address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET /v1/citizen/inbox/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", token)
		line, err := bufio.NewReader(io.LimitReader(conn, 64)).ReadString('\n')
		if err != nil || !strings.Contains(line, "200") {
			t.Fatalf("the answer is %q, %v", line, err)
		}
		_ = conn.Close()
	}
	if got := w.follow(token, "", "").block(); got != ":" {
		t.Errorf("after all of them: %q", got)
	}
}

// broken is an inbox whose followers panic.
type broken struct{ citizen.Inbox }

func (broken) Follow(context.Context, string, string, string, *uint64) (func(context.Context, func([]wallet.Notice) error) error, error) {
	return func(context.Context, func([]wallet.Notice) error) error { panic(anh.name) }, nil
}

// TestStreamPanics: a panic behind an answer ends that stream and nothing else,
// and the log does not tell its value.
func TestStreamPanics(t *testing.T) {
	w := newWorld(t, func(d *server.Deps) { d.Inbox = broken{d.Inbox} })
	w.give(anh, "can_cuoc")
	token := w.signIn(anh)
	if got := w.follow(token, "", "").next(); got != (notice{}) {
		t.Errorf("told %+v", got)
	}
	w.do(call{method: "GET", path: "/v1/citizen/inbox", token: token}).want(200)
	if log := w.log.String(); !strings.Contains(log, `"panic":"string"`) || strings.Contains(log, anh.name) {
		t.Errorf("the log: %s", log)
	}
}
