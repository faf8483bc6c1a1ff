// Package image draws the QR code of a presentation text as PNG, as SVG and
// with the half blocks of a terminal.
//
// It owns pixels and nothing else. Which version and error correction level a
// text gets is decided by qr.Fit; this package asks the matrix encoder for
// exactly that symbol, once per [Render], because computing a matrix costs
// twenty to sixty times the signature it carries. Everything after Render only
// reads the matrix.
//
// It is the only importer of skip2/go-qrcode. It deliberately does not know
// what the text means, does not cache (texts live for a minute and are
// personal), and writes no file: the caller gives an io.Writer.
package image
