package issuer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"github.com/giayto/giayto/internal/fault"
)

// lines reads an export line by line within its limits.
type lines struct {
	reader *bufio.Reader
	number int
}

// newLines recognises gzip by its first bytes (RFC 1952).
func newLines(in io.Reader, o ImportOptions) (*lines, error) {
	if o.Read != nil {
		in = &counter{in: in, report: o.Read}
	}
	head := bufio.NewReaderSize(in, MaxLine)
	if magic, _ := head.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(head)
		if err != nil {
			return nil, fault.Wrap(err, fault.CodeLineMalformed, "the export is not a whole gzip file")
		}
		head = bufio.NewReaderSize(bound(z, o.MaxBytes), MaxLine)
	} else if o.MaxBytes > 0 {
		head = bufio.NewReaderSize(bound(head, o.MaxBytes), MaxLine)
	}
	return &lines{reader: head}, nil
}

// next returns the next line that is not empty. A line that is too long is a
// fault and is skipped; any other error ends the export.
func (l *lines) next() ([]byte, int, error) {
	for {
		raw, err := l.reader.ReadSlice('\n')
		if len(raw) == 0 && errors.Is(err, io.EOF) {
			return nil, 0, io.EOF
		}
		l.number++
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, l.number, l.skip()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, l.number, unreadable(err)
		}
		if raw = bytes.TrimSpace(raw); len(raw) > 0 {
			return raw, l.number, nil
		}
	}
}

// skip drops the rest of an overlong line.
func (l *lines) skip() error {
	for {
		_, err := l.reader.ReadSlice('\n')
		if err == nil || errors.Is(err, io.EOF) {
			return fault.Newf(fault.CodeLineTooLong, "at most %d bytes a line", MaxLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return unreadable(err)
		}
	}
}

func unreadable(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return fault.Wrap(err, fault.CodeLineMalformed, "the export cannot be read to its end")
}

// bound makes reading past n bytes a fault; exactly n bytes are fine.
func bound(in io.Reader, n int64) io.Reader {
	if n <= 0 {
		return in
	}
	return &bounded{in: in, left: n}
}

type bounded struct {
	in   io.Reader
	left int64
}

// Read asks for one byte more than is left: only that byte tells an export that
// is too large from one that ends at the limit.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p[:min(int64(len(p)), b.left+1)])
	if int64(n) > b.left {
		return 0, fault.New(fault.CodeRequestTooLarge, "the export is larger than allowed")
	}
	b.left -= int64(n)
	return n, err
}

// counter tells how much of the export has been consumed.
type counter struct {
	in     io.Reader
	n      int64
	report func(int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	c.report(c.n)
	return n, err
}
