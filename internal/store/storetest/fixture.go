package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// Documents that fixtures speak of.
const (
	canCuoc = "can_cuoc"
	gplx    = "gplx"
	xe      = "dang_ky_xe"
)

// Names as registers write them: composed, decomposed, and one of the length
// that appears once in a register and breaks things.
const (
	nameNFC  = "Nguy\u1ec5n Th\u1ecb Minh \u00c1nh"
	nameNFD  = "Nguye\u0302\u0303n Thi\u0323 Minh A\u0301nh"
	nameLong = "Công Tằng Tôn Nữ Huyền Trân Phước Lộc Đặng Thị Ngọc Quỳnh Như Ý Bảo Châu Thục Đoan"
)

// at is a moment with nanoseconds; moments grow with n.
func at(n int) time.Time {
	return time.Date(2026, 3, 1, 8, 30, 0, 123456789, time.UTC).Add(time.Duration(n) * time.Second)
}

// citizen n of a test. Numbers are fictional: no province has code 999.
func citizen(n int) wallet.Citizen {
	return wallet.Citizen{ID: fmt.Sprintf("citizen-%d", n), Number: fmt.Sprintf("999%09d", n), CreatedAt: at(n)}
}

// holding makes an active holding with every member filled.
func holding(owner wallet.Citizen, id, document, recordKey string) wallet.Holding {
	return wallet.Holding{
		ID: id, Owner: owner.ID, Document: document, Agency: "agency-of-" + document,
		RecordKey: recordKey, RecordDigest: "00ff", Order: "2026-02-28", Shared: "chung",
		Number:     owner.Number,
		Values:     catalog.Values{"name": nameNFC, "sex": "Nữ"},
		Credential: "eyJ0eXAiOiJkYytzZC1qd3QifQ.e30.c2ln~WyJhIiwibmFtZSIsIsOBbmgiXQ~",
		IssuedAt:   at(10), ExpiresAt: at(10_000), CredentialExpiresAt: at(10_000), State: wallet.Active,
	}
}

// event about a holding.
func event(h wallet.Holding, kind wallet.EventKind, n int) wallet.Event {
	return wallet.Event{
		ID: fmt.Sprintf("%s-%s-%d", h.ID, kind, n), Owner: h.Owner, Kind: kind,
		Document: h.Document, Holding: h.ID, At: at(n),
	}
}

// entry is a shared entry about holdings.
func entry(owner wallet.Citizen, n int, hs ...wallet.Holding) disclosure.Entry {
	e := disclosure.Entry{
		ID: fmt.Sprintf("presentation-%d", n), Owner: owner.ID, Device: "điện thoại", At: at(n), ExpiresAt: at(n + 60),
		Outcome: disclosure.Shared, Purpose: "Nhận phòng khách sạn", Audience: "khách sạn Đống Đa", Challenge: true,
	}
	for _, h := range hs {
		e.Documents = append(e.Documents, disclosure.EntryDocument{
			Document: h.Document, Holding: h.ID, Preset: "hotel", Claims: []string{"name", "address.region"},
		})
	}
	return e
}

// activation n of a citizen, good until at(1000).
func activation(owner wallet.Citizen, n int) session.Activation {
	return session.Activation{
		Locator: fmt.Sprintf("LOC%d", n), Hash: []byte{0, 1, 0xFF, byte(n)}, Salt: []byte{0xFE, 0, byte(n)},
		Owner: owner.ID, Agency: "c06", CreatedAt: at(n), ExpiresAt: at(1000),
	}
}

// device and session n, as Enrol takes them.
func device(owner wallet.Citizen, n int) (wallet.Device, session.Session, wallet.Event) {
	id := fmt.Sprintf("device-%d", n)
	return wallet.Device{ID: id, Owner: owner.ID, Name: "Máy của " + nameNFD, CreatedAt: at(n)},
		session.Session{
			ID: fmt.Sprintf("session-%d", n), Hash: hash(n), Owner: owner.ID, Device: id,
			CreatedAt: at(n), UsedAt: at(n), ExpiresAt: at(n + 1000),
		},
		wallet.Event{ID: fmt.Sprintf("enrolled-%d", n), Owner: owner.ID, Kind: wallet.DeviceEnrolled, Device: id, At: at(n)}
}

// hash n stands for the SHA-256 of a token.
func hash(n int) [32]byte { return [32]byte{0: 0, 1: byte(n), 30: byte(n >> 8), 31: 0xFF} }

// issue runs f and must succeed.
func issue(t *testing.T, s Store, f func(tx issuer.Tx) error) {
	t.Helper()
	if err := s.Issue(t.Context(), f); err != nil {
		t.Fatalf("Issue: %v", err)
	}
}

// give stores a citizen with holdings, each issued by an event at(20).
func give(t *testing.T, s Store, c wallet.Citizen, hs ...wallet.Holding) {
	t.Helper()
	issue(t, s, func(tx issuer.Tx) error {
		if err := tx.AddCitizen(c); err != nil {
			return err
		}
		for _, h := range hs {
			if err := tx.Add(h, event(h, wallet.CredentialIssued, 20)); err != nil {
				return err
			}
		}
		return nil
	})
}

// end supersedes a holding at(30).
func end(t *testing.T, s Store, h wallet.Holding) {
	t.Helper()
	issue(t, s, func(tx issuer.Tx) error {
		return tx.End(h.ID, wallet.Superseded, at(30), event(h, wallet.CredentialSuperseded, 30))
	})
}

// record stores an entry and must succeed.
func record(t *testing.T, s Store, e disclosure.Entry) {
	t.Helper()
	if err := s.Record(t.Context(), e); err != nil {
		t.Fatalf("Record %s: %v", e.ID, err)
	}
}

// wantCode asks for a fault with this code.
func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%s: got error %v, want code %s", what, err, code)
	}
}

// wantFault asks for a fault of the domain's own type, so that the edge can
// answer with it; errors of an engine must not get that far.
func wantFault(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	wantCode(t, what, err, code)
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Errorf("%s: error %v is not a fault", what, err)
	}
}

// same compares with types: an int64 is not a float64.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// must unwraps a reading that has to succeed.
func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("reading: %v", err)
		}
		return v
	}
}

// ids of holdings, in order.
func ids(hs []wallet.Holding) []string {
	out := []string{}
	for _, h := range hs {
		out = append(out, h.ID)
	}
	return out
}

// cancelled is a context that nobody waits for any more.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
