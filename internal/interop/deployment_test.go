package interop_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/internal/store/bolt"
	issuing "github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/server/session/passkey"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/wallet"
)

// origin is what credentials name; it is reached at deployed.base.
const origin = "https://giayto.example.vn"

// deployed is a server with the demo citizen's papers, on a store and keys of its
// own. Its clock is the real one, which the foreign library reads too.
type deployed struct {
	t        *testing.T
	base     string
	ring     *keys.Ring
	sessions *session.Service
	lists    *status.Publisher
}

func deploy(t *testing.T) *deployed {
	t.Helper()
	dir := t.TempDir()
	store, err := bolt.Open(filepath.Join(dir, "giayto.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	c := catalog.Default()
	d := &deployed{t: t}
	publisher := d.keys(dir, c)
	d.sessions = session.New(session.Config{Catalog: c, Store: store, Now: time.Now, Random: rand.Reader,
		Party: passkey.New(passkey.Config{ID: "localhost", Name: "Giayto", Origins: []string{"http://localhost"}})})
	d.lists = status.New(status.Config{Store: store, Keys: d.ring, Origin: origin, Now: time.Now})
	s, err := server.New(server.Deps{Sessions: d.sessions, Papers: wallet.NewPapers(store, c, time.Now),
		Sharing: disclosure.New(disclosure.Config{Catalog: c, Store: store, Keys: d.ring, Now: time.Now}),
		Inbox:   push.NewInbox(store, time.Now, push.Heartbeat), Targets: push.NewRegistry(store, nil, time.Now),
		Issuing: issuing.New(issuing.Config{Catalog: c, Store: store, Keys: d.ring, Origin: origin, Now: time.Now}),
		Catalog: c, Trust: publisher, Issuers: publisher, StatusLists: d.lists, SigningKey: d.ring,
		Deadlines:     func(time.Time) map[string]time.Time { return nil },
		StoreReadable: func(context.Context) error { return nil },
		Origin:        origin, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.base = "http://" + listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(listener) }()
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return d
}

// keys makes one key of each purpose and publishes them.
func (d *deployed) keys(dir string, c *catalog.Catalog) *keys.Publisher {
	d.t.Helper()
	lock, err := keys.LocalLock(filepath.Join(dir, "test.key"), time.Now())
	if err != nil {
		d.t.Fatal(err)
	}
	if d.ring, err = keys.Open(filepath.Join(dir, "keys"), keys.Options{Lock: lock}); err != nil {
		d.t.Fatal(err)
	}
	purposes := []verifier.Purpose{verifier.PurposeTrustList, verifier.PurposeDisclosure, verifier.PurposeStatus}
	for _, agency := range c.Agencies() {
		purposes = append(purposes, keys.CredentialPurpose(agency.ID))
	}
	for _, purpose := range purposes {
		if _, err := d.ring.Ensure(purpose, time.Now(), keys.CredentialLifetime); err != nil {
			d.t.Fatal(err)
		}
	}
	publisher, err := keys.NewPublisher(d.ring, dir, origin)
	if err == nil {
		err = publisher.Refresh(time.Now())
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return publisher
}

// call asks the server and reads its JSON answer into v, unless that is nil.
func (d *deployed) call(method, path, token, mediaType string, body []byte, v any) {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.base+path, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		r.Header.Set("Content-Type", mediaType)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 != 2 {
		d.t.Fatalf("%s %s: %d %s %v", method, path, response.StatusCode, answer, err)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(answer, v); err != nil {
		d.t.Fatal(err)
	}
}

func (d *deployed) agency(id string) string {
	d.t.Helper()
	token, err := d.sessions.NewAgencyToken(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return token
}

// importRecords loads what the registers say of the demo citizen.
func (d *deployed) importRecords() {
	d.t.Helper()
	for _, register := range demo.Registers(time.Now()) {
		var own []byte
		for line := range bytes.Lines(register.NDJSON) {
			if bytes.Contains(line, []byte(`"`+demo.Star()+`"`)) {
				own = append(own, line...)
			}
		}
		d.call("POST", "/v1/agency/records", d.agency(register.Agency), "application/x-ndjson", own, nil)
	}
	d.publish()
}

// publish does what the running server does every few seconds.
func (d *deployed) publish() {
	d.t.Helper()
	if err := d.lists.Refresh(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// held is a credential in the citizen's wallet.
type held struct{ ID, Document, Credential string }

// wallet signs the demo citizen in and fetches every credential.
func (d *deployed) wallet() []held {
	d.t.Helper()
	code, _, err := d.sessions.IssueActivation(d.t.Context(), "c06", demo.Star())
	if err == nil {
		err = d.sessions.ConfirmInPerson(d.t.Context(), "c06", demo.Star(), session.Reference(code))
	}
	if err != nil {
		d.t.Fatal(err)
	}
	token, _, err := d.sessions.SignIn(d.t.Context(), code, session.Opening{DeviceName: "Điện thoại"})
	if err != nil {
		d.t.Fatal(err)
	}
	var list struct{ Credentials []held }
	d.call("GET", "/v1/citizen/credentials", token, "", nil, &list)
	for i, h := range list.Credentials {
		d.call("GET", "/v1/citizen/credentials/"+h.ID, token, "", nil, &list.Credentials[i])
	}
	return list.Credentials
}

// TestForeignVerifiesADeployment: the foreign library finds issuer, type and
// status of the credentials of a running server by what stands in them, and
// refuses one as soon as its agency says that it does not count.
func TestForeignVerifiesADeployment(t *testing.T) {
	d := deploy(t)
	d.importRecords()
	credentials := d.wallet()
	if len(credentials) != len(catalog.Default().Documents()) {
		t.Fatalf("%d credentials", len(credentials))
	}
	verify := func(h held) request {
		return request{"do": "verify", "credential": h.Credential, "base": d.base, "typeMetadata": true,
			"statusKeys": origin + "/.well-known/jwks.json", "now": time.Now().Unix(),
			"required": []string{"iss", "vct", "exp", "status"}}
	}
	for _, h := range credentials {
		document := catalog.Default().Document(h.Document)
		a := accepted(t, verify(h))
		if a.Status == nil || *a.Status != 0 || a.Payload["vct"] != document.Type(origin) || a.Payload["iss"] != issuing.URL(origin, document.Agency.ID) {
			t.Errorf("%s: status %v of %v by %v", h.Document, a.Status, a.Payload["vct"], a.Payload["iss"])
		}
		if a.TypeMetadata["vct"] != a.Payload["vct"] || a.TypeMetadata["name"] != document.Labels.EN {
			t.Errorf("%s: the type is read as %v", h.Document, a.TypeMetadata)
		}
	}
	licence := credentials[0]
	for _, h := range credentials {
		if h.Document == "gplx" {
			licence = h
		}
	}
	csgt := d.agency("csgt")
	for _, step := range []struct{ operation, body, refusal string }{
		{"suspend", `{}`, "status 2"},
		{"restore", `{}`, ""},
		{"withhold", `{"reason":"seized"}`, "status 3"},
		{"revoke", `{"reason":"court_decision"}`, "status 1"},
	} {
		d.call("POST", "/v1/agency/credentials/"+licence.ID+"/"+step.operation, csgt, "application/json", []byte(step.body), nil)
		d.publish()
		if a := foreign(t, verify(licence)); a.OK != (step.refusal == "") || a.Error != step.refusal {
			t.Errorf("after %s: %t %q, want %q", step.operation, a.OK, a.Error, step.refusal)
		}
	}
	for _, h := range credentials {
		if h.ID != licence.ID {
			accepted(t, verify(h)) // nobody else is concerned
			break
		}
	}
}

// TestForeignRefusesADeployment: what it finds has to be the right thing.
func TestForeignRefusesADeployment(t *testing.T) {
	d, other := deploy(t), deploy(t)
	d.importRecords()
	other.importRecords()
	good := request{"do": "verify", "credential": d.wallet()[0].Credential, "base": d.base, "typeMetadata": true,
		"statusKeys": origin + "/.well-known/jwks.json", "now": time.Now().Unix()}
	accepted(t, good)
	for name, change := range map[string]request{
		"the keys of another deployment": {"base": other.base},
		"status signed by an issuer":     {"statusKeys": nil},
		"nothing may be fetched":         {"base": nil},
		"a claim that nobody has":        {"required": []string{"no_such_claim"}},
		"after its end":                  {"now": time.Now().AddDate(30, 0, 0).Unix()},
	} {
		t.Run(name, func(t *testing.T) {
			r := maps.Clone(good)
			for member, value := range change {
				r[member] = value
			}
			if a := foreign(t, r); a.OK {
				t.Error("accepted")
			} else if a.Error == "" {
				t.Error("refused without a reason")
			}
		})
	}
}
