package statuslist

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"time"
)

// SignOptions is what a Status List Token says beside the list.
type SignOptions struct {
	// Signer holds a P-256 key.
	Signer crypto.Signer
	// KeyID is kid: the RFC 7638 thumbprint, by which checkers find the key.
	KeyID string
	// Certificates is the x5c chain in DER, leaf first and without the trust
	// anchor; nil for none.
	Certificates [][]byte
	// Subject is the address under which the list is published: sub, and
	// status.status_list.uri of the credentials.
	Subject string
	// IssuedAt is iat, ExpiresAt exp. Both are needed: a list without an end
	// would hide revocations for as long as somebody keeps it.
	IssuedAt, ExpiresAt time.Time
	// TTL is how long a copy may be used before a fresh one should be fetched,
	// whole seconds; 0 = not said.
	TTL time.Duration
	// AggregationURI is where all lists are named; "" = not said.
	AggregationURI string
}

type tokenClaims struct {
	Subject   string     `json:"sub"`
	IssuedAt  int64      `json:"iat"`
	ExpiresAt int64      `json:"exp"`
	TTL       int64      `json:"ttl,omitempty"`
	List      listClaims `json:"status_list"`
}

type listClaims struct {
	Bits           int    `json:"bits"`
	List           string `json:"lst"`
	AggregationURI string `json:"aggregation_uri,omitempty"`
}

// Sign returns the list as a Status List Token in JWT form under ES256 (draft
// section 5.1).
func Sign(l *List, o SignOptions) (string, error) {
	if l == nil {
		return "", refuse(ReasonOptions, "list")
	}
	if err := checkURI(o.Subject, "sub"); err != nil {
		return "", err
	}
	if o.AggregationURI != "" {
		if err := checkURI(o.AggregationURI, "aggregation_uri"); err != nil {
			return "", err
		}
	}
	if err := checkWindow(o.IssuedAt, o.ExpiresAt); err != nil {
		return "", err
	}
	if o.TTL != 0 && (o.TTL < time.Second || o.TTL > MaxTTL) {
		return "", refuse(ReasonTTL, "ttl")
	}
	compressed, err := l.Compress()
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(tokenClaims{
		Subject: o.Subject, IssuedAt: o.IssuedAt.Unix(), ExpiresAt: o.ExpiresAt.Unix(), TTL: int64(o.TTL / time.Second),
		List: listClaims{l.Bits(), base64.RawURLEncoding.EncodeToString(compressed), o.AggregationURI},
	})
	if err != nil {
		return "", &Error{Reason: ReasonSigning, Err: err}
	}
	return signJWS(o.Signer, TypeToken, o.KeyID, o.Certificates, payload)
}

// checkWindow refuses times that a reader would refuse.
func checkWindow(issued, expires time.Time) error {
	switch {
	case issued.IsZero() || issued.Unix() < 0 || issued.Unix() > maxNumericDate:
		return refuse(ReasonTime, "iat")
	case expires.Unix() <= issued.Unix() || expires.Unix() > maxNumericDate:
		return refuse(ReasonTime, "exp")
	}
	return nil
}

// OpenOptions is what a reader knows and wants before it sees a token.
type OpenOptions struct {
	// Key is the P-256 key that must have signed. The caller chose it.
	Key *ecdsa.PublicKey
	// Subject is the address that the credential names, compared exactly.
	Subject string
	// Now is the moment of reading. It has no default.
	Now time.Time
	// Skew is how far the clocks may differ.
	Skew time.Duration
	// RefuseStale refuses a list whose ttl has passed since it was made. Without
	// it an old one counts until exp, and Stale tells.
	RefuseStale bool
}

// Token is what a Status List Token says. Its List is for reading.
type Token struct {
	List *List
	// Subject is the address of the list.
	Subject string
	// KeyID is kid, "" when absent.
	KeyID string
	// IssuedAt is how old the statuses are. ExpiresAt is zero when not said.
	IssuedAt, ExpiresAt time.Time
	// TTL is zero when not said.
	TTL time.Duration
	// AggregationURI is where all lists are named; "" when not said.
	AggregationURI string
}

// Stale reports whether a fresh copy should be fetched: ttl has passed since the
// list was made (draft section 8.1, counted from iat and not from fetching,
// which nobody can verify).
func (t *Token) Stale(now time.Time) bool { return t.TTL > 0 && !now.Before(t.IssuedAt.Add(t.TTL)) }

// UnsafeKeyID returns the kid of a Status List Token without verifying anything,
// so that a caller can choose among keys it already trusts; "" when absent.
func UnsafeKeyID(token string) (string, error) {
	s, err := splitJWS(token, TypeToken, MaxTokenBytes)
	return s.keyID, err
}

// Open verifies a Status List Token and reads its list (draft section 8.3). It
// returns a token or an [Error], never both.
func Open(token string, o OpenOptions) (*Token, error) {
	if err := checkClock(o.Now, o.Skew); err != nil {
		return nil, err
	}
	s, err := splitJWS(token, TypeToken, MaxTokenBytes)
	if err != nil {
		return nil, err
	}
	// The signature comes first: nothing an unknown party wrote is inflated.
	if err := s.verify(o.Key); err != nil {
		return nil, err
	}
	t, lst, err := s.token(o.Subject)
	if err != nil {
		return nil, err
	}
	if err := inTime(t.IssuedAt, t.ExpiresAt, o.Now, o.Skew); err != nil {
		return nil, err
	}
	if o.RefuseStale && t.Stale(o.Now.Add(-o.Skew)) {
		return nil, refuse(ReasonStale, "ttl")
	}
	if err := t.inflate(lst); err != nil {
		return nil, err
	}
	return t, nil
}

// checkClock refuses options that would quietly verify less.
func checkClock(now time.Time, skew time.Duration) error {
	switch {
	case now.IsZero():
		return refuse(ReasonOptions, "now")
	case skew < 0:
		return refuse(ReasonOptions, "skew")
	}
	return nil
}

// inTime judges iat and exp; a zero exp never ends.
func inTime(issued, expires, now time.Time, skew time.Duration) error {
	switch {
	case now.Add(skew).Before(issued):
		return refuse(ReasonIssuedInFuture, "iat")
	// RFC 7519 section 4.1.4: refuse "on or after" exp.
	case !expires.IsZero() && !now.Before(expires.Add(skew)):
		return refuse(ReasonExpired, "exp")
	}
	return nil
}

// token reads the claims, all but the list, which it returns as it stands there.
func (s signed) token(subject string) (*Token, object, error) {
	c, err := s.claims()
	if err != nil {
		return nil, nil, err
	}
	t := &Token{KeyID: s.keyID}
	var ok bool
	if t.Subject, ok = c.text("sub"); !ok {
		return nil, nil, refuse(ReasonPayload, "sub")
	}
	if subject == "" || t.Subject != subject {
		return nil, nil, refuse(ReasonSubject, "sub")
	}
	if t.IssuedAt, t.ExpiresAt, err = c.window(false); err != nil {
		return nil, nil, err
	}
	if _, present := c["ttl"]; present {
		seconds, ok := c.whole("ttl")
		if !ok || seconds < 1 || seconds > int64(MaxTTL/time.Second) {
			return nil, nil, refuse(ReasonTTL, "ttl")
		}
		t.TTL = time.Duration(seconds) * time.Second
	}
	var list object
	if json.Unmarshal(c["status_list"], &list) != nil || list == nil {
		return nil, nil, refuse(ReasonPayload, "status_list")
	}
	if _, present := list["aggregation_uri"]; present {
		if t.AggregationURI, ok = list.text("aggregation_uri"); !ok {
			return nil, nil, refuse(ReasonPayload, "aggregation_uri")
		}
	}
	return t, list, nil
}

// window reads iat, which must be there, and exp.
func (o object) window(needExpiry bool) (issued, expires time.Time, err error) {
	issued, present, err := o.moment("iat")
	if err == nil && !present {
		err = refuse(ReasonPayload, "iat")
	}
	if err != nil {
		return issued, expires, err
	}
	expires, present, err = o.moment("exp")
	switch {
	case err != nil:
	case !present && needExpiry:
		err = refuse(ReasonPayload, "exp")
	case present && !expires.After(issued):
		err = refuse(ReasonTime, "exp")
	}
	return issued, expires, err
}

// inflate reads status_list into t.List.
func (t *Token) inflate(list object) error {
	bits, ok := list.whole("bits")
	if !ok || bits < 1 || bits > 8 {
		return refuse(ReasonBits, "bits")
	}
	text, ok := list.text("lst")
	if !ok {
		return refuse(ReasonPayload, "lst")
	}
	if base64.RawURLEncoding.DecodedLen(len(text)) > MaxCompressedBytes {
		return refuse(ReasonTooLarge, "lst")
	}
	compressed, err := decode64(text, "lst")
	if err != nil {
		return err
	}
	t.List, err = Decompress(int(bits), compressed)
	return err
}
