// Package keys owns Giayto's own private keys: one file a key, with its purpose
// and its window of use, and what is published about them (trust list, JWKS).
//
// It deliberately does not decide what is signed: it hands out crypto.Signer
// for a purpose and never the private half. A private key never appears in an
// error, a log line or an output of this package.
package keys
