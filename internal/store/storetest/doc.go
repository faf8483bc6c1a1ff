// Package storetest owns the conformance suite that every store of Giayto
// passes: what the interfaces of issuer, status, disclosure, session, push and wallet promise
// (each verb, each fault, ownership, atomicity, strict serialisability,
// durability across a restart, order and paging), asked through these
// interfaces alone.
//
// It deliberately knows no particular store: what only one of them can do
// (file rights, locks, a killed process) is tested beside that store.
package storetest
