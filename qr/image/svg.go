package image

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// SVGOptions are the choices of one SVG.
type SVGOptions struct {
	// Title is the accessible name that screen readers speak. It is escaped
	// here; it must not repeat the values that the code carries. Empty leaves
	// the element out.
	Title string
	// Lang is the BCP 47 tag of Title, such as "vi". Empty leaves it out.
	Lang string
}

// SVG writes the code as one path in a view box of one unit a module, so that
// the page decides the size. It carries its own white ground and quiet zone and
// therefore stays black on white in a dark page.
func (m *Image) SVG(w io.Writer, opts SVGOptions) error {
	side := strconv.Itoa(m.Side())
	out := make([]byte, 0, 8<<10)
	out = append(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `+side+` `+side+
		`" role="img" shape-rendering="crispEdges"`...)
	if opts.Lang != "" {
		out = append(out, ` lang="`+escaped(opts.Lang)+`"`...)
	}
	out = append(out, '>')
	if opts.Title != "" {
		out = append(out, `<title>`+escaped(opts.Title)+`</title>`...)
	}
	out = append(out, `<rect width="`+side+`" height="`+side+`" fill="#fff"/><path stroke="#000" d="`...)
	out = m.appendPath(out)
	out = append(out, `"/></svg>`...)
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("qr image: svg: %w", err)
	}
	return nil
}

// appendPath draws every horizontal run of dark modules as a stroke one unit
// wide along the middle of its row, which takes half the text of filled boxes.
func (m *Image) appendPath(out []byte) []byte {
	for y, row := range m.dark {
		pen := -1 // column where the last run of this row ended
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			end := x + 1
			for end < len(row) && row[end] {
				end++
			}
			if pen < 0 {
				out = append(out, 'M')
				out = strconv.AppendInt(out, int64(x+QuietZone), 10)
				out = append(out, ' ')
				out = strconv.AppendInt(out, int64(y+QuietZone), 10)
				out = append(out, ".5h"...)
			} else {
				out = append(out, 'm')
				out = strconv.AppendInt(out, int64(x-pen), 10)
				out = append(out, " 0h"...)
			}
			out = strconv.AppendInt(out, int64(end-x), 10)
			pen, x = end, end
		}
	}
	return out
}

// escaped returns s as XML character data that is also safe between quotes;
// characters that XML 1.0 forbids become U+FFFD.
func escaped(s string) string {
	var b bytes.Buffer
	// EscapeText fails only when the writer does, and a Buffer never does.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
