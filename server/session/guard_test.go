package session_test

import (
	"context"
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
		return session.Session{Owner: "anh"}, nil
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
	sessions := session.New(session.Config{Catalog: catalog.Default(), Store: store, Now: time.Now})

	ctx := context.Background()
	token, err := sessions.NewAgencyToken(ctx, "c06")
	if err != nil {
		panic(err)
	}
	agency, err := sessions.AuthenticateAgency(ctx, token)
	fmt.Println(len(token), agency, err)
	_, _, err = sessions.IssueActivation(ctx, agency, "999305000001")
	fmt.Println(fault.CodeOf(err))
	_, _, err = sessions.SignIn(ctx, "7K3M-9XQ2-PD4W-ZR8T", "Điện thoại")
	fmt.Println(fault.CodeOf(err))
	// Output:
	// 43 c06 <nil>
	// wallet.citizen_unknown
	// activation.unknown
}
