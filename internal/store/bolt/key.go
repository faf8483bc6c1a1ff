package bolt

import (
	"bytes"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"
)

// Bytes of joinKey: a NUL inside a part is written as nul, escaped; a part
// ends with nul, ended. No part can contain its own end, so two different
// lists of parts never give the same key, and because ended < escaped, keys
// sort as the lists of their parts do.
const (
	nul     = 0x00
	ended   = 0x01
	escaped = 0xFF

	beyond = ended + 1 // sorts after every key that continues a joined key
)

const (
	momentSize   = 12 // seconds and nanoseconds
	sequenceSize = 8
	positionSize = momentSize + sequenceSize
)

// joinKey makes one key of several parts. The key of the first parts is a
// prefix of exactly those keys that begin with these parts.
func joinKey(parts ...string) []byte {
	n := positionSize // room for a position without growing
	for _, p := range parts {
		n += len(p) + 2
	}
	k := make([]byte, 0, n)
	for _, p := range parts {
		for i := 0; i < len(p); i++ {
			k = append(k, p[i])
			if p[i] == nul {
				k = append(k, escaped)
			}
		}
		k = append(k, nul, ended)
	}
	return k
}

// position is a place in something ordered by time: the moment first, then
// the number of the write, so that equal moments stay in order of writing.
type position struct {
	at  time.Time
	seq uint64
}

// appendTo adds the position to a key. Seconds, not nanoseconds since 1970,
// so that no moment a time.Time can hold is out of range; the sign bit is
// flipped so that earlier sorts before later on both sides of 1970.
func (p position) appendTo(k []byte) []byte {
	k = binary.BigEndian.AppendUint64(k, uint64(p.at.Unix())^(1<<63))
	k = binary.BigEndian.AppendUint32(k, uint32(p.at.Nanosecond()))
	return binary.BigEndian.AppendUint64(k, p.seq)
}

// lastUnder moves to the last key that continues prefix, a key of joinKey.
func lastUnder(c *bbolt.Cursor, prefix []byte) (k, v []byte) {
	end := bytes.Clone(prefix)
	end[len(end)-1] = beyond
	if k, _ = c.Seek(end); k == nil {
		k, v = c.Last()
	} else {
		k, v = c.Prev()
	}
	if !bytes.HasPrefix(k, prefix) {
		return nil, nil
	}
	return k, v
}

// eachUnder calls f with every key that continues prefix, in order, giving
// what follows the prefix.
func eachUnder(b *bbolt.Bucket, prefix []byte, f func(rest, v []byte) error) error {
	c := b.Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix) && k != nil; k, v = c.Next() {
		if err := f(k[len(prefix):], v); err != nil {
			return err
		}
	}
	return nil
}

// lastPart gives back the part that alone makes up rest.
func lastPart(rest []byte) (string, error) {
	n := len(rest) - 2
	if n < 0 || rest[n] != nul || rest[n+1] != ended {
		return "", damaged("key")
	}
	return string(bytes.ReplaceAll(rest[:n], []byte{nul, escaped}, []byte{nul})), nil
}
