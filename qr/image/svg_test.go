package image_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/giayto/giayto/qr/image"
)

// svgDocument is what TestSVG needs to know of the output.
type svgDocument struct {
	ViewBox string  `xml:"viewBox,attr"`
	Role    string  `xml:"role,attr"`
	Lang    string  `xml:"lang,attr"`
	Edges   string  `xml:"shape-rendering,attr"`
	Title   *string `xml:"title"`
	Rect    struct {
		Width  int    `xml:"width,attr"`
		Height int    `xml:"height,attr"`
		Fill   string `xml:"fill,attr"`
	} `xml:"rect"`
	Paths []struct {
		D      string `xml:"d,attr"`
		Stroke string `xml:"stroke,attr"`
	} `xml:"path"`
}

func TestSVG(t *testing.T) {
	for _, text := range samples() {
		m := render(t, text)
		var out bytes.Buffer
		if err := m.SVG(&out, image.SVGOptions{Title: "Mã QR", Lang: "vi"}); err != nil {
			t.Fatal(err)
		}
		var doc svgDocument
		if err := xml.Unmarshal(out.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		side := m.Side()
		if doc.ViewBox != fmt.Sprintf("0 0 %d %d", side, side) || doc.Role != "img" || doc.Edges != "crispEdges" || doc.Lang != "vi" {
			t.Errorf("root: %+v", doc)
		}
		if doc.Title == nil || *doc.Title != "Mã QR" {
			t.Errorf("title: %v", doc.Title)
		}
		if doc.Rect.Width != side || doc.Rect.Height != side || doc.Rect.Fill != "#fff" {
			t.Errorf("ground: %+v", doc.Rect)
		}
		if len(doc.Paths) != 1 || doc.Paths[0].Stroke != "#000" {
			t.Fatalf("%d paths", len(doc.Paths))
		}
		drawn := tracePath(t, doc.Paths[0].D, side)
		for y := range side {
			for x := range side {
				if drawn[y][x] != m.Dark(x, y) {
					t.Fatalf("%d characters: module %d, %d", len(text), x, y)
				}
			}
		}
	}
}

// tracePath follows the commands M x y.5 h n (m dx 0 h n)* of the path.
func tracePath(t *testing.T, d string, side int) [][]bool {
	t.Helper()
	drawn := make([][]bool, side)
	for y := range drawn {
		drawn[y] = make([]bool, side)
	}
	for line := range strings.SplitSeq(strings.TrimPrefix(d, "M"), "M") {
		line = strings.NewReplacer("h", " h ", "m", " m ").Replace(line)
		var x, y int
		in := strings.NewReader(line)
		if _, err := fmt.Fscanf(in, "%d %d.5", &x, &y); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for {
			var command string
			var n int
			if _, err := fmt.Fscan(in, &command, &n); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if command == "m" {
				var zero int
				if _, err := fmt.Fscan(in, &zero); err != nil || zero != 0 {
					t.Fatalf("%q: %v", line, err)
				}
				x += n
				continue
			}
			for range n {
				drawn[y][x] = true
				x++
			}
		}
	}
	return drawn
}

func TestSVGEscapes(t *testing.T) {
	m := render(t, "VN1:BB8")
	hostile := `</title><script>alert("1")</script> & 'x' ` + "\x00\x1b Nguye\u0302\u0303n"
	var out bytes.Buffer
	if err := m.SVG(&out, image.SVGOptions{Title: hostile, Lang: `vi" onload="alert(1)`}); err != nil {
		t.Fatal(err)
	}
	var doc svgDocument
	if err := xml.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("\x00", "\uFFFD", "\x1b", "\uFFFD").Replace(hostile)
	if doc.Title == nil || *doc.Title != want || doc.Lang != `vi" onload="alert(1)` {
		t.Errorf("title %q, lang %q", *doc.Title, doc.Lang)
	}
	if strings.Contains(out.String(), "<script") || strings.Contains(out.String(), `" onload`) {
		t.Error("markup came through")
	}
	out.Reset()
	if err := m.SVG(&out, image.SVGOptions{}); err != nil || strings.Contains(out.String(), "<title") || strings.Contains(out.String(), "lang=") {
		t.Errorf("empty options: %v, %.200s", err, out.String())
	}
}
