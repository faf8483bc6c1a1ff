package main_test

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/verifier"
)

// get fetches a text.
func (p *program) get(path string) []byte {
	p.t.Helper()
	resp, err := http.Get(p.origin + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("GET %s: %d %s %v", path, resp.StatusCode, body, err)
	}
	return body
}

// statusKey is the key that the trust list names for status lists.
func (p *program) statusKey() *ecdsa.PublicKey {
	p.t.Helper()
	claims, _, err := jwtClaims(string(p.get("/v1/public/trust-list")))
	if err != nil {
		p.t.Fatal(err)
	}
	var list struct {
		Keys []struct {
			Purpose verifier.Purpose `json:"purpose"`
			JWK     json.RawMessage  `json:"jwk"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(claims, &list); err != nil {
		p.t.Fatal(err)
	}
	for _, k := range list.Keys {
		if k.Purpose != verifier.PurposeStatus {
			continue
		}
		key, err := verifier.ParseKey(k.JWK)
		if err != nil {
			p.t.Fatal(err)
		}
		return key.Public
	}
	p.t.Fatal("the trust list names no status key")
	return nil
}

// status reads the published status of a credential, as a foreign checker does:
// from its SD-JWT to the list and the entry.
func (p *program) status(ref statusClaim) statuslist.Status {
	p.t.Helper()
	_, path, found := strings.Cut(ref.URI, "/v1/")
	if !found {
		p.t.Fatalf("uri %q", ref.URI)
	}
	// An origin on this machine follows the port, which is another after a
	// restart here; a public one stays.
	path = "/v1/" + path
	token, err := statuslist.Open(string(p.get(path)), statuslist.OpenOptions{Key: p.statusKey(), Subject: p.origin + path,
		Now: time.Now(), Skew: time.Minute})
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := token.List.Get(ref.Index)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

type statusClaim struct {
	Index int    `json:"idx"`
	URI   string `json:"uri"`
}

// TestWithheldSurvivesAKill: what was answered is true at once, after a kill,
// and in the list that the server publishes when it is back.
func TestWithheldSurvivesAKill(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, data)
	token := p.signIn()
	_, out := p.call("GET", "/v1/citizen/credentials", token, nil)
	var id string
	for _, c := range out["credentials"].([]any) {
		if c := c.(map[string]any); c["document"] == "gplx" {
			id = c["id"].(string)
		}
	}
	_, paper := p.call("GET", "/v1/citizen/credentials/"+id, token, nil)
	_, claims, err := jwtClaims(paper["credential"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.status(claims); got != statuslist.Valid {
		t.Errorf("at first %s", got)
	}
	if status, out := p.call("POST", "/v1/agency/credentials/"+id+"/withhold", p.tokens["csgt"], map[string]any{"reason": "seized"}); status != http.StatusOK {
		t.Fatal(status, out)
	}
	p.kill()
	_ = p.done()

	p = start(t, data)
	if got := p.status(claims); got != statuslist.Withheld {
		t.Errorf("after the kill the list says %s", got)
	}
	share := map[string]any{"documents": []any{map[string]any{"credential": id, "claims": []any{"name"}}}}
	if status, out := p.call("POST", "/v1/citizen/presentations", token, share); status != http.StatusUnprocessableEntity || out["code"] != "disclosure.credential_withheld" {
		t.Errorf("after the kill: %d %v", status, out)
	}
}

// TestHalfBlindServerDoesNotStart: with a part of a status list missing, the
// server names the list and ends.
func TestHalfBlindServerDoesNotStart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, data)
	p.kill()
	_ = p.done()
	db, err := bbolt.Open(filepath.Join(data, "giayto.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		part, _ := tx.Bucket([]byte("status_taken")).Cursor().First()
		return tx.Bucket([]byte("status_taken")).Delete(part)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	exit, said, errs := giayto(t, []string{"GIAYTO_KEY_FILE="}, "serve", "--dev", "--listen", "127.0.0.1:0", "--data", data)
	if exit == 0 || !strings.Contains(errs, "status list bhxh/1 is damaged: part 0") {
		t.Errorf("exit %d: %s", exit, errs)
	}
	if said != "" {
		t.Errorf("it says how to begin: %s", said)
	}
}

// jwtClaims decodes the payload of a JWT without verifying it, and its status
// claim if there is one.
func jwtClaims(text string) (claims []byte, status statusClaim, err error) {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return nil, status, errors.New("not a JWT")
	}
	if claims, err = base64.RawURLEncoding.DecodeString(parts[1]); err != nil {
		return nil, status, err
	}
	var payload struct {
		Status struct {
			List statusClaim `json:"status_list"`
		} `json:"status"`
	}
	err = json.Unmarshal(claims, &payload)
	return claims, payload.Status.List, err
}
