package differential_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	random "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"crypto/ecdsa"
	"encoding/asn1"

	"github.com/giayto/giayto/verifier"
)

// lists is how many trust lists an ordinary run tries: opening one is dearer
// than checking a text.
const lists = 600

// oddities are JSON values for any member of a list.
var oddities = []any{nil, "", "x", 0, 1, -1, 2, 29, 30, 300, 301, 600, 601, 86400, 86401, 7776000, 7776001, int64(1) << 40, int64(1)<<53 - 1, int64(1) << 53, true, false, json.RawMessage("1.0"), json.RawMessage("1e1"), json.RawMessage("-0"),
	deepList(13), deepList(14), deepList(15), deepList(16), json.RawMessage(`{"a":1,"a":1}`), json.RawMessage(`{"a":1,"\u0061":1}`), json.RawMessage(`{"\ud800":1,"\ud801":1}`),
	json.RawMessage(`{"A":1,"a":1}`), "TEST: \"}{][,:", []any{}, map[string]any{},
	"2026-11-23T02:30:00Z", "2026-11-23T02:30:00.5Z", "2026-11-23T02:30:00.000000001Z", "2026-11-23T09:30:00+07:00", "2026-11-23T02:30:00-23:59",
	"2026-11-23 02:30:00Z", "2026-11-23t02:30:00z", "2026-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2026-11-23T24:00:00Z",
	"2026-11-23T02:30:60Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-11-23T02:30:00,5Z",
	"2026-11-23T02:30:00+24:00", "2026-11-23T02:30:00+23:60", "1970-01-01T00:00:00Z", "1970-01-01T00:59:59.9+01:00", "1969-12-31T23:59:59.9Z", "2026-11-23T02:30:00.Z", "2026-11-23T2:30:00Z", "2026-11-23T02:30:00+07", "2026-11-23T02:30:00+0700", json.RawMessage(`"2026-11-23T02:30:00\u005a"`), json.RawMessage(`20261123`), "\"", "2026-11-23T02:30Z", "2026-11-23", "disclosure", "trust-list", "credential/c06", "ES256", "ES384", "EC", "P-256", "P-384", "sig", "enc"}

// deepList is a list within a list, and so on.
func deepList(levels int) json.RawMessage {
	return json.RawMessage(strings.Repeat("[", levels) + strings.Repeat("]", levels))
}

// spots lists the objects of a list with a name for each member.
type spot struct {
	at   map[string]any
	name string
}

func spots(v any) (out []spot) {
	switch x := v.(type) {
	case map[string]any:
		names := make([]string, 0, len(x))
		for name := range x {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			out = append(append(out, spot{x, name}), spots(x[name])...)
		}
	case []any:
		for _, kid := range x {
			out = append(out, spots(kid)...)
		}
	}
	return out
}

// oddList is a list with one or two members changed, removed or added, signed
// by the root.
func oddList(t *testing.T, r *random.Rand, good []byte, root *ecdsa.PrivateKey) string {
	var list map[string]any
	if err := json.Unmarshal(good, &list); err != nil {
		t.Fatal(err)
	}
	for range r.IntN(3) {
		s := pick(r, spots(list))
		switch r.IntN(6) {
		case 0:
			delete(s.at, s.name)
		case 1:
			s.at[pick(r, []string{"unheard-of", "Version", "KEYS", "D", "\u017f"})] = pick(r, oddities)
		case 2:
			if text, isText := s.at[s.name].(string); isText && len(text) > 2 {
				s.at[s.name] = text[:len(text)-1]
			}
		default:
			s.at[s.name] = pick(r, oddities)
		}
	}
	payload := ok(json.Marshal(list))(t)
	b64 := base64.RawURLEncoding.EncodeToString
	header := pick(r, []string{`{"alg":"ES256","typ":"giayto-trust-list+jwt"}`, `{"typ":"giayto-trust-list+jwt","alg":"ES256","kid":"x"}`,
		`{"typ":"giayto-trust-list+jwt","alg":"ES256","kid":"x"}`, `{"alg":"none","alg":"ES256","typ":"giayto-trust-list+jwt"}`, `{"ALG":"none","alg":"ES256","typ":"giayto-trust-list+jwt"}`})
	signed := b64([]byte(header)) + "." + b64(payload)
	digest := sha256.Sum256([]byte(signed))
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(ok(repeatable{root}.Sign(nil, digest[:], nil))(t), &rs); err != nil {
		t.Fatal(err)
	}
	text := signed + "." + b64(append(rs.R.FillBytes(make([]byte, 32)), rs.S.FillBytes(make([]byte, 32))...))
	if r.IntN(8) == 0 {
		at := r.IntN(len(text))
		text = text[:at] + pick(r, []string{".", "A", "=", "\n", ""}) + text[min(at+1, len(text)):]
	}
	return pick(r, []string{"", "\n", " \u0085\u3000", "\ufeff"}) + text + pick(r, []string{"", "\n", "\r\n\t"})
}

// TestGoAndNodeOpenTheSameLists compares which lists are opened and which are
// refused.
func TestGoAndNodeOpenTheSameLists(t *testing.T) {
	total := setting(t, "LISTS", lists)
	seed := setting(t, "SEED", 1)
	if seed == 0 {
		seed = int(time.Now().UnixNano())
	}
	r := random.New(random.NewPCG(uint64(seed), 2))
	root := testKey(t, "root")
	rootKey := ok(verifier.NewKey(&root.PublicKey))(t)
	jwk := ok(json.Marshal(rootKey))(t)
	now := time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	draft := verifier.TrustList{Version: 7, Issuer: "https://giayto.example", IssuedAt: now.Add(-time.Hour), NextUpdate: now.Add(24 * time.Hour), Rules: verifier.DefaultRules()}
	for _, label := range []string{"disclosure", "second"} {
		named := ok(verifier.NewKey(&testKey(t, label).PublicKey))(t)
		draft.Keys = append(draft.Keys, verifier.TrustedKey{Purpose: verifier.PurposeDisclosure, Algorithm: "ES256", NotBefore: now.Add(-time.Hour),
			NotAfter: now.Add(time.Hour), RevokedAt: &now, Revoked: "TEST", JWK: ok(json.Marshal(named))(t)})
	}
	good := ok(json.Marshal(draft))(t)
	n, opened, differences := startNode(t), 0, 0
	for range total {
		text := oddList(t, r, good, root)
		var theirs struct {
			Version int64
			Reason  verifier.Reason
		}
		n.ask(t, request{Op: "open", Root: jwk, List: text, Now: now.UnixMilli()}, &theirs)
		list, err := verifier.OpenTrustList([]byte(text), rootKey)
		agree := err == nil && theirs.Version == list.Version || isReason(err, theirs.Reason)
		if err == nil {
			opened++
		}
		if !agree {
			if differences++; differences <= 5 {
				t.Errorf("seed %d: Go %v, node %+v\n%s", seed, err, theirs, text)
			}
		}
	}
	t.Logf("seed %d: %d lists, %d opened, %d differences", seed, total, opened, differences)
	if opened < total/10 || opened > total*9/10 {
		t.Errorf("%d of %d lists are opened: the test has lost its edge", opened, total)
	}
}
