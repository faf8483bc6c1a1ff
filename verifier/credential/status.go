package credential

import (
	"crypto/ecdsa"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
	"github.com/giayto/giayto/verifier"
)

// MaxStatusFile is the largest bundle in bytes that is looked at.
const MaxStatusFile = statuslist.MaxBundleBytes

// Status is the status of every credential of a deployment at one moment, as a
// bundle states it: a signed snapshot and all its lists. It is immutable and
// safe for concurrent use.
type Status struct {
	bundle *statuslist.Bundle
	keyID  string
}

// Stamp names a snapshot, for a checker that remembers the newest it has seen.
type Stamp = statuslist.SnapshotStamp

// OpenStatus reads a bundle that a status key of the trust list signed for the
// deployment of that list. Anything else, a missing list among it, is a
// *verifier.Refusal with ReasonStatusUnknown whose Detail says what is wrong;
// with ReasonClockSuspect if the snapshot is of the future. Whether its age is
// still good enough is judged by each check.
func OpenStatus(raw []byte, list *verifier.TrustList, now time.Time) (*Status, error) {
	if list == nil {
		return nil, refuse(verifier.ReasonTrustListMissing, "")
	}
	bundle, err := statuslist.OpenBundle(raw, statuslist.SnapshotCheck{
		Issuer: list.Issuer, Now: now, Skew: list.Rules.ClockSkew.Duration(),
		Keys: func(keyID string) *ecdsa.PublicKey {
			key := list.KeyByThumbprint(keyID)
			if key == nil || key.Purpose != verifier.PurposeStatus {
				return nil
			}
			return key.Key().Public
		}})
	if err != nil {
		return nil, refuse(verifier.ReasonStatusUnknown, err.Error())
	}
	s := &Status{bundle: bundle, keyID: bundle.Snapshot().KeyID}
	// Both would otherwise be remembered as the newest: a leaked key, or a clock
	// that was ahead, must not keep genuine snapshots out.
	if reason := s.judgeKey(list, now); reason != "" {
		return nil, refuse(verifier.ReasonStatusUnknown, "the status key: "+string(reason))
	}
	if now.Add(list.Rules.ClockSkew.Duration()).Before(s.IssuedAt()) {
		return nil, refuse(verifier.ReasonClockSuspect, "the clock is before the status snapshot's own time")
	}
	return s, nil
}

// IssuedAt is when the snapshot was made.
func (s *Status) IssuedAt() time.Time { return s.bundle.Snapshot().IssuedAt }

// Stamp returns the stamp of the snapshot.
func (s *Status) Stamp() Stamp { return s.bundle.Snapshot().Stamp() }

// Supersedes reports whether s may be used where the snapshot with the older
// stamp has been seen: nil when it may, else a Refusal with ReasonStatusUnknown.
// An older snapshot does not know of what was revoked since.
func (s *Status) Supersedes(older Stamp) error {
	if err := s.bundle.Snapshot().Supersedes(older); err != nil {
		return refuse(verifier.ReasonStatusUnknown, "the status snapshot is older than one already seen")
	}
	return nil
}

// judgeKey judges the key of the snapshot by the list of this check, which may
// be newer than the one it was opened with: "" if its signature counts, at the
// moment and when it was made.
func (s *Status) judgeKey(list *verifier.TrustList, now time.Time) verifier.Reason {
	key := list.KeyByThumbprint(s.keyID)
	if key == nil || s.bundle.Snapshot().Issuer != list.Issuer {
		return verifier.ReasonUnknownKey
	}
	skew := list.Rules.ClockSkew.Duration()
	if reason := key.Judge(verifier.PurposeStatus, now, skew); reason != "" {
		return reason
	}
	return key.Judge(verifier.PurposeStatus, s.IssuedAt(), skew)
}

// reasonOfStatus are the statuses that a credential is refused for.
var reasonOfStatus = map[statuslist.Status]verifier.Reason{
	statuslist.Revoked:   verifier.ReasonStatusRevoked,
	statuslist.Suspended: verifier.ReasonStatusSuspended,
	statuslist.Withheld:  verifier.ReasonStatusWithheld,
}

// status judges the credential's status and fills r.Status.
func (c Check) status(r *Result, claims map[string]any, list *verifier.TrustList, s *Status) *verifier.Refusal {
	unknown := func(detail string) *verifier.Refusal {
		if c.Status.UnsafeAcceptUnknown {
			return nil
		}
		return refuse(verifier.ReasonStatusUnknown, detail)
	}
	claim, carried := claims["status"]
	if !carried {
		if life := r.ExpiresAt.Sub(r.IssuedAt); life <= c.Status.ShortLived {
			return nil
		}
		return unknown("the credential carries no status")
	}
	// From here on a refusal that is not the policy's own to waive is final: a
	// status that cannot be read, or an index that its list does not have, must
	// be refused (draft-ietf-oauth-status-list-21 section 8.3).
	uri, index, ok := reference(claim)
	if !ok {
		return refuse(verifier.ReasonStatusUnknown, "the status is of no form that is known")
	}
	if s == nil {
		return unknown("no status snapshot")
	}
	if reason := s.judgeKey(list, c.Now); reason != "" {
		return unknown("the status key: " + string(reason))
	}
	answer, err := s.bundle.Status(uri, index, c.Now)
	switch statuslist.ReasonOf(err) {
	case "":
	case statuslist.ReasonIssuedInFuture:
		return refuse(verifier.ReasonClockSuspect, "the clock is before the status snapshot's own time")
	case statuslist.ReasonIndex:
		return refuse(verifier.ReasonStatusUnknown, err.Error())
	default:
		return unknown(err.Error())
	}
	info := &verifier.StatusInfo{IssuedAt: answer.IssuedAt, Age: answer.Age}
	if answer.Status != statuslist.Valid {
		reason, known := reasonOfStatus[answer.Status]
		if !known {
			reason = verifier.ReasonStatusUnknown
		}
		return &verifier.Refusal{Reason: reason, Status: info}
	}
	r.Status = info
	if c.Status.MaxAge > 0 && answer.Age > c.Status.MaxAge {
		return unknown("the status is older than the policy allows")
	}
	return nil
}

// reference reads status.status_list of a credential (draft section 6.2). Any
// other mechanism is one that we cannot ask.
func reference(claim any) (uri string, index int, ok bool) {
	status, _ := claim.(map[string]any)
	list, _ := status["status_list"].(map[string]any)
	uri, isText := list["uri"].(string)
	number, _ := list["idx"].(json.Number)
	n, err := strconv.ParseInt(string(number), 10, 64)
	return uri, int(n), isText && uri != "" && err == nil && n >= 0 && n <= math.MaxInt32
}
