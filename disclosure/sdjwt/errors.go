package sdjwt

import (
	"errors"
	"strconv"
)

// Reason is the stable code of a refusal. The set is closed: [Reasons] lists it.
type Reason string

// Reasons for refusing the form of a token.
const (
	// ReasonTooLarge: the token or a part of it is longer than its limit.
	ReasonTooLarge Reason = "too_large"
	// ReasonTooManyDisclosures: more than MaxDisclosures.
	ReasonTooManyDisclosures Reason = "too_many_disclosures"
	// ReasonTooDeep: nested deeper than MaxDepth.
	ReasonTooDeep Reason = "too_deep"
	// ReasonMalformed: not <jwt>~<disclosure>~...~[<kb-jwt>] (RFC 9901 section 4).
	ReasonMalformed Reason = "malformed"
	// ReasonEncoding: a part is not canonical unpadded base64url.
	ReasonEncoding Reason = "encoding_invalid"
	// ReasonJSON: a part is not exactly one JSON text (RFC 8259).
	ReasonJSON Reason = "json_malformed"
	// ReasonNotUTF8: text is not valid UTF-8, or escapes half a surrogate pair.
	ReasonNotUTF8 Reason = "not_utf8"
	// ReasonDuplicateName: an object names a member twice.
	ReasonDuplicateName Reason = "duplicate_name"
)

// Reasons for refusing the signature around the claims.
const (
	// ReasonHeader: the JOSE header is not one we can honour (crit, wrong types).
	ReasonHeader Reason = "header_invalid"
	// ReasonAlgorithm: alg is not ES256.
	ReasonAlgorithm Reason = "algorithm_not_allowed"
	// ReasonType: typ is not the expected one.
	ReasonType Reason = "type_mismatch"
	// ReasonSignature: the issuer's signature does not verify with the given key.
	ReasonSignature Reason = "signature_invalid"
)

// Reasons for refusing digests and disclosures (RFC 9901 sections 4.2 and 7.1).
const (
	// ReasonPayload: the payload is no object, or _sd or ... is misused in it.
	ReasonPayload Reason = "payload_invalid"
	// ReasonHashAlgorithm: _sd_alg is not sha-256.
	ReasonHashAlgorithm Reason = "hash_algorithm_unknown"
	// ReasonDisclosure: a disclosure is no [salt, name, value] or [salt, value].
	ReasonDisclosure Reason = "disclosure_malformed"
	// ReasonDisclosureKind: an object member's digest leads to an array
	// element's disclosure or the other way round.
	ReasonDisclosureKind Reason = "disclosure_kind_mismatch"
	// ReasonDuplicateDisclosure: the same disclosure is presented twice.
	ReasonDuplicateDisclosure Reason = "disclosure_duplicate"
	// ReasonUnreferenced: no digest leads to a disclosure that is presented.
	ReasonUnreferenced Reason = "disclosure_unreferenced"
	// ReasonDuplicateDigest: the same digest occurs twice.
	ReasonDuplicateDigest Reason = "digest_duplicate"
	// ReasonReservedName: a claim is called _sd, ... or _sd_alg.
	ReasonReservedName Reason = "name_reserved"
	// ReasonNameCollision: a disclosed claim has the name of another at its level.
	ReasonNameCollision Reason = "name_collision"
	// ReasonNotDisclosable: a claim that must always be visible is selectively
	// disclosable (SD-JWT VC, registered claims).
	ReasonNotDisclosable Reason = "claim_not_disclosable"
)

// Reasons for refusing claims that are well formed and well signed.
const (
	// ReasonExpired: exp has passed.
	ReasonExpired Reason = "expired"
	// ReasonNotYetValid: nbf has not come.
	ReasonNotYetValid Reason = "not_yet_valid"
	// ReasonIssuedInFuture: iat has not come.
	ReasonIssuedInFuture Reason = "issued_in_future"
	// ReasonTime: exp, nbf or iat is not a usable NumericDate.
	ReasonTime Reason = "time_invalid"
	// ReasonCredentialType: vct, vct#integrity or aka_vcts is not what SD-JWT VC
	// demands of it.
	ReasonCredentialType Reason = "credential_type_invalid"
	// ReasonIntegrity: a document is not the one that vct#integrity stands for, or
	// the value stands for none that we can check.
	ReasonIntegrity Reason = "integrity_mismatch"
	// ReasonClaimMissing: a claim the caller requires is absent or undisclosed.
	ReasonClaimMissing Reason = "claim_missing"
)

// Reasons for refusing a key binding (RFC 9901 section 7.3).
const (
	// ReasonKeyBindingMissing: key binding is required and none was presented.
	ReasonKeyBindingMissing Reason = "key_binding_missing"
	// ReasonKeyBinding: the Key Binding JWT lacks a claim or has one of a wrong type.
	ReasonKeyBinding Reason = "key_binding_invalid"
	// ReasonKeyBindingSignature: it is not signed by the key in cnf.
	ReasonKeyBindingSignature Reason = "key_binding_signature_invalid"
	// ReasonKeyBindingTime: its iat is too old or in the future.
	ReasonKeyBindingTime Reason = "key_binding_time"
	// ReasonHolderKey: cnf holds no P-256 public key, or not the binding key.
	ReasonHolderKey Reason = "holder_key_invalid"
	// ReasonAudience: aud, of the binding or of the credential, is not this verifier.
	ReasonAudience Reason = "audience_mismatch"
	// ReasonNonce: nonce is not the one this verifier chose.
	ReasonNonce Reason = "nonce_mismatch"
	// ReasonDigestMismatch: sd_hash belongs to another selection of disclosures.
	ReasonDigestMismatch Reason = "sd_hash_mismatch"
)

// Reasons for refusing a certificate chain ([VerifyChain]).
const (
	// ReasonChain: there is no chain, it is too long, out of order, contains its
	// trust anchor, or its leaf is self-signed or an authority.
	ReasonChain Reason = "chain_invalid"
	// ReasonCertificate: a certificate is not X.509 in DER.
	ReasonCertificate Reason = "certificate_malformed"
	// ReasonCertificateTime: a certificate or the anchor is not valid now.
	ReasonCertificateTime Reason = "certificate_not_valid"
	// ReasonCertificateUse: the leaf may not sign data.
	ReasonCertificateUse Reason = "certificate_usage"
	// ReasonUntrusted: the chain leads to none of the given roots.
	ReasonUntrusted Reason = "chain_untrusted"
)

// Reasons for refusing what our own caller asked for.
const (
	// ReasonClaim: a Node contradicts itself or holds a value JSON cannot carry.
	ReasonClaim Reason = "claim_invalid"
	// ReasonPath: a claim path leads nowhere in this token.
	ReasonPath Reason = "path_unknown"
	// ReasonOptions: an option that has no safe default is missing or senseless.
	ReasonOptions Reason = "options_invalid"
	// ReasonKey: a key is not a P-256 key.
	ReasonKey Reason = "key_invalid"
	// ReasonSigning: the signer or the random source failed; Unwrap gives its error.
	ReasonSigning Reason = "signing_failed"
)

// Reasons returns every Reason this package can give, in the order of its
// documentation.
func Reasons() []Reason {
	return []Reason{
		ReasonTooLarge, ReasonTooManyDisclosures, ReasonTooDeep, ReasonMalformed,
		ReasonEncoding, ReasonJSON, ReasonNotUTF8, ReasonDuplicateName,
		ReasonHeader, ReasonAlgorithm, ReasonType, ReasonSignature,
		ReasonPayload, ReasonHashAlgorithm, ReasonDisclosure, ReasonDisclosureKind,
		ReasonDuplicateDisclosure, ReasonUnreferenced, ReasonDuplicateDigest,
		ReasonReservedName, ReasonNameCollision, ReasonNotDisclosable,
		ReasonExpired, ReasonNotYetValid, ReasonIssuedInFuture, ReasonTime,
		ReasonCredentialType, ReasonIntegrity, ReasonClaimMissing,
		ReasonKeyBindingMissing, ReasonKeyBinding, ReasonKeyBindingSignature,
		ReasonKeyBindingTime, ReasonHolderKey, ReasonAudience, ReasonNonce, ReasonDigestMismatch,
		ReasonChain, ReasonCertificate, ReasonCertificateTime, ReasonCertificateUse, ReasonUntrusted,
		ReasonClaim, ReasonPath, ReasonOptions, ReasonKey, ReasonSigning,
	}
}

// Error is the only error type this package returns. It never contains a claim
// value: tokens are people's papers, and errors end up in logs.
type Error struct {
	// Reason is the stable code.
	Reason Reason
	// Where names the part refused: "header", "payload", "disclosure 3", an
	// option, or, when issuing, the path of a claim name.
	Where string
	// Err is the cause when it lies outside this package, else nil.
	Err error
}

// Error returns "sdjwt: reason: where".
func (e *Error) Error() string {
	text := "sdjwt: " + string(e.Reason)
	if e.Where != "" {
		text += ": " + e.Where
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause, if there is one.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the Reason of an error of this package, or "" for any other.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

func refuse(reason Reason, where string) error {
	return &Error{Reason: reason, Where: where}
}

// place is a part of a token. It is spelled out only when something is refused
// there: verifying a good token must not pay for texts nobody reads.
type place struct {
	name   string
	detail string // of the part, for example "header"
	number int    // 1 and up for a disclosure, 0 for the others
}

func (p place) String() string {
	text := p.name
	if p.number > 0 {
		text += " " + strconv.Itoa(p.number)
	}
	if p.detail != "" {
		text += " " + p.detail
	}
	return text
}

// in returns a part of the place.
func (p place) in(detail string) place {
	p.detail = detail
	return p
}

func (p place) refuse(reason Reason) error { return refuse(reason, p.String()) }

var (
	inToken      = place{name: "token"}
	inJWT        = place{name: "jwt"}
	inPayload    = place{name: "payload"}
	inKeyBinding = place{name: "key binding"}
)

func inDisclosure(i int) place { return place{name: "disclosure", number: i + 1} }
