// Package passkey owns the part of a relying party of WebAuthn that needs no
// storage: the options of a ceremony, and whether what an authenticator answers
// is right, each refusal with its own code. Checking is done by go-webauthn;
// this package says what is demanded (user verification, a discoverable
// credential, exact origins, the algorithms it has offered) and in which words
// it is refused.
//
// It deliberately knows no citizen, draws no challenge and keeps nothing: who
// may register or sign in, and that a challenge counts once, is settled in
// package session.
package passkey
