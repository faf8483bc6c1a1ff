package disclosure

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
)

// A short-lived presentation does not keep its values in memory because a
// longer-lived one was minted before it.
func TestValuesLeaveMemoryWhenTheyExpire(t *testing.T) {
	start := time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	l := newLive()
	for id, life := range map[string]time.Duration{"a": 120 * time.Second, "b": time.Second, "c": 60 * time.Second} {
		l.put(Presentation{ID: id, Text: "VN2:" + id, ExpiresAt: start.Add(life)}, "owner", "device", "session", start)
	}
	kept := func() (n int) {
		for _, e := range l.byID {
			if e.text != "" {
				n++
			}
		}
		return n
	}
	for _, step := range []struct {
		after time.Duration
		kept  int
	}{{0, 3}, {time.Second, 2}, {59 * time.Second, 2}, {60 * time.Second, 1}, {120 * time.Second, 0}} {
		_, _ = l.text("somebody else", "session", "a", start.Add(step.after))
		if kept() != step.kept {
			t.Errorf("after %v %d texts are in memory, want %d", step.after, kept(), step.kept)
		}
	}
	if _, err := l.text("owner", "session", "b", start.Add(remember)); !fault.Is(err, fault.CodePresentationExpired) {
		t.Error(err)
	}
	if _, err := l.text("owner", "session", "b", start.Add(remember+3*time.Minute)); !fault.Is(err, fault.CodePresentationUnknown) {
		t.Error(err)
	}
	if len(l.order) != 0 || len(l.values) != 0 {
		t.Errorf("%d entries and %d values are remembered for ever", len(l.order), len(l.values))
	}
}

// TestLiveForgets: what a lost device has shared is not fetched any more, and
// nothing else goes with it.
func TestLiveForgets(t *testing.T) {
	l := newLive()
	start := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	for _, x := range []struct{ id, owner, device string }{{"1", "anh", "a"}, {"2", "anh", "b"}, {"3", "binh", "a"}, {"4", "anh", "a"}} {
		l.put(Presentation{ID: x.id, Text: "VN2:" + x.id, ExpiresAt: start.Add(time.Minute)}, x.owner, x.device, "session", start)
	}
	left := func(want string) {
		t.Helper()
		got := ""
		for _, x := range []struct{ owner, id string }{{"anh", "1"}, {"anh", "2"}, {"binh", "3"}, {"anh", "4"}} {
			if _, err := l.text(x.owner, "session", x.id, start); err == nil {
				got += x.id
			}
		}
		if got != want {
			t.Errorf("left %s, want %s", got, want)
		}
	}
	l.forget("anh", "x")
	left("1234")
	l.forget("anh", "a")
	left("23")
	l.forget("anh", "")
	left("3")
	l.put(Presentation{ID: "5", Text: "VN2:5", ExpiresAt: start.Add(time.Hour)}, "anh", "a", "session", start.Add(2*remember)) // sweeps over the gaps
	left("")
}
