package bolt_test

import (
	"fmt"
	"testing"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// benchBatch is the number of records an importer issues in one transaction.
const benchBatch = 256

// BenchmarkRecord is one citizen sharing at a time: the price of an fsync.
func BenchmarkRecord(b *testing.B) {
	s := open(b, newPath(b))
	give(b, s, "c", holding("c", "h"))
	for n := 0; b.Loop(); n++ {
		if err := s.Record(b.Context(), entry("c", n, "h")); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecordParallel is many citizens sharing at once: they share fsyncs.
func BenchmarkRecordParallel(b *testing.B) {
	s := open(b, newPath(b))
	give(b, s, "c", holding("c", "h"))
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for n := 0; pb.Next(); n++ {
			if err := s.Record(b.Context(), entry("c", n, "h")); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkIssue is an importer's batch of citizens with one holding each.
func BenchmarkIssue(b *testing.B) {
	s := open(b, newPath(b))
	for n := 0; b.Loop(); n++ {
		err := s.Issue(b.Context(), func(tx issuer.Tx) error {
			for i := range benchBatch {
				c := fmt.Sprintf("citizen-%d-%d", i, n)
				if err := tx.AddCitizen(wallet.Citizen{ID: c, Number: c}); err != nil {
					return err
				}
				h := holding(c, c+"-h")
				if _, err := tx.ActiveByRecord(h.Document, h.RecordKey); err != nil {
					return err
				}
				if err := tx.Add(h, issued(h)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*benchBatch/b.Elapsed().Seconds(), "holdings/s")
}

// BenchmarkHoldings reads a wallet of four papers out of a thousand wallets.
func BenchmarkHoldings(b *testing.B) {
	const wallets = 1000
	s := open(b, newPath(b))
	for i := range wallets {
		c := fmt.Sprintf("citizen-%d", i)
		give(b, s, c, holding(c, c+"-1"), holding(c, c+"-2"), holding(c, c+"-3"), holding(c, c+"-4"))
	}
	for n := 0; b.Loop(); n++ {
		hs, err := s.Holdings(b.Context(), fmt.Sprintf("citizen-%d", n%wallets))
		if err != nil || len(hs) != 4 {
			b.Fatal(len(hs), err)
		}
	}
}
