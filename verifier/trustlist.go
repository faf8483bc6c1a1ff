package verifier

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Purpose is what a key may sign. Purposes never mix.
type Purpose string

// PurposeDisclosure keys sign presentations; PurposeTrustList is the root and
// never stands in a list. PurposeStatus keys sign status lists and snapshots of
// them. A key that signs credentials of an agency has the purpose "credential/"
// + agency id.
const (
	PurposeDisclosure Purpose = "disclosure"
	PurposeStatus     Purpose = "status"
	PurposeTrustList  Purpose = "trust-list"
	CredentialPrefix          = "credential/"
)

// Default rules of a trust list, and the bounds that no list may leave.
const (
	DefaultLifetime      = 120 * time.Second
	DefaultBoundLifetime = 24 * time.Hour
	DefaultSkew          = 30 * time.Second
	DefaultGrace         = 7 * 24 * time.Hour

	maxLifetime      = 10 * time.Minute
	maxBoundLifetime = 24 * time.Hour
	maxSkew          = 5 * time.Minute
	maxGrace         = 90 * 24 * time.Hour
	maxTrustedKeys   = 4096
	maxAuthorities   = 8
	maxVersion       = 1<<53 - 1 // what every reader of JSON can tell apart (RFC 8259 section 6)
	maxReason        = 128       // bytes of revoked_reason
)

// Rules are the tolerances that a trust list carries for its checkers.
type Rules struct {
	MaxLifetime      Seconds `json:"max_lifetime_seconds"`       // of a bearer presentation
	MaxBoundLifetime Seconds `json:"max_bound_lifetime_seconds"` // of a holder-bound one
	ClockSkew        Seconds `json:"clock_skew_seconds"`
	Grace            Seconds `json:"grace_seconds"` // after next_update, until too old
}

// Seconds is a duration that JSON writes as whole seconds.
type Seconds int64

// Duration converts.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// DefaultRules are the rules that a new deployment publishes.
func DefaultRules() Rules {
	sec := func(d time.Duration) Seconds { return Seconds(d / time.Second) }
	return Rules{sec(DefaultLifetime), sec(DefaultBoundLifetime), sec(DefaultSkew), sec(DefaultGrace)}
}

// valid reports whether the rules stay within the bounds.
func (r Rules) valid() bool {
	// Compared in seconds: a duration of 2^55 of them overflows to nothing.
	within := func(s Seconds, limit time.Duration) bool { return s >= 0 && s <= Seconds(limit/time.Second) }
	return r.MaxLifetime > 0 && within(r.MaxLifetime, maxLifetime) && r.MaxBoundLifetime > 0 &&
		within(r.MaxBoundLifetime, maxBoundLifetime) && within(r.ClockSkew, maxSkew) && within(r.Grace, maxGrace)
}

// TrustedKey is one key of a trust list with its purpose and its window.
type TrustedKey struct {
	Purpose   Purpose   `json:"purpose"`
	Algorithm string    `json:"alg"` // ES256
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	// RevokedAt is from when on the key does not count; nil if it is not revoked.
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	// Revoked says why, in a word for people such as "key_compromise".
	Revoked string          `json:"revoked_reason,omitempty"`
	JWK     json.RawMessage `json:"jwk"`

	key *Key
}

// Key returns the parsed key.
func (k *TrustedKey) Key() *Key { return k.key }

// TrustList is the signed list of keys and rules that checkers work from. Make
// one with OpenTrustList; the fields are for reading.
type TrustList struct {
	Version    int64        `json:"version"` // grows with every list, never falls
	Issuer     string       `json:"iss"`     // public origin of the deployment
	IssuedAt   time.Time    `json:"issued_at"`
	NextUpdate time.Time    `json:"next_update"`
	Rules      Rules        `json:"rules"`
	Keys       []TrustedKey `json:"keys"`
	// Authorities are the certificates of the deployment's own certificate
	// authorities, DER: the anchors of the x5c chains of its credentials.
	Authorities [][]byte `json:"certificate_authorities,omitempty"`
	// NextRoot hands trust over to a new root; nil most of the time.
	NextRoot *NextRoot `json:"next_root,omitempty"`

	signedBy *Key // the root that signed this list
	digest   [sha256.Size]byte
	byID     map[KeyID][]*TrustedKey
}

// TrustListInfo is what an answer tells about the list behind it.
type TrustListInfo struct {
	Version    int64
	IssuedAt   time.Time
	NextUpdate time.Time
	Age        time.Duration // since IssuedAt, at the moment of the check
}

// SignTrustList signs a list with the root key and returns the compact JWS. It
// refuses a list that OpenTrustList would refuse.
func SignTrustList(l TrustList, root crypto.Signer) ([]byte, error) {
	payload, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	text, err := signJWS(payload, root, trustListType)
	if err != nil {
		return nil, err
	}
	public, _ := root.Public().(*ecdsa.PublicKey)
	key, err := NewKey(public)
	if err != nil {
		return nil, err
	}
	if _, err := OpenTrustList(text, key); err != nil {
		return nil, fmt.Errorf("verifier: this trust list cannot be signed: %w", err)
	}
	return text, nil
}

// OpenTrustList reads a trust list that one of the trusted roots signed: the
// pinned one, or what Roots told after an earlier list. The error is a Refusal
// with ReasonTrustListInvalid.
func OpenTrustList(text []byte, roots ...*Key) (*TrustList, error) {
	text = bytes.TrimSpace(text)
	if len(text) > MaxTrustList {
		return nil, refuse(ReasonTrustListInvalid, "the trust list is larger than any genuine one")
	}
	if len(roots) == 0 || slices.Contains(roots, nil) {
		return nil, refuse(ReasonTrustListInvalid, "no root key is pinned")
	}
	var payload []byte
	var root *Key
	for _, candidate := range roots {
		if opened, err := openJWS(text, candidate, trustListType); err == nil {
			payload, root = opened, candidate
			break
		}
	}
	if root == nil {
		return nil, refuse(ReasonTrustListInvalid, "the trust list is not signed by the pinned root")
	}
	l, err := parseTrustList(payload)
	if err == nil {
		err = l.checkRoots(root)
	}
	if err != nil {
		return nil, refuse(ReasonTrustListInvalid, err.Error())
	}
	return l, nil
}

// parseTrustList reads and checks the payload. Unknown members are ignored, so
// that lists can grow; what is known must be right.
func parseTrustList(payload []byte) (*TrustList, error) {
	l := &TrustList{digest: sha256.Sum256(payload), byID: map[KeyID][]*TrustedKey{}}
	exact, err := exactMembers(payload)
	if err != nil {
		return nil, fmt.Errorf("the trust list: %w", err)
	}
	if err := l.take(exact); err != nil {
		return nil, errors.New("the trust list is not JSON of its form")
	}
	switch {
	case l.Version < 1 || l.Version > maxVersion:
		return nil, errors.New("version must be 1 to 2^53-1")
	case l.IssuedAt.IsZero() || !l.NextUpdate.After(l.IssuedAt):
		return nil, errors.New("next_update must be later than issued_at")
	case !l.Rules.valid():
		return nil, errors.New("a rule is outside its bounds")
	case len(l.Keys) > maxTrustedKeys:
		return nil, errors.New("too many keys")
	}
	if err := checkAuthorities(l.Authorities); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i := range l.Keys {
		k := &l.Keys[i]
		if err := k.check(); err != nil {
			return nil, fmt.Errorf("key %d: %w", i, err)
		}
		// One key, one purpose: the same key under two purposes would let a
		// signature made for one be shown as the other.
		if seen[k.key.Thumbprint] {
			return nil, fmt.Errorf("key %d stands twice", i)
		}
		seen[k.key.Thumbprint] = true
		l.byID[k.key.ID] = append(l.byID[k.key.ID], k)
	}
	return l, nil
}

func (k *TrustedKey) check() error {
	switch {
	case k.Algorithm != "ES256":
		return errors.New("algorithm must be ES256")
	case k.Purpose == "" || k.Purpose == PurposeTrustList:
		return errors.New("purpose missing, or the root's own")
	case k.NotBefore.IsZero() || !k.NotAfter.After(k.NotBefore):
		return errors.New("not_before missing, or not_after not later")
	case k.RevokedAt == nil && k.Revoked != "":
		return errors.New("a reason of revocation without its moment")
	case len(k.Revoked) > maxReason:
		return errors.New("the reason of revocation is too long")
	}
	key, err := ParseKey(k.JWK)
	if err != nil {
		return err
	}
	k.key = key
	return nil
}

// Stamp names a list: a checker that remembers the stamp of the newest list it
// has seen can tell a rollback after a restart.
type Stamp struct {
	Version int64
	Digest  [sha256.Size]byte // of the signed content
}

// Stamp returns the list's stamp.
func (l *TrustList) Stamp() Stamp { return Stamp{l.Version, l.digest} }

// Supersedes reports whether l may be used where the list with the older stamp
// has been seen: nil when it may, else a Refusal with ReasonTrustListRollback.
// The same list again is no rollback; another list under the same version is.
func (l *TrustList) Supersedes(older Stamp) error {
	if l.Version > older.Version || l.Stamp() == older {
		return nil
	}
	return refuse(ReasonTrustListRollback, fmt.Sprintf("version %d after version %d", l.Version, older.Version))
}

// info describes the list at a moment.
func (l *TrustList) info(now time.Time) *TrustListInfo {
	return &TrustListInfo{Version: l.Version, IssuedAt: l.IssuedAt, NextUpdate: l.NextUpdate, Age: now.Sub(l.IssuedAt)}
}

// fresh judges the list and the clock against each other.
func (l *TrustList) fresh(now time.Time, maxAge time.Duration) *Refusal {
	if now.Before(l.IssuedAt.Add(-l.Rules.ClockSkew.Duration())) {
		return refuse(ReasonClockSuspect, "the clock is before the trust list's own time")
	}
	if now.After(l.NextUpdate.Add(l.Rules.Grace.Duration())) {
		return refuse(ReasonTrustListTooOld, "past next_update and grace")
	}
	if maxAge > 0 && now.Sub(l.IssuedAt) > maxAge {
		return refuse(ReasonTrustListTooOld, "older than the policy allows")
	}
	return nil
}
