package verifier

import (
	"encoding/json"
	"errors"
	"regexp"
	"time"
)

// listMoment is a date-time of a trust list, from 1970 on. The library also
// takes a comma before the fraction and offsets of more than a day, which
// RFC 3339 does not.
type listMoment time.Time

var rfc3339 = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"$`)

// UnmarshalJSON reads a date-time; null leaves it missing.
func (m *listMoment) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	// A text with an escape in it is spelt anew.
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if !rfc3339.MatchString(`"` + s + `"`) {
		return errors.New("not a date-time of RFC 3339")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Unix() < 0 {
		return errors.New("not a date-time from 1970 on")
	}
	*m = listMoment(t)
	return nil
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
