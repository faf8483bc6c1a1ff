package authenticator

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
)

// keyFile is a Key with its private half.
type keyFile struct {
	ID        []byte `json:"id"`
	RPID      string `json:"rp_id"`
	User      []byte `json:"user"`
	Algorithm int    `json:"alg"`
	Counter   uint32 `json:"counter"`
	Private   []byte `json:"pkcs8"`
}

// MarshalJSON writes the key for a file, its private half too.
func (k *Key) MarshalJSON() ([]byte, error) {
	private, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return json.Marshal(keyFile{k.ID, k.RPID, k.User, k.Algorithm, k.Counter, private})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (k *Key) UnmarshalJSON(b []byte) error {
	var f keyFile
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	private, err := x509.ParsePKCS8PrivateKey(f.Private)
	if err != nil {
		return err
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return errors.New("authenticator: the key cannot sign")
	}
	*k = Key{f.ID, f.RPID, f.User, f.Algorithm, f.Counter, signer}
	return nil
}
