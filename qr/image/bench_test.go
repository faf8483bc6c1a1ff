package image_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/giayto/giayto/qr/image"
)

// benchText is as long as five fields of a căn cước: version 9, level M.
func benchText() string { return randomText(rand.New(rand.NewPCG(9, 9)), 246) }

func BenchmarkRender(b *testing.B) {
	text := benchText()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := image.Render(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	m := render(b, benchText())
	b.ReportAllocs()
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := m.PNG(&out, 8); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "file-B")
}

func BenchmarkSVG(b *testing.B) {
	m := render(b, benchText())
	b.ReportAllocs()
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := m.SVG(&out, image.SVGOptions{Title: "Mã QR", Lang: "vi"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "file-B")
}

func BenchmarkTerminal(b *testing.B) {
	m := render(b, benchText())
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Terminal(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
