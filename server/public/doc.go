// Package public owns what everybody may fetch without signing in: the
// catalogue, the trust list and keys that checkers work from, the description
// of this interface, the front page, and the two questions of an operator
// (alive? ready?).
//
// It deliberately holds nothing of any person, needs no session, and signs
// nothing: lists come signed from the keyring.
package public
