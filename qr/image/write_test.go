package image_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/giayto/giayto/qr/image"
)

func render(t testing.TB, text string) *image.Image {
	t.Helper()
	m, err := image.Render(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// samples are texts across the versions that are in use.
func samples() []string {
	rng := rand.New(rand.NewPCG(3, 9))
	var out []string
	for _, n := range []int{8, 60, 154, 240, 262, 311, 366, 468, 535, capacity} {
		out = append(out, randomText(rng, n))
	}
	return out
}

// failingWriter refuses everything.
type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestWriteErrorsSurface(t *testing.T) {
	m, broken := render(t, "VN1:BB8"), errors.New("disk full")
	w := failingWriter{broken}
	for name, err := range map[string]error{
		"png":      m.PNG(w, 4),
		"svg":      m.SVG(w, image.SVGOptions{}),
		"terminal": m.Terminal(w),
		"plain":    m.TerminalPlain(w, image.OnDark),
	} {
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One Image may be written by many requests at once.
func TestConcurrentWrites(t *testing.T) {
	m := render(t, samples()[4])
	var want bytes.Buffer
	if err := m.PNG(&want, 4); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			var out bytes.Buffer
			if err := errors.Join(m.PNG(&out, 4), m.SVG(io.Discard, image.SVGOptions{}), m.Terminal(io.Discard)); err != nil {
				t.Error(err)
			}
			if !bytes.Equal(out.Bytes(), want.Bytes()) {
				t.Error("the PNG differs")
			}
		})
	}
	group.Wait()
}
