package bolt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// listed is a store with two lists, in the first of which some positions are
// taken and some marked.
func listed(t *testing.T) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(newPath(t), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // it will not pass its checks
	err = s.Issue(t.Context(), func(tx issuer.Tx) error {
		for range 2 {
			if _, err := tx.OpenStatusList("csgt", 10_000, at(1)); err != nil {
				return err
			}
		}
		for i := range 100 {
			ref := wallet.StatusRef{List: 1, Index: i * 97}
			if free, err := tx.TakeStatus("csgt", ref); err != nil || !free {
				return fmt.Errorf("%v, %v", free, err)
			}
			if i%10 == 0 {
				if err := tx.MarkStatus("csgt", ref, wallet.Standing{Status: wallet.Revoked, Reason: "lost", Since: at(i)}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDamagedStatusList: whatever is missing or was changed past the store is a
// fault that names the list, so that a server does not start half-blind.
func TestDamagedStatusList(t *testing.T) {
	key := func(numbers ...int) string { return bolt.StatusKey("csgt", numbers...) }
	flip := func(s *bolt.Store, bucket, key string, i int) error {
		b := s.Get(bucket, key)
		b[i] ^= 1
		return s.Put(bucket, key, b)
	}
	for name, test := range map[string]struct {
		damage func(s *bolt.Store) error
		words  string
	}{
		"the record is gone":          {func(s *bolt.Store) error { return s.Delete("status_lists", key(1)) }, "csgt/1 is damaged: its record is missing"},
		"the record is not JSON":      {func(s *bolt.Store) error { return s.Put("status_lists", key(1), []byte("{")) }, "csgt/1 is damaged: its record cannot be read"},
		"the record has no size":      {func(s *bolt.Store) error { return s.Put("status_lists", key(1), []byte(`{"v":1}`)) }, "cannot be read"},
		"the record is of a newer":    {func(s *bolt.Store) error { return s.Put("status_lists", key(1), []byte(`{"v":9,"size":4}`)) }, "cannot be read"},
		"a part is gone":              {func(s *bolt.Store) error { return s.Delete("status_taken", key(1, 1)) }, "csgt/1 is damaged: part 1 of 4096 positions is missing"},
		"a part is cut short":         {func(s *bolt.Store) error { return s.Put("status_taken", key(1, 2), []byte{1}) }, "part 2 of 4096 positions does not agree"},
		"a bit of a part has flipped": {func(s *bolt.Store) error { return flip(s, "status_taken", key(1, 0), 17) }, "part 0 of 4096 positions does not agree"},
		"the sum has flipped":         {func(s *bolt.Store) error { return flip(s, "status_taken", key(1, 0), 514) }, "part 0 of 4096 positions does not agree"},
		"a part of an older state": {func(s *bolt.Store) error { return s.Put("status_taken", key(1, 1), s.Get("status_taken", key(2, 1))) },
			"positions are taken where 100 were"},
		"an entry is gone":      {func(s *bolt.Store) error { return s.Delete("statuses", key(1, 970)) }, "csgt/1 is damaged: 9 entries are there where 10 were"},
		"an entry is not JSON":  {func(s *bolt.Store) error { return s.Put("statuses", key(1, 970), []byte("x")) }, "csgt/1 is damaged: entry 970 cannot be read"},
		"an entry says nothing": {func(s *bolt.Store) error { return s.Put("statuses", key(1, 970), []byte(`{"v":1}`)) }, "entry 970 cannot be read"},
		"an entry that is nobody's": {func(s *bolt.Store) error {
			return s.Put("statuses", key(1, 971), s.Get("statuses", key(1, 970)))
		}, "never taken"},
		"an entry beyond the list": {func(s *bolt.Store) error {
			return s.Put("statuses", key(1, 10_001), s.Get("statuses", key(1, 970)))
		}, "never taken"},
	} {
		t.Run(name, func(t *testing.T) {
			s := listed(t)
			if _, entries, err := s.StatusList(t.Context(), "csgt", 1); err != nil || len(entries) != 10 {
				t.Fatal(len(entries), err)
			}
			if err := test.damage(s); err != nil {
				t.Fatal(err)
			}
			_, entries, err := s.StatusList(t.Context(), "csgt", 1)
			if !fault.Is(err, fault.CodeInternal) || !strings.Contains(err.Error(), test.words) || entries != nil {
				t.Errorf("%d entries, %v; want %q", len(entries), err, test.words)
			}
			if _, _, err := s.StatusList(t.Context(), "csgt", 2); err != nil {
				t.Errorf("the other list: %v", err)
			}
		})
	}
}

// TestMissingStatusList: a list between others that is gone is noticed without
// anybody asking for it.
func TestMissingStatusList(t *testing.T) {
	s := listed(t)
	if err := s.Delete("status_lists", bolt.StatusKey("csgt", 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.StatusLists(t.Context()); !fault.Is(err, fault.CodeInternal) || !strings.Contains(err.Error(), "csgt/1 is damaged") {
		t.Error(err)
	}
}

// TestDamagedStanding: what cannot be read is not taken for valid.
func TestDamagedStanding(t *testing.T) {
	for bucket, key := range map[string]string{"standings": "h", "locks": "c"} {
		for _, body := range []string{"", "x", "{}", `{"v":1}`, `{"v":1,"status":"paused"}`, `{"v":2,"status":"revoked","reason":"death"}`} {
			s, err := bolt.Open(newPath(t), bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			give(t, s, "c", holding("c", "h"))
			if err := s.Put(bucket, key, []byte(body)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Active(t.Context(), "c"); !fault.Is(err, fault.CodeInternal) {
				t.Errorf("%s %q: %v", bucket, body, err)
			}
			if err := s.Record(t.Context(), entry("c", 1, "h")); !fault.Is(err, fault.CodeInternal) {
				t.Errorf("%s %q is shared from: %v", bucket, body, err)
			}
			_ = s.Close()
		}
	}
}

// BenchmarkReadStatusList is what publishing a changed list of a million
// positions costs the store where 5,242 entries are marked: 1 % of the
// credentials of a full list.
func BenchmarkReadStatusList(b *testing.B) {
	s := open(b, newPath(b))
	const size = 1 << 20
	err := s.Issue(b.Context(), func(tx issuer.Tx) error {
		if _, err := tx.OpenStatusList("csgt", size, at(1)); err != nil {
			return err
		}
		for i := range size / 200 {
			ref := wallet.StatusRef{List: 1, Index: i * 199}
			if _, err := tx.TakeStatus("csgt", ref); err != nil {
				return err
			}
			if err := tx.MarkStatus("csgt", ref, wallet.Standing{Status: wallet.Revoked, Since: at(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, entries, err := s.StatusList(b.Context(), "csgt", 1); err != nil || len(entries) != size/200 {
			b.Fatal(len(entries), err)
		}
	}
}
