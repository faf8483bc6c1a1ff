package server_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/wallet"
)

// TestConcurrentSignIns: of many sign-ins with one code exactly one wins. There
// are as many as the code allows attempts, so that none is lost for that.
func TestConcurrentSignIns(t *testing.T) {
	w := newWorld(t)
	w.give(anh, "can_cuoc")
	code := w.activate(anh)
	statuses := make(chan int, 5)
	for range cap(statuses) {
		go func() {
			statuses <- w.do(call{method: "POST", path: "/v1/citizen/sessions", body: map[string]string{"activation_code": code}}).status
		}()
	}
	count := map[int]int{}
	for range cap(statuses) {
		count[<-statuses]++
	}
	if count[201] != 1 || count[410] != 4 {
		t.Errorf("statuses %v, want one 201 and four 410", count)
	}
}

// TestFiveTries: the sixth attempt is refused even with the right code.
func TestFiveTries(t *testing.T) {
	w := newWorld(t)
	w.give(anh, "can_cuoc")
	code := w.activate(anh)
	wrong := code[:len(code)-1] + "0"
	if wrong == code {
		wrong = code[:len(code)-1] + "1"
	}
	try := func(code string) answer {
		return w.do(call{method: "POST", path: "/v1/citizen/sessions", body: map[string]string{"activation_code": code}})
	}
	for range 5 {
		try(wrong).refused(401, "activation.unknown")
	}
	try(code).refused(429, "activation.too_many_tries")
	late := w.activate(anh)
	w.advance(7 * 24 * time.Hour)
	try(late).refused(410, "activation.expired")
}

// TestSessionEnds: a session lives thirty days, if it is used.
func TestSessionEnds(t *testing.T) {
	w := newWorld(t)
	w.give(anh, "can_cuoc")
	token := w.signIn(anh)
	get := call{method: "GET", path: "/v1/citizen/credentials", token: token}
	for range 3 {
		w.advance(10*24*time.Hour - time.Second)
		w.do(get).want(200)
	}
	w.advance(3 * time.Second)
	a := w.do(get)
	a.refused(401, "session.invalid")
	if got := a.header.Get("WWW-Authenticate"); got != `Bearer realm="giayto", error="invalid_token"` {
		t.Errorf("WWW-Authenticate %q", got)
	}
}

// TestForwardedFor: behind a proxy each client has a limit of its own, and a
// client cannot choose whose.
func TestForwardedFor(t *testing.T) {
	for name, c := range map[string]struct {
		proxies   []netip.Prefix
		forwarded func(i int) string
		refused   bool
	}{
		"many clients behind our proxy":        {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, func(i int) string { return address(i) }, false},
		"one client that makes up addresses":   {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, func(i int) string { return address(i) + ", 198.51.100.7" }, true},
		"two proxies":                          {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}, func(i int) string { return address(i) + ", 10.1.2.3" }, false},
		"a made-up address before two proxies": {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}, func(i int) string { return "198.51.100.9, " + address(i) + ", 10.1.2.3" }, false},
		"one IPv6 subscriber":                  {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, func(i int) string { return "2001:db8::" + strings.Repeat("1", 1+i%4) }, true},
		"garbage":                              {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, func(int) string { return "," }, true},
		"no proxy":                             {nil, func(i int) string { return address(i) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(d *server.Deps) { d.TrustedProxies = c.proxies })
			refused := false
			for i := range 31 {
				a := w.do(call{method: "POST", path: "/v1/citizen/sessions", body: `{"activation_code":"not a code at all"}`,
					header: map[string]string{"X-Forwarded-For": c.forwarded(i)}})
				refused = refused || a.status == 429
			}
			if refused != c.refused {
				t.Errorf("refused %v, want %v", refused, c.refused)
			}
		})
	}
}

// A proxy may write a line of its own behind the client's.
func TestForwardedForInTwoLines(t *testing.T) {
	w := newWorld(t, func(d *server.Deps) { d.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	body := `{"activation_code":"not a code at all"}`
	refused := false
	for i := range 31 {
		codes, _ := w.statuses(fmt.Sprintf("POST /v1/citizen/sessions HTTP/1.1\r\nHost: vi.example\r\nContent-Type: application/json\r\n"+
			"X-Forwarded-For: %s\r\nX-Forwarded-For: 198.51.100.7\r\nContent-Length: %d\r\n\r\n%s", address(i), len(body), body), 1)
		refused = refused || len(codes) == 1 && codes[0] == 429
	}
	if !refused {
		t.Error("the line of the client was believed")
	}
}

func address(i int) string { return netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}).String() }

// papers is a wallet that does what a test says.
type papers struct {
	get func(owner, id string) (wallet.Content, error)
}

func (p papers) List(context.Context, string) ([]wallet.Paper, error) {
	return nil, errors.New("engine trouble near Nguyễn Thị Minh Ánh's page")
}

func (p papers) Get(_ context.Context, owner, id string) (wallet.Content, error) {
	return p.get(owner, id)
}

func (p papers) Events(context.Context, string, int) ([]wallet.Event, error) {
	return nil, fault.New(fault.CodeUnavailable, "the file /var/lib/giayto.db is locked")
}

// TestFailuresStayInside: a panic, an unknown error and an unavailable store
// answer without any of their text; the log has them with the request's id.
func TestFailuresStayInside(t *testing.T) {
	w := newWorld(t, func(d *server.Deps) {
		d.Papers = papers{get: func(string, string) (wallet.Content, error) { panic("while reading MAI THỊ VÍ DỤ") }}
	})
	w.give(anh, "can_cuoc")
	token := w.signIn(anh)
	for _, c := range []struct {
		path   string
		status int
		code   string
		log    string
	}{
		{"/v1/citizen/credentials/x", 500, "internal", `"msg":"panic"`},
		{"/v1/citizen/credentials", 500, "internal", "engine trouble"},
		{"/v1/citizen/events", 503, "service.unavailable", "is locked"},
	} {
		a := w.do(call{method: "GET", path: c.path, token: token})
		p := a.refused(c.status, c.code)
		if p.Detail != "" || p.Field != "" || bytes.Contains(a.body, []byte("engine")) || bytes.Contains(a.body, []byte("giayto.db")) {
			t.Errorf("%s leaks: %s", c.path, a.body)
		}
		found := false
		for _, line := range strings.Split(w.log.String(), "\n") {
			found = found || strings.Contains(line, c.log) && strings.Contains(line, p.RequestID)
		}
		if !found {
			t.Errorf("%s: the log has no line with %q and the id %s", c.path, c.log, p.RequestID)
		}
	}
	if strings.Contains(w.log.String(), "MAI") {
		t.Error("the log repeats the value of a panic")
	}
	w.do(call{method: "GET", path: "/healthz"}).want(200)
}

// TestStringsAreCopies: what a use case keeps of a request stays what it was,
// while the server reads the next request into the same buffers.
func TestStringsAreCopies(t *testing.T) {
	var mu sync.Mutex
	var kept []string
	w := newWorld(t, func(d *server.Deps) {
		d.Papers = papers{get: func(_, id string) (wallet.Content, error) {
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, id)
			return wallet.Content{}, fault.New(fault.CodeCredentialUnknown, "no such credential")
		}}
		d.Sharing = sharing{text: func(id string) { mu.Lock(); kept = append(kept, id); mu.Unlock() }}
	})
	w.give(anh, "can_cuoc")
	token := w.signIn(anh)
	var want []string
	for _, r := range "abcdefghijkl" {
		id := strings.Repeat(string(r), 26)
		want = append(want, id, id, id)
		w.do(call{method: "GET", path: "/v1/citizen/credentials/" + id, token: token}).want(404)
		w.do(call{method: "GET", path: "/v1/citizen/presentations/" + id + ".svg", token: token}).want(404)
		w.do(call{method: "GET", path: "/v1/citizen/history?cursor=" + id, token: token}).want(400)
	}
	mu.Lock()
	defer mu.Unlock()
	if strings.Join(kept, " ") != strings.Join(want, " ") {
		t.Errorf("kept %v", kept)
	}
}

type sharing struct{ text func(id string) }

func (s sharing) Need(context.Context, disclosure.Request) (disclosure.Need, error) {
	return disclosure.Need{}, nil
}

func (s sharing) Share(context.Context, disclosure.Request) (disclosure.Presentation, error) {
	return disclosure.Presentation{}, fault.New(fault.CodeSigningKeyMissing, "none")
}

func (s sharing) Export(context.Context, string) ([]byte, error) {
	return nil, fault.New(fault.CodeSigningKeyMissing, "none")
}

func (s sharing) Report(context.Context, string, string, string, disclosure.ReportKind, string) (disclosure.Report, error) {
	return disclosure.Report{}, fault.New(fault.CodeEntryUnknown, "none")
}

func (s sharing) Reports(context.Context, string, uint64, int) ([]disclosure.AgencyReport, error) {
	return nil, nil
}

func (s sharing) Text(_, _, id string) (string, error) {
	s.text(id)
	return "", fault.New(fault.CodePresentationUnknown, "no such presentation")
}

func (s sharing) History(_ context.Context, _, cursor string, _ int) (disclosure.Page, error) {
	s.text(cursor)
	return disclosure.Page{}, fault.New(fault.CodeHistoryCursorInvalid, "no such cursor")
}

// noKey has no key to sign with.
type noKey struct{}

func (noKey) Disclosure(time.Time) (crypto.Signer, verifier.KeyID, error) {
	return nil, verifier.KeyID{}, errors.New("no key")
}

// noTrust has signed no list yet.
type noTrust struct{}

func (noTrust) TrustList() ([]byte, *verifier.TrustList) { return nil, nil }
func (noTrust) JWKS() ([]byte, error)                    { return []byte(`{"keys":[]}`), nil }
func (noTrust) CertificateAuthorities() []byte           { return nil }
func (noTrust) PinnedRoot() (*verifier.Key, error)       { return nil, nil }

func TestReadiness(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*server.Deps)
		advance time.Duration
		status  int
		check   string
		want    string
	}{
		"ready":     {func(*server.Deps) {}, 0, 200, "store", "ok"},
		"store":     {func(d *server.Deps) { d.StoreReadable = func(context.Context) error { return errors.New("no") } }, 0, 503, "store", "unreadable"},
		"key":       {func(d *server.Deps) { d.SigningKey = noKey{} }, 0, 503, "signing_key", "missing"},
		"no list":   {func(d *server.Deps) { d.Trust = noTrust{} }, 0, 503, "trust_list", "missing"},
		"last hour": {func(*server.Deps) {}, 7*24*time.Hour - time.Second, 200, "trust_list", "ok"},
		"old list":  {func(*server.Deps) {}, 7*24*time.Hour + time.Second, 503, "trust_list", "outdated"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.change)
			w.advance(c.advance)
			a := w.do(call{method: "GET", path: "/readyz"}).want(c.status)
			if got := a.get("checks", c.check); got != c.want {
				t.Errorf("%s is %v, want %v", c.check, got, c.want)
			}
			if name == "no list" {
				w.do(call{method: "GET", path: "/v1/public/trust-list"}).refused(503, "service.unavailable")
				w.do(call{method: "GET", path: "/v1/public/certificate-authority.pem"}).refused(503, "service.unavailable")
				return
			}
			want := map[string]float64{"old list": -1, "last hour": 0}[name]
			if got := a.get("trust_list", "hours_left"); name != "ready" && c.advance > 0 && got != want {
				t.Errorf("hours_left %v, want %v", got, want)
			}
		})
	}
}

func TestHomePage(t *testing.T) {
	a := newWorld(t).do(call{method: "GET", path: "/"}).want(200)
	policy, page := a.header.Get("Content-Security-Policy"), string(a.body)
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Errorf("the policy does not allow the page's own style: %s", policy)
	}
	for _, forbidden := range []string{"<script", "http://", "https://", "style=", "onclick"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page has %q", forbidden)
		}
	}
	if strings.Index(page, `lang="vi">`) > strings.Index(page, `lang="en">`) || !strings.Contains(page, `lang="en">`) {
		t.Error("Vietnamese comes first, and English is there")
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/healthz", "/v1/public/catalog", "/v1/citizen/credentials", "/nowhere"} {
		h := w.do(call{method: "GET", path: path}).header
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Strict-Transport-Security": "max-age=31536000"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Request-Id") == "" || h.Get("Server") != "" {
			t.Errorf("%s: %v", path, h)
		}
		if public := strings.HasPrefix(path, "/v1/public"); public != (h.Get("Access-Control-Allow-Origin") == "*") {
			t.Errorf("%s: cross-origin %q", path, h.Get("Access-Control-Allow-Origin"))
		}
	}
	plain := newWorld(t, func(d *server.Deps) { d.Origin = "http://127.0.0.1:8080" })
	if got := plain.do(call{method: "GET", path: "/"}).header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("plain HTTP with Strict-Transport-Security %q", got)
	}
	head := w.do(call{method: "HEAD", path: "/v1/public/catalog"}).want(200)
	if len(head.body) != 0 || head.header.Get("ETag") == "" {
		t.Errorf("HEAD: %d bytes, ETag %q", len(head.body), head.header.Get("ETag"))
	}
}

func TestLanguageOfRefusals(t *testing.T) {
	w := newWorld(t)
	for header, want := range map[string]string{"": "vi", "en": "en", "en-GB,en;q=0.9": "en", "fr": "vi", "vi;q=0.5,en;q=0.6": "en"} {
		a := w.do(call{method: "GET", path: "/v1/citizen/credentials", header: map[string]string{"Accept-Language": header}})
		p := a.refused(401, "session.missing")
		title := map[string]string{"vi": p.Titles.VI, "en": p.Titles.EN}[want]
		if p.Title != title || title == "" || a.header.Get("Content-Language") != want || !strings.Contains(a.header.Get("Vary"), "Accept-Language") {
			t.Errorf("%q: %q in %q", header, p.Title, a.header.Get("Content-Language"))
		}
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	_, err := server.New(server.Deps{})
	if err == nil || !strings.Contains(err.Error(), "Deps.Sessions") {
		t.Errorf("error %v", err)
	}
}

// TestFormsAreNotParsed: a form is refused by its type and leaves no file.
func TestFormsAreNotParsed(t *testing.T) {
	w := newWorld(t)
	form := "--x\r\nContent-Disposition: form-data; name=\"activation_code\"; filename=\"a\"\r\n\r\n0000-0000-0000-0000\r\n--x--\r\n"
	w.do(call{method: "POST", path: "/v1/citizen/sessions", body: form, wrong: true,
		header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}}).refused(415, "request.unsupported_media_type")
}

// TestUnreadableStoreIsLogged: the operator learns why, the public only that.
func TestUnreadableStoreIsLogged(t *testing.T) {
	w := newWorld(t, func(d *server.Deps) {
		d.StoreReadable = func(context.Context) error { return errors.New("disk of replica 7") }
	})
	a := w.do(call{method: "GET", path: "/readyz"}).want(503)
	if bytes.Contains(a.body, []byte("replica 7")) || !strings.Contains(w.log.String(), "replica 7") {
		t.Errorf("told %s, logged %s", a.body, w.log.String())
	}
}
