// Package demo owns the fictional citizens of demonstrations and tests and the
// registers that agencies would keep about them. Everything is generated, the
// same bytes for the same civil day, and relative to that day: whenever a
// demonstration starts, somebody turns 18 and some licence ends tomorrow.
//
// It deliberately holds no real person's data and no way to read, sign, issue
// or store anything: registers are handed to whoever imports them. Names are
// composed at random, personal numbers end in a running number below 1000 (from
// 700000 in the held-out registers), plates and serial numbers in the same,
// communes are invented, companies are called VÍ DỤ ("example"), and nobody has
// a telephone.
package demo
