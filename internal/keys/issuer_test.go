package keys_test

import (
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
	if err := ring.Renew(purpose, start, 365*24*time.Hour); err != nil { // signs from the 15th day on
		t.Fatal(err)
	}
	second, err := ring.Current(purpose, start.Add(19*24*time.Hour))
	if err != nil || second.Key.Thumbprint == first.Key.Thumbprint {
		t.Fatal(second, err)
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
		"the only one":                        {"csgt", 0, []string{first.Key.Thumbprint}},
		"a day before the successor":          {"csgt", 14 * day, []string{first.Key.Thumbprint}},
		"the successor signs within the hour": {"csgt", 15*day - 59*time.Minute, []string{first.Key.Thumbprint, second.Key.Thumbprint}},
		"both verify":                         {"csgt", 16 * day, []string{first.Key.Thumbprint, second.Key.Thumbprint}},
		"the first has ended":                 {"csgt", 20 * day, []string{second.Key.Thumbprint}},
		"both have ended":                     {"csgt", 900 * day, nil},
		"before the first":                    {"csgt", -2 * day, nil},
		"no such agency":                      {"nobody", 0, nil},
		"no agency":                           {"", 0, nil},
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
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
	nameless, err := keys.NewPublisher(ring, t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := nameless.IssuerMetadata("csgt", start); err == nil {
		t.Errorf("metadata without an origin: %s", raw)
	}
}
