package statuslist_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
)

// FuzzOpen signs any payload, so that fuzzing reaches what lies behind the
// signature: nothing panics, every refusal has a reason, and what opens can be
// read and signed again.
func FuzzOpen(f *testing.F) {
	f.Add(goodHeader, payload(`{"bits":2,"lst":"eNo76fITAAPfAgc"}`))
	f.Add(goodHeader, payload(`{"bits":1,"lst":"eNrbuRgAAhcBXQ","aggregation_uri":"https://x/"}`))
	f.Add(`{"alg":"none"}`, `{"iat":1e9,"exp":2e9}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		if header == "" || payload == "" {
			return
		}
		token, err := statuslist.Open(forge(t, header, payload), openOptions())
		if err != nil {
			if statuslist.ReasonOf(err) == "" || token != nil {
				t.Fatalf("%v without a reason, or with a token", err)
			}
			return
		}
		if _, err := token.List.Get(token.List.Size() - 1); err != nil {
			t.Fatalf("the last entry cannot be read: %v", err)
		}
		again, err := statuslist.Open(sign(t, token.List, signOptions()), openOptions())
		if err != nil || !bytes.Equal(again.List.Bytes(), token.List.Bytes()) {
			t.Fatalf("the list does not survive: %v", err)
		}
	})
}

// FuzzParse: nothing that is merely a text panics or opens.
func FuzzParse(f *testing.F) {
	good := sign(f, newList(f, 16), signOptions())
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add("..")
	o := openOptions()
	o.Key = &otherKey.PublicKey
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := statuslist.Open(text, o); statuslist.ReasonOf(err) == "" {
			t.Fatalf("without a reason: %v", err)
		}
		_, _ = statuslist.UnsafeKeyID(text)
	})
}

// FuzzDecompress: nothing panics, nothing inflates beyond the limit, and what is
// read is written back to the same list.
func FuzzDecompress(f *testing.F) {
	f.Add(2, deflated(f, 100))
	f.Add(1, deflated(f, statuslist.MaxListBytes+1))
	f.Add(8, []byte{0x78, 0xda, 0xdb, 0xb9, 0x18, 0x00, 0x02, 0x17, 0x01, 0x5d})
	f.Fuzz(func(t *testing.T, bits int, raw []byte) {
		l, err := statuslist.Decompress(bits, raw)
		if err != nil {
			if statuslist.ReasonOf(err) == "" {
				t.Fatalf("without a reason: %v", err)
			}
			return
		}
		if len(l.Bytes()) > statuslist.MaxListBytes || l.Size() > statuslist.MaxSize(bits) || l.Size() == 0 {
			t.Fatalf("%d entries of %d bits", l.Size(), bits)
		}
		compressed, err := l.Compress()
		if err != nil {
			t.Fatal(err)
		}
		again, err := statuslist.Decompress(bits, compressed)
		if err != nil || !bytes.Equal(again.Bytes(), l.Bytes()) {
			t.Fatalf("the list does not survive: %v", err)
		}
	})
}

// FuzzBundle: nothing panics, and what opens answers for every list it names.
func FuzzBundle(f *testing.F) {
	good := bundle(f)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte(`{"snapshot":"a.b.c","lists":{"x":"y"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := statuslist.OpenBundle(raw, snapshotCheck())
		if err != nil {
			if statuslist.ReasonOf(err) == "" || b != nil {
				t.Fatalf("%v without a reason, or with a bundle", err)
			}
			return
		}
		for _, l := range b.Snapshot().Lists {
			if _, err := b.Status(l.URI, 0, now); err != nil {
				t.Fatalf("%s: %v", l.URI, err)
			}
		}
	})
}

// FuzzSnapshot signs any payload as a snapshot.
func FuzzSnapshot(f *testing.F) {
	f.Add(`{"iss":"https://giayto.example","iat":1,"exp":1e10,"lists":[{"uri":"https://x/","sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","iat":1}]}`)
	f.Add(`{"iss":"https://giayto.example","iat":1,"exp":1e10,"lists":[null]}`)
	f.Fuzz(func(t *testing.T, payload string) {
		if payload == "" {
			return
		}
		s, err := statuslist.OpenSnapshot(forge(t, `{"alg":"ES256","typ":"giayto-status-snapshot+jwt","kid":"status-1"}`, payload), snapshotCheck())
		if (err == nil) != (s != nil) || err != nil && statuslist.ReasonOf(err) == "" {
			t.Fatalf("snapshot %v with error %v", s, err)
		}
		if s != nil && s.Supersedes(statuslist.SnapshotStamp{IssuedAt: time.Unix(-1, 0)}) != nil {
			t.Fatal("older than any")
		}
	})
}

// FuzzAggregation: what is read is written back and read again.
func FuzzAggregation(f *testing.F) {
	f.Add([]byte(`{"status_lists":["https://giayto.example/1"]}`))
	f.Add([]byte(`{"status_lists":[null]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		uris, err := statuslist.ParseAggregation(raw)
		if err != nil {
			return
		}
		again, err := statuslist.EncodeAggregation(uris)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := statuslist.ParseAggregation(again); err != nil || len(back) != len(uris) {
			t.Fatalf("%v, %v", back, err)
		}
	})
}
