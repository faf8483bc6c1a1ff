package demo

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"sync"
)

// Size of a portrait in pixels: 3 × 4, as on cards, and small, because nobody
// is in it.
const (
	portraitWidth  = 30
	portraitHeight = 40
)

var clothes = []color.Color{
	color.RGBA{0x15, 0x61, 0x6d, 0xff}, color.RGBA{0x8a, 0x4b, 0x08, 0xff},
	color.RGBA{0x2f, 0x5d, 0x34, 0xff}, color.RGBA{0x1f, 0x4e, 0x8c, 0xff},
}

// portraits are drawn once: there is one for each colour of clothes.
var portraits = sync.OnceValue(func() []string {
	var all []string
	for _, c := range clothes {
		all = append(all, draw(c))
	}
	return all
})

// portrait is the picture on a card.
func portrait(n int) string { return portraits()[n%len(clothes)] }

// draw makes head and shoulders without a face, as a data: URI. The pixels
// are stored and not compressed, so that the bytes depend on no compressor.
func draw(clothes color.Color) string {
	palette := color.Palette{color.RGBA{0xf3, 0xee, 0xe4, 0xff}, color.RGBA{0xc9, 0xa2, 0x7e, 0xff}, clothes}
	picture := image.NewPaletted(image.Rect(0, 0, portraitWidth, portraitHeight), palette)
	for y := range portraitHeight {
		for x := range portraitWidth {
			dx, dy := 2*x-portraitWidth+1, 2*y-2*15
			shoulder := 2*y - 2*41
			switch {
			case dx*dx*9+dy*dy*5 < 9*9*4*5:
				picture.SetColorIndex(x, y, 1)
			case dx*dx+shoulder*shoulder*2 < 26*26:
				picture.SetColorIndex(x, y, 2)
			}
		}
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&b, picture); err != nil {
		panic("demo: a portrait cannot be written: " + err.Error())
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}
