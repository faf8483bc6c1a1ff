// Package bolt owns Giayto's storage in one file on one machine: it keeps
// citizens, devices, holdings, events, inboxes, messages, consent history,
// activations, sessions and agency tokens in a bbolt database, one transaction
// for each verb of the domain, and answers only when the change is on the disk.
//
// It deliberately decides nothing: who may hold what belongs to package issuer,
// what may be shared to package disclosure, who is who to package session. It
// keeps what must be unique unique and what belongs together together, and
// asks for the owner wherever there is one, so that somebody else's record is
// simply not found. It does not encrypt: the file holds personal data and is
// readable by its owner alone, and the disk below it is the operator's to
// encrypt. Storage for several machines is another package, held to the same
// conformance suite (package storetest).
package bolt
