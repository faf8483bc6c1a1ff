// Package cardqr owns reading the QR that is printed on a căn cước (2021 and
// 2024): a line of fields with bars between, without a signature, as scanners
// deliver it, whole or garbled.
//
// It deliberately proves nothing and decides nothing: anybody can print such a
// code with any content. What it gives may fill in a form for somebody who
// looks at the card and the person, and never takes the place of that. It keeps
// and sends nothing.
package cardqr
