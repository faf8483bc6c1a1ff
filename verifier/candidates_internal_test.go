package verifier

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"
	"time"
)

// Two P-256 keys whose thumbprints begin alike are dear to find, so the list is
// put together here: several keys answer to one id.
func TestSeveralKeysOfOneID(t *testing.T) {
	now := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	id := KeyID{1, 2, 3, 4}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	trusted := func(key *ecdsa.PrivateKey, change func(*TrustedKey)) *TrustedKey {
		k := &TrustedKey{Purpose: PurposeDisclosure, Algorithm: "ES256", NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
			key: &Key{Public: &key.PublicKey, ID: id}}
		if change != nil {
			change(k)
		}
		return k
	}
	revoke := func(k *TrustedKey) { k.RevokedAt = &now }
	credential := func(k *TrustedKey) { k.Purpose = "credential/c06" }
	ended := func(k *TrustedKey) { k.NotAfter = now.Add(-time.Minute) }
	token := Token{ExpiresAt: now.Unix() + 60, ID: [8]byte{1}, Documents: []TokenDocument{{Code: 1, Fields: map[uint64]any{12: true}}}}
	raw, err := token.Sign(signer, id)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := parseMessage(raw)
	if !ok {
		t.Fatal("the message cannot be read")
	}
	for _, c := range []struct {
		name string
		keys []*TrustedKey
		want Reason
	}{
		{"none", nil, ReasonUnknownKey},
		{"the right one alone", []*TrustedKey{trusted(signer, nil)}, ""},
		{"the right one last", []*TrustedKey{trusted(other, nil), trusted(other, revoke), trusted(signer, nil)}, ""},
		{"the right one first", []*TrustedKey{trusted(signer, nil), trusted(other, nil)}, ""},
		{"another one alone", []*TrustedKey{trusted(other, nil)}, ReasonBadSignature},
		{"another one, revoked", []*TrustedKey{trusted(other, revoke)}, ReasonBadSignature},
		{"the right one revoked, another good", []*TrustedKey{trusted(signer, revoke), trusted(other, nil)}, ReasonKeyRevoked},
		{"the right one for credentials", []*TrustedKey{trusted(other, nil), trusted(signer, credential)}, ReasonKeyWrongPurpose},
		{"the right one ended", []*TrustedKey{trusted(signer, ended), trusted(other, nil)}, ReasonKeyNotValid},
	} {
		list := &TrustList{Rules: DefaultRules(), byID: map[KeyID][]*TrustedKey{id: c.keys}}
		key, refusal := signedBy(list, m, now)
		switch {
		case c.want == "" && (refusal != nil || key == nil || key.Public != &signer.PublicKey):
			t.Errorf("%s: %v, %v", c.name, key, refusal)
		case c.want != "" && (refusal == nil || key != nil || refusal.Reason != c.want):
			t.Errorf("%s: %v, %v; want %s", c.name, key, refusal, c.want)
		}
	}
}

func TestJudgeKeyAtItsEdges(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	revoked := at(500)
	k := &TrustedKey{Purpose: PurposeDisclosure, NotBefore: at(100), NotAfter: at(1000)}
	dead := &TrustedKey{Purpose: PurposeDisclosure, NotBefore: at(100), NotAfter: at(1000), RevokedAt: &revoked}
	for _, c := range []struct {
		key  *TrustedKey
		now  int
		want Reason
	}{
		{k, 69, ReasonKeyNotValid}, {k, 70, ""}, {k, 100, ""}, {k, 1000, ""}, {k, 1030, ""}, {k, 1031, ReasonKeyNotValid},
		{dead, 69, ReasonKeyNotValid}, {dead, 100, ""}, {dead, 469, ""}, {dead, 470, ReasonKeyRevoked}, {dead, 500, ReasonKeyRevoked},
		{dead, 2000, ReasonKeyRevoked},
	} {
		if got := c.key.judge(at(c.now), 30*time.Second); got != c.want {
			t.Errorf("at %d: %q, want %q", c.now, got, c.want)
		}
	}
}
