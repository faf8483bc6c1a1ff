// Package journey owns the journeys that cross several packages, as tests: a
// fifth document that is data alone, many importers and sharers at once, and
// the promise that nothing which is reported holds personal data.
//
// It deliberately holds no code of the product and nothing imports it. What one
// package can show by itself is tested beside that package; the programs are
// tested in cmd.
package journey
