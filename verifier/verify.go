package verifier

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/qr"
)

// Options of a Verifier. The zero value is the safe choice.
type Options struct {
	// Catalog tells what documents and claims mean; nil = the embedded one.
	Catalog *catalog.Catalog
	// Replay remembers presentations that were accepted; nil = a cache in
	// memory. UnsafeAcceptReplays turns the check off.
	Replay Replay
}

// Verifier checks presentations against a trust list. It is safe for
// concurrent use. It never opens a network connection.
type Verifier struct {
	catalog *catalog.Catalog
	replay  Replay

	mu   sync.RWMutex
	list *TrustList
}

// New returns a verifier that works from the list. A nil list is allowed: every
// check then ends in ReasonTrustListMissing until Update is called.
func New(list *TrustList, o Options) *Verifier {
	v := &Verifier{catalog: o.Catalog, replay: o.Replay, list: list}
	if v.catalog == nil {
		v.catalog = catalog.Default()
	}
	if v.replay == nil {
		v.replay = NewMemoryReplay(DefaultReplayEntries)
	}
	return v
}

// Update replaces the trust list. An older list, or another one under the same
// version, is refused with ReasonTrustListRollback and the present one stays.
func (v *Verifier) Update(list *TrustList) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if list == nil {
		return refuse(ReasonTrustListMissing, "")
	}
	if v.list != nil {
		if err := list.Supersedes(v.list.Stamp()); err != nil {
			return err
		}
	}
	v.list = list
	return nil
}

// Check is what one check expects.
type Check struct {
	// Now is the moment of the check; zero = the clock of this machine.
	Now time.Time
	// Audience is who checks. Set, the presentation must be made for exactly
	// this audience, put into NFC as in every token; empty, it must be made for
	// nobody in particular.
	Audience string
	// Nonce is the challenge that this checker showed, NonceSize bytes; nil if
	// it showed none. The rule is that of Audience.
	Nonce  []byte
	Policy Policy
}

// Policy is what a kind of checker asks beyond the signature.
type Policy struct {
	// Require names claims that must be present, in every document of that kind
	// where a presentation holds several. A boolean claim must be true only where
	// RequireTrue names it too.
	Require     []Requirement
	RequireTrue []Requirement
	// MaxTrustListAge tightens the trust list's own rule; 0 = that rule alone.
	MaxTrustListAge time.Duration
}

// Requirement names a claim of a document.
type Requirement struct{ Document, Claim string }

// Verify answers what the text of a QR establishes. On success it returns what
// is established and remembers the presentation, so that a second showing is
// refused. On anything else the result is nil and the error is a *Refusal with
// exactly one reason. The order of the steps is part of the format: see
// docs/wire-format.md.
func (v *Verifier) Verify(text string, c Check) (*Result, error) {
	if c.Now.IsZero() {
		c.Now = time.Now()
	}
	v.mu.RLock()
	list := v.list
	v.mu.RUnlock()
	result, refusal := v.verify(text, c, list)
	if refusal != nil {
		if list != nil {
			refusal.TrustList = list.info(c.Now)
		}
		return nil, refusal
	}
	return result, nil
}

func (v *Verifier) verify(text string, c Check, list *TrustList) (*Result, *Refusal) {
	m, token, refusal := read(text)
	if refusal != nil {
		return nil, refusal
	}
	if list == nil {
		return nil, refuse(ReasonTrustListMissing, "")
	}
	if refusal := list.fresh(c.Now, c.Policy.MaxTrustListAge); refusal != nil {
		return nil, refusal
	}
	key, refusal := signedBy(list, m, c.Now)
	if refusal != nil {
		return nil, refusal
	}
	result, refusal := v.judge(token, c, list)
	if refusal == nil {
		refusal = v.once(key, token, c.Now)
	}
	if refusal != nil {
		refusal.ExpiresAt = time.Unix(token.ExpiresAt, 0).UTC()
		return nil, refusal
	}
	return result, nil
}

// read takes a text apart as far as it goes without keys.
func read(text string) (message, *Token, *Refusal) {
	raw, err := qr.Decode(text)
	if err != nil {
		return message{}, nil, framingRefusal(err)
	}
	m, ok := parseMessage(raw)
	if !ok {
		return message{}, nil, refuse(ReasonMalformed, "not a COSE_Sign1 message of this profile")
	}
	token, refusal := parsePayload(m.payload)
	return m, token, refusal
}

// framingRefusal translates the codes of package qr.
func framingRefusal(err error) *Refusal {
	var e *qr.Error
	if errors.As(err, &e) {
		switch e.Code {
		case qr.CodeTooLarge:
			return refuse(ReasonTooLarge, e.Msg)
		case qr.CodeUnsupportedVersion:
			return refuse(ReasonUnsupportedVersion, e.Msg)
		case qr.CodeNotGiayto:
			return refuse(ReasonNotGiayto, e.Msg)
		}
		return refuse(ReasonMalformed, e.Msg)
	}
	return refuse(ReasonMalformed, "")
}

// signedBy finds the key that made the signature. Every key with the token's
// key id is tried, because the id is short; the reason tells of the key that
// came closest.
func signedBy(list *TrustList, m message, now time.Time) (*Key, *Refusal) {
	candidates := list.byID[m.kid]
	if len(candidates) == 0 {
		return nil, refuse(ReasonUnknownKey, "")
	}
	refusal := refuse(ReasonBadSignature, "")
	for _, k := range candidates {
		if !m.signedBy(k.key.Public) {
			continue
		}
		switch reason := k.judge(now, list.Rules.ClockSkew.Duration()); reason {
		case "":
			return k.key, nil
		default:
			refusal = refuse(reason, k.detail(reason))
		}
	}
	return nil, refusal
}

// judge reports why a key that made a presentation's signature does not count;
// "" if it does.
func (k *TrustedKey) judge(now time.Time, skew time.Duration) Reason {
	return k.Judge(PurposeDisclosure, now, skew)
}

// detail tells since when and why a revoked key does not count.
func (k *TrustedKey) detail(reason Reason) string {
	if reason != ReasonKeyRevoked {
		return ""
	}
	return strings.TrimSpace("revoked at " + k.RevokedAt.UTC().Format(time.RFC3339) + " " + k.Revoked)
}

// judge applies times, binding, catalogue and policy to a genuine token.
func (v *Verifier) judge(t *Token, c Check, list *TrustList) (*Result, *Refusal) {
	if refusal := t.inTime(c.Now, list.Rules); refusal != nil {
		return nil, refusal
	}
	if t.Audience != norm.NFC.String(c.Audience) {
		return nil, refuse(ReasonAudienceMismatch, "")
	}
	if !bytes.Equal(t.Nonce, c.Nonce) {
		return nil, refuse(ReasonChallengeMismatch, "")
	}
	if t.Confirmation != nil {
		// Holder-bound presentations count only with the device's own proof,
		// which profile 1 reserves and this release does not read.
		return nil, refuse(ReasonProofMissing, "")
	}
	documents, refusal := v.documents(t)
	if refusal != nil {
		return nil, refusal
	}
	result := &Result{Documents: documents, Audience: t.Audience, TrustList: *list.info(c.Now),
		ExpiresAt: time.Unix(t.ExpiresAt, 0).UTC()}
	if refusal := c.Policy.judge(result); refusal != nil {
		return nil, refusal
	}
	return result, nil
}

// inTime judges the token's own times.
func (t *Token) inTime(now time.Time, rules Rules) *Refusal {
	skew := rules.ClockSkew.Duration()
	expires := time.Unix(t.ExpiresAt, 0)
	longest := rules.MaxLifetime
	if t.Confirmation != nil {
		longest = rules.MaxBoundLifetime
		if time.Unix(t.IssuedAt, 0).After(now.Add(skew)) {
			return refuse(ReasonNotYetValid, "")
		}
	}
	switch {
	case now.After(expires.Add(skew)):
		return refuse(ReasonExpired, "")
	case expires.After(now.Add(longest.Duration() + skew)):
		return refuse(ReasonLifetimeTooLong, "")
	case t.Confirmation != nil && t.ExpiresAt-t.IssuedAt > int64(longest):
		return refuse(ReasonLifetimeTooLong, "")
	}
	return nil
}

// once remembers the presentation; a second showing is a replay. It is kept for
// the widest skew of any list, because the next list may bring a wider one and
// with it a presentation back that has just ended.
func (v *Verifier) once(key *Key, t *Token, now time.Time) *Refusal {
	until := time.Unix(t.ExpiresAt, 0).Add(maxSkew)
	if v.replay.Seen(ReplayKey{Key: key.ID, Token: t.ID}, until, now) {
		return refuse(ReasonReplayed, "")
	}
	return nil
}
