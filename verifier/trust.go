package verifier

import (
	"encoding/base64"
	"time"

	"github.com/giayto/giayto/catalog"
)

// What a check of another form than the QR needs of a trust list, so that it
// judges keys, ages and policies by the same code (verifier/credential).

// Fresh judges the list and the clock against each other, as the first step of
// a check that relies on the list: nil, or a Refusal with ReasonTrustListTooOld
// or ReasonClockSuspect. maxAge tightens the list's own rule; 0 = that rule alone.
func (l *TrustList) Fresh(now time.Time, maxAge time.Duration) error {
	if refusal := l.fresh(now, maxAge); refusal != nil {
		return refusal
	}
	return nil
}

// Info describes the list at a moment, for an answer.
func (l *TrustList) Info(now time.Time) TrustListInfo { return *l.info(now) }

// KeyByThumbprint finds a key by its whole RFC 7638 thumbprint, whatever its
// purpose; nil if the list does not have it.
func (l *TrustList) KeyByThumbprint(thumbprint string) *TrustedKey {
	raw, err := base64.RawURLEncoding.DecodeString(thumbprint)
	if err != nil || len(raw) < KeyIDSize {
		return nil
	}
	for _, k := range l.byID[KeyID(raw[:KeyIDSize])] {
		if k.key.Thumbprint == thumbprint {
			return k
		}
	}
	return nil
}

// Judge reports why a signature of the key does not count for the purpose at
// the moment: ReasonKeyWrongPurpose, ReasonKeyRevoked or ReasonKeyNotValid; ""
// if it does count.
func (k *TrustedKey) Judge(purpose Purpose, now time.Time, skew time.Duration) Reason {
	switch {
	case k.Purpose != purpose:
		return ReasonKeyWrongPurpose
	case k.RevokedAt != nil && !now.Before(k.RevokedAt.Add(-skew)):
		return ReasonKeyRevoked
	case now.Before(k.NotBefore.Add(-skew)) || now.After(k.NotAfter.Add(skew)):
		return ReasonKeyNotValid
	}
	return ""
}

// NewClaim is a fact by its catalogue entry. The value must have passed
// catalog.Claim.Check.
func NewClaim(claim *catalog.Claim, value any) Claim {
	return Claim{ID: claim.ID, Label: claim.Labels, Value: value, claim: claim}
}

// Judge applies the policy to what a check has established: nil, or a Refusal
// with ReasonClaimMissing or ReasonClaimNotMet.
func (p Policy) Judge(r *Result) error {
	if refusal := p.judge(r); refusal != nil {
		return refusal
	}
	return nil
}

// StatusInfo is what an answer tells about the status list behind it.
type StatusInfo struct {
	IssuedAt time.Time
	Age      time.Duration // since IssuedAt, at the moment of the check
}

type reportStatus struct {
	IssuedAt   time.Time `json:"issued_at"`
	AgeSeconds int64     `json:"age_seconds"`
}

func (i *StatusInfo) report() *reportStatus {
	if i == nil {
		return nil
	}
	return &reportStatus{IssuedAt: i.IssuedAt.UTC(), AgeSeconds: int64(i.Age / time.Second)}
}
