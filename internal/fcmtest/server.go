package fcmtest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

const (
	// Project is the id of the project that the server knows.
	Project = "giayto-test"
	// maxBody is what FCM takes of a message, generously.
	maxBody = 16 << 10
)

// Message is what was sent, as FCM names its members.
type Message struct {
	Token   string            `json:"token"`
	Data    map[string]string `json:"data"`
	Android struct {
		CollapseKey string `json:"collapse_key"`
		Priority    string `json:"priority"`
		TTL         string `json:"ttl"`
	} `json:"android"`
	APNS struct {
		Headers map[string]string `json:"headers"`
		Payload struct {
			APS struct {
				ContentAvailable int `json:"content-available"`
			} `json:"aps"`
		} `json:"payload"`
	} `json:"apns"`
}

// Answer is what the server says to a message. The zero Answer takes it.
type Answer struct {
	Status int
	Header map[string]string
	Body   string
	// Hang keeps the connection open without an answer until the client goes.
	Hang bool
	// Cut closes the connection without an answer.
	Cut bool
}

// Refusal is an answer in the form of Google's errors. code is an FCM error
// code, or "" for a refusal that does not come from FCM; field is the member
// of the message that is wrong, or "".
func Refusal(status int, word, code, field string) Answer {
	details := []map[string]any{}
	if code != "" {
		details = append(details, map[string]any{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code})
	}
	if field != "" {
		details = append(details, map[string]any{"@type": "type.googleapis.com/google.rpc.BadRequest",
			"fieldViolations": []map[string]string{{"field": field, "description": "not valid"}}})
	}
	body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": status, "message": "not taken", "status": word, "details": details}})
	return Answer{Status: status, Body: string(body)}
}

// Server is a running server. Make one with New.
type Server struct {
	http *httptest.Server
	key  accountKey

	mu       sync.Mutex
	answer   func(m Message) Answer
	token    func() Answer
	lifetime time.Duration
	valid    map[string]bool // access tokens
	taken    []Message
	raw      [][]byte
	tries    int
	fetches  int
	broken   []string
}

// New starts a server on a free port of this machine. Close ends it.
func New() *Server {
	s := &Server{key: newAccountKey(), lifetime: time.Hour, valid: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.issue)
	mux.HandleFunc("POST /v1/projects/{project}/messages:send", s.send)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.note("asked for " + r.Method + " " + r.URL.Path)
		http.NotFound(w, r)
	})
	s.http = httptest.NewServer(mux)
	return s
}

// Close ends the server and every connection.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Endpoint is where messages are posted, up to the version.
func (s *Server) Endpoint() string { return s.http.URL + "/v1" }

// Account is the JSON file of a service account that the server knows.
func (s *Server) Account() []byte { return s.key.file(s.http.URL + "/token") }

// Answers says how messages are answered from now on.
func (s *Server) Answers(f func(m Message) Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// Tokens says how the token endpoint answers from now on; the zero Answer gives
// a token of this lifetime.
func (s *Server) Tokens(lifetime time.Duration, f func() Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.lifetime = f, lifetime
}

// Forget makes every access token invalid that was given out so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.valid)
}

// Taken gives the messages that were taken so far, in order.
func (s *Server) Taken() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.taken...)
}

// Raw gives the body of every message that came, taken or not.
func (s *Server) Raw() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.raw...)
}

// Counts gives how many messages came, and how often a token was asked for.
func (s *Server) Counts() (messages, tokens int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries, s.fetches
}

// Broken lists what came that Google would not have understood.
func (s *Server) Broken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.broken...)
}

func (s *Server) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = append(s.broken, what)
}

// issue is the token endpoint.
func (s *Server) issue(w http.ResponseWriter, r *http.Request) {
	// Before anything else: only a request that was read tells when its client
	// has gone.
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return
	}
	s.mu.Lock()
	s.fetches++
	answer, lifetime := s.token, s.lifetime
	s.mu.Unlock()
	if answer != nil && answer().write(w, r) {
		return
	}
	if err := s.key.check(r, s.http.URL+"/token"); err != nil {
		s.note("assertion: " + err.Error())
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	var b [16]byte
	_, _ = rand.Read(b[:])
	token := base64.RawURLEncoding.EncodeToString(b[:])
	s.mu.Lock()
	s.valid[token] = true
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, token, int(lifetime.Seconds()))
}

// send is projects.messages.send.
func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	s.tries++
	s.raw = append(s.raw, body)
	known, answer := s.valid[token], s.answer
	s.mu.Unlock()
	if !known {
		Refusal(http.StatusUnauthorized, "UNAUTHENTICATED", "", "").write(w, r)
		return
	}
	m, err := parse(body)
	if err == nil && (r.PathValue("project") != Project || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")) {
		err = fmt.Errorf("project %q, type %q", r.PathValue("project"), r.Header.Get("Content-Type"))
	}
	if err != nil {
		s.note(err.Error())
		Refusal(http.StatusBadRequest, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "").write(w, r)
		return
	}
	if answer != nil && answer(m).write(w, r) {
		return
	}
	s.mu.Lock()
	s.taken = append(s.taken, m)
	number := len(s.taken)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"name":"projects/%s/messages/%d"}`, Project, number)
}

// parse reads a message as strictly as FCM: a member that it does not know is
// refused.
func parse(body []byte) (Message, error) {
	var request struct {
		ValidateOnly bool    `json:"validate_only"`
		Message      Message `json:"message"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&request); err != nil {
		return Message{}, err
	}
	m := request.Message
	if m.Token == "" || request.ValidateOnly {
		return m, fmt.Errorf("a message to nobody")
	}
	if ttl, err := time.ParseDuration(m.Android.TTL); err != nil || ttl < 0 || ttl > 28*24*time.Hour {
		return m, fmt.Errorf("ttl %q", m.Android.TTL)
	}
	return m, nil
}

// write gives the answer; false for the zero Answer.
func (a Answer) write(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case a.Hang:
		<-r.Context().Done()
		return true
	case a.Cut:
		panic(http.ErrAbortHandler)
	case a.Status == 0:
		return false
	}
	w.Header().Set("Content-Type", "application/json")
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body)
	return true
}
