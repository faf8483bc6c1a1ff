package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

const kindCitizen = "citizen"

// CitizenByNumber finds the citizen with this personal number, or gives a
// fault: wallet.citizen_unknown.
func (s *Store) CitizenByNumber(ctx context.Context, number string) (wallet.Citizen, error) {
	var c wallet.Citizen
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		var err error
		c, err = citizenByNumber(tx, number)
		return err
	})
	return c, err
}

func citizenByNumber(tx *bbolt.Tx, number string) (wallet.Citizen, error) {
	id := tx.Bucket(bucketCitizenByNumber).Get([]byte(number))
	if id == nil {
		return wallet.Citizen{}, citizenUnknown()
	}
	body := tx.Bucket(bucketCitizens).Get(id)
	if body == nil {
		return wallet.Citizen{}, damaged(kindCitizen)
	}
	return decodeCitizen(tx, body)
}

func citizenByID(tx *bbolt.Tx, id string) (wallet.Citizen, error) {
	body := tx.Bucket(bucketCitizens).Get([]byte(id))
	if body == nil {
		return wallet.Citizen{}, citizenUnknown()
	}
	return decodeCitizen(tx, body)
}

// addCitizen needs a free id and a free number: one wallet a person (Luật Căn
// cước 2023, art. 31).
func addCitizen(tx *bbolt.Tx, c wallet.Citizen) error {
	if err := required(kindCitizen, c.ID, c.Number); err != nil {
		return err
	}
	if c.Lock != (wallet.Lock{}) {
		return fault.New(fault.CodeInternal, "a new citizen's wallet is not locked")
	}
	if tx.Bucket(bucketCitizens).Get([]byte(c.ID)) != nil {
		return fault.New(fault.CodeInternal, "the id of a new citizen is taken")
	}
	if err := numberFree(tx, c.Number); err != nil {
		return err
	}
	return putCitizen(tx, c)
}

func renumber(tx *bbolt.Tx, id, number string) error {
	c, err := citizenByID(tx, id)
	if err != nil || c.Number == number {
		return err
	}
	if err := required(kindCitizen, number); err != nil {
		return err
	}
	if err := numberFree(tx, number); err != nil {
		return err
	}
	former := c.Number
	c.Number = number
	if err := putCitizen(tx, c); err != nil {
		return err
	}
	return remove(tx, bucketCitizenByNumber, []byte(former))
}

// cancelNumber keeps a number with the citizen whose record cancelled it: the
// two tell a number that must not come back from one that was mistyped.
func cancelNumber(tx *bbolt.Tx, number, citizenID string) error {
	if err := required(kindCitizen, number, citizenID); err != nil {
		return err
	}
	if err := checkText(kindCitizen, number, citizenID); err != nil {
		return err
	}
	return put(tx, bucketCancelledNumbers, joinKey(number, citizenID), []byte{1})
}

func cancelledBy(tx *bbolt.Tx, number string) ([]string, error) {
	var by []string
	err := eachUnder(tx.Bucket(bucketCancelledNumbers), joinKey(number), func(rest, _ []byte) error {
		id, err := lastPart(rest)
		by = append(by, id)
		return err
	})
	return by, err
}

func numberFree(tx *bbolt.Tx, number string) error {
	if tx.Bucket(bucketCitizenByNumber).Get([]byte(number)) != nil {
		return fault.New(fault.CodePersonConflict, "the personal number belongs to another citizen")
	}
	return nil
}

func putCitizen(tx *bbolt.Tx, c wallet.Citizen) error {
	if err := checkText(kindCitizen, c.ID, c.Number); err != nil {
		return err
	}
	body, err := encode(kindCitizen, citizenRecord{
		header: current, ID: c.ID, Number: c.Number, CreatedAt: c.CreatedAt.UTC(),
	})
	if err != nil {
		return err
	}
	if err := put(tx, bucketCitizens, []byte(c.ID), body); err != nil {
		return err
	}
	return put(tx, bucketCitizenByNumber, []byte(c.Number), []byte(c.ID))
}

func decodeCitizen(tx *bbolt.Tx, body []byte) (wallet.Citizen, error) {
	r, err := decode[citizenRecord](kindCitizen, body)
	if err != nil {
		return wallet.Citizen{}, err
	}
	lock, err := lockOf(tx, r.ID)
	if err != nil {
		return wallet.Citizen{}, err
	}
	return wallet.Citizen{ID: r.ID, Number: r.Number, CreatedAt: r.CreatedAt, Lock: lock}, nil
}

func citizenUnknown() error {
	return fault.New(fault.CodeCitizenUnknown, "there is no such citizen")
}
