package bolt_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

func at(n int) time.Time { return time.Date(2026, 3, 1, 8, 0, n, 5, time.UTC) }

func holding(owner, id string) wallet.Holding {
	return wallet.Holding{
		ID: id, Owner: owner, Document: "gplx", Agency: "csgt", RecordKey: "key-" + id, RecordDigest: "00ff",
		Order: "2026-02-28", Number: "999000000001",
		Values:     catalog.Values{"name": "Nguyễn Thị Ánh", "points": int64(12), "classes": []any{map[string]any{"class": "B"}}},
		Credential: "e30.e30.c2ln~", IssuedAt: at(1), ExpiresAt: at(100), State: wallet.Active,
	}
}

func issued(h wallet.Holding) wallet.Event {
	return wallet.Event{ID: "e-" + h.ID, Owner: h.Owner, Kind: wallet.CredentialIssued, Document: h.Document, Holding: h.ID, At: h.IssuedAt}
}

func entry(owner string, n int, holdings ...string) disclosure.Entry {
	e := disclosure.Entry{
		ID: fmt.Sprintf("p-%d", n), Owner: owner, Device: "d", At: at(n), ExpiresAt: at(n + 60),
		Outcome: disclosure.Shared, Purpose: "Nhận phòng", Audience: "khách sạn",
	}
	for _, h := range holdings {
		e.Documents = append(e.Documents, disclosure.EntryDocument{Document: "gplx", Holding: h, Claims: []string{"name"}})
	}
	return e
}

// give stores a citizen, whose number is made of the id, with holdings.
func give(t testing.TB, s *bolt.Store, owner string, hs ...wallet.Holding) {
	t.Helper()
	err := s.Issue(t.Context(), func(tx issuer.Tx) error {
		if err := tx.AddCitizen(wallet.Citizen{ID: owner, Number: "number-" + owner, CreatedAt: at(0)}); err != nil {
			return err
		}
		for _, h := range hs {
			if err := tx.Add(h, issued(h)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("Issue: %v", err)
	}
}
