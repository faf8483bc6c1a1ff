package statuslist_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/giayto/giayto/disclosure/statuslist"
)

// million is how many credentials one list holds.
const million = 1_000_000

// BenchmarkBuildMillion is a list of 1 M entries of 2 bits built from nothing:
// 1 % set, compressed.
func BenchmarkBuildMillion(b *testing.B) {
	revoked := rand.New(rand.NewPCG(1, 1)).Perm(million)[:million/100]
	b.ReportAllocs()
	for b.Loop() {
		l, err := statuslist.New(2, million)
		if err != nil {
			b.Fatal(err)
		}
		for _, index := range revoked {
			if err := l.Set(index, statuslist.Revoked); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := l.Compress(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSignMillion is the whole token: compressing, encoding, signing.
func BenchmarkSignMillion(b *testing.B) {
	l := onePercent(b, million, 1)
	for b.Loop() {
		sign(b, l, signOptions())
	}
}

func BenchmarkOpenMillion(b *testing.B) {
	text := sign(b, onePercent(b, million, 1), signOptions())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := statuslist.Open(text, openOptions()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	token, err := statuslist.Open(sign(b, onePercent(b, million, 1), signOptions()), openOptions())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	index := 0
	for b.Loop() {
		if _, err := token.List.Get(index); err != nil {
			b.Fatal(err)
		}
		index = (index + 7919) % million
	}
}

// BenchmarkStatusSize says how large tokens and bundles are at 1 % revoked.
func BenchmarkStatusSize(b *testing.B) {
	for _, lists := range []int{1, 10} {
		b.Run(fmt.Sprintf("%dM", lists), func(b *testing.B) {
			for b.Loop() {
				tokens, total, compressed := map[string]string{}, 0, 0
				for i := range lists {
					o := signOptions()
					o.Subject = fmt.Sprintf("%s/status-lists/csgt/%d", origin, i)
					l := onePercent(b, million, uint64(i))
					text := sign(b, l, o)
					stream, err := l.Compress()
					if err != nil {
						b.Fatal(err)
					}
					tokens[o.Subject], total, compressed = text, total+len(text), compressed+len(stream)
				}
				raw := bundleOf(b, signSnapshot(b, tokens, snapshotOptions()), tokens)
				if _, err := statuslist.OpenBundle(raw, snapshotCheck()); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(compressed), "stream-bytes")
				b.ReportMetric(float64(total), "token-bytes")
				b.ReportMetric(float64(len(raw)), "bundle-bytes")
			}
		})
	}
}

func BenchmarkOpenBundle10M(b *testing.B) {
	tokens := map[string]string{}
	for i := range 10 {
		o := signOptions()
		o.Subject = fmt.Sprintf("%s/status-lists/csgt/%d", origin, i)
		tokens[o.Subject] = sign(b, onePercent(b, million, uint64(i)), o)
	}
	raw := bundleOf(b, signSnapshot(b, tokens, snapshotOptions()), tokens)
	for b.Loop() {
		if _, err := statuslist.OpenBundle(raw, snapshotCheck()); err != nil {
			b.Fatal(err)
		}
	}
}
