// Package qr frames a signed presentation as the text of one QR code, and
// takes that text apart again.
//
// It owns the coding and its limits:
//
//   - the prefix "VN1:" (plain) or "VN2:" (raw DEFLATE, RFC 1951, against
//     dictionary 1), whichever gives the shorter text;
//   - base45 (RFC 9285), which keeps the whole text in the QR alphanumeric
//     mode at 8.25 bits a byte;
//   - dictionary 1, a frozen list of public Vietnamese vocabulary;
//   - the size rules: how much may be inflated, how long a text may be, which
//     QR version and error correction level a text gets.
//
// It deliberately does not know what the bytes mean: no COSE, no CBOR, no
// keys, no clock. A successful [Decode] says that the frame is intact, never
// that anybody signed it. Drawing is in qr/image; this package does the
// arithmetic of a symbol without making one.
//
// # One message, several texts
//
// [Encode] is deterministic within one release, but the reverse is open: the
// same message may arrive as VN1 or as any valid DEFLATE stream in VN2, and
// Decode accepts every one of them. That is harmless because nothing may be
// keyed on the text: a checker remembers (key identifier, token identifier),
// both of which are inside the signed message.
//
// # Strictness
//
// Decode takes exactly the text that was in the symbol. A scanner that adds a
// line feed must be trimmed by whoever talks to that scanner; guessing here
// would make two readers disagree about what a presentation is.
package qr
