package session_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/server/session"
)

// door knows one token of each kind.
type door struct{}

func (door) Authenticate(_ context.Context, token string) (session.Session, error) {
	switch token {
	case "citizen":
		return session.Session{Owner: "anh", Mode: session.ModeBearer}, nil
	case "browser":
		return session.Session{Owner: "anh", Mode: session.ModeCookie}, nil
	case "broken":
		return session.Session{}, errors.New("engine")
	}
	return session.Session{}, fault.New(fault.CodeSessionInvalid, "")
}

func (door) AuthenticateAgency(_ context.Context, token string) (string, error) {
	if token == "agency" {
		return "c06", nil
	}
	return "", fault.New(fault.CodeAgencyInvalid, "")
}

func TestGuards(t *testing.T) {
	var failed error
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		failed = err
		return c.SendStatus(fiber.StatusTeapot)
	}})
	who := func(c *fiber.Ctx) error { return c.SendString(session.Citizen(c).Owner + "|" + session.Agency(c)) }
	app.Get("/citizen", session.RequireCitizen(door{}), who)
	app.Get("/agency", session.RequireAgency(door{}), who)
	app.Get("/open", who)
	const plain, invalid = `Bearer realm="giayto"`, `Bearer realm="giayto", error="invalid_token"`
	for _, c := range []struct {
		path, header string
		want         string // body, or code of the fault
		challenge    string
	}{
		{"/citizen", "Bearer citizen", "anh|", ""}, {"/citizen", "bearer citizen", "anh|", ""}, {"/citizen", "BEARER  citizen ", "anh|", ""},
		{"/agency", "Bearer agency", "|c06", ""}, {"/open", "Bearer citizen", "|", ""},
		{"/citizen", "", "session.missing", plain}, {"/citizen", "Bearer", "session.missing", plain}, {"/citizen", "Basic citizen", "session.missing", plain},
		{"/citizen", "Bearer agency", "session.invalid", invalid}, {"/agency", "Bearer citizen", "session.agency_invalid", invalid},
		{"/citizen", "Bearer broken", "internal", ""}, {"/agency", "", "session.missing", plain},
	} {
		failed = nil
		r := httptest.NewRequest("GET", c.path+"?access_token=citizen", nil)
		if c.header != "" {
			r.Header.Set("Authorization", c.header)
		}
		response, err := app.Test(r)
		if err != nil {
			t.Fatal(err)
		}
		got := string(fault.CodeOf(failed))
		if failed == nil {
			body := make([]byte, 64)
			n, _ := response.Body.Read(body)
			got = string(body[:n])
		}
		if got != c.want || response.Header.Get("WWW-Authenticate") != c.challenge {
			t.Errorf("%s with %q: %q, challenge %q", c.path, c.header, got, response.Header.Get("WWW-Authenticate"))
		}
	}
}

// TestCookies: a cookie comes by itself, so what changes something needs what
// only a page of this origin knows.
func TestCookies(t *testing.T) {
	var failed error
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		failed = err
		return c.SendStatus(fiber.StatusTeapot)
	}})
	who := func(c *fiber.Ctx) error { return c.SendString(session.Citizen(c).Owner + "|" + session.Token(c)) }
	app.Get("/citizen", session.RequireCitizen(door{}), who)
	app.Post("/citizen", session.RequireCitizen(door{}), who)
	app.Delete("/citizen", session.RequireCitizen(door{}), who)
	app.Get("/agency", session.RequireAgency(door{}), who)
	right, other := session.CSRFToken("browser"), session.CSRFToken("citizen")
	for _, c := range []struct {
		method, path  string
		cookie, csrf  string
		authorization string
		site          string
		want          string
	}{
		{"GET", "/citizen", "browser", "", "", "", ""}, {"HEAD", "/citizen", "browser", "", "", "cross-site", ""},
		{"POST", "/citizen", "browser", right, "", "", ""}, {"DELETE", "/citizen", "browser", right, "", "same-origin", ""},
		{"POST", "/citizen", "browser", "", "", "", "session.cross_site"}, {"DELETE", "/citizen", "browser", "", "", "", "session.cross_site"},
		{"POST", "/citizen", "browser", other, "", "", "session.cross_site"}, {"POST", "/citizen", "browser", right + "A", "", "", "session.cross_site"},
		{"POST", "/citizen", "browser", right, "", "cross-site", "session.cross_site"}, {"POST", "/citizen", "browser", right, "", "same-site", "session.cross_site"},
		{"POST", "/citizen", "browser", right, "", "none", "session.cross_site"},
		// A token counts in the mode it was made for.
		{"GET", "/citizen", "citizen", "", "", "", "session.invalid"}, {"GET", "/citizen", "", "", "Bearer browser", "", "session.invalid"},
		{"GET", "/citizen", "nobody", "", "", "", "session.invalid"},
		// The header goes before the cookie, even where it is of no use.
		{"POST", "/citizen", "browser", "", "Bearer citizen", "", ""}, {"GET", "/citizen", "browser", "", "Basic x", "", "session.missing"},
		{"GET", "/agency", "agency", "", "", "", "session.missing"},
	} {
		failed = nil
		r := httptest.NewRequest(c.method, c.path, nil)
		for name, value := range map[string]string{"X-CSRF-Token": c.csrf, "Authorization": c.authorization, "Sec-Fetch-Site": c.site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if c.cookie != "" {
			r.Header.Set("Cookie", "other=1; "+session.CookieName+"="+c.cookie)
		}
		if _, err := app.Test(r); err != nil {
			t.Fatal(err)
		}
		if got := string(fault.CodeOf(failed)); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// An agency's machine gets a token; a citizen without a wallet gets no code.
func ExampleService() {
	dir, err := os.MkdirTemp("", "giayto")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	store, err := bolt.Open(filepath.Join(dir, "giayto.db"), bolt.Options{})
	if err != nil {
		panic(err)
	}
	defer store.Close()
	sessions := session.New(session.Config{Catalog: catalog.Default(), Store: store, Now: time.Now, Random: rand.Reader, Party: party})

	ctx := context.Background()
	token, err := sessions.NewAgencyToken(ctx, "c06")
	if err != nil {
		panic(err)
	}
	agency, err := sessions.AuthenticateAgency(ctx, token)
	fmt.Println(len(token), agency, err)
	_, _, err = sessions.IssueActivation(ctx, agency, "999305000001")
	fmt.Println(fault.CodeOf(err))
	_, _, err = sessions.SignIn(ctx, "7K3M-9XQ2-PD4W-ZR8T", session.Opening{DeviceName: "Điện thoại"})
	fmt.Println(fault.CodeOf(err))
	// Output:
	// 43 c06 <nil>
	// wallet.citizen_unknown
	// activation.unknown
}
