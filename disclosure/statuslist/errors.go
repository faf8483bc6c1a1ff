package statuslist

import "errors"

// Reason is the stable code of a refusal. The set is closed: [Reasons] lists it.
type Reason string

// Reasons for refusing the form of a token, a document or a bundle.
const (
	// ReasonTooLarge: it, or a part of it, is longer than its limit.
	ReasonTooLarge Reason = "too_large"
	// ReasonMalformed: not a compact JWS, or not a JSON object of its form.
	ReasonMalformed Reason = "malformed"
	// ReasonEncoding: a part is not canonical unpadded base64url.
	ReasonEncoding Reason = "encoding_invalid"
	// ReasonJSON: a part is not exactly one JSON text in UTF-8 (RFC 8259).
	ReasonJSON Reason = "json_malformed"
	// ReasonDuplicateName: an object names a member twice.
	ReasonDuplicateName Reason = "duplicate_name"
	// ReasonHeader: the JOSE header is not one we can honour (crit, wrong types).
	ReasonHeader Reason = "header_invalid"
	// ReasonAlgorithm: alg is not ES256.
	ReasonAlgorithm Reason = "algorithm_not_allowed"
	// ReasonType: typ is not the expected one.
	ReasonType Reason = "type_mismatch"
	// ReasonKeyUnknown: the caller trusts no key of that name.
	ReasonKeyUnknown Reason = "key_unknown"
	// ReasonSignature: the signature does not verify with the given key.
	ReasonSignature Reason = "signature_invalid"
	// ReasonPayload: a claim is missing or of a wrong type.
	ReasonPayload Reason = "payload_invalid"
	// ReasonURI: not an absolute http(s) address of bounded length.
	ReasonURI Reason = "uri_invalid"
)

// Reasons for refusing claims that are well formed and well signed.
const (
	// ReasonSubject: sub is not the address the list was taken from.
	ReasonSubject Reason = "subject_mismatch"
	// ReasonIssuer: iss is not the deployment asked for.
	ReasonIssuer Reason = "issuer_mismatch"
	// ReasonTime: iat or exp is no usable NumericDate, or exp is not after iat.
	ReasonTime Reason = "time_invalid"
	// ReasonTTL: ttl is not a positive number, or senselessly large.
	ReasonTTL Reason = "ttl_invalid"
	// ReasonIssuedInFuture: iat has not come.
	ReasonIssuedInFuture Reason = "issued_in_future"
	// ReasonExpired: exp has passed.
	ReasonExpired Reason = "expired"
	// ReasonStale: ttl has passed since iat, and the caller wants fresh ones only.
	ReasonStale Reason = "stale"
)

// Reasons that concern the list itself.
const (
	// ReasonBits: bits is not 1, 2, 4 or 8.
	ReasonBits Reason = "bits_invalid"
	// ReasonSize: a list has no entries, or more than MaxSize.
	ReasonSize Reason = "size_invalid"
	// ReasonCompression: lst is not one whole ZLIB stream (RFC 1950).
	ReasonCompression Reason = "compression_invalid"
	// ReasonInflated: lst inflates to more than MaxListBytes.
	ReasonInflated Reason = "inflated_too_large"
	// ReasonIndex: the list has no such index.
	ReasonIndex Reason = "index_out_of_range"
	// ReasonStatus: the status does not fit into the bits of the list.
	ReasonStatus Reason = "status_out_of_range"
)

// Reasons that concern many lists together.
const (
	// ReasonTooManyLists: more than MaxLists.
	ReasonTooManyLists Reason = "too_many_lists"
	// ReasonListDuplicate: a list is named twice.
	ReasonListDuplicate Reason = "list_duplicate"
	// ReasonListMissing: the snapshot names a list that is not in the bundle.
	ReasonListMissing Reason = "list_missing"
	// ReasonListUnlisted: the bundle has a list that the snapshot does not name.
	ReasonListUnlisted Reason = "list_unlisted"
	// ReasonHash: a list is not the one the snapshot was made over.
	ReasonHash Reason = "hash_mismatch"
	// ReasonListTime: the snapshot and the list disagree about its iat.
	ReasonListTime Reason = "list_time_mismatch"
	// ReasonListUnknown: the status of a list is asked that nobody vouches for.
	ReasonListUnknown Reason = "list_unknown"
	// ReasonRollback: an older snapshot than one already seen.
	ReasonRollback Reason = "rollback"
)

// Reasons for refusing what our own caller asked for.
const (
	// ReasonOptions: an option that has no safe default is missing or senseless.
	ReasonOptions Reason = "options_invalid"
	// ReasonKey: a key is not a P-256 key.
	ReasonKey Reason = "key_invalid"
	// ReasonSigning: the signer failed; Unwrap gives its error.
	ReasonSigning Reason = "signing_failed"
)

// Reasons returns every Reason this package can give, in the order of its
// documentation.
func Reasons() []Reason {
	return []Reason{
		ReasonTooLarge, ReasonMalformed, ReasonEncoding, ReasonJSON, ReasonDuplicateName,
		ReasonHeader, ReasonAlgorithm, ReasonType, ReasonKeyUnknown, ReasonSignature, ReasonPayload, ReasonURI,
		ReasonSubject, ReasonIssuer, ReasonTime, ReasonTTL, ReasonIssuedInFuture, ReasonExpired, ReasonStale,
		ReasonBits, ReasonSize, ReasonCompression, ReasonInflated, ReasonIndex, ReasonStatus,
		ReasonTooManyLists, ReasonListDuplicate, ReasonListMissing, ReasonListUnlisted, ReasonHash,
		ReasonListTime, ReasonListUnknown, ReasonRollback,
		ReasonOptions, ReasonKey, ReasonSigning,
	}
}

// Error is the only error type this package returns.
type Error struct {
	// Reason is the stable code.
	Reason Reason
	// Where names the part refused: "header", "exp", or the address of a list.
	// Never an index, which names a person's paper.
	Where string
	// Err is the cause when it lies outside this package, else nil.
	Err error
}

// Error returns "statuslist: reason: where".
func (e *Error) Error() string {
	text := "statuslist: " + string(e.Reason)
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

func refuse(reason Reason, where string) error { return &Error{Reason: reason, Where: where} }
