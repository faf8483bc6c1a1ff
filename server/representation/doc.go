// Package representation owns answers that are the same for everybody: their
// entity tags and conditional requests, how long they may be kept, and the form
// with and without compression (RFC 9110 sections 8 and 13).
//
// It deliberately does not know what it sends: paths, contents and policies are
// those of the package that serves them.
package representation
