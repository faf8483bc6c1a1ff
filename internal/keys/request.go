package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/giayto/giayto/verifier"
)

// requestForm is the form of a request that this release writes and reads.
const requestForm = 1

// MaxRequest is the largest request or package in bytes that is looked at.
const MaxRequest = 2 * verifier.MaxTrustList

// Request is what a server asks of the machine of the root: the next trust list,
// and certificates. It is public and signed by nothing: the person at the root
// looks at what would change.
type Request struct {
	Form   int       `json:"giayto_request"`
	Origin string    `json:"iss"`
	MadeAt time.Time `json:"made_at"`
	// After is the version of the list that the server has; 0 = none.
	After int64          `json:"after_version"`
	Keys  []RequestedKey `json:"keys"`
}

// RequestedKey is a key as the next list shall name it.
type RequestedKey struct {
	verifier.TrustedKey
	State State `json:"state"`
	// CertificateRequest is PKCS #10, DER, of a key that needs a certificate.
	CertificateRequest []byte `json:"certificate_request,omitempty"`
}

// Request writes down what the ring calls for.
func (p *Publisher) Request(now time.Time) ([]byte, error) {
	if p.origin == "" {
		return nil, errors.New("keys: a request needs the public origin of the deployment")
	}
	q := Request{Form: requestForm, Origin: p.origin, MadeAt: now.UTC().Truncate(time.Second), Keys: []RequestedKey{}}
	if _, list := p.TrustList(); list != nil {
		q.After = list.Version
	}
	for _, e := range p.ring.Entries() {
		if !e.listed(now) {
			continue
		}
		named, err := e.trusted()
		if err != nil {
			return nil, err
		}
		k := RequestedKey{TrustedKey: named, State: e.State}
		if certified(e.Purpose) && (e.State == Published || e.State == Active) {
			if e.signer == nil {
				return nil, fmt.Errorf("%w: %s", ErrLocked, e.Purpose)
			}
			if k.CertificateRequest, err = certificateRequest(e, p.origin); err != nil {
				return nil, err
			}
		}
		q.Keys = append(q.Keys, k)
	}
	raw, err := json.MarshalIndent(q, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return append(raw, '\n'), nil
}

// ParseRequest reads a request and checks that whoever made it holds the private
// halves of the keys that are to get certificates.
func ParseRequest(raw []byte) (Request, error) {
	var q Request
	if err := strict(raw, &q); err != nil {
		return Request{}, fmt.Errorf("keys: not a request: %w", err)
	}
	switch {
	case q.Form != requestForm:
		return Request{}, fmt.Errorf("keys: a request of form %d, want %d", q.Form, requestForm)
	case q.Origin == "":
		return Request{}, errors.New("keys: the request names no deployment")
	case q.MadeAt.IsZero() || q.After < 0:
		return Request{}, errors.New("keys: the request has no moment or no version")
	}
	for i := range q.Keys {
		if err := q.Keys[i].check(q.Origin); err != nil {
			return Request{}, fmt.Errorf("keys: key %d of the request: %w", i, err)
		}
	}
	return q, nil
}

// check holds a key against its own certificate request.
func (k *RequestedKey) check(origin string) error {
	key, err := verifier.ParseKey(k.JWK)
	if err != nil {
		return err
	}
	if above(k.Purpose) {
		return fmt.Errorf("purpose %s is not for a request", k.Purpose)
	}
	if k.CertificateRequest == nil {
		return nil
	}
	if !certified(k.Purpose) {
		return fmt.Errorf("a key of purpose %s has no certificate", k.Purpose)
	}
	csr, err := x509.ParseCertificateRequest(k.CertificateRequest)
	if err != nil {
		return errors.New("the certificate request cannot be read")
	}
	switch {
	case csr.CheckSignature() != nil:
		return errors.New("the certificate request is not signed by its key")
	case !key.Public.Equal(csr.PublicKey):
		return errors.New("the certificate request is about another key")
	case len(csr.URIs) != 1 || csr.URIs[0].String() != SubjectURI(origin, k.Purpose):
		return errors.New("the certificate request is about another subject")
	}
	return nil
}

// strict reads JSON of exactly one form.
func strict(raw []byte, into any) error {
	if len(raw) > MaxRequest {
		return errors.New("too large")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errors.New("not JSON of its form, or not whole")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}
