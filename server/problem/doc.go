// Package problem owns the one translation of an error into an HTTP answer: a
// fault becomes problem details (RFC 9457) with a status, a stable code and a
// title in Vietnamese and English. Anything that is not a fault becomes
// "internal", and nothing of its text leaves the machine.
//
// It deliberately decides nothing: which fault it is was settled where the
// fault was made (internal/fault), and this package adds no code of its own.
package problem
