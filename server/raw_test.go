package server_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// connect opens a plain connection to the server.
func (w *world) connect() net.Conn {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		w.t.Fatal(err)
	}
	return conn
}

// statuses sends bytes as they are and returns the status of every answer until
// the server closes or has answered limit times.
func (w *world) statuses(sent string, limit int) (codes []int, closed bool) {
	w.t.Helper()
	conn := w.connect()
	if _, err := io.WriteString(conn, sent); err != nil {
		w.t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	for len(codes) < limit {
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			return codes, true
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return codes, true
		}
		codes = append(codes, response.StatusCode)
		if response.Close {
			_, err := in.ReadByte()
			return codes, err == io.EOF
		}
	}
	return codes, false
}

// TestRequestSmuggling sends what a front end and this server could read
// differently. Each must be refused, or, for the one that RFC 9112 section 6.3
// lets a server answer, the connection must be closed after it.
func TestRequestSmuggling(t *testing.T) {
	w := newWorld(t)
	host := "Host: vi.example\r\n"
	second := "GET /healthz HTTP/1.1\r\n" + host + "\r\n"
	for name, c := range map[string]struct {
		sent string
		want []int
	}{
		"a line feed in a chunk extension": {"GET /healthz HTTP/1.1\r\n" + host +
			"Transfer-Encoding: chunked\r\n\r\n2;a=\nb\r\n{}\r\n0\r\n\r\n" + second, []int{400}},
		"two Content-Length": {"GET /healthz HTTP/1.1\r\n" + host +
			"Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}" + second, []int{400}},
		"a space before the colon": {"GET /healthz HTTP/1.1\r\n" + host + "X-Header : x\r\n\r\n" + second, []int{400}},
		"an unknown transfer coding": {"GET /healthz HTTP/1.1\r\n" + host +
			"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + second, []int{400}},
		"no Host": {"GET /healthz HTTP/1.1\r\n\r\n" + second, []int{400}},
		"Content-Length and chunked": {"GET /healthz HTTP/1.1\r\n" + host +
			"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second, []int{200}},
	} {
		t.Run(name, func(t *testing.T) {
			got, closed := w.statuses(c.sent, 3)
			if fmt.Sprint(got) != fmt.Sprint(c.want) || !closed {
				t.Errorf("answers %v, closed %v; want %v and closed", got, closed, c.want)
			}
		})
	}
	if got, _ := w.statuses(second+second, 2); fmt.Sprint(got) != "[200 200]" {
		t.Errorf("two honest requests on one connection: %v", got)
	}
}

// tooLarge announces a body of the call's size and sends none of it: the answer
// must come from the announcement alone.
func tooLarge(t *testing.T, w *world, c call) {
	t.Helper()
	size := len(w.payload(c))
	r := w.request(c)
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: vi.example\r\nContent-Length: %d\r\n", c.method, c.path, size)
	_ = r.Header.Write(&head)
	conn := w.connect()
	if _, err := io.WriteString(conn, head.String()+"\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	w.spec.check(t, r, nil, true, response, body)
	var p problem
	if err := json.Unmarshal(body, &p); err != nil || response.StatusCode != 413 || p.Code != "request.too_large" {
		t.Errorf("%s %s with %d bytes: %d %s", c.method, c.path, size, response.StatusCode, body)
	}
}

// TestRefusalsBeforeAHandler: what the HTTP layer refuses is a problem like any
// other and quotes nothing of the request.
func TestRefusalsBeforeAHandler(t *testing.T) {
	w := newWorld(t)
	const secret = "bi-mat-khong-duoc-lap-lai"
	for name, c := range map[string]struct {
		sent   string
		status int
		code   string
		allow  string
	}{
		"not HTTP":          {secret + "\r\n\r\n", 400, "request.malformed", ""},
		"unknown method":    {"BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 405, "request.method_not_allowed", "GET, HEAD, POST, DELETE"},
		"options":           {"OPTIONS /v1/citizen/sessions HTTP/1.1\r\nHost: a\r\n\r\n", 405, "request.method_not_allowed", "GET, HEAD, POST, DELETE"},
		"method of another": {"DELETE /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 405, "request.method_not_allowed", "GET, HEAD"},
		"no route":          {"GET /" + secret + "?" + secret + " HTTP/1.1\r\nHost: a\r\n\r\n", 404, "request.no_such_route", ""},
		"trailing slash":    {"GET /healthz/ HTTP/1.1\r\nHost: a\r\n\r\n", 404, "request.no_such_route", ""},
		"other case":        {"GET /Healthz HTTP/1.1\r\nHost: a\r\n\r\n", 404, "request.no_such_route", ""},
		"large header":      {"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat(secret, 400) + "\r\n\r\n", 431, "request.too_large", ""},
	} {
		t.Run(name, func(t *testing.T) {
			conn := w.connect()
			if _, err := io.WriteString(conn, c.sent); err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			var p problem
			if err := json.Unmarshal(body, &p); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if response.StatusCode != c.status || p.Code != c.code || response.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %s as %s, want %d %s", response.StatusCode, body, response.Header.Get("Content-Type"), c.status, c.code)
			}
			if got := response.Header.Get("Allow"); got != c.allow {
				t.Errorf("Allow %q, want %q", got, c.allow)
			}
			if strings.Contains(string(body), secret) {
				t.Errorf("the answer repeats the request: %s", body)
			}
		})
	}
	if strings.Contains(w.log.String(), secret) {
		t.Error("the log repeats the request")
	}
}

// A header that announces much costs nothing unless an agency sent it: the
// engine sets aside what is announced before it has come.
func TestAnnouncedBodies(t *testing.T) {
	w := newWorld(t)
	announce := func(authorization string) string {
		return "POST /v1/agency/records HTTP/1.1\r\nHost: vi.example\r\nContent-Type: application/x-ndjson\r\n" + authorization +
			"Content-Length: 1048576\r\n\r\n"
	}
	for name, authorization := range map[string]string{
		"nobody": "", "an unknown token": "Authorization: Bearer " + strings.Repeat("A", 43) + "\r\n",
		"no token": "Authorization: Bearer \r\n", "another scheme": "Authorization: Basic QQ==\r\n",
	} {
		// Refused by the header alone: not one byte of the body is sent.
		if codes, closed := w.statuses(announce(authorization), 2); len(codes) != 1 || codes[0] != 413 || !closed {
			t.Errorf("%s: %v, closed %v", name, codes, closed)
		}
	}
	token, err := w.sessions.NewAgencyToken(t.Context(), "c06")
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("\n", 1<<20)
	if codes, _ := w.statuses(announce("Authorization: Bearer "+token+"\r\n")+body, 1); len(codes) != 1 || codes[0] != 413 {
		t.Errorf("an agency: %v", codes) // too many lines, counted after reading
	}
}
