package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier"
)

// exported is a deployment of a day, and a history that it has signed.
func exported(t *testing.T) (args []string, file string) {
	t.Helper()
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	key := func() (*ecdsa.PrivateKey, *verifier.Key) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		public, err := verifier.NewKey(&private.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		return private, public
	}
	marshal := func(v any) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	root, rootKey := key()
	disclosure, disclosureKey := key()
	list, err := verifier.SignTrustList(verifier.TrustList{Version: 1, Issuer: "https://vi.example", IssuedAt: noon.Add(-time.Hour),
		NextUpdate: noon.Add(24 * time.Hour), Rules: verifier.DefaultRules(), Keys: []verifier.TrustedKey{{Purpose: verifier.PurposeDisclosure, Algorithm: "ES256",
			NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(24 * time.Hour), JWK: marshal(disclosureKey)}}}, root)
	if err != nil {
		t.Fatal(err)
	}
	text, err := verifier.SignHistory(verifier.History{Issuer: "https://vi.example", IssuedAt: noon, Count: 1, Complete: true, Entries: []verifier.HistoryEntry{{
		ID: "a", At: noon.Add(-time.Minute), Outcome: "shared", Purpose: "Thông báo lưu trú", Audience: "Khách sạn VÍ DỤ", Device: "d",
		Documents: []verifier.HistoryDocument{{Document: "can_cuoc", Credential: "c", Claims: []string{"name", "of_tomorrow"}}}}}}, disclosure)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return []string{"--trust-list", put("list", list), "--root", put("root", marshal(rootKey)), "--at", noon.Format(time.RFC3339)}, put("history.json", text)
}

func TestHistory(t *testing.T) {
	withoutNetwork(t)
	base, file := exported(t)
	args := func(more ...string) []string { return append(append([]string{}, base...), more...) }
	code, stdout, stderr := call("", args("--history", file)...)
	if code != exitEstablished || stderr != "" {
		t.Fatalf("exit %d, %s%s", code, stdout, stderr)
	}
	for _, want := range []string{"ĐÚNG", "https://vi.example", "đủ mọi mục", "Thông báo lưu trú", "Khách sạn VÍ DỤ", "Căn cước, Họ và tên", "can_cuoc/of_tomorrow"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no word of %q in\n%s", want, stdout)
		}
	}
	code, answer := report(t, args("--json", "--history", file)...)
	if code != exitEstablished || answer["verdict"] != "established" || answer["history"].(map[string]any)["count"] != 1.0 {
		t.Errorf("exit %d, %v", code, answer)
	}

	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.json")
	for what, c := range map[string]struct {
		text []byte
		more []string
		exit int
		why  string
	}{
		"another signature": {bytes.Replace(text, []byte(`"signature":"`), []byte(`"signature":"AAAA`), 1), nil, exitNotEstablished, "bad_signature"},
		"something else":    {[]byte("VN1:ABC"), nil, exitNotEstablished, "malformed"},
		"a list too old":    {text, []string{"--at", "2027-11-23T12:00:00Z"}, exitUnknown, "trust_list_too_old"},
	} {
		if err := os.WriteFile(changed, c.text, 0o600); err != nil {
			t.Fatal(err)
		}
		code, answer := report(t, args(append(c.more, "--json", "--history", changed)...)...)
		if code != c.exit || answer["reason"] != c.why || answer["history"] != nil {
			t.Errorf("%s: exit %d, %v", what, code, answer)
		}
	}
	for what, more := range map[string][]string{
		"no such file": {"--history", changed + ".gone"}, "beside a text": {"--history", file, "VN1:ABC"}, "with a memory": {"--history", file, "--state", changed},
		"with a preset": {"--history", file, "--preset", "any"}, "a language": {"--history", file, "--lang", "fr"},
	} {
		if code, stdout, stderr := call("", args(more...)...); code != exitUsage || stdout != "" || stderr == "" {
			t.Errorf("%s: exit %d, %q, %q", what, code, stdout, stderr)
		}
	}
}
