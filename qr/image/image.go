package image

import (
	"errors"
	"fmt"

	"github.com/skip2/go-qrcode"

	"github.com/giayto/giayto/qr"
)

// QuietZone is the light margin on each side in modules (ISO/IEC 18004, 9.1).
// Every output of this package includes it.
const QuietZone = 4

// Image is the module matrix of one text. It is never changed after Render and
// is safe for concurrent use.
type Image struct {
	symbol qr.Symbol
	dark   [][]bool // rows, without the quiet zone
}

// Render computes the matrix of text at the symbol that qr.Fit chooses. A text
// that qr.Fit refuses gives the same *qr.Error.
func Render(text string) (*Image, error) {
	symbol, err := qr.Fit(text)
	if err != nil {
		return nil, err
	}
	// The version is forced: left to itself the encoder may find a smaller
	// symbol for a text with long runs of digits, and the caller has already
	// been told what qr.Fit said.
	code, err := qrcode.NewWithForcedVersion(text, symbol.Version, recovery(symbol.Level))
	if err != nil {
		return nil, fmt.Errorf("qr image: version %d-%s: %w", symbol.Version, symbol.Level, errMatrix)
	}
	code.DisableBorder = true
	return &Image{symbol: symbol, dark: code.Bitmap()}, nil
}

// errMatrix stands in for the encoder's own error, which may quote content.
var errMatrix = errors.New("matrix encoder refused the text")

// Symbol returns the version, level and side length of the code.
func (m *Image) Symbol() qr.Symbol { return m.symbol }

// Side returns the side length in modules, quiet zone included.
func (m *Image) Side() int { return m.symbol.Modules + 2*QuietZone }

// Dark reports whether the module at column x, row y is dark. The origin is the
// top left corner of the quiet zone; everything outside the code is light.
func (m *Image) Dark(x, y int) bool {
	x, y = x-QuietZone, y-QuietZone
	n := m.symbol.Modules
	return x >= 0 && y >= 0 && x < n && y < n && m.dark[y][x]
}

func recovery(level qr.Level) qrcode.RecoveryLevel {
	switch level {
	case qr.M:
		return qrcode.Medium
	case qr.Q:
		return qrcode.High
	case qr.H:
		return qrcode.Highest
	}
	return qrcode.Low
}
