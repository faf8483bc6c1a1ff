// Package agency owns the operations under /v1/agency, with which the machine
// of an agency loads register records, hands out activation codes, reads the QR of a card, and suspends,
// withholds or revokes what it has issued. The agency comes from the token and never from the request.
//
// It deliberately holds no rule about records: they are the same as those of
// the command line and live in issuer. An answer names lines, claims and codes,
// never a value of a record.
package agency
