package sdjwt_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// wideCredential has n selectively disclosable claims besides the plain ones.
func wideCredential(tb testing.TB, n int) []sdjwt.Node {
	tb.Helper()
	claims := plainClaims(tb)
	for i := range n {
		claims = append(claims, sdjwt.Node{
			Name: fmt.Sprintf("truong_%02d", i), Value: "Nguyễn Thị Minh Khai, số 12 phố Huế", Disclosable: true,
		})
	}
	return claims
}

// against measures ours and the raw signature operation in turns and reports
// the ratio of their medians: on a busy machine both are slowed alike.
func against(b *testing.B, raw, ours func() error) {
	b.Helper()
	b.ReportAllocs()
	var times [2][]time.Duration
	for b.Loop() {
		for i, f := range []func() error{raw, ours} {
			start := time.Now()
			if err := f(); err != nil {
				b.Fatal(err)
			}
			times[i] = append(times[i], time.Since(start))
		}
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	rawMedian, median := times[0][len(times[0])/2], times[1][len(times[1])/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(rawMedian.Nanoseconds()), "raw-ns")
	b.ReportMetric(float64(median.Nanoseconds()), "median-ns")
	b.ReportMetric(float64(median)/float64(rawMedian), "x-raw")
}

var rawDigest = sha256.Sum256([]byte("raw"))

func rawSign() error {
	_, err := ecdsa.SignASN1(rand.Reader, issuerKey, rawDigest[:])
	return err
}

func rawVerify(b *testing.B) func() error {
	signature, err := ecdsa.SignASN1(rand.Reader, issuerKey, rawDigest[:])
	if err != nil {
		b.Fatal(err)
	}
	return func() error {
		if !ecdsa.VerifyASN1(&issuerKey.PublicKey, rawDigest[:], signature) {
			return errBroken
		}
		return nil
	}
}

// BenchmarkIssue reports issuing in units of one raw P-256 signature.
func BenchmarkIssue(b *testing.B) {
	for _, n := range []int{12, 30} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			claims := wideCredential(b, n)
			against(b, rawSign, func() error {
				_, err := sdjwt.Issue(claims, sdjwt.IssueOptions{Signer: issuerKey, KeyID: "k1"})
				return err
			})
		})
	}
}

// BenchmarkVerify reports verifying in units of one raw P-256 verification.
func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{12, 30} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := issue(b, wideCredential(b, n), sdjwt.IssueOptions{})
			against(b, rawVerify(b), func() error {
				_, err := sdjwt.Verify(text, verifyOptions())
				return err
			})
		})
	}
}

// BenchmarkVerifyKeyBinding verifies 5 of 12 disclosures with key binding: two
// signatures, so the ratio cannot be under 2.
func BenchmarkVerifyKeyBinding(b *testing.B) {
	text := bind(b, selectPaths(b, issue(b, wideCredential(b, 12), sdjwt.IssueOptions{}),
		[]string{"truong_00"}, []string{"truong_03"}, []string{"truong_05"}, []string{"truong_07"}, []string{"truong_11"}))
	against(b, rawVerify(b), func() error {
		_, err := sdjwt.Verify(text, bindingOptions())
		return err
	})
}
