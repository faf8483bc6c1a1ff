package sdjwt

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"slices"
	"strconv"
	"time"
)

// VerifyChain checks the certificate chain of an x5c header, DER and leaf first
// ([Header.X5C]), against the roots the caller trusts, and returns the leaf's
// P-256 key, to be used as VerifyOptions.Key, and the leaf, whose subject is the
// issuer (draft-ietf-oauth-sd-jwt-vc-25, "Issuer Signature Mechanisms"). Nothing
// in this package trusts an x5c header in any other way.
//
// It holds the chain to what HAIP 1.0 section 6.1.1 and RFC 5280 ask for: each
// certificate is signed by the next (RFC 7515 section 4.1.6), and the last by one
// of the roots, which is not itself in the chain; the leaf is neither self-signed
// nor an authority and its key usage includes digitalSignature; all are valid at
// now. Whether a certificate was revoked is not looked at: agencies' certificates
// are short-lived, and a leaked key is withdrawn by taking away its root or key.
func VerifyChain(x5c [][]byte, roots *x509.CertPool, now time.Time) (*ecdsa.PublicKey, *x509.Certificate, error) {
	switch {
	case roots == nil:
		return nil, nil, refuse(ReasonOptions, "roots")
	case now.IsZero():
		return nil, nil, refuse(ReasonOptions, "now")
	}
	chain, err := parseChain(x5c)
	if err != nil {
		return nil, nil, err
	}
	leaf := chain[0]
	key, err := checkLeaf(leaf)
	if err != nil {
		return nil, nil, err
	}
	if err := checkTimesOf(chain, now); err != nil {
		return nil, nil, err
	}
	between := x509.NewCertPool()
	for i, c := range chain {
		if i+1 < len(chain) && c.CheckSignatureFrom(chain[i+1]) != nil {
			return nil, nil, refuse(ReasonChain, "certificate "+strconv.Itoa(i+1))
		}
		if i > 0 {
			between.AddCert(c)
		}
	}
	found, err := leaf.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: now,
		// What document signers' extended usages are called differs from
		// one profile to the next; the roots decide who may be one.
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		var invalid x509.CertificateInvalidError
		if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
			return nil, nil, refuse(ReasonCertificateTime, "root")
		}
		// The library's error is dropped: it names the subject.
		return nil, nil, refuse(ReasonUntrusted, "chain")
	}
	if !slices.ContainsFunc(found, func(path []*x509.Certificate) bool { return wholePath(path, chain) }) {
		return nil, nil, refuse(ReasonChain, "anchor")
	}
	return key, leaf, nil
}

// parseChain decodes every certificate; none may be self-signed, for such a one
// is an anchor, and an anchor does not travel with what it vouches for.
func parseChain(x5c [][]byte) ([]*x509.Certificate, error) {
	if len(x5c) == 0 || len(x5c) > MaxCertificates {
		return nil, refuse(ReasonChain, "x5c")
	}
	chain := make([]*x509.Certificate, 0, len(x5c))
	for i, der := range x5c {
		where := "certificate " + strconv.Itoa(i+1)
		if len(der) > MaxHeaderBytes {
			return nil, refuse(ReasonTooLarge, where)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, refuse(ReasonCertificate, where)
		}
		if bytes.Equal(c.RawSubject, c.RawIssuer) {
			return nil, refuse(ReasonChain, where)
		}
		chain = append(chain, c)
	}
	return chain, nil
}

// checkLeaf accepts a certificate that signs data and nothing but data.
func checkLeaf(leaf *x509.Certificate) (*ecdsa.PublicKey, error) {
	key, _ := leaf.PublicKey.(*ecdsa.PublicKey)
	switch {
	case !p256(key):
		return nil, refuse(ReasonKey, "leaf")
	case leaf.IsCA:
		return nil, refuse(ReasonChain, "leaf")
	case leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return nil, refuse(ReasonCertificateUse, "leaf")
	}
	return key, nil
}

// checkTimesOf tells which certificate is out of its time; the library's
// verification would only say that one is.
func checkTimesOf(chain []*x509.Certificate, now time.Time) error {
	for i, c := range chain {
		if now.Before(c.NotBefore) || now.After(c.NotAfter) {
			return refuse(ReasonCertificateTime, "certificate "+strconv.Itoa(i+1))
		}
	}
	return nil
}

// wholePath tells whether path is the chain, all of it, and one root more.
func wholePath(path, chain []*x509.Certificate) bool {
	return len(path) == len(chain)+1 && slices.EqualFunc(path[:len(chain)], chain, (*x509.Certificate).Equal)
}
