package jstest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// name is the value that every example must show.
const name = "NGUYỄN THỊ VÍ DỤ"

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

// testKey derives a TEST key: anybody can, which is the point.
func testKey(t testing.TB, label string) *ecdsa.PrivateKey {
	t.Helper()
	sum := sha256.Sum256([]byte("giayto TEST key, never trust: jstest " + label))
	return ok(ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:]))(t)
}

// sample is a folder with root.jwk, trust-list.jws and presentation.txt, good
// now: the examples take the moment from the clock, as their users do. It returns
// the text too.
func sample(t testing.TB) (folder, text string) {
	t.Helper()
	root, key, now := testKey(t, "root"), testKey(t, "disclosure"), time.Now()
	rootKey, named := ok(verifier.NewKey(&root.PublicKey))(t), ok(verifier.NewKey(&key.PublicKey))(t)
	list := ok(verifier.SignTrustList(verifier.TrustList{Version: 1, Issuer: "https://giayto.example", IssuedAt: now.Add(-time.Hour).UTC(),
		NextUpdate: now.Add(24 * time.Hour).UTC(), Rules: verifier.DefaultRules(), Keys: []verifier.TrustedKey{{
			Purpose: verifier.PurposeDisclosure, Algorithm: "ES256", NotBefore: now.Add(-time.Hour).UTC(), NotAfter: now.Add(24 * time.Hour).UTC(),
			JWK: ok(json.Marshal(named))(t)}}}, root))(t)
	d := catalog.Default().Document("can_cuoc")
	claim := d.Claim("name")
	token := verifier.Token{ExpiresAt: now.Add(verifier.DefaultLifetime).Unix(), ID: [verifier.TokenIDSize]byte{1, 2, 3, 4, 5, 6, 7, 8},
		Documents: []verifier.TokenDocument{{Code: uint64(d.Code), Fields: map[uint64]any{uint64(claim.Key): ok(claim.ToWire(name))(t)}}}}
	text = ok(qr.Encode(ok(token.Sign(key, named.ID))(t)))(t)
	folder = t.TempDir()
	for file, content := range map[string][]byte{"root.jwk": ok(json.Marshal(rootKey))(t), "trust-list.jws": list, "presentation.txt": []byte(text)} {
		if err := os.WriteFile(filepath.Join(folder, file), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder, text
}
