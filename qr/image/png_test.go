package image_test

import (
	"bytes"
	"errors"
	stdimage "image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/giayto/giayto/qr/image"
)

func TestPNG(t *testing.T) {
	reader := qrcode.NewQRCodeReader()
	for _, text := range samples() {
		m := render(t, text)
		for _, scale := range []int{1, 2, 3, 8} {
			var out bytes.Buffer
			if err := m.PNG(&out, scale); err != nil {
				t.Fatal(err)
			}
			// Byte 24 of the header chunk is the bit depth, byte 25 the colour type.
			if raw := out.Bytes(); raw[24] != 1 || raw[25] != 3 {
				t.Fatalf("bit depth %d, colour type %d, want 1-bit palette", raw[24], raw[25])
			}
			picture, err := png.Decode(&out)
			if err != nil {
				t.Fatal(err)
			}
			comparePixels(t, m, picture, scale)
			if scale < 3 {
				continue
			}
			bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
			if err != nil {
				t.Fatal(err)
			}
			got, err := reader.Decode(bitmap, nil)
			if err != nil || got.GetText() != text {
				t.Errorf("%d characters at scale %d: %v", len(text), scale, err)
			}
		}
	}
}

func comparePixels(t *testing.T, m *image.Image, picture stdimage.Image, scale int) {
	t.Helper()
	side := m.Side() * scale
	if picture.Bounds() != stdimage.Rect(0, 0, side, side) {
		t.Fatalf("bounds %v, want %d", picture.Bounds(), side)
	}
	for y := range side {
		for x := range side {
			dark := color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y == 0
			if dark != m.Dark(x/scale, y/scale) {
				t.Fatalf("scale %d: pixel %d, %d", scale, x, y)
			}
		}
	}
}

func TestPNGRefusesScale(t *testing.T) {
	m := render(t, "VN1:BB8")
	for _, scale := range []int{-1, 0, image.MaxScale + 1, 1 << 30} {
		var out bytes.Buffer
		if err := m.PNG(&out, scale); err == nil || out.Len() != 0 {
			t.Errorf("scale %d: %v, %d bytes", scale, err, out.Len())
		}
	}
	if err := m.PNG(io.Discard, image.MaxScale); err != nil {
		t.Error(err)
	}
}

// zbarimg is the reader that the documents tell people to try. On a build
// server its absence is a failure: this test must not vanish quietly.
func TestZbarReadsPNG(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("zbarimg is missing; install zbar-tools")
		}
		t.Skip("zbarimg is not installed")
	}
	for _, text := range samples() {
		for _, scale := range []int{3, 8} {
			name := filepath.Join(t.TempDir(), "code.png")
			file, err := os.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(render(t, text).PNG(file, scale), file.Close()); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(zbar, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", name).Output()
			if err != nil || strings.TrimSuffix(string(out), "\n") != text {
				t.Errorf("%d characters at scale %d: %v, %d bytes", len(text), scale, err, len(out))
			}
		}
	}
}
