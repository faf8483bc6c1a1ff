package bolt

import (
	"bytes"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// secondSize is the bytes of a moment at the front of a key of bucketDue.
const secondSize = 8

// dueKey orders by the second in which a credential ends, then by holding.
func dueKey(at time.Time, id string) []byte {
	// A moment before 1970 is due like one of 1970.
	second := uint64(max(at.Unix(), 0))
	return append(binary.BigEndian.AppendUint64(make([]byte, 0, secondSize+len(id)), second), id...)
}

// indexDue lists a holding whose credential ends before its presentations do.
func indexDue(tx *bbolt.Tx, h wallet.Holding) error {
	if h.CredentialExpiresAt.IsZero() || !h.CredentialExpiresAt.Before(h.ExpiresAt) {
		return nil
	}
	return put(tx, bucketDue, dueKey(h.CredentialExpiresAt, h.ID), []byte{1})
}

func removeDue(tx *bbolt.Tx, h wallet.Holding) error {
	return remove(tx, bucketDue, dueKey(h.CredentialExpiresAt, h.ID))
}

// due reads bucketDue or bucketRemindersDue from behind the mark on, as far as
// the second of until.
func due(tx *bbolt.Tx, index []byte, until time.Time, after issuer.DueMark, limit int) ([]wallet.Holding, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	var found []wallet.Holding
	c := tx.Bucket(index).Cursor()
	var k []byte
	if after.Holding == "" {
		k, _ = c.First()
	} else if k, _ = c.Seek(dueKey(after.At, after.Holding)); bytes.Equal(k, dueKey(after.At, after.Holding)) {
		k, _ = c.Next()
	}
	end := dueKey(until.Add(time.Second), "")
	for ; k != nil && bytes.Compare(k, end) < 0 && len(found) < limit; k, _ = c.Next() {
		if len(k) <= secondSize {
			return nil, damaged(kindHolding)
		}
		h, err := holdingByID(tx, string(k[secondSize:]))
		if fault.Is(err, fault.CodeCredentialUnknown) || err == nil && h.State != wallet.Active {
			err = damaged(kindHolding) // the index names what is not there
		}
		if err != nil {
			return nil, err
		}
		found = append(found, h)
	}
	return found, nil
}

// resign replaces the credential of an active holding.
func resign(tx *bbolt.Tx, h wallet.Holding) error {
	stored, err := activeHolding(tx, h.ID)
	if err != nil {
		return err
	}
	if h.Status != (wallet.StatusRef{}) {
		if err := wantTaken(tx, stored.Agency, h.Status); err != nil {
			return err
		}
	}
	signed := stored
	signed.Credential, signed.CredentialExpiresAt, signed.Status = h.Credential, h.CredentialExpiresAt, h.Status
	body, err := encodeHolding(signed)
	if err != nil {
		return err
	}
	if err := removeDue(tx, stored); err != nil {
		return err
	}
	if err := put(tx, bucketHoldings, []byte(h.ID), body); err != nil {
		return err
	}
	return indexDue(tx, signed)
}

func notDue(tx *bbolt.Tx, id string) error {
	h, err := activeHolding(tx, id)
	if err != nil {
		return err
	}
	return removeDue(tx, h)
}

func activeHolding(tx *bbolt.Tx, id string) (wallet.Holding, error) {
	h, err := holdingByID(tx, id)
	if err == nil && h.State != wallet.Active {
		return wallet.Holding{}, holdingUnknown()
	}
	return h, err
}
