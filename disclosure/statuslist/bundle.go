package statuslist

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"
)

// Bundle is a snapshot with all the lists it names: what a checker loads to
// answer without a network. Make one with OpenBundle. It is immutable and safe
// for concurrent use.
type Bundle struct {
	snapshot *Snapshot
	lists    map[string]*Token
	skew     time.Duration
}

type bundleFile struct {
	Snapshot string            `json:"snapshot"`
	Lists    map[string]string `json:"lists"`
}

// EncodeBundle returns the file of a snapshot and its lists, address to text of
// the Status List Token. The snapshot must have been made over these lists.
func EncodeBundle(snapshot string, lists map[string]string) ([]byte, error) {
	if lists == nil {
		lists = map[string]string{}
	}
	size := len(snapshot)
	for uri, token := range lists {
		size += len(uri) + len(token)
	}
	if size > MaxBundleBytes {
		return nil, refuse(ReasonTooLarge, "bundle")
	}
	raw, err := json.Marshal(bundleFile{snapshot, lists})
	if err != nil {
		return nil, &Error{Reason: ReasonMalformed, Where: "bundle", Err: err}
	}
	if len(raw) > MaxBundleBytes {
		return nil, refuse(ReasonTooLarge, "bundle")
	}
	return raw, nil
}

// OpenBundle verifies a bundle: the signature of its snapshot, the hash of every
// list, and that none is missing or too many. The lists need no signature check
// of their own, because the snapshot vouches for their bytes. A bundle that has
// expired still opens, since its age is part of an answer; [Bundle.Status] then
// refuses.
func OpenBundle(raw []byte, o SnapshotCheck) (*Bundle, error) {
	snapshot, lists, err := splitBundle(raw)
	if err != nil {
		return nil, err
	}
	s, err := openSnapshot(snapshot, o)
	if err != nil {
		return nil, err
	}
	b := &Bundle{snapshot: s, lists: make(map[string]*Token, len(s.Lists)), skew: o.Skew}
	inflated := 0
	for _, entry := range s.Lists {
		text, present := lists[entry.URI]
		if !present {
			return nil, refuse(ReasonListMissing, entry.URI)
		}
		if sha256.Sum256([]byte(text)) != entry.SHA256 {
			return nil, refuse(ReasonHash, entry.URI)
		}
		t, err := readToken(text, entry.URI)
		if err != nil {
			return nil, err
		}
		if !t.IssuedAt.Equal(entry.IssuedAt) {
			return nil, refuse(ReasonListTime, entry.URI)
		}
		if inflated += len(t.List.raw); inflated > MaxBundleListBytes {
			return nil, refuse(ReasonInflated, "bundle")
		}
		b.lists[entry.URI] = t
	}
	// Every list the snapshot names is there, so a count tells of others.
	if len(lists) != len(b.lists) {
		return nil, refuse(ReasonListUnlisted, "bundle")
	}
	return b, nil
}

// splitBundle reads the file, which nobody has signed.
func splitBundle(raw []byte) (snapshot string, lists map[string]string, err error) {
	const where = "bundle"
	if len(raw) > MaxBundleBytes {
		return "", nil, refuse(ReasonTooLarge, where)
	}
	file, err := decodeObject(raw, where, ReasonMalformed)
	if err != nil {
		return "", nil, err
	}
	snapshot, ok := file.text("snapshot")
	if !ok || len(file) != 2 {
		return "", nil, refuse(ReasonMalformed, where)
	}
	var members object
	if json.Unmarshal(file["lists"], &members) != nil || members == nil {
		return "", nil, refuse(ReasonMalformed, where)
	}
	if len(members) > MaxLists {
		return "", nil, refuse(ReasonTooManyLists, where)
	}
	lists = make(map[string]string, len(members))
	for uri := range members {
		if lists[uri], ok = members.text(uri); !ok {
			return "", nil, refuse(ReasonMalformed, where)
		}
	}
	return snapshot, lists, nil
}

// Snapshot returns the snapshot behind the bundle.
func (b *Bundle) Snapshot() *Snapshot { return b.snapshot }

// Answer is a status and how old it is.
type Answer struct {
	Status Status
	// IssuedAt is when the list was made, Age how long ago that is; not below
	// zero, though clocks may differ.
	IssuedAt time.Time
	Age      time.Duration
}

// Status answers for one credential by its address and index. Whatever cannot be
// answered is an [Error], and means unknown: ReasonListUnknown, ReasonIndex,
// ReasonIssuedInFuture (the clock), or ReasonExpired when the snapshot or the
// list has ended. What has ended no longer vouches that a credential is valid;
// that it is revoked, suspended or withheld is told with its age all the same.
func (b *Bundle) Status(uri string, index int, now time.Time) (Answer, error) {
	t, known := b.lists[uri]
	if !known {
		return Answer{}, refuse(ReasonListUnknown, "uri")
	}
	status, err := t.List.Get(index)
	if err != nil {
		return Answer{}, err
	}
	late := errors.Join(inTime(b.snapshot.IssuedAt, b.snapshot.ExpiresAt, now, b.skew), inTime(t.IssuedAt, t.ExpiresAt, now, b.skew))
	if ahead := now.Add(b.skew); late != nil && (status == Valid || ahead.Before(b.snapshot.IssuedAt) || ahead.Before(t.IssuedAt)) {
		return Answer{}, late
	}
	return Answer{Status: status, IssuedAt: t.IssuedAt, Age: max(0, now.Sub(t.IssuedAt))}, nil
}
