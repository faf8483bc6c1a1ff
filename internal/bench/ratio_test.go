package bench_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"sort"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/verifier"
)

// typical is the five-field set of the căn cước that the figures speak of.
var typical = []string{"personal_administrative_number", "name", "birthdate", "sex", "address.formatted"}

var now = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

// signing is a TEST key with its trust list.
type signing struct {
	key  *ecdsa.PrivateKey
	id   verifier.KeyID
	list *verifier.TrustList
}

func newSigning(tb testing.TB) signing {
	tb.Helper()
	generate := func() (*ecdsa.PrivateKey, *verifier.Key) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			tb.Fatal(err)
		}
		named, err := verifier.NewKey(&private.PublicKey)
		if err != nil {
			tb.Fatal(err)
		}
		return private, named
	}
	root, rootKey := generate()
	private, named := generate()
	jwk, err := json.Marshal(named)
	if err != nil {
		tb.Fatal(err)
	}
	text, err := verifier.SignTrustList(verifier.TrustList{Version: 1, Issuer: "https://giayto.example", IssuedAt: now,
		NextUpdate: now.Add(time.Hour), Rules: verifier.DefaultRules(), Keys: []verifier.TrustedKey{{
			Purpose: verifier.PurposeDisclosure, Algorithm: "ES256", NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), JWK: jwk}}}, root)
	if err != nil {
		tb.Fatal(err)
	}
	list, err := verifier.OpenTrustList(text, rootKey)
	if err != nil {
		tb.Fatal(err)
	}
	return signing{private, named.ID, list}
}

// mint makes the text of a presentation from values.
func (s signing) mint(tb testing.TB, d *catalog.Document, values catalog.Values, ids []string) string {
	fields := make(map[uint64]any, len(ids))
	for _, id := range ids {
		claim := d.Claim(id)
		value, err := d.Value(id, values, catalog.Moment{Now: now})
		if err == nil {
			fields[uint64(claim.Key)], err = claim.ToWire(value)
		}
		if err != nil {
			tb.Fatal(id, err)
		}
	}
	token := verifier.Token{ExpiresAt: now.Add(time.Minute).Unix(),
		Documents: []verifier.TokenDocument{{Code: uint64(d.Code), Fields: fields}}}
	text, err := disclosure.Mint(&token, s.key, s.id)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// examples are the catalogue's own example values.
func examples(d *catalog.Document) catalog.Values {
	values := catalog.Values{}
	for _, claim := range d.Claims {
		values[claim.ID] = claim.Example
	}
	return values
}

// BenchmarkMintRatio measures minting a typical căn cước presentation, from
// values to the text of the QR, beside one raw P-256 signature. Both are timed
// turn by turn in the same loop, so that other work on the machine touches both
// alike.
func BenchmarkMintRatio(b *testing.B) {
	s := newSigning(b)
	d := catalog.Default().Document("can_cuoc")
	values := examples(d)
	digest := sha256.Sum256([]byte("raw"))
	turns(b, "sign", func() {
		if _, err := s.key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}, func() { s.mint(b, d, values, typical) })
}

// BenchmarkVerifyRatio measures checking that presentation, from the text of
// the QR to labelled claims, beside one raw P-256 verification.
func BenchmarkVerifyRatio(b *testing.B) {
	s := newSigning(b)
	d := catalog.Default().Document("can_cuoc")
	text := s.mint(b, d, examples(d), typical)
	digest := sha256.Sum256([]byte("raw"))
	signature, err := ecdsa.SignASN1(rand.Reader, s.key, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	checker := verifier.New(s.list, verifier.Options{Replay: verifier.UnsafeAcceptReplays{}})
	check := verifier.Check{Now: now}
	turns(b, "verify", func() {
		if !ecdsa.VerifyASN1(&s.key.PublicKey, digest[:], signature) {
			b.Fatal("the raw signature does not verify")
		}
	}, func() {
		if _, err := checker.Verify(text, check); err != nil {
			b.Fatal(err)
		}
	})
}

// turns times raw and measured turn by turn and reports the medians in
// microseconds and, as the ratio, the median of what each turn gave. Whatever
// else the machine does slows both halves of a turn alike, but comes and goes
// between turns: on shared cores a bare signature has a fast and a slow state, and
// the ratio of two medians may compare one with the other.
func turns(b *testing.B, unit string, raw, measured func()) {
	measured() // fill the pools
	var raws, measures, ratios []float64
	for b.Loop() {
		start := time.Now()
		raw()
		middle := time.Now()
		measured()
		r, m := middle.Sub(start), time.Since(middle)
		raws, measures = append(raws, microseconds(r)), append(measures, microseconds(m))
		ratios = append(ratios, float64(m)/float64(r))
	}
	b.ReportMetric(median(raws), "raw-µs")
	b.ReportMetric(median(measures), "µs")
	b.ReportMetric(median(ratios), "x-"+unit)
	b.ReportMetric(0, "ns/op")
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func median(values []float64) float64 {
	sort.Float64s(values)
	return values[len(values)/2]
}
