// Package differential holds the two verifiers, Go and TypeScript, against each
// other: the same texts, true ones and thousands of broken ones, must end in the
// same report. Its tests run the built SDK of verifier/js in Node.
//
// It deliberately holds no product code, and knows neither verifier's inside.
package differential
