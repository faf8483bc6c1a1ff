package image_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/skip2/go-qrcode"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/qr/image"
)

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// randomText returns a text of n characters, the first four of them the prefix.
func randomText(rng *rand.Rand, n int) string {
	b := []byte("VN2:")[:min(n, 4)]
	for len(b) < n {
		b = append(b, alphabet[rng.IntN(len(alphabet))])
	}
	return string(b)
}

// capacity is the longest text that any symbol of ours holds.
var capacity = qr.Capacity(qr.MaxVersion, qr.L)

// modules returns the matrix without its quiet zone.
func modules(m *image.Image) [][]bool {
	n := m.Symbol().Modules
	out := make([][]bool, n)
	for y := range out {
		out[y] = make([]bool, n)
		for x := range out[y] {
			out[y][x] = m.Dark(x+image.QuietZone, y+image.QuietZone)
		}
	}
	return out
}

// Every length once, drawn and read back by another implementation, which also
// says which error correction level it found.
func TestRenderReadsBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(18004, 2015))
	reader := decoder.NewDecoder()
	step := 1
	if raceEnabled {
		step = 7
	}
	for n := 1; n <= capacity; n += step {
		text := randomText(rng, n)
		want, err := qr.Fit(text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := image.Render(text)
		if err != nil {
			t.Fatalf("%d characters: %v", n, err)
		}
		if m.Symbol() != want || m.Side() != want.Modules+2*image.QuietZone {
			t.Fatalf("%d characters: %+v, side %d, want %+v", n, m.Symbol(), m.Side(), want)
		}
		// The reader derives the version from the matrix alone.
		got, err := reader.DecodeBoolMapWithoutHint(modules(m))
		if err != nil || got.GetText() != text || got.GetECLevel() != want.Level.String() {
			t.Fatalf("%d characters at %d-%s: read back as %v", n, want.Version, want.Level, err)
		}
	}
}

// The matrix encoder, left to choose by itself, agrees with the capacity table
// of qr: same version where the level is given, for thousands of texts.
func TestFitAgreesWithTheEncoder(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 4))
	levels := map[qr.Level]qrcode.RecoveryLevel{
		qr.L: qrcode.Low, qr.M: qrcode.Medium, qr.Q: qrcode.High, qr.H: qrcode.Highest,
	}
	for i := range 5 * capacity {
		text := randomText(rng, 5+i%(capacity-4))
		s, err := qr.Fit(text)
		if err != nil {
			t.Fatal(err)
		}
		code, err := qrcode.New(text, levels[s.Level])
		if err != nil {
			t.Fatal(err)
		}
		if code.VersionNumber != s.Version {
			t.Errorf("%d characters at %s: encoder chose version %d, Fit %d", len(text), s.Level, code.VersionNumber, s.Version)
		}
	}
}

// Long runs of digits make the encoder mix modes; the symbol must stay the one
// that qr.Fit announced.
func TestRenderDigits(t *testing.T) {
	reader := decoder.NewDecoder()
	for n := 1; n <= capacity; n += 23 {
		for _, text := range []string{
			strings.Repeat("0", n),
			"VN1:" + strings.Repeat("7", max(1, n-4)),
			strings.Repeat("1234567890", n/20) + "A" + strings.Repeat("1234567890", n/20),
		} {
			checkDrawn(t, reader, text)
		}
	}
	for n := 240; n <= 280; n++ {
		checkDrawn(t, reader, "VN1:"+strings.Repeat("0", n))
	}
}

func checkDrawn(t *testing.T, reader *decoder.Decoder, text string) {
	t.Helper()
	want, err := qr.Fit(text)
	if err != nil {
		return
	}
	m, err := image.Render(text)
	if err != nil {
		t.Errorf("%d characters: %v", len(text), err)
		return
	}
	if m.Symbol() != want {
		t.Errorf("%d characters: %+v, want %+v", len(text), m.Symbol(), want)
	}
	if got, err := reader.DecodeBoolMapWithoutHint(modules(m)); err != nil || got.GetText() != text {
		t.Errorf("%d characters: %v", len(text), err)
	}
}

func TestRenderRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       qr.Code
	}{
		{"empty", "", qr.CodeMalformed},
		{"lower case", "vn1:bb8", qr.CodeMalformed},
		{"Vietnamese", "Giấy tờ", qr.CodeMalformed},
		{"too dense", strings.Repeat("A", capacity+1), qr.CodeTooDense},
	} {
		m, err := image.Render(c.text)
		var refusal *qr.Error
		if m != nil || !errors.As(err, &refusal) || refusal.Code != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestQuietZone(t *testing.T) {
	m, err := image.Render("VN1:BB8")
	if err != nil {
		t.Fatal(err)
	}
	dark := 0
	for y := -2; y < m.Side()+2; y++ {
		for x := -2; x < m.Side()+2; x++ {
			inside := min(x, y) >= image.QuietZone && max(x, y) < m.Side()-image.QuietZone
			if m.Dark(x, y) {
				dark++
				if !inside {
					t.Fatalf("dark module at %d, %d", x, y)
				}
			}
		}
	}
	if dark < 100 || !m.Dark(image.QuietZone, image.QuietZone) {
		t.Errorf("%d dark modules", dark)
	}
}
