package image

import (
	"fmt"
	"io"
)

// Ground is the background of a terminal that shows no colour.
type Ground uint8

const (
	// OnDark draws for light letters on a dark background: the light modules
	// are the ones inked.
	OnDark Ground = iota
	// OnLight draws for dark letters on a light background.
	OnLight
)

// Black on white from the fixed part of the 256-colour palette: themes
// redefine the sixteen basic colours, often to a grey too close to its ground.
const (
	blackOnWhite = "\x1b[38;5;16;48;5;231m"
	resetColour  = "\x1b[0m"
)

// Terminal writes the code with half blocks, two module rows a line, and sets
// black on white itself, so that it scans on dark and on light terminals.
func (m *Image) Terminal(w io.Writer) error {
	return m.halfBlocks(w, blackOnWhite, resetColour, true)
}

// TerminalPlain writes the code with half blocks and no escape sequence, for a
// terminal without colour whose background the caller knows. On the wrong
// ground the code is inverted, which many scanners refuse.
func (m *Image) TerminalPlain(w io.Writer, ground Ground) error {
	return m.halfBlocks(w, "", "", ground == OnLight)
}

func (m *Image) halfBlocks(w io.Writer, begin, end string, inkDark bool) error {
	side := m.Side()
	out := make([]byte, 0, side*side*2)
	for y := 0; y < side; y += 2 {
		out = append(out, begin...)
		for x := range side {
			// The side is odd: below the last row is more quiet zone.
			upper, lower := m.Dark(x, y) == inkDark, m.Dark(x, y+1) == inkDark
			switch {
			case upper && lower:
				out = append(out, "█"...)
			case upper:
				out = append(out, "▀"...)
			case lower:
				out = append(out, "▄"...)
			default:
				out = append(out, ' ')
			}
		}
		out = append(out, end...)
		out = append(out, '\n')
	}
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("qr image: terminal: %w", err)
	}
	return nil
}
