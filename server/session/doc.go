// Package session owns how a citizen's device and an agency's machine prove who
// they are to the server: one-time activation codes and the level they enrol
// at, sessions of apps and of browsers, passkeys, devices and how they are
// stopped when they are lost, agency tokens, and the handlers that demand them.
// Secrets are opaque, random, and stored only as hashes.
//
// It deliberately owns no paper of a citizen, decides nothing about documents
// and writes no answer to a refusal: it returns faults, which server/problem
// turns into responses.
package session
