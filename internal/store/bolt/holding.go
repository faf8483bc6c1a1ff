package bolt

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

const kindHolding = "holding"

// Holdings returns the owner's active holdings, ordered by document, then by
// moment of issue, then by id.
func (s *Store) Holdings(ctx context.Context, owner string) ([]wallet.Holding, error) {
	var found []wallet.Holding
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		var err error
		found, err = activeOf(tx, owner, anyDocument)
		return err
	})
	return found, err
}

// Active returns the owner's active holdings, in the order of Holdings.
func (s *Store) Active(ctx context.Context, owner string) ([]wallet.Holding, error) {
	return s.Holdings(ctx, owner)
}

// Holding returns one holding of the owner, active or ended; a fault
// wallet.credential_unknown if it does not exist or is somebody else's.
func (s *Store) Holding(ctx context.Context, owner, id string) (wallet.Holding, error) {
	var h wallet.Holding
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		var err error
		h, err = holdingByID(tx, id)
		if err == nil && h.Owner != owner {
			h, err = wallet.Holding{}, holdingUnknown()
		}
		return err
	})
	return h, err
}

// addHolding stores an active holding of a citizen who exists.
func addHolding(tx *bbolt.Tx, h wallet.Holding) error {
	if err := required(kindHolding, h.ID, h.Owner, h.Document); err != nil {
		return err
	}
	if h.State != wallet.Active || !h.EndedAt.IsZero() {
		return fault.New(fault.CodeInternal, "only an active holding can be added")
	}
	if _, err := citizenByID(tx, h.Owner); err != nil {
		return err
	}
	if tx.Bucket(bucketHoldings).Get([]byte(h.ID)) != nil {
		return fault.New(fault.CodeInternal, "the id of a new holding is taken")
	}
	if h.Status != (wallet.StatusRef{}) {
		if err := wantTaken(tx, h.Agency, h.Status); err != nil {
			return err
		}
	}
	body, err := encodeHolding(h)
	if err != nil {
		return err
	}
	standing, err := encodeStanding(h.Standing)
	if err != nil {
		return err
	}
	if standing != nil {
		if err := put(tx, bucketStandings, []byte(h.ID), standing); err != nil {
			return err
		}
	}
	if err := put(tx, bucketHoldings, []byte(h.ID), body); err != nil {
		return err
	}
	if err := put(tx, bucketActiveByOwner, joinKey(h.Owner, h.ID), []byte(h.Document)); err != nil {
		return err
	}
	if err := put(tx, bucketActiveByRecord, joinKey(h.Document, h.RecordKey, h.ID), []byte(h.Owner)); err != nil {
		return err
	}
	if err := setReminder(tx, h.ID, h.RemindAt); err != nil {
		return err
	}
	return indexDue(tx, h)
}

// endHolding takes an active holding out of the active ones.
func endHolding(tx *bbolt.Tx, id string, state wallet.State, at time.Time) error {
	if state == wallet.Active || state == "" {
		return fault.New(fault.CodeInternal, "a holding cannot end in the state it is in")
	}
	h, err := activeHolding(tx, id)
	if err != nil {
		return err
	}
	body, err := encode(kindHolding, endingRecord{header: current, State: string(state), At: at.UTC()})
	if err != nil {
		return err
	}
	if err := put(tx, bucketEndings, []byte(id), body); err != nil {
		return err
	}
	if err := remove(tx, bucketActiveByOwner, joinKey(h.Owner, h.ID)); err != nil {
		return err
	}
	if err := remove(tx, bucketActiveByRecord, joinKey(h.Document, h.RecordKey, h.ID)); err != nil {
		return err
	}
	if err := setReminder(tx, h.ID, time.Time{}); err != nil {
		return err
	}
	return removeDue(tx, h)
}

// isActive tells whether a holding is active and the owner's, from the index
// alone: it is asked for each presentation that is minted.
func isActive(tx *bbolt.Tx, owner, id string) bool {
	return tx.Bucket(bucketActiveByOwner).Get(joinKey(owner, id)) != nil
}

// anyDocument as document means all of them: no document has an empty id.
const anyDocument = ""

func activeOf(tx *bbolt.Tx, owner, document string) ([]wallet.Holding, error) {
	var found []wallet.Holding
	err := eachUnder(tx.Bucket(bucketActiveByOwner), joinKey(owner), func(rest, of []byte) error {
		if document != anyDocument && string(of) != document {
			return nil
		}
		var err error
		found, err = appendHolding(tx, found, rest)
		return err
	})
	if err != nil {
		return nil, err
	}
	sortHoldings(found)
	return found, nil
}

// ActiveByRecord returns every active holding of a record key of a document,
// whoever owns it.
func (s *Store) ActiveByRecord(ctx context.Context, document, recordKey string) ([]wallet.Holding, error) {
	var found []wallet.Holding
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		var err error
		found, err = activeByRecord(tx, document, recordKey)
		return err
	})
	return found, err
}

func activeByRecord(tx *bbolt.Tx, document, recordKey string) ([]wallet.Holding, error) {
	var found []wallet.Holding
	err := eachUnder(tx.Bucket(bucketActiveByRecord), joinKey(document, recordKey), func(rest, _ []byte) error {
		var err error
		found, err = appendHolding(tx, found, rest)
		return err
	})
	if err != nil {
		return nil, err
	}
	sortHoldings(found)
	return found, nil
}

// appendHolding reads the holding that an index key names.
func appendHolding(tx *bbolt.Tx, to []wallet.Holding, rest []byte) ([]wallet.Holding, error) {
	id, err := lastPart(rest)
	if err != nil {
		return nil, err
	}
	h, err := holdingByID(tx, id)
	if fault.Is(err, fault.CodeCredentialUnknown) {
		err = damaged(kindHolding) // the index names what is not there
	}
	if err != nil {
		return nil, err
	}
	return append(to, h), nil
}

func sortHoldings(hs []wallet.Holding) {
	slices.SortFunc(hs, func(a, b wallet.Holding) int {
		return cmp.Or(cmp.Compare(a.Document, b.Document), a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.ID, b.ID))
	})
}

func holdingByID(tx *bbolt.Tx, id string) (wallet.Holding, error) {
	body := tx.Bucket(bucketHoldings).Get([]byte(id))
	if body == nil {
		return wallet.Holding{}, holdingUnknown()
	}
	h, err := decodeHolding(body)
	if err != nil {
		return wallet.Holding{}, err
	}
	if body = tx.Bucket(bucketEndings).Get([]byte(id)); body != nil {
		ending, err := decode[endingRecord](kindHolding, body)
		if err != nil {
			return wallet.Holding{}, err
		}
		h.State, h.EndedAt = wallet.State(ending.State), ending.At
	}
	if h.RemindAt, err = reminderOf(tx, id); err != nil {
		return wallet.Holding{}, err
	}
	if h.Standing, err = standingOf(tx, id); err != nil {
		return wallet.Holding{}, err
	}
	if h.Lock, err = lockOf(tx, h.Owner); err != nil {
		return wallet.Holding{}, err
	}
	return h, nil
}

func encodeHolding(h wallet.Holding) ([]byte, error) {
	err := checkText(kindHolding, h.ID, h.Owner, h.Document, h.Agency, h.RecordKey, h.RecordDigest,
		h.Order, h.Shared, h.Number, h.Credential)
	if err != nil {
		return nil, err
	}
	values, err := storable(h.Values)
	if err != nil {
		return nil, err
	}
	return encode(kindHolding, holdingRecord{
		header: current, ID: h.ID, Owner: h.Owner, Document: h.Document, Agency: h.Agency,
		RecordKey: h.RecordKey, RecordDigest: h.RecordDigest, Order: h.Order, Shared: h.Shared, Number: h.Number,
		Values: values, Credential: h.Credential, IssuedAt: h.IssuedAt.UTC(), ExpiresAt: h.ExpiresAt.UTC(),
		SignedUntil: h.CredentialExpiresAt.UTC(), StatusList: h.Status.List, StatusIndex: h.Status.Index,
	})
}

func decodeHolding(body []byte) (wallet.Holding, error) {
	r, err := decode[holdingRecord](kindHolding, body)
	if err != nil {
		return wallet.Holding{}, err
	}
	if err := restore(r.Values); err != nil {
		return wallet.Holding{}, err
	}
	return wallet.Holding{
		ID: r.ID, Owner: r.Owner, Document: r.Document, Agency: r.Agency,
		RecordKey: r.RecordKey, RecordDigest: r.RecordDigest, Order: r.Order, Shared: r.Shared, Number: r.Number,
		Values: catalog.Values(r.Values), Credential: r.Credential, IssuedAt: r.IssuedAt, ExpiresAt: r.ExpiresAt,
		CredentialExpiresAt: r.SignedUntil, State: wallet.Active, Status: wallet.StatusRef{List: r.StatusList, Index: r.StatusIndex},
	}, nil
}

func holdingUnknown() error {
	return fault.New(fault.CodeCredentialUnknown, "there is no such holding, or it has ended")
}
