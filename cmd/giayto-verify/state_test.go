package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/verifier"
)

func reasonOf(t *testing.T, args ...string) (int, string) {
	t.Helper()
	code, answer := report(t, args...)
	reason, _ := answer["reason"].(string)
	return code, reason
}

func TestStateReplay(t *testing.T) {
	s := newScene(t, "can_cuoc: five fields")
	plain := newScene(t, "can_cuoc: over 18 alone")
	steps := []struct {
		args []string
		want string
	}{
		{s.args("--state", s.state, "--require", "gplx/name", s.Text), "claim_missing"}, // not accepted, not remembered
		{s.args("--state", s.state, s.Text), ""},
		{s.args("--state", s.state, s.Text), "replayed"},
		{s.args("--state", s.state, plain.Text), ""},
		{s.args("--state", s.state, s.Text), "replayed"},
		{s.args(s.Text), ""}, // who keeps no state cannot tell
		{s.args("--state", s.state, "--at", s.Now.Add(time.Hour).Format(time.RFC3339), s.Text), "expired"},
		{s.args("--state", s.state, s.Text), "replayed"},
	}
	for i, step := range steps {
		if _, reason := reasonOf(t, step.args...); reason != step.want {
			t.Errorf("step %d: %q, want %q", i, reason, step.want)
		}
	}
	if info, err := os.Stat(s.state); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the state is open to others: %v, %v", info.Mode(), err)
	}
}

// foreignList is a list of version 1 under another root, with its root.
func foreignList(t *testing.T, now time.Time) (list, root []byte) {
	t.Helper()
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := verifier.NewKey(&signer.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if root, err = json.Marshal(key); err != nil {
		t.Fatal(err)
	}
	list, err = verifier.SignTrustList(verifier.TrustList{Version: 1, IssuedAt: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour), Rules: verifier.DefaultRules()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return list, root
}

func TestStateRollback(t *testing.T) {
	s := newScene(t, "trust_list_rollback: an older version than the one held")
	twin := newScene(t, "trust_list_rollback: another list under the same version")
	forged := newScene(t, "trust_list_invalid: signed by a stranger")
	newer := s.file(t, "newer.jws", []byte(s.Policy.PreviousList))
	other := s.file(t, "other.jws", []byte(twin.Policy.PreviousList))
	foreign, foreignRoot := foreignList(t, s.Now)
	elsewhere := []string{"--trust-list", s.file(t, "foreign.jws", foreign), "--root", s.file(t, "foreign.jwk", foreignRoot), "--at", s.Now.Format(time.RFC3339)}
	with := func(list string, more ...string) []string {
		return append([]string{"--trust-list", list, "--root", s.root, "--at", s.Now.Format(time.RFC3339), "--state", s.state}, more...)
	}
	for i, step := range []struct {
		args []string
		code int
		want string
	}{
		{with(forged.list, s.Text), exitUnknown, "trust_list_invalid"}, // version 9, and no root of ours: not remembered
		{with(s.list, s.Text), exitEstablished, ""},
		{with(other, s.Text), exitUnknown, "trust_list_rollback"}, // another list under the same version
		{with(s.list, s.Text), exitNotEstablished, "replayed"},    // the same list again
		{with(newer, "VN1:"), exitNotEstablished, "malformed"},    // the list counts though the code does not
		{with(s.list, s.Text), exitUnknown, "trust_list_rollback"},
		{append(elsewhere, "--state", s.state, s.Text), exitNotEstablished, "unknown_key"}, // another root counts for itself
		{with(s.list, s.Text), exitUnknown, "trust_list_rollback"},
		{with(newer, s.Text), exitNotEstablished, "replayed"},
	} {
		if code, reason := reasonOf(t, step.args...); code != step.code || reason != step.want {
			t.Errorf("step %d: exit %d, %q; want %d, %q", i, code, reason, step.code, step.want)
		}
	}
}

// A state that is none, or no longer one, is a matter of files: neither a fresh
// start nor a verdict.
func TestStateDamaged(t *testing.T) {
	s := newScene(t, "can_cuoc: five fields")
	if code, _, stderr := call("", s.args("--state", s.state, s.Text)...); code != exitEstablished {
		t.Fatal(stderr)
	}
	good, err := os.ReadFile(s.state)
	if err != nil {
		t.Fatal(err)
	}
	noise := bytes.Repeat([]byte{0xa5}, len(good))
	for name, content := range map[string][]byte{
		"a text":                 []byte("not a state\n"),
		"a larger text":          bytes.Repeat([]byte("not a state\n"), 4096),
		"the trust list":         []byte(s.TrustList),
		"cut after one page":     good[:4096],
		"cut after two pages":    good[:8192],
		"cut after three pages":  good[:12288],
		"cut within a page":      good[:len(good)-4000],
		"noise after the header": append(bytes.Clone(good[:8192]), noise[8192:]...),
		"noise in the last half": append(bytes.Clone(good[:len(good)/2]), noise[len(good)/2:]...),
		"zeros after the header": append(bytes.Clone(good[:8192]), make([]byte, len(good)-8192)...),
	} {
		path := s.file(t, strings.ReplaceAll(name, " ", "-"), content)
		code, stdout, stderr := call("", s.args("--state", path, s.Text)...)
		if code != exitUsage && !strings.Contains(stdout, "(replayed)") || code == exitUsage && (stdout != "" || !strings.Contains(stderr, "--state")) {
			t.Errorf("%s: exit %d, %q, %q", name, code, stdout, stderr)
		}
	}
}

// A stamp of another form may hide a newer list: it is not overwritten.
func TestStateStampDamaged(t *testing.T) {
	s := newScene(t, "can_cuoc: five fields")
	if code, _, stderr := call("", s.args("--state", s.state, "VN1:")...); code != exitNotEstablished {
		t.Fatal(stderr)
	}
	db, err := bbolt.Open(s.state, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketTrust)
		name, stamp := b.Cursor().First()
		if len(stamp) != stampSize {
			t.Errorf("%s: %x", name, stamp)
		}
		return b.Put(bytes.Clone(name), append(bytes.Clone(stamp), 0))
	})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := call("", s.args("--state", s.state, s.Text)...); code != exitUsage || stdout != "" || !strings.Contains(stderr, "damaged") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}

// Who finds the file in use waits, and then says so.
func TestStateInUse(t *testing.T) {
	t.Parallel() // waits as long as a check does
	s := newScene(t, "can_cuoc: five fields")
	db, err := bbolt.Open(s.state, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if code, stdout, stderr := call("", s.args("--state", s.state, s.Text)...); code != exitUsage || stdout != "" || !strings.Contains(stderr, "timeout") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}

// Of several checks at once with one code exactly one establishes it.
func TestStateAtOnce(t *testing.T) {
	s := newScene(t, "can_cuoc: five fields")
	codes := make([]int, 6)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() { codes[i], _, _ = call("", s.args("--state", s.state, s.Text)...) })
	}
	all.Wait()
	count := map[int]int{}
	for _, code := range codes {
		count[code]++
	}
	if count[exitEstablished] != 1 || count[exitNotEstablished] != len(codes)-1 {
		t.Errorf("exit codes %v", codes)
	}
}

// What can no longer be accepted is forgotten, and nothing else.
func TestStateForgets(t *testing.T) {
	s := newScene(t, "can_cuoc: five fields")
	key := func(n int) verifier.ReplayKey { return verifier.ReplayKey{Token: [8]byte{byte(n >> 8), byte(n)}} }
	count := func(m *state) (n int) {
		_ = m.db.View(func(tx *bbolt.Tx) error { n = tx.Bucket(bucketSeen).Stats().KeyN; return nil })
		return n
	}
	err := withState(s.state, func(m *state) {
		for n := range 300 {
			until := s.Now.Add(time.Duration(n%2) * time.Hour)
			if m.Seen(key(n), until, s.Now) {
				t.Fatalf("%d was seen before", n)
			}
		}
		if n := count(m); n != 300 {
			t.Errorf("%d are remembered, want 300", n)
		}
		if !m.Seen(key(299), s.Now, s.Now.Add(time.Second)) || !m.Seen(key(1), s.Now, s.Now.Add(time.Hour)) {
			t.Error("forgotten too early")
		}
		if n := count(m); n != 150 {
			t.Errorf("%d are remembered, want the 150 that still count", n)
		}
		if m.Seen(key(0), s.Now.Add(time.Hour), s.Now.Add(time.Second)) {
			t.Error("not forgotten")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
