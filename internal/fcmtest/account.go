package fcmtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	keyBits = 2048
	email   = "push@giayto-test.iam.gserviceaccount.com"
	grant   = "urn:ietf:params:oauth:grant-type:jwt-bearer" // RFC 7523 section 4
	scope   = "https://www.googleapis.com/auth/firebase.messaging"
)

// accountKey is the key of the service account.
type accountKey struct{ private *rsa.PrivateKey }

// newAccountKey is the same for every server of a process: making one takes
// longer than most tests.
var newAccountKey = sync.OnceValue(func() accountKey {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		panic("fcmtest: " + err.Error()) // only with a size that is too small
	}
	return accountKey{key}
})

// file is the JSON file of the account.
func (k accountKey) file(tokenURI string) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		panic("fcmtest: " + err.Error()) // an RSA key can be written
	}
	text, _ := json.Marshal(map[string]string{"type": "service_account", "project_id": Project, "private_key_id": "1",
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": email, "token_uri": tokenURI})
	return text
}

// check verifies a request for a token (RFC 7523 section 3).
func (k accountKey) check(r *http.Request, audience string) error {
	if r.PostForm.Get("grant_type") != grant {
		return errors.New("another grant")
	}
	signed, signature, found := cutLast(r.PostForm.Get("assertion"), ".")
	sum := sha256.Sum256([]byte(signed))
	raw, err := base64.RawURLEncoding.DecodeString(signature)
	if !found || err != nil {
		return errors.New("not a JWS")
	}
	if err := rsa.VerifyPKCS1v15(&k.private.PublicKey, crypto.SHA256, sum[:], raw); err != nil {
		return err
	}
	_, payload, _ := strings.Cut(signed, ".")
	body, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return err
	}
	var claims struct {
		Iss, Scope, Aud string
		Exp             int64
	}
	if err := json.Unmarshal(body, &claims); err != nil {
		return err
	}
	if claims.Iss != email || claims.Scope != scope || claims.Aud != audience || claims.Exp < time.Now().Unix() {
		return errors.New("an assertion for something else")
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
