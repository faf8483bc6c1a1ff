// Package bench owns the figures of docs/performance.md: what minting and
// checking cost beside the bare signature, and how large presentations are on
// the fixture register and on a register whose words the dictionary has not
// seen. It holds benchmarks and the tests that keep their bounds, and nothing
// that the program uses.
package bench
