package disclosure

import (
	"context"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/verifier"
)

// MaxExport is how many entries, the newest ones, are in an export.
const MaxExport = verifier.MaxHistoryEntries

// exportPage is how many entries are read at a time.
const exportPage = 1000

// Export is the owner's consent history as a signed file (verifier.OpenHistory):
// the newest MaxExport, and whether these are all. An entry that
// arrives while it is made is not in it. Fault: disclosure.signing_key_missing.
func (s *Service) Export(ctx context.Context, owner string) ([]byte, error) {
	now := s.now()
	signer, _, err := s.keys.Disclosure(now)
	if err != nil {
		return nil, fault.New(fault.CodeSigningKeyMissing, "there is no key to sign with")
	}
	h := verifier.History{Issuer: s.origin, IssuedAt: now.UTC().Truncate(time.Second), Complete: true, Entries: []verifier.HistoryEntry{}}
	for cursor := ""; ; {
		page, err := s.store.History(ctx, owner, cursor, min(exportPage, MaxExport-len(h.Entries)))
		if err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			h.Entries = append(h.Entries, exported(e))
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		if len(h.Entries) == MaxExport {
			h.Complete = false
			break
		}
	}
	h.Count = len(h.Entries)
	file, err := verifier.SignHistory(h, signer)
	if err != nil {
		return nil, fault.Newf(fault.CodeInternal, "the history cannot be signed: %v", err)
	}
	return file, nil
}

func exported(e Entry) verifier.HistoryEntry {
	out := verifier.HistoryEntry{ID: e.ID, At: e.At.UTC().Truncate(time.Second), Outcome: string(e.Outcome), Code: e.Code, Purpose: e.Purpose, Audience: e.Audience,
		Challenge: e.Challenge, Level: e.Level, Device: e.Device, Documents: []verifier.HistoryDocument{}}
	if !e.ExpiresAt.IsZero() {
		expires := e.ExpiresAt.UTC().Truncate(time.Second)
		out.ExpiresAt = &expires
	}
	for _, d := range e.Documents {
		out.Documents = append(out.Documents, verifier.HistoryDocument{Document: d.Document, Credential: d.Holding, Preset: d.Preset, Claims: append([]string{}, d.Claims...)})
	}
	if e.Reported != nil {
		out.Report = &verifier.HistoryReport{Kind: string(e.Reported.Kind), At: e.Reported.At.UTC().Truncate(time.Second)}
	}
	return out
}
