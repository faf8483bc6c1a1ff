// Package verifier answers one question, without network, account or server:
// what does this QR text establish?
//
// It owns the form of a presentation (the wire layout that both minting and
// checking use), the signed trust list, the closed set of reasons, the replay
// cache, and the verdict. A verdict is established, not_established or unknown,
// and comes with exactly one reason unless it is established; a result and a
// refusal never come together.
//
// It deliberately does not fetch anything, does not hold private keys, does not
// know citizens or credentials, and takes nothing from a token but data: keys,
// algorithms and rules come from the trust list, the trust list from a pinned
// root key, the moment from the caller.
package verifier
