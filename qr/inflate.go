package qr

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"slices"
	"sync"
)

// inflater is a reusable DEFLATE reader. The output buffer is one byte longer
// than the cap, so that reaching its end proves the excess without reading on.
type inflater struct {
	src    bytes.Reader
	reader io.ReadCloser
	out    [MaxInflated + 1]byte
}

var inflaters = sync.Pool{New: func() any {
	in := &inflater{}
	in.reader = flate.NewReaderDict(&in.src, dictionary)
	return in
}}

// inflate returns a copy of the message in a raw DEFLATE stream. The stream
// must be whole, must end where the input ends and must stay under the cap.
func inflate(packed []byte) ([]byte, *Error) {
	in := inflaters.Get().(*inflater)
	defer inflaters.Put(in)
	in.src.Reset(packed)
	defer in.src.Reset(nil)
	if err := in.reader.(flate.Resetter).Reset(&in.src, dictionary); err != nil {
		return nil, refuse(CodeMalformed, "deflate: reader cannot start")
	}
	n, err := io.ReadFull(in.reader, in.out[:])
	switch {
	case err == nil:
		return nil, refuse(CodeTooLarge, "inflates past the limit")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		// ReadFull reports a clean end as ErrUnexpectedEOF too; one more read
		// tells a finished stream from a cut one.
		if _, end := in.reader.Read(in.out[n:]); end != io.EOF {
			return nil, refuse(CodeMalformed, "deflate: stream is cut short")
		}
	default:
		return nil, refuse(CodeMalformed, "deflate: invalid stream")
	}
	// compress/flate takes single bytes from an io.ByteReader and never more
	// than the final block needs, so what is left was appended to the stream.
	if in.src.Len() != 0 {
		return nil, refuse(CodeMalformed, "deflate: bytes after the final block")
	}
	return slices.Clone(in.out[:n]), nil
}
