package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/verifier"
)

// stampSize is the size of a stored stamp in bytes.
const stampSize = 8 + sha256.Size

// open opens a trust list under the pinned root or what it has handed trust over
// to, and remembers it as the newest one with the roots that it names. verdict
// is a refusal: invalid, or a rollback.
func (s *state) open(text []byte, pinned *verifier.Key) (list *verifier.TrustList, verdict error) {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		roots, err := learned(tx, pinned)
		if err != nil {
			return err
		}
		if list, verdict = verifier.OpenTrustList(text, roots...); verdict != nil {
			return nil
		}
		// The version grows across a change of the root too, and whoever pins the
		// new root from now on goes on from the same stamp.
		names := []*verifier.Key{pinned}
		names = append(names, list.Roots()...)
		for _, root := range names {
			if verdict, err = newer(tx, list, root); verdict != nil || err != nil {
				return err
			}
		}
		for _, root := range names {
			if err := remember(tx, list, root); err != nil {
				return err
			}
		}
		return nil
	})
	s.failed = errors.Join(s.failed, err)
	if err != nil { // told when the state is closed
		return nil, err
	}
	if verdict != nil {
		return nil, verdict
	}
	return list, nil
}

// learned are the roots to trust where this one is pinned.
func learned(tx *bbolt.Tx, pinned *verifier.Key) ([]*verifier.Key, error) {
	raw := tx.Bucket(bucketRoots).Get([]byte(pinned.Thumbprint))
	if raw == nil {
		return []*verifier.Key{pinned}, nil
	}
	var jwks []json.RawMessage
	if err := json.Unmarshal(raw, &jwks); err != nil || len(jwks) == 0 {
		return nil, errDamaged // forgetting them would trust the old root again
	}
	roots := make([]*verifier.Key, len(jwks))
	for i, jwk := range jwks {
		key, err := verifier.ParseKey(jwk)
		if err != nil {
			return nil, errDamaged
		}
		roots[i] = key
	}
	return roots, nil
}

// newer refuses a list that is older than the newest one of a root.
func newer(tx *bbolt.Tx, list *verifier.TrustList, root *verifier.Key) (rollback, err error) {
	raw := tx.Bucket(bucketTrust).Get([]byte(root.Thumbprint))
	if raw == nil {
		return nil, nil
	}
	if len(raw) != stampSize {
		return nil, errDamaged // forgetting it would let an older list in
	}
	var older verifier.Stamp
	older.Version = int64(binary.BigEndian.Uint64(raw))
	copy(older.Digest[:], raw[8:])
	return list.Supersedes(older), nil
}

// remember stores the list's stamp and roots under a root.
func remember(tx *bbolt.Tx, list *verifier.TrustList, root *verifier.Key) error {
	stamp := list.Stamp()
	trusted := list.Roots()
	if last := len(trusted) - 1; trusted[last].Thumbprint == root.Thumbprint {
		trusted = trusted[last:] // whoever pins the new root never trusted the old one
	}
	roots, err := json.Marshal(trusted)
	if err != nil {
		return err
	}
	if err := tx.Bucket(bucketRoots).Put([]byte(root.Thumbprint), roots); err != nil {
		return err
	}
	return tx.Bucket(bucketTrust).Put([]byte(root.Thumbprint),
		append(binary.BigEndian.AppendUint64(nil, uint64(stamp.Version)), stamp.Digest[:]...))
}
