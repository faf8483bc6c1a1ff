package statuslist

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
)

// level is how hard DEFLATE looks for repetitions. The draft recommends the
// highest (section 4.1), which makes a list of a million entries, 1 % of them
// revoked, 10 % smaller than this one in fifteen times the time; a withdrawal
// must be published within the minute, for every list at once.
const level = 7

// Compress returns the list as one ZLIB stream (RFC 1950).
func (l *List) Compress() ([]byte, error) {
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, level)
	if err != nil {
		return nil, &Error{Reason: ReasonCompression, Err: err}
	}
	if _, err := w.Write(l.raw); err != nil {
		return nil, &Error{Reason: ReasonCompression, Err: err}
	}
	if err := w.Close(); err != nil {
		return nil, &Error{Reason: ReasonCompression, Err: err}
	}
	return out.Bytes(), nil
}

// Decompress reads a list from one whole ZLIB stream. It stops inflating at
// MaxListBytes, however little the stream is.
func Decompress(bits int, compressed []byte) (*List, error) {
	const where = "lst"
	if !validBits(bits) {
		return nil, refuse(ReasonBits, "bits")
	}
	if len(compressed) > MaxCompressedBytes {
		return nil, refuse(ReasonTooLarge, where)
	}
	in := bytes.NewReader(compressed)
	r, err := zlib.NewReader(in)
	if err != nil {
		return nil, refuse(ReasonCompression, where)
	}
	var raw bytes.Buffer
	// One byte more than allowed tells a list at the limit from one beyond it.
	n, err := io.Copy(&raw, io.LimitReader(r, MaxListBytes+1))
	switch {
	case n > MaxListBytes:
		return nil, refuse(ReasonInflated, where)
	case err != nil:
		return nil, refuse(ReasonCompression, where)
	case n == 0:
		return nil, refuse(ReasonSize, where)
	}
	// At the limit exactly, the checksum has not been read yet.
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) || in.Len() > 0 {
		return nil, refuse(ReasonCompression, where)
	}
	return newList(bits, bytes.Clone(raw.Bytes())), nil
}
