package statuslist

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Snapshot names every list of a deployment by its hash, at one moment. Whoever
// has it and the lists it names knows all statuses, and knows that none is
// missing. Make one with OpenSnapshot; the fields are for reading.
type Snapshot struct {
	// Issuer is the public origin of the deployment.
	Issuer string
	// KeyID is kid of the key that signed; "" when absent.
	KeyID string
	// IssuedAt orders snapshots. After ExpiresAt nobody vouches for the statuses.
	IssuedAt, ExpiresAt time.Time
	// Lists are in the order of their addresses.
	Lists []SnapshotList

	digest [sha256.Size]byte
}

// SnapshotList is one list of a snapshot.
type SnapshotList struct {
	URI string
	// SHA256 is over the text of the Status List Token.
	SHA256 [sha256.Size]byte
	// IssuedAt is iat of the Status List Token: how old its statuses are.
	IssuedAt time.Time
}

// SnapshotOptions is what a snapshot says beside its lists.
type SnapshotOptions struct {
	// Signer holds the deployment's P-256 status key, KeyID is its thumbprint.
	Signer crypto.Signer
	KeyID  string
	// Issuer is the public origin of the deployment.
	Issuer string
	// IssuedAt must grow with every snapshot. ExpiresAt is how long a checker
	// without network may go by it.
	IssuedAt, ExpiresAt time.Time
}

type snapshotClaims struct {
	Issuer    string               `json:"iss"`
	IssuedAt  int64                `json:"iat"`
	ExpiresAt int64                `json:"exp"`
	Lists     []snapshotListClaims `json:"lists"`
}

type snapshotListClaims struct {
	URI      string `json:"uri"`
	SHA256   string `json:"sha256"`
	IssuedAt int64  `json:"iat"`
}

// SignSnapshot signs the hashes of all lists, given as address and text of the
// Status List Token. A text that is no token for its address is refused; whether
// its signature is right is for the caller, who made it.
func SignSnapshot(lists map[string]string, o SnapshotOptions) (string, error) {
	if err := checkURI(o.Issuer, "iss"); err != nil {
		return "", err
	}
	if err := checkWindow(o.IssuedAt, o.ExpiresAt); err != nil {
		return "", err
	}
	if len(lists) > MaxLists {
		return "", refuse(ReasonTooManyLists, "lists")
	}
	c := snapshotClaims{Issuer: o.Issuer, IssuedAt: o.IssuedAt.Unix(), ExpiresAt: o.ExpiresAt.Unix(), Lists: []snapshotListClaims{}}
	for _, uri := range slices.Sorted(maps.Keys(lists)) {
		if err := checkURI(uri, "lists"); err != nil {
			return "", err
		}
		t, err := readToken(lists[uri], uri)
		if err != nil {
			return "", err
		}
		if t.IssuedAt.After(o.IssuedAt) {
			return "", refuse(ReasonListTime, uri)
		}
		sum := sha256.Sum256([]byte(lists[uri]))
		c.Lists = append(c.Lists, snapshotListClaims{uri, base64.RawURLEncoding.EncodeToString(sum[:]), t.IssuedAt.Unix()})
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return "", &Error{Reason: ReasonSigning, Err: err}
	}
	text, err := signJWS(o.Signer, TypeSnapshot, o.KeyID, nil, payload)
	if err == nil && len(text) > MaxSnapshotBytes {
		return "", refuse(ReasonTooLarge, "snapshot")
	}
	return text, err
}

// readToken reads a Status List Token that a hash vouches for, or will.
func readToken(text, uri string) (*Token, error) {
	s, err := splitJWS(text, TypeToken, MaxTokenBytes)
	if err != nil {
		return nil, at(uri, err)
	}
	t, list, err := s.token(uri)
	if err != nil {
		return nil, at(uri, err)
	}
	return t, at(uri, t.inflate(list))
}

// at says of which list the error is.
func at(uri string, err error) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	return &Error{Reason: e.Reason, Where: uri + ": " + e.Where, Err: e.Err}
}

// SnapshotKeys chooses the key that must have signed: among the keys that the
// caller trusts for this purpose, the one with that kid ("" when the snapshot
// has none), or nil.
type SnapshotKeys func(keyID string) *ecdsa.PublicKey

// SnapshotCheck is what a reader knows before it sees a snapshot.
type SnapshotCheck struct {
	Keys SnapshotKeys
	// Issuer is the deployment whose snapshot it must be.
	Issuer string
	// Now is the moment of reading. It has no default.
	Now time.Time
	// Skew is how far the clocks may differ. It also holds for later questions.
	Skew time.Duration
}

// OpenSnapshot verifies a snapshot. One that has expired is refused with
// ReasonExpired.
func OpenSnapshot(text string, o SnapshotCheck) (*Snapshot, error) {
	s, err := openSnapshot(text, o)
	if err != nil {
		return nil, err
	}
	if err := inTime(s.IssuedAt, s.ExpiresAt, o.Now, o.Skew); err != nil {
		return nil, err
	}
	return s, nil
}

// openSnapshot leaves the times to the caller.
func openSnapshot(text string, o SnapshotCheck) (*Snapshot, error) {
	if err := checkClock(o.Now, o.Skew); err != nil {
		return nil, err
	}
	if o.Keys == nil {
		return nil, refuse(ReasonOptions, "keys")
	}
	jws, err := splitJWS(text, TypeSnapshot, MaxSnapshotBytes)
	if err != nil {
		return nil, err
	}
	key := o.Keys(jws.keyID)
	if key == nil {
		return nil, refuse(ReasonKeyUnknown, "kid")
	}
	if err := jws.verify(key); err != nil {
		return nil, err
	}
	c, err := jws.claims()
	if err != nil {
		return nil, err
	}
	// The signing input, not the text: ECDSA lets anybody write a second valid
	// signature for the same content.
	s := &Snapshot{KeyID: jws.keyID, digest: sha256.Sum256([]byte(jws.input))}
	var ok bool
	if s.Issuer, ok = c.text("iss"); !ok {
		return nil, refuse(ReasonPayload, "iss")
	}
	if s.Issuer != o.Issuer {
		return nil, refuse(ReasonIssuer, "iss")
	}
	if s.IssuedAt, s.ExpiresAt, err = c.window(true); err != nil {
		return nil, err
	}
	return s, s.readLists(c["lists"])
}

func (s *Snapshot) readLists(raw json.RawMessage) error {
	var items []object
	if json.Unmarshal(raw, &items) != nil || items == nil {
		return refuse(ReasonPayload, "lists")
	}
	if len(items) > MaxLists {
		return refuse(ReasonTooManyLists, "lists")
	}
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		var l SnapshotList
		var ok bool
		if l.URI, ok = item.text("uri"); !ok {
			return refuse(ReasonPayload, "uri")
		}
		if err := checkURI(l.URI, "uri"); err != nil {
			return err
		}
		if seen[l.URI] {
			return refuse(ReasonListDuplicate, l.URI)
		}
		seen[l.URI] = true
		text, ok := item.text("sha256")
		if !ok {
			return refuse(ReasonPayload, "sha256")
		}
		sum, err := decode64(text, "sha256")
		if err != nil {
			return err
		}
		if copy(l.SHA256[:], sum) != sha256.Size || len(sum) != sha256.Size {
			return refuse(ReasonPayload, "sha256")
		}
		var present bool
		if l.IssuedAt, present, err = item.moment("iat"); err != nil {
			return err
		} else if !present {
			return refuse(ReasonPayload, "iat")
		}
		s.Lists = append(s.Lists, l)
	}
	return nil
}

// SnapshotStamp names a snapshot: a checker that remembers the stamp of the
// newest it has seen can tell a rollback after a restart.
type SnapshotStamp struct {
	IssuedAt time.Time
	Digest   [sha256.Size]byte // of the signed content
}

// Stamp returns the snapshot's stamp.
func (s *Snapshot) Stamp() SnapshotStamp { return SnapshotStamp{s.IssuedAt, s.digest} }

// Supersedes reports whether s may be used where the snapshot with the older
// stamp has been seen: nil when it may, else ReasonRollback. The same snapshot
// again is no rollback; another one of the same moment is.
func (s *Snapshot) Supersedes(older SnapshotStamp) error {
	if s.IssuedAt.After(older.IssuedAt) || s.IssuedAt.Equal(older.IssuedAt) && s.digest == older.Digest {
		return nil
	}
	return refuse(ReasonRollback, "iat")
}
