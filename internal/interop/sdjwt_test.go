package interop_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

const (
	issuer    = "https://giayto.example.vn/agencies/csgt"
	statusURI = "https://giayto.example.vn/status/csgt/1"
	audience  = "x509_san_dns:thuexe.example.vn"
	nonce     = "n-0S6_WzA2Mj"
	keyID     = "csgt-2026-11"
)

var (
	issuerKey = testKey("TEST issuer")
	holderKey = testKey("TEST holder")
	statusKey = testKey("TEST status")

	// now is today: the foreign library takes the time it is told for a
	// credential, but reads the clock for some of its checks.
	now = time.Now().Truncate(time.Second)
)

// testKey derives a TEST key from its name.
func testKey(name string) *ecdsa.PrivateKey {
	sum := sha256.Sum256([]byte(name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:])
	if err != nil {
		panic(err)
	}
	return key
}

func jwk(t *testing.T, key *ecdsa.PrivateKey, private bool) map[string]any {
	t.Helper()
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding
	out := map[string]any{"kty": "EC", "crv": "P-256", "x": enc.EncodeToString(point[1:33]), "y": enc.EncodeToString(point[33:])}
	if private {
		d, err := key.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		out["d"] = enc.EncodeToString(d)
	}
	return out
}

// licence is a credential of ours with every kind of disclosure. withStatus says
// where to look its status up.
func licence(t *testing.T, withStatus bool) string {
	t.Helper()
	cnf, err := sdjwt.Confirmation(&holderKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	claims := []sdjwt.Node{
		{Name: "iss", Value: issuer},
		{Name: "vct", Value: "https://giayto.example.vn/credentials/gplx/1"},
		{Name: "iat", Value: now.Add(-time.Hour).Unix()},
		{Name: "exp", Value: now.Add(24 * time.Hour).Unix()},
		cnf,
		{Name: "name", Value: "Đặng Thị Hường", Disclosable: true},
		{Name: "number", Value: "790000000001", Disclosable: true},
		{Name: "address", Disclosable: true, Decoys: 1, Members: []sdjwt.Node{
			{Name: "province", Value: "Thừa Thiên Huế", Disclosable: true},
			{Name: "country", Value: "VN"},
		}},
		{Name: "classes", Decoys: 1, Items: []sdjwt.Node{{Value: "A1", Disclosable: true}, {Value: "B", Disclosable: true}}},
	}
	if withStatus {
		claims = append(claims, sdjwt.Node{Name: "status", Members: []sdjwt.Node{{Name: "status_list", Members: []sdjwt.Node{
			{Name: "idx", Value: 3}, {Name: "uri", Value: statusURI},
		}}}})
	}
	text, err := sdjwt.Issue(claims, sdjwt.IssueOptions{Signer: issuerKey, KeyID: keyID, Decoys: 2})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func present(t *testing.T, text string) *sdjwt.SDJWT {
	t.Helper()
	s, err := sdjwt.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s, err = s.Select([]string{"name"}, []string{"address", "province"}, []string{"classes", "1"})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := s.Bind(sdjwt.BindOptions{Signer: holderKey, Audience: audience, Nonce: nonce, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = sdjwt.Parse(bound); err != nil {
		t.Fatal(err)
	}
	return s
}

// plain makes what two JSON decoders gave comparable.
func plain(t *testing.T, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The foreign library accepts what we issue, select and bind, in all three
// serialisations, and sees the claims that we see.
func TestForeignVerifiesOurs(t *testing.T) {
	s := present(t, licence(t, false))
	want, err := s.Verify(sdjwt.VerifyOptions{
		Key: &issuerKey.PublicKey, Now: now, RequireKeyBinding: true, Audience: audience, Nonce: nonce,
	})
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{"": s.String()}
	for name, form := range map[string]sdjwt.Form{"flattened": sdjwt.Flattened, "general": sdjwt.General} {
		if forms[name], err = s.JSON(form); err != nil {
			t.Fatal(err)
		}
	}
	for form, text := range forms {
		t.Run("form "+form, func(t *testing.T) {
			a := accepted(t, request{"do": "verify", "credential": text, "form": form, "issuerJwk": jwk(t, issuerKey, false),
				"nonce": nonce, "now": now.Unix(), "required": []string{"vct", "iss", "exp", "name"}})
			if got := plain(t, a.Payload); !reflect.DeepEqual(got, plain(t, want)) {
				t.Errorf("they see\n%v\nwe see\n%v", got, plain(t, want))
			}
			if a.Header["typ"] != sdjwt.TypeVC || a.KB == nil || a.KB.Payload["aud"] != audience {
				t.Errorf("header %v, key binding %v", a.Header, a.KB)
			}
		})
	}
}

// It refuses what was changed, so that accepting means something.
func TestForeignRefusesOursChanged(t *testing.T) {
	text := present(t, licence(t, false)).String()
	parts := strings.Split(text, "~")
	verify := func(change request) request {
		r := request{"do": "verify", "credential": text, "issuerJwk": jwk(t, issuerKey, false), "nonce": nonce, "now": now.Unix()}
		for name, value := range change {
			r[name] = value
		}
		return r
	}
	for name, change := range map[string]request{
		"another issuer's key": {"issuerJwk": jwk(t, holderKey, false)},
		"another nonce":        {"nonce": "x"},
		"expired":              {"now": now.AddDate(0, 0, 2).Unix()},
		"disclosure dropped":   {"credential": strings.Join(append(parts[:1:1], parts[2:]...), "~")},
		"claim not disclosed":  {"required": []string{"number"}},
	} {
		t.Run(name, func(t *testing.T) {
			if a := foreign(t, verify(change)); a.OK {
				t.Error("accepted")
			}
		})
	}
}

// We accept what the foreign library issues and presents with key binding.
func TestWeVerifyForeign(t *testing.T) {
	claims := map[string]any{
		"iss": issuer, "vct": "https://giayto.example.vn/credentials/gplx/1",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "cnf": map[string]any{"jwk": jwk(t, holderKey, false)},
		"name": "Đặng Thị Hường", "number": "790000000001",
		"address": map[string]any{"province": "Thừa Thiên Huế", "country": "VN"}, "classes": []string{"A1", "B"},
	}
	frame := map[string]any{"_sd": []string{"name", "number", "address"}, "_sd_decoy": 2,
		"address": map[string]any{"_sd": []string{"province"}}, "classes": map[string]any{"_sd": []int{0, 1}}}
	issued := accepted(t, request{"do": "issue", "claims": claims, "frame": frame, "privateJwk": jwk(t, issuerKey, true), "header": map[string]any{"kid": keyID}})
	o := sdjwt.VerifyOptions{Key: &issuerKey.PublicKey, Now: now, Required: []string{"iss", "exp", "name"}}
	whole, err := sdjwt.Verify(issued.Credential, o)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(plain(t, whole), plain(t, claims)) {
		t.Errorf("we see\n%v\nthey issued\n%v", plain(t, whole), plain(t, claims))
	}
	presented := accepted(t, request{"do": "present", "credential": issued.Credential, "holderJwk": jwk(t, holderKey, true),
		"frame": map[string]any{"name": true, "classes": map[string]any{"1": true}}, "aud": audience, "nonce": nonce, "iat": now.Unix()})
	o.RequireKeyBinding, o.Audience, o.Nonce = true, audience, nonce
	part, err := sdjwt.Verify(presented.Credential, o)
	if err != nil {
		t.Fatal(err)
	}
	if part["name"] != "Đặng Thị Hường" || part["number"] != nil || part["address"] != nil || !reflect.DeepEqual(part["classes"], []any{"B"}) {
		t.Errorf("we see %v", part)
	}
	o.Nonce = "x"
	if _, err := sdjwt.Verify(presented.Credential, o); sdjwt.ReasonOf(err) != sdjwt.ReasonNonce {
		t.Errorf("another nonce: %v", err)
	}
}

// The foreign library finds our key at the issuer's well-known address and the
// status in a list, and refuses a credential that the list revokes. Both are
// served here as a deployment would serve them.
func TestForeignResolvesIssuerAndStatus(t *testing.T) {
	text := present(t, licence(t, true)).String()
	for value, revoked := range map[int]bool{0: false, 1: true} {
		list := accepted(t, request{"do": "statusList", "values": []int{0, 0, 1, value}, "bits": 2, "uri": statusURI,
			"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "privateJwk": jwk(t, statusKey, true), "kid": "status-1"})
		server := httptest.NewServer(deployment(t, list.Token))
		t.Cleanup(server.Close)
		r := request{"do": "verify", "credential": text, "base": server.URL, "statusJwk": jwk(t, statusKey, false), "nonce": nonce, "now": now.Unix()}
		a := foreign(t, r)
		switch {
		case revoked && (a.OK || a.Error != "status 1"):
			t.Errorf("revoked, but: %+v", a)
		case !revoked && (!a.OK || a.Status == nil || *a.Status != 0):
			t.Errorf("in force, but: %s", a.Error)
		}
		delete(r, "base")
		if a := foreign(t, r); a.OK {
			t.Error("accepted without having asked anybody")
		}
	}
}

// deployment serves the issuer's metadata and one status list.
func deployment(t *testing.T, statusList string) http.Handler {
	key := jwk(t, issuerKey, false)
	key["kid"] = keyID
	metadata, err := json.Marshal(map[string]any{"issuer": issuer, "jwks": map[string]any{"keys": []any{key}}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/jwt-vc-issuer/agencies/csgt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(metadata)
	})
	mux.HandleFunc("GET /status/csgt/1", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/statuslist+jwt")
		_, _ = w.Write([]byte(statusList))
	})
	return mux
}
