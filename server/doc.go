// Package server owns the HTTP surface as a whole: it puts the audiences
// (server/citizen, server/agency, server/public) behind one listener, with
// limits, timeouts, security headers, the access log and an orderly shutdown.
//
// It deliberately has no handler of its own, knows no store and no key, and
// decides nothing about documents: use cases are handed in.
package server
