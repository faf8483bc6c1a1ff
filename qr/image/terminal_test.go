package image_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"github.com/giayto/giayto/qr/image"
)

func TestTerminal(t *testing.T) {
	reader := decoder.NewDecoder()
	for _, text := range samples() {
		m := render(t, text)
		for _, c := range []struct {
			name       string
			write      func(io.Writer) error
			begin, end string
			inkDark    bool
		}{
			{"colour", m.Terminal, "\x1b[38;5;16;48;5;231m", "\x1b[0m", true},
			{"on light", func(w io.Writer) error { return m.TerminalPlain(w, image.OnLight) }, "", "", true},
			{"on dark", func(w io.Writer) error { return m.TerminalPlain(w, image.OnDark) }, "", "", false},
		} {
			var out bytes.Buffer
			if err := c.write(&out); err != nil {
				t.Fatal(err)
			}
			grid := readHalfBlocks(t, out.String(), c.begin, c.end, c.inkDark)
			if len(grid) != m.Side()+1 || len(grid[0]) != m.Side() {
				t.Fatalf("%s: %d rows of %d", c.name, len(grid), len(grid[0]))
			}
			inner := make([][]bool, m.Symbol().Modules)
			for y := range inner {
				inner[y] = grid[y+image.QuietZone][image.QuietZone : image.QuietZone+m.Symbol().Modules]
			}
			if got, err := reader.DecodeBoolMapWithoutHint(inner); err != nil || got.GetText() != text {
				t.Errorf("%s: %d characters: %v", c.name, len(text), err)
			}
			for x, dark := range grid[len(grid)-1] {
				if dark {
					t.Fatalf("%s: the row below the quiet zone is dark at %d", c.name, x)
				}
			}
		}
	}
}

// readHalfBlocks turns terminal output back into rows of dark modules.
func readHalfBlocks(t *testing.T, out, begin, end string, inkDark bool) [][]bool {
	t.Helper()
	var grid [][]bool
	for line := range strings.Lines(out) {
		line, okEnd := strings.CutSuffix(line, end+"\n")
		line, okBegin := strings.CutPrefix(line, begin)
		if !okEnd || !okBegin {
			t.Fatalf("line %d lacks its colours", len(grid)/2)
		}
		var upper, lower []bool
		for _, r := range line {
			i := strings.IndexRune("█▀▄ ", r)
			if i < 0 {
				t.Fatalf("unexpected %q", r)
			}
			upper = append(upper, (r == '█' || r == '▀') == inkDark)
			lower = append(lower, (r == '█' || r == '▄') == inkDark)
		}
		grid = append(grid, upper, lower)
	}
	return grid
}
