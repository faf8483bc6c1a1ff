package sdjwt

import "time"

// Limits shared by issuing and verifying: what Issue writes, Parse reads. They
// are checked before the bytes they bound are decoded.
const (
	// MaxTextBytes bounds a whole token. It leaves room for a portrait in a
	// data: URI, which is the largest value a credential carries.
	MaxTextBytes = 256 << 10
	// MaxHeaderBytes bounds an encoded JOSE header; an x5c chain is what fills it.
	MaxHeaderBytes = 16 << 10
	// MaxKeyBindingBytes bounds a whole Key Binding JWT.
	MaxKeyBindingBytes = 8 << 10
	// MaxDisclosures bounds the number of disclosures in one token.
	MaxDisclosures = 512
	// MaxDecoys bounds the decoy digests of one object or array.
	MaxDecoys = 256
	// MaxDepth bounds the nesting of objects and arrays, both inside one JSON
	// text and in the claims after disclosures have been put in their places.
	MaxDepth = 16
	// MaxPaths bounds the claim paths of one selection.
	MaxPaths = 512
	// MaxCertificates bounds the x5c chain.
	MaxCertificates = 8
	// MaxTypes bounds aka_vcts.
	MaxTypes = 32
	// MaxIntegrityBytes bounds the text of a vct#integrity claim.
	MaxIntegrityBytes = 1 << 10
)

const (
	// TypeVC is the typ header of an SD-JWT VC, the default type for issuing
	// and verifying.
	TypeVC = "dc+sd-jwt"
	// TypeVCLegacy is what drafts before -19 called the same. A verifier that must
	// still read such credentials asks for it by name.
	TypeVCLegacy = "vc+sd-jwt"
	// TypeKeyBinding is the typ header of a Key Binding JWT (RFC 9901 section 4.3).
	TypeKeyBinding = "kb+jwt"
	// DefaultKeyBindingMaxAge is how old a Key Binding JWT may be when the
	// verifier states no limit of its own.
	DefaultKeyBindingMaxAge = 5 * time.Minute

	// saltBytes is 128 bits, the recommended minimum (RFC 9901 section 9.3).
	saltBytes = 16
	// hashAlgorithm is the only _sd_alg we write or accept (RFC 9901 section 4.1.1).
	hashAlgorithm = "sha-256"
	// digestTextBytes is the length of a base64url SHA-256 digest.
	digestTextBytes = 43
	// signatureBytes is the length of an ES256 signature (RFC 7518 section 3.4).
	signatureBytes = 64
)

// Member names with a meaning of their own (RFC 9901 sections 4.1.1 and 4.2.4).
const (
	nameDigests   = "_sd"
	nameElement   = "..."
	nameAlgorithm = "_sd_alg"
)

func reserved(name string) bool {
	return name == nameDigests || name == nameElement || name == nameAlgorithm
}

// neverDisclosable tells whether a top-level claim decides by itself if the
// credential counts. Hidden from a verifier it would turn an expired or revoked
// credential into a good one, so SD-JWT VC keeps these claims,
// and we keep everything inside them, out of disclosures. iat and sub may be
// disclosed selectively.
func neverDisclosable(name string) bool {
	switch name {
	case "iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status":
		return true
	}
	return false
}
