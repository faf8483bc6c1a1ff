package keys

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/verifier"
)

// IssuerMetadata returns the JWT VC Issuer Metadata of an agency
// (draft-ietf-oauth-sd-jwt-vc-25, "JWT VC Issuer Metadata"): the iss of its
// credentials, and the public keys that verify them at the moment, the ids being
// RFC 7638 thumbprints. A published key is among them before it signs, so that
// nobody meets a signature under a key that is not there yet; a revoked one is
// not. Keys of other purposes are not in it: whoever reads it
// would take a credential for good that they signed. It returns nil for an
// agency that has no key at the moment.
func (p *Publisher) IssuerMetadata(agency string, now time.Time) ([]byte, error) {
	if p.origin == "" {
		return nil, errors.New("keys: the metadata of an issuer needs the public origin of the deployment")
	}
	type keySet struct {
		Keys []*verifier.Key `json:"keys"`
	}
	metadata := struct {
		Issuer string `json:"issuer"`
		Keys   keySet `json:"jwks"`
	}{Issuer: issuer.URL(p.origin, agency)}
	for _, e := range p.ring.Entries() {
		if e.Purpose == CredentialPurpose(agency) && e.State != Created && e.State != Revoked && e.covers(now) {
			metadata.Keys.Keys = append(metadata.Keys.Keys, e.Key)
		}
	}
	if len(metadata.Keys.Keys) == 0 {
		return nil, nil
	}
	return json.Marshal(metadata)
}
