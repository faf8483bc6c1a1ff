package sdjwt_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

var errBroken = errors.New("broken")

// opaqueSigner is a key in an HSM: it signs, or fails, and shows no private half.
type opaqueSigner struct {
	key *ecdsa.PrivateKey
	err error
}

func (s opaqueSigner) Public() crypto.PublicKey { return &s.key.PublicKey }

func (s opaqueSigner) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.key.Sign(r, digest, o)
}

// addressCredential has every kind of disclosure: flat, structured (inside a
// plain object), recursive and array elements.
func addressCredential(tb testing.TB) []sdjwt.Node {
	tb.Helper()
	return append(plainClaims(tb),
		sdjwt.Node{Name: "name", Value: "Nguyễn Thị Ánh Tuyết", Disclosable: true},
		sdjwt.Node{Name: "birth", Decoys: 2, Members: []sdjwt.Node{
			{Name: "date", Value: "1990-02-28", Disclosable: true},
			{Name: "calendar", Value: "gregorian"},
		}},
		sdjwt.Node{Name: "address", Disclosable: true, Decoys: 1, Members: []sdjwt.Node{
			{Name: "country", Value: "VN"},
			{Name: "province", Value: "Thừa Thiên Huế", Disclosable: true},
			{Name: "street", Disclosable: true, Members: []sdjwt.Node{
				{Name: "number", Value: "12/3", Disclosable: true},
				{Name: "name", Value: "Đường Lê Lợi"},
			}},
		}},
		sdjwt.Node{Name: "classes", Decoys: 1, Items: []sdjwt.Node{
			{Value: "A1", Disclosable: true},
			{Value: "B", Disclosable: false},
			{Disclosable: true, Members: []sdjwt.Node{{Name: "class", Value: "C"}, {Name: "until", Value: "2029-01-01", Disclosable: true}}},
			{Array: true, Items: []sdjwt.Node{{Value: 1, Disclosable: true}}},
		}},
		sdjwt.Node{Name: "none", Array: true},
		sdjwt.Node{Name: "empty", Members: []sdjwt.Node{}},
	)
}

const addressClaims = `"name":"Nguyễn Thị Ánh Tuyết","birth":{"date":"1990-02-28","calendar":"gregorian"},
	"address":{"country":"VN","province":"Thừa Thiên Huế","street":{"number":"12/3","name":"Đường Lê Lợi"}},
	"classes":["A1","B",{"class":"C","until":"2029-01-01"},[1]],"none":[],"empty":{}`

// withoutPlain drops the claims of plainClaims, which every test has.
func withoutPlain(claims map[string]any) map[string]any {
	for _, name := range []string{"iss", "vct", "iat", "exp", "cnf", "status"} {
		delete(claims, name)
	}
	return claims
}

func TestIssueVerifies(t *testing.T) {
	for name, signer := range map[string]crypto.Signer{"key": issuerKey, "opaque signer": opaqueSigner{issuerKey, nil}} {
		t.Run(name, func(t *testing.T) {
			o := verifyOptions()
			o.Required = []string{"iss", "vct", "iat", "exp", "cnf", "status"}
			claims, err := sdjwt.Verify(issue(t, addressCredential(t), sdjwt.IssueOptions{Signer: signer, Decoys: 3}), o)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t, withoutPlain(claims)), canonicalText(t, "{"+addressClaims+"}"); got != want {
				t.Errorf("claims\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestIssueByHand reads a token with encoding/json alone and recomputes every
// digest, so that a mistake made alike in issuing and verifying shows.
func TestIssueByHand(t *testing.T) {
	text := issue(t, addressCredential(t), sdjwt.IssueOptions{KeyID: "khóa-1", Decoys: 3, X5C: [][]byte{{0x30, 0xfb, 0xff}, {0x30}}})
	if !strings.HasSuffix(text, "~") {
		t.Fatal("no closing tilde")
	}
	parts := strings.Split(strings.TrimSuffix(text, "~"), "~")
	jwt, disclosures := strings.Split(parts[0], "."), parts[1:]
	if got, want := unb64(t, jwt[0]), `{"alg":"ES256","typ":"dc+sd-jwt","kid":"khóa-1","x5c":["MPv/","MA=="]}`; got != want {
		t.Errorf("header %s, want %s", got, want)
	}
	raw := unb64(t, jwt[2])
	sum := crypto.SHA256.New()
	sum.Write([]byte(jwt[0] + "." + jwt[1]))
	r, s := new(big.Int).SetBytes([]byte(raw[:32])), new(big.Int).SetBytes([]byte(raw[32:]))
	if len(raw) != 64 || !ecdsa.Verify(&issuerKey.PublicKey, sum.Sum(nil), r, s) {
		t.Error("the signature does not verify")
	}
	var payload map[string]any
	if err := json.Unmarshal([]byte(unb64(t, jwt[1])), &payload); err != nil {
		t.Fatal(err)
	}
	if payload["_sd_alg"] != "sha-256" {
		t.Errorf("_sd_alg is %v", payload["_sd_alg"])
	}
	known := map[string]bool{}
	salts := map[string]bool{}
	digests := collectDigests(t, payload)
	for _, d := range disclosures {
		content := unb64(t, d)
		var array []any
		if err := json.Unmarshal([]byte(content), &array); err != nil {
			t.Fatal(err)
		}
		known[digest(content)] = true
		salt := array[0].(string)
		if len(unb64(t, salt)) != 16 || salts[salt] {
			t.Errorf("salt %s is not 128 new bits", salt)
		}
		salts[salt] = true
		digests = append(digests, collectDigests(t, array[len(array)-1])...)
	}
	// 10 disclosures; decoys: 3 at the top, 2 in birth, 1 in address, 1 in classes.
	if len(disclosures) != 10 || len(digests) != 10+7 {
		t.Errorf("%d disclosures and %d digests, want 10 and 17", len(disclosures), len(digests))
	}
	matched := 0
	for i, d := range digests {
		if slices.Contains(digests[:i], d) || len(unb64(t, d)) != 32 {
			t.Errorf("digest %s occurs twice or is not 256 bits", d)
		}
		if known[d] {
			matched++
		}
	}
	if matched != len(disclosures) {
		t.Errorf("%d of %d disclosures have a digest", matched, len(disclosures))
	}
}

// collectDigests finds every digest in decoded JSON and checks that each _sd is
// sorted.
func collectDigests(t *testing.T, v any) (found []string) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			switch name {
			case "_sd":
				var level []string
				for _, d := range member.([]any) {
					level = append(level, d.(string))
				}
				if !slices.IsSorted(level) {
					t.Errorf("_sd is not sorted: %v", level)
				}
				found = append(found, level...)
			case "...":
				found = append(found, member.(string))
			default:
				found = append(found, collectDigests(t, member)...)
			}
		}
	case []any:
		for _, item := range v {
			found = append(found, collectDigests(t, item)...)
		}
	}
	return found
}

func TestIssueIsDeterministicUpToTheSignature(t *testing.T) {
	unsigned := func(seed byte) string {
		text := issue(t, addressCredential(t), sdjwt.IssueOptions{Rand: bytes.NewReader(bytes.Repeat(counting(seed), 8)), Decoys: 2})
		jwt, disclosures, _ := strings.Cut(text, "~")
		return jwt[:strings.LastIndexByte(jwt, '.')] + "~" + disclosures
	}
	if first, again := unsigned(1), unsigned(1); first != again {
		t.Error("the same random bytes give another token")
	}
	if unsigned(1) == unsigned(2) {
		t.Error("random bytes do not matter")
	}
	a, b := issue(t, addressCredential(t), sdjwt.IssueOptions{}), issue(t, addressCredential(t), sdjwt.IssueOptions{})
	for _, d := range strings.Split(a, "~")[1:11] {
		if strings.Contains(b, d) {
			t.Error("two tokens share a disclosure")
		}
	}
}

// counting returns 256 different bytes, so that no two salts of one token are alike.
func counting(seed byte) []byte {
	out := make([]byte, 256)
	for i := range out {
		out[i] = byte(i)*7 + seed
	}
	return out
}

func TestIssueText(t *testing.T) {
	composed, decomposed := "Đặng Thị Hường", "Đa\u0323\u0306ng Thi\u0323 Hu\u031bo\u031b\u0300ng"
	long := strings.Repeat("Tôn Nữ Hoàng Thị ", 500)
	tests := []struct {
		name  string
		value any
		want  string // JSON of the value in the disclosure
	}{
		{"NFC", composed, `"` + composed + `"`},
		{"NFD stays NFD", decomposed, `"` + decomposed + `"`},
		{"long name", long, `"` + long + `"`},
		{"HTML is not escaped", "<Nhà & Vườn>", `"<Nhà & Vườn>"`},
		{"quotes and controls", "\"a\\b\"\n\x00", `"\"a\\b\"\n\u0000"`},
		{"line separator", "a\u2028b", `"a\u2028b"`},
		{"replacement character", "a\ufffdb", "\"a\ufffdb\""},
		{"replacement character in a list", []string{"a\ufffdb", `\ufffd`}, "[\"a\ufffdb\",\"\\\\ufffd\"]"},
		{"emoji", "🇻🇳", `"🇻🇳"`},
		{"dong sign", "₫", `"₫"`},
		{"null", nil, `null`},
		{"false", false, `false`},
		{"int", -7, `-7`},
		{"int64", int64(math.MaxInt64), `9223372036854775807`},
		{"number text", json.Number("1.50"), `1.50`},
		{"list", []string{"<a>", "b"}, `["<a>","b"]`},
		{"map", map[string]any{"z": 1, "a": []any{}}, `{"a":[],"z":1}`},
		{"raw", json.RawMessage(`{"b":1, "a":2}`), `{"b":1,"a":2}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := issue(t, []sdjwt.Node{{Name: "tên", Value: test.value, Disclosable: true}}, sdjwt.IssueOptions{Type: plainType})
			content := unb64(t, strings.Split(text, "~")[1])
			if got := content[len(`["0123456789012345678901",`):]; got != `"tên",`+test.want+`]` {
				t.Errorf("disclosure ends %s, want %s", got, test.want)
			}
			claims, err := sdjwt.Verify(text, plainOptions())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t, claims["tên"]), canonicalText(t, test.want); got != want {
				t.Errorf("claim is %s, want %s", got, want)
			}
		})
	}
}

// An error names the claim by its path, never by its value.
func TestIssueErrorPath(t *testing.T) {
	_, err := sdjwt.Issue([]sdjwt.Node{{Name: "address", Members: []sdjwt.Node{
		{Name: "lines", Items: []sdjwt.Node{{Value: "ok"}, {Value: "Ph\xf3"}}},
	}}}, sdjwt.IssueOptions{Signer: issuerKey})
	if err == nil || err.Error() != "sdjwt: not_utf8: address.lines.1" {
		t.Errorf("error is %v", err)
	}
}

// What may be selectively disclosable stays so: the names that are sealed at the
// top mean nothing further down, and iat and sub are free.
func TestDisclosableAnyway(t *testing.T) {
	text := issue(t, []sdjwt.Node{
		{Name: "iat", Value: now.Unix(), Disclosable: true},
		{Name: "sub", Value: "x", Disclosable: true},
		{Name: "document", Members: []sdjwt.Node{{Name: "status", Value: "ok", Disclosable: true}, {Name: "exp", Value: "2030", Disclosable: true}}},
	}, sdjwt.IssueOptions{Type: plainType})
	claims, err := sdjwt.Verify(text, plainOptions())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := canonical(t, claims["document"]), `{"exp":"2030","status":"ok"}`; got != want || len(claims) != 3 {
		t.Errorf("claims are %v", claims)
	}
}

func TestIssueAtTheLimits(t *testing.T) {
	var wide []sdjwt.Node
	for i := range sdjwt.MaxDisclosures {
		wide = append(wide, sdjwt.Node{Name: "a" + string(rune(0x4e00+i)), Value: i, Disclosable: true})
	}
	deep := sdjwt.Node{Name: "a", Value: 1, Disclosable: true}
	for range sdjwt.MaxDepth - 1 {
		deep = sdjwt.Node{Name: "a", Members: []sdjwt.Node{deep}, Disclosable: true}
	}
	array := sdjwt.Node{Items: []sdjwt.Node{{Value: 1, Disclosable: true}}}
	for range sdjwt.MaxDepth - 3 {
		array = sdjwt.Node{Items: []sdjwt.Node{array}}
	}
	array.Name = "a"
	large := []sdjwt.Node{{Name: "portrait", Value: "data:image/jpeg;base64," + strings.Repeat("A", 100<<10), Disclosable: true}}
	for name, claims := range map[string][]sdjwt.Node{"disclosures": wide, "depth": {deep}, "array depth": {array}, "size": large} {
		t.Run(name, func(t *testing.T) {
			text := issue(t, claims, sdjwt.IssueOptions{Type: plainType, Decoys: sdjwt.MaxDecoys})
			all, err := sdjwt.Verify(text, plainOptions())
			if err != nil {
				t.Fatal(err)
			}
			if len(all) != len(claims) {
				t.Errorf("%d claims, want %d", len(all), len(claims))
			}
		})
	}
}

func TestUnsafeHeader(t *testing.T) {
	text := issue(t, nil, sdjwt.IssueOptions{KeyID: "k", Type: "example+sd-jwt", X5C: [][]byte{{1, 2}, {3}}})
	h, err := parse(t, text).UnsafeHeader()
	if err != nil {
		t.Fatal(err)
	}
	if h.Algorithm != "ES256" || h.Type != "example+sd-jwt" || h.KeyID != "k" || base64.StdEncoding.EncodeToString(slices.Concat(h.X5C...)) != "AQID" {
		t.Errorf("header is %+v", h)
	}
	_, err = parse(t, signRaw(t, issuerKey, `{"crit":[]}`, `{}`)+"~").UnsafeHeader()
	wantReason(t, err, sdjwt.ReasonHeader)
}

func TestConfirmationRefuses(t *testing.T) {
	p384, err := ecdsa.ParseRawPrivateKey(elliptic.P384(), append(make([]byte, 47), 7))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []*ecdsa.PublicKey{nil, &p384.PublicKey} {
		_, err := sdjwt.Confirmation(key)
		wantReason(t, err, sdjwt.ReasonKey)
	}
}
