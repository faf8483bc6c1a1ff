package verifier

import (
	"crypto"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// historyType is the type of a signed consent history (RFC 8725 section 3.11).
// A presentation is signed over CBOR that begins with 0x84 and this over text that
// begins with a letter, so that neither can be taken for the other.
const historyType = "giayto-history+jwt"

// Bounds of a signed history.
const (
	// MaxHistory is the largest one in bytes that is looked at.
	MaxHistory = 32 << 20
	// MaxHistoryEntries is how many entries one has at most.
	MaxHistoryEntries = 10_000
)

// History is what a deployment says it has shared for a holder. It names no
// person: whoever shows it has to say whose it is, and the ids of credentials are
// what an agency can follow. It holds no values of claims.
type History struct {
	Issuer   string    `json:"iss"` // public origin of the deployment
	IssuedAt time.Time `json:"issued_at"`
	// Count is the number of entries, so that one that is missing shows; Complete
	// whether they are all that there were.
	Count    int            `json:"count"`
	Complete bool           `json:"complete"`
	Entries  []HistoryEntry `json:"entries"` // newest first
}

// HistoryEntry is one line of a consent history, as the citizen API tells it.
type HistoryEntry struct {
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	ExpiresAt *time.Time        `json:"expires_at,omitempty"` // nil when refused
	Outcome   string            `json:"outcome"`              // shared or refused
	Code      string            `json:"code,omitempty"`       // why it was refused
	Purpose   string            `json:"purpose,omitempty"`
	Audience  string            `json:"audience,omitempty"`
	Challenge bool              `json:"challenge"`
	Level     int               `json:"level,omitempty"` // of NĐ 69/2024 art. 20
	Device    string            `json:"device"`
	Documents []HistoryDocument `json:"documents"`
	Report    *HistoryReport    `json:"report,omitempty"`
}

// HistoryDocument names what was shared of one document.
type HistoryDocument struct {
	Document   string   `json:"document"`
	Credential string   `json:"credential"`
	Preset     string   `json:"preset,omitempty"`
	Claims     []string `json:"claims"`
}

// HistoryReport says that the holder has reported an entry.
type HistoryReport struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
}

// signedHistory is a JWS in the flattened JSON serialisation (RFC 7515 section
// 7.2.2).
type signedHistory struct {
	Payload   string `json:"payload"`
	Protected string `json:"protected"`
	Signature string `json:"signature"`
}

// SignHistory signs a history with a disclosure key of the deployment.
func SignHistory(h History, disclosure crypto.Signer) ([]byte, error) {
	if h.Count != len(h.Entries) || h.Count > MaxHistoryEntries {
		return nil, errors.New("verifier: a history with another number of entries than it says")
	}
	payload, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	compact, err := signJWS(payload, disclosure, historyType)
	if err != nil {
		return nil, err
	}
	parts := strings.Split(string(compact), ".")
	return json.Marshal(signedHistory{Protected: parts[0], Payload: parts[1], Signature: parts[2]})
}

// OpenHistory gives a history back if a disclosure key of the list signed it. The
// key must have counted when the history says it was made, and must not be revoked
// now. Every error is a Refusal: too_large, malformed, unknown_key, bad_signature,
// key_wrong_purpose, key_not_valid, key_revoked, clock_suspect, trust_list_too_old.
func OpenHistory(text []byte, list *TrustList, now time.Time) (*History, error) {
	if len(text) > MaxHistory {
		return nil, refuse(ReasonTooLarge, "")
	}
	if list == nil {
		return nil, refuse(ReasonTrustListMissing, "")
	}
	if refusal := list.fresh(now, 0); refusal != nil {
		return nil, refusal
	}
	exact, err := exactMembers(text)
	if err != nil {
		return nil, refuse(ReasonMalformed, "not one JSON text")
	}
	var s signedHistory
	if err := json.Unmarshal(exact, &s); err != nil {
		return nil, refuse(ReasonMalformed, "not a signed history")
	}
	key, refusal := historyKey(s, list)
	if refusal != nil {
		return nil, refusal
	}
	payload, err := openJWS([]byte(s.Protected+"."+s.Payload+"."+s.Signature), key.key, historyType)
	if err != nil {
		return nil, refuse(ReasonBadSignature, "")
	}
	if payload, err = exactMembers(payload); err != nil {
		return nil, refuse(ReasonMalformed, "what was signed")
	}
	var h History
	if err := json.Unmarshal(payload, &h); err != nil || h.Count != len(h.Entries) || h.Issuer != list.Issuer {
		return nil, refuse(ReasonMalformed, "what was signed")
	}
	skew := list.Rules.ClockSkew.Duration()
	if h.IssuedAt.After(now.Add(skew)) {
		return nil, refuse(ReasonClockSuspect, "made after now")
	}
	for _, moment := range []time.Time{h.IssuedAt, now} {
		// The window is that of the day it was made; a forger writes any day, so
		// that a revocation counts from when it is known.
		reason := key.Judge(PurposeDisclosure, moment, skew)
		if reason == ReasonKeyNotValid && moment.Equal(now) {
			continue
		}
		if reason != "" {
			return nil, refuse(reason, key.detail(reason))
		}
	}
	return &h, nil
}

// historyKey finds the key that the header names by its thumbprint.
func historyKey(s signedHistory, list *TrustList) (*TrustedKey, *Refusal) {
	raw, err := compactHeader(s.Protected + "." + s.Payload + "." + s.Signature)
	if err != nil {
		return nil, refuse(ReasonMalformed, "not a JWS")
	}
	if raw, err = exactMembers(raw); err != nil {
		return nil, refuse(ReasonMalformed, "not a header")
	}
	var header struct {
		Type  string `json:"typ"`
		KeyID string `json:"kid"`
	}
	if err := json.Unmarshal(raw, &header); err != nil || header.Type != historyType {
		return nil, refuse(ReasonMalformed, "not a history by its type")
	}
	key := list.KeyByThumbprint(header.KeyID)
	if key == nil {
		return nil, refuse(ReasonUnknownKey, "")
	}
	return key, nil
}
