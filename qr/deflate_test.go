package qr_test

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/giayto/giayto/qr"
)

// inflateStandard reads a raw DEFLATE stream with the standard library alone.
func inflateStandard(t testing.TB, packed []byte) []byte {
	t.Helper()
	src := bytes.NewReader(packed)
	out, err := io.ReadAll(flate.NewReaderDict(src, qr.Dictionary()))
	if err != nil || src.Len() != 0 {
		t.Fatalf("standard inflate: %v, %d bytes left", err, src.Len())
	}
	return out
}

// generalDeflater returns the standard library's compressor with its writer
// kept between runs. The result of a run is valid until the next.
func generalDeflater(t testing.TB) func(message []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriterDict(&out, flate.BestCompression, qr.Dictionary())
	if err != nil {
		t.Fatal(err)
	}
	return func(message []byte) []byte {
		out.Reset()
		w.Reset(&out)
		if _, err := w.Write(message); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
}

// deflateStandard is what the general compressor makes of a message.
func deflateStandard(t testing.TB, message []byte) []byte {
	t.Helper()
	return generalDeflater(t)(message)
}

// Matches of every length and of distances in every symbol, from the
// dictionary, from the message and across the seam, and every literal.
func TestDeflateIsPlainDeflate(t *testing.T) {
	dictionary := qr.Dictionary()
	rng := rand.New(rand.NewPCG(1951, 3))
	check := func(name string, message []byte) {
		t.Helper()
		if got := inflateStandard(t, qr.Deflate(message)); !bytes.Equal(got, message) {
			t.Fatalf("%s: %d bytes come back as %d", name, len(message), len(got))
		}
	}
	for n := 1; n <= qr.MaxInflated; n += 1 + n/40 {
		check("zeros", make([]byte, n))
		check("two bytes", bytes.Repeat([]byte{0x00, 0xFF}, n)[:n])
		noise := make([]byte, n)
		for i := range noise {
			noise[i] = byte(rng.Uint32())
		}
		check("noise", noise)
		few := make([]byte, n)
		for i := range few {
			few[i] = "abc"[rng.IntN(3)]
		}
		check("three letters", few)
	}
	for length := 1; length <= 300; length++ {
		at := rng.IntN(len(dictionary) - length)
		check("from the dictionary", dictionary[at:at+length])
		seam := append(bytes.Clone(dictionary[len(dictionary)-length%7:]), dictionary[len(dictionary)-3:]...)
		check("across the seam", append(seam, dictionary[at:at+length]...))
	}
	for at := 0; at+3 <= len(dictionary); at++ {
		check("every distance", dictionary[at:at+3])
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	check("every literal", all)
}

// The parse is the cheapest one in fixed codes: the general compressor, which
// may also choose other blocks, never beats it on a presentation.
func TestDeflateBeatsTheGeneralCompressor(t *testing.T) {
	deflate := generalDeflater(t)
	for _, v := range []vocabulary{register, heldOut} {
		people := newCorpus(v)
		for range 100 {
			p := people.person()
			for _, s := range []set{over18, five, twelve, licence, vehicle, health} {
				m := p.message(s)
				own, general := qr.Deflate(m), deflate(m)
				if len(own) > len(general) {
					t.Fatalf("%s: %d bytes, the general compressor has %d", s, len(own), len(general))
				}
				if !bytes.Equal(inflateStandard(t, own), m) {
					t.Fatalf("%s does not come back", s)
				}
			}
		}
	}
}

func TestDecodeAcceptsAnyValidStream(t *testing.T) {
	m := newCorpus(heldOut).person().message(twelve)
	var stored bytes.Buffer
	w, err := flate.NewWriterDict(&stored, flate.NoCompression, qr.Dictionary())
	if err != nil {
		t.Fatal(err)
	}
	for _, half := range [][]byte{m[:200], m[200:]} {
		if _, err := w.Write(half); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, packed := range map[string][]byte{
		"own": qr.Deflate(m), "general": deflateStandard(t, m), "stored, several blocks": stored.Bytes(),
	} {
		if got, err := qr.Decode(vn2(packed)); err != nil || !bytes.Equal(got, m) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func TestDecodeRefusesStreams(t *testing.T) {
	m := newCorpus(register).person().message(five)
	packed := qr.Deflate(m)
	bomb := deflateStandard(t, make([]byte, 1<<20))
	if len(vn2(bomb)) > qr.MaxText {
		t.Fatalf("the bomb is stopped by its length, %d characters", len(vn2(bomb)))
	}
	for _, c := range []struct {
		name   string
		packed []byte
		want   qr.Code
	}{
		{"one byte after the end", append(bytes.Clone(packed), 0), qr.CodeMalformed},
		{"a second stream", append(bytes.Clone(packed), packed...), qr.CodeMalformed},
		{"reserved block type", []byte{0b111}, qr.CodeMalformed},
		{"no end of block", []byte{0b011}, qr.CodeMalformed},
		{"stored length and its complement differ", []byte{0b001, 1, 0, 0, 0, 'x'}, qr.CodeMalformed},
		{"stored block longer than its data", []byte{0b001, 9, 0, 0xF6, 0xFF, 'x'}, qr.CodeMalformed},
		{"distance beyond the dictionary", []byte{0x9b, 0x00, 0x7e, 0xff, 0x7f}, qr.CodeMalformed},
		{"empty message", []byte{0x03, 0x00}, qr.CodeMalformed},
		{"one byte above the limit", deflateStandard(t, make([]byte, qr.MaxInflated+1)), qr.CodeTooLarge},
		{"a megabyte of zeros", bomb, qr.CodeTooLarge},
		{"the message without deflating", m, qr.CodeMalformed},
	} {
		got, err := qr.Decode(vn2(c.packed))
		if codeOf(err) != c.want || got != nil {
			t.Errorf("%s: %d bytes, %v, want %s", c.name, len(got), err, c.want)
		}
	}
	for cut := range packed {
		if got, err := qr.Decode(vn2(packed[:cut])); codeOf(err) != qr.CodeMalformed {
			t.Errorf("cut to %d of %d: %d bytes, %v", cut, len(packed), len(got), err)
		}
	}
}

// A refused stream must leave nothing behind in a pooled reader or writer.
func TestPoolsForget(t *testing.T) {
	people := newCorpus(register)
	for range 200 {
		m := people.person().message(five)
		text, err := qr.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := qr.Encode(m)
		if err != nil || again != text {
			t.Fatalf("the same message gives two texts: %v", err)
		}
		if _, err := qr.Decode(text[:len(text)-3]); err == nil {
			t.Fatal("a cut text was accepted")
		}
		if got, err := qr.Decode(text); err != nil || !bytes.Equal(got, m) {
			t.Fatalf("after a refusal: %d bytes, %v", len(got), err)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	people := newCorpus(heldOut)
	done := make(chan error)
	const workers = 8
	for range workers {
		var messages [][]byte
		for range 20 {
			messages = append(messages, people.person().message(twelve))
		}
		go func() {
			for _, m := range messages {
				text, err := qr.Encode(m)
				if err != nil {
					done <- err
					return
				}
				got, err := qr.Decode(text)
				if err == nil && !bytes.Equal(got, m) {
					err = io.ErrUnexpectedEOF
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range workers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// vn2 frames a stream as VN2 whatever it holds.
func vn2(packed []byte) string {
	return "VN2:" + string(qr.AppendBase45(nil, packed))
}

// Vietnamese in both normal forms is bytes like any other: this package never
// normalises, because the bytes are signed.
func TestNormalFormsStayApart(t *testing.T) {
	nfc, nfd := "Nguyễn Thị Ánh", "Nguye\u0302\u0303n Thi\u0323 A\u0301nh"
	for _, s := range []string{nfc, nfd, strings.Repeat("Ộ", 600)} {
		text, err := qr.Encode([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := qr.Decode(text); err != nil || string(got) != s {
			t.Errorf("%d bytes come back as %d, %v", len(s), len(got), err)
		}
	}
}
