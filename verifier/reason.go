package verifier

import (
	"time"

	"github.com/giayto/giayto/catalog"
)

// Verdict is what a check ends in.
type Verdict string

// The three verdicts. Unknown is never shown as good.
const (
	Established    Verdict = "established"
	NotEstablished Verdict = "not_established"
	Unknown        Verdict = "unknown"
)

// Reason is the one cause of a verdict that is not established.
type Reason string

// ReasonInfo tells what a reason means and what the person at the counter
// should do next.
type ReasonInfo struct {
	Reason   Reason
	Verdict  Verdict
	Reserved bool // part of the format, not produced yet
	Why, Do  catalog.Text
}

// reasonIndex finds a reason's description.
var reasonIndex = func() map[Reason]ReasonInfo {
	m := make(map[Reason]ReasonInfo, len(reasons))
	for _, r := range reasons {
		m[r.Reason] = r
	}
	return m
}()

// Reasons returns every reason in the order of the documents.
func Reasons() []ReasonInfo { return append([]ReasonInfo(nil), reasons...) }

// Info describes the reason. A reason outside the closed set is Unknown.
func (r Reason) Info() ReasonInfo {
	if info, ok := reasonIndex[r]; ok {
		return info
	}
	return ReasonInfo{Reason: r, Verdict: Unknown}
}

// Refusal is the error of every check that does not establish: one reason, and
// what is known about the data behind it. It carries no claim value.
type Refusal struct {
	Reason Reason
	// Detail is for developers, English, without values; may be empty.
	Detail string
	// Missing names the claims that the policy required, "document/claim";
	// only with ReasonClaimMissing and ReasonClaimNotMet.
	Missing []string
	// ExpiresAt is when the presentation ends or ended; zero unless its
	// signature was right.
	ExpiresAt time.Time
	// TrustList describes the list behind the answer; nil when there is none.
	TrustList *TrustListInfo
	// Status describes the status list behind the answer; nil when none was read.
	Status *StatusInfo
}

// Error gives the reason code and the detail.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return "verifier: " + string(r.Reason)
	}
	return "verifier: " + string(r.Reason) + ": " + r.Detail
}

// Verdict is NotEstablished or Unknown.
func (r *Refusal) Verdict() Verdict { return r.Reason.Info().Verdict }

func refuse(reason Reason, detail string) *Refusal {
	return &Refusal{Reason: reason, Detail: detail}
}
