package verifier_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/giayto/giayto/verifier"
)

func replayKey(n byte) verifier.ReplayKey { return verifier.ReplayKey{Token: [8]byte{n}} }

func TestMemoryReplay(t *testing.T) {
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	type step struct {
		key        byte
		until, now int
		want       bool
	}
	for _, c := range []struct {
		name  string
		limit int
		steps []step
	}{
		{"twice", 4, []step{{1, 10, 0, false}, {1, 10, 0, true}, {1, 10, 10, true}}},
		{"forgotten once it cannot be accepted", 4, []step{{1, 10, 0, false}, {1, 30, 11, false}, {1, 30, 11, true}}},
		{"two tokens", 4, []step{{1, 10, 0, false}, {2, 10, 0, false}, {1, 10, 0, true}, {2, 10, 0, true}}},
		{"full: the first to end makes room", 2, []step{{1, 30, 0, false}, {2, 10, 0, false}, {3, 20, 0, false},
			{1, 30, 0, true}, {3, 20, 0, true}, {2, 10, 0, false}}},
		{"full of entries that ended", 2, []step{{1, 1, 0, false}, {2, 1, 0, false}, {3, 9, 2, false}, {4, 9, 2, false}, {3, 9, 2, true}, {4, 9, 2, true}}},
		{"a limit of nothing is one", 0, []step{{1, 10, 0, false}, {1, 10, 0, true}, {2, 10, 0, false}, {2, 10, 0, true}, {1, 10, 0, false}}},
		{"a second showing does not lengthen the memory", 4, []step{{1, 10, 0, false}, {1, 99, 5, true}, {1, 99, 11, false}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := verifier.NewMemoryReplay(c.limit)
			for i, s := range c.steps {
				if got := m.Seen(replayKey(s.key), at(s.until), at(s.now)); got != s.want {
					t.Fatalf("step %d: %t, want %t", i, got, s.want)
				}
			}
		})
	}
	m := verifier.NewMemoryReplay(4)
	m.Seen(verifier.ReplayKey{Key: verifier.KeyID{1}}, at(10), at(0))
	if m.Seen(verifier.ReplayKey{Key: verifier.KeyID{2}}, at(10), at(0)) {
		t.Error("the same token id under another key is another presentation")
	}
}

// Of many showings at once exactly one is the first.
func TestVerifyAtOnce(t *testing.T) {
	older, newer := open(t, draft(t, 1)), open(t, draft(t, 2))
	v := verifier.New(older, verifier.Options{})
	text := show(t, name(1), "disclosure")
	var established, replayed atomic.Int32
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range 32 {
		done.Go(func() {
			start.Wait()
			if i%8 == 0 {
				_ = v.Update(newer) // the list may change meanwhile
			}
			result, err := v.Verify(text, verifier.Check{Now: noon})
			switch reason := reasonOf(t, result, err); reason {
			case "":
				established.Add(1)
			case verifier.ReasonReplayed:
				replayed.Add(1)
			}
		})
	}
	start.Done()
	done.Wait()
	if established.Load() != 1 || replayed.Load() != 31 {
		t.Errorf("%d established, %d replayed; want 1 and 31", established.Load(), replayed.Load())
	}
}

// recorder keeps what it is asked to remember.
type recorder struct{ until []time.Time }

func (r *recorder) Seen(_ verifier.ReplayKey, until, _ time.Time) bool {
	r.until = append(r.until, until)
	return len(r.until) > 1
}

// Only an accepted presentation is remembered, and longer than any list's skew,
// so that a list with a wider one does not bring it back.
func TestWhatIsRemembered(t *testing.T) {
	r := &recorder{}
	v := verifier.New(open(t, draft(t, 1)), verifier.Options{Replay: r})
	text := show(t, name(1), "disclosure")
	refused := verifier.Check{Now: noon, Policy: verifier.Policy{Require: []verifier.Requirement{{Document: "can_cuoc", Claim: "sex"}}}}
	if result, err := v.Verify(text, refused); reasonOf(t, result, err) != verifier.ReasonClaimMissing || len(r.until) != 0 {
		t.Fatalf("%v; remembered %v", err, r.until)
	}
	if result, err := v.Verify(text, verifier.Check{Now: noon}); reasonOf(t, result, err) != "" {
		t.Fatal(err)
	}
	if want := noon.Add(time.Minute + 5*time.Minute); len(r.until) != 1 || !r.until[0].Equal(want) {
		t.Errorf("remembered until %v, want %v", r.until, want)
	}
	if result, err := v.Verify(text, verifier.Check{Now: noon}); reasonOf(t, result, err) != verifier.ReasonReplayed {
		t.Error("the caller's own memory is not heeded")
	}
}

func TestWiderSkewDoesNotBringBack(t *testing.T) {
	narrow, wide := draft(t, 1), draft(t, 2)
	narrow.Rules.ClockSkew, wide.Rules.ClockSkew = 0, 300
	v := verifier.New(open(t, narrow), verifier.Options{})
	text := show(t, name(1), "disclosure")
	if result, err := v.Verify(text, verifier.Check{Now: noon}); reasonOf(t, result, err) != "" {
		t.Fatal(err)
	}
	later := noon.Add(4 * time.Minute)
	if result, err := v.Verify(show(t, name(2), "disclosure"), verifier.Check{Now: later}); reasonOf(t, result, err) != verifier.ReasonExpired {
		t.Fatal(err)
	}
	if err := v.Update(open(t, wide)); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[byte]verifier.Reason{1: verifier.ReasonReplayed, 3: ""} {
		if result, err := v.Verify(show(t, name(id), "disclosure"), verifier.Check{Now: later}); reasonOf(t, result, err) != want {
			t.Errorf("token %d: %v, want %q", id, err, want)
		}
	}
}

func TestUnsafeAcceptReplays(t *testing.T) {
	v := verifier.New(open(t, draft(t, 1)), verifier.Options{Replay: verifier.UnsafeAcceptReplays{}})
	text := show(t, name(1), "disclosure")
	for range 2 {
		if result, err := v.Verify(text, verifier.Check{Now: noon}); reasonOf(t, result, err) != "" {
			t.Fatal(err)
		}
	}
}
