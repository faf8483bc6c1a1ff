// Package authenticator owns a software authenticator and the client around it:
// what a phone and its browser do when they make and use a passkey. Tests and
// the examples of the documentation use it where no phone is at hand, and tests
// make it misbehave.
//
// It deliberately protects nothing: its keys lie in memory, or in a plain file,
// and its user verification is a word. No program that runs for citizens may
// import it.
package authenticator
