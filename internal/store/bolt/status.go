package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

const kindStatusList = "status list"

// A list at rest is three things that vouch for each other. Its record counts
// what is taken and what is marked. Which positions are taken are bits, in
// parts of a fixed number of positions with a sum behind each: a row for every
// position would take a hundred times the room. What is marked is a row for
// every entry that is not valid. A part or row that is missing or was changed
// by something else shows in the sums and counts.
const (
	partPositions = 4096
	partBits      = partPositions / 8 // bytes of a part before its sum
	partSize      = partBits + 4

	// maxStatusLists bounds the number of a list, and maxStatusSize the
	// positions of one, so that both fit into a key of four bytes.
	maxStatusLists = 1 << 30
	maxStatusSize  = 1 << 30
)

// statusKey is the key of a list, or of something under it.
func statusKey(agency string, numbers ...int) []byte {
	k := joinKey(agency)
	for _, n := range numbers {
		k = binary.BigEndian.AppendUint32(k, uint32(n))
	}
	return k
}

// damagedList names the list and what is wrong with it.
func damagedList(agency string, number int, what string) error {
	return fault.Newf(fault.CodeInternal,
		"status list %s/%d is damaged: %s; restore the data file from a backup", agency, number, what)
}

func statusListOf(tx *bbolt.Tx, agency string, number int) (issuer.StatusList, error) {
	body := tx.Bucket(bucketStatusLists).Get(statusKey(agency, number))
	if body == nil {
		return issuer.StatusList{}, damagedList(agency, number, "its record is missing")
	}
	r, err := decode[statusListRecord](kindStatusList, body)
	if err != nil || r.Size < 1 || r.Size > maxStatusSize {
		return issuer.StatusList{}, damagedList(agency, number, "its record cannot be read")
	}
	return issuer.StatusList{Agency: agency, Number: number, Size: r.Size, Taken: r.Taken, Marked: r.Marked,
		Revision: r.Revision, OpenedAt: r.OpenedAt}, nil
}

func putStatusList(tx *bbolt.Tx, l issuer.StatusList) error {
	body, err := encode(kindStatusList, statusListRecord{header: current, Size: l.Size, Taken: l.Taken, Marked: l.Marked,
		Revision: l.Revision, OpenedAt: l.OpenedAt.UTC()})
	if err != nil {
		return err
	}
	return put(tx, bucketStatusLists, statusKey(l.Agency, l.Number), body)
}

// newestStatusList is the zero list while the agency has none.
func newestStatusList(tx *bbolt.Tx, agency string) (issuer.StatusList, error) {
	k, _ := lastUnder(tx.Bucket(bucketStatusLists).Cursor(), joinKey(agency))
	if k == nil {
		return issuer.StatusList{}, nil
	}
	number, ok := lastNumber(k)
	if !ok {
		return issuer.StatusList{}, damaged(kindStatusList)
	}
	return statusListOf(tx, agency, number)
}

// lastNumber reads the number at the end of a key.
func lastNumber(k []byte) (int, bool) {
	if len(k) < 4 {
		return 0, false
	}
	return int(binary.BigEndian.Uint32(k[len(k)-4:])), true
}

func openStatusList(tx *bbolt.Tx, agency string, size int, at time.Time) (issuer.StatusList, error) {
	var none issuer.StatusList
	if err := required(kindStatusList, agency); err != nil {
		return none, err
	}
	if err := checkText(kindStatusList, agency); err != nil {
		return none, err
	}
	if size < 1 || size > maxStatusSize {
		return none, fault.New(fault.CodeInternal, "a status list has an impossible size")
	}
	newest, err := newestStatusList(tx, agency)
	if err != nil {
		return none, err
	}
	if newest.Number >= maxStatusLists {
		return none, fault.New(fault.CodeInternal, "an agency has too many status lists")
	}
	l := issuer.StatusList{Agency: agency, Number: newest.Number + 1, Size: size, OpenedAt: at.UTC()}
	if err := putStatusList(tx, l); err != nil {
		return none, err
	}
	for part := range parts(size) {
		if err := put(tx, bucketStatusTaken, statusKey(agency, l.Number, part), sealPart(make([]byte, partBits))); err != nil {
			return none, err
		}
	}
	return l, nil
}

// parts is how many parts a list of a size has.
func parts(size int) int { return (size + partPositions - 1) / partPositions }

// sealPart puts the sum behind the bits. It covers accidents, not attackers:
// who can write the file can write sums.
func sealPart(bits []byte) []byte {
	return binary.BigEndian.AppendUint32(bits[:partBits:partBits], crc32.ChecksumIEEE(bits[:partBits]))
}

// openPart gives the bits of a part, which are the database's own memory.
func openPart(tx *bbolt.Tx, agency string, number, part int) ([]byte, error) {
	body := tx.Bucket(bucketStatusTaken).Get(statusKey(agency, number, part))
	switch {
	case body == nil:
		return nil, damagedList(agency, number, fmt.Sprintf("part %d of %d positions is missing", part, partPositions))
	case len(body) != partSize || binary.BigEndian.Uint32(body[partBits:]) != crc32.ChecksumIEEE(body[:partBits]):
		return nil, damagedList(agency, number, fmt.Sprintf("part %d of %d positions does not agree with its sum", part, partPositions))
	}
	return body[:partBits], nil
}

// place finds a position of a list.
func place(tx *bbolt.Tx, agency string, at wallet.StatusRef) (l issuer.StatusList, bits []byte, err error) {
	if at.List < 1 || at.List > maxStatusLists || tx.Bucket(bucketStatusLists).Get(statusKey(agency, at.List)) == nil {
		return l, nil, fault.New(fault.CodeInternal, "there is no such status list")
	}
	if l, err = statusListOf(tx, agency, at.List); err != nil {
		return l, nil, err
	}
	if at.Index < 0 || at.Index >= l.Size {
		return l, nil, fault.New(fault.CodeInternal, "a position is outside of its status list")
	}
	bits, err = openPart(tx, agency, at.List, at.Index/partPositions)
	return l, bits, err
}

func isTaken(bits []byte, index int) bool {
	i := index % partPositions
	return bits[i/8]&(1<<(i%8)) != 0
}

// wantTaken refuses a position that was never given away.
func wantTaken(tx *bbolt.Tx, agency string, at wallet.StatusRef) error {
	_, bits, err := place(tx, agency, at)
	if err == nil && !isTaken(bits, at.Index) {
		err = fault.New(fault.CodeInternal, "a position of a status list is used that was never taken")
	}
	return err
}

func takeStatus(tx *bbolt.Tx, agency string, at wallet.StatusRef) (bool, error) {
	l, bits, err := place(tx, agency, at)
	if err != nil || isTaken(bits, at.Index) {
		return false, err
	}
	own := append([]byte(nil), bits...)
	i := at.Index % partPositions
	own[i/8] |= 1 << (i % 8)
	if err := put(tx, bucketStatusTaken, statusKey(agency, at.List, at.Index/partPositions), sealPart(own)); err != nil {
		return false, err
	}
	l.Taken++
	return true, putStatusList(tx, l)
}

func markStatus(tx *bbolt.Tx, agency string, at wallet.StatusRef, s wallet.Standing) error {
	body, err := encodeStanding(s)
	if err != nil {
		return err
	}
	if err := wantTaken(tx, agency, at); err != nil {
		return err
	}
	l, err := statusListOf(tx, agency, at.List)
	if err != nil {
		return err
	}
	key := statusKey(agency, at.List, at.Index)
	if tx.Bucket(bucketStatuses).Get(key) != nil {
		l.Marked--
	}
	if body == nil {
		err = remove(tx, bucketStatuses, key)
	} else {
		l.Marked++
		err = put(tx, bucketStatuses, key, body)
	}
	if err != nil {
		return err
	}
	l.Revision++
	return putStatusList(tx, l)
}

// StatusLists returns every list of every agency, by agency and number. A
// number that is missing between two is a fault that names the list.
func (s *Store) StatusLists(ctx context.Context) ([]issuer.StatusList, error) {
	var all []issuer.StatusList
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketStatusLists).ForEach(func(k, _ []byte) error {
			number, ok := lastNumber(k)
			if !ok {
				return damaged(kindStatusList)
			}
			agency, err := lastPart(k[:len(k)-4])
			if err != nil {
				return err
			}
			next := 1
			if n := len(all); n > 0 && all[n-1].Agency == agency {
				next = all[n-1].Number + 1
			}
			if number != next {
				return damagedList(agency, next, "its record is missing")
			}
			l, err := statusListOf(tx, agency, number)
			all = append(all, l)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// StatusList returns one list with its entries that are not valid, by index,
// from one state of the data. It counts everything over: a part or an entry
// that is missing, or was changed past this package, is a fault that names the
// list.
func (s *Store) StatusList(ctx context.Context, agency string, number int) (l issuer.StatusList, entries []issuer.StatusEntry, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		if l, err = statusListOf(tx, agency, number); err != nil {
			return err
		}
		entries, err = readStatusList(tx, l)
		return err
	})
	return l, entries, err
}

func readStatusList(tx *bbolt.Tx, l issuer.StatusList) ([]issuer.StatusEntry, error) {
	all := make([][]byte, parts(l.Size))
	taken := 0
	for part := range all {
		var err error
		if all[part], err = openPart(tx, l.Agency, l.Number, part); err != nil {
			return nil, err
		}
		for _, b := range all[part] {
			taken += bits.OnesCount8(b)
		}
	}
	if taken != l.Taken {
		return nil, damagedList(l.Agency, l.Number, fmt.Sprintf("%d positions are taken where %d were", taken, l.Taken))
	}
	entries := make([]issuer.StatusEntry, 0, max(l.Marked, 0))
	err := eachUnder(tx.Bucket(bucketStatuses), statusKey(l.Agency, l.Number), func(rest, v []byte) error {
		index, ok := lastNumber(rest)
		if !ok || index >= l.Size || !isTaken(all[index/partPositions], index) {
			return damagedList(l.Agency, l.Number, "an entry stands at a position that was never taken")
		}
		standing, err := decodeStanding(v)
		if err != nil {
			return damagedList(l.Agency, l.Number, fmt.Sprintf("entry %d cannot be read", index))
		}
		entries = append(entries, issuer.StatusEntry{Index: index, Standing: standing})
		return nil
	})
	if err == nil && len(entries) != l.Marked {
		err = damagedList(l.Agency, l.Number, fmt.Sprintf("%d entries are there where %d were", len(entries), l.Marked))
	}
	if err != nil {
		return nil, err
	}
	return entries, nil
}
