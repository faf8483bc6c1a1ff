package qr_test

import (
	"slices"
	"testing"

	"github.com/giayto/giayto/qr"
)

// tokenSizes sums up what is sent for one set over a whole corpus.
type tokenSizes struct {
	raw                       int // median of the COSE message
	general                   int // median with the standard library's compressor
	median, max               int // bytes sent
	mean                      float64
	medianVersion, maxVersion int
}

const corpusPeople = 300

func sizes(t testing.TB, v vocabulary, s set) tokenSizes {
	t.Helper()
	people := newCorpus(v)
	deflate := generalDeflater(t)
	var raw, general, sent, versions []int
	for range corpusPeople {
		m := people.person().message(s)
		text, err := qr.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		symbol, err := qr.Fit(text)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, len(m))
		general = append(general, min(len(m), len(deflate(m))))
		sent = append(sent, payloadBytes(text))
		versions = append(versions, symbol.Version)
	}
	out := tokenSizes{}
	for _, n := range sent {
		out.mean += float64(n) / corpusPeople
	}
	for _, list := range [][]int{raw, general, sent, versions} {
		slices.Sort(list)
	}
	const middle, last = corpusPeople / 2, corpusPeople - 1
	out.raw, out.general = raw[middle], general[middle]
	out.median, out.max = sent[middle], sent[last]
	out.medianVersion, out.maxVersion = versions[middle], versions[last]
	return out
}

// payloadBytes returns the number of bytes behind the base45 part of a text.
func payloadBytes(text string) int {
	n := len(text) - len("VN1:")
	return n/3*2 + n%3/2
}

// BenchmarkSize reports bytes and versions, not time.
func BenchmarkSize(b *testing.B) {
	for _, c := range []struct {
		name string
		v    vocabulary
	}{{"register", register}, {"heldout", heldOut}} {
		for _, s := range []set{over18, five, twelve, licence, vehicle, health} {
			b.Run(c.name+"/"+string(s), func(b *testing.B) {
				var got tokenSizes
				for range b.N {
					got = sizes(b, c.v, s)
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(got.raw), "raw-B")
				b.ReportMetric(float64(got.general), "general-B")
				b.ReportMetric(float64(got.median), "median-B")
				b.ReportMetric(float64(got.max), "max-B")
				b.ReportMetric(got.mean, "mean-B")
				b.ReportMetric(float64(got.medianVersion), "median-version")
				b.ReportMetric(float64(got.maxVersion), "max-version")
			})
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, s := range []set{over18, five, twelve} {
		m := newCorpus(heldOut).person().message(s)
		b.Run(string(s), func(b *testing.B) {
			b.ReportAllocs()
			b.ReportMetric(float64(len(m)), "raw-B")
			for b.Loop() {
				if _, err := qr.Encode(m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkGeneral is the same work with the standard library's compressor,
// its writer kept between runs.
func BenchmarkGeneral(b *testing.B) {
	for _, s := range []set{over18, five, twelve} {
		m := newCorpus(heldOut).person().message(s)
		b.Run(string(s), func(b *testing.B) {
			b.ReportAllocs()
			deflate := generalDeflater(b)
			for b.Loop() {
				deflate(m)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, s := range []set{over18, five, twelve} {
		text, err := qr.Encode(newCorpus(heldOut).person().message(s))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(s), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := qr.Decode(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFit(b *testing.B) {
	text, err := qr.Encode(newCorpus(heldOut).person().message(five))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := qr.Fit(text); err != nil {
			b.Fatal(err)
		}
	}
}
