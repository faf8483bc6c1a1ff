package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/authenticator"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session/passkey"
)

const fingerprint = "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89"

// TestPasskeyOrigins: which pages and apps may use passkeys of an origin.
func TestPasskeyOrigins(t *testing.T) {
	const android = "android:apk-key-hash:q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k"
	apps := func(rpID, androidApps, appleApps string) passkeyConfig {
		p := passkeyConfig{rpID: rpID}
		if err := p.setAndroid(androidApps); err != nil {
			t.Fatal(err)
		}
		if err := p.setApple(appleApps); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, tt := range []struct {
		name    string
		config  passkeyConfig
		origin  string
		id      string
		in, not []string
	}{
		{"a page", apps("", "", ""), "https://vi.giayto.example", "vi.giayto.example",
			[]string{"https://vi.giayto.example"}, []string{android, "https://giayto.example", "http://vi.giayto.example", "https://localhost"}},
		{"as an operator may write it", apps("", "", ""), "https://Vi.Giayto.Example:443", "vi.giayto.example",
			[]string{"https://vi.giayto.example"}, []string{"https://Vi.Giayto.Example:443"}},
		{"a domain above", apps("giayto.example", "", ""), "https://vi.giayto.example", "giayto.example",
			[]string{"https://vi.giayto.example"}, []string{"https://giayto.example", "https://other.giayto.example"}},
		{"Apple's apps", apps("giayto.example", "", "A1B2C3D4E5.vn.giayto"), "https://vi.giayto.example", "giayto.example",
			[]string{"https://vi.giayto.example", "https://giayto.example"}, []string{android}},
		{"Android's apps", apps("", "vn.giayto="+fingerprint, ""), "https://giayto.example", "giayto.example",
			[]string{"https://giayto.example", android}, []string{strings.ToLower(android)}},
		{"this machine", apps("", "", ""), "http://127.0.0.1:8080", "localhost",
			[]string{"http://localhost:8080", "http://127.0.0.1:8080"}, []string{"http://localhost", "http://localhost:8081", "https://localhost:8080"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			party, err := tt.config.party(tt.origin)
			if err != nil {
				t.Fatal(err)
			}
			if party.ID() != tt.id {
				t.Errorf("RP ID %s", party.ID())
			}
			for _, origin := range tt.in {
				if code := registering(t, party, origin); code != "" {
					t.Errorf("%s: %s", origin, code)
				}
			}
			for _, origin := range tt.not {
				if code := registering(t, party, origin); code != fault.CodePasskeyOrigin {
					t.Errorf("%s: %q", origin, code)
				}
			}
		})
	}
	for _, tt := range []struct{ id, origin string }{
		{"", "https://192.0.2.1"}, {"", "https://[2001:db8::1]:8443"}, {"giayto.example", "https://192.0.2.1"},
		{"gov.vn", "https://giayto.gov.vn"}, {"GOV.VN", "https://vi.giayto.gov.vn"}, {"com.vn", "https://giayto.com.vn"}, {"github.io", "https://giayto.github.io"},
	} {
		if party, err := (passkeyConfig{rpID: tt.id}).party(tt.origin); err == nil {
			t.Errorf("RP ID %s for %s: %s", tt.id, tt.origin, party.ID())
		}
	}
	for _, tt := range []struct{ id, origin, want string }{
		{"giayto.gov.vn", "https://vi.giayto.gov.vn", "giayto.gov.vn"}, {"Giayto.Example", "https://vi.giayto.example", "giayto.example"},
		{"", "http://[::1]:8080", "localhost"}, {"gov.vn", "https://gov.vn", "gov.vn"},
	} {
		if party, err := (passkeyConfig{rpID: tt.id}).party(tt.origin); err != nil || party.ID() != tt.want {
			t.Errorf("RP ID %s for %s: %v", tt.id, tt.origin, err)
		}
	}
	for _, id := range []string{"evil.example", "example", "o.example", "vi.giayto.example.evil"} {
		if _, err := (passkeyConfig{rpID: id}).party("https://vi.giayto.example"); err == nil {
			t.Errorf("RP ID %s is taken", id)
		}
	}
}

// registering gives the code with which an answer of an origin is refused.
func registering(t *testing.T, party *passkey.Party, origin string) fault.Code {
	t.Helper()
	challenge := make([]byte, passkey.ChallengeSize)
	options, err := party.CreationOptions(challenge, passkey.User{Handle: []byte("x"), Name: "x"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&authenticator.Authenticator{Origin: origin}).Create(options)
	if err != nil {
		t.Fatal(err)
	}
	r, err := passkey.ParseRegistration(answer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = party.Register(r, challenge)
	return fault.CodeOf(err)
}

func TestAppsAsConfigured(t *testing.T) {
	var p passkeyConfig
	if err := p.setAndroid(" vn.giayto=" + fingerprint + ", vn.giayto=" + strings.Repeat("00", 32) + ",org.other=" + strings.ToLower(fingerprint)); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(p.apps.Android)
	zeros := strings.TrimSuffix(strings.Repeat("00:", 32), ":")
	if want := `[{"Package":"vn.giayto","Fingerprints":["` + fingerprint + `","` + zeros + `"]},{"Package":"org.other","Fingerprints":["` + fingerprint + `"]}]`; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, bad := range []string{"vn.giayto", "vn.giayto=", "vn.giayto=AB:CD", "giayto=" + fingerprint, "vn.giayto=" + fingerprint + "00", "vn..giayto=" + fingerprint} {
		if err := p.setAndroid(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	for _, bad := range []string{"vn.giayto", "A1B2C3D4E.vn.giayto", "A1B2C3D4E5", "a1b2c3d4e5.vn.giayto", "A1B2C3D4E5."} {
		if err := p.setApple(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	if err := p.setApple(""); err != nil || len(p.apps.Apple) != 0 {
		t.Errorf("none: %v, %v", p.apps.Apple, err)
	}
}
