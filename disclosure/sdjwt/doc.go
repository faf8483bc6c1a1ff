// Package sdjwt issues, presents and verifies SD-JWTs: JSON Web Tokens whose
// claims the holder may disclose one by one (RFC 9901).
//
// It owns the token itself: building disclosures and digests, signing with
// ES256, cutting a token down to the claims a holder selects, binding it to
// the holder's key ([SDJWT.Bind]), and turning a token back into claims, or
// into one typed [Reason] why not; in the compact and in both JSON
// serialisations. It also enforces what a generic verifier of SD-JWT VC cannot
// leave to its caller: the claims that decide whether a credential counts
// (issuer, validity, holder key, type, status) are never selectively disclosable,
// and its type claims have the form that others compare.
//
// A key is always an argument and never taken from a token. Whoever trusts a root
// instead of keys gets the key of a certificate chain from [VerifyChain], and
// holds type metadata to vct#integrity with [CheckIntegrity].
//
// It deliberately does not own: which claims a document has (catalog), who may
// issue (issuer), issuing certificates, fetching anything, whether a status list revokes the credential
// (disclosure/statuslist), and the QR presentation, which is another format.
// It opens no file and no connection and reads no clock.
//
// Three roles use it:
//
//   - the issuer calls [Issue] with a tree of [Node];
//   - the holder calls [Parse], [SDJWT.Select] and [SDJWT.Bind];
//   - the verifier calls [Verify].
package sdjwt
