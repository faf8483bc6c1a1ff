// Package issuer owns the way from a register's record to a credential in a
// wallet: reading an agency's export, validating it against the catalogue, the
// same-person check, the decision whether a record is new, changed or
// unchanged, and the signed SD-JWT VC.
//
// It deliberately does not own the catalogue, wallets or storage, does not
// share anything with a checker (package disclosure), and does not choose keys:
// a signer for the agency is handed in. What it reports about a record never
// contains a value of it.
package issuer
