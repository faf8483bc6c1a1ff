package keys

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/giayto/giayto/verifier"
)

// selfSigned is the certificate of a certificate authority (RFC 5280 section
// 4.2.1): it signs certificates of signers and lists of revoked ones, and has no
// authority below it.
func selfSigned(e Entry) ([][]byte, error) {
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "Giayto certificate authority " + e.Key.Thumbprint[:8]},
		NotBefore: e.NotBefore, NotAfter: e.NotAfter,
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, e.Key.Public, e.signer)
	if err != nil {
		return nil, fmt.Errorf("keys: certificate authority: %w", err)
	}
	return [][]byte{der}, nil
}

// certified reports whether keys of the purpose have a certificate.
func certified(purpose verifier.Purpose) bool {
	return purpose == verifier.PurposeStatus || strings.HasPrefix(string(purpose), verifier.CredentialPrefix)
}

// SubjectURI is what the certificate of a signer says that it is: the iss of the
// agency's credentials, or the origin itself for status lists.
func SubjectURI(origin string, purpose verifier.Purpose) string {
	if agency, ok := strings.CutPrefix(string(purpose), verifier.CredentialPrefix); ok {
		return origin + "/agencies/" + agency
	}
	return origin
}

func subject(purpose verifier.Purpose) pkix.Name {
	return pkix.Name{CommonName: "Giayto signer " + string(purpose)}
}

// authority issues certificates.
type authority struct {
	certificate *x509.Certificate
	signer      crypto.Signer
}

// authority returns the certificate authority of the ring.
func (r *Ring) authority() (authority, error) {
	e, err := r.newest(PurposeCertificate)
	if err != nil {
		return authority{}, err
	}
	if e.signer == nil {
		return authority{}, fmt.Errorf("%w: %s", ErrLocked, PurposeCertificate)
	}
	if len(e.Certificates) != 1 {
		return authority{}, errors.New("keys: the certificate authority has no certificate")
	}
	certificate, err := x509.ParseCertificate(e.Certificates[0])
	if err != nil {
		return authority{}, fmt.Errorf("keys: certificate authority: %w", err)
	}
	return authority{certificate, e.signer}, nil
}

// issue makes the certificate of a signer: for digital signatures only, within
// the window of the key and of the authority itself.
func (a authority) issue(purpose verifier.Purpose, origin string, key *verifier.Key, begin, end time.Time) ([]byte, error) {
	uri, err := url.Parse(SubjectURI(origin, purpose))
	if err != nil {
		return nil, fmt.Errorf("keys: certificate: %w", err)
	}
	if begin.Before(a.certificate.NotBefore) {
		begin = a.certificate.NotBefore
	}
	if end.After(a.certificate.NotAfter) {
		end = a.certificate.NotAfter
	}
	if !end.After(begin) {
		return nil, nil // a clock was wrong when one of the two was made
	}
	template := &x509.Certificate{
		Subject: subject(purpose), NotBefore: begin, NotAfter: end,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature, URIs: []*url.URL{uri},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public, a.signer)
	if err != nil {
		return nil, fmt.Errorf("keys: certificate of %s: %w", purpose, err)
	}
	return der, nil
}

// checkLeaf reports why a certificate does not vouch for a key under one of the
// anchors.
func checkLeaf(der []byte, e Entry, origin string, anchors [][]byte) error {
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return errors.New("not a certificate")
	}
	pool := x509.NewCertPool()
	for _, anchor := range anchors {
		if ca, err := x509.ParseCertificate(anchor); err == nil {
			pool.AddCert(ca)
		}
	}
	switch {
	case !e.Key.Public.Equal(leaf.PublicKey):
		return errors.New("of another key")
	case leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature:
		return errors.New("not for digital signatures alone")
	case len(leaf.URIs) != 1 || leaf.URIs[0].String() != SubjectURI(origin, e.Purpose):
		return errors.New("of another subject")
	case leaf.NotBefore.Before(e.NotBefore) || leaf.NotAfter.After(e.NotAfter):
		return errors.New("not within the window of its key")
	}
	// What counts is who signed it; when it counts is for those who use it.
	_, err = leaf.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: leaf.NotBefore, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return errors.New("not signed by the deployment's certificate authority")
	}
	return nil
}

// certify gives every key that needs one a certificate by the authority in the
// ring, anew where the origin has moved.
func (r *Ring) certify(origin string, now time.Time) error {
	a, err := r.authority()
	if errors.Is(err, ErrNoKey) {
		return nil
	}
	if err != nil {
		return err
	}
	anchors := [][]byte{a.certificate.Raw}
	for _, e := range append([]Entry(nil), r.Entries()...) {
		if !certified(e.Purpose) || e.State == Revoked || e.StateAt(now) == Removed {
			continue
		}
		if len(e.Certificates) == 1 && checkLeaf(e.Certificates[0], e, origin, anchors) == nil {
			continue
		}
		der, err := a.issue(e.Purpose, origin, e.Key, e.NotBefore, e.NotAfter)
		if err != nil {
			return err
		}
		if der == nil {
			continue
		}
		if err := r.certificates(map[string][][]byte{e.Key.Thumbprint: {der}}); err != nil {
			return err
		}
	}
	return nil
}

// certificates stores chains beside their keys, by kid.
func (r *Ring) certificates(chains map[string][][]byte) error {
	return r.change(func() error {
		for _, e := range append([]Entry(nil), r.entries...) {
			chain, ok := chains[e.Key.Thumbprint]
			if !ok {
				continue
			}
			e.Certificates = chain
			if err := r.put(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// certificateRequest is a PKCS #10 request (RFC 2986): it proves to the root's
// machine that the server has the private half.
func certificateRequest(e Entry, origin string) ([]byte, error) {
	uri, err := url.Parse(SubjectURI(origin, e.Purpose))
	if err != nil {
		return nil, fmt.Errorf("keys: certificate request: %w", err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: subject(e.Purpose), URIs: []*url.URL{uri}}, e.signer)
	if err != nil {
		return nil, fmt.Errorf("keys: certificate request of %s: %w", e.Purpose, err)
	}
	return der, nil
}

// encodeCertificates writes certificates as PEM (RFC 7468).
func encodeCertificates(certificates [][]byte) []byte {
	var out bytes.Buffer
	for _, der := range certificates {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a buffer takes everything
	}
	return out.Bytes()
}
