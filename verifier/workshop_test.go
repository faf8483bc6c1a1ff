package verifier_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// noon is the fixed moment of these tests.
var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// testKey derives a TEST key from a label.
func testKey(t testing.TB, label string) *ecdsa.PrivateKey {
	t.Helper()
	sum := sha256.Sum256([]byte("verifier TEST key, never trust: " + label))
	return ok(ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:]))(t)
}

// repeatable signs by RFC 6979, so that the same input gives the same bytes.
type repeatable struct{ *ecdsa.PrivateKey }

func (r repeatable) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return r.PrivateKey.Sign(nil, digest, crypto.SHA256)
}

// ok unwraps what must not fail.
func ok[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func named(t testing.TB, k *ecdsa.PrivateKey) *verifier.Key {
	t.Helper()
	return ok(verifier.NewKey(&k.PublicKey))(t)
}

// entry is a disclosure key of a list, good for a day on both sides of noon.
func entry(t testing.TB, label string) verifier.TrustedKey {
	t.Helper()
	return verifier.TrustedKey{Purpose: verifier.PurposeDisclosure, Algorithm: "ES256",
		NotBefore: noon.Add(-24 * time.Hour), NotAfter: noon.Add(24 * time.Hour),
		JWK: ok(json.Marshal(named(t, testKey(t, label))))(t)}
}

// draft is a list that could be signed.
func draft(t testing.TB, version int64) verifier.TrustList {
	t.Helper()
	return verifier.TrustList{Version: version, Issuer: "https://giayto.example", IssuedAt: noon.Add(-time.Hour),
		NextUpdate: noon.Add(24 * time.Hour), Rules: verifier.DefaultRules(), Keys: []verifier.TrustedKey{entry(t, "disclosure")}}
}

// open signs the list with the TEST root and opens it again.
func open(t testing.TB, l verifier.TrustList) *verifier.TrustList {
	t.Helper()
	root := testKey(t, "root")
	text := ok(verifier.SignTrustList(l, repeatable{root}))(t)
	return ok(verifier.OpenTrustList(text, named(t, root)))(t)
}

// name is a token that shows the name on an identity card for a minute.
func name(id byte) verifier.Token {
	return verifier.Token{ExpiresAt: noon.Add(time.Minute).Unix(), ID: [8]byte{id},
		Documents: []verifier.TokenDocument{{Code: 1, Fields: map[uint64]any{2: "NGUYỄN THỊ VÍ DỤ"}}}}
}

// show signs the token with the TEST key of the label and frames it.
func show(t testing.TB, token verifier.Token, label string) string {
	t.Helper()
	key := testKey(t, label)
	message := ok(token.Sign(repeatable{key}, named(t, key).ID))(t)
	return ok(qr.Encode(message))(t)
}

// reasonOf is the reason of a refusal, "" for established. It insists that
// result and refusal exclude each other.
func reasonOf(t testing.TB, result *verifier.Result, err error) verifier.Reason {
	t.Helper()
	var refusal *verifier.Refusal
	switch {
	case err == nil && result != nil:
		return ""
	case err != nil && result == nil && errors.As(err, &refusal):
		if info := refusal.Reason.Info(); info.Verdict == verifier.Established || info.Why.VI == "" || info.Why.EN == "" || info.Do.VI == "" || info.Do.EN == "" {
			t.Fatalf("%q is not in the closed set with its sentences", refusal.Reason)
		}
		return refusal.Reason
	}
	t.Fatalf("neither or both: result %v, error %v", result, err)
	return ""
}

// wantReason is a check of an error alone.
func wantReason(t testing.TB, err error, want verifier.Reason) {
	t.Helper()
	var refusal *verifier.Refusal
	if !errors.As(err, &refusal) || refusal.Reason != want {
		t.Fatalf("%v, want %s", err, want)
	}
}
