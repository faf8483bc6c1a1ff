// Package statuslist builds and reads Token Status Lists: for every credential a
// few bits that say whether it still counts (draft-ietf-oauth-status-list-21).
//
// It owns the list and its compression, the Status List Token (typ
// statuslist+jwt), the aggregation document that names all lists of a
// deployment, and the status snapshot: one signed statement over the hashes of
// all lists, with which a checker that has no network knows every status and
// how old it is. Both sides of each form are here, with the same limits, and
// inflating stops at the limit.
//
// It deliberately does not own: which index belongs to which credential and
// when a status changes (issuer), serving and fetching (server; nothing here
// opens a connection), which key may sign (the key is always an argument and
// never taken from a token), and what a status means for an answer
// (verifier/credential). It reads no clock.
//
// CBOR lists and Status List Tokens in CWT are not read: the lists of SD-JWT VC
// must be JWTs.
//
//   - An issuer calls [New], [List.Set] and [Sign], for the whole deployment
//     [SignSnapshot] and [EncodeBundle].
//   - A verifier calls [Open] for one list, or [OpenBundle] for all of them.
package statuslist
