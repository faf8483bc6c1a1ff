package image

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
)

// MaxScale is the largest PNG scale in pixels a module: 2464 pixels for the
// largest symbol, enough for print at 600 dpi and 10 cm.
const MaxScale = 32

// The parts of a PNG that are used here (W3C PNG, sections 5 and 11.2).
const (
	pngSignature   = "\x89PNG\r\n\x1a\n"
	pngBitDepth    = 1
	pngPaletteType = 3 // colour type: palette index
	pngPalette     = "\xFF\xFF\xFF\x00\x00\x00"
	filterNone     = 0
	filterUp       = 2
)

// PNG writes the code as a 1-bit image with scale pixels a module. Only whole
// scales exist: a module of changing width is what makes dense codes
// unreadable. Scale runs from 1 to [MaxScale].
//
// The file is framed here rather than by image/png, which walks every pixel
// twice: a code has only as many different rows as modules, so the repeated
// ones are sent as "same as above". At scale 8 that is more than ten times
// faster, and the picture then costs little beside its matrix.
func (m *Image) PNG(w io.Writer, scale int) error {
	if scale < 1 || scale > MaxScale {
		return fmt.Errorf("qr image: scale %d is not within 1 to %d", scale, MaxScale)
	}
	p := pngWriters.Get().(*pngWriter)
	defer pngWriters.Put(p)
	if err := p.compress(m, scale); err != nil {
		return fmt.Errorf("qr image: png: %w", err)
	}
	side := uint32(m.Side() * scale)
	head := binary.BigEndian.AppendUint32(nil, side)
	head = binary.BigEndian.AppendUint32(head, side)
	head = append(head, pngBitDepth, pngPaletteType, 0, 0, 0) // deflate, adaptive filters, not interlaced

	out := make([]byte, 0, p.data.Len()+100)
	out = append(out, pngSignature...)
	out = appendChunk(out, "IHDR", head)
	out = appendChunk(out, "PLTE", []byte(pngPalette))
	out = appendChunk(out, "IDAT", p.data.Bytes())
	out = appendChunk(out, "IEND", nil)
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("qr image: png: %w", err)
	}
	return nil
}

// appendChunk appends length, type, data and the CRC over type and data.
func appendChunk(out []byte, kind string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	start := len(out)
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}

// pngWriter keeps a compressor, which is large and slow to make.
type pngWriter struct {
	data bytes.Buffer
	zlib *zlib.Writer
}

var pngWriters = sync.Pool{New: func() any {
	p := &pngWriter{}
	var err error
	// The rows are either almost alike or zero: the fast level gives 1.3 KB in
	// an eighth of the time that the default needs for 1.0 KB.
	if p.zlib, err = zlib.NewWriterLevel(&p.data, zlib.BestSpeed); err != nil {
		panic(err) // only for a level that does not exist
	}
	return p
}}

// compress leaves the image data of the code at scale in p.data.
func (p *pngWriter) compress(m *Image, scale int) error {
	p.data.Reset()
	p.zlib.Reset(&p.data)
	side := m.Side()
	width := (side*scale + 7) / 8
	row := make([]byte, 1+width)
	same := make([]byte, 1+width)
	same[0] = filterUp
	for y := range side {
		clear(row)
		row[0] = filterNone
		for x := range side {
			if m.Dark(x, y) {
				setBits(row[1:], x*scale, scale)
			}
		}
		if _, err := p.zlib.Write(row); err != nil {
			return err
		}
		for range scale - 1 {
			if _, err := p.zlib.Write(same); err != nil {
				return err
			}
		}
	}
	return p.zlib.Close()
}

// setBits sets n bits from a position on; the leftmost pixel is the highest bit.
func setBits(row []byte, from, n int) {
	for i := from; i < from+n; i++ {
		row[i/8] |= 0x80 >> (i % 8)
	}
}
