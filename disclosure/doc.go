// Package disclosure owns the step from a citizen's choice to a signed
// presentation: selection, policy, minting, and the consent history.
//
// It deliberately does not own credentials or wallets (package wallet), the
// form of a presentation (package verifier declares it, so that the two sides
// cannot drift), the text and image of a QR (package qr), or keys: a signer is
// handed in. History entries tell which claims were shared, never their values.
package disclosure
