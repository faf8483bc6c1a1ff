package verifier

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"math/big"

	"github.com/veraison/go-cose"
)

// KeyIDSize is how many bytes of a key's RFC 7638 thumbprint a token carries.
const KeyIDSize = 4

// KeyID names a signing key inside a token. Two keys may share one.
type KeyID [KeyIDSize]byte

// context is the external_aad of the signature (RFC 9052 section 4.4). It binds
// profile and purpose at no cost in bytes: a signature made for anything else
// never verifies here.
const context = "giayto/presentation/1"

// signatureSize is the size of r||s on P-256 (RFC 9053 section 2.1).
const signatureSize = 64

// The fixed bytes around key id, payload and signature: tag 18 and array(4),
// protected header {1: -7, 4: kid} as a byte string, empty unprotected header,
// signature as a byte string of 64.
var (
	headBytes      = []byte{0xd2, 0x84, 0x49, 0xa2, 0x01, 0x26, 0x04, 0x44}
	signatureBytes = []byte{0x58, signatureSize}
)

// message is a COSE_Sign1 message taken apart.
type message struct {
	kid       KeyID
	payload   []byte
	signature []byte
}

// Sign returns the token as a COSE_Sign1 message (RFC 9052) under ES256. The
// signer must hold a P-256 key; kid is the first bytes of its thumbprint. A token
// whose frame a checker would call malformed is not signed; whether its values
// fit the catalogue is for ToWire to say.
func (t *Token) Sign(signer crypto.Signer, kid KeyID) ([]byte, error) {
	public, ok := signer.Public().(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return nil, errors.New("verifier: a presentation is signed with a P-256 key")
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	payload, err := t.Payload()
	if err != nil {
		return nil, err
	}
	if len(payload) > math.MaxUint16 {
		return nil, errors.New("verifier: a payload has at most 65535 bytes")
	}
	es256, err := cose.NewSigner(cose.AlgorithmES256, signer)
	if err != nil {
		return nil, err
	}
	m := sign1(message{kid: kid, payload: payload})
	if err := m.Sign(rand.Reader, []byte(context), es256); err != nil {
		return nil, err
	}
	return assemble(message{kid: kid, payload: payload, signature: m.Signature}), nil
}

// sign1 is the message as go-cose computes and checks the signature of it.
func sign1(m message) *cose.Sign1Message {
	return &cose.Sign1Message{
		Headers: cose.Headers{
			Protected: cose.ProtectedHeader{
				cose.HeaderLabelAlgorithm: cose.AlgorithmES256,
				cose.HeaderLabelKeyID:     m.kid[:],
			},
			RawProtected: append(append(make([]byte, 0, 10), headBytes[2:]...), m.kid[:]...),
			Unprotected:  cose.UnprotectedHeader{},
		},
		Payload:   m.payload,
		Signature: m.signature,
	}
}

// assemble writes the one form that parseMessage accepts.
func assemble(m message) []byte {
	out := make([]byte, 0, len(m.payload)+signatureSize+20)
	out = append(out, headBytes...)
	out = append(out, m.kid[:]...)
	out = append(out, 0xa0)
	out = append(appendHead(out, len(m.payload)), m.payload...)
	out = append(out, signatureBytes...)
	return append(out, m.signature...)
}

// parseMessage takes a COSE_Sign1 message of profile 1 apart. Header and lengths
// have exactly one encoding, so it reads bytes and leaves no choice to a parser.
func parseMessage(b []byte) (message, bool) {
	var m message
	rest, ok := bytes.CutPrefix(b, headBytes)
	if !ok || len(rest) < KeyIDSize+2 {
		return m, false
	}
	copy(m.kid[:], rest)
	rest = rest[KeyIDSize:]
	if rest[0] != 0xa0 {
		return m, false
	}
	if m.payload, rest, ok = cutByteString(rest[1:]); !ok {
		return m, false
	}
	if m.signature, ok = bytes.CutPrefix(rest, signatureBytes); !ok || len(m.signature) != signatureSize {
		return m, false
	}
	return m, true
}

// cutByteString reads one CBOR byte string with the shortest length encoding.
func cutByteString(b []byte) (content, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	n, head := 0, 1
	switch {
	case b[0] >= 0x40 && b[0] < 0x58:
		n = int(b[0] - 0x40)
	case b[0] == 0x58 && len(b) > 1 && b[1] >= 24:
		n, head = int(b[1]), 2
	case b[0] == 0x59 && len(b) > 2 && b[1] != 0:
		n, head = int(binary.BigEndian.Uint16(b[1:])), 3
	default:
		return nil, nil, false
	}
	if len(b)-head < n {
		return nil, nil, false
	}
	return b[head : head+n], b[head+n:], true
}

// The fixed bytes of the Sig_structure (RFC 9052 section 4.4): array(4) and
// "Signature1" before the protected header, external_aad behind it.
var (
	structureHead = []byte("\x84\x6aSignature1")
	structureAAD  = append([]byte{0x40 | byte(len(context))}, context...)
)

// signedBy reports whether the key made the message's signature. The structure
// that is signed has one form here, so it is put together from bytes; Sign has
// the library compute it, and each checks the other.
func (m message) signedBy(key *ecdsa.PublicKey) bool {
	signed := make([]byte, 0, len(m.payload)+64)
	signed = append(signed, structureHead...)
	signed = append(append(signed, headBytes[2:]...), m.kid[:]...)
	signed = append(signed, structureAAD...)
	signed = append(appendHead(signed, len(m.payload)), m.payload...)
	digest := sha256.Sum256(signed)
	r, s := new(big.Int).SetBytes(m.signature[:signatureSize/2]), new(big.Int).SetBytes(m.signature[signatureSize/2:])
	return ecdsa.Verify(key, digest[:], r, s)
}

// appendHead writes the head of a byte string in its shortest form.
func appendHead(out []byte, n int) []byte {
	switch {
	case n < 24:
		return append(out, 0x40|byte(n))
	case n < 256:
		return append(out, 0x58, byte(n))
	}
	return binary.BigEndian.AppendUint16(append(out, 0x59), uint16(n))
}
