package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"strings"
	"testing"

	qrimage "github.com/giayto/giayto/qr/image"
)

// drawn is a QR of the text as a picture.
func drawn(t testing.TB, text string, scale int) []byte {
	t.Helper()
	m, err := qrimage.Render(text)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := m.PNG(&out, scale); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// photograph is a QR on grey ground, turned by a quarter and compressed.
func photograph(t testing.TB, text string) []byte {
	t.Helper()
	code, err := png.Decode(bytes.NewReader(drawn(t, text, 5)))
	if err != nil {
		t.Fatal(err)
	}
	side := code.Bounds().Dx()
	page := image.NewRGBA(image.Rect(0, 0, side+170, side+90))
	for y := range page.Bounds().Dy() {
		for x := range page.Bounds().Dx() {
			page.Set(x, y, color.Gray{Y: 180})
			if at := (image.Point{X: y - 40, Y: side - 1 - (x - 100)}); at.In(code.Bounds()) {
				if r, _, _, _ := code.At(at.X, at.Y).RGBA(); r == 0 {
					page.Set(x, y, color.Gray{Y: 40})
				} else {
					page.Set(x, y, color.Gray{Y: 230})
				}
			}
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, page, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestImage(t *testing.T) {
	s := newScene(t, "can_cuoc: five fields")
	expired := newScene(t, "expired: a screenshot of an hour ago")
	for name, c := range map[string]struct {
		picture []byte
		at      scene
		want    int
	}{
		"one pixel a module": {drawn(t, s.Text, 1), s, exitEstablished},
		"three pixels":       {drawn(t, s.Text, 3), s, exitEstablished},
		"ten pixels":         {drawn(t, s.Text, 10), s, exitEstablished},
		"a photograph":       {photograph(t, s.Text), s, exitEstablished},
		"an old screenshot":  {drawn(t, expired.Text, 4), expired, exitNotEstablished},
		"a shop's address":   {drawn(t, "HTTPS://EXAMPLE.ORG/MENU", 4), s, exitNotEstablished},
	} {
		file := c.at.file(t, "picture", c.picture)
		for _, args := range [][]string{c.at.args("--image", file), append([]string{"--image=" + file}, c.at.args()...)} {
			if code, stdout, stderr := call("", args...); code != c.want || stderr != "" {
				t.Errorf("%s: exit %d, %s%s", name, code, stdout, stderr)
			}
		}
	}
}

// header is a PNG that claims a size and holds next to nothing.
func header(width, height uint32) []byte {
	chunk := func(name string, data []byte) []byte {
		body := append([]byte(name), data...)
		out := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), body...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
	}
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	return append([]byte("\x89PNG\r\n\x1a\n"), append(chunk("IHDR", append(size, 8, 0, 0, 0, 0)), chunk("IDAT", []byte{0x78})...)...)
}

// A picture that cannot be read is a matter of files, not a verdict.
func TestImageRefused(t *testing.T) {
	s := newScene(t, "can_cuoc: five fields")
	good := drawn(t, s.Text, 4)
	var blank, gif bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 200, 200))); err != nil {
		t.Fatal(err)
	}
	gif.WriteString("GIF89a\x01\x00\x01\x00\x00\x00\x00;")
	covered, err := png.Decode(bytes.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	half := image.NewGray(covered.Bounds())
	for y := range half.Rect.Dy() / 2 {
		for x := range half.Rect.Dx() {
			half.Set(x, y, covered.At(x, y))
		}
	}
	var halved bytes.Buffer
	if err := png.Encode(&halved, half); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		picture []byte
		says    string
	}{
		"empty":                       {nil, "neither PNG nor JPEG"},
		"text":                        {[]byte(s.Text), "neither PNG nor JPEG"},
		"another format":              {gif.Bytes(), "neither PNG nor JPEG"},
		"cut in half":                 {good[:len(good)/2], "damaged"},
		"a byte changed":              {append(bytes.Clone(good[:len(good)/2]), append([]byte{good[len(good)/2] ^ 0xff}, good[len(good)/2+1:]...)...), "damaged"},
		"no code in it":               {blank.Bytes(), "no QR code"},
		"half a code":                 {halved.Bytes(), "no QR code"},
		"too many pixels":             {header(20_000, 2_001), "million pixels"},
		"far too many pixels":         {header(1<<31-1, 1<<31-1), ""},
		"as many pixels as allowed":   {header(20_000, 2_000), "damaged"},
		"a picture of no size at all": {header(0, 0), ""},
	} {
		code, stdout, stderr := call("", s.args("--image", s.file(t, "picture", c.picture))...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d, %q, %q; want %q", name, code, stdout, stderr, c.says)
		}
	}
	large := s.file(t, "large.png", good)
	if err := os.Truncate(large, maxImageBytes+1); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := call("", s.args("--image", large)...); code != exitUsage || !strings.Contains(stderr, "MB") {
		t.Errorf("too large: exit %d, %q", code, stderr)
	}
}

// FuzzImage gives any small picture to the decoder, which is not ours: it may
// find nothing, and it may not bring the program down.
func FuzzImage(f *testing.F) {
	f.Add(drawn(f, "VN1:ABC", 1))
	f.Add(drawn(f, "VN1:ABC", 2))
	f.Add(header(3, 3))
	const side = 64
	f.Fuzz(func(t *testing.T, raw []byte) {
		if size, _, err := image.DecodeConfig(bytes.NewReader(raw)); err == nil && size.Width*size.Height > side*side {
			return
		}
		picture, _, err := image.Decode(bytes.NewReader(raw))
		if err != nil {
			// Not a picture: then the bytes are the pixels of one.
			grey := image.NewGray(image.Rect(0, 0, side, side))
			copy(grey.Pix, raw)
			picture = grey
		}
		if text, err := decodeQR(picture); err != nil && text != "" {
			t.Fatalf("%q and %v", text, err)
		}
	})
}
