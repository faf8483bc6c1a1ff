package keys_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// TestIssuerMetadata: an agency's own keys, as long as they verify, and no
// private part of them.
func TestIssuerMetadata(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	ring := open(t, dir)
	purpose := keys.CredentialPurpose("csgt")
	first := ensure(t, ring, purpose, start, 20*24*time.Hour)
	for _, other := range []verifier.Purpose{verifier.PurposeTrustList, verifier.PurposeDisclosure, verifier.PurposeStatus, keys.CredentialPurpose("c06")} {
		ensure(t, ring, other, start, 365*24*time.Hour)
	}
	if err := ring.Renew(purpose, start, 365*24*time.Hour); err != nil { // publishes a successor
		t.Fatal(err)
	}
	entries := ring.Entries()
	entries = entries[slices.IndexFunc(entries, func(e keys.Entry) bool {
		return e.Purpose == purpose && e.Key.Thumbprint != first.Key.Thumbprint
	}):]
	second := entries[0]
	if _, err := ring.Create(purpose, start, 365*24*time.Hour); err != nil { // which nobody knows yet
		t.Fatal(err)
	}
	p, err := keys.NewPublisher(ring, dir, "https://giayto.example")
	if err != nil {
		t.Fatal(err)
	}
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		agency string
		at     time.Duration
		want   []string
	}{
		"the successor before it signs": {"csgt", 0, []string{first.Key.Thumbprint, second.Key.Thumbprint}},
		"both verify":                   {"csgt", 16 * day, []string{first.Key.Thumbprint, second.Key.Thumbprint}},
		"the first has ended":           {"csgt", 20 * day, []string{second.Key.Thumbprint}},
		"both have ended":               {"csgt", 900 * day, nil},
		"before the first":              {"csgt", -2 * day, nil},
		"no such agency":                {"nobody", 0, nil},
		"no agency":                     {"", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := p.IssuerMetadata(test.agency, start.Add(test.at))
			if err != nil || (raw == nil) != (test.want == nil) {
				t.Fatalf("%s, %v", raw, err)
			}
			if raw == nil {
				return
			}
			var m struct {
				Issuer string
				JWKS   struct{ Keys []map[string]string }
			}
			if err := json.Unmarshal(raw, &m); err != nil || m.Issuer != "https://giayto.example/agencies/"+test.agency {
				t.Errorf("%s, %v", raw, err)
			}
			var got []string
			for _, key := range m.JWKS.Keys {
				got = append(got, key["kid"])
				if key["d"] != "" || key["alg"] != "ES256" || key["use"] != "sig" {
					t.Errorf("a key is published as %v", key)
				}
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
	if _, err := ring.Revoke(second.Key.Thumbprint, start, keys.ReasonCompromise, start.Add(day)); err != nil {
		t.Fatal(err)
	}
	if raw, err := p.IssuerMetadata("csgt", start.Add(day)); err != nil || bytes.Contains(raw, []byte(second.Key.Thumbprint)) || !bytes.Contains(raw, []byte(first.Key.Thumbprint)) {
		t.Errorf("with a revoked key: %s, %v", raw, err)
	}
	nameless, err := keys.NewPublisher(ring, t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := nameless.IssuerMetadata("csgt", start); err == nil {
		t.Errorf("metadata without an origin: %s", raw)
	}
}
