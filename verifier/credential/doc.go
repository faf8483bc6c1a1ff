// Package credential checks an SD-JWT VC of a Giayto deployment without a
// network: the form that banks and other software take, where the QR is the form
// for people.
//
// It owns the order of that check: which key of the trust list may have signed
// (an agency's, for its own documents), whether the holder has proved the key in
// cnf, what the claims mean by the catalogue, and what the status snapshot says.
// The answer is a [Result] or a *verifier.Refusal with exactly one reason of the
// same closed set as for a QR. docs/credentials.md lists the steps.
//
// It deliberately does not own SD-JWT itself (disclosure/sdjwt), the form of
// status lists (disclosure/statuslist), or trust lists and policies (verifier).
// It fetches nothing, ever: status comes from a bundle that the caller has
// loaded, and a status that nobody can tell is never good.
package credential
