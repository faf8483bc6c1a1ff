package sdjwt

import (
	"crypto"
	"encoding/base64"
	"io"
)

// Node is one member of the claims tree to be issued.
//
// It is an object when Members is not nil, an array when Items is not nil or
// Array is set, and a leaf holding Value otherwise.
type Node struct {
	// Name is the object member's name; "" for array elements.
	Name string
	// Value is a leaf: nil, a string, bool or integer, or anything else that
	// encoding/json can marshal. It is issued whole; what shall be disclosable
	// inside it must be spelled as Members or Items.
	Value any
	// Members makes the node an object.
	Members []Node
	// Items makes the node an array.
	Items []Node
	// Array marks an array even if Items is empty.
	Array bool
	// Disclosable gives the node a disclosure of its own. A disclosable node
	// inside another disclosable node is disclosed through it (recursive
	// disclosure, RFC 9901 section 4.2.6).
	Disclosable bool
	// Decoys is how many digests without a disclosure to add to this object's
	// _sd or behind this array's elements, so that the number of digests does
	// not tell how many claims there are (RFC 9901 section 4.2.5).
	Decoys int
}

// IssueOptions says who signs, and how the token presents itself.
type IssueOptions struct {
	// Signer is the issuer's P-256 key; it may live in an HSM.
	Signer crypto.Signer
	// KeyID becomes the kid header when not "".
	KeyID string
	// Type becomes the typ header; "" means TypeVC, which demands a vct claim.
	Type string
	// X5C becomes the x5c header: DER certificates, leaf first, without the
	// trust anchor. At most MaxCertificates.
	X5C [][]byte
	// Rand is where salts and decoys come from; nil means crypto/rand. The
	// same bytes give the same payload and disclosures, never the same
	// signature. Only tests may set it.
	Rand io.Reader
	// Decoys is how many decoy digests the top level gets.
	Decoys int
}

// Issue signs the claims with ES256 and returns the compact serialisation
// <jwt>~<d1>~...~<dn>~ (RFC 9901 section 4).
//
// Plain claims such as iss, iat, exp, vct, cnf and status are nodes that are not
// Disclosable; those that decide whether the credential counts must be. Every
// salt is 128 random bits. Each _sd array is sorted: digests of salted text are
// as good as random, so their order tells nothing about the order of the claims
// (RFC 9901 section 4.2.4.1) and costs no further randomness. Disclosures stand
// in the order of the tree, a nested one before the one it is part of. _sd_alg is
// always written, so that no reader has to know a default.
func Issue(claims []Node, o IssueOptions) (string, error) {
	if _, err := checkSigner(o.Signer); err != nil {
		return "", err
	}
	header, err := o.header()
	if err != nil {
		return "", err
	}
	b := newBuilder(o.Rand)
	payload, err := b.object(make([]byte, 0, 1024), claims, o.Decoys, 1)
	if err != nil {
		return "", err
	}
	payload = separate(payload[:len(payload)-1], len("{"))
	payload = append(payload, `"`+nameAlgorithm+`":"`+hashAlgorithm+`"}`...)
	if isVC(o.typ()) {
		if err := checkIssuedVC(claims); err != nil {
			return "", err
		}
	}
	size := jwsSize(header, payload) + len("~")
	for _, d := range b.disclosures {
		size += len(d) + len("~")
	}
	if size > MaxTextBytes {
		return "", refuse(ReasonTooLarge, "token")
	}
	jwt, err := signJWS(o.Signer, header, payload)
	if err != nil {
		return "", err
	}
	return join(size, jwt, b.disclosures), nil
}

func (o *IssueOptions) typ() string {
	if o.Type == "" {
		return TypeVC
	}
	return o.Type
}

// header builds the protected header. alg is ours alone to say.
func (o *IssueOptions) header() ([]byte, error) {
	if len(o.X5C) > MaxCertificates {
		return nil, refuse(ReasonOptions, "x5c")
	}
	nodes := []Node{{Name: "alg", Value: algorithm}, {Name: "typ", Value: o.typ()}}
	if o.KeyID != "" {
		nodes = append(nodes, Node{Name: "kid", Value: o.KeyID})
	}
	if o.X5C != nil {
		chain := Node{Name: "x5c", Array: true}
		for _, der := range o.X5C {
			if len(der) == 0 {
				return nil, refuse(ReasonOptions, "x5c")
			}
			chain.Items = append(chain.Items, Node{Value: base64.StdEncoding.EncodeToString(der)})
		}
		if len(chain.Items) == 0 {
			return nil, refuse(ReasonOptions, "x5c")
		}
		nodes = append(nodes, chain)
	}
	header, err := newBuilder(nil).object(nil, nodes, 0, 1)
	if err != nil {
		return nil, err
	}
	if base64.RawURLEncoding.EncodedLen(len(header)) > MaxHeaderBytes {
		return nil, refuse(ReasonTooLarge, "header")
	}
	return header, nil
}
