// Package jstest runs what is written for Node and browsers, from go test: the
// tests of the npm package in verifier/js, the examples of docs/verify.md and the
// page of examples/verify-in-your-page, on a presentation minted a moment ago. What
// is built and committed, there and for the pages, is held against its sources.
//
// It deliberately holds no product code. What the two verifiers answer to random
// input is compared by internal/differential.
package jstest
