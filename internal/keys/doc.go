// Package keys owns Giayto's own private keys: one file a key, with its purpose,
// its window of use and its state; the certificates that vouch for them; and
// what is published about them (trust list, JWKS). It also owns the ceremony by
// which a root on another machine signs the list.
//
// Private halves are encrypted at rest (filippo.io/age) or stay inside a
// PKCS #11 token; what is public about a key can be read without either. A
// private key never appears in an error, a log line or an output of this package.
//
// It deliberately does not decide what is signed: it hands out crypto.Signer
// for a purpose and never the private half. Talking to a token is the business
// of package pkcs11 below it, asking the operator that of cmd/giayto.
package keys
