package verifier

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// listMoment is a date-time of a trust list, from 1970 on. The library also
// takes a comma before the fraction and offsets of more than a day, which
// RFC 3339 does not.
type listMoment time.Time

// UnmarshalJSON reads a date-time; null leaves it missing.
func (m *listMoment) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	s := string(bytes.Trim(raw, `"`))
	if bytes.IndexByte(raw, '\\') >= 0 { // a character is spelt by its number
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || !strictMoment(s) || t.Unix() < 0 {
		return errors.New("not a date-time of RFC 3339 from 1970 on")
	}
	*m = listMoment(t)
	return nil
}

// strictMoment reports whether a text that time.Parse takes has what it does not
// insist on: two digits of the hour, a full stop before the fraction, and an
// offset of less than a day.
func strictMoment(s string) bool {
	n := len(s)
	if n < len("2006-01-02T15:04:05Z") || s[len("2006-01-02T15")] != ':' || strings.Contains(s, ",") {
		return false
	}
	return s[n-1] == 'Z' || s[n-5:n-3] <= "23" && s[n-2:] <= "59"
}

// listJSON and keyJSON are a list and a key with their moments read strictly.
type listJSON struct {
	*plainList
	IssuedAt   listMoment `json:"issued_at"`
	NextUpdate listMoment `json:"next_update"`
	Keys       []keyJSON  `json:"keys"`
}

type keyJSON struct {
	TrustedKey
	NotBefore listMoment  `json:"not_before"`
	NotAfter  listMoment  `json:"not_after"`
	RevokedAt *listMoment `json:"revoked_at"`
}

type plainList TrustList

// take reads the members of a list.
func (l *TrustList) take(exact []byte) error {
	in := listJSON{plainList: (*plainList)(l)}
	if err := json.Unmarshal(exact, &in); err != nil {
		return err
	}
	l.IssuedAt, l.NextUpdate = time.Time(in.IssuedAt), time.Time(in.NextUpdate)
	l.Keys = make([]TrustedKey, len(in.Keys))
	for i, k := range in.Keys {
		k.TrustedKey.NotBefore, k.TrustedKey.NotAfter = time.Time(k.NotBefore), time.Time(k.NotAfter)
		k.TrustedKey.RevokedAt = (*time.Time)(k.RevokedAt)
		l.Keys[i] = k.TrustedKey
	}
	return nil
}
