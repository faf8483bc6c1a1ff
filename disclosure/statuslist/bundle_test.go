package statuslist_test

import (
	"bytes"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
)

func TestBundle(t *testing.T) {
	b, err := statuslist.OpenBundle(bundle(t), snapshotCheck())
	if err != nil {
		t.Fatal(err)
	}
	s := b.Snapshot()
	if s.Issuer != origin || s.KeyID != "status-1" || len(s.Lists) != 2 || s.Lists[0].URI != secondURI {
		t.Errorf("the snapshot is %+v", s)
	}
	for index, want := range []statuslist.Status{statuslist.Valid, statuslist.Revoked, statuslist.Suspended, statuslist.Withheld} {
		answer, err := b.Status(listURI, index, now)
		if err != nil || answer.Status != want || answer.Age != now.Sub(issued) || !answer.IssuedAt.Equal(issued) {
			t.Errorf("index %d: %+v, %v", index, answer, err)
		}
	}
	answer, err := b.Status(secondURI, 0, issued.Add(40*time.Second))
	if err != nil || answer.Age != 10*time.Second {
		t.Errorf("%+v, %v", answer, err)
	}
}

// Whatever cannot be answered is unknown, with its own reason.
func TestBundleUnknown(t *testing.T) {
	o := snapshotOptions()
	lists := twoLists(t)
	b, err := statuslist.OpenBundle(bundleOf(t, signSnapshot(t, lists, o), lists), snapshotCheck())
	if err != nil {
		t.Fatal(err)
	}
	o.ExpiresAt = expires.Add(24 * time.Hour)
	longer, err := statuslist.OpenBundle(bundleOf(t, signSnapshot(t, lists, o), lists), snapshotCheck())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		b     *statuslist.Bundle
		uri   string
		index int
		now   time.Time
		want  statuslist.Reason
	}{
		"a list nobody vouches for": {b, listURI + "0", 0, now, statuslist.ReasonListUnknown},
		"no list":                   {b, "", 0, now, statuslist.ReasonListUnknown},
		"beyond the list":           {b, secondURI, 64, now, statuslist.ReasonIndex},
		"negative index":            {b, secondURI, -1, now, statuslist.ReasonIndex},
		"clock before the snapshot": {b, listURI, 0, issued, statuslist.ReasonIssuedInFuture},
		"snapshot's last moment":    {b, listURI, 0, issued.Add(12*time.Hour + 30*time.Second - 1), ""},
		"snapshot expired":          {b, listURI, 0, issued.Add(12*time.Hour + 30*time.Second), statuslist.ReasonExpired},
		"list's last moment":        {longer, listURI, 0, expires.Add(30*time.Second - 1), ""},
		"list expired":              {longer, listURI, 0, expires.Add(30 * time.Second), statuslist.ReasonExpired},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := c.b.Status(c.uri, c.index, c.now)
			wants(t, err, c.want)
			if err != nil && answer != (statuslist.Answer{}) {
				t.Errorf("answers %+v nevertheless", answer)
			}
		})
	}
}

func TestOpenBundleRefuses(t *testing.T) {
	lists := twoLists(t)
	snapshot := signSnapshot(t, lists, snapshotOptions())
	again := signOptions()
	again.IssuedAt = issued.Add(time.Second)
	swapped := maps.Clone(lists)
	swapped[listURI], swapped[secondURI] = swapped[secondURI], swapped[listURI]
	changed := maps.Clone(lists)
	changed[listURI] = sign(t, newList(t, 1000), again)
	more := maps.Clone(lists)
	more[origin+"/3"] = lists[listURI]
	for name, c := range map[string]struct {
		raw  []byte
		want statuslist.Reason
	}{
		"as it should be":       {bundleOf(t, snapshot, lists), ""},
		"a missing shard":       {bundleOf(t, snapshot, without(lists, secondURI)), statuslist.ReasonListMissing},
		"no shards":             {bundleOf(t, snapshot, nil), statuslist.ReasonListMissing},
		"a shard too many":      {bundleOf(t, snapshot, more), statuslist.ReasonListUnlisted},
		"another list":          {bundleOf(t, snapshot, changed), statuslist.ReasonHash},
		"two lists swapped":     {bundleOf(t, snapshot, swapped), statuslist.ReasonHash},
		"half a file":           {bundleOf(t, snapshot, lists)[:1000], statuslist.ReasonJSON},
		"an array":              {[]byte("[]"), statuslist.ReasonMalformed},
		"no snapshot":           {[]byte(`{"lists":{}}`), statuslist.ReasonMalformed},
		"no lists":              {[]byte(`{"snapshot":"a.b.c"}`), statuslist.ReasonMalformed},
		"lists null":            {[]byte(`{"snapshot":"a.b.c","lists":null}`), statuslist.ReasonMalformed},
		"a list that is a null": {[]byte(`{"snapshot":"a.b.c","lists":{"x":null}}`), statuslist.ReasonMalformed},
		"a list twice":          {[]byte(`{"snapshot":"a.b.c","lists":{"x":"","x":""}}`), statuslist.ReasonDuplicateName},
		"another member":        {[]byte(`{"snapshot":"a.b.c","lists":{},"x":1}`), statuslist.ReasonMalformed},
		"a token for snapshot":  {bundleOf(t, lists[listURI], lists), statuslist.ReasonType},
		"too many lists":        {[]byte(`{"snapshot":"a.b.c","lists":{` + manyLists(statuslist.MaxLists+1) + `}}`), statuslist.ReasonTooManyLists},
		"too large":             {make([]byte, statuslist.MaxBundleBytes+1), statuslist.ReasonTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := statuslist.OpenBundle(c.raw, snapshotCheck())
			wants(t, err, c.want)
			if (b == nil) != (err != nil) {
				t.Errorf("bundle %v with error %v", b, err)
			}
		})
	}
	_, err := statuslist.OpenBundle(bundleOf(t, snapshot, without(lists, secondURI)), snapshotCheck())
	if e := new(statuslist.Error); !errors.As(err, &e) || e.Where != secondURI {
		t.Errorf("the missing list is not named: %v", err)
	}
}

// always trusts one key, whatever the snapshot calls it.
func always(key *ecdsa.PublicKey) statuslist.SnapshotKeys {
	return func(string) *ecdsa.PublicKey { return key }
}

func manyLists(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(`"https://x/%d":""`, i)
	}
	return strings.Join(names, ",")
}

// A snapshot that is genuine and vouches for something that is no list.
func TestBundleOfAMistakenSigner(t *testing.T) {
	lists := twoLists(t)
	good := signSnapshot(t, lists, snapshotOptions())
	raw, err := b64.DecodeString(strings.Split(good, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	const header = `{"alg":"ES256","typ":"giayto-status-snapshot+jwt","kid":"status-1"}`
	claims := func(from, to string) string {
		changed := strings.Replace(string(raw), from, to, 1)
		if changed == string(raw) && from != to {
			t.Fatalf("%s is not in %s", from, raw)
		}
		return forge(t, header, changed)
	}
	iat := fmt.Sprintf(`"iat":%d}`, issued.Unix())
	for name, c := range map[string]struct {
		snapshot string
		want     statuslist.Reason
	}{
		"as it should be":  {claims("", ""), ""},
		"no kid":           {forge(t, `{"alg":"ES256","typ":"giayto-status-snapshot+jwt"}`, string(raw)), statuslist.ReasonKeyUnknown},
		"other iat":        {claims(iat, `"iat":1}`), statuslist.ReasonListTime},
		"no iat of a list": {claims(iat, `"at":1}`), statuslist.ReasonPayload},
		"no iss":           {claims(`"iss"`, `"is"`), statuslist.ReasonPayload},
		"no exp":           {claims(`"exp"`, `"ex"`), statuslist.ReasonPayload},
		"no lists":         {claims(`"lists"`, `"list"`), statuslist.ReasonPayload},
		"a list twice":     {claims(secondURI, listURI), statuslist.ReasonListDuplicate},
		"no uri":           {claims(`"uri"`, `"url"`), statuslist.ReasonPayload},
		"a path":           {claims(secondURI, "/1"), statuslist.ReasonURI},
		"no hash":          {claims(`"sha256"`, `"sha512"`), statuslist.ReasonPayload},
		"a short hash":     {claims(`"sha256":"`, `"sha256":"AAAA","x":"`), statuslist.ReasonPayload},
		"no base64url":     {claims(`"sha256":"`, `"sha256":"=`), statuslist.ReasonEncoding},
		"another hash":     {claims(`"sha256":"`, `"sha256":"`+strings.Repeat("A", 43)+`","x":"`), statuslist.ReasonHash},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := statuslist.OpenBundle(bundleOf(t, c.snapshot, lists), snapshotCheck())
			wants(t, err, c.want)
		})
	}
}

func TestSnapshotCheck(t *testing.T) {
	snapshot := signSnapshot(t, twoLists(t), snapshotOptions())
	for name, c := range map[string]struct {
		change func(*statuslist.SnapshotCheck)
		want   statuslist.Reason
	}{
		"as it should be": {func(*statuslist.SnapshotCheck) {}, ""},
		"another key":     {func(o *statuslist.SnapshotCheck) { o.Keys = always(&otherKey.PublicKey) }, statuslist.ReasonSignature},
		"no key":          {func(o *statuslist.SnapshotCheck) { o.Keys = always(nil) }, statuslist.ReasonKeyUnknown},
		"no keys":         {func(o *statuslist.SnapshotCheck) { o.Keys = nil }, statuslist.ReasonOptions},
		"another issuer":  {func(o *statuslist.SnapshotCheck) { o.Issuer = "https://other.example" }, statuslist.ReasonIssuer},
		"no clock":        {func(o *statuslist.SnapshotCheck) { o.Now = time.Time{} }, statuslist.ReasonOptions},
		"expired":         {func(o *statuslist.SnapshotCheck) { o.Now = expires }, statuslist.ReasonExpired},
		"clock before it": {func(o *statuslist.SnapshotCheck) { o.Now = issued }, statuslist.ReasonIssuedInFuture},
	} {
		t.Run(name, func(t *testing.T) {
			o := snapshotCheck()
			c.change(&o)
			s, err := statuslist.OpenSnapshot(snapshot, o)
			wants(t, err, c.want)
			if (s == nil) != (err != nil) {
				t.Errorf("snapshot %v with error %v", s, err)
			}
		})
	}
}

func TestSignSnapshotRefuses(t *testing.T) {
	lists := twoLists(t)
	many := map[string]string{}
	for i := range statuslist.MaxLists + 1 {
		many[fmt.Sprint(i)] = ""
	}
	for name, c := range map[string]struct {
		lists  map[string]string
		change func(*statuslist.SnapshotOptions)
		want   statuslist.Reason
	}{
		"as it should be":    {lists, nil, ""},
		"none":               {nil, nil, ""},
		"address of another": {map[string]string{secondURI: lists[listURI]}, nil, statuslist.ReasonSubject},
		"no address":         {map[string]string{"1": lists[listURI]}, nil, statuslist.ReasonURI},
		"no token":           {map[string]string{listURI: "x"}, nil, statuslist.ReasonMalformed},
		"a broken list":      {map[string]string{listURI: forge(t, goodHeader, payload(`{"bits":2,"lst":"AAAA"}`))}, nil, statuslist.ReasonCompression},
		"too many":           {many, nil, statuslist.ReasonTooManyLists},
		"a list of later":    {lists, func(o *statuslist.SnapshotOptions) { o.IssuedAt = issued }, statuslist.ReasonListTime},
		"no issuer":          {lists, func(o *statuslist.SnapshotOptions) { o.Issuer = "" }, statuslist.ReasonURI},
		"no end":             {lists, func(o *statuslist.SnapshotOptions) { o.ExpiresAt = time.Time{} }, statuslist.ReasonTime},
		"no signer":          {lists, func(o *statuslist.SnapshotOptions) { o.Signer = nil }, statuslist.ReasonOptions},
	} {
		t.Run(name, func(t *testing.T) {
			o := snapshotOptions()
			if c.change != nil {
				c.change(&o)
			}
			_, err := statuslist.SignSnapshot(c.lists, o)
			wants(t, err, c.want)
		})
	}
	_, err := statuslist.EncodeBundle(strings.Repeat("a", statuslist.MaxBundleBytes+1), nil)
	wants(t, err, statuslist.ReasonTooLarge)
}

// Small lists that inflate to a lot together are refused before they fill memory.
func TestBundleBomb(t *testing.T) {
	list := `{"bits":2,"lst":"` + b64.EncodeToString(deflated(t, statuslist.MaxListBytes)) + `"}`
	lists := map[string]string{}
	for i := range statuslist.MaxBundleListBytes/statuslist.MaxListBytes + 1 {
		uri := fmt.Sprintf("%s/status-lists/%d", origin, i)
		lists[uri] = forge(t, goodHeader, strings.Replace(payload(list), listURI, uri, 1))
	}
	raw := bundleOf(t, signSnapshot(t, lists, snapshotOptions()), lists)
	_, err := statuslist.OpenBundle(raw, snapshotCheck())
	wants(t, err, statuslist.ReasonInflated)
}

func TestSupersedes(t *testing.T) {
	lists := twoLists(t)
	at := func(moment time.Time, lists map[string]string) *statuslist.Snapshot {
		o := snapshotOptions()
		o.IssuedAt = moment
		s, err := statuslist.OpenSnapshot(signSnapshot(t, lists, o), snapshotCheck())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	moment := issued.Add(time.Minute)
	first, same := at(moment, lists), at(moment, lists)
	other, later := at(moment, without(lists, listURI)), at(moment.Add(time.Second), lists)
	wants(t, first.Supersedes(statuslist.SnapshotStamp{}), "")
	wants(t, later.Supersedes(first.Stamp()), "")
	wants(t, same.Supersedes(first.Stamp()), "")
	wants(t, other.Supersedes(first.Stamp()), statuslist.ReasonRollback)
	wants(t, first.Supersedes(later.Stamp()), statuslist.ReasonRollback)
}

func TestAggregation(t *testing.T) {
	raw, err := statuslist.EncodeAggregation([]string{listURI, secondURI})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"status_lists":["` + listURI + `","` + secondURI + `"]}`; string(raw) != want {
		t.Errorf("%s, want %s", raw, want)
	}
	uris, err := statuslist.ParseAggregation(raw)
	if err != nil || len(uris) != 2 || uris[0] != listURI || uris[1] != secondURI {
		t.Errorf("%v, %v", uris, err)
	}
	if raw, err := statuslist.EncodeAggregation(nil); err != nil || string(raw) != `{"status_lists":[]}` {
		t.Errorf("%s, %v", raw, err)
	}
	for text, want := range map[string]statuslist.Reason{
		`{"status_lists":[]}`:      "",
		`{"status_lists":null}`:    statuslist.ReasonMalformed,
		`{"status_lists":[null]}`:  statuslist.ReasonMalformed,
		`{"status_lists":"x"}`:     statuslist.ReasonMalformed,
		`{"Status_Lists":[]}`:      statuslist.ReasonMalformed,
		`[]`:                       statuslist.ReasonMalformed,
		`{"status_lists":[]`:       statuslist.ReasonJSON,
		`{"status_lists":["a/b"]}`: statuslist.ReasonURI,
		`{"status_lists":["https://x/1","https://x/1"]}`:           statuslist.ReasonListDuplicate,
		`{"status_lists":[],"status_lists":[]}`:                    statuslist.ReasonDuplicateName,
		strings.Repeat(" ", statuslist.MaxAggregationBytes) + "{}": statuslist.ReasonTooLarge,
	} {
		_, err := statuslist.ParseAggregation([]byte(text))
		wants(t, err, want)
	}
	many := bytes.Repeat([]byte(`"https://x/1",`), statuslist.MaxLists+1)
	_, err = statuslist.ParseAggregation(append(append([]byte(`{"status_lists":[`), many[:len(many)-1]...), "]}"...))
	wants(t, err, statuslist.ReasonTooManyLists)
	_, err = statuslist.EncodeAggregation([]string{"x"})
	wants(t, err, statuslist.ReasonURI)
}
